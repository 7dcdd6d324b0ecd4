using System.Globalization;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// Finds the clip inside a motion photo. Google says in XMP how long it is (Motion Photo format 1.0; before that <c>MicroVideo</c>), Samsung in a table at the
/// end of the file, and HEIC may have it in a box of its own. What does not begin as an MP4 was cut off by some program, or never was there.
/// </summary>
static class MotionVideo
{
    const int MostItems = 100, MostSamsungBlocks = 1000;

    // Samsung's number of the block with the clip.
    const ushort SamsungMotion = 0x0A30;

    /// <param name="bytes">The whole file.</param>
    public static MotionClip? Find(ForeignBytes bytes, XmpPacket xmp, bool hasBoxes) => (hasBoxes ? InBox(bytes) : null) ?? FromDirectory(bytes, xmp) ?? FromMicroVideo(bytes, xmp) ?? FromSamsung(bytes);

    /// <summary><c>mpvd</c>, right in the file.</summary>
    static MotionClip? InBox(ForeignBytes bytes)
    {
        long at = 0;
        foreach (IsoBox box in IsoBox.In(bytes))
        {
            long size = bytes.U32(at), header = size == 1 ? 16 : 8;
            if (box.Type == "mpvd") return Checked(bytes, at + header, box.Content.Length);
            at += header + box.Content.Length;
        }
        return null;
    }

    /// <summary><c>Container:Directory</c>: what stands behind the picture, item by item, up to the end of the file.</summary>
    static MotionClip? FromDirectory(ForeignBytes bytes, XmpPacket xmp)
    {
        if (xmp[XmpPacket.GoogleContainer, "Directory"] is not { } directory) return null;
        long behind = 0;
        foreach (XmpNode entry in directory.Items.Take(MostItems).Reverse())
        {
            XmpNode item = entry.Field(XmpPacket.GoogleContainer, "Item") ?? entry;
            if (Whole(item, "Length") is not { } length) return null;
            behind += length + (Whole(item, "Padding") ?? 0);
            if (item.Field(XmpPacket.GoogleItem, "Semantic")?.Value is "MotionPhoto") return Checked(bytes, bytes.Length - behind, length);
        }
        return null;
    }

    static MotionClip? FromMicroVideo(ForeignBytes bytes, XmpPacket xmp) =>
        long.TryParse(xmp.Text(XmpPacket.GoogleCamera, "MicroVideoOffset"), NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? Checked(bytes, bytes.Length - length, length) : null;

    /// <summary>
    /// The file ends with the length of a table and <c>SEFT</c>; the table begins with <c>SEFH</c>, a version and a count, and says of each block its number,
    /// how far before the table it begins, and its length. A block begins with its number and its name.
    /// </summary>
    static MotionClip? FromSamsung(ForeignBytes bytes)
    {
        const int Head = 12, Row = 12, Foot = 8;
        if (!bytes.StartsWith("SEFT"u8, bytes.Length - 4)) return null;
        long table = bytes.Length - Foot - bytes.U32(bytes.Length - Foot, false);
        if (table <= 0 || !bytes.StartsWith("SEFH"u8, table)) return null;
        long count = Math.Min(bytes.U32(table + 8, false), MostSamsungBlocks);
        for (int n = 0; n < count; n++)
        {
            long row = table + Head + n * Row;
            if (bytes.U16(row + 2, false) != SamsungMotion) continue;
            long block = table - bytes.U32(row + 4, false), name = bytes.U32(block + 4, false);
            return Checked(bytes, block + 8 + name, bytes.U32(row + 8, false) - 8 - name);
        }
        return null;
    }

    static MotionClip? Checked(ForeignBytes bytes, long offset, long length) =>
        offset > 0 && length > 8 && length <= bytes.Length - offset && bytes.StartsWith("ftyp"u8, offset + 4) ? new(offset, length) : null;

    static long? Whole(XmpNode item, string name) => item.Field(XmpPacket.GoogleItem, name)?.Value is not { } text ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= int.MaxValue ? number : null;
}
