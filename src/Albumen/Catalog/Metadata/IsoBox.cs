namespace Albumen.Catalog.Metadata;

/// <summary>A box of the ISO base media format: HEIF, AVIF, MP4, QuickTime, CR3, JPEG 2000, JPEG XL. Its type is four characters of Latin-1. ISO/IEC 14496-12, 4.2.</summary>
readonly record struct IsoBox(string Type, ForeignBytes Content)
{
    const int MostBoxes = 4096;

    /// <summary>The boxes that lie in a row, until the bytes end or make no sense.</summary>
    public static IEnumerable<IsoBox> In(ForeignBytes bytes, long at = 0)
    {
        for (int n = 0; n < MostBoxes && at + 8 <= bytes.Length; n++)
        {
            long length = bytes.U32(at), header = 8;
            if (length == 1) (length, header) = (bytes.I64(at + 8), 16);
            // 0: to the end of the file.
            if (length == 0) length = bytes.Length - at;
            if (length < header) yield break;
            yield return new(bytes.Latin1(at + 4, 4), bytes.Part(at + header, length - header));
            if (length > bytes.Length - at) yield break;
            at += length;
        }
    }

    /// <summary>The first box at the end of a path of types, one inside the other.</summary>
    public static ForeignBytes? Find(ForeignBytes bytes, params ReadOnlySpan<string> path)
    {
        foreach (string type in path)
        {
            IsoBox found = In(bytes).FirstOrDefault(b => b.Type == type);
            if (found.Type is null) return null;
            bytes = found.Content;
        }
        return bytes;
    }

    // BE7ACFCB-97A9-42E8-9C71-999491E3AFAC, XMP specification part 3, 1.2.
    public bool IsXmp => Type == "uuid" && Content.StartsWith(
        (ReadOnlySpan<byte>)[0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC]);

    // 33C7A4D2-B81D-4723-A0BA-F1A3E097AD38: IPTC in JPEG 2000.
    public bool IsIptc => Type == "uuid" && Content.StartsWith(
        (ReadOnlySpan<byte>)[0x33, 0xC7, 0xA4, 0xD2, 0xB8, 0x1D, 0x47, 0x23, 0xA0, 0xBA, 0xF1, 0xA3, 0xE0, 0x97, 0xAD, 0x38]);

    // 85C0B687-820F-11E0-8111-F4CE462B6A48: Canon's box of boxes in CR3.
    public bool IsCanon => Type == "uuid" && Content.StartsWith(
        (ReadOnlySpan<byte>)[0x85, 0xC0, 0xB6, 0x87, 0x82, 0x0F, 0x11, 0xE0, 0x81, 0x11, 0xF4, 0xCE, 0x46, 0x2B, 0x6A, 0x48]);
}
