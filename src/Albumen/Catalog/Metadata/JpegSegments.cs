namespace Albumen.Catalog.Metadata;

/// <summary>
/// The segments of a JPEG before its picture: size, EXIF, XMP (also in several parts) and Photoshop's resources.
/// ITU-T T.81 annex B; XMP specification part 3, 1.1.3.1.
/// </summary>
static class JpegSegments
{
    const int MostSegments = 4096;
    const int MostExtendedXmp = 8 << 20;

    static ReadOnlySpan<byte> XmpName => "http://ns.adobe.com/xap/1.0/\0"u8;

    static ReadOnlySpan<byte> ExtendedXmpName => "http://ns.adobe.com/xmp/extension/\0"u8;

    static ReadOnlySpan<byte> PhotoshopName => "Photoshop 3.0\0"u8;

    public static void Read(ForeignBytes bytes, Evidence evidence)
    {
        using MemoryStream photoshop = new();
        SortedDictionary<uint, ReadOnlyMemory<byte>> extended = [];
        string? extendedId = null;
        long at = 2;
        bool sized = false, exif = false;
        for (int n = 0; n < MostSegments; n++)
        {
            // Fill bytes, and the rubbish some cameras leave between segments.
            for (int skipped = 0; bytes.U8(at) != 0xFF && at < bytes.Length && skipped < 64 << 10; skipped++) at++;
            while (bytes.U8(at) == 0xFF && bytes.U8(at + 1) == 0xFF) at++;
            byte marker = bytes.U8(at + 1);
            if (marker is 0 or 0xD9 or 0xDA || at + 4 > bytes.Length) break;
            at += 2;
            if (marker is 0x01 or (>= 0xD0 and <= 0xD8)) continue;
            int length = bytes.U16(at);
            if (length < 2) break;
            ForeignBytes segment = bytes.Part(at + 2, length - 2);
            at += length;
            // All start-of-frame markers; C4, C8 and CC are tables.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && !sized)
            {
                evidence.SetSize(segment.U16(3), segment.U16(1));
                sized = true;
            }
            else if (marker == 0xE1 && segment.StartsWith("Exif\0"u8) && !exif)
            {
                exif = evidence.AddExif(segment) is not null;
            }
            else if (marker == 0xE1 && segment.StartsWith(XmpName))
            {
                evidence.AddXmp(segment.Read(XmpName.Length, segment.Length));
            }
            else if (marker == 0xE1 && segment.StartsWith(ExtendedXmpName))
            {
                // A GUID of 32 digits, the full length, the place of this part, the part.
                string id = segment.Latin1(ExtendedXmpName.Length, 32);
                extendedId ??= id;
                if (id == extendedId) extended.TryAdd(segment.U32(ExtendedXmpName.Length + 36), segment.Read(ExtendedXmpName.Length + 40, segment.Length));
            }
            else if (marker == 0xED && segment.StartsWith(PhotoshopName))
            {
                photoshop.Write(segment.Read(PhotoshopName.Length, segment.Length).Span);
            }
        }
        if (extended.Count > 0) ReadExtended(extended, evidence);
        if (photoshop.Length > 0) PhotoshopResources.Read(new ForeignBytes(photoshop), evidence);
        if (!sized) evidence.Warn("The JPEG has no picture");
    }

    static void ReadExtended(SortedDictionary<uint, ReadOnlyMemory<byte>> parts, Evidence evidence)
    {
        using MemoryStream whole = new();
        foreach ((uint place, ReadOnlyMemory<byte> part) in parts)
        {
            if (place != whole.Length || whole.Length > MostExtendedXmp)
            {
                // Depth maps and second pictures in base64: nothing for the catalogue; the facts stand in the first packet.
                evidence.Warn("Extended XMP is incomplete or too large and was not read");
                return;
            }
            whole.Write(part.Span);
        }
        evidence.AddXmp(whole.ToArray());
    }
}

/// <summary>Photoshop's image resource blocks, in JPEG, TIFF and PSD. Adobe Photoshop file formats specification, Image Resources.</summary>
static class PhotoshopResources
{
    const int MostBlocks = 1000;

    public static void Read(ForeignBytes bytes, Evidence evidence)
    {
        long at = 0;
        for (int n = 0; n < MostBlocks && at + 12 <= bytes.Length && bytes.StartsWith("8BIM"u8, at); n++)
        {
            ushort id = bytes.U16(at + 4);
            // A Pascal string and its length byte, together even.
            long size = at + 6 + (bytes.U8(at + 6) + 2 & ~1);
            long length = bytes.U32(size);
            ForeignBytes block = bytes.Part(size + 4, length);
            switch (id)
            {
                case 0x0404:
                    evidence.AddIptc(block.Read(0, block.Length));
                    break;
                case 0x0422:
                    evidence.AddExif(block);
                    break;
                case 0x0424:
                    evidence.AddXmp(block.Read(0, block.Length));
                    break;
            }
            at = size + 4 + (length + 1 & ~1);
        }
    }
}
