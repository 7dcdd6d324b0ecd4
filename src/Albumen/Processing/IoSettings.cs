namespace Albumen.Processing;

/// <summary>How Albumen behaves as a guest on a machine that others use too. What a person waits for is done all the same.</summary>
public sealed record IoSettings
{
    /// <summary>Of the workers and what they start, 0 to 19 (nice(2)): higher gives way more. Default 10.</summary>
    public int Nice { get; init; } = 10;

    /// <summary>When the workers' reads are served. Default idle.</summary>
    public IoClass Class { get; init; } = IoClass.Idle;

    /// <summary>Bytes a second for all reading of originals by the backlog together; 0, the default, is as fast as it goes.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>When no scheduled scan, backlog or verification begins; by default never.</summary>
    public QuietHours QuietHours { get; init; } = QuietHours.None;

    /// <summary>Per cent of time that others stall, above which the backlog slows down (see <see cref="Pressure"/>); 0 is never. Default 20.</summary>
    public int Pressure { get; init; } = 20;
}

/// <summary>I/O scheduling classes (ioprio_set(2)).</summary>
public enum IoClass
{
    /// <summary>As for any other program.</summary>
    None,
    /// <summary>Like others, but last among them.</summary>
    BestEffort,
    /// <summary>Only when nobody else wants the disk.</summary>
    Idle,
}
