using System.Globalization;
using System.Text;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>One frame of a clip, upright, with square pixels, in the colours of a screen.</summary>
/// <param name="Pixels">Red, green and blue, row by row from the top left.</param>
sealed record ClipFrame(ClipStream Stream, int Width, int Height, byte[] Pixels)
{
    const int LargestSideInPixels = 16384;
    /// <summary>The square of the deviation, in steps of 255, below which a frame shows nothing: black with the noise of a sensor.</summary>
    const double Nothing = 9;
    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    /// <summary>Where else a frame is looked for when the first shows nothing, in parts of the clip.</summary>
    static readonly double[] Elsewhere = [0.3, 0.6];

    /// <summary>A frame from the first tenth, at most 3 s in; further on when all there is of one colour. One start of ffmpeg, as a rule: that alone costs as much as a frame.</summary>
    /// <param name="path">A path the child can open.</param>
    /// <param name="duration">Seconds.</param>
    /// <returns>Null where there are no moving pictures.</returns>
    /// <exception cref="PictureException">There is no frame to be had; the message is ffmpeg's own.</exception>
    public static ClipFrame? Of(string path, double? duration, int longestSideInPixels)
    {
        double start = Math.Min(3, (duration ?? 0) / 10);
        // A key frame near the place does as well and is decoded alone. Not every clip has one that says so.
        if ((Take(path, start, longestSideInPixels, isNearest: true, out string said) ?? Take(path, start, longestSideInPixels, isNearest: false, out said)
            ?? (start > 0 ? Take(path, 0, longestSideInPixels, isNearest: false, out said) : null)) is not { } frame)
            return ClipStream.IsSoundOnly(said) ? null : throw new PictureException(Ffmpeg.Reason(said, path));
        if (frame.ShowsNothing() && duration > 0.2)
            foreach (double part in Elsewhere)
                if (Take(path, duration.Value * part, longestSideInPixels, isNearest: false, out _) is { } other && !other.ShowsNothing()) return other;
        return frame;
    }

    /// <returns>Null when nothing was decoded.</returns>
    static ClipFrame? Take(string path, double start, int longestSideInPixels, bool isNearest, out string said)
    {
        ClipFrame? frame = Take(path, start, longestSideInPixels, isNearest, null, out said);
        // Only ffmpeg knows of every container how bright it is meant, and says so when it has opened it.
        return frame?.Stream.Transfer is { } transfer ? Take(path, start, longestSideInPixels, isNearest, transfer, out _) ?? frame : frame;
    }

    static ClipFrame? Take(string path, double start, int longestSideInPixels, bool isNearest, string? transfer, out string said)
    {
        string filters = $"{ClipFilter.Fit(longestSideInPixels)}{(transfer is null ? "" : "," + ClipFilter.ToScreen(transfer))},format=rgb24";
        (int Width, int Height, byte[] Pixels)? taken = null;
        (_, said) = Ffmpeg.Run(
            [
                .. Ffmpeg.Guarded, .. isNearest ? (string[])["-noaccurate_seek", "-skip_frame", "nokey"] : [],
                .. start > 0 ? (string[])["-ss", start.ToString("0.###", CultureInfo.InvariantCulture)] : [],
                "-i", path, "-map", "0:V:0", "-frames:v", "1", "-an", "-sn", "-dn", "-vf", filters, "-f", "image2pipe", "-c:v", "ppm", "pipe:1",
            ], TimeLimit, output => taken = ReadPpm(output));
        if (taken is not var (width, height, pixels) || ClipStream.Read(said) is not { } stream) return null;
        if (stream.IsInterlaced && height <= stream.Height) JoinFields(pixels, width, height);
        return new(stream, width, height, pixels);
    }

    /// <summary>ppm(5): <c>P6</c>, width, height and 255, each with white space behind it, then the samples.</summary>
    static (int, int, byte[])? ReadPpm(Stream stream)
    {
        StringBuilder header = new();
        for (int spaces = 0; spaces < 4;)
        {
            int next = stream.ReadByte();
            if (next < 0 || header.Length > 32) return null;
            header.Append((char)next);
            if (char.IsWhiteSpace((char)next)) spaces++;
        }
        if (header.ToString().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is not ["P6", var w, var h, "255"]
            || !int.TryParse(w, CultureInfo.InvariantCulture, out int width) || !int.TryParse(h, CultureInfo.InvariantCulture, out int height)
            || width is < 1 or > LargestSideInPixels || height is < 1 or > LargestSideInPixels) return null;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(width * height * 3));
        return stream.ReadAtLeast(pixels, pixels.Length, throwOnEndOfStream: false) == pixels.Length ? (width, height, pixels) : null;
    }

    /// <summary>Two moments stand in turns in an interlaced frame; of the second, each line becomes the mean of its neighbours.</summary>
    static void JoinFields(byte[] pixels, int width, int height)
    {
        int length = width * 3;
        for (int row = 1; row + 1 < height; row += 2)
        {
            Span<byte> above = pixels.AsSpan((row - 1) * length, length), line = pixels.AsSpan(row * length, length), below = pixels.AsSpan((row + 1) * length, length);
            for (int i = 0; i < length; i++) line[i] = (byte)((above[i] + below[i] + 1) >> 1);
        }
    }

    bool ShowsNothing()
    {
        const int Samples = 4096;
        int step = Math.Max(1, Pixels.Length / 3 / Samples) * 3;
        double sum = 0, squares = 0;
        int count = 0;
        for (int i = 0; i + 2 < Pixels.Length; i += step, count++)
        {
            // ITU-R BT.601, 2.5.1, in 1/256.
            int luma = (77 * Pixels[i] + 150 * Pixels[i + 1] + 29 * Pixels[i + 2]) >> 8;
            sum += luma;
            squares += luma * luma;
        }
        return squares / count - sum / count * (sum / count) < Nothing;
    }
}
