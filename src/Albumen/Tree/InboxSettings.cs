namespace Albumen.Tree;

/// <summary>What becomes of photos and clips that people put into <c>/Inbox</c>, once a volume is writable.</summary>
public sealed record InboxSettings
{
    /// <summary>Where they go by the day they were taken. Default <c>{volume}/{yyyy}/{yyyy-mm-dd}/{name}</c>.</summary>
    public PlaceTemplate Template { get; init; } = PlaceTemplate.Parse("{volume}/{yyyy}/{yyyy-mm-dd}/{name}");

    /// <summary>Where those go of which nothing says when they were taken. Default <c>{volume}/Undated/{name}</c>.</summary>
    public PlaceTemplate Undated { get; init; } = PlaceTemplate.ParseUndated("{volume}/Undated/{name}");

    /// <summary>So long nobody has written to a file before it is taken in. Default 20 s.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a file that was taken in is shown in the inbox; zero: not at all; null, the default: for ever.</summary>
    public TimeSpan? Receipts { get; init; }

    /// <summary>Files in a folder of the inbox join the album of that name. Default off.</summary>
    public bool FolderAsAlbum { get; init; }
}
