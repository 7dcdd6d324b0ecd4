namespace Albumen.Storage;

/// <summary>How eagerly volumes are looked at.</summary>
public sealed record ScanSettings
{
    /// <summary>Time from the end of one full scan to the start of the next; zero: only when asked. Default 1 hour.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a file must have kept its size before it is read, so that a copy in progress is left alone. Default 2 seconds.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);
}
