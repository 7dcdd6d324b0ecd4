using Albumen.Catalog.Metadata;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary><c>/Inbox/…</c>: a plain disk. What is on it is what is shown, whoever put it there, and the receipts of what was taken in; names are as they were given, composed (NFC).</summary>
sealed class InboxView(PlainDisk disk, InboxHashes hashes, InboxReceipts receipts) : View
{
    // The folder that is being listed page by page: a later page comes from what the first one saw.
    volatile Listing? _last;

    public override string Name => "Inbox";

    protected override FolderKind Kind => FolderKind.Inbox;

    protected override Source TopSource => new PlainFolder(RelativePath.Root);

    public PlainNames Names { get; } = new(disk);

    public PlainDisk Disk => disk;

    public InboxReceipts Receipts => receipts;

    public override Node? Find(TreeReader reader, ReadOnlySpan<string> names)
    {
        Node node = Top;
        foreach (string name in names)
        {
            if (node.Source is not PlainFolder folder) return null;
            if (Names.Find(folder.Path, name) is not { } onDisk || disk.Find(folder.Path.Child(onDisk)) is not { } found)
            {
                // Asked after the disk: the receipt is written before the file goes.
                if (receipts.Find(TreePath.KeyOf(node.Path), EntryName.KeyOf(name)) is not { } receipt) return null;
                node = ToNode(node, folder.Path, receipt) with { Asset = reader.Assets([receipt.Asset], Detail.Facts).GetValueOrDefault(receipt.Asset) };
                continue;
            }
            node = ToNode(node, folder.Path.Child(onDisk), PlainNames.Shown(onDisk), found.Stat, found.IsFolder, known: null);
        }
        if (names.IsEmpty) return disk.Find(RelativePath.Root) is { } root ? node with { Modified = Rows.Time(root.Stat.ModifiedNs) } : node;
        return node.Source is PlainFile file ? WithHashes(node, file, hashes.Of([file.Stat])) : node;
    }

    public override Page List(TreeReader reader, Node folder, PageRequest page)
    {
        PlainFolder place = (PlainFolder)folder.Source;
        Listing listing = page.After is not null && _last is { } last && last.Folder == place.Path ? last : Read(place.Path, TreePath.KeyOf(folder.Path));
        (bool inFiles, string key) = page.Mark;
        int first = page.After is null ? 0 : listing.After(inFiles, key);
        Entry[] entries = listing.Entries[first..Math.Min(listing.Entries.Length, first + page.Most)];
        bool isEnd = first + entries.Length == listing.Entries.Length;
        _last = isEnd ? null : listing;

        IReadOnlyDictionary<long, FileHashes> known = hashes.Of([.. entries.Where(e => e is { IsFolder: false, Receipt: null }).Select(e => e.Stat)]);
        IReadOnlyDictionary<string, AssetInTree> assets = reader.Assets([.. entries.Where(e => e.Receipt is not null).Select(e => e.Receipt!.Asset)], page.Detail);
        List<Node> nodes = new(entries.Length);
        foreach (Entry entry in entries)
        {
            if (entry.Receipt is { } receipt)
            {
                nodes.Add(ToNode(folder, place.Path, receipt) with { Asset = assets.GetValueOrDefault(receipt.Asset) });
                continue;
            }
            // A folder's times are not told by the folder it lies in.
            FileStat stat = entry.IsFolder ? disk.Find(place.Path.Child(entry.OnDisk))?.Stat ?? entry.Stat : entry.Stat;
            nodes.Add(ToNode(folder, place.Path.Child(entry.OnDisk), entry.Name, stat, entry.IsFolder, known));
        }
        return new(nodes, isEnd ? null : (entries[^1].IsFolder ? "d" : "f") + entries[^1].Key);
    }

    Listing Read(RelativePath folder, string folderKey)
    {
        List<Entry> entries = [];
        HashSet<string> keys = [];
        foreach (FolderEntry entry in disk.List(folder))
        {
            if (entry.Kind is not (EntryKind.File or EntryKind.Folder) || entry.Fault != 0) continue;
            string name = PlainNames.Shown(entry.Name), key = EntryName.KeyOf(name);
            if (!keys.Add(key)) key = EntryName.TwinKeyOf(name);
            entries.Add(new(key, name, entry.Name, entry.Stat, entry.Kind == EntryKind.Folder, null));
        }
        foreach (Receipt receipt in receipts.In(folderKey))
            if (keys.Add(receipt.Key)) entries.Add(new(receipt.Key, receipt.Name, [], default, false, receipt));
        entries.Sort();
        return new(folder, [.. entries]);
    }

    static Node ToNode(Node parent, RelativePath path, string name, FileStat stat, bool isFolder, IReadOnlyDictionary<long, FileHashes>? known)
    {
        if (isFolder) return new(parent.Path, name) { IsFolder = true, Modified = Rows.Time(stat.ModifiedNs), MediaType = "httpd/unix-directory", Source = new PlainFolder(path) };
        PlainFile file = new(path, stat, null);
        Node node = new(parent.Path, name)
        {
            IsFolder = false,
            SizeInBytes = stat.SizeInBytes,
            Modified = Rows.Time(stat.ModifiedNs),
            MediaType = MediaType.MimeOf(name),
            Source = file,
            ETag = known?.ContainsKey(stat.Inode) is true ? null : Rows.WeakETag(stat.SizeInBytes, stat.ModifiedNs),
        };
        return known is null ? node : WithHashes(node, file, known);
    }

    static Node ToNode(Node parent, RelativePath folder, Receipt receipt) => new(parent.Path, receipt.Name)
    {
        IsFolder = false,
        SizeInBytes = receipt.SizeInBytes,
        Modified = Rows.Time(receipt.ModifiedNs),
        MediaType = MediaType.MimeOf(receipt.Name),
        Hash = receipt.Sha256,
        Source = new ReceiptFile(folder, receipt),
    };

    static Node WithHashes(Node node, PlainFile file, IReadOnlyDictionary<long, FileHashes> known) =>
        known.TryGetValue(file.Stat.Inode, out FileHashes? hashes) ? node with { ETag = null, Hash = hashes.Sha256, Source = file with { Hashes = hashes } } : node;

    readonly record struct Entry(string Key, string Name, byte[] OnDisk, FileStat Stat, bool IsFolder, Receipt? Receipt) : IComparable<Entry>
    {
        // Folders first, then by key, as everywhere in the tree.
        public int CompareTo(Entry other) => IsFolder != other.IsFolder ? (IsFolder ? -1 : 1) : string.CompareOrdinal(Key, other.Key);
    }

    sealed record Listing(RelativePath Folder, Entry[] Entries)
    {
        public int After(bool inFiles, string key)
        {
            int at = Array.BinarySearch(Entries, new(key, "", [], default, !inFiles, null));
            return at < 0 ? ~at : at + 1;
        }
    }
}
