namespace Albumen.Client;

/// <summary>What goes into the trash or comes out of it: all photos and clips that <c>query</c>, <c>paths</c> and <c>assets</c> select, and the albums among the paths.</summary>
public sealed record TrashRequest
{
    /// <inheritdoc cref="EditRequest.Query"/>
    public string? Query { get; init; }

    /// <summary>In the tree. The folder of an album is that album, unless everything below it is meant.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <inheritdoc cref="EditRequest.Recursive"/>
    public bool Recursive { get; init; }

    /// <inheritdoc cref="EditRequest.Assets"/>
    public IReadOnlyList<string>? Assets { get; init; }

    /// <summary>Also all that are in a stack with one of them. Without it that is so for paths that mean the entry of a stack, in a computed view or in the trash.</summary>
    public bool Stacks { get; init; }

    /// <summary>For what comes out: everything, photos and albums.</summary>
    public bool All { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}

/// <summary>A photo or clip in the trash.</summary>
/// <param name="Id">Of the asset.</param>
/// <param name="Path">In the trash; absent while it has no name there.</param>
/// <param name="Original">Where its first copy lies in the tree.</param>
/// <param name="Trashed">When it was put there.</param>
/// <param name="Eligible">It lies there for longer than the configuration wants it to be kept.</param>
public sealed record TrashedPhoto(string Id, string? Path, string? Original, DateTimeOffset Trashed, long Size, bool Eligible);

/// <summary>What lies in the trash. Sizes: bytes of all files together.</summary>
/// <param name="Eligible">Of the photos, those that lie there for longer than the configuration wants them to be kept.</param>
/// <param name="Retention">Seconds that photos are kept; absent: for ever.</param>
/// <param name="Purge">Whether the configuration allows that files are removed.</param>
public sealed record TrashStatus(long Photos, long SizeInBytes, long Eligible, long EligibleSizeInBytes, double? Retention, bool Purge);
