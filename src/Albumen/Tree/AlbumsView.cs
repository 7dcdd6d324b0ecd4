using Albumen.Organization;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary><c>/Albums/&lt;album&gt;/&lt;album&gt;/…</c>: what people put together, each photo under the name that was decided when it came in.</summary>
sealed class AlbumsView(Shelves shelves) : View
{
    public override string Name => "Albums";

    public override bool TakesShadows => true;

    protected override FolderKind Kind => FolderKind.Albums;

    public override Node? Find(TreeReader reader, ReadOnlySpan<string> names)
    {
        if (names.IsEmpty) return Top;
        Shelf shelf = reader.Shelf(shelves);
        // A name that had to be made legal is found by what was asked for, too.
        names = Legal(names);
        if (shelf.At(names) is { } album) return NodeOf(reader, album);
        return names.Length > 1 && shelf.At(names[..^1]) is { } folder ? reader.AlbumEntry(Top with { Path = $"{Top.Path}/{folder.Path}" }, folder, names[^1]) : null;
    }

    public override Page List(TreeReader reader, Node folder, PageRequest page)
    {
        // As it is now: the node may have been found a while ago.
        Shelf shelf = reader.Shelf(shelves);
        Album? album = folder.Source is AlbumFolder { Album: var found } ? shelf.Album(found.Id) : null;
        if (album is null && folder.Source is AlbumFolder) return new([], null);
        (bool inFiles, string key) = page.Mark;
        List<Node> nodes = [];
        if (!inFiles)
        {
            Album[] children = [.. shelf.Inside(album).Where(a => string.CompareOrdinal(a.Key, key) > 0).Take(page.Most)];
            nodes.AddRange(reader.Albums(folder, children));
            if (children.Length == page.Most) return new(nodes, "d" + children[^1].Key);
            key = "";
        }
        string? next = album is null ? null : reader.AlbumEntries(folder, album, key, page.Most - nodes.Count, page.Detail, nodes);
        return new(nodes, next is null ? null : "f" + next);
    }

    public override Node? Beside(TreeReader reader, Node folder, Node? file, bool isNext) =>
        folder.Source is AlbumFolder { Album: var album } ? reader.AlbumBeside(folder, album, file is null ? null : EntryName.KeyOf(file.Name), isNext) : null;

    public override FolderWords? Words(TreeReader reader, Node folder) =>
        folder.Source is AlbumFolder { Album: var album } ? new(album.Title, album.Description, null) : null;

    /// <summary>The paths that a photo has in albums.</summary>
    public IReadOnlyList<string> Holding(TreeReader reader, string uid)
    {
        Shelf shelf = reader.Shelf(shelves);
        return [.. from entry in reader.AlbumsOf(uid)
                   let album = shelf.Album(entry.Album)
                   where album is { IsInTrash: false }
                   select $"{Top.Path}/{album.Path}/{entry.Name}" into path
                   orderby path
                   select path];
    }

    Node NodeOf(TreeReader reader, Album album)
    {
        Node parent = Top;
        // Of those above it only the names count.
        if (album.Parent is { } above) parent = parent with { Path = $"{Top.Path}/{above.Path}" };
        return reader.Albums(parent, [album])[0];
    }
}
