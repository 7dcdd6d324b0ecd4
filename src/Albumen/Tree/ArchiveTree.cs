using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <summary>
/// The archive as folders: every door (WebDAV, API, command line) is a thin layer over these three questions. What is at this path, what is in
/// this folder, and what are the bytes of this file, always for one person. Client text never reaches the file system: it only finds keys in the catalogue.
/// </summary>
/// <param name="inbox">The plain disk people put things on, with the hashes of what lies there and the receipts of what lay there; null for a tree without one.</param>
/// <param name="clock">Tells what day it is, for smart albums that count from it; null is the machine's own.</param>
public sealed class ArchiveTree(Database catalog, Volumes volumes, DerivativeStore derivatives, (PlainDisk Disk, InboxHashes Hashes, InboxReceipts Receipts)? inbox = null, TimeProvider? clock = null)
{
    readonly IReadOnlyList<View> _views = View.All(volumes, inbox is var (disk, hashes, receipts) ? new(disk, hashes, receipts) : null, clock ?? TimeProvider.System);

    internal InboxView? Inbox => _views.OfType<InboxView>().SingleOrDefault();

    /// <summary>What a path names, or null. Names are found whatever their case and composition; the node has the stored name.</summary>
    /// <param name="path">Absolute, decoded, with or without a slash at its end.</param>
    public Node? Find(string path, Viewer viewer)
    {
        _ = viewer;
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        using Database.Reader reader = catalog.Read();
        TreeReader questions = new(reader.Connection);
        if (names.Length == 0) return questions.Dated(Root);
        string key = EntryName.KeyOf(names[0]);
        if (_views.FirstOrDefault(v => EntryName.KeyOf(v.Name) == key) is not { } view) return null;
        return view.Find(questions, names.AsSpan(1)) is { } node ? questions.Dated(node) : null;
    }

    /// <summary>A page of a folder's children.</summary>
    /// <param name="after">Null for the first page, then <see cref="Page.Next"/>.</param>
    public Page List(Node folder, string? after, int most, Detail detail, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        TreeReader questions = new(reader.Connection);
        Page page = folder.Path == "/" ? new([.. _views.Where(v => v.IsShown(questions)).Select(v => v.Top)], null) : View.Of(_views, folder).List(questions, folder, new(after, most, detail));
        return page.Nodes.Any(TreeReader.IsUndated) ? page with { Nodes = [.. page.Nodes.Select(questions.Dated)] } : page;
    }

    /// <summary>The photos that have these bytes now, of which a copy is present.</summary>
    internal IReadOnlyDictionary<ContentHash, string> AssetsOf(IReadOnlyCollection<ContentHash> hashes)
    {
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).AssetsOf(hashes);
    }

    /// <summary>What a photo is called where those of many days are together; null while it has no place in the timeline.</summary>
    internal string? SetName(string asset)
    {
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).SetName(asset);
    }

    /// <summary>Opens a file's bytes for reading.</summary>
    /// <returns>The open file and the node as it is now: when the file changed since it was indexed, its length and ETag are those of the moment.</returns>
    /// <exception cref="FileFault">It cannot be read now: <see cref="FileFault.IsGone"/> where it is not there any more.</exception>
    public (SafeFileHandle File, Node Node) Open(Node file, Viewer viewer)
    {
        _ = viewer;
        switch (file.Source)
        {
            case DerivativeFile small:
                return Open(file, small);
            case DiskFile disk:
                return Open(file, disk);
            case PlainFile plain:
                return Open(file, plain);
            case ContentFile content:
                return OpenAny(file, content.ContentId);
            case ReceiptFile { Receipt: var receipt }:
                return OpenAny(file, ContentOf(receipt.Sha256) ?? throw Gone(file));
            default:
                throw new InvalidOperationException($"{file.Path} is a folder.");
        }
    }

    /// <summary>The 320 px WebP of a photo or clip, as a file of its own; null where there is none. Its length is known once it is open.</summary>
    public static Node? Thumbnail(Node file) => Small(file, new Thumbnail());

    /// <summary>The 2048 px JPEG, likewise.</summary>
    public static Node? Preview(Node file) => Small(file, new Preview());

    /// <summary>Used and available bytes of the disk a folder lies on, for the inbox less what we keep for ourselves; for folders of no volume, the first one's. Null when it cannot be asked.</summary>
    public (long Used, long Available)? Space(Node folder)
    {
        if (folder.Source is PlainFolder) return Inbox!.Disk.Space() is var (usedInBytes, available) ? (usedInBytes, Math.Max(0, available - TreeWriter.ReserveInBytes)) : null;
        Volume? volume = folder.Source is DiskFolder disk ? disk.Volume : volumes.All.Count > 0 ? volumes.All[0] : null;
        if (volume is null) return null;
        try
        {
            DriveInfo drive = new(volume.Settings.Path);
            return (drive.TotalSize - drive.TotalFreeSpace, drive.AvailableFreeSpace);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static Node? Small(Node file, DerivativeKind kind)
    {
        if (file.Asset?.Preview is not { } preview || (file.Hash ?? (file.Source as DerivativeFile)?.Hash) is not { } hash) return null;
        return file.As(kind, hash, preview);
    }

    static Node Root { get; } = new() { Path = "/", IsFolder = true, Modified = Rows.Started, Source = new StaticFolder() };

    (SafeFileHandle, Node) Open(Node node, DerivativeFile small)
    {
        try
        {
            SafeFileHandle handle = File.OpenHandle(derivatives.PathOf(small.Hash, small.Kind.Name));
            long size = RandomAccess.GetLength(handle);
            return (handle, node with { SizeInBytes = size, ETag = Rows.SmallETag(small.Hash, small.Kind, small.Preview.Recipe, size) });
        }
        catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DerivativeGoneException(small.Preview.ContentId);
        }
    }

    /// <exception cref="FileFault">As <see cref="VolumeFiles.OpenRead"/>.</exception>
    (SafeFileHandle, Node) Open(Node node, PlainFile plain)
    {
        SafeFileHandle handle = Inbox!.Disk.OpenRead(plain.Path, out FileStat stat);
        return (handle, stat == plain.Stat ? node : node with
        {
            SizeInBytes = stat.SizeInBytes,
            Modified = Rows.Time(stat.ModifiedNs),
            ETag = Rows.WeakETag(stat.SizeInBytes, stat.ModifiedNs),
            Hash = null,
        });
    }

    /// <exception cref="FileFault">As <see cref="VolumeFiles.OpenRead"/>; but what is missing from a volume that is not right is away, not gone.</exception>
    (SafeFileHandle, Node) Open(Node node, DiskFile disk)
    {
        if (volumes.IsAway(disk.Volume)) throw new FileFault(RelativePath.Root, Native.Libc.ENOTCONN);
        using VolumeFiles files = new(disk.Volume.Settings.Path);
        if (IsStranger(disk.Volume, files)) throw new FileFault(RelativePath.Root, Native.Libc.ENOTCONN);
        SafeFileHandle handle = OpenRead(disk.Volume, files, disk.Path, out FileStat stat);
        // The change time too: a modification time can be set back after the bytes were changed.
        return (handle, (stat.SizeInBytes, stat.ModifiedNs, stat.ChangedNs) == (disk.SizeInBytes, disk.ModifiedNs, disk.ChangedNs) ? node : node with
        {
            SizeInBytes = stat.SizeInBytes,
            Modified = Rows.Time(stat.ModifiedNs),
            ETag = Rows.WeakETag(stat.SizeInBytes, stat.ModifiedNs),
            Hash = null,
        });
    }

    SafeFileHandle OpenRead(Volume volume, VolumeFiles files, RelativePath path, out FileStat stat)
    {
        try
        {
            return files.OpenRead(path, out stat);
        }
        catch (FileFault fault) when (fault.IsGone
            && (volumes.TrustIn(volume) is Trust.Suspect or Trust.Rejected || files.List(RelativePath.Root, out _).Count == 0 || IsUnmounted(volume, files, path.Folder)))
        {
            throw new FileFault(RelativePath.Root, Native.Libc.ENOTCONN);
        }
    }

    /// <summary>Another disk lies in the volume's place, and nobody had the time to say so yet. On network file systems inodes may be made up anew.</summary>
    bool IsStranger(Volume volume, VolumeFiles files) =>
        volumes.IdentityOf(volume) is { Kind: not VolumeKind.Network } known && files.StatFolder(RelativePath.Root) is { } root
        && (root.Inode != known.RootInode || (root.BornNs is { } born && known.RootBornNs is { } knownBorn && born != knownBorn));

    /// <summary>The folder lay on a file system mounted inside the volume, and that is not mounted now.</summary>
    bool IsUnmounted(Volume volume, VolumeFiles files, RelativePath folder)
    {
        using (Database.Reader reader = catalog.Read())
            if (!new TreeReader(reader.Connection).IsElsewhere(volume.Id, folder)) return false;
        FileStat? there;
        while ((there = files.StatFolder(folder)) is null && !folder.IsRoot) folder = folder.Folder;
        return there is { } nearest && files.StatFolder(RelativePath.Root) is { } root && nearest.Device == root.Device;
    }

    /// <summary>One content may lie in many places; the first that still holds it as it was read is good.</summary>
    (SafeFileHandle, Node) OpenAny(Node node, long contentId)
    {
        FileFault? fault = null;
        using Database.Reader reader = catalog.Read();
        foreach (DiskFile place in new TreeReader(reader.Connection).Places(contentId, volumes))
            try
            {
                (SafeFileHandle handle, Node found) = Open(node, place);
                if (found.Hash is not null) return (handle, found);
                handle.Dispose();
            }
            catch (FileFault error)
            {
                fault = error;
            }
        throw fault ?? Gone(node);
    }

    long? ContentOf(ContentHash hash)
    {
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).Content(hash);
    }

    static FileFault Gone(Node node) => new(RelativePath.FromBytes(System.Text.Encoding.UTF8.GetBytes(node.Name)), Native.Libc.ENOENT);
}

/// <summary>A small version was deleted from the cache; it can be made again from its content.</summary>
public sealed class DerivativeGoneException(long contentId) : IOException("This small version is being made again; try again in a moment.")
{
    public long ContentId => contentId;
}
