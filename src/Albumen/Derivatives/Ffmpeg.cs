using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>ffmpeg: it reads one file, and follows no playlist and no other protocol.</summary>
static class Ffmpeg
{
    // ffmpeg reserves a third of a gigabyte before it reads a byte; decoding and encoding 8K takes two.
    const ulong AddressSpaceInBytes = 4UL << 30;

    // Containers and stills only: no playlists and no protocols that lead to other files.
    const string Formats = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,dv,rm,mjpeg,h264,hevc,gif,apng,"
        + "bmp_pipe,j2k_pipe,jpeg_pipe,pam_pipe,pbm_pipe,pgm_pipe,pgx_pipe,png_pipe,ppm_pipe,psd_pipe,sgi_pipe,sunrast_pipe,tiff_pipe,webp_pipe,image2,ico,tga_pipe";

    /// <summary>What concerns every input, in front of its options and <c>-i</c>.</summary>
    public static IReadOnlyList<string> Guarded { get; } = ["-protocol_whitelist", "file", "-format_whitelist", Formats, "-threads", "1"];

    /// <summary>Runs it to its end.</summary>
    /// <param name="words">Behind those that concern its manners; <see cref="Guarded"/> must be among them.</param>
    /// <param name="take">Is given what it writes to <c>pipe:1</c>.</param>
    /// <returns>How it ended, and what it said: at the level of information, what the file holds.</returns>
    /// <exception cref="PictureException">It is not installed, took too long, or <paramref name="take"/> threw it.</exception>
    public static (int ExitCode, string Said) Run(IEnumerable<string> words, TimeSpan limit, Action<Stream> take) =>
        DecoderChild.Run("ffmpeg", "ffmpeg", ["-nostdin", "-hide_banner", "-nostats", "-filter_threads", "1", .. words], limit, AddressSpaceInBytes, take);

    /// <summary>Has it write <see cref="Workpiece.Output"/>.</summary>
    /// <param name="most">Bytes; ffmpeg stops there, and what is cut off is of no use.</param>
    /// <exception cref="PictureException">It failed, took too long, or made too much.</exception>
    public static void RunToFile(IEnumerable<string> words, Workpiece work, TimeSpan limit, long most)
    {
        // It is made here, so that a disk that takes nothing is not the clip's fault.
        using (DerivativeStore.Begin(work.Output)) { }
        (int exitCode, string said) = Run(["-v", "warning", .. words, "-fs", $"{most}", "-y", "file:" + work.Output], limit, output => output.CopyTo(Stream.Null));
        if (said.Contains("No space left on device", StringComparison.Ordinal)) throw new IOException("The cache's disk is full.");
        long length = new FileInfo(work.Output).Length;
        if (exitCode != 0 || length == 0) throw new PictureException(Reason(said, work.Link));
        if (length > most * 0.98) throw new PictureException($"it would need more than {most >> 20} MiB");
    }

    /// <summary>The sentence in which it says why it failed.</summary>
    /// <param name="path">As it was named to it.</param>
    public static string Reason(string said, string path)
    {
        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // The last lines tell only that it gave up.
        string? line = lines.LastOrDefault(l => l.StartsWith(path, StringComparison.Ordinal) || l.Contains("moov atom", StringComparison.Ordinal)) ?? lines.LastOrDefault();
        return line is null ? "ffmpeg found no frame in it" : $"ffmpeg: {line.Replace(path, "the file", StringComparison.Ordinal)}";
    }
}
