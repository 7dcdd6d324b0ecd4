using Albumen.Organization;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary>
/// <c>/Trash/2026-11/…</c>: the photos that were put into the trash in that month, and <c>/Trash/Albums/&lt;album&gt;/…</c>: deleted albums with what is in them.
/// Whatever is moved out is restored.
/// </summary>
sealed class TrashView(Shelves shelves) : FacetView(Facets.Trash)
{
    const string Albums = "Albums";

    protected override FolderKind Kind => FolderKind.Trash;

    public override bool IsShown(TreeReader reader) => true;

    public override Node? Find(TreeReader reader, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty || EntryName.KeyOf(names[0]) != EntryName.KeyOf(Albums)) return base.Find(reader, names);
        if (names.Length == 1) return Deleted;
        string key = EntryName.From(names[1]).Key;
        if (InTrash(reader).FirstOrDefault(a => a.Name.Key == key) is not { Album: { } album, Name.Name: var name }) return null;
        Node node = NodeOf(reader, Deleted, album, name);
        for (int i = 2; i < names.Length; i++)
        {
            key = EntryName.From(names[i]).Key;
            if (album.Children.FirstOrDefault(a => a.Key == key) is not { } child) return i == names.Length - 1 ? reader.AlbumEntry(node, album, names[i]) : null;
            (node, album) = (NodeOf(reader, node, child, child.Name), child);
        }
        return node;
    }

    public override Page List(TreeReader reader, Node folder, PageRequest page)
    {
        if (folder.Source is SetFolder) return base.List(reader, folder, page);
        (bool inFiles, string key) = page.Mark;
        if (folder.Path == Top.Path)
        {
            Page months = base.List(reader, folder, page);
            return months.Next is null && InTrash(reader).Count > 0 ? months with { Nodes = [.. months.Nodes, Deleted] } : months;
        }
        if (folder.Source is not TrashedAlbum { Album.Id: var id })
        {
            Dictionary<Album, string> names = InTrash(reader).Where(a => string.CompareOrdinal(a.Name.Key, key) > 0).OrderBy(a => a.Name.Key, StringComparer.Ordinal).Take(page.Most)
                .ToDictionary(a => a.Album, a => a.Name.Name);
            return new(reader.Albums(folder, [.. names.Keys], album => names[album], album => new TrashedAlbum(album)), names.Count == page.Most ? "d" + EntryName.KeyOf(names.Values.Last()) : null);
        }
        if (reader.Shelf(shelves).Album(id) is not { IsInTrash: true } now) return new([], null);
        List<Node> nodes = [];
        if (!inFiles)
        {
            Album[] children = [.. now.Children.Where(a => string.CompareOrdinal(a.Key, key) > 0).Take(page.Most)];
            nodes.AddRange(reader.Albums(folder, children, album => album.Name, album => new TrashedAlbum(album)));
            if (children.Length == page.Most) return new(nodes, "d" + children[^1].Key);
            key = "";
        }
        string? next = reader.AlbumEntries(folder, now, key, page.Most - nodes.Count, page.Detail, nodes);
        return new(nodes, next is null ? null : "f" + next);
    }

    Node Deleted => new() { Path = Top.Child(Albums), IsFolder = true, Modified = Rows.Started, Source = new StaticFolder(FolderKind.Trash) };

    static Node NodeOf(TreeReader reader, Node parent, Album album, string name) => reader.Albums(parent, [album], _ => name, a => new TrashedAlbum(a))[0];

    /// <summary>Those that were deleted themselves, the first first; of several with one name the others get more of their ids.</summary>
    List<(Album Album, EntryName Name)> InTrash(TreeReader reader)
    {
        HashSet<string> given = [];
        List<(Album, EntryName)> named = [];
        foreach (Album album in reader.Shelf(shelves).Albums.Where(a => a.Trashed is not null).OrderBy(a => a.Trashed, StringComparer.Ordinal).ThenBy(a => a.Id, StringComparer.Ordinal))
        {
            EntryName free = EntryName.From(album.Title).Free(album.Id[16..], given.Contains);
            given.Add(free.Key);
            named.Add((album, free));
        }
        return named;
    }
}
