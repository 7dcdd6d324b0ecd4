using Albumen.Processing;

namespace Albumen.Derivatives;

/// <summary>How originals are read again and held against their hashes.</summary>
public sealed record VerifySettings
{
    /// <summary>In this machine's own time; null: only when asked. Default: at 3:00 on the first of each month.</summary>
    public CronExpression? Schedule { get; init; } = CronExpression.Parse("0 3 1 * *");

    /// <summary>Read at most so much; zero is unlimited. Default 50 MB a second.</summary>
    public long BytesPerSecond { get; init; } = 50_000_000;
}
