using System.Diagnostics;
using System.Globalization;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>One frame of a clip, or of a still that libvips does not open, as a PNG from ffmpeg.</summary>
static class Frame
{
    const int LargestInBytes = 64 << 20;
    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    // Containers and stills only: no playlists and no protocols that lead to other files.
    const string Formats = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,dv,rm,mjpeg,h264,hevc,gif,"
        + "bmp_pipe,j2k_pipe,jpeg_pipe,pam_pipe,pbm_pipe,pgm_pipe,pgx_pipe,png_pipe,ppm_pipe,psd_pipe,sgi_pipe,sunrast_pipe,tiff_pipe,webp_pipe,image2,ico,tga_pipe";

    /// <summary>Stills that ffmpeg may know where libvips does not.</summary>
    public static bool MayRead(string mime) => mime is "image/bmp" or "image/x-ms-bmp" or "image/jp2" or "image/x-portable-pixmap" or "image/x-portable-graymap"
        or "image/x-portable-bitmap" or "image/vnd.adobe.photoshop" or "application/vnd.adobe.photoshop" or "image/x-icon" or "image/vnd.microsoft.icon"
        or "image/tga" or "image/x-tga" or "image/avif" or "image/webp" or "image/apng";

    /// <param name="path">A path the child can open.</param>
    /// <param name="duration">Seconds; a frame from the first tenth is taken, at most 3 s in, because clips often begin in the dark.</param>
    /// <exception cref="PictureException">There is no frame to be had; the message is ffmpeg's own.</exception>
    public static byte[] Of(string path, double? duration, int longestSideInPixels)
    {
        double start = Math.Min(3, (duration ?? 0) / 10);
        try
        {
            return Take(path, start, longestSideInPixels);
        }
        catch (PictureException) when (start > 0)
        {
            return Take(path, 0, longestSideInPixels);
        }
    }

    static byte[] Take(string path, double start, int longestSideInPixels)
    {
        string side = longestSideInPixels.ToString(CultureInfo.InvariantCulture);
        ProcessStartInfo command = new("ffmpeg")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            ArgumentList =
            {
                "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", Formats, "-threads", "1",
                "-ss", start.ToString("0.###", CultureInfo.InvariantCulture), "-i", path,
                "-frames:v", "1", "-an", "-sn", "-dn",
                "-vf", $"scale='min({side},iw)':'min({side},ih)':force_original_aspect_ratio=decrease,setsar=1",
                "-f", "image2pipe", "-c:v", "png", "-compression_level", "1", "pipe:1",
            },
        };
        Process process;
        try
        {
            process = Process.Start(command)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new PictureException("ffmpeg is not installed (Debian package ffmpeg)");
        }
        using (process)
        using (CancellationTokenSource limit = new(TimeLimit))
        {
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            try
            {
                using MemoryStream png = new();
                byte[] chunk = new byte[64 * 1024];
                for (int read; (read = process.StandardOutput.BaseStream.ReadAsync(chunk, limit.Token).AsTask().GetAwaiter().GetResult()) > 0;)
                {
                    png.Write(chunk, 0, read);
                    if (png.Length > LargestInBytes) throw new PictureException("ffmpeg made a frame larger than the limit");
                }
                process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
                if (png.Length > 0) return png.ToArray();
                string said = errors.GetAwaiter().GetResult();
                throw new PictureException(said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() is { } line
                    ? $"ffmpeg: {line.Replace(path, "the file")}"
                    : "ffmpeg found no frame in it");
            }
            catch (OperationCanceledException)
            {
                throw new PictureException($"ffmpeg took longer than {TimeLimit.TotalSeconds} s");
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
    }
}
