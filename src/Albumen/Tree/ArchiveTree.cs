using Albumen.Derivatives;
using Albumen.Organization;
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
/// <param name="shelves">Those of who writes albums; null where that is somebody else.</param>
public sealed class ArchiveTree(Database catalog, Volumes volumes, DerivativeStore derivatives, (PlainDisk Disk, InboxHashes Hashes, InboxReceipts Receipts)? inbox = null, TimeProvider? clock = null, Shelves? shelves = null)
{
    readonly IReadOnlyList<View> _views = View.All(volumes, inbox is var (disk, hashes, receipts) ? new(disk, hashes, receipts) : null, clock ?? TimeProvider.System, shelves ?? new());

    internal TimeProvider Clock { get; } = clock ?? TimeProvider.System;

    internal InboxView? Inbox => _views.OfType<InboxView>().SingleOrDefault();

    /// <summary>What a path names, or null. Names are found whatever their case and composition; the node has the stored name.</summary>
    /// <param name="path">Absolute, decoded, with or without a slash at its end.</param>
    public Node? Find(string path, Viewer viewer)
    {
        using Database.Reader reader = catalog.Read();
        TreeReader questions = Questions(reader, viewer);
        return Find(questions, path, viewer) is { } node ? questions.Dated(node) : null;
    }

    /// <summary>What a path names, and the folder that it lies in or would lie in.</summary>
    internal (Node? Node, Node? Folder) FindBoth(string path, Viewer viewer)
    {
        using Database.Reader reader = catalog.Read();
        TreeReader questions = Questions(reader, viewer);
        Node? node = Find(questions, path, viewer) is { } found ? questions.Dated(found) : null;
        questions.WithoutAges = true;
        return (node, Find(questions, TreePath.FolderOf(path) ?? "/", viewer));
    }

    /// <summary>Changes whenever what is found may.</summary>
    internal (long, long, long) Stamp => (catalog.Writes, Shadows?.Writes ?? 0, Blur?.Revision ?? 0);

    /// <summary>Where everybody has the line between blurred and clear; null: where it is as a rule.</summary>
    public BlurLines? Blur { get; init; }

    TreeReader Questions(Database.Reader reader, Viewer viewer) => new(reader.Connection) { Blur = Blur?.Of(viewer.Name) ?? BlurLine.Usual };

    Node? Find(TreeReader questions, string path, Viewer viewer)
    {
        _ = viewer;
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0) return Root;
        string key = EntryName.KeyOf(names[0]);
        if (_views.FirstOrDefault(v => EntryName.KeyOf(v.Name) == key) is not { } view) return null;
        bool mayCast = Shadows is { IsEmpty: false } && view.TakesShadows && names.Length > 1;
        // A desktop's droppings are no photo whatever the catalogue says, and asked for all the time.
        if (view.TakesShadows && PassingNames.IsJunk(names[^1])) return mayCast ? ShadowAt(questions, view, names, viewer) : null;
        return view.Find(questions, names.AsSpan(1)) ?? (mayCast ? ShadowAt(questions, view, names, viewer) : null);
    }

    /// <summary>A page of a folder's children.</summary>
    /// <param name="after">Null for the first page, then <see cref="Page.Next"/>.</param>
    public Page List(Node folder, string? after, int most, Detail detail, Viewer viewer)
    {
        using Database.Reader reader = catalog.Read();
        TreeReader questions = Questions(reader, viewer);
        if (folder.Path == "/") return Dated(new([.. _views.Where(v => v.IsShown(questions)).Select(v => v.Top)], null));
        View view = View.Of(_views, folder);
        Page page = Dated(view.List(questions, folder, new(after, most, detail)));
        if (page.Next is not null || !view.TakesShadows || Shadows is not { IsEmpty: false } shadows) return page;
        Node[] more = [.. shadows.In(viewer.Name, TreePath.KeyOf(folder.Path)).Select(s => ToNode(folder, s))
            // Nothing else has the name of a desktop's droppings, which there may be one of for each photo.
            .Where(n => PassingNames.IsJunk(n.Name) || view.Find(questions, n.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).AsSpan(1)) is null)];
        return more.Length == 0 ? page : new([.. page.Nodes, .. more], null);

        Page Dated(Page undated) => undated.Nodes.Any(TreeReader.IsUndated) ? undated with { Nodes = [.. undated.Nodes.Select(questions.Dated)] } : undated;
    }

    /// <summary>What lies in albums and tags besides photos; null for a tree that takes nothing of that.</summary>
    public Shadows? Shadows { get; init; }

    /// <summary>The photo or clip before or behind a file in its folder; null at the ends, and where photos are in no order.</summary>
    /// <param name="file">Null: the last one, or the first.</param>
    public Node? Beside(Node folder, Node? file, bool isNext, Viewer viewer)
    {
        if (folder.Path == "/") return null;
        using Database.Reader reader = catalog.Read();
        return View.Of(_views, folder).Beside(Questions(reader, viewer), folder, file, isNext);
    }

    /// <summary>What somebody said of a folder; null when nobody did.</summary>
    public FolderWords? Words(Node folder, Viewer viewer)
    {
        _ = viewer;
        if (folder.Path == "/") return null;
        using Database.Reader reader = catalog.Read();
        return View.Of(_views, folder).Words(new TreeReader(reader.Connection), folder);
    }

    /// <summary>Says of files of which only the bytes are known, such as receipts, which photo or clip they are.</summary>
    public IReadOnlyList<Node> Illustrate(IReadOnlyList<Node> nodes, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).Illustrate(nodes);
    }

    /// <summary>The picture that stands for a folder: the one that was chosen, or the first that is found in it or below. Null when that takes long.</summary>
    public Node? Cover(Node folder, Viewer viewer)
    {
        if (folder.Source is AlbumFolder { Album.Cover: { } chosen })
        {
            using Database.Reader reader = catalog.Read();
            if (new TreeReader(reader.Connection).Photo(folder, chosen) is { Asset.Preview: not null } cover) return cover;
        }
        const int MostListings = 12, PerListing = 24, PerFolder = 4;
        Stack<Node> folders = new([folder]);
        for (int listings = 0; listings < MostListings && folders.TryPop(out Node? at); listings++)
        {
            IReadOnlyList<Node> nodes = Illustrate(List(at, null, PerListing, Detail.Pictures, viewer).Nodes, viewer);
            if (nodes.FirstOrDefault(n => n.Asset?.Preview is not null) is { } picture) return picture;
            foreach (Node inside in nodes.Where(n => n.IsFolder).Take(PerFolder).Reverse()) folders.Push(inside);
        }
        return null;
    }

    /// <summary>Where else a file's photo stands, and what is wrong with it.</summary>
    public Whereabouts WhereaboutsOf(Node file, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        TreeReader questions = new(reader.Connection);
        if (file.Asset is not { Uid: var uid })
            return file.Source is DiskFile disk ? Whereabouts.Nowhere with { Problems = questions.ProblemsOf(disk) } : Whereabouts.Nowhere;
        return new(
            questions.Copies(uid, volumes.All.Select(v => v.Id)), questions.TimelinePath(uid), questions.FacetPaths(uid),
            _views.OfType<AlbumsView>().Single().Holding(questions, uid), questions.ProblemsOf(uid));
    }

    /// <summary>The photos that have these bytes now, of which a copy is present.</summary>
    internal IReadOnlyDictionary<ContentHash, string> AssetsOf(IReadOnlyCollection<ContentHash> hashes)
    {
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).AssetsOf(hashes);
    }

    /// <inheritdoc cref="TreeReader.Held"/>
    internal string? Held(ContentHash hash)
    {
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).Held(hash, volumes, Clock.GetUtcNow());
    }

    /// <summary>Whether the library has a file of this length.</summary>
    internal bool HasSize(long sizeInBytes)
    {
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).HasSize(sizeInBytes);
    }

    /// <summary>What a photo is called in an album; null when it is not in it.</summary>
    internal string? NameIn(Organization.Album album, string asset)
    {
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).NameIn(album, asset);
    }

    /// <summary>What a photo is called where those of many days are together; null while it has no place in the timeline.</summary>
    internal string? SetName(string asset)
    {
        using Database.Reader reader = catalog.Read();
        return new TreeReader(reader.Connection).SetName(asset);
    }

    /// <summary>Where a photo lies in the trash; null when it does not.</summary>
    internal Node? Trashed(string asset, Viewer viewer)
    {
        string? path;
        using (Database.Reader reader = catalog.Read()) path = new TreeReader(reader.Connection).TrashPath(asset);
        return path is null ? null : Find(path, viewer);
    }

    /// <summary>Where a photo stands in the timeline; null while it does not.</summary>
    internal Node? InTimeline(string asset, Viewer viewer)
    {
        string? path;
        using (Database.Reader reader = catalog.Read()) path = new TreeReader(reader.Connection).TimelinePath(asset);
        return path is null ? null : Find(path, viewer);
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
            case ShadowFile { Shadow.File: { } bytes }:
                return (Shadows!.Disk.OpenRead(RelativePath.Parse(bytes), out _), file);
            case AliasFile { Real: var real }:
                (SafeFileHandle handle, Node there) = Open(real, viewer);
                return (handle, there with { Path = file.Path });
            case ReceiptFile { Receipt: var receipt }:
                return OpenAny(file, ContentOf(receipt.Sha256) ?? throw Gone(file));
            default:
                throw new InvalidOperationException($"{file.Path} is a folder.");
        }
    }

    /// <summary>The 320 px WebP of a photo or clip, as a file of its own; null where there is none. Its length is known once it is open.</summary>
    public static Node? Thumbnail(Node file) => Small(file, new Thumbnail());

    /// <summary>The 2048 px JPEG, likewise.</summary>
    public static Node? Preview(Node file) => file.Asset is { } asset ? Small(file, asset.Picture) : null;

    /// <summary>The clip that is played in the place of one, as a file of its own; null where there is none. What need not be made is the clip itself.</summary>
    public static Node? Proxy(Node file) => file is { Asset.Proxy: { } proxy, Hash: { } hash } ? proxy.File is { } made ? file.As(new Proxy(), hash, made) : file : null;

    /// <summary>A small version of a content, as a file of its own; null while there is none.</summary>
    public Node? Derivative(ContentHash hash, string kind)
    {
        if (DerivativeKind.All.FirstOrDefault(k => k.Name == kind) is not { } known) return null;
        using Database.Reader reader = catalog.Read();
        if (DerivativeStore.Find(reader.Connection, hash, kind) is not var (content, state, recipe, size) || state is not "made" and not "dropped") return null;
        return new Node { Path = $"/{hash}.{kind}", IsFolder = false, Modified = File.GetLastWriteTimeUtc(derivatives.PathOf(hash, kind)) }.As(known, hash, new(content, recipe, size));
    }

    /// <summary>Another text whenever the thumbnail or the preview of a file may look otherwise; null where there are none.</summary>
    public static string? PictureVersion(Node file) => file.Asset?.Preview is { } preview && (file.Hash ?? (file.Source as DerivativeFile)?.Hash) is { } hash
        ? $"{hash.ToString()[..16]}-{preview.Recipe}.{ThumbnailRecipe}-{preview.SizeInBytes:x}"
        : null;

    static readonly int ThumbnailRecipe = new Thumbnail().Recipe;

    /// <summary>Used and available bytes of the disk a folder lies on, for the inbox less what we keep for ourselves; for folders of no volume, the first one's. Null when it cannot be asked.</summary>
    public DiskSpace? Space(Node folder)
    {
        if (folder.Source is PlainFolder) return Inbox!.Disk.Space() is { } space ? space with { Available = Math.Max(0, space.Available - TreeWriter.ReserveInBytes) } : null;
        Volume? volume = folder.Source is DiskFolder disk ? disk.Volume : volumes.All.Count > 0 ? volumes.All[0] : null;
        return volume is null ? null : DiskSpace.Of(volume.Settings.Path);
    }

    /// <summary>What this person's programs have left at a path where no photo is.</summary>
    Node? ShadowAt(TreeReader reader, View view, string[] names, Viewer viewer)
    {
        string[] above = names[1..^1];
        reader.WithoutAges = true;
        if (view.Find(reader, above) is not { IsFolder: true } folder || Shadows!.Find(viewer.Name, TreePath.KeyOf(folder.Path), EntryName.KeyOf(names[^1])) is not { } shadow) return null;
        if (shadow.Kind is ShadowKind.Passing or ShadowKind.Empty) return ToNode(folder, shadow);
        if (shadow.Kind is not ShadowKind.Photo) return null;
        string? name = folder.Source is AlbumFolder { Album: var album } ? reader.NameIn(album, shadow.Asset!) : reader.SetName(shadow.Asset!);
        return name is not null && view.Find(reader, [.. above, name]) is { } real && real.Asset?.Uid == shadow.Asset ? real with { Path = folder.Child(shadow.Name), Source = new AliasFile(real, shadow) } : null;
    }

    static Node ToNode(Node folder, Shadow shadow) => new(folder.Path, shadow.Name)
    {
        IsFolder = false,
        SizeInBytes = shadow.SizeInBytes,
        Modified = Rows.Time(shadow.ModifiedNs),
        MediaType = Catalog.Metadata.MediaType.MimeOf(shadow.Name),
        Hash = shadow.Hashes?.Sha256,
        Source = new ShadowFile(shadow),
    };

    static Node? Small(Node file, DerivativeKind kind)
    {
        if (file.Asset?.Preview is not { } preview || (file.Hash ?? (file.Source as DerivativeFile)?.Hash) is not { } hash) return null;
        return file.As(kind, hash, preview);
    }

    static Node Root { get; } = new() { Path = "/", IsFolder = true, Modified = Rows.Started, Source = new StaticFolder() };

    (SafeFileHandle, Node) Open(Node node, DerivativeFile small)
    {
        derivatives.Use.Note(small.Preview.ContentId, small.Kind.Name);
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
