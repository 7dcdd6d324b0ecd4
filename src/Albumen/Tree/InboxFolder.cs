using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>Writing to <see cref="InboxView"/>: a plain disk, so every deed is what its name says. What happens to a receipt happens to it alone, never to the original.</summary>
sealed class InboxFolder(InboxView view, InboxHashes hashes, Intake intake, InboxExit exit) : WritableFolder
{
    readonly PlainDisk _disk = view.Disk;
    readonly PlainNames _names = view.Names;
    readonly InboxReceipts _receipts = view.Receipts;

    public override IReadOnlyList<FolderKind> Kinds { get; } = [FolderKind.Inbox];

    public override TreeAnswer? RefuseName(Spot spot) =>
        spot.Folder?.Source is PlainFolder folder && PlainNames.ToDisk(folder.Path, spot.Name) is null ? TreeAnswer.NameNotAllowed : null;

    public override async Task<TreeAnswer> PutAsync(Spot spot, Upload upload, Viewer viewer, CancellationToken cancellationToken)
    {
        // The same once more: it is here already, unless the library has it no longer.
        if (spot.Node?.Source is ReceiptFile { Receipt: var receipt } && receipt.Sha256 == upload.Hashes.Sha256 && await intake.AgainAsync(receipt.Sha256, viewer, cancellationToken) is { } asset)
        {
            await _receipts.WriteAsync(receipt with { ModifiedNs = upload.Stat.ModifiedNs, Sha1 = upload.Hashes.Sha1, Md5 = upload.Hashes.Md5, Asset = asset }, cancellationToken);
            return Done(spot, static () => { });
        }
        // Before the file has its name, so that nobody sees it without its hash.
        await hashes.NoteAsync(upload.Stat, upload.Hashes with { Person = viewer.Name }, cancellationToken);
        RelativePath folder = FolderOf(spot), target = PlaceOf(spot);
        // The receipt that stood there stays below it: so it is known of what the new file is a version.
        _names.Change(folder, () => _disk.Place(upload.File, target, replace: spot.Node?.Source is PlainFile), added: target.Name.ToArray());
        return Done(spot, () => _disk.SyncFolder(folder));
    }

    public override Task<TreeAnswer> MakeFolderAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken)
    {
        RelativePath folder = FolderOf(spot), target = PlaceOf(spot);
        _names.Change(folder, () => _disk.MakeFolder(target), added: target.Name.ToArray());
        return Task.FromResult(Done(spot, () => _disk.SyncFolder(folder)));
    }

    public override async Task<TreeAnswer> DeleteAsync(Spot spot, Viewer viewer, CancellationToken cancellationToken)
    {
        Node node = spot.Node!;
        await ForgetReceiptAsync(node, cancellationToken);
        if (node.Source is ReceiptFile) return Done(spot, static () => { });
        RelativePath folder = FolderOf(spot);
        byte[] old = TakeAway(PathOf(node));
        if (node.Source is PlainFile { Stat: var stat }) await hashes.ForgetAsync([stat], cancellationToken);
        if (node.IsFolder) await _receipts.RemoveAllAsync(TreePath.KeyOf(node.Path), cancellationToken);
        return Done(spot, () =>
        {
            _disk.SyncFolder(folder);
            _disk.Discard(old);
        });
    }

    public override async Task<TreeAnswer> CopyAsync(Node source, Spot target, bool isDeep, Viewer viewer, CancellationToken cancellationToken)
    {
        if (source.Source is ReceiptFile { Receipt: var receipt }) return await ReceiveAsync(receipt, target, isMoved: false);
        // It became a file since it was looked at.
        if (target.Copy is not { } copy) return new TreeAnswer.Changed();
        foreach ((FileStat From, FileStat To)[] some in copy.Files.Chunk(1000))
        {
            IReadOnlyDictionary<long, FileHashes> known = hashes.Of([.. some.Select(c => c.From)]);
            await hashes.NoteAsync([.. some.Where(c => known.ContainsKey(c.From.Inode)).Select(c => (c.To, known[c.From.Inode]))], cancellationToken);
        }
        RelativePath place = PlaceOf(target);
        byte[]? old = Exchange(target, place, () => copy.Exchange(place)) ? null : InPlace(target, () => copy.Place(place), place);
        await ReplaceReceiptsAsync(source, target, cancellationToken);
        if (source.IsFolder && isDeep) await _receipts.CopyAllAsync(TreePath.KeyOf(source.Path), TreePath.KeyOf(target.Path), cancellationToken);
        return Done(target, () => Settle(old, place.Folder));
    }

    /// <summary>Has a file or folder of the inbox copied, which takes its time and changes nothing yet.</summary>
    /// <exception cref="FileFault">The disk is full or failing.</exception>
    public Task<StagedCopy> StageAsync(Node source, bool isDeep, UploadRoom room, CancellationToken cancellationToken) =>
        Task.Run(() => _disk.Copy(PathOf(source), isDeep, room.Has, cancellationToken), cancellationToken);

    public override async Task<TreeAnswer> MoveAsync(Node source, Spot target, Viewer viewer, CancellationToken cancellationToken)
    {
        if (source.Source is ReceiptFile { Receipt: var receipt }) return await ReceiveAsync(receipt, target, isMoved: true);
        RelativePath from = PathOf(source), place = PlaceOf(target);
        // Another writing of its own name: what lies at the target is the source.
        if (target.Node is not null && PathOf(target.Node) == from) target = target with { Node = null };
        place = target.Node is null ? FolderOf(target).Child(PlainNames.ToDisk(FolderOf(target), target.Name)!) : place;
        byte[]? old = null;
        if (source.Source is PlainFile && target.Node?.Source is PlainFile) _names.Change(from.Folder, () => _disk.Replace(from, place), removed: from.Name.ToArray());
        // What lay there has the other name for a moment, and is never without one.
        else if (Exchange(target, place, () => _disk.Exchange(from, place))) old = TakeAway(from);
        else old = InPlace(target, () => _names.Change(from.Folder, () => _disk.Move(from, place), removed: from.Name.ToArray()), place);
        await ForgetReceiptAsync(source, cancellationToken);
        await ReplaceReceiptsAsync(source, target, cancellationToken);
        if (source.IsFolder) await _receipts.MoveAllAsync(TreePath.KeyOf(source.Path), TreePath.KeyOf(target.Path), cancellationToken);
        return Done(target, () => Settle(old, place.Folder, from.Folder));
    }

    public override async Task<TreeAnswer> SetModifiedAsync(Node node, DateTimeOffset modified, CancellationToken cancellationToken)
    {
        if (node.Source is ReceiptFile { Receipt: var receipt })
        {
            await _receipts.WriteAsync(receipt with { ModifiedNs = Rows.Nanoseconds(modified) }, cancellationToken);
            return new TreeAnswer.Done(IsNew: false, node with { Modified = modified });
        }
        (FileStat before, FileStat after) = _disk.SetModified(PathOf(node), Rows.Nanoseconds(modified));
        // Others may have written to it since it was found.
        if (node.Source is PlainFile { Hashes: { } known } file && before == file.Stat) await hashes.NoteAsync(after, known, cancellationToken);
        return new TreeAnswer.Done(IsNew: false, node with { Modified = modified });
    }

    /// <summary>A receipt gets another name or folder, or a copy of it that.</summary>
    async Task<TreeAnswer> ReceiveAsync(Receipt receipt, Spot target, bool isMoved)
    {
        // Another writing of its own name.
        if (target.Node?.Source is ReceiptFile { Receipt: var there } && (there.Folder, there.Key) == (receipt.Folder, receipt.Key)) target = target with { Node = null };
        RelativePath folder = FolderOf(target), place = PlaceOf(target);
        string name = PlainNames.Shown(PlainNames.ToDisk(folder, target.Name)!);
        Receipt renamed = receipt with { Folder = TreePath.KeyOf(target.Folder!.Path), Key = EntryName.KeyOf(name), Name = name };
        // Whoever has gone meanwhile leaves nothing half done; and before what lies there goes, it stands below that.
        if (isMoved) await _receipts.MoveAsync(receipt, renamed, CancellationToken.None);
        else await _receipts.WriteAsync(renamed, CancellationToken.None);
        byte[]? old = target.Node is null or { Source: ReceiptFile } ? null : TakeAway(place);
        if (target.Node is { IsFolder: true } folderThere) await _receipts.RemoveAllAsync(TreePath.KeyOf(folderThere.Path), CancellationToken.None);
        return Done(target, () => Settle(old, folder));
    }

    /// <summary>The receipt at a path goes, and one below the file there.</summary>
    Task ForgetReceiptAsync(Node node, CancellationToken cancellationToken)
    {
        (string folder, string key) = (TreePath.KeyOf(TreePath.FolderOf(node.Path)!), EntryName.KeyOf(node.Name));
        return node.Source is ReceiptFile || _receipts.Find(folder, key) is not null ? _receipts.RemoveAsync(folder, key, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>What stood at the target is not shown any more. Of a file below a file is known of what that is a version.</summary>
    async Task ReplaceReceiptsAsync(Node source, Spot target, CancellationToken cancellationToken)
    {
        if (target.Node is { IsFolder: false } && source.IsFolder) await ForgetReceiptAsync(target.Node, cancellationToken);
        if (target.Node is { IsFolder: true }) await _receipts.RemoveAllAsync(TreePath.KeyOf(target.Node.Path), cancellationToken);
    }

    /// <summary>Puts something in the place of what lies at the target, in one step.</summary>
    /// <returns>False where nothing lies there, or it cannot be done so.</returns>
    bool Exchange(Spot target, RelativePath place, Func<bool> exchange)
    {
        if (target.Node is null or { Source: ReceiptFile }) return false;
        bool isDone = false;
        _names.Change(place.Folder, () => isDone = exchange());
        return isDone;
    }

    /// <summary>Puts something at the target; what lay there is kept until that has happened.</summary>
    /// <returns>Its name in the staging folder; null when nothing lay there.</returns>
    byte[]? InPlace(Spot target, Action put, RelativePath place)
    {
        byte[]? old = target.Node is null or { Source: ReceiptFile } ? null : TakeAway(place);
        try
        {
            _names.Change(place.Folder, put, added: place.Name.ToArray());
        }
        catch when (old is not null)
        {
            exit.PutBack(old, place);
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
        ReceiptFile receipt => receipt.Folder.Child(PlainNames.ToDisk(receipt.Folder, receipt.Receipt.Name)!),
        _ => throw new InvalidOperationException($"{node.Path} does not lie in the inbox."),
    };
}
