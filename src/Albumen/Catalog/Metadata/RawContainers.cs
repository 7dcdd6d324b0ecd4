namespace Albumen.Catalog.Metadata;

/// <summary>RAW formats that are no TIFF by themselves, and the sizes in those that are.</summary>
static class RawContainers
{
    const int MostBlocks = 64;

    /// <summary>TIFF, DNG, NEF, ARW, CR2, PEF, ORF, RW2 and their kin.</summary>
    public static void ReadTiff(ForeignBytes bytes, MediaType type, Evidence evidence)
    {
        if (ReadTags(bytes, evidence) is not { } tiff || tiff["IFD0"] is not { } first) return;
        if (type.Mime is "image/x-panasonic-rw2" or "image/x-leica-rwl")
        {
            // Sensor borders: top, left, bottom, right.
            double Border(ushort tag) => first[tag]?.Number ?? 0;
            evidence.SetSize((long)(Border(7) - Border(5)), (long)(Border(6) - Border(4)));
            // JpgFromRaw: the camera's JPEG has the complete EXIF.
            if (first[0x2E] is { } jpeg) QuickTimeAtoms.ReadInnerJpeg(jpeg.Block.Part(jpeg.Offset, jpeg.Items), evidence);
            return;
        }
        if (type.Mime == "image/x-canon-cr2" && tiff["ExifIFD"] is { } exif && Size(exif, 0xA002, 0xA003) is { } stated)
        {
            evidence.SetSize(stated.Width, stated.Height);
            return;
        }
        // NewSubfileType 0 is the full picture; IFD0 of a RAW is often a thumbnail.
        Ifd full = tiff.Directories.FirstOrDefault(d => type.Kind == MediaKind.Raw && d.Name.StartsWith("SubIFD", StringComparison.Ordinal)
            && d[0x00FE]?.Number == 0 && Size(d, 0x0100, 0x0101) is not null) ?? first;
        if (Size(full, 0x0100, 0x0101) is { } size) evidence.SetSize(size.Width, size.Height);
    }

    /// <summary>EXIF, and what TIFF has tags of its own for: XMP, IPTC and Photoshop's resources.</summary>
    static TiffBlock? ReadTags(ForeignBytes bytes, Evidence evidence)
    {
        TiffBlock? tiff = evidence.AddExif(bytes);
        Ifd? first = tiff?["IFD0"];
        if (first?[0x02BC] is { } xmp) evidence.AddXmp(xmp.Raw);
        if (first?[0x83BB] is { } iptc) evidence.AddIptc(iptc.Raw);
        if (first?[0x8649] is { } photoshop) PhotoshopResources.Read(new ForeignBytes(photoshop.Raw), evidence);
        return tiff;
    }

    static (long Width, long Height)? Size(Ifd ifd, ushort width, ushort height) =>
        ifd[width]?.Number is { } w && ifd[height]?.Number is { } h ? ((long)w, (long)h) : null;

    /// <summary>Fujifilm: a JPEG with the EXIF, and a table of numbered fields with the size.</summary>
    public static void ReadRaf(ForeignBytes bytes, Evidence evidence)
    {
        JpegSegments.Read(bytes.Part(bytes.U32(84), bytes.U32(88)), evidence);
        ForeignBytes table = bytes.Part(bytes.U32(92), bytes.U32(96));
        long at = 4;
        for (int n = 0; n < Math.Min(table.U32(0), 256) && at + 4 <= table.Length; n++)
        {
            // 0x0111: height and width of the picture after cropping.
            if (table.U16(at) == 0x0111) evidence.SetSize(table.U16(at + 6), table.U16(at + 4));
            at += 4 + table.U16(at + 2);
        }
    }

    /// <summary>Minolta: a row of blocks; <c>PRD</c> has the size, <c>TTW</c> a TIFF structure.</summary>
    public static void ReadMrw(ForeignBytes bytes, Evidence evidence)
    {
        long at = 8, end = 8 + bytes.U32(4);
        for (int n = 0; n < MostBlocks && at + 8 <= Math.Min(end, bytes.Length); n++)
        {
            string type = bytes.Latin1(at + 1, 3);
            long length = bytes.U32(at + 4);
            ForeignBytes block = bytes.Part(at + 8, length);
            if (type == "PRD") evidence.SetSize(block.U16(14), block.U16(12));
            else if (type == "TTW") ReadTags(block, evidence);
            at += 8 + length;
        }
    }
}
