namespace Albumen.Catalog.Metadata;

/// <summary>The few things only a maker's note says: the name of the lens, the sensitivity, Apple's live photo identifier, which shots are of one burst.</summary>
static class MakerNotes
{
    public static void Read(TiffBlock block, string? make, Evidence evidence)
    {
        if (block["ExifIFD"]?[0x927C] is not { } note || note.Items < 18) return;
        ForeignBytes own = block.Bytes.Part(note.Offset, note.Items);
        if (own.StartsWith("Apple iOS\0"u8))
        {
            Ifd apple = TiffBlock.ReadDirectory(own, 14, own.Latin1(12, 2) == "MM", "Apple");
            evidence.ContentId ??= apple[0x0011]?.Text;
            if (apple[0x000B]?.Text is { Length: > 0 } burst) evidence.Burst ??= new(burst);
        }
        else if (own.StartsWith("OLYMPUS\0"u8) || own.StartsWith("OM SYSTEM\0"u8))
        {
            int header = own.StartsWith("OM"u8) ? 16 : 12;
            bool big = own.Latin1(header - 4, 2) == "MM";
            Ifd olympus = TiffBlock.ReadDirectory(own, header, big, "Olympus");
            // Equipment, tag 0x2010, is a directory of its own.
            if (olympus[0x2010] is { } equipment)
            {
                long at = equipment.Type == 13 || (equipment.Type == 4 && equipment.Items == 1) ? (long)(equipment.Number ?? 0) : equipment.Offset;
                evidence.Lens ??= TiffBlock.ReadDirectory(own, at, big, "Equipment")[0x0203]?.Text;
            }
        }
        else if (own.StartsWith("Nikon\0\x02"u8))
        {
            // A TIFF structure of its own, 10 bytes in. ISO: two numbers, the second counts.
            bool big = own.Latin1(10, 2) == "MM";
            ForeignBytes tiff = own.Part(10);
            AddIso(TiffBlock.ReadDirectory(tiff, tiff.U32(4, big), big, "Nikon")[0x0002]?.Numbers(2) is [_, var iso] ? iso : null, evidence);
        }
        else if (make?.StartsWith("Canon", StringComparison.OrdinalIgnoreCase) == true)
        {
            ReadCanon(TiffBlock.ReadDirectory(block.Bytes, note.Offset, block.IsBigEndian, "Canon"), evidence);
        }
        else if (make?.StartsWith("CASIO", StringComparison.OrdinalIgnoreCase) == true)
        {
            // The older form has no header, the newer one counts from its own beginning.
            Ifd casio = own.StartsWith("QVC\0"u8)
                ? TiffBlock.ReadDirectory(block.Bytes, note.Offset + 6, bigEndian: true, "Casio")
                : TiffBlock.ReadDirectory(block.Bytes, note.Offset, block.IsBigEndian, "Casio");
            AddIso(casio[0x0014]?.Number, evidence);
        }
        else if (own.StartsWith("Panasonic\0\0\0"u8))
        {
            Ifd panasonic = TiffBlock.ReadDirectory(block.Bytes, note.Offset + 12, block.IsBigEndian, "Panasonic");
            evidence.Lens ??= panasonic[0x0051]?.Text;
        }
        else if (own.StartsWith("SONY DSC \0"u8) || own.StartsWith("SONY CAM \0"u8))
        {
            ReadSony(TiffBlock.ReadDirectory(block.Bytes, note.Offset + 12, block.IsBigEndian, "Sony"), evidence);
        }
        else if (make is "SONY")
        {
            ReadSony(TiffBlock.ReadDirectory(block.Bytes, note.Offset, block.IsBigEndian, "Sony"), evidence);
        }
    }

    /// <summary>Which shot of a row it is, from 1, where it was taken in one: the camera says no more of it.</summary>
    static void ReadSony(Ifd sony, Evidence evidence)
    {
        const int Continuous = 2, Unknown = 65535;
        if (sony[0xB049]?.Number is Continuous && sony[0xB04A]?.Number is > 0 and < Unknown and var number) evidence.Burst ??= new(null, (int)number);
    }

    static void ReadCanon(Ifd canon, Evidence evidence)
    {
        evidence.Lens ??= canon[0x0095]?.Text;
        // CameraSettings 16: the sensitivity, or in ShotInfo the base (2) multiplied by the automatic one (1), logarithmic.
        double[] settings = canon[0x0001]?.Numbers(17) ?? [], shot = canon[0x0004]?.Numbers(3) ?? [];
        if (settings is [.., var stated] && settings.Length == 17 && (int)stated is var bits && bits is > 0 and < 0x7FFF && (bits & 0x4000) != 0) AddIso(bits & 0x3FFF, evidence);
        else if (shot.Length == 3 && shot[2] > 0) AddIso(Math.Round(Math.Pow(2, shot[2] / 32) * 100 / 32 * (shot[1] > 0 ? Math.Pow(2, shot[1] / 32 - 5) * 32 / 32 : 1)), evidence);
    }

    static void AddIso(double? iso, Evidence evidence)
    {
        if (iso is > 0 && evidence.Exposure?.Iso is null) evidence.Exposure = (evidence.Exposure ?? new(null, null, null, null)) with { Iso = iso };
    }
}
