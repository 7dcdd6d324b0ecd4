using Albumen.Organization;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>Questions about albums.</summary>
sealed partial class TreeReader
{
    /// <summary>Albums, smart albums and tags that exist by themselves as they are now.</summary>
    public Shelf Shelf(Shelves shelves) => _shelf ??= shelves.Now(connection);

    Shelf? _shelf;

    /// <summary>Nobody wants to know when an album was changed.</summary>
    public bool WithoutAges { get; set; }

    /// <summary>The folders of albums. Each was changed when the last operation changed it, or what is in it.</summary>
    public IReadOnlyList<Node> Albums(Node parent, IReadOnlyList<Album> albums) => Albums(parent, albums, album => album.Name, album => new AlbumFolder(album));

    /// <param name="nameOf">What each is called there.</param>
    public IReadOnlyList<Node> Albums(Node parent, IReadOnlyList<Album> albums, Func<Album, string> nameOf, Func<Album, Source> sourceOf)
    {
        Dictionary<string, long> changed = WithoutAges ? [] : connection.Query<(string, long)>($"""
            SELECT a.value, o.at FROM {Dialect.JsonItems("@ids")} a
            JOIN operation o ON o.number = (SELECT max(c.operation) FROM change c WHERE c.asset = a.value AND c.kind IN (5, 6))
            """, new { ids = Dialect.JsonArray(albums.Select(a => a.Id)) }).ToDictionary(a => a.Item1, a => a.Item2);
        return [.. albums.Select(album => Folder(parent.Child(nameOf(album)), changed.GetValueOrDefault(album.Id) * (Rows.Second / 1000), sourceOf(album)))];
    }

    /// <summary>The folder of a smart album; changed when its definition was.</summary>
    public IReadOnlyList<Node> Smart(Node parent, IEnumerable<(SmartAlbum Album, PhotoSet Set)> albums)
    {
        Dictionary<string, long> changed = connection.Query<(string, long)>("SELECT c.asset, max(o.at) FROM change c JOIN operation o ON o.number = c.operation WHERE c.kind IN (5, 7, 8) AND c.kind = 7 GROUP BY c.asset")
            .ToDictionary(a => a.Item1, a => a.Item2);
        return [.. albums.Select(a => Folder(parent.Child(a.Album.Name), changed.GetValueOrDefault(a.Album.Id) * (Rows.Second / 1000), new SetFolder(a.Set, "")))];
    }

    /// <param name="name">However a client writes it.</param>
    public Node? AlbumEntry(Node folder, Album album, string name)
    {
        List<Node> nodes = [];
        ReadAlbum(folder, album, "s.field = @key", EntryName.KeyOf(name), 1, Detail.Facts, nodes);
        return nodes.SingleOrDefault();
    }

    /// <summary>What a photo is called in an album; null when it is not in it.</summary>
    public string? NameIn(Album album, string asset) => connection.QueryFirstOrDefault<string?>($"""
        SELECT {Dialect.Json("s.value", "name")} FROM statement s WHERE {Dialect.Json("s.value", "asset")} = @asset AND +s.asset = @album AND s.kind = 6
        """, new { asset, album = album.Id });

    /// <summary>Whether a file of this length is known: what is of another length is new for sure.</summary>
    public bool HasSize(long sizeInBytes) => connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM content WHERE size_in_bytes = @sizeInBytes)", new { sizeInBytes });

    /// <inheritdoc cref="Subfolders"/>
    public string? AlbumEntries(Node folder, Album album, string after, int most, Detail detail, List<Node> nodes) =>
        most <= 0 ? after : ReadAlbum(folder, album, "s.field > @key", after, most, detail, nodes);

    string? ReadAlbum(Node folder, Album album, string condition, string key, int most, Detail detail, List<Node> nodes) => ReadPhotos(folder, $"""
        SELECT {Dialect.Json("s.value", "name")}, s.field, {PhotoColumns(detail)}
        FROM statement s CROSS JOIN asset a ON a.uid = {Dialect.Json("s.value", "asset")} JOIN content c ON c.id = a.content_id {PreviewTable(detail)}
        WHERE s.asset = @album AND s.kind = 6 AND a.trashed IS NULL AND {condition} ORDER BY s.field LIMIT @most
        """, most, detail, nodes, ("@album", album.Id), ("@key", key), ("@most", most));

    /// <summary>A folder that no file or operation tells the age of.</summary>
    public static Node Computed(Node parent, string name, Source source) => Folder(parent.Child(name), 0, source);
}
