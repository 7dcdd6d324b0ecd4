using System.Collections.Frozen;
using Albumen.Catalog;
using Albumen.Organization;
using Albumen.Sql;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// Every change to the tree, for every door: what the table refuses is refused here, the rest is done by the kind of folder it happens in. One
/// change at a time; receiving bytes and waiting for the disk happen outside of that. A locked path is the door's affair, because only it knows the tokens.
/// </summary>
public sealed class TreeWriter : IDisposable
{
    /// <summary>So much of the disk is left free, because our own databases lie on it.</summary>
    public const long ReserveInBytes = 64 * 1024 * 1024;

    readonly ArchiveTree _tree;
    readonly PlainDisk _disk;
    readonly PathLocks _locks;
    readonly PathProperties _properties;
    readonly Organizer _organizer;
    readonly FrozenDictionary<FolderKind, WritableFolder> _kinds;
    readonly Intake _intake;
    readonly InboxFolder _inbox;
    readonly InboxExit _exit;
    readonly WebDavSettings _settings;
    readonly RecentSpots _recent;
    readonly UploadRoom _room;
    readonly SemaphoreSlim _changing = new(1, 1);

    /// <param name="tree">With an inbox.</param>
    /// <param name="ingest">Null: no bytes become originals.</param>
    public TreeWriter(ArchiveTree tree, InboxHashes hashes, PathLocks locks, PathProperties properties, Organizer organizer, Albums albums, Ingest? ingest = null, WebDavSettings? settings = null)
    {
        InboxView inbox = tree.Inbox ?? throw new ArgumentException("This tree has no inbox.", nameof(tree));
        (_tree, _disk, _locks, _properties, _organizer) = (tree, inbox.Disk, locks, properties, organizer);
        (_settings, _intake, _recent, _room) = (settings ?? new(), new(tree, hashes, ingest), new(tree), new(inbox.Disk));
        _exit = new(inbox, hashes);
        _inbox = new(inbox, hashes, _intake, _exit);
        WritableFolder[] kinds = [_inbox, new WritableAlbum(tree, organizer, albums, _intake, properties), new WritableTag(tree, organizer, _intake, properties), new WritableTrash(tree, organizer, albums, new(tree.Clock), _intake)];
        _kinds = kinds.SelectMany(k => k.Kinds.Select(kind => (kind, k))).ToFrozenDictionary(k => k.kind, k => k.k);
    }

    /// <summary>Whether a photo that is deleted where it is only shown goes into the trash; otherwise that is refused.</summary>
    public bool DeletesIntoTrash => _settings.DeletesIntoTrash;

    /// <summary>What a path means to somebody who wants to change something there.</summary>
    public Spot Find(string path, Viewer viewer) => _recent.Find(path, viewer, () => Look(path, viewer));

    Spot Look(string path, Viewer viewer)
    {
        (Node? node, Node? folder) = _tree.FindBoth(path, viewer);
        if (node?.Source is AliasFile { Real: var real, Shadow: var alias })
        {
            if (alias.WasKey is null) (path, node, folder) = (real.Path, real, _tree.Find(TreePath.FolderOf(real.Path)!, viewer));
            // That photo stands where it stands for a reason of its own.
            else node = node with { Source = new ShadowFile(alias) };
        }
        if (node?.Path == "/") return new("/", null, FolderKind.Root, "", node);
        string above = TreePath.FolderOf(path) ?? "/";
        FolderKind? kind = folder is { IsFolder: true } ? folder.Kind : null;
        while (kind is null && TreePath.FolderOf(above) is { } next)
        {
            above = next;
            if (_tree.Find(above, viewer) is { IsFolder: true } found) kind = found.Kind;
        }
        string name = TreePath.NameOf(path);
        if (kind is FolderKind.Folders && node is not { IsFolder: true } && name.EndsWith(".xmp", StringComparison.OrdinalIgnoreCase)) kind = FolderKind.Sidecar;
        return new(path, folder is { IsFolder: true } ? folder : null, kind ?? FolderKind.Root, name, node);
    }

    /// <summary>Why a file cannot be put there, asked before its bytes are sent; null when it can.</summary>
    /// <param name="sizeInBytes">Null when the client does not say.</param>
    public TreeAnswer? RefusePut(Spot spot, long? sizeInBytes, Viewer viewer) => RefuseFile(spot, sizeInBytes, viewer) ?? (_room.Has(sizeInBytes ?? 0) ? null : new TreeAnswer.NoSpace());

    TreeAnswer? RefuseFile(Spot spot, long? sizeInBytes, Viewer viewer)
    {
        if (spot.Node is { IsFolder: true }) return FolderRules.Refusal(spot.OwnKind, TreeOperation.PutNew) ?? (TreeAnswer)new TreeAnswer.Exists();
        if (RefuseShadow(spot, sizeInBytes, viewer) is var (shadowRefusal, isShadow) && isShadow) return shadowRefusal;
        bool isPhoto = spot.Node is { Source: not ShadowFile };
        if (Refuse(spot, isPhoto ? TreeOperation.PutOver : TreeOperation.PutNew) is { } refusal) return refusal;
        if (IsArranged(spot.Kind))
        {
            if (isPhoto && !_settings.MakesVersions) return TreeAnswer.NoVersions;
            if (sizeInBytes is > 0 and var length && _intake.Refuse(length) is { } cannot) return cannot;
        }
        return null;
    }

    /// <summary>Why something can never be copied or moved there, whoever has locks; null when it can, or when something else is in the way.</summary>
    public static TreeAnswer.Refused? RefuseTransfer(Spot source, Spot target, bool isMove) =>
        FolderRules.Refusal(target.Kind, OperationOf(source, target, isMove)) ?? (isMove && source is { Kind: FolderKind.Root, Node: not null } ? FolderRules.Refusal(FolderKind.Root, TreeOperation.MoveOut) : null);

    /// <summary>Why something cannot be deleted there, whoever has locks; null when it can.</summary>
    public TreeAnswer.Refused? RefuseDelete(Spot spot) =>
        spot.Node is { IsFolder: true } ? FolderRules.Refusal(spot.Kind, TreeOperation.DeleteFolder)
        : DeletesIntoTrash && FolderRules.Allows(spot.Kind, TreeOperation.DeleteIntoTrash) ? null : FolderRules.Refusal(spot.Kind, TreeOperation.DeleteFile);

    /// <summary>Begins to receive a file.</summary>
    /// <param name="sizeInBytes">0 when the client does not say.</param>
    /// <exception cref="FileFault">The disk is full or failing.</exception>
    public Upload Receive(Spot spot, bool withSha512 = false, long sizeInBytes = 0) => new((IsArranged(spot.Kind) && _tree.Shadows is { } shadows ? shadows.Disk : _disk).Stage(), withSha512, _room, sizeInBytes);

    /// <param name="holds">Whether what lies there at the last moment is still what the caller expects.</param>
    /// <param name="modified">Null: now.</param>
    public async Task<TreeAnswer> PutAsync(string path, Upload upload, DateTimeOffset? modified, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken)
    {
        try
        {
            // Waiting for the disk is a thread that waits; this is one already.
            Spot before = Find(path, viewer);
            upload.Finish(modified ?? (before.Node?.Source is ShadowFile { Shadow: { IsDated: true, ModifiedNs: var told } } ? Rows.Time(told) : null));
            if (IsArranged(before.Kind))
            {
                if (RefuseFile(before, sizeInBytes: null, viewer) is { } refusal) return refusal;
                if (!holds(before.Node)) return new TreeAnswer.Changed();
                if (await ((ArrangedFolder)_kinds[before.Kind]).PrepareAsync(before, upload, viewer, cancellationToken) is { } cannot) return cannot;
            }
        }
        catch (FileFault fault)
        {
            return Explain(fault);
        }
        catch (DatabaseException error)
        {
            return new TreeAnswer.Failed(error.Message);
        }
        return await ChangeAsync(async () =>
        {
            Spot spot = Find(path, viewer);
            if (RefuseFile(spot, sizeInBytes: null, viewer) is { } refusal) return refusal;
            if (!holds(spot.Node)) return new TreeAnswer.Changed();
            TreeAnswer answer = await _kinds[spot.Kind].PutAsync(spot, upload, viewer, CancellationToken.None);
            await KeepNameAsync(answer, path, spot, viewer, CancellationToken.None);
            // What was said of the name that was still empty.
            if (answer is TreeAnswer.Done { IsElsewhere: false, Node: { } node } && TreePath.KeyOf(node.Path) is var key && key != TreePath.KeyOf(spot.Path)) await _properties.MoveAsync(TreePath.KeyOf(spot.Path), key, CancellationToken.None);
            return answer;
        }, path, viewer, cancellationToken);
    }

    public Task<TreeAnswer> MakeFolderAsync(string path, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        Spot spot = Find(path, viewer);
        if (spot.Node is { IsFolder: true } && FolderRules.Allows(spot.OwnKind, TreeOperation.MakeFolder)) return new TreeAnswer.Exists();
        if (Refuse(spot, TreeOperation.MakeFolder) is { } refusal) return refusal;
        if (spot.Node is not null) return new TreeAnswer.Exists();
        return holds(null) ? await _kinds[spot.Kind].MakeFolderAsync(spot, viewer, CancellationToken.None) : new TreeAnswer.Changed();
    }, path, viewer, cancellationToken);

    /// <summary>Deletes a file, or a folder with all that is in it, as far as the kind of folder means that.</summary>
    public Task<TreeAnswer> DeleteAsync(string path, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        Spot spot = Find(path, viewer);
        if (RefuseDelete(spot) is { } refusal) return refusal;
        if (spot.Node is not { } node) return new TreeAnswer.Missing();
        if (!holds(node)) return new TreeAnswer.Changed();
        TreeAnswer answer = await _kinds[spot.Kind].DeleteAsync(spot, viewer, CancellationToken.None);
        if (answer is TreeAnswer.Done) await ForgetAsync(node, CancellationToken.None);
        return answer;
    }, null, viewer, cancellationToken);

    /// <param name="isDeep">False: a folder without what is in it.</param>
    /// <param name="overwrite">What lies at the target may go.</param>
    public async Task<TreeAnswer> CopyAsync(string from, string to, bool isDeep, bool overwrite, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken)
    {
        if (await BringAsync(from, to, isMove: false, overwrite, holds, viewer, cancellationToken) is { } cannot) return cannot;
        (StagedCopy? staged, TreeAnswer? fault) = await StageAsync(from, to, isDeep, overwrite, holds, viewer, cancellationToken);
        if (fault is not null) return fault;
        using StagedCopy? copy = staged;
        return await ChangeAsync(async () =>
        {
            (Spot source, Spot target) = (Find(from, viewer), Find(to, viewer) with { Copy = copy });
            TreeOperation operation = OperationOf(source, target, isMove: false);
            if (RefuseTransfer(source, target, operation, overwrite) is { } refusal) return refusal;
            if (!holds(source.Node)) return new TreeAnswer.Changed();
            TreeAnswer answer = await _kinds[target.Kind].CopyAsync(source.Node!, target, isDeep, viewer, CancellationToken.None);
            await KeepNameAsync(answer, to, target, viewer, CancellationToken.None);
            if (answer is TreeAnswer.Done done)
            {
                if (target.Node is not null) await _properties.ForgetAsync(TreePath.KeyOf(target.Node.Path), CancellationToken.None);
                await _properties.CopyAsync(TreePath.KeyOf(source.Node!.Path), TreePath.KeyOf(done.Node?.Path ?? to), isDeep, CancellationToken.None);
            }
            return answer;
        }, to, viewer, cancellationToken);
    }

    /// <inheritdoc cref="CopyAsync"/>
    public async Task<TreeAnswer> MoveAsync(string from, string to, bool overwrite, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken) =>
        await BringAsync(from, to, isMove: true, overwrite, holds, viewer, cancellationToken) ?? await ChangeAsync(async () =>
        {
            (Spot source, Spot target) = (Find(from, viewer), Find(to, viewer));
            TreeOperation operation = OperationOf(source, target, isMove: true);
            bool isOtherWriting = source.Node is not null && source.Node.Path == target.Node?.Path && target.Name != source.Node.Name;
            if (RefuseTransfer(source, isOtherWriting ? target with { Node = null } : target, operation, overwrite) is { } refusal) return refusal;
            if (!holds(source.Node)) return new TreeAnswer.Changed();
            TreeAnswer answer = await _kinds[target.Kind].MoveAsync(source.Node!, target, viewer, CancellationToken.None);
            await KeepNameAsync(answer, to, target, viewer, CancellationToken.None);
            if (answer is TreeAnswer.Done done)
            {
                if (source.Kind is FolderKind.Inbox && target.Kind is not FolderKind.Inbox) await _exit.LeaveAsync(source.Node!, hash => _intake.Held(hash) is not null, CancellationToken.None);
                (string fromKey, string toKey) = (TreePath.KeyOf(source.Node!.Path), TreePath.KeyOf(done.Node?.Path ?? to));
                bool stays = fromKey != toKey && _tree.Find(source.Node.Path, viewer) is not null;
                // What was restored may have got another name.
                if (target.Node is { } was && !isOtherWriting && (done.Node is null || done.Node.Path == was.Path)) await ForgetAsync(target.Node, CancellationToken.None, keepLocks: true);
                if (stays) await _properties.CopyAsync(fromKey, toKey, isDeep: true, CancellationToken.None);
                else if (fromKey != toKey) await _properties.MoveAsync(fromKey, toKey, CancellationToken.None);
                if (!stays) await _locks.ForgetAsync(TreePath.KeyOf(source.Node.LockedAt));
            }
            return answer;
        }, to, viewer, cancellationToken);

    /// <summary>Sets the modification time that is shown of a file or folder.</summary>
    public Task<TreeAnswer> SetModifiedAsync(string path, DateTimeOffset modified, Viewer viewer, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        Spot spot = Find(path, viewer);
        if (FolderRules.Refusal(spot.OwnKind, TreeOperation.SetProperties) is { } refusal) return refusal;
        return spot.Node is null ? new TreeAnswer.Missing() : await _kinds[spot.OwnKind].SetModifiedAsync(spot.Node, modified, CancellationToken.None);
    }, null, viewer, cancellationToken);

    /// <summary>Keeps a client's properties at a path, dates it, and states something of the photo that a file is, as one operation of the journal: all of it or nothing.</summary>
    /// <param name="kept">The name, and the element or null to remove it.</param>
    /// <param name="modified">Null: as it is.</param>
    public Task<TreeAnswer> DescribeAsync(
        string path, IReadOnlyList<(string Namespace, string Name, string? Element)> kept, DateTimeOffset? modified, IReadOnlyList<Edit> edits, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        Spot spot = Find(path, viewer);
        if ((kept.Count > 0 || modified is not null) && FolderRules.Refusal(spot.OwnKind, TreeOperation.SetProperties) is { } noProperties) return noProperties;
        if (edits.Count > 0 && FolderRules.Refusal(spot.OwnKind, TreeOperation.SetFacts) is { } noFacts) return noFacts;
        if (spot.Node is not { } node) return new TreeAnswer.Missing();
        if (!holds(node)) return new TreeAnswer.Changed();
        string key = TreePath.KeyOf(node.Path);
        PathProperty[] before = edits.Count == 0 ? [] : [.. _properties.Of([key]).Values.SelectMany(p => p)];
        bool isDone = false;
        try
        {
            await _properties.SetAsync(key, kept, CancellationToken.None);
            if (modified is { } time) await _kinds[spot.OwnKind].SetModifiedAsync(node, time, CancellationToken.None);
            if (edits.Count > 0)
            {
                if (node.Asset is not { Uid: var asset }) return TreeAnswer.NoPhoto;
                await _organizer.DoAsync(new Author(viewer.Name, "webdav"), $"proppatch {node.Path}", Organizer.Say(asset, edits), CancellationToken.None);
            }
            isDone = true;
            return new TreeAnswer.Done(IsNew: false, node);
        }
        catch (IOException error) when (error is not FileFault)
        {
            return new TreeAnswer.Failed(error.Message);
        }
        finally
        {
            if (!isDone && edits.Count > 0)
                await _properties.SetAsync(key, [.. kept.Append((SetTime.Namespace, SetTime.Name, null)).Select(k => (k.Namespace, k.Name, before.FirstOrDefault(p => p.Namespace == k.Namespace && p.Name == k.Name)?.Element))], CancellationToken.None);
        }
    }, null, viewer, cancellationToken);

    /// <summary>Called after each change.</summary>
    public Action Changed { get; set; } = static () => { };

    /// <summary>Runs while nobody changes the tree.</summary>
    internal async Task<T> AloneAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    /// <summary>Where a photo was meant by the name it was once put under, what stands in its place now is found under that.</summary>
    async Task KeepNameAsync(TreeAnswer answer, string path, Spot spot, Viewer viewer, CancellationToken cancellationToken)
    {
        if (answer is TreeAnswer.Done { Node.Asset.Uid: var asset } && spot.Folder is { } folder && _tree.Shadows is { } shadows && IsArranged(spot.Kind) && TreePath.KeyOf(path) != TreePath.KeyOf(spot.Path))
            await shadows.NoteAsync(ShadowKind.Photo, viewer.Name, TreePath.KeyOf(folder.Path), TreePath.NameOf(path), asset, null, cancellationToken);
    }

    static bool IsArranged(FolderKind kind) => kind is FolderKind.Albums or FolderKind.Album or FolderKind.Tags or FolderKind.Tag;

    /// <summary>Whether a file put there would be none of the folder's photos, and then why it cannot be put there.</summary>
    (TreeAnswer? Refusal, bool IsShadow) RefuseShadow(Spot spot, long? sizeInBytes, Viewer viewer)
    {
        if (_tree.Shadows is not { } shadows || !spot.IsShadowy) return (null, false);
        if (spot.Folder is null) return (new TreeAnswer.NoParent(), true);
        return (_kinds[spot.Kind].RefuseName(spot) ?? (sizeInBytes is { } size && !shadows.HasRoom(viewer.Name, size) ? new TreeAnswer.NoSpace() : null), true);
    }

    /// <summary>Has what is copied or moved to albums and tags taken in, where that was not done yet. It takes its time, and others go on.</summary>
    /// <returns>Why that cannot be; null when it can, or is not needed, or will be refused for other reasons.</returns>
    async Task<TreeAnswer?> BringAsync(string from, string to, bool isMove, bool overwrite, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken)
    {
        (Spot source, Spot target) = (Find(from, viewer), Find(to, viewer));
        if (!IsArranged(target.Kind) || target.IsShadowy || source.Node?.Source is not (PlainFile or PlainFolder or ShadowFile { Shadow.SizeInBytes: > 0 })) return null;
        TreeOperation operation = OperationOf(source, target, isMove);
        if (RefuseTransfer(source, target, operation, overwrite) is not null || !holds(source.Node)) return null;
        try
        {
            return source.Node.Source is PlainFolder { Path: var path } ? await _intake.TakeAllAsync(path, viewer, cancellationToken) : (await _intake.TakeAsync(source.Node, target.Name, viewer, cancellationToken)).Refusal;
        }
        catch (FileFault fault)
        {
            return Explain(fault);
        }
        catch (DatabaseException error)
        {
            return new TreeAnswer.Failed(error.Message);
        }
    }

    /// <summary>Makes the copy of what is copied within the inbox. It takes its time, and others go on. None where that will be refused.</summary>
    async Task<(StagedCopy? Copy, TreeAnswer? Fault)> StageAsync(string from, string to, bool isDeep, bool overwrite, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken)
    {
        (Spot source, Spot target) = (Find(from, viewer), Find(to, viewer));
        if (target.Kind is not FolderKind.Inbox || source.Node is not { Source: PlainFile or PlainFolder } node) return default;
        if (RefuseTransfer(source, target, OperationOf(source, target, isMove: false), overwrite) is not null || !holds(node)) return default;
        try
        {
            return (await _inbox.StageAsync(node, isDeep, _room, cancellationToken), null);
        }
        catch (FileFault fault)
        {
            return (null, Explain(fault));
        }
    }

    TreeAnswer? Refuse(Spot spot, TreeOperation operation)
    {
        if (IsNowhere(spot)) return new TreeAnswer.NoParent();
        if (FolderRules.Refusal(spot.Kind, operation) is { } refusal) return refusal;
        if (spot.Folder is null) return new TreeAnswer.NoParent();
        return spot.Node is null ? _kinds[spot.Kind].RefuseName(spot) : null;
    }

    /// <summary>What lies below an album or tag that is not there belongs to none, so no rule is for it.</summary>
    static bool IsNowhere(Spot spot) => spot.Folder is null && IsArranged(spot.Kind);

    static TreeOperation OperationOf(Spot source, Spot target, bool isMove) =>
        FolderRules.AreAlike(source.Kind, target.Kind) ? isMove ? TreeOperation.Rename : TreeOperation.CopyWithin
        : !isMove ? TreeOperation.CopyIn : source.Kind is FolderKind.Trash ? TreeOperation.Restore : TreeOperation.MoveIn;

    TreeAnswer? RefuseTransfer(Spot source, Spot target, TreeOperation operation, bool overwrite)
    {
        if (source.Node is null) return FolderRules.Refusal(target.Kind, operation) ?? (TreeAnswer)new TreeAnswer.Missing();
        // What stands at the top stays there; a copy of it is one of a folder like others.
        if (source.Kind == FolderKind.Root && operation is TreeOperation.Rename or TreeOperation.MoveIn or TreeOperation.Restore) return FolderRules.Refusal(FolderKind.Root, TreeOperation.MoveOut);
        if (IsNowhere(target)) return new TreeAnswer.NoParent();
        if (FolderRules.Refusal(target.Kind, operation) is { } refusal) return refusal;
        if (operation == TreeOperation.MoveIn && FolderRules.Refusal(source.Kind, TreeOperation.MoveOut) is { } stays) return stays;
        bool isInPlace = operation == TreeOperation.Rename && TreePath.KeyOf(TreePath.FolderOf(source.Node.Path)!) == TreePath.KeyOf(target.Folder?.Path ?? target.Path);
        bool isShadow = source.Node.Source is ShadowFile;
        TreeOperation taking = isShadow ? TreeOperation.PutNew : isInPlace ? TreeOperation.RenameFile : TreeOperation.TakeFile;
        // Beside the photos only what is none itself is kept for a while.
        bool passes = target.IsShadowy && source.Node.Source is ShadowFile or PlainFile;
        if (!source.Node.IsFolder && !passes && FolderRules.Refusal(target.Kind, taking) is { } noFile) return noFile;
        if (IsArranged(target.Kind) && !_settings.MakesVersions && target.Node is { Source: not ShadowFile, IsFolder: false } && source.Node.Source is ShadowFile or PlainFile) return TreeAnswer.NoVersions;
        (string from, string to) = (TreePath.KeyOf(source.Node.Path), TreePath.KeyOf(target.Path));
        if (target.Node is not null && from == to) return TreeAnswer.SamePlace;
        if (TreePath.IsAbove(from, to) || TreePath.IsAbove(to, from)) return TreeAnswer.IntoItself;
        if (Refuse(target, operation) is { } no) return no;
        if (target.Node is not { } there) return null;
        if (!overwrite) return new TreeAnswer.Exists();
        return target.Kind is FolderKind.Albums or FolderKind.Album && there.Source is not ShadowFile && there.IsFolder != source.Node.IsFolder ? TreeAnswer.OtherKind : null;
    }

    async Task ForgetAsync(Node node, CancellationToken cancellationToken, bool keepLocks = false)
    {
        await _properties.ForgetAsync(TreePath.KeyOf(node.Path), cancellationToken);
        if (!keepLocks) await _locks.ForgetAsync(TreePath.KeyOf(node.LockedAt));
    }

    /// <summary>Waits for its turn. What has begun is done to its end, even if whoever wanted it has hung up.</summary>
    /// <param name="result">The path whose node the answer tells; null for none.</param>
    async Task<TreeAnswer> ChangeAsync(Func<Task<TreeAnswer>> change, string? result, Viewer viewer, CancellationToken cancellationToken)
    {
        try
        {
            TreeAnswer answer = await AloneAsync(change, cancellationToken);
            if (answer is not TreeAnswer.Done done) return answer;
            done.Afterwards?.Invoke();
            Changed();
            if (result is null) return done;
            Node? node = done.Node ?? _tree.Find(result, viewer);
            return done with { Node = node, IsElsewhere = node is not null && TreePath.KeyOf(node.Path) != TreePath.KeyOf(result) };
        }
        catch (FileFault fault)
        {
            return Explain(fault);
        }
        catch (DatabaseException error)
        {
            return new TreeAnswer.Failed(error.Message);
        }
    }

    static TreeAnswer Explain(FileFault fault) =>
        fault.IsFull ? new TreeAnswer.NoSpace() : fault.IsTaken ? new TreeAnswer.Changed() : fault.IsGone ? new TreeAnswer.NoParent() : new TreeAnswer.Failed(fault.Message);
}
