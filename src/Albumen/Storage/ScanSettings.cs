namespace Albumen.Storage;

/// <summary>How eagerly volumes are looked at.</summary>
public sealed record ScanSettings
{
    /// <summary>Time from the end of one full scan to the start of the next, for volumes that tell of their changes; zero: only when asked. Default 1 day.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The same for volumes that do not tell (network file systems), and where the kernel's watches ran out; zero: only when asked. Default 10 minutes.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether the kernel is asked to tell of changes. Default true.</summary>
    public bool Watch { get; init; } = true;

    /// <summary>How long a file must have kept still before it is read, so that a copy in progress is left alone. Default 2 seconds.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    public Breaker Breaker { get; init; } = Breaker.Default;
}

/// <summary>How much may vanish from a volume at once before it is taken for trouble with the disk rather than tidying up.</summary>
/// <param name="Share">Of the volume's files, from 0 to 1.</param>
/// <param name="Files">Whichever of the two is reached first.</param>
public sealed record Breaker(double Share, long Files)
{
    /// <summary>So few are never too many, however small the library is.</summary>
    public const int AlwaysAllowed = 5;

    /// <summary>5 % or 500 files.</summary>
    public static Breaker Default { get; } = new(0.05, 500);

    public static Breaker Off { get; } = new(1, long.MaxValue);

    /// <summary>How many of so many files may vanish at once.</summary>
    public long Limit(long total) => Math.Max(AlwaysAllowed, Math.Min((long)(total * Share), Files));
}
