using Albumen.Organization;

namespace Albumen.Tree;

/// <summary>
/// What goes into the trash, and what comes out of it into folders that are only shown. A photo is marked, an album is deleted; no file is touched.
/// What comes out into an album or a tag is their affair.
/// </summary>
sealed class WritableTrash(ArchiveTree tree, Organizer organizer, Albums albums, Trash trash, Intake intake) : JournalledFolder(tree, organizer, intake)
{
    static readonly TreeAnswer.Refused
        NotThat = new("photos-and-albums-only", "Single photos and albums go into the trash. Folders that are computed follow from their photos; a tag is deleted where it is."),
        NoPhoto = new("not-a-photo", "Only photos, clips and albums go into the trash."),
        InInbox = new("delete-it-there", "What lies in the inbox is deleted there."),
        OneByOne = new("photos-and-albums-only", "Move out single photos, months or albums."),
        IntoAlbums = new("not-a-photo", "A deleted album comes back among the albums: move it to /Albums.");

    public override IReadOnlyList<FolderKind> Kinds { get; } = [FolderKind.Trash, FolderKind.Timeline, FolderKind.Smart, FolderKind.Computed, FolderKind.Folders];

    public override TreeAnswer? RefuseName(Spot spot) => null;

    public override async Task<TreeAnswer> DeleteAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken) =>
        spot.Node?.Asset?.Uid is { } asset ? await DoAsync($"delete {spot.Node.Path}", Put(spot.Node.Path, asset), isNew: false, viewer, cancellationToken) : NoPhoto;

    public override Task<TreeAnswer> MoveAsync(Node source, Spot target, Viewer viewer, CancellationToken cancellationToken)
    {
        string what = $"move {source.Path} {target.Path}";
        return target.Kind is FolderKind.Trash ? ThrowAwayAsync(source, what, viewer, cancellationToken) : RestoreAsync(source, target, what, viewer, cancellationToken);
    }

    public override Task<TreeAnswer> MakeFolderAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken) => throw Never();

    public override Task<TreeAnswer> CopyAsync(Node source, Spot target, bool isDeep, Viewer viewer, CancellationToken cancellationToken) => throw Never();

    public override Task<TreeAnswer> PutAsync(Spot spot, Upload upload, Viewer viewer, CancellationToken cancellationToken) => throw Never();

    public override Task<TreeAnswer> SetModifiedAsync(Node node, DateTimeOffset modified, CancellationToken cancellationToken) => throw Never();

    async Task<TreeAnswer> ThrowAwayAsync(Node source, string what, Viewer viewer, CancellationToken cancellationToken) => source switch
    {
        { Source: AlbumFolder { Album.Id: var album } } => await DoAsync(what, albums.Trash(album), isNew: true, viewer, cancellationToken),
        { Source: PlainFile or PlainFolder or ReceiptFile } => InInbox,
        { IsFolder: true } => NotThat,
        { Asset.Uid: var asset } => await DoAsync(what, Put(source.Path, asset), isNew: true, viewer, cancellationToken, _ => Tree.Trashed(asset, viewer)),
        _ => NoPhoto,
    };

    async Task<TreeAnswer> RestoreAsync(Node source, Spot target, string what, Viewer viewer, CancellationToken cancellationToken)
    {
        if (source.Source is TrashedAlbum { Album: var album })
            return album.Trashed is null ? IntoAlbums : await DoAsync(what, Albums.Restore(album.Id), isNew: true, viewer, cancellationToken, _ => AlbumNode(album.Id, viewer));
        if (source is { IsFolder: false, Asset: { Uid: var asset, IsInTrash: true } })
            return await DoAsync(what, Trash.Restore(Stacked.Entry(source.Path, [asset])), isNew: target.Node?.Asset?.Uid != asset, viewer, cancellationToken, _ => NodeIn(target, asset, viewer));
        // What is in a deleted album is not in the trash itself.
        if (source is not { Source: SetFolder } || Photos.All(source, source.Name, isDeep: true, viewer) is not { } all) return source.IsFolder ? OneByOne : IntoAlbums;
        return await DoAsync(what, Trash.Restore(Trash.These([.. Assets(all)])), isNew: true, viewer, cancellationToken);
    }

    /// <summary>Where a photo is that came out of the trash: at the place that was asked for, else in its folder under its own name, else in the timeline.</summary>
    Node? NodeIn(Spot target, string asset, Viewer viewer)
    {
        if (Tree.Find(target.Path, viewer) is { } there && there.Asset?.Uid == asset) return there;
        return Tree.SetName(asset) is { } name && target.Folder is { } folder && Tree.Find(folder.Child(name), viewer) is { } set && set.Asset?.Uid == asset ? set : Tree.InTimeline(asset, viewer);
    }

    /// <summary>What is shown as one goes as one.</summary>
    Deed Put(string path, string asset) => trash.Put(Stacked.Entry(path, [asset]));

    static IEnumerable<string> Assets(PhotoFolder folder) => folder.Photos.Select(p => p.Asset).Concat(folder.Folders.SelectMany(Assets));

    static InvalidOperationException Never() => new("The table refuses this.");
}
