using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// How one kind of folder is written to. The members are what a new kind must decide; what <see cref="FolderRules"/> refuses for it is never
/// asked. What is written over goes in the same step as the new appears, or not at all.
/// </summary>
abstract class WritableFolder
{
    public abstract IReadOnlyList<FolderKind> Kinds { get; }

    /// <summary>Null when the name can be given.</summary>
    public abstract TreeAnswer? RefuseName(Spot spot);

    /// <summary>A finished file; its bytes are on the disk.</summary>
    public abstract Task<TreeAnswer> PutAsync(Spot spot, Upload upload, Viewer viewer, CancellationToken cancellationToken);

    public abstract Task<TreeAnswer> MakeFolderAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken);

    public abstract Task<TreeAnswer> DeleteAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken);

    /// <param name="isDeep">False: a folder without what is in it.</param>
    public abstract Task<TreeAnswer> CopyAsync(Node source, Spot target, bool isDeep, Viewer viewer, CancellationToken cancellationToken);

    public abstract Task<TreeAnswer> MoveAsync(Node source, Spot target, Viewer viewer, CancellationToken cancellationToken);

    /// <summary>Sets the modification time that is shown.</summary>
    public abstract Task<TreeAnswer> SetModifiedAsync(Node node, DateTimeOffset modified, CancellationToken cancellationToken);
}

/// <summary>A path that somebody wants to change.</summary>
/// <param name="Folder">The folder it lies in; null when that is not there.</param>
/// <param name="Kind">Of that folder; where it is not there, of the nearest one above.</param>
/// <param name="Name">As the client wrote it.</param>
/// <param name="Node">What lies there now, or null.</param>
public sealed record Spot(string Path, Node? Folder, FolderKind Kind, string Name, Node? Node)
{
    /// <summary>What is put there stays beside the photos: a passing name in an album or a tag, or at the top of them, that is no photo's.</summary>
    internal bool IsShadowy => Kind is FolderKind.Albums or FolderKind.Album or FolderKind.Tags or FolderKind.Tag && Node is null or { Source: ShadowFile } && PassingNames.IsPassing(Name);

    /// <summary>What is to be put there, where that was made before it was its turn.</summary>
    internal StagedCopy? Copy { get; init; }

    /// <summary>The path that locks of what lies there, or will, are on: a client may write it otherwise.</summary>
    public string LockedAt => Node?.LockedAt ?? (Folder is null || Kind is FolderKind.Inbox ? Path : Folder.Child(EntryName.From(Name).Name));

    /// <summary>What decides about a lock and properties: a folder's own kind, a file's folder's.</summary>
    public FolderKind OwnKind => Node is { IsFolder: true } ? Node.Kind : Kind;
}
