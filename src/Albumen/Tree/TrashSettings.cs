namespace Albumen.Tree;

/// <summary>How long photos in the trash are safe from being purged, and whether anything may be.</summary>
public sealed record TrashSettings
{
    /// <summary>So long after it was put there a photo can only be purged by somebody who says so; nothing goes by itself. Null: for ever. Default 30 days.</summary>
    public TimeSpan? Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Whether an admin can remove the files of photos in the trash, on volumes that may be written. Default no.</summary>
    public bool Purge { get; init; }
}
