using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>Writing to <see cref="InboxView"/>: a plain disk, so every deed is what its name says.</summary>
sealed class InboxFolder(InboxView view, InboxHashes hashes) : WritableFolder
{
    readonly PlainDisk _disk = view.Disk;
    readonly PlainNames _names = view.Names;

    public override IReadOnlyList<FolderKind> Kinds { get; } = [FolderKind.Inbox];

    public override TreeAnswer? RefuseName(Spot spot) =>
        spot.Folder?.Source is PlainFolder folder && PlainNames.ToDisk(folder.Path, spot.Name) is null ? TreeAnswer.NameNotAllowed : null;

    public override async Task<TreeAnswer> PutAsync(Spot spot, Upload upload, Viewer viewer, CancellationToken cancellationToken)
    {
        // Before the file has its name, so that nobody sees it without its hash.
        await hashes.NoteAsync(upload.Stat, upload.Hashes, cancellationToken);
        RelativePath folder = FolderOf(spot), target = PlaceOf(spot);
        _names.Change(folder, () => _disk.Place(upload.File, target, replace: spot.Node is not null), added: target.Name.ToArray());
        return Done(spot, () => _disk.SyncFolder(folder));
    }

    public override Task<TreeAnswer> MakeFolderAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken)
    {
        RelativePath folder = FolderOf(spot), target = PlaceOf(spot);
        _names.Change(folder, () => _disk.MakeFolder(target), added: target.Name.ToArray());
        return Task.FromResult(Done(spot, () => _disk.SyncFolder(folder)));
    }

    public override Task<TreeAnswer> DeleteAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken)
    {
        RelativePath folder = FolderOf(spot);
        byte[] old = TakeAway(PathOf(spot.Node!));
        return Task.FromResult(Done(spot, () =>
        {
            _disk.SyncFolder(folder);
            _disk.Discard(old);
        }));
    }

    public override async Task<TreeAnswer> CopyAsync(Node source, Spot target, bool isDeep, Viewer viewer, CancellationToken cancellationToken)
    {
        List<(FileStat From, FileStat To)> copied = [];
        byte[] copy = await Task.Run(() => _disk.Copy(PathOf(source), isDeep, (from, to) => copied.Add((from, to)), cancellationToken), cancellationToken);
        try
        {
            foreach ((FileStat From, FileStat To)[] some in copied.Chunk(1000))
            {
                IReadOnlyDictionary<long, FileHashes> known = hashes.Of([.. some.Select(c => c.From)]);
                await hashes.NoteAsync([.. some.Where(c => known.ContainsKey(c.From.Inode)).Select(c => (c.To, known[c.From.Inode]))], cancellationToken);
            }
            RelativePath place = PlaceOf(target);
            byte[]? old = InPlace(target, () => _disk.Place(copy, place), place);
            return Done(target, () => Settle(old, place.Folder));
        }
        catch
        {
            _disk.Discard(copy);
            throw;
        }
    }

    public override Task<TreeAnswer> MoveAsync(Node source, Spot target, Viewer viewer, CancellationToken cancellationToken)
    {
        RelativePath from = PathOf(source), place = PlaceOf(target);
        // Another writing of its own name: what lies at the target is the source.
        if (target.Node is not null && PathOf(target.Node) == from) target = target with { Node = null };
        place = target.Node is null ? FolderOf(target).Child(PlainNames.ToDisk(FolderOf(target), target.Name)!) : place;
        byte[]? old = InPlace(target, () => _names.Change(from.Folder, () => _disk.Move(from, place), removed: from.Name.ToArray()), place);
        return Task.FromResult(Done(target, () => Settle(old, place.Folder, from.Folder)));
    }

    public override async Task<TreeAnswer> SetModifiedAsync(Node node, DateTimeOffset modified, CancellationToken cancellationToken)
    {
        FileStat stat = _disk.SetModified(PathOf(node), Rows.Nanoseconds(modified));
        if (node.Source is PlainFile { Hashes: { } known }) await hashes.NoteAsync(stat, known, cancellationToken);
        return new TreeAnswer.Done(IsNew: false, node with { Modified = modified });
    }

    /// <summary>Puts something at the target; what lay there is kept until that has happened.</summary>
    /// <returns>Its name in the staging folder; null when nothing lay there.</returns>
    byte[]? InPlace(Spot target, Action put, RelativePath place)
    {
        byte[]? old = target.Node is null ? null : TakeAway(place);
        try
        {
            _names.Change(place.Folder, put, added: place.Name.ToArray());
        }
        catch when (old is not null)
        {
            _names.Change(place.Folder, () => _disk.Place(old, place), added: place.Name.ToArray());
            throw;
        }
        return old;
    }

    void Settle(byte[]? old, params ReadOnlySpan<RelativePath> folders)
    {
        _disk.SyncFolder(folders[0]);
        if (folders.Length > 1 && folders[1] != folders[0]) _disk.SyncFolder(folders[1]);
        if (old is not null) _disk.Discard(old);
    }

    byte[] TakeAway(RelativePath path)
    {
        byte[] taken = [];
        _names.Change(path.Folder, () => taken = _disk.TakeAway(path), removed: path.Name.ToArray());
        return taken;
    }

    static TreeAnswer Done(Spot spot, Action afterwards) => new TreeAnswer.Done(IsNew: spot.Node is null, null) { Afterwards = afterwards };

    static RelativePath FolderOf(Spot spot) => ((PlainFolder)spot.Folder!.Source).Path;

    /// <summary>Where it lies, or where it will.</summary>
    static RelativePath PlaceOf(Spot spot) => spot.Node is { } node ? PathOf(node) : FolderOf(spot).Child(PlainNames.ToDisk(FolderOf(spot), spot.Name)!);

    static RelativePath PathOf(Node node) => node.Source switch
    {
        PlainFile file => file.Path,
        PlainFolder folder => folder.Path,
        _ => throw new InvalidOperationException($"{node.Path} does not lie in the inbox."),
    };
}
