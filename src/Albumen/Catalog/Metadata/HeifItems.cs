namespace Albumen.Catalog.Metadata;

/// <summary>HEIC, HEIF and AVIF: the size of the primary picture, and EXIF and XMP, which are items beside it. ISO/IEC 23008-12.</summary>
static class HeifItems
{
    const int MostItems = 4096;
    const int MostItemBytes = 4 << 20;

    public static void Read(ForeignBytes bytes, Evidence evidence)
    {
        if (IsoBox.Find(bytes, "meta") is not { } full)
        {
            // An image sequence has a film's boxes instead.
            QuickTimeAtoms.Read(bytes, evidence);
            return;
        }
        ForeignBytes meta = full.Part(4);
        ForeignBytes? pitm = IsoBox.Find(meta, "pitm");
        uint primary = pitm is null ? 0 : pitm.U8(0) == 0 ? pitm.U16(4) : pitm.U32(4);
        ReadSize(meta, primary, evidence);
        ReadCoding(meta, evidence);

        Dictionary<uint, string> wanted = [];
        if (IsoBox.Find(meta, "iinf") is { } iinf)
            foreach (IsoBox entry in IsoBox.In(iinf, iinf.U8(0) == 0 ? 6 : 8))
                if (entry.Type == "infe" && Kind(entry.Content) is ({ } kind, var id)) wanted.TryAdd(id, kind);
        if (wanted.Count == 0 || IsoBox.Find(meta, "iloc") is not { } iloc) return;

        ForeignBytes idat = IsoBox.Find(meta, "idat") ?? new(ReadOnlyMemory<byte>.Empty);
        bool exif = false;
        foreach ((uint id, ReadOnlyMemory<byte> item) in Locate(iloc, bytes, idat, wanted))
        {
            if (!wanted.Remove(id, out string? kind)) continue;
            if (kind == "xmp")
            {
                evidence.AddXmp(item);
            }
            else if (!exif && item.Length > 8)
            {
                // 23008-12, A.2.1: the offset of the TIFF header, counted behind this field.
                ForeignBytes content = new(item);
                ForeignBytes tiff = content.Part(4 + (long)content.U32(0));
                if (TiffBlock.Read(tiff, []) is null) tiff = content.Part(Math.Max(0, AfterName(item.Span)));
                exif = evidence.AddExif(tiff) is not null;
            }
        }
    }

    /// <summary>ISO/IEC 14496-12, 12.1.5: type "nclx", primaries, transfer, matrix. The first is the primary picture's; a gain map has its own behind it.</summary>
    static void ReadCoding(ForeignBytes meta, Evidence evidence)
    {
        if (IsoBox.Find(meta, "iprp") is not { } properties || IsoBox.Find(properties, "ipco") is not { } list) return;
        foreach (IsoBox box in IsoBox.In(list, 0))
            if (box.Type == "colr" && box.Content.StartsWith("nclx"u8))
            {
                evidence.Coding = (box.Content.U16(4), box.Content.U16(6));
                return;
            }
    }

    static int AfterName(ReadOnlySpan<byte> item) => item[..Math.Min(64, item.Length)].IndexOf("Exif\0\0"u8) is >= 0 and var at ? at + 6 : 4;

    static (string? Kind, uint Id) Kind(ForeignBytes infe)
    {
        byte version = infe.U8(0);
        if (version < 2) return default;
        int at = version == 2 ? 8 : 10;
        uint id = version == 2 ? infe.U16(4) : infe.U32(4);
        string type = infe.Latin1(at, 4);
        if (type == "Exif") return ("exif", id);
        // The name, then the content type, each ended by NUL.
        return type == "mime" && infe.Latin1(at + 4, 256).Contains("application/rdf+xml", StringComparison.Ordinal) ? ("xmp", id) : default;
    }

    /// <summary>ISO/IEC 14496-12, 8.11.3. Yields the bytes of the wanted items, their extents joined.</summary>
    static IEnumerable<(uint Id, ReadOnlyMemory<byte> Item)> Locate(ForeignBytes iloc, ForeignBytes file, ForeignBytes idat, Dictionary<uint, string> wanted)
    {
        byte version = iloc.U8(0);
        int sizes = iloc.U16(4);
        int offsetSize = sizes >> 12, lengthSize = sizes >> 8 & 15, baseSize = sizes >> 4 & 15, indexSize = version is 1 or 2 ? sizes & 15 : 0;
        long at = 6;
        long Take(int size)
        {
            long value = size switch { 2 => iloc.U16(at), 4 => iloc.U32(at), 8 => iloc.I64(at), _ => 0 };
            at += size;
            return value;
        }
        long items = Take(version < 2 ? 2 : 4);
        for (int n = 0; n < Math.Min(items, MostItems) && at < iloc.Length; n++)
        {
            uint id = (uint)Take(version < 2 ? 2 : 4);
            long method = version is 1 or 2 ? Take(2) & 15 : 0;
            // data_reference_index: only this file is looked into.
            Take(2);
            long start = Take(baseSize);
            int extents = (int)Take(2);
            ForeignBytes source = method == 1 ? idat : file;
            ReadOnlyMemory<byte> whole = default;
            for (int e = 0; e < extents && at < iloc.Length; e++)
            {
                Take(indexSize);
                long offset = Take(offsetSize), length = Take(lengthSize);
                if (e >= 64 || !wanted.ContainsKey(id) || offset > source.Length || start > source.Length) continue;
                ReadOnlyMemory<byte> extent = source.Read(start + offset, length == 0 ? source.Length : length);
                if (whole.Length + extent.Length > MostItemBytes) continue;
                whole = whole.IsEmpty ? extent : (byte[])[.. whole.Span, .. extent.Span];
            }
            if (!whole.IsEmpty && method < 2) yield return (id, whole);
        }
    }

    /// <summary><c>iprp</c>: the properties of all items, and which item has which. The size is <c>ispe</c>, before <c>irot</c>.</summary>
    static void ReadSize(ForeignBytes meta, uint primary, Evidence evidence)
    {
        if (IsoBox.Find(meta, "iprp", "ipco") is not { } ipco || IsoBox.Find(meta, "iprp", "ipma") is not { } ipma) return;
        List<IsoBox> properties = [.. IsoBox.In(ipco)];
        bool wideIds = ipma.U8(0) >= 1, wideIndex = (ipma.U8(3) & 1) == 1;
        long at = 8;
        for (int n = 0; n < Math.Min(ipma.U32(4), MostItems) && at < ipma.Length; n++)
        {
            uint id = wideIds ? ipma.U32(at) : ipma.U16(at);
            at += wideIds ? 4 : 2;
            int count = ipma.U8(at++);
            for (int p = 0; p < count; p++, at += wideIndex ? 2 : 1)
            {
                int index = wideIndex ? ipma.U16(at) & 0x7FFF : ipma.U8(at) & 0x7F;
                if (id == primary && index >= 1 && index <= properties.Count && properties[index - 1] is { Type: "ispe" } ispe)
                    evidence.SetSize(ispe.Content.U32(4), ispe.Content.U32(8));
            }
        }
    }
}
