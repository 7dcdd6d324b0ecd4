namespace Albumen.Client;

/// <summary>A folder of photos that somebody put together.</summary>
/// <param name="Path">The names of folders from the top: <c>Trips/2024</c>. It is <c>/Albums/Trips/2024</c> in the tree.</param>
/// <param name="Cover">The id of a photo.</param>
/// <param name="Order"><c>taken</c>, <c>added</c> or <c>name</c>.</param>
/// <param name="Photos">How many it has itself; those that are missing are among them.</param>
/// <param name="Trashed">Since when it lies in the trash.</param>
public sealed record Album(string Id, string Path, string Title, string? Description, string? Cover, string Order, long Photos, DateTimeOffset? Trashed);

/// <summary>A photo or clip in an album.</summary>
/// <param name="Name">In the album's folder.</param>
/// <param name="Asset">Its id.</param>
/// <param name="Taken">As much of it as is known.</param>
/// <param name="Missing">No copy of it is left, or it was never seen here.</param>
public sealed record AlbumEntry(string Name, string Asset, DateTimeOffset Added, string? Taken, bool Missing);

/// <summary>An album that is made, and those above it that lack.</summary>
public sealed record NewAlbum
{
    /// <summary>Titles from the top with slashes between.</summary>
    public required string Path { get; init; }

    public string? Description { get; init; }

    /// <summary><c>taken</c> (without a word), <c>added</c> or <c>name</c>.</summary>
    public string? Order { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What becomes of an album; what is absent stays.</summary>
public sealed record AlbumChange
{
    /// <summary>Its path or its id.</summary>
    public required string Album { get; init; }

    public string? Title { get; init; }

    /// <summary>The path or id of the album it is put into; <c>/</c> is the top.</summary>
    public string? Parent { get; init; }

    /// <summary>Empty for none.</summary>
    public string? Description { get; init; }

    /// <summary>A path in the tree or the beginning of an id; empty for none.</summary>
    public string? Cover { get; init; }

    /// <inheritdoc cref="NewAlbum.Order"/>
    public string? Order { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}

/// <summary>An album that is deleted or restored. The photos in it are untouched.</summary>
public sealed record AlbumChoice
{
    /// <summary>Its path or its id.</summary>
    public required string Album { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}

/// <summary>Photos that come into an album or go out of it: all that <c>query</c>, <c>paths</c>, <c>assets</c> and <c>names</c> select.</summary>
public sealed record AlbumPhotos
{
    /// <summary>Its path or its id.</summary>
    public required string Album { get; init; }

    /// <summary>For going out: what they are called in the album.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <inheritdoc cref="EditRequest.Query"/>
    public string? Query { get; init; }

    /// <inheritdoc cref="EditRequest.Paths"/>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <inheritdoc cref="EditRequest.Recursive"/>
    public bool Recursive { get; init; }

    /// <inheritdoc cref="EditRequest.Assets"/>
    public IReadOnlyList<string>? Assets { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}

/// <summary>A photo that gets another name in an album.</summary>
public sealed record EntryRename
{
    /// <summary>Its path or its id.</summary>
    public required string Album { get; init; }

    public required string Name { get; init; }

    public required string NewName { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}

/// <summary>An album that is made of what a smart album finds now.</summary>
public sealed record FreezeRequest
{
    /// <summary>Its name or its id.</summary>
    public required string Smart { get; init; }

    /// <summary>The album's title, in which <c>{date}</c>, <c>{year}</c> and <c>{name}</c> stand for today and for the smart album.</summary>
    public required string Title { get; init; }

    /// <summary>The path or id of the album it is put into; absent for the top.</summary>
    public string? Parent { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}

/// <summary>What was done, or in a dry run would be.</summary>
/// <param name="Operation">Its number in the log; absent when nothing was changed.</param>
/// <param name="Album">As it is now; absent where there is none.</param>
/// <param name="Photos">How many photos and clips it concerned.</param>
/// <param name="Skipped">How many were meant and needed nothing.</param>
/// <param name="Changes">In a dry run, the first 1000.</param>
public sealed record ArrangeResult(long? Operation, Album? Album, int Photos, int Skipped, IReadOnlyList<StatementChange>? Changes = null);

/// <summary>A query under a name; <c>/Smart/NAME</c> in the tree.</summary>
public sealed record SmartAlbum(string Id, string Name, string Title, string Query, string? Description);

/// <summary>A smart album that is made.</summary>
public sealed record NewSmartAlbum
{
    public required string Title { get; init; }

    /// <summary>In the language of the search.</summary>
    public required string Query { get; init; }

    public string? Description { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}

/// <summary>What becomes of a smart album; what is absent stays.</summary>
public sealed record SmartAlbumChange
{
    /// <summary>Its name or its id.</summary>
    public required string Smart { get; init; }

    public string? Title { get; init; }

    /// <inheritdoc cref="NewSmartAlbum.Query"/>
    public string? Query { get; init; }

    /// <inheritdoc cref="AlbumChange.Description"/>
    public string? Description { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}

/// <summary>A smart album that is deleted; what it found is untouched.</summary>
public sealed record SmartAlbumChoice
{
    /// <summary>Its name or its id.</summary>
    public required string Smart { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}
