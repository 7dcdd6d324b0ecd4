using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Albumen.Tests.Catalog.Metadata;

/// <summary>One EXIF block and one XMP packet, put by hand into every container that can hold them: pictures of 640 x 480 without a picture.</summary>
static class Wrappings
{
    public static byte[] Xmp { get; } = Encoding.UTF8.GetBytes("""
        <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <!-- a comment --><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4" xmp:Label="Red"/>
        <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/">
        <dc:title><rdf:Alt><rdf:li xml:lang="de">Hund</rdf:li><rdf:li xml:lang="x-default">Dog</rdf:li></rdf:Alt></dc:title>
        <dc:subject><rdf:Bag><rdf:li>Animals</rdf:li><rdf:li>Dog</rdf:li><rdf:li>Wien</rdf:li></rdf:Bag></dc:subject>
        <lr:hierarchicalSubject><rdf:Bag><rdf:li>Animals</rdf:li><rdf:li>Animals|Dog</rdf:li></rdf:Bag></lr:hierarchicalSubject>
        </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>
        """);

    /// <summary>Make, an orientation, the EXIF directory with date and offset, and a place; little-endian.</summary>
    public static byte[] Exif(byte[]? xmp = null)
    {
        List<(ushort Tag, ushort Type, int Count, byte[] Value)> first =
        [
            (0x0100, 4, 1, U32(640)), (0x0101, 4, 1, U32(480)), (0x010F, 2, 5, "Acme\0"u8.ToArray()), (0x0112, 3, 1, [6, 0, 0, 0]),
        ];
        if (xmp is not null) first.Add((0x02BC, 1, xmp.Length, xmp));
        List<(ushort, ushort, int, byte[])> exif =
        [
            (0x829A, 5, 1, [.. U32(1), .. U32(250)]), (0x9003, 2, 20, "2024:07:14 15:30:12\0"u8.ToArray()),
            (0x9011, 2, 7, "+02:00\0"u8.ToArray()), (0x9291, 2, 3, "25\0\0"u8.ToArray()[..3]), (0xA434, 2, 6, "50/1.8"u8.ToArray()),
        ];
        List<(ushort, ushort, int, byte[])> gps =
        [
            (1, 2, 2, "N\0\0\0"u8.ToArray()), (2, 5, 3, [.. U32(48), .. U32(1), .. U32(12), .. U32(1), .. U32(0), .. U32(1)]),
            (3, 2, 2, "W\0\0\0"u8.ToArray()), (4, 5, 3, [.. U32(16), .. U32(1), .. U32(30), .. U32(1), .. U32(0), .. U32(0)]),
        ];
        return Tiff(first, exif, gps);
    }

    /// <summary>A little-endian TIFF block of these directories; values of more than four bytes stand behind them.</summary>
    public static byte[] Tiff(List<(ushort Tag, ushort Type, int Count, byte[] Value)> first, List<(ushort, ushort, int, byte[])> exif, List<(ushort, ushort, int, byte[])> gps)
    {
        using MemoryStream output = new();
        output.Write([(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0]);
        // The pointers stand in place before their targets are written.
        int firstLength = Directory([.. first, (0x8769, 4, 1, U32(0)), (0x8825, 4, 1, U32(0))], 8).Length, exifAt = 8 + firstLength;
        byte[] exifBytes = Directory(exif, exifAt);
        int gpsAt = exifAt + exifBytes.Length;
        output.Write(Directory([.. first, (0x8769, 4, 1, U32(exifAt)), (0x8825, 4, 1, U32(gpsAt))], 8));
        output.Write(exifBytes);
        output.Write(Directory(gps, gpsAt));
        return output.ToArray();
    }

    /// <summary>By the name under which a test shows it; the name's extension is the file's.</summary>
    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>
    {
        ["a.jpg"] = [0xFF, 0xD8, .. Segment(0xE1, "Exif\0\0"u8, Exif()), .. Segment(0xE1, "http://ns.adobe.com/xap/1.0/\0"u8, Xmp), .. Frame, 0xFF, 0xDA, 0xFF, 0xD9],
        ["photoshop.jpg"] = [0xFF, 0xD8, .. Segment(0xED, "Photoshop 3.0\0"u8, [.. Resource(0x0422, Exif()), .. Resource(0x0424, Xmp)]), .. Frame, 0xFF, 0xD9],
        ["a.png"] = [.. PngHead, .. Chunk("eXIf", Exif()), .. Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. Xmp]), .. Chunk("IEND", [])],
        ["profiles.png"] = [.. PngHead, .. Chunk("zTXt", [.. "Raw profile type exif\0\0"u8, .. Deflate(Profile("exif", [.. "Exif\0\0"u8, .. Exif()]))]),
            .. Chunk("iTXt", [.. "XML:com.adobe.xmp\0\x01\0\0\0"u8, .. Deflate(Xmp)]), .. Chunk("IEND", [])],
        ["a.webp"] = Riff("WEBP", [.. RiffChunk("VP8X", [0, 0, 0, 0, 0x7F, 0x02, 0, 0xDF, 0x01, 0]), .. RiffChunk("EXIF", Exif()), .. RiffChunk("XMP ", Xmp)]),
        ["a.tif"] = Exif(Xmp),
        ["a.jxl"] = [.. JxlHead, .. Box("Exif", [0, 0, 0, 0, .. Exif()]), .. Box("xml ", Xmp)],
        ["brotli.jxl"] = [.. JxlHead, .. Box("brob", [.. "Exif"u8, .. Brotli([0, 0, 0, 0, .. Exif()])]), .. Box("brob", [.. "xml "u8, .. Brotli(Xmp)])],
        ["a.heic"] = Heif("heic", inside: false),
        ["idat.avif"] = Heif("avif", inside: true),
        ["a.jp2"] = [.. Box("jP  ", [13, 10, 0x87, 10]), .. Box("ftyp", "jp2 \0\0\0\0jp2 "u8), .. Box("jp2h", Box("ihdr", [.. Big(480), .. Big(640), 0, 3, 7, 7, 0, 0])),
            .. Box("uuid", [.. "JpgTiffExif->JP2"u8, .. Exif()]), .. Box("uuid", [.. XmpUuid, .. Xmp])],
        ["a.psd"] = [.. "8BPS\0\x01\0\0\0\0\0\0\0\x03"u8, .. Big(480), .. Big(640), 0, 8, 0, 3, .. Big(0), .. Sized([.. Resource(0x0422, Exif()), .. Resource(0x0424, Xmp)])],
    };

    /// <summary>A clip's header: a minute long, turned by 90 degrees, with Apple's keys.</summary>
    public static byte[] Clip { get; } =
    [
        .. Box("ftyp", "qt  \0\0\0\0qt  "u8),
        .. Box("moov",
        [
            .. Box("mvhd", [.. Big(0), .. Big(3_800_000_000), .. Big(0), .. Big(600), .. Big(36_000), .. new byte[80]]),
            .. Box("trak",
            [
                .. Box("tkhd", [.. new byte[40], .. Big(0), .. Big(0x10000), .. Big(0), .. Big(0xFFFF0000), .. Big(0), .. Big(0), .. Big(0), .. Big(0), .. Big(0x40000000), .. Big(640 << 16), .. Big(480 << 16)]),
                .. Box("mdia", Box("hdlr", [.. new byte[8], .. "vide"u8, .. new byte[12]])),
            ]),
            .. Box("meta",
            [
                .. Box("hdlr", [.. new byte[8], .. "mdta"u8, .. new byte[12]]),
                .. Box("keys", [.. Big(0), .. Big(3), .. Box("mdta", "com.apple.quicktime.creationdate"u8), .. Box("mdta", "com.apple.quicktime.location.ISO6709"u8),
                    .. Box("mdta", "com.apple.quicktime.content.identifier"u8)]),
                .. Box("ilst", [.. Item(1, "2024-07-14T15:30:12+0200"), .. Item(2, "+48.2000-016.5000+171.000/"), .. Item(3, "ABCD-1234")]),
            ]),
        ]),
    ];

    public static byte[] Box(string type, ReadOnlySpan<byte> content) => [.. Big((uint)content.Length + 8), .. Encoding.Latin1.GetBytes(type), .. content];

    public static byte[] Chunk(string type, ReadOnlySpan<byte> content) => [.. Big((uint)content.Length), .. Encoding.ASCII.GetBytes(type), .. content, 0, 0, 0, 0];

    public static byte[] Segment(byte marker, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        int length = name.Length + content.Length + 2;
        return [0xFF, marker, (byte)(length >> 8), (byte)length, .. name, .. content];
    }

    public static byte[] Deflate(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream output = new();
        using (ZLibStream zlib = new(output, CompressionLevel.Optimal)) zlib.Write(bytes);
        return output.ToArray();
    }

    public static byte[] PngHead => [0x89, .. "PNG"u8, 13, 10, 26, 10, .. Chunk("IHDR", [.. Big(640), .. Big(480), 8, 2, 0, 0, 0])];

    static byte[] Frame => Segment(0xC0, [], [8, 480 >> 8, 480 & 255, 640 >> 8, 640 & 255, 1, 1, 0x11, 0]);

    // From the lowest bit: not small, 13 bits of height - 1 follow, the height, the width is 4:3 of it.
    static byte[] JxlHead => [.. Box("JXL ", [13, 10, 0x87, 10]), .. Box("ftyp", "jxl \0\0\0\0jxl "u8), .. Box("jxlc", [0xFF, 0x0A, .. BitConverter.GetBytes(0 | 1 << 1 | 479 << 3 | 3 << 16)])];

    static ReadOnlySpan<byte> XmpUuid => [0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC];

    static byte[] Heif(string brand, bool inside)
    {
        byte[] exif = [.. Big(6), .. "Exif\0\0"u8, .. Exif()];
        byte[] Meta(uint dataAt)
        {
            byte[] iloc = [1, 0, 0, 0, 0x44, 0, 0, 2,
                0, 2, 0, (byte)(inside ? 1 : 0), 0, 0, 0, 1, .. Big(dataAt), .. Big((uint)exif.Length),
                0, 3, 0, (byte)(inside ? 1 : 0), 0, 0, 0, 1, .. Big(dataAt + (uint)exif.Length), .. Big((uint)Xmp.Length)];
            return Box("meta",
            [
                0, 0, 0, 0,
                .. Box("pitm", [0, 0, 0, 0, 0, 1]),
                .. Box("iinf", [0, 0, 0, 0, 0, 3, .. Infe(1, "hvc1"u8), .. Infe(2, "Exif"u8), .. Infe(3, [.. "mime"u8, 0, .. "application/rdf+xml\0"u8])]),
                .. Box("iprp", [.. Box("ipco", [.. Box("ispe", [0, 0, 0, 0, .. Big(160), .. Big(120)]), .. Box("ispe", [0, 0, 0, 0, .. Big(640), .. Big(480)])]),
                    .. Box("ipma", [0, 0, 0, 0, .. Big(1), 0, 1, 1, 0x82])]),
                .. Box("iloc", iloc),
                .. inside ? Box("idat", [.. exif, .. Xmp]) : [],
            ]);
        }
        byte[] ftyp = Box("ftyp", [.. Encoding.ASCII.GetBytes(brand), 0, 0, 0, 0, .. "mif1"u8, .. Encoding.ASCII.GetBytes(brand)]);
        return inside ? [.. ftyp, .. Meta(0)] : [.. ftyp, .. Meta((uint)(ftyp.Length + Meta(0).Length + 8)), .. Box("mdat", [.. exif, .. Xmp])];
    }

    static byte[] Infe(byte id, ReadOnlySpan<byte> type) => Box("infe", [2, 0, 0, 0, 0, id, 0, 0, .. type, 0]);

    static byte[] Item(uint index, string text) => Sized4(index, Box("data", [.. Big(1), .. Big(0), .. Encoding.UTF8.GetBytes(text)]));

    static byte[] Sized4(uint type, byte[] content) => [.. Big((uint)content.Length + 8), .. Big(type), .. content];

    static byte[] Sized(ReadOnlySpan<byte> content) => [.. Big((uint)content.Length), .. content];

    static byte[] Resource(ushort id, ReadOnlySpan<byte> content) =>
        [.. "8BIM"u8, (byte)(id >> 8), (byte)id, 0, 0, .. Sized(content), .. content.Length % 2 == 1 ? (byte[])[0] : []];

    static byte[] Riff(string form, ReadOnlySpan<byte> chunks) => [.. "RIFF"u8, .. U32(chunks.Length + 4), .. Encoding.ASCII.GetBytes(form), .. chunks];

    static byte[] RiffChunk(string type, ReadOnlySpan<byte> content) =>
        [.. Encoding.ASCII.GetBytes(type), .. U32(content.Length), .. content, .. content.Length % 2 == 1 ? (byte[])[0] : []];

    static byte[] Profile(string name, ReadOnlySpan<byte> content) => Encoding.ASCII.GetBytes($"\n{name}\n{content.Length,8}\n{Convert.ToHexStringLower(content)}\n");

    static byte[] Brotli(ReadOnlySpan<byte> bytes)
    {
        using MemoryStream output = new();
        using (BrotliStream brotli = new(output, CompressionLevel.Optimal)) brotli.Write(bytes);
        return output.ToArray();
    }

    /// <summary>A TIFF directory at <paramref name="at"/>, its long values behind it.</summary>
    static byte[] Directory(List<(ushort Tag, ushort Type, int Count, byte[] Value)> entries, int at)
    {
        using MemoryStream table = new(), values = new();
        table.Write([(byte)entries.Count, 0]);
        int behind = at + 2 + entries.Count * 12 + 4;
        foreach ((ushort tag, ushort type, int count, byte[] value) in entries.OrderBy(e => e.Tag))
        {
            table.Write([(byte)tag, (byte)(tag >> 8), (byte)type, 0, .. U32(count)]);
            if (value.Length <= 4)
            {
                table.Write([.. value, .. new byte[4 - value.Length]]);
                continue;
            }
            table.Write(U32(behind + (int)values.Length));
            values.Write(value);
        }
        return [.. table.ToArray(), 0, 0, 0, 0, .. values.ToArray()];
    }

    static byte[] U32(int value) => BitConverter.GetBytes(value);

    static byte[] Big(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
