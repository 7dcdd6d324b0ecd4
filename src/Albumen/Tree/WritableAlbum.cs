using Albumen.Catalog;
using Albumen.Organization;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// Writing to <c>/Albums</c>. A folder made is an album, a file copied in is a photo put into it, a file deleted is a photo taken out. What is moved in from a view
/// that is computed stays there too. No original is ever touched.
/// </summary>
sealed class WritableAlbum(ArchiveTree tree, Organizer organizer, Albums albums, Intake intake, PathProperties properties) : ArrangedFolder(tree, organizer, intake, properties)
{
    public override IReadOnlyList<FolderKind> Kinds { get; } = [FolderKind.Albums, FolderKind.Album];

    public override async Task<TreeAnswer> MakeFolderAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken) =>
        PassingNames.IsJunk(spot.Name) ? TreeAnswer.NameNotAllowed : await DoAsync($"mkdir {spot.Path}", albums.Create(spot.Name, AlbumIn(spot.Folder)), isNew: true, viewer, cancellationToken);

    protected override async Task<TreeAnswer> TakeOutAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken)
    {
        Node node = spot.Node!;
        return await DoAsync($"delete {node.Path}", node.IsFolder ? albums.Trash(AlbumIn(node)!) : Albums.Remove(AlbumIn(spot.Folder)!, [node.Name]), isNew: false, viewer, cancellationToken);
    }

    protected override async Task<TreeAnswer> CopyInAsync(Node source, Spot target, bool isDeep, Viewer viewer, CancellationToken cancellationToken)
    {
        string what = $"copy {source.Path} {target.Path}";
        if (source.IsFolder) return await CopyFolderAsync(source, target, isDeep, what, viewer, cancellationToken);
        // A photo is in an album once; under a second name it would have to lose the first.
        if (ArrangementOf(source, viewer)?.Source is AlbumFolder { Album.Id: var from } && from == AlbumIn(target.Folder))
            return new TreeAnswer.Refused("already-in-album", $"An album holds a photo once, and this one has it as {source.Name}; it can be renamed.");
        return Photos.One(source) is { } asset ? await AddAsync(asset, source, Named(source, target), what, viewer, cancellationToken) : PhotoSource.Refuse(source);
    }

    protected override async Task<TreeAnswer> MoveInAsync(Node source, Spot target, Viewer viewer, CancellationToken cancellationToken)
    {
        string what = $"move {source.Path} {target.Path}";
        bool isNew = target.Node is null || target.Node.Path == source.Path;
        if (source.Source is AlbumFolder { Album: var album })
        {
            // Where only its place changes, its title stays.
            string title = target.Name == album.Name ? album.Title : target.Name;
            string? over = target.Node is null || isNew ? null : AlbumIn(target.Node);
            return await DoAsync(what, albums.Move(album.Id, AlbumIn(target.Folder), title, over), isNew, viewer, cancellationToken);
        }
        if (source.Source is TrashedAlbum { Album.Id: var deleted })
            return await DoAsync(what, Albums.RestoreTo(deleted, AlbumIn(target.Folder), target.Name, target.Name == source.Name ? null : target.Name), isNew: true, viewer, cancellationToken, _ => AlbumNode(deleted, viewer));
        if (source.IsFolder)
            return await CopyFolderAsync(source, target, isDeep: true, what, viewer, cancellationToken, WritableTag.TagOf(source) is { } tag ? WritableTag.Tagging.Delete(tag) : null);

        if (Photos.One(source) is not { } asset) return PhotoSource.Refuse(source);
        Node? folder = ArrangementOf(source, viewer);
        Deed put = Put(asset, Named(source, target), replaces: !isNew);
        if (folder?.Source is AlbumFolder { Album.Id: var from } && from != AlbumIn(target.Folder)) put = Organizer.Both(put, Albums.Remove(from, [source.Name]));
        else if (WritableTag.KeyOf(folder) is { } key) put = Organizer.Both(put, WritableTag.Tagging.Remove(key, [asset]));
        return await DoAsync(what, put, isNew, viewer, cancellationToken);
    }

    protected override async Task<TreeAnswer> TakeInAsync(string asset, Spot target, string? older, string what, Viewer viewer, CancellationToken cancellationToken)
    {
        // An album holds a photo once, and under the name it has, unless it was put aside.
        if (target.Node is null && Tree.NameIn(((AlbumFolder)target.Folder!.Source).Album, asset) is { } name && !PassingNames.IsPassing(name) && EntryName.KeyOf(name) != EntryName.KeyOf(target.Name) && Tree.Find(target.Folder.Child(name), viewer) is { } there)
            return new TreeAnswer.Done(IsNew: true, there) { IsElsewhere = true };
        Deed put = Put(asset, target, replaces: target.Node is not null);
        if (older is not null) put = Organizer.Both(put, Stacking.Join(older, asset));
        return await DoAsync(what, put, isNew: target.Node is null, viewer, cancellationToken, _ => Find(asset, target, viewer));
    }

    Task<TreeAnswer> AddAsync(string asset, Node source, Spot target, string what, Viewer viewer, CancellationToken cancellationToken) => DoAsync(
        what, Put(asset, target, replaces: target.Node is not null), isNew: target.Node is null, viewer, cancellationToken, plan => Made(plan, source, target) ?? Find(asset, target, viewer));

    /// <summary>The entry that was made, told from what was decided; null where it has to be asked for.</summary>
    static Node? Made(Plan plan, Node source, Spot target) =>
        source.Source is ContentFile && plan.Changes.LastOrDefault(c => c is { Kind: StatementKind.Entry, After: not null }) is { After: { } entry }
            ? source with { Path = target.Folder!.Child(AlbumEntry.FromJson(entry).Name) }
            : null;

    Deed Put(string asset, Spot target, bool replaces) => albums.Put(AlbumIn(target.Folder)!, asset, target.Name, replaces);

    async Task<TreeAnswer> CopyFolderAsync(Node source, Spot target, bool isDeep, string what, Viewer viewer, CancellationToken cancellationToken, Deed? also = null)
    {
        PhotoFolder folder = Photos.All(source, target.Name, isDeep, viewer);
        Deed copy = albums.Copy(folder, AlbumIn(target.Folder), target.Node is null ? null : AlbumIn(target.Node));
        return await DoAsync(what, also is null ? copy : Organizer.Both(copy, also), isNew: target.Node is null, viewer, cancellationToken);
    }

    /// <summary>The entry of a photo, which a name that was not free made another.</summary>
    Node? Find(string asset, Spot target, Viewer viewer)
    {
        string path = target.Folder!.Child(target.Name);
        if (Tree.Find(path, viewer) is { } node && node.Asset?.Uid == asset) return node;
        EntryName name = EntryName.From(target.Name);
        return Enumerable.Range(4, asset.Length - 3).Select(length => Tree.Find(target.Folder.Child(name.WithSuffix(asset[..length]).Name), viewer)).FirstOrDefault(n => n?.Asset?.Uid == asset);
    }

    static Spot Named(Node source, Spot target) => target with { Name = PhotoSource.NameOf(source, target.Name) };

    /// <summary>The id of the album that a folder is; null for the top, and for a photo.</summary>
    static string? AlbumIn(Node? folder) => folder?.Source is AlbumFolder { Album.Id: var id } ? id : null;
}
