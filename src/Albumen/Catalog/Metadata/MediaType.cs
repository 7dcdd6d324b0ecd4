using System.Buffers.Binary;
using System.Text;

namespace Albumen.Catalog.Metadata;

enum MediaKind
{
    Other,
    Image,
    Raw,
    Video,
    Audio,
    Sidecar,
}

/// <summary>What a file is, by its content; its name decides only between formats that begin alike. MIME types are exiftool's.</summary>
sealed record MediaType(MediaKind Kind, string Mime)
{
    /// <summary>So many bytes from the start are enough for <see cref="Sniff"/>.</summary>
    public const int HeadLength = 4096;

    static readonly MediaType Unknown = new(MediaKind.Other, "application/octet-stream");

    /// <summary>What the extension promises, when it is one of a photo, clip, recording or sidecar; otherwise <see cref="MediaKind.Other"/>.</summary>
    public MediaKind Claimed { get; private init; }

    /// <summary>The name promises media and the bytes are none that we know: something the owner should hear of.</summary>
    public bool IsUnrecognised =>
        Kind == MediaKind.Other ? Claimed != MediaKind.Other : Kind == MediaKind.Sidecar && Claimed is MediaKind.Image or MediaKind.Raw or MediaKind.Video;

    /// <summary>A known format under the extension of another one, such as HEIC called <c>.jpg</c>.</summary>
    public bool HasWrongExtension { get; private init; }

    public bool IsClip => Kind is MediaKind.Video or MediaKind.Audio;

    /// <summary>What the extension alone promises, as a MIME type, for files that nobody has looked into.</summary>
    public static string MimeOf(string fileName) =>
        Path.GetExtension(fileName).TrimStart('.').ToLowerInvariant() is var extension && FromExtension.TryGetValue(extension, out MediaType? promised) ? promised.Mime
        : OtherMimes.GetValueOrDefault(extension, Unknown.Mime);

    /// <summary>Recognises the beginning of a file (<see cref="HeadLength"/> bytes, or all of a shorter one).</summary>
    public static MediaType Sniff(ReadOnlySpan<byte> head, string fileName)
    {
        int dot = fileName.LastIndexOf('.');
        string extension = dot < 0 ? "" : fileName[(dot + 1)..].ToLowerInvariant();
        MediaType found = FromContent(head, extension);
        MediaType? promised = FromExtension.GetValueOrDefault(extension);
        return found with
        {
            Claimed = promised?.Kind ?? MediaKind.Other,
            HasWrongExtension = promised is not null && found.Kind != MediaKind.Other && Family(promised.Mime) != Family(found.Mime),
        };
    }

    static MediaType FromContent(ReadOnlySpan<byte> head, string extension)
    {
        if (head.Length < 4) return Unknown;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Image("image/jpeg");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]))
            return Image("image/png");
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)) return Image("image/gif");
        if (head.StartsWith("RIFF"u8) && head.Length >= 12) return FromRiff(head[8..12]);
        if (At(head, 4, "ftyp"u8)) return FromBrands(head, extension);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A])) return Image("image/jxl");
        if (At(head, 4, "JXL "u8)) return Image("image/jxl");
        if (At(head, 4, "jP  "u8)) return Image("image/jp2");
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F, 0xFF, 0x51])) return Image("image/x-j2c");
        if (head.StartsWith("FUJIFILMCCD-RAW"u8)) return Raw("image/x-fujifilm-raf");
        if (head.StartsWith("FOVb"u8)) return Raw("image/x-sigma-x3f");
        if (head.StartsWith("\0MRM"u8)) return Raw("image/x-minolta-mrw");
        if (At(head, 6, "HEAPCCDR"u8)) return Raw("image/x-canon-crw");
        if (FromTiff(head, extension) is { } tiff) return tiff;
        if (head.StartsWith("8BPS"u8)) return Image("application/vnd.adobe.photoshop");
        if (head.StartsWith("BM"u8) && head.Length >= 26 && BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124)
            return Image("image/bmp");
        if (head[0] == 'P' && head[1] is >= (byte)'1' and <= (byte)'7' && char.IsWhiteSpace((char)head[2])) return Image("image/x-portable-pixmap");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return head[..Math.Min(head.Length, 128)].IndexOf("webm"u8) > 0 ? Video("video/webm") : Video("video/x-matroska");
        if (head.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]))
            return extension == "wma" ? Audio("audio/x-ms-wma") : Video("video/x-ms-wmv");
        if (head.StartsWith("FLV\x01"u8)) return Video("video/x-flv");
        if (head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0xBA]) || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0xB3])) return Video("video/mpeg");
        if (IsTransportStream(head, 188, 0)) return Video("video/mpeg");
        if (IsTransportStream(head, 192, 4)) return Video("video/m2ts");
        // QuickTime before there was ftyp.
        foreach (string type in (ReadOnlySpan<string>)["moov", "mdat", "wide", "free", "skip", "pnot"])
            if (At(head, 4, Encoding.ASCII.GetBytes(type))) return Video("video/quicktime");
        if (head.StartsWith("fLaC"u8)) return Audio("audio/flac");
        if (head.StartsWith("OggS"u8)) return extension == "ogv" ? Video("video/ogg") : Audio("audio/ogg");
        if (head.StartsWith("ID3"u8) || (extension == "mp3" && head[0] == 0xFF && (head[1] & 0xE0) == 0xE0)) return Audio("audio/mpeg");
        return FromText(head, extension);
    }

    static MediaType FromRiff(ReadOnlySpan<byte> form) =>
        form.SequenceEqual("WEBP"u8) ? Image("image/webp")
        : form.SequenceEqual("AVI "u8) ? Video("video/x-msvideo")
        : form.SequenceEqual("WAVE"u8) ? Audio("audio/x-wav")
        : Unknown;

    // ISO/IEC 14496-12, 4.3: the major brand, a version, then the compatible brands.
    static MediaType FromBrands(ReadOnlySpan<byte> head, string extension)
    {
        if (head.Length < 12) return Unknown;
        string major = Encoding.Latin1.GetString(head[8..12]);
        int length = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(head), Math.Min((uint)head.Length, 512));
        List<string> compatible = [];
        for (int at = 16; at + 4 <= length; at += 4) compatible.Add(Encoding.Latin1.GetString(head.Slice(at, 4)));
        switch (major)
        {
            case "avif" or "avis":
                return Image("image/avif");
            case "heic" or "hevc":
                return Image("image/heic");
            case "mif1" or "msf1" or "mif2" or "heix" or "heim" or "heis" or "hevx":
                return Image(compatible.Contains("avif") || compatible.Contains("avis") ? "image/avif" : "image/heif");
            case "crx ":
                return Raw("image/x-canon-cr3");
            case "jxl ":
                return Image("image/jxl");
            case "jp2 " or "jpx " or "jpm " or "jph ":
                return Image("image/jp2");
            case "qt  ":
                return Video("video/quicktime");
            case "M4A " or "M4B " or "M4P ":
                return Audio("audio/mp4");
            case "M4V " or "M4VH" or "M4VP":
                return Video("video/x-m4v");
        }
        if (major.StartsWith("3gp", StringComparison.Ordinal)) return Video("video/3gpp");
        if (major.StartsWith("3g2", StringComparison.Ordinal)) return Video("video/3gpp2");
        if (compatible.Contains("heic") || compatible.Contains("heix")) return Image("image/heic");
        if (compatible.Contains("avif")) return Image("image/avif");
        return extension is "m4a" or "m4b" ? Audio("audio/mp4") : Video("video/mp4");
    }

    /// <summary>TIFF and the many RAW formats that are TIFF with another hat on.</summary>
    static MediaType? FromTiff(ReadOnlySpan<byte> head, string extension)
    {
        bool little = head.StartsWith("II"u8);
        if (!little && !head.StartsWith("MM"u8)) return null;
        int magic = little ? head[2] | head[3] << 8 : head[2] << 8 | head[3];
        if (magic is 0x4F52 or 0x5352) return Raw("image/x-olympus-orf");
        if (magic == 0x55) return Raw(extension == "rwl" ? "image/x-leica-rwl" : "image/x-panasonic-rw2");
        if (magic == 0x2B) return Image("image/tiff");
        if (magic != 0x2A) return null;
        if (At(head, 8, "CR\x02"u8)) return Raw("image/x-canon-cr2");
        // DNGVersion, in IFD0 when that is near the beginning, as it is in practice.
        byte[] copy = head.ToArray();
        if (TiffBlock.Read(new ForeignBytes(copy), []) is { } tiff && tiff["IFD0"]?[0xC612] is not null) return Raw("image/x-adobe-dng");
        return FromExtension.GetValueOrDefault(extension) is { Kind: MediaKind.Raw } raw && TiffRaws.Contains(extension) ? raw : Image("image/tiff");
    }

    static bool IsTransportStream(ReadOnlySpan<byte> head, int packet, int first)
    {
        for (int n = 0; n < 4; n++)
            if (first + n * packet is var at && (at >= head.Length || head[at] != 0x47)) return false;
        return true;
    }

    static MediaType FromText(ReadOnlySpan<byte> head, string extension)
    {
        // UTF-16 shows as every other byte being zero.
        string text = Encoding.Latin1.GetString(head).Replace("\0", "", StringComparison.Ordinal);
        if (text.Contains("<x:xmpmeta", StringComparison.Ordinal) || text.Contains("adobe:ns:meta", StringComparison.Ordinal)
            || (text.Contains("<rdf:RDF", StringComparison.Ordinal) && extension == "xmp"))
            return new(MediaKind.Sidecar, "application/rdf+xml");
        if (extension == "aae" && (text.StartsWith("bplist", StringComparison.Ordinal) || text.Contains("<plist", StringComparison.Ordinal)))
            return new(MediaKind.Sidecar, "application/vnd.apple.photos");
        if (text.StartsWith("%PDF-", StringComparison.Ordinal)) return new(MediaKind.Other, "application/pdf");
        if (text.Contains("<svg", StringComparison.Ordinal)) return new(MediaKind.Other, "image/svg+xml");
        if (extension == "json" && text.TrimStart() is ['{' or '[', ..]) return new(MediaKind.Other, "application/json");
        return Unknown;
    }

    static bool At(ReadOnlySpan<byte> head, int offset, ReadOnlySpan<byte> signature) =>
        head.Length >= offset + signature.Length && head.Slice(offset, signature.Length).SequenceEqual(signature);

    /// <summary>Formats that change places without anyone being misled.</summary>
    static string Family(string mime) => mime switch
    {
        "image/heif" => "image/heic",
        "audio/mp4" or "video/x-m4v" or "video/3gpp" or "video/3gpp2" or "video/quicktime" => "video/mp4",
        "video/webm" => "video/x-matroska",
        "image/x-j2c" => "image/jp2",
        "video/m2ts" => "video/mpeg",
        _ => mime,
    };

    static MediaType Image(string mime) => new(MediaKind.Image, mime);

    static MediaType Raw(string mime) => new(MediaKind.Raw, mime);

    static MediaType Video(string mime) => new(MediaKind.Video, mime);

    static MediaType Audio(string mime) => new(MediaKind.Audio, mime);

    /// <summary>RAW formats whose first bytes are those of any TIFF.</summary>
    static readonly HashSet<string> TiffRaws =
        ["nef", "nrw", "arw", "sr2", "srf", "pef", "srw", "erf", "dcr", "kdc", "3fr", "fff", "mef", "mos", "iiq", "dng", "gpr", "cr2", "raw"];

    /// <summary>Of what lies beside photos on a plain disk.</summary>
    static readonly Dictionary<string, string> OtherMimes = new()
    {
        ["txt"] = "text/plain",
        ["log"] = "text/plain",
        ["md"] = "text/markdown",
        ["csv"] = "text/csv",
        ["htm"] = "text/html",
        ["html"] = "text/html",
        ["css"] = "text/css",
        ["js"] = "text/javascript",
        ["json"] = "application/json",
        ["xml"] = "application/xml",
        ["pdf"] = "application/pdf",
        ["zip"] = "application/zip",
        ["gz"] = "application/gzip",
        ["tar"] = "application/x-tar",
        ["svg"] = "image/svg+xml",
    };

    static readonly Dictionary<string, MediaType> FromExtension = new()
    {
        ["jpg"] = Image("image/jpeg"),
        ["jpeg"] = Image("image/jpeg"),
        ["jpe"] = Image("image/jpeg"),
        ["jfif"] = Image("image/jpeg"),
        ["mpo"] = Image("image/jpeg"),
        ["insp"] = Image("image/jpeg"),
        ["thm"] = Image("image/jpeg"),
        ["png"] = Image("image/png"),
        ["apng"] = Image("image/png"),
        ["gif"] = Image("image/gif"),
        ["webp"] = Image("image/webp"),
        ["tif"] = Image("image/tiff"),
        ["tiff"] = Image("image/tiff"),
        ["bmp"] = Image("image/bmp"),
        ["dib"] = Image("image/bmp"),
        ["heic"] = Image("image/heic"),
        ["heif"] = Image("image/heic"),
        ["hif"] = Image("image/heic"),
        ["heics"] = Image("image/heic"),
        ["avif"] = Image("image/avif"),
        ["jxl"] = Image("image/jxl"),
        ["jp2"] = Image("image/jp2"),
        ["j2k"] = Image("image/jp2"),
        ["jpx"] = Image("image/jp2"),
        ["jpf"] = Image("image/jp2"),
        ["psd"] = Image("application/vnd.adobe.photoshop"),
        ["psb"] = Image("application/vnd.adobe.photoshop"),
        ["ppm"] = Image("image/x-portable-pixmap"),
        ["pgm"] = Image("image/x-portable-pixmap"),
        // Never recognised by their content, for libvips is not to open them: so they are listed and not passed over in silence.
        ["tga"] = Image("image/x-tga"),
        ["ico"] = Image("image/vnd.microsoft.icon"),
        ["icns"] = Image("image/icns"),
        ["xpm"] = Image("image/x-xpixmap"),
        ["ani"] = Image("application/x-navi-animation"),
        ["dng"] = Raw("image/x-adobe-dng"),
        ["gpr"] = Raw("image/x-gopro-gpr"),
        ["cr2"] = Raw("image/x-canon-cr2"),
        ["cr3"] = Raw("image/x-canon-cr3"),
        ["crw"] = Raw("image/x-canon-crw"),
        ["nef"] = Raw("image/x-nikon-nef"),
        ["nrw"] = Raw("image/x-nikon-nrw"),
        ["arw"] = Raw("image/x-sony-arw"),
        ["sr2"] = Raw("image/x-sony-sr2"),
        ["srf"] = Raw("image/x-sony-srf"),
        ["raf"] = Raw("image/x-fujifilm-raf"),
        ["orf"] = Raw("image/x-olympus-orf"),
        ["ori"] = Raw("image/x-olympus-orf"),
        ["rw2"] = Raw("image/x-panasonic-rw2"),
        ["rwl"] = Raw("image/x-leica-rwl"),
        ["pef"] = Raw("image/x-pentax-pef"),
        ["srw"] = Raw("image/x-samsung-srw"),
        ["x3f"] = Raw("image/x-sigma-x3f"),
        ["mrw"] = Raw("image/x-minolta-mrw"),
        ["erf"] = Raw("image/x-epson-erf"),
        ["dcr"] = Raw("image/x-kodak-dcr"),
        ["kdc"] = Raw("image/x-kodak-kdc"),
        ["3fr"] = Raw("image/x-hasselblad-3fr"),
        ["fff"] = Raw("image/x-hasselblad-fff"),
        ["mef"] = Raw("image/x-mamiya-mef"),
        ["mos"] = Raw("image/x-raw"),
        ["iiq"] = Raw("image/x-raw"),
        ["mp4"] = Video("video/mp4"),
        ["m4v"] = Video("video/x-m4v"),
        ["mov"] = Video("video/quicktime"),
        ["qt"] = Video("video/quicktime"),
        ["3gp"] = Video("video/3gpp"),
        ["3g2"] = Video("video/3gpp2"),
        ["lrv"] = Video("video/mp4"),
        ["insv"] = Video("video/mp4"),
        ["avi"] = Video("video/x-msvideo"),
        ["mkv"] = Video("video/x-matroska"),
        ["webm"] = Video("video/webm"),
        ["mts"] = Video("video/m2ts"),
        ["m2ts"] = Video("video/m2ts"),
        ["m2t"] = Video("video/m2ts"),
        ["ts"] = Video("video/m2ts"),
        ["tod"] = Video("video/mpeg"),
        ["mod"] = Video("video/mpeg"),
        ["mpg"] = Video("video/mpeg"),
        ["mpeg"] = Video("video/mpeg"),
        ["vob"] = Video("video/mpeg"),
        ["m2v"] = Video("video/mpeg"),
        ["wmv"] = Video("video/x-ms-wmv"),
        ["asf"] = Video("video/x-ms-wmv"),
        ["flv"] = Video("video/x-flv"),
        ["ogv"] = Video("video/ogg"),
        ["m4a"] = Audio("audio/mp4"),
        ["mp3"] = Audio("audio/mpeg"),
        ["wav"] = Audio("audio/x-wav"),
        ["flac"] = Audio("audio/flac"),
        ["ogg"] = Audio("audio/ogg"),
        ["opus"] = Audio("audio/ogg"),
        ["wma"] = Audio("audio/x-ms-wma"),
        ["xmp"] = new(MediaKind.Sidecar, "application/rdf+xml"),
        ["aae"] = new(MediaKind.Sidecar, "application/vnd.apple.photos"),
    };
}
