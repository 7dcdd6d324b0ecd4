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
    readonly SemaphoreSlim _changing = new(1, 1);

    /// <param name="tree">With an inbox.</param>
    public TreeWriter(ArchiveTree tree, InboxHashes hashes, PathLocks locks, PathProperties properties, Organizer organizer, Albums albums)
    {
        InboxView inbox = tree.Inbox ?? throw new ArgumentException("This tree has no inbox.", nameof(tree));
        (_tree, _disk, _locks, _properties, _organizer) = (tree, inbox.Disk, locks, properties, organizer);
        Intake intake = new(tree);
        WritableFolder[] kinds = [new InboxFolder(inbox, hashes), new WritableAlbum(tree, organizer, albums, intake, properties), new WritableTag(tree, organizer, intake, properties)];
        _kinds = kinds.SelectMany(k => k.Kinds.Select(kind => (kind, k))).ToFrozenDictionary(k => k.kind, k => k.k);
    }

    /// <summary>What a path means to somebody who wants to change something there.</summary>
    public Spot Find(string path, Viewer viewer)
    {
        Node? node = _tree.Find(path, viewer);
        if (node?.Path == "/") return new("/", null, FolderKind.Root, "", node);
        string above = TreePath.FolderOf(path) ?? "/";
        Node? folder = _tree.Find(above, viewer);
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
    public TreeAnswer? RefusePut(Spot spot, long? sizeInBytes)
    {
        if (spot.Node is { IsFolder: true }) return FolderRules.Refusal(spot.OwnKind, TreeOperation.PutNew) ?? (TreeAnswer)new TreeAnswer.Exists();
        if (Refuse(spot, spot.Node is null ? TreeOperation.PutNew : TreeOperation.PutOver) is { } refusal) return refusal;
        return sizeInBytes is { } size && _disk.Space() is { Available: var free } && size > free - ReserveInBytes ? new TreeAnswer.NoSpace() : null;
    }

    /// <summary>Why something can never be copied or moved there, whoever has locks; null when it can, or when something else is in the way.</summary>
    public static TreeAnswer.Refused? RefuseTransfer(Spot source, Spot target, bool isMove) =>
        FolderRules.Refusal(target.Kind, OperationOf(source, target, isMove)) ?? (isMove && source is { Kind: FolderKind.Root, Node: not null } ? FolderRules.Refusal(FolderKind.Root, TreeOperation.MoveOut) : null);

    /// <summary>Begins to receive a file.</summary>
    /// <exception cref="FileFault">The disk is full or failing.</exception>
    public Upload Receive(bool withSha512 = false) => new(_disk.Stage(), withSha512);

    /// <param name="holds">Whether what lies there at the last moment is still what the caller expects.</param>
    /// <param name="modified">Null: now.</param>
    public async Task<TreeAnswer> PutAsync(string path, Upload upload, DateTimeOffset? modified, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken)
    {
        try
        {
            // Waiting for the disk is a thread that waits; this is one already.
            upload.Finish(modified);
        }
        catch (FileFault fault)
        {
            return Explain(fault);
        }
        return await ChangeAsync(async () =>
        {
            Spot spot = Find(path, viewer);
            if (RefusePut(spot, sizeInBytes: null) is { } refusal) return refusal;
            return holds(spot.Node) ? await _kinds[spot.Kind].PutAsync(spot, upload, viewer, cancellationToken) : new TreeAnswer.Changed();
        }, path, viewer, cancellationToken);
    }

    public Task<TreeAnswer> MakeFolderAsync(string path, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        Spot spot = Find(path, viewer);
        if (spot.Node is { IsFolder: true } && FolderRules.Allows(spot.OwnKind, TreeOperation.MakeFolder)) return new TreeAnswer.Exists();
        if (Refuse(spot, TreeOperation.MakeFolder) is { } refusal) return refusal;
        if (spot.Node is not null) return new TreeAnswer.Exists();
        return holds(null) ? await _kinds[spot.Kind].MakeFolderAsync(spot, viewer, cancellationToken) : new TreeAnswer.Changed();
    }, path, viewer, cancellationToken);

    /// <summary>Deletes a file, or a folder with all that is in it, as far as the kind of folder means that.</summary>
    public Task<TreeAnswer> DeleteAsync(string path, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        Spot spot = Find(path, viewer);
        if (FolderRules.Refusal(spot.Kind, spot.Node is { IsFolder: true } ? TreeOperation.DeleteFolder : TreeOperation.DeleteFile) is { } refusal) return refusal;
        if (spot.Node is not { } node) return new TreeAnswer.Missing();
        if (!holds(node)) return new TreeAnswer.Changed();
        TreeAnswer answer = await _kinds[spot.Kind].DeleteAsync(spot, viewer, cancellationToken);
        if (answer is TreeAnswer.Done) await ForgetAsync(node.Path, cancellationToken);
        return answer;
    }, null, viewer, cancellationToken);

    /// <param name="isDeep">False: a folder without what is in it.</param>
    /// <param name="overwrite">What lies at the target may go.</param>
    public Task<TreeAnswer> CopyAsync(string from, string to, bool isDeep, bool overwrite, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken) =>
        ChangeAsync(async () =>
        {
            (Spot source, Spot target) = (Find(from, viewer), Find(to, viewer));
            TreeOperation operation = OperationOf(source, target, isMove: false);
            if (RefuseTransfer(source, target, operation, overwrite) is { } refusal) return refusal;
            if (!holds(source.Node)) return new TreeAnswer.Changed();
            TreeAnswer answer = await _kinds[target.Kind].CopyAsync(source.Node!, target, isDeep, viewer, cancellationToken);
            if (answer is TreeAnswer.Done done)
            {
                if (target.Node is not null) await _properties.ForgetAsync(TreePath.KeyOf(target.Node.Path), cancellationToken);
                await _properties.CopyAsync(TreePath.KeyOf(source.Node!.Path), TreePath.KeyOf(done.Node?.Path ?? to), isDeep, cancellationToken);
            }
            return answer;
        }, to, viewer, cancellationToken);

    /// <inheritdoc cref="CopyAsync"/>
    public Task<TreeAnswer> MoveAsync(string from, string to, bool overwrite, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken) =>
        ChangeAsync(async () =>
        {
            (Spot source, Spot target) = (Find(from, viewer), Find(to, viewer));
            TreeOperation operation = OperationOf(source, target, isMove: true);
            bool isOtherWriting = source.Node is not null && source.Node.Path == target.Node?.Path && target.Name != source.Node.Name;
            if (RefuseTransfer(source, isOtherWriting ? target with { Node = null } : target, operation, overwrite) is { } refusal) return refusal;
            if (!holds(source.Node)) return new TreeAnswer.Changed();
            TreeAnswer answer = await _kinds[target.Kind].MoveAsync(source.Node!, target, viewer, cancellationToken);
            if (answer is TreeAnswer.Done done)
            {
                (string fromKey, string toKey) = (TreePath.KeyOf(source.Node!.Path), TreePath.KeyOf(done.Node?.Path ?? to));
                bool stays = fromKey != toKey && _tree.Find(source.Node.Path, viewer) is not null;
                if (target.Node is not null && !isOtherWriting) await ForgetAsync(target.Node.Path, cancellationToken, keepLocks: true);
                if (stays) await _properties.CopyAsync(fromKey, toKey, isDeep: true, cancellationToken);
                else if (fromKey != toKey) await _properties.MoveAsync(fromKey, toKey, cancellationToken);
                if (!stays) await _locks.ForgetAsync(fromKey, cancellationToken);
            }
            return answer;
        }, to, viewer, cancellationToken);

    /// <summary>Sets the modification time that is shown of a file or folder.</summary>
    public Task<TreeAnswer> SetModifiedAsync(string path, DateTimeOffset modified, Viewer viewer, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        Spot spot = Find(path, viewer);
        if (FolderRules.Refusal(spot.OwnKind, TreeOperation.SetProperties) is { } refusal) return refusal;
        return spot.Node is null ? new TreeAnswer.Missing() : await _kinds[spot.OwnKind].SetModifiedAsync(spot.Node, modified, cancellationToken);
    }, null, viewer, cancellationToken);

    /// <summary>States something of the photo that a file is, as one operation of the journal.</summary>
    public Task<TreeAnswer> SetFactsAsync(string path, IReadOnlyList<Edit> edits, Viewer viewer, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        Spot spot = Find(path, viewer);
        if (FolderRules.Refusal(spot.OwnKind, TreeOperation.SetFacts) is { } refusal) return refusal;
        if (spot.Node is not { } node) return new TreeAnswer.Missing();
        if (node.Asset is not { Uid: var asset }) return TreeAnswer.NoPhoto;
        try
        {
            await _organizer.DoAsync(new Author(viewer.Name, "webdav"), $"proppatch {node.Path}", Organizer.Say(asset, edits), cancellationToken);
            return new TreeAnswer.Done(IsNew: false, node);
        }
        catch (IOException error) when (error is not FileFault)
        {
            return new TreeAnswer.Failed(error.Message);
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

    TreeAnswer? Refuse(Spot spot, TreeOperation operation)
    {
        if (FolderRules.Refusal(spot.Kind, operation) is { } refusal) return refusal;
        if (spot.Folder is null) return new TreeAnswer.NoParent();
        return spot.Node is null ? _kinds[spot.Kind].RefuseName(spot) : null;
    }

    static TreeOperation OperationOf(Spot source, Spot target, bool isMove) =>
        FolderRules.AreAlike(source.Kind, target.Kind) ? isMove ? TreeOperation.Rename : TreeOperation.CopyWithin : isMove ? TreeOperation.MoveIn : TreeOperation.CopyIn;

    TreeAnswer? RefuseTransfer(Spot source, Spot target, TreeOperation operation, bool overwrite)
    {
        if (source.Node is null) return FolderRules.Refusal(target.Kind, operation) ?? (TreeAnswer)new TreeAnswer.Missing();
        // What stands at the top stays there; a copy of it is one of a folder like others.
        if (source.Kind == FolderKind.Root && operation is TreeOperation.Rename or TreeOperation.MoveIn) return FolderRules.Refusal(FolderKind.Root, TreeOperation.MoveOut);
        if (FolderRules.Refusal(target.Kind, operation) is { } refusal) return refusal;
        if (operation == TreeOperation.MoveIn && FolderRules.Refusal(source.Kind, TreeOperation.MoveOut) is { } stays) return stays;
        bool isInPlace = operation == TreeOperation.Rename && TreePath.KeyOf(TreePath.FolderOf(source.Node.Path)!) == TreePath.KeyOf(target.Folder?.Path ?? target.Path);
        if (!source.Node.IsFolder && FolderRules.Refusal(target.Kind, isInPlace ? TreeOperation.RenameFile : TreeOperation.PutNew) is { } noFile) return noFile;
        (string from, string to) = (TreePath.KeyOf(source.Node.Path), TreePath.KeyOf(target.Path));
        if (target.Node is not null && from == to) return TreeAnswer.SamePlace;
        if (TreePath.IsAbove(from, to) || TreePath.IsAbove(to, from)) return TreeAnswer.IntoItself;
        return Refuse(target, operation) ?? (target.Node is not null && !overwrite ? new TreeAnswer.Exists() : null);
    }

    async Task ForgetAsync(string path, CancellationToken cancellationToken, bool keepLocks = false)
    {
        string key = TreePath.KeyOf(path);
        await _properties.ForgetAsync(key, cancellationToken);
        if (!keepLocks) await _locks.ForgetAsync(key, cancellationToken);
    }

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
