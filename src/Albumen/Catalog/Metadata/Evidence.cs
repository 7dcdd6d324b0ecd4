namespace Albumen.Catalog.Metadata;

/// <summary>
/// What one file states about itself, as found, before anything is weighed: the readers of the containers add to it,
/// <see cref="Verdict"/> draws the facts from it.
/// </summary>
sealed class Evidence
{
    const int MostWarnings = 20;
    const int MostXmpPackets = 16;

    // All XMP, and all that is unpacked, of one file; honest files stay far below.
    long _budgetInBytes = 48 << 20;
    int _xmpPackets;

    /// <summary>As the container's own header says, before any rotation.</summary>
    public int? Width { get; set; }
    public int? Height { get; set; }

    public List<TiffBlock> Exif { get; } = [];
    public XmpPacket Xmp { get; } = new();
    public IptcRecord? Iptc { get; set; }

    /// <summary>Times that belong to the container, each already with its rank.</summary>
    public List<(TimeRank Rank, CaptureTime Time)> Times { get; } = [];

    /// <summary>Makers' notes, QuickTime and the like, asked after EXIF and XMP.</summary>
    public string? Make { get; set; }
    public string? Model { get; set; }
    public string? Lens { get; set; }
    public GeoPoint? Place { get; set; }
    public Exposure? Exposure { get; set; }
    public int? Orientation { get; set; }
    public string? Title { get; set; }
    public string? Caption { get; set; }
    public string? ContentId { get; set; }
    public MotionClip? Motion { get; set; }
    public BurstShot? Burst { get; set; }
    public double? DurationInSeconds { get; set; }

    /// <summary>See <see cref="PictureHints.Coding"/>.</summary>
    public (int Primaries, int Transfer)? Coding { get; set; }

    /// <summary>The film's header lists tracks, and none is a picture.</summary>
    public bool IsSoundOnly { get; set; }

    public List<string> Warnings { get; } = [];

    public void Warn(string warning)
    {
        if (Warnings.Count < MostWarnings && !Warnings.Contains(warning)) Warnings.Add(warning);
    }

    public void SetSize(long width, long height)
    {
        if (width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue) (Width, Height) = ((int)width, (int)height);
    }

    public void AddTime(TimeRank rank, CaptureTime? time)
    {
        if (time is not null) Times.Add((rank, time));
    }

    /// <summary>An EXIF block; a TIFF structure, perhaps with <c>Exif\0\0</c> in front.</summary>
    public TiffBlock? AddExif(ForeignBytes bytes, string rootName = "IFD0")
    {
        if (bytes.StartsWith("Exif\0"u8)) bytes = bytes.Part(6);
        List<string> warnings = [];
        TiffBlock? block = TiffBlock.Read(bytes, warnings, rootName);
        foreach (string warning in warnings) Warn(warning);
        if (block is null) Warn("EXIF is damaged");
        else Exif.Add(block);
        return block;
    }

    /// <summary>False, with a warning, when a file asks for more work than metadata can be worth.</summary>
    public bool Affords(long bytes)
    {
        _budgetInBytes -= bytes;
        if (_budgetInBytes < 0) Warn("There is more metadata than a photo has; the rest was not read");
        return _budgetInBytes >= 0;
    }

    public void AddXmp(ReadOnlyMemory<byte> bytes)
    {
        if (!Affords(bytes.Length) || _xmpPackets++ >= MostXmpPackets) return;
        List<string> warnings = [];
        Xmp.Add(XmpPacket.Read(bytes.Span, warnings));
        foreach (string warning in warnings) Warn(warning);
    }

    public void AddIptc(ReadOnlyMemory<byte> bytes) => Iptc ??= IptcRecord.Read(bytes.Span);
}

/// <summary>Which statement of a capture time is believed before which; the lowest counts.</summary>
enum TimeRank
{
    ExifOriginal,
    XmpOriginal,
    KeysCreation,
    ExifDigitized,
    PhotoshopCreated,
    XmpCreated,
    IptcCreated,
    Text,
    RecorderOriginal,
    ItemListCreated,
    OtherOriginal,
    QuickTimeCreated,
    TrackCreated,
    UserContentCreated,
}
