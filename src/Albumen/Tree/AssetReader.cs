using System.Data.Common;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Organization;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>A photo or clip that was asked for by its id or by a query.</summary>
/// <param name="FactsJson">The effective facts as the API shows them.</param>
/// <param name="Derivatives">Kinds that exist, in alphabetical order.</param>
/// <param name="Path">Where its first copy lies in the tree; null when none is there.</param>
/// <param name="MissingSince">When the last copy of any of its contents vanished, in seconds since 1970; null while one is there.</param>
/// <param name="Stack">What it is in its stack; null where it is in none.</param>
public sealed record FoundAsset(
    long Id, string Uid, string Kind, string Mime, string FactsJson, IReadOnlyList<string> Derivatives, ContentHash Hash, long SizeInBytes, string? Path, long? MissingSince, InStack? Stack = null)
{
    /// <summary>See <see cref="Analysis.Sharpness"/>; null while its picture was not analysed.</summary>
    public double? Sharpness { get; init; }
}

/// <summary>A photo or clip of which no copy is left.</summary>
/// <param name="LastPath">Where in the tree the last one lay.</param>
public sealed record LostAsset(FoundAsset Asset, string LastPath, string Volume);

/// <param name="Total">How many there are in all; null on an empty page behind others.</param>
public sealed record LostPage(IReadOnlyList<LostAsset> Assets, string? Next, long? Total);

/// <summary>One place where a content of an asset was seen. Times: nanoseconds and seconds since 1970.</summary>
/// <param name="Path">In the tree.</param>
/// <param name="File">On the volume.</param>
public sealed record AssetPlace(string Volume, string Path, RelativePath File, ContentHash Hash, long ModifiedNs, long? MissingSince);

/// <summary>One content that an asset has or had.</summary>
/// <param name="FirstSeen">Unix seconds; null when that was before it was noted.</param>
public sealed record AssetVersion(ContentHash Hash, long SizeInBytes, long? FirstSeen, bool IsCurrent);

/// <summary>What one source says of an asset.</summary>
/// <param name="Source">One of Catalog.Layers.Order.</param>
/// <param name="FactsJson">In the shape of Catalog.Facts.</param>
/// <param name="Cleared">Names of the fields of which a person stated that there is no value.</param>
public sealed record AssetLayer(string Source, string FactsJson, IReadOnlyList<string> Cleared);

/// <param name="Next">Where the next page begins; null after the last.</param>
public sealed record AssetPage(IReadOnlyList<FoundAsset> Assets, string? Next);

/// <summary>Finds photos and clips otherwise than by their folder, and says where in the tree they lie. One query a page.</summary>
/// <param name="clock">Tells what day it is, for <c>taken:today</c>; null is the machine's own.</param>
/// <param name="blur">Where everybody has the line between blurred and clear; null: where it is as a rule.</param>
public sealed class AssetReader(Database catalog, Volumes volumes, TimeProvider? clock = null, BlurLines? blur = null)
{
    public const int MaxUidLength = 32;

    static readonly string FirstPath = $"""
        (SELECT {EntryPath.Of("l.folder_id")} || '/' || l.entry_name
         FROM location l JOIN folder f ON f.id = l.folder_id
         WHERE l.content_id = c.id AND l.missing_since IS NULL AND f.volume_id IN @volumes
         ORDER BY f.volume_id, f.path, l.name LIMIT 1)
        """;

    static readonly string Columns = $"""
        a.id, a.uid, c.kind, c.mime, a.facts, c.sha256, c.size_in_bytes, coalesce(a.taken, '') AS taken,
        (SELECT group_concat(kind) FROM derivative WHERE content_id = c.id AND state IN ('made', 'dropped')) AS derivatives, {InStack.Of("a")} AS stack, {BlurLine.Sharpness} AS sharpness, {FirstPath} AS path,
        (SELECT CASE WHEN count(*) = count(l.missing_since) THEN max(l.missing_since) END
         FROM content h JOIN location l ON l.content_id = h.id WHERE h.asset_id = a.id) AS missing_since
        """;

    /// <summary>How many assets and how many contents there are.</summary>
    public (long Assets, long Contents) Count(Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        return reader.Connection.QuerySingle<(long, long)>("SELECT (SELECT count(*) FROM asset), (SELECT count(*) FROM content)");
    }

    /// <summary>A page of all assets, in the order of their ids.</summary>
    public AssetPage List(string? after, int most, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        List<FoundAsset> found = [.. Query(reader.Connection, "a.uid > @after ORDER BY a.uid LIMIT @most", new { after = after ?? "", most, volumes = VolumeIds() })
            .Select(row => row.ToAsset())];
        return new(found, found.Count < most ? null : found[^1].Uid);
    }

    /// <summary>The assets whose id begins so, at most two: one is found, two are too many.</summary>
    /// <param name="prefix">Hexadecimal digits.</param>
    public IReadOnlyList<FoundAsset> Find(string prefix, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        // 'g' follows every hexadecimal digit.
        return [.. Query(reader.Connection, "a.uid >= @prefix AND a.uid < @end ORDER BY a.uid LIMIT 2",
            new { prefix = prefix.ToLowerInvariant(), end = prefix.ToLowerInvariant() + "g", volumes = VolumeIds() }).Select(row => row.ToAsset())];
    }

    /// <summary>A page of the assets that a query finds, the newest first.</summary>
    public AssetPage Search(Query query, string? after, int most, Viewer viewer)
    {
        // The mark is the last row's id and time, which together are its place in the order.
        string[] mark = after?.Split(':', 2) ?? [];
        bool hasMark = mark.Length == 2 && long.TryParse(mark[0], out _);
        Condition condition = QueryCompiler.Compile(query, AssetQuery.Today(clock), blur?.Of(viewer.Name) ?? BlurLine.Usual);
        DynamicParameters parameters = new(condition.Parameters);
        parameters.AddDynamicParams(new { most, volumes = VolumeIds(), id = hasMark ? long.Parse(mark[0]) : 0, taken = hasMark ? mark[1] : "" });
        using Database.Reader reader = catalog.Read();
        // What is shown of them is gathered for the page only, not for all that are found.
        List<Row> rows = [.. reader.Connection.Query<Row>($"""
            WITH page AS MATERIALIZED (
              SELECT a.id, coalesce(a.taken, '') AS at FROM asset a CROSS JOIN content c ON c.id = a.content_id
              WHERE {condition.Sql} {(hasMark ? "AND (coalesce(a.taken, ''), a.id) < (@taken, @id)" : "")}
              ORDER BY at DESC, a.id DESC LIMIT @most)
            SELECT {Columns} FROM page CROSS JOIN asset a ON a.id = page.id JOIN content c ON c.id = a.content_id ORDER BY page.at DESC, page.id DESC
            """, parameters)];
        return new([.. rows.Select(row => row.ToAsset())], rows.Count < most ? null : $"{rows[^1].Id}:{rows[^1].Taken}");
    }

    /// <summary>A page of the assets of which no copy is left, those that vanished last first.</summary>
    /// <returns>Null when <paramref name="after"/> is not what a page ended with.</returns>
    /// <remarks>An asset whose file changed and waits to be read is not lost; nor is one on a volume that is offline, or that left the configuration, or that was purged.</remarks>
    public LostPage? Missing(string? after, int most, Viewer viewer)
    {
        _ = viewer;
        string[] mark = after?.Split(':') ?? [$"{long.MaxValue}", "0"];
        if (mark.Length != 2 || !long.TryParse(mark[0], out long before) || !long.TryParse(mark[1], out long id)) return null;
        using Database.Reader reader = catalog.Read();
        List<LostRow> rows = [.. reader.Connection.Query<LostRow>($"""
            WITH gone AS MATERIALIZED (
              SELECT c.asset_id, l.missing_since, l.folder_id, l.entry_name,
                     row_number() OVER (PARTITION BY c.asset_id ORDER BY l.missing_since DESC, l.folder_id, l.name) AS nth
              FROM location l CROSS JOIN content c ON c.id = coalesce(l.content_id, l.previous_content_id)
              WHERE l.missing_since IS NOT NULL AND c.asset_id IS NOT NULL),
            changed (content) AS MATERIALIZED (
              SELECT previous_content_id FROM location WHERE content_id IS NULL AND previous_content_id IS NOT NULL AND missing_since IS NULL),
            lost AS MATERIALIZED (
              SELECT asset_id, missing_since, folder_id, entry_name FROM gone WHERE nth = 1
              AND NOT EXISTS (SELECT 1 FROM content h JOIN location l ON l.content_id = h.id WHERE h.asset_id = gone.asset_id AND l.missing_since IS NULL)
              AND NOT EXISTS (SELECT 1 FROM content h JOIN changed ON changed.content = h.id WHERE h.asset_id = gone.asset_id)
              AND NOT EXISTS (SELECT 1 FROM asset p JOIN statement s ON s.asset = p.uid AND s.kind = 9 WHERE p.id = gone.asset_id)),
            page AS MATERIALIZED (
              SELECT * FROM lost WHERE (missing_since, asset_id) < (@before, @id) ORDER BY missing_since DESC, asset_id DESC LIMIT @most)
            SELECT {Columns}, page.missing_since AS since, v.name AS volume, {EntryPath.Of("page.folder_id")} || '/' || page.entry_name AS last_path,
                   (SELECT count(*) FROM lost) AS total
            FROM page CROSS JOIN asset a ON a.id = page.asset_id JOIN content c ON c.id = a.content_id
            JOIN folder f ON f.id = page.folder_id JOIN volume v ON v.id = f.volume_id
            ORDER BY page.missing_since DESC, page.asset_id DESC
            """, new { before, id, most, volumes = VolumeIds() })];
        return new(
            [.. rows.Select(row => new LostAsset(row.ToAsset() with { MissingSince = row.Since }, $"/Folders/{row.LastPath}", row.Volume))],
            rows.Count < most ? null : $"{rows[^1].Since}:{rows[^1].Id}",
            rows.Count > 0 ? rows[0].Total : after is null ? 0 : null);
    }

    /// <summary>Every place where a content of this asset was seen, those of its present content first.</summary>
    public IReadOnlyList<AssetPlace> Places(FoundAsset asset, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<(string Volume, string Folder, string Entry, byte[] FolderPath, byte[] Name, byte[] Hash, long Modified, long? Missing)>($"""
            SELECT v.name, {EntryPath.Of("l.folder_id")}, l.entry_name, f.path, l.name, c.sha256, l.modified_ns, l.missing_since
            FROM content c JOIN location l ON l.content_id = c.id JOIN folder f ON f.id = l.folder_id JOIN volume v ON v.id = f.volume_id
            WHERE c.asset_id = @id ORDER BY c.sha256 <> @current, f.volume_id, f.path, l.name
            """, new { id = asset.Id, current = asset.Hash.ToBytes() }).Select(row => new AssetPlace(
                row.Volume, $"/Folders/{row.Folder}/{row.Entry}", RelativePath.FromBytes(row.FolderPath).Child(row.Name),
                ContentHash.FromBytes(row.Hash), row.Modified, row.Missing))];
    }

    /// <summary>Every content this asset has had, in the order in which they were seen.</summary>
    public IReadOnlyList<AssetVersion> History(FoundAsset asset, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<(byte[] Hash, long Size, long? FirstSeen)>("""
            SELECT sha256, size_in_bytes, first_seen FROM content WHERE asset_id = @id ORDER BY id
            """, new { id = asset.Id }).Select(row => new AssetVersion(ContentHash.FromBytes(row.Hash), row.Size, row.FirstSeen, ContentHash.FromBytes(row.Hash) == asset.Hash))];
    }

    /// <summary>Who said what of an asset, lowest first: files, sidecars and, above them, what people stated here.</summary>
    public IReadOnlyList<AssetLayer> Layers(FoundAsset asset, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        List<AssetLayer> layers = [.. reader.Connection.Query<(string Source, string Facts)>("SELECT source, facts FROM layer WHERE asset_id = @id", new { id = asset.Id })
            .OrderBy(layer => Array.IndexOf(Catalog.Layers.Order, layer.Source)).Select(layer => new AssetLayer(layer.Source, layer.Facts, []))];
        Dictionary<string, string> stated = Journal.Statements(reader.Connection, asset.Uid, StatementKind.Person);
        if (stated.Count == 0) return layers;
        Facts facts = new();
        foreach (Field field in Field.All)
            if (stated.TryGetValue(field.Name, out string? value)) facts = field.Write(facts, value);
        layers.Add(new(Catalog.Layers.Person, JsonSerializer.Serialize(facts, FactsJson.Default.Facts), [.. Field.All.Select(f => f.Name).Where(name => stated.GetValueOrDefault(name) is Field.Cleared)]));
        return layers;
    }

    /// <summary>Where the first copies of these assets lie in the tree, by their ids; those that lie nowhere are absent.</summary>
    public IReadOnlyDictionary<string, string> Paths(IReadOnlyCollection<string> uids, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<(string Uid, string? Path)>(
            $"SELECT a.uid, {FirstPath} FROM asset a JOIN content c ON c.id = a.content_id WHERE a.uid IN @uids", new { uids, volumes = VolumeIds() })
            .Where(row => row.Path is not null).ToDictionary(row => row.Uid, row => $"/Folders/{row.Path}");
    }

    /// <summary>The tree's paths of these folders; those of volumes that are not configured are absent.</summary>
    public IReadOnlyDictionary<long, string> FolderPaths(IEnumerable<long> folders, Viewer viewer)
    {
        _ = viewer;
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<(long Id, string Path)>(
            $"SELECT f.id, {EntryPath.Of("f.id")} FROM folder f WHERE f.id IN @ids AND f.volume_id IN @volumes",
            new { ids = folders.Distinct().ToArray(), volumes = VolumeIds() }).ToDictionary(row => row.Id, row => $"/Folders/{row.Path}");
    }

    long[] VolumeIds() => [.. volumes.All.Select(v => v.Id)];

    static IEnumerable<Row> Query(DbConnection connection, string condition, object parameters) => connection.Query<Row>(
        $"SELECT {Columns} FROM asset a JOIN content c ON c.id = a.content_id WHERE {condition}", parameters);

    // With properties, not parameters: of an empty result SQLite cannot say the types of computed columns, and Dapper would find no constructor.
    record Row
    {
        public long Id { get; init; }
        public string Uid { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Mime { get; init; } = "";
        public string Facts { get; init; } = "";
        public byte[] Sha256 { get; init; } = [];
        public long SizeInBytes { get; init; }
        public string Taken { get; init; } = "";
        public string? Derivatives { get; init; }
        public double? Sharpness { get; init; }
        public string? Path { get; init; }
        public string? Stack { get; init; }
        public long? MissingSince { get; init; }

        public FoundAsset ToAsset() => new(
            Id, Uid, Kind, Mime, Facts, [.. (Derivatives ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)],
            ContentHash.FromBytes(Sha256), SizeInBytes, Path is null ? null : $"/Folders/{Path}", MissingSince, Stack is null ? null : InStack.Parse(Stack))
        {
            Sharpness = Sharpness,
        };
    }

    sealed record LostRow : Row
    {
        public long Since { get; init; }
        public string Volume { get; init; } = "";
        public string LastPath { get; init; } = "";
        public long Total { get; init; }
    }
}
