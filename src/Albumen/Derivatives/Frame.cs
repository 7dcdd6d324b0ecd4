using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>A still that libvips does not open, as a PNG from ffmpeg.</summary>
static class Frame
{
    const int LargestInBytes = 64 << 20;
    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    /// <summary>Stills that ffmpeg may know where libvips does not.</summary>
    public static bool MayRead(string mime) => mime is "image/bmp" or "image/x-ms-bmp" or "image/jp2" or "image/x-portable-pixmap" or "image/x-portable-graymap"
        or "image/x-portable-bitmap" or "image/vnd.adobe.photoshop" or "application/vnd.adobe.photoshop" or "image/x-icon" or "image/vnd.microsoft.icon"
        or "image/tga" or "image/x-tga" or "image/avif" or "image/webp" or "image/apng";

    /// <param name="path">A path the child can open.</param>
    /// <exception cref="PictureException">There is no picture to be had; the message is ffmpeg's own.</exception>
    public static byte[] Of(string path, int longestSideInPixels)
    {
        using MemoryStream png = new();
        (_, string said) = Ffmpeg.Run(
            [
                "-v", "error", .. Ffmpeg.Guarded, "-i", path, "-frames:v", "1", "-an", "-sn", "-dn",
                "-vf", ClipFilter.Fit(longestSideInPixels), "-f", "image2pipe", "-c:v", "png", "-compression_level", "1", "pipe:1",
            ], TimeLimit, output => Take(output, png));
        return png.Length > 0 ? png.ToArray() : throw new PictureException(Ffmpeg.Reason(said, path));
    }

    static void Take(Stream output, MemoryStream png)
    {
        byte[] chunk = new byte[64 * 1024];
        for (int read; (read = output.Read(chunk)) > 0;)
        {
            png.Write(chunk, 0, read);
            if (png.Length > LargestInBytes) throw new PictureException("ffmpeg made a frame larger than the limit");
        }
    }
}
