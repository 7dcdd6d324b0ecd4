using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>What this machine makes pictures of.</summary>
/// <param name="Format">As people call it.</param>
/// <param name="Decoder">Who decodes it; null when nobody does.</param>
/// <param name="Remedy">What to do, when nobody does.</param>
public sealed record ReadableFormat(string Format, string? Decoder, string? Remedy = null)
{
    /// <summary>Asks the decoders, in a worker.</summary>
    internal static IReadOnlyList<ReadableFormat> Probe(DerivativeSettings settings)
    {
        bool hasFfmpeg = IsInstalled("ffmpeg") && IsInstalled("ffprobe"), hasLibRaw = IsInstalled("dcraw_emu");
        return
        [
            Loader("JPEG", "jpegload"), Loader("PNG", "pngload"), Loader("WebP", "webpload"), Loader("GIF", "gifload"), Loader("TIFF", "tiffload"),
            Codec("HEIC", Heif.Hevc), Codec("AVIF", Heif.Av1), Loader("JPEG XL", "jxlload"),
            new("RAW", hasLibRaw ? "its preview, else LibRaw" : "its preview", hasLibRaw ? null : "apt-get install libraw-bin, for files without a preview"),
            Ffmpeg("BMP, PSD, JPEG 2000, TGA, ICO, PPM"), Ffmpeg("MP4, MOV, MKV, WebM, AVI, MTS, 3GP, MPEG, WMV, FLV"),
            OnDemand("SVG", "svgload", settings.Svg, "svg"), OnDemand("PDF", "pdfload", settings.Pdf, "pdf"),
        ];

        ReadableFormat Ffmpeg(string formats) => hasFfmpeg ? new(formats, "ffmpeg") : new(formats, null, "apt-get install ffmpeg");
    }

    /// <summary>The media type of a format that is off by default; null of the others.</summary>
    internal static string? OptionalMime(string format) => format switch { "SVG" => "image/svg+xml", "PDF" => "application/pdf", _ => null };

    internal static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    static ReadableFormat Loader(string format, string loader) => Vips.Has(loader) ? new(format, "libvips") : new(format, null, "This libvips was built without it.");

    static ReadableFormat Codec(string format, int codec) =>
        !Vips.Has("heifload") ? Loader(format, "heifload") : Heif.CanDecode(codec) ? new(format, "libvips") : new(format, null, "This libheif was built without its codec.");

    static ReadableFormat OnDemand(string format, string loader, bool isOn, string key) =>
        isOn ? Loader(format, loader) : new(format, null, $"It is off: such files are programs rather than pictures. To see them: derivatives: {{ {key}: on }}");
}
