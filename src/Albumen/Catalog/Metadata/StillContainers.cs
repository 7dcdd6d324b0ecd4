using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Albumen.Catalog.Metadata;

/// <summary>Where the formats other than JPEG and HEIF keep their size, EXIF, XMP and IPTC. One method a format, each a bounded walk.</summary>
static class StillContainers
{
    const int MostChunks = 4096;
    const int MostInflated = 8 << 20;

    /// <summary>PNG third edition, 5.3 and 11.3; EXIF in <c>eXIf</c>, XMP in <c>iTXt</c>, and both as ImageMagick's hexadecimal "raw profiles".</summary>
    public static void ReadPng(ForeignBytes bytes, Evidence evidence)
    {
        long at = 8;
        for (int n = 0; n < MostChunks && at + 8 <= bytes.Length; n++)
        {
            long length = bytes.U32(at);
            string type = bytes.Latin1(at + 4, 4);
            ForeignBytes chunk = bytes.Part(at + 8, length);
            at += 12 + length;
            switch (type)
            {
                case "IHDR":
                    evidence.SetSize(chunk.U32(0), chunk.U32(4));
                    break;
                case "eXIf" or "zxIf":
                    evidence.AddExif(chunk);
                    break;
                case "tEXt" or "zTXt" or "iTXt":
                    ReadPngText(type, chunk.Read(0, chunk.Length), evidence);
                    break;
                case "IEND":
                    return;
            }
        }
    }

    static void ReadPngText(string type, ReadOnlyMemory<byte> chunk, Evidence evidence)
    {
        int end = chunk.Span.IndexOf((byte)0);
        if (end < 0) return;
        string keyword = Encoding.Latin1.GetString(chunk.Span[..end]);
        ReadOnlyMemory<byte> text = chunk[(end + 1)..];
        bool compressed = false;
        if (type == "zTXt")
        {
            if (text.Length < 1) return;
            (compressed, text) = (true, text[1..]);
        }
        else if (type == "iTXt")
        {
            if (text.Length < 2) return;
            (compressed, text) = (text.Span[0] == 1, text[2..]);
            // The language and the translated keyword.
            for (int n = 0; n < 2; n++)
            {
                int nul = text.Span.IndexOf((byte)0);
                if (nul < 0) return;
                text = text[(nul + 1)..];
            }
        }
        if (compressed && Inflate(text, evidence) is var inflated) text = inflated;
        switch (keyword)
        {
            case "XML:com.adobe.xmp":
                evidence.AddXmp(text);
                break;
            case "Raw profile type exif" or "Raw profile type APP1":
                ReadOnlyMemory<byte> app1 = FromHexProfile(text.Span);
                if (app1.Span.StartsWith("http"u8)) evidence.AddXmp(app1[(app1.Span.IndexOf((byte)0) + 1)..]);
                else if (app1.Length > 0) evidence.AddExif(new ForeignBytes(app1));
                break;
            case "Raw profile type xmp":
                evidence.AddXmp(FromHexProfile(text.Span));
                break;
            case "Raw profile type iptc" or "Raw profile type 8bim":
                ReadOnlyMemory<byte> iptc = FromHexProfile(text.Span);
                if (iptc.Span.StartsWith("8BIM"u8)) PhotoshopResources.Read(new ForeignBytes(iptc), evidence);
                else evidence.AddIptc(iptc);
                break;
            case "Creation Time" or "create-date" or "creation-time":
                evidence.AddTime(TimeRank.Text, CaptureTimes.Read(TiffValue.Decode(text.Span), "PNG:CreationTime"));
                break;
            case "Title":
                evidence.Title ??= TiffValue.Decode(text.Span);
                break;
            case "Description":
                evidence.Caption ??= TiffValue.Decode(text.Span);
                break;
        }
    }

    static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> bytes, Evidence evidence) =>
        Expand(new ZLibStream(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress), "PNG text", evidence);

    /// <summary>What a decompressor gives, up to a limit and as far as it is sound.</summary>
    static byte[] Expand(Stream decompressor, string what, Evidence evidence)
    {
        using Stream input = decompressor;
        using MemoryStream output = new();
        byte[] buffer = new byte[16 << 10];
        try
        {
            while (output.Length <= MostInflated && input.Read(buffer) is > 0 and var read && evidence.Affords(read)) output.Write(buffer, 0, read);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            evidence.Warn($"Compressed {what} is damaged");
        }
        return output.ToArray();
    }

    /// <summary>A line with a name, a line with the length, then hexadecimal digits in lines.</summary>
    static byte[] FromHexProfile(ReadOnlySpan<byte> text)
    {
        string[] lines = Encoding.Latin1.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length < 3) return [];
        string digits = string.Concat(lines[2..]);
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : [];
    }

    /// <summary>RFC 9649: the VP8X, VP8 and VP8L headers, <c>EXIF</c> and <c>XMP </c>.</summary>
    public static void ReadWebP(ForeignBytes bytes, Evidence evidence)
    {
        foreach ((string type, ForeignBytes chunk) in RiffChunks(bytes, 12))
        {
            switch (type)
            {
                case "VP8X":
                    evidence.SetSize(1 + (chunk.U32(4, false) & 0xFFFFFF), 1 + (chunk.U32(6, false) >> 8));
                    break;
                case "VP8 " when evidence.Width is null:
                    evidence.SetSize(chunk.U16(6, false) & 0x3FFF, chunk.U16(8, false) & 0x3FFF);
                    break;
                case "VP8L" when evidence.Width is null:
                    uint bits = chunk.U32(1, false);
                    evidence.SetSize((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
                    break;
                case "EXIF":
                    evidence.AddExif(chunk);
                    break;
                case "XMP ":
                    evidence.AddXmp(chunk.Read(0, chunk.Length));
                    break;
            }
        }
    }

    public static IEnumerable<(string Type, ForeignBytes Chunk)> RiffChunks(ForeignBytes bytes, long at)
    {
        for (int n = 0; n < MostChunks && at + 8 <= bytes.Length; n++)
        {
            long length = bytes.U32(at + 4, false);
            yield return (bytes.Latin1(at, 4), bytes.Part(at + 8, length));
            at += 8 + length + (length & 1);
        }
    }

    /// <summary>GIF89a; XMP in an application extension, ended by 258 bytes that lead any reader of sub-blocks out of it.</summary>
    public static void ReadGif(ForeignBytes bytes, Evidence evidence)
    {
        evidence.SetSize(bytes.U16(6, false), bytes.U16(8, false));
        // Extensions that matter stand before the pictures or after them; both ends are searched, not the pictures.
        const int reach = 1 << 20;
        foreach (ReadOnlyMemory<byte> stretch in (ReadOnlyMemory<byte>[])[bytes.Read(0, reach), bytes.Length > reach ? bytes.Read(bytes.Length - reach, reach) : default])
        {
            int begin = stretch.Span.IndexOf("XMP DataXMP"u8);
            if (begin < 0) continue;
            ReadOnlyMemory<byte> rest = stretch[(begin + 11)..];
            int end = rest.Span.IndexOf((ReadOnlySpan<byte>)[0x01, 0xFF, 0xFE, 0xFD]);
            if (end > 0) evidence.AddXmp(rest[..end]);
            return;
        }
    }

    public static void ReadBmp(ForeignBytes bytes, Evidence evidence)
    {
        // A height below zero means "top row first".
        if (bytes.U32(14, false) == 12) evidence.SetSize(bytes.U16(18, false), bytes.U16(20, false));
        else evidence.SetSize((int)bytes.U32(18, false), Math.Abs((long)(int)bytes.U32(22, false)));
    }

    /// <summary>The header and the image resources, behind the colour table.</summary>
    public static void ReadPsd(ForeignBytes bytes, Evidence evidence)
    {
        evidence.SetSize(bytes.U32(18), bytes.U32(14));
        long resources = 30 + bytes.U32(26);
        PhotoshopResources.Read(bytes.Part(resources + 4, bytes.U32(resources)), evidence);
    }

    /// <summary>Netpbm: a letter, a digit, width and height in decimal, comments between.</summary>
    public static void ReadNetpbm(ForeignBytes bytes, Evidence evidence)
    {
        string[] words = string.Join(' ', bytes.Latin1(0, 1024).Split('\n').Select(l => l.Split('#')[0])).Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 2 && int.TryParse(words[1], NumberStyles.None, null, out int width) && int.TryParse(words[2], NumberStyles.None, null, out int height))
            evidence.SetSize(width, height);
    }

    /// <summary>ISO/IEC 18181-2: boxes, or the bare codestream; <c>brob</c> holds another box compressed with Brotli.</summary>
    public static void ReadJxl(ForeignBytes bytes, Evidence evidence)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A]))
        {
            ReadJxlSize(bytes, evidence);
            return;
        }
        foreach (IsoBox box in IsoBox.In(bytes))
        {
            switch (box.Type)
            {
                case "jxlc":
                    ReadJxlSize(box.Content, evidence);
                    break;
                case "jxlp" when evidence.Width is null:
                    ReadJxlSize(box.Content.Part(4), evidence);
                    break;
                case "Exif" or "xml ":
                    AddJxlBox(box.Type, box.Content, evidence);
                    break;
                case "brob" when box.Content.Latin1(0, 4) is "Exif" or "xml ":
                    ReadOnlyMemory<byte> compressed = box.Content.Read(4, box.Content.Length);
                    byte[] plain = Expand(new BrotliStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress), "JPEG XL metadata", evidence);
                    AddJxlBox(box.Content.Latin1(0, 4), new ForeignBytes(plain), evidence);
                    break;
            }
        }
    }

    static void AddJxlBox(string type, ForeignBytes content, Evidence evidence)
    {
        if (type == "xml ") evidence.AddXmp(content.Read(0, content.Length));
        else if (content.Length > 4) evidence.AddExif(content.Part(4 + content.U32(0)));
    }

    /// <summary>ISO/IEC 18181-1, SizeHeader: numbers of 5, 9, 13, 18 or 30 bits, lowest bit first; the width may be a ratio of the height.</summary>
    static void ReadJxlSize(ForeignBytes bytes, Evidence evidence)
    {
        if (!bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x0A])) return;
        UInt128 bits = 0;
        ReadOnlySpan<byte> head = bytes.Read(2, 12).Span;
        for (int n = head.Length - 1; n >= 0; n--) bits = bits << 8 | head[n];
        long Take(int count)
        {
            long value = (long)(bits & (((UInt128)1 << count) - 1));
            bits >>= count;
            return value;
        }
        long Size(bool small) => small ? (Take(5) + 1) * 8 : Take((int)Take(2) switch { 0 => 9, 1 => 13, 2 => 18, _ => 30 }) + 1;
        bool small = Take(1) == 1;
        long height = Size(small);
        long width = Take(3) switch
        {
            1 => height,
            2 => height * 12 / 10,
            3 => height * 4 / 3,
            4 => height * 3 / 2,
            5 => height * 16 / 9,
            6 => height * 5 / 4,
            7 => height * 2,
            _ => Size(small),
        };
        evidence.SetSize(width, height);
    }

    /// <summary>JPEG 2000 (ISO/IEC 15444-1 annex I): size in <c>jp2h/ihdr</c>, EXIF and XMP in <c>uuid</c> boxes.</summary>
    public static void ReadJp2(ForeignBytes bytes, Evidence evidence)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0x4F]))
        {
            // SIZ: right and lower edge less the offset.
            evidence.SetSize(bytes.U32(8) - (long)bytes.U32(16), bytes.U32(12) - (long)bytes.U32(20));
            return;
        }
        foreach (IsoBox box in IsoBox.In(bytes))
        {
            if (box.Type == "jp2h")
                foreach (IsoBox inner in IsoBox.In(box.Content).Where(b => b.Type == "ihdr"))
                    evidence.SetSize(inner.Content.U32(4), inner.Content.U32(0));
            else if (box.Type == "xml ")
                evidence.AddXmp(box.Content.Read(0, box.Content.Length));
            else if (box.Type == "uuid" && box.Content.StartsWith("JpgTiffExif->JP2"u8))
                evidence.AddExif(box.Content.Part(16));
            else if (box.IsIptc)
                evidence.AddIptc(box.Content.Read(16, box.Content.Length));
            else if (box.IsXmp)
                evidence.AddXmp(box.Content.Read(16, box.Content.Length));
        }
    }
}
