using System.Text;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <summary>
/// How bytes leave the inbox that are an original by now: a file only while it is what was taken in, a folder only when nothing is left in it. What others
/// put there at that moment stays.
/// </summary>
sealed class InboxExit(InboxView view, InboxHashes hashes)
{
    const int FilesAtOnce = 1000;

    readonly PlainDisk _disk = view.Disk;

    /// <summary>Whether a file is as it was, and nobody has it open to write to it.</summary>
    public bool IsStill(RelativePath path, FileStat stat) => IsStill(path, stat, evenRenamed: false);

    /// <summary>Removes a file, if it is still as it was. To be durable its folder is synced afterwards.</summary>
    public bool Remove(RelativePath path, FileStat stat)
    {
        if (!IsStill(path, stat)) return false;
        byte[] away = [];
        view.Names.Change(path.Folder, () => away = _disk.TakeAway(path), removed: path.Name.ToArray());
        if (IsStill(RelativePath.Parse(PlainDisk.StagingFolder).Child(away), stat, evenRenamed: true))
        {
            _disk.Discard(away);
            return true;
        }
        // Somebody was about to write to it: these are new bytes.
        PutBack(away, path);
        return false;
    }

    /// <summary>
    /// What was moved elsewhere in the tree goes, as far as it is an original; what is none stays, with the folders it lies in: beside the photos of an album
    /// it would be kept for a while only.
    /// </summary>
    /// <param name="isHeld">Whether the library has these bytes.</param>
    public async Task LeaveAsync(Node node, Func<ContentHash, bool> isHeld, CancellationToken cancellationToken)
    {
        (string folder, string key) = (TreePath.KeyOf(TreePath.FolderOf(node.Path)!), EntryName.KeyOf(node.Name));
        switch (node.Source)
        {
            case ReceiptFile:
                await view.Receipts.RemoveAsync(folder, key, cancellationToken);
                break;
            case PlainFile { Path: var path, Stat: var stat } when node.Hash is { } hash && isHeld(hash) && Remove(path, stat):
                _disk.SyncFolder(path.Folder);
                await hashes.ForgetAsync([stat], cancellationToken);
                await view.Receipts.RemoveAsync(folder, key, cancellationToken);
                break;
            case PlainFolder { Path: var path }:
                await LeaveFolderAsync(path, TreePath.KeyOf(node.Path), isHeld, cancellationToken);
                _disk.SyncFolder(path.Folder);
                break;
        }
    }

    async Task LeaveFolderAsync(RelativePath folder, string key, Func<ContentHash, bool> isHeld, CancellationToken cancellationToken)
    {
        List<string> staying = [];
        foreach (FolderEntry[] some in _disk.List(folder).Chunk(FilesAtOnce))
        {
            IReadOnlyDictionary<long, FileHashes> known = hashes.Of([.. some.Where(e => e.IsFile).Select(e => e.Stat)]);
            List<FileStat> gone = [];
            foreach (FolderEntry entry in some)
            {
                RelativePath path = folder.Child(entry.Name);
                string entryKey = EntryName.KeyOf(PlainNames.Shown(entry.Name));
                if (entry.Kind is EntryKind.Folder) await LeaveFolderAsync(path, $"{key}/{entryKey}", isHeld, cancellationToken);
                else if (entry.IsFile && known.TryGetValue(entry.Stat.Inode, out FileHashes? hash) && isHeld(hash.Sha256) && Remove(path, entry.Stat)) gone.Add(entry.Stat);
                else staying.Add(entryKey);
            }
            await hashes.ForgetAsync(gone, cancellationToken);
        }
        // One below a file that stays tells what that is a version of.
        await view.Receipts.RemoveInAsync(key, staying, cancellationToken);
        if (!_disk.RemoveFolder(folder)) _disk.SyncFolder(folder);
    }

    /// <summary>Gives a file that was taken away its name again, or one like it, if need be in the inbox itself: where it lies, it would be thrown away at the next start.</summary>
    internal void PutBack(byte[] away, RelativePath path)
    {
        byte[] other = Encoding.UTF8.GetBytes(EntryName.From(PlainNames.Shown(path.Name.ToArray())).WithSuffix($"{Guid.NewGuid():N}"[..8]).Name);
        RelativePath[] places = [path, path.Folder.Child(other), RelativePath.Root.Child(path.Name), RelativePath.Root.Child(other)];
        foreach (RelativePath place in places)
            try
            {
                view.Names.Change(place.Folder, () => _disk.Place(away, place), added: place.Name.ToArray());
                return;
            }
            catch (FileFault) when (place != places[^1])
            {
                // The name is taken, or the folder gone.
            }
    }

    /// <param name="evenRenamed">It has got another name since, which its time of change tells.</param>
    bool IsStill(RelativePath path, FileStat stat, bool evenRenamed)
    {
        try
        {
            using SafeFileHandle open = _disk.OpenRead(path, out FileStat now);
            return (now.Inode, now.SizeInBytes, now.ModifiedNs) == (stat.Inode, stat.SizeInBytes, stat.ModifiedNs) && (evenRenamed || now.ChangedNs == stat.ChangedNs)
                && Native.Lease.IsOpenForWriting((int)open.DangerousGetHandle()) is not true;
        }
        catch (FileFault)
        {
            return false;
        }
    }
}
