using Albumen.Processing;

namespace Albumen.Backups;

/// <summary>When the databases are backed up, where to, and how many backups are kept.</summary>
public sealed record BackupSettings
{
    /// <summary>In this machine's own time; null: only when asked. Default: each night at 2:30.</summary>
    public CronExpression? Schedule { get; init; } = CronExpression.Parse("30 2 * * *");

    /// <summary>An absolute path that exists; null, the default: <c>backups</c> in the state folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Of the last days that have one, the last of each. Default 7.</summary>
    public int Daily { get; init; } = 7;

    /// <summary>The same of weeks. Default 4.</summary>
    public int Weekly { get; init; } = 4;

    /// <summary>The same of months. Default 2.</summary>
    public int Monthly { get; init; } = 2;
}
