using Albumen.Organization;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>Questions of those who look through pictures: which is next to one, where else it stands, what it shows where only its bytes are known.</summary>
sealed partial class TreeReader
{
    /// <summary>Sorts behind every key.</summary>
    const string BehindAll = "\U0010FFFF";

    const int MostPlaces = 20;

    /// <summary>The key of a file of a volume in its folder.</summary>
    public string? KeyOf(DiskFolder folder, DiskFile file) => connection.QuerySingleOrDefault<string?>(
        "SELECT entry_key FROM location WHERE folder_id = @folder AND name = @name", new { folder = folder.FolderId, name = file.Name });

    /// <summary>The photo or clip before or behind a key; without one, the last or the first.</summary>
    public Node? FileBeside(DiskFolder folder, Node parent, string? key, bool isNext)
    {
        List<Node> nodes = [];
        ReadFiles(folder, parent, $"""
            l.entry_key = (
              SELECT n.entry_key FROM location n CROSS JOIN content d ON d.id = n.content_id
              WHERE n.folder_id = @folder AND n.entry_key {Beyond(isNext)} @key AND n.missing_since IS NULL AND d.asset_id IS NOT NULL
              ORDER BY n.entry_key {Order(isNext)} LIMIT 1)
            """, Start(key, isNext), 1, Detail.Pictures, nodes);
        return nodes.SingleOrDefault();
    }

    /// <inheritdoc cref="FileBeside"/>
    public Node? TimelineBeside(Node folder, string name, string? key, bool isNext)
    {
        List<Node> nodes = [];
        ReadTimeline(folder, name, $"""
            e.entry_key = (
              SELECT n.entry_key FROM timeline_entry n CROSS JOIN asset b ON b.id = n.asset_id
              WHERE n.folder = @name AND n.entry_key {Beyond(isNext)} @key AND {IsThere} AND {InStack.IsShown("b")} ORDER BY n.entry_key {Order(isNext)} LIMIT 1)
            """, Start(key, isNext), 1, Detail.Pictures, nodes);
        return nodes.SingleOrDefault();
    }

    /// <inheritdoc cref="FileBeside"/>
    public Node? AlbumBeside(Node folder, Album album, string? key, bool isNext)
    {
        List<Node> nodes = [];
        ReadAlbum(folder, album, $"""
            s.field = (
              SELECT n.field FROM statement n CROSS JOIN asset b ON b.uid = {Dialect.Json("n.value", "asset")}
              WHERE n.asset = @album AND n.kind = 6 AND n.field {Beyond(isNext)} @key AND {IsThere} ORDER BY n.field {Order(isNext)} LIMIT 1)
            """, Start(key, isNext), 1, Detail.Pictures, nodes);
        return nodes.SingleOrDefault();
    }

    /// <inheritdoc cref="FileBeside"/>
    /// <param name="at">The place in the timeline instead of a key.</param>
    public Node? SetBeside(Node folder, PhotoSet set, Stretch stretch, (string Folder, string Key)? at, bool isNext)
    {
        (string from, string where, string place, (string Name, object Value)[] given) = Sql(set);
        (string first, string end) = stretch.Range;
        (string day, string key) = at ?? (isNext ? ("", "") : (BehindAll, ""));
        if (at is not null) (first, end) = isNext ? (day, end) : (first, day + "\0");
        DynamicParameters parameters = new();
        foreach ((string name, object value) in given) parameters.Add(name, value);
        parameters.AddDynamicParams(new { first, end, day, key });
        return connection.Query<(string Folder, string Key)?>($"""
            SELECT {place}.folder, {place}.entry_key FROM {from}
            WHERE {where} AND {place}.folder >= @first AND {place}.folder < @end AND ({place}.folder, {place}.entry_key) {Beyond(isNext)} (@day, @key) AND {IsPresent}
            ORDER BY {place}.folder {Order(isNext)}, {place}.entry_key {Order(isNext)} LIMIT 1
            """, parameters).SingleOrDefault() is var (itsDay, itsKey) ? SetEntry(folder, set, itsDay, itsKey) : null;
    }

    /// <summary>A photo by its id, as if it lay in a folder; null when no copy of it is present.</summary>
    public Node? Photo(Node folder, string uid)
    {
        List<Node> nodes = [];
        ReadPhotos(folder, $"""
            SELECT a.name, a.uid, {PhotoColumns(Detail.Pictures)} FROM asset a JOIN content c ON c.id = a.content_id {PreviewTable(Detail.Pictures)} WHERE a.uid = @uid
            """, 1, Detail.Pictures, nodes, ("@uid", uid));
        return nodes.SingleOrDefault();
    }

    /// <summary>Says of files whose bytes are those of a photo or clip what it is: receipts, and what lies in the inbox although it is known.</summary>
    public IReadOnlyList<Node> Illustrate(IReadOnlyList<Node> nodes)
    {
        const int PerQuery = 500;
        if (!nodes.Any(LacksAsset)) return nodes;
        Dictionary<ContentHash, AssetInTree> assets = [];
        foreach (Node[] some in nodes.Where(LacksAsset).Chunk(PerQuery))
            foreach ((byte[] hash, string uid, string kind, string mime, string facts, long content, long? recipe, long? size) in connection.Query<(byte[], string, string, string, string, long, long?, long?)>("""
                SELECT c.sha256, a.uid, c.kind, c.mime, a.facts, c.id, p.recipe, p.size_in_bytes FROM content c JOIN asset a ON a.id = c.asset_id AND a.content_id = c.id
                LEFT JOIN derivative p ON p.content_id = c.id AND p.kind IN ('preview', 'poster') WHERE c.sha256 IN @hashes
                """, new { hashes = some.Select(n => n.Hash!.Value.ToBytes()) }))
                assets[ContentHash.FromBytes(hash)] = new(uid, kind, mime, recipe is null ? null : new(content, recipe.Value, size!.Value), facts, null);
        return [.. nodes.Select(n => LacksAsset(n) && assets.TryGetValue(n.Hash!.Value, out AssetInTree? asset) ? n with { Asset = asset } : n)];

        static bool LacksAsset(Node node) => node is { IsFolder: false, Asset: null, Hash: not null };
    }

    /// <summary>The folders of the library in which copies of a photo lie, with the copies' names.</summary>
    public IReadOnlyList<string> Copies(string uid, IEnumerable<long> volumes) =>
        [.. connection.Query<string>($"""
            SELECT '/Folders/' || {EntryPath.Of("l.folder_id")} || '/' || l.entry_name
            FROM asset a JOIN location l ON l.content_id = a.content_id JOIN folder f ON f.id = l.folder_id
            WHERE a.uid = @uid AND l.missing_since IS NULL AND f.volume_id IN @volumes ORDER BY f.volume_id, f.path, l.name LIMIT @most
            """, new { uid, volumes, most = MostPlaces })];

    /// <summary>Where a photo, or the one it stands behind, is in the timeline; null while it has no place there.</summary>
    public string? TimelinePath(string uid) => connection.Query<(string Folder, string Year, string Name)?>("""
        SELECT e.folder, f.year, e.entry_name FROM asset a LEFT JOIN stack_member s ON s.asset_id = a.id
        JOIN timeline_entry e ON e.asset_id = coalesce(s.cover_id, a.id) JOIN timeline_folder f ON f.name = e.folder WHERE a.uid = @uid
        """, new { uid }).SingleOrDefault() is var (folder, year, name)
        ? year.Length == 0 ? $"/Timeline/{folder}/{name}" : $"/Timeline/{year}/{TimelineView.ShownName(folder, year)}/{name}"
        : null;

    /// <summary>The folders of the views of facts in which a photo stands: <c>/Tags/Animals/Dog</c>.</summary>
    public IReadOnlyList<string> FacetPaths(string uid) =>
        [.. connection.Query<string>("SELECT '/' || f.view || '/' || f.path FROM asset a JOIN facet f ON f.asset_id = a.id WHERE a.uid = @uid ORDER BY f.view, f.key", new { uid })];

    /// <summary>The albums, by their ids, that a photo was put into, and its name in each.</summary>
    public IReadOnlyList<(string Album, string Name)> AlbumsOf(string uid) =>
        [.. connection.Query<(string, string)>($"SELECT s.asset, {Dialect.Json("s.value", "name")} FROM statement s WHERE {Dialect.Json("s.value", "asset")} = @uid AND s.kind = 6", new { uid })];

    /// <summary>What is wrong with a file, in words for a person.</summary>
    public IReadOnlyList<string> ProblemsOf(DiskFile file) =>
        [.. connection.Query<string>("SELECT message FROM problem WHERE volume = @volume AND path = @path ORDER BY id", new { volume = file.Volume.Name, path = file.Path.ToString() })];

    /// <summary>What is wrong with the files of a photo.</summary>
    public IReadOnlyList<string> ProblemsOf(string uid) =>
        [.. connection.Query<string>("""
            SELECT DISTINCT p.message FROM asset a JOIN location l ON l.content_id = a.content_id JOIN problem p ON p.folder_id = l.folder_id AND p.name = l.name
            WHERE a.uid = @uid AND l.missing_since IS NULL LIMIT @most
            """, new { uid, most = MostPlaces })];

    const string IsThere = "EXISTS (SELECT 1 FROM location x WHERE x.content_id = b.content_id AND x.missing_since IS NULL)";

    static string Beyond(bool isNext) => isNext ? ">" : "<";

    static string Order(bool isNext) => isNext ? "" : "DESC";

    static string Start(string? key, bool isNext) => key ?? (isNext ? "" : BehindAll);
}
