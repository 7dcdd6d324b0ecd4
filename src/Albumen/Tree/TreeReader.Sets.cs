using System.Data.Common;
using Albumen.Derivatives;
using Dapper;

namespace Albumen.Tree;

/// <summary>Questions about photos of any days in one folder (see <see cref="PhotoSet"/>), and about the folders that follow from what is known of photos.</summary>
sealed partial class TreeReader
{
    const string IsPresent = "EXISTS (SELECT 1 FROM location l WHERE l.content_id = a.content_id AND l.missing_since IS NULL)";

    /// <summary>What a view of facts shows.</summary>
    static string IsShownIn(string view) => view == Facets.Trash ? IsPresent : $"a.trashed IS NULL AND {IsPresent}";

    /// <summary>The first rows of a set, as a table with the alias <c>e</c>, <c>a</c> and <c>c</c>, and where it is in the order of the timeline.</summary>
    static (string From, string Where, string Place, (string Name, object Value)[] Parameters) Sql(PhotoSet set) => set switch
    {
        FacetSet facet => (
            "facet f CROSS JOIN timeline_entry e ON e.folder = f.folder AND e.entry_key = f.entry_key CROSS JOIN asset a ON a.id = f.asset_id CROSS JOIN content c ON c.id = a.content_id",
            facet.View switch
            {
                Facets.Trash => "f.view = @view AND f.key = @facet",
                Facets.Tags => "f.view = @view AND f.key = @facet AND a.trashed IS NULL",
                _ => $"f.view = @view AND f.key = @facet AND a.trashed IS NULL AND {IsNotBehindFacet}",
            }, "f", [("@view", facet.View), ("@facet", facet.Key)]),
        QuerySet { Condition: var condition } => (
            "timeline_entry e JOIN asset a ON a.id = e.asset_id JOIN content c ON c.id = a.content_id",
            $"{condition.Sql} AND {IsNotBehind(condition.Sql)}", "e", [.. condition.Parameters.Select(p => ("@" + p.Key, p.Value))]),
        QualitySet { Quality: var quality, Line: var line } => QualitySql(quality switch { Quality.Blurred => line.IsBlurred, Quality.Clear => line.IsClear, _ => BlurLine.IsUnprocessed }),
        _ => throw new InvalidOperationException($"{set} cannot be asked for."),
    };

    static (string From, string Where, string Place, (string, object)[] Parameters) QualitySql(string condition) => (
        "timeline_entry e JOIN asset a ON a.id = e.asset_id JOIN content c ON c.id = a.content_id", $"a.trashed IS NULL AND {condition}", "e", []);

    // Behind the one that stands for its stack, where that is in the same set. So a RAW of five stars is shown although its JPEG has none, and whoever asks for RAW files finds them.
    // All but members of stacks are done with after one look.
    const string IsNotBehindFacet = """
        NOT EXISTS (SELECT 1 FROM stack_member h CROSS JOIN facet g ON g.asset_id = h.cover_id AND g.view = @view AND g.key = @facet WHERE h.asset_id = f.asset_id AND h.cover_id <> h.asset_id)
        """;

    static string IsNotBehind(string condition) => $"""
        NOT EXISTS (SELECT 1 FROM stack_member h CROSS JOIN asset a ON a.id = h.cover_id CROSS JOIN content c ON c.id = a.content_id
          WHERE h.asset_id = e.asset_id AND h.cover_id <> h.asset_id AND ({condition}))
        """;

    /// <summary>The photo of a set that has this place in the timeline.</summary>
    public Node? SetEntry(Node folder, PhotoSet set, string timelineFolder, string key)
    {
        List<Node> nodes = [];
        (string from, string where, string place, (string, object)[] parameters) = Sql(set);
        ReadPhotos(folder, $"""
            SELECT {ShownName}, e.entry_key, {PhotoColumns(Detail.Facts)} FROM {from} {PreviewTable(Detail.Facts)}
            WHERE {where} AND {place}.folder = @folder AND {place}.entry_key = @key LIMIT 1
            """, 1, Detail.Facts, nodes, [.. parameters, ("@folder", timelineFolder), ("@key", key)]);
        return nodes.SingleOrDefault();
    }

    /// <summary>Photos of a set; marks are the folder of the timeline and the key in it, with a slash between.</summary>
    /// <inheritdoc cref="Subfolders"/>
    public string? SetEntries(Node folder, PhotoSet set, Stretch stretch, string after, int most, Detail detail, List<Node> nodes)
    {
        if (most <= 0) return after;
        (string from, string where, string place, (string, object)[] parameters) = Sql(set);
        (string first, string end) = stretch.Range;
        int slash = after.IndexOf('/', StringComparison.Ordinal);
        // So that the pages before are not read through again.
        if (slash >= 0) first = after[..slash];
        // What is known more precisely than a split part has a folder of its own there.
        string direct = stretch.IsSplit ? $"AND substr({place}.folder, {stretch.Prefix.Length + 1}, 1) <> '-'" : "";
        return ReadPhotos(folder, $"""
            SELECT {ShownName}, e.folder || '/' || e.entry_key, {PhotoColumns(detail)} FROM {from} {PreviewTable(detail)}
            WHERE {where} AND {place}.folder >= @first AND {place}.folder < @end AND ({place}.folder, {place}.entry_key) > (@folder, @key) {direct}
            ORDER BY {place}.folder, {place}.entry_key LIMIT @most
            """, most, detail, nodes,
            [.. parameters, ("@first", first), ("@end", end), ("@folder", slash < 0 ? "" : after[..slash]), ("@key", slash < 0 ? "" : after[(slash + 1)..]), ("@most", most)]);
    }

    /// <summary>How many photos a stretch of a set has, counted to <paramref name="most"/>.</summary>
    public int Count(PhotoSet set, Stretch stretch, int most)
    {
        (string from, string where, string place, (string, object)[] parameters) = Sql(set);
        (string first, string end) = stretch.Range;
        using DbCommand command = Command(
            $"SELECT count(*) FROM (SELECT 1 FROM {from} WHERE {where} AND {place}.folder >= @first AND {place}.folder < @end LIMIT @most)",
            [.. parameters, ("@first", first), ("@end", end), ("@most", most)]);
        return (int)(long)command.ExecuteScalar()!;
    }

    /// <summary>The prefixes of the parts that a stretch of a set is split into.</summary>
    public IReadOnlyList<string> Parts(PhotoSet set, Stretch stretch)
    {
        (string from, string where, string place, (string, object)[] parameters) = Sql(set);
        (string first, string end) = stretch.Range;
        // Years, then months, then days; the parts of a long day, and those without a date, are what they are in the timeline.
        (string part, string condition) = stretch.Prefix.Length switch
        {
            0 => ($"CASE WHEN {place}.folder >= 'U' THEN {place}.folder ELSE substr({place}.folder, 1, 4) END", ""),
            4 => ($"substr({place}.folder, 1, 7)", $"AND substr({place}.folder, 5, 1) = '-'"),
            _ => ($"{place}.folder", $"AND substr({place}.folder, 8, 1) = '-'"),
        };
        using DbCommand command = Command(
            $"SELECT DISTINCT {part} AS part FROM {from} WHERE {where} AND {place}.folder >= @first AND {place}.folder < @end {condition} ORDER BY part", [.. parameters, ("@first", first), ("@end", end)]);
        using DbDataReader row = command.ExecuteReader();
        List<string> parts = [];
        while (row.Read()) parts.Add(row.GetString(0));
        return parts;
    }

    /// <summary>Whether any picture was analysed.</summary>
    public bool HasAnalysis() => connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM analysis)");

    /// <summary>Whether anything stands in a view of facts.</summary>
    public bool HasFacet(string view) => connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM facet f JOIN asset a ON a.id = f.asset_id WHERE f.view = @view AND a.trashed IS NULL)", new { view });

    /// <summary>The shown path of a folder in a view of facts in which, or below which, photos are present; null when there is none.</summary>
    public string? FacetPath(string view, string key) => connection.QueryFirstOrDefault<string?>($"""
        SELECT f.path FROM facet f JOIN asset a ON a.id = f.asset_id WHERE f.view = @view AND f.key >= @key AND f.key < @end AND {IsShownIn(view)} LIMIT 1
        """, new { view, key, end = key + Facets.Behind });

    /// <summary>A page of the folders right below one, by their keys, each with the path of a photo in it.</summary>
    /// <param name="above">The key of the one; empty for the top.</param>
    /// <param name="after">The last name's key on the page before.</param>
    public IReadOnlyList<(string Key, string Path)> FacetFolders(string view, string above, string after, int most)
    {
        string start = above.Length == 0 ? "" : above + Facets.Below;
        // From each folder it leaps behind all below it; so what it costs depends on the folders and not on the photos.
        const string Next = "SELECT min(f.key) FROM facet f WHERE f.view = @view AND f.key >= {0} AND f.key < @end";
        const string Child = "substr(below.key, 1, @length + instr(substr(below.key, @length + 1) || char(1), char(1)) - 1)";
        return connection.Query<(string, string)>($"""
            WITH RECURSIVE below (key) AS (
              {string.Format(System.Globalization.CultureInfo.InvariantCulture, Next, "@start")}
              UNION ALL SELECT ({string.Format(System.Globalization.CultureInfo.InvariantCulture, Next, $"{Child} || char(2)")}) FROM below WHERE below.key IS NOT NULL),
            child (key) AS (SELECT {Child} FROM below WHERE below.key IS NOT NULL),
            present (key, path) AS (
              SELECT key, (SELECT f.path FROM facet f JOIN asset a ON a.id = f.asset_id WHERE f.view = @view AND f.key >= child.key AND f.key < child.key || char(2) AND {IsShownIn(view)} LIMIT 1) FROM child)
            SELECT substr(key, @length + 1), path FROM present WHERE path IS NOT NULL LIMIT @most
            """, new { view, start = after.Length == 0 ? start : start + after + Facets.Behind, end = above.Length == 0 ? "\U0010FFFF" : above + Facets.Behind, length = start.Length, most }).AsList();
    }

    /// <summary>What a photo is called in the folder of a set; null while it has no place in the timeline.</summary>
    public string? SetName(string asset) =>
        connection.QueryFirstOrDefault<string?>($"SELECT {ShownName} FROM asset a JOIN timeline_entry e ON e.asset_id = a.id WHERE a.uid = @asset", new { asset });

    /// <summary>The path of a photo in the trash; null when it does not lie there.</summary>
    public string? TrashPath(string asset) =>
        connection.QueryFirstOrDefault<string?>($"SELECT {InTrash} FROM asset a JOIN timeline_entry e ON e.asset_id = a.id WHERE a.uid = @asset AND a.trashed IS NOT NULL", new { asset });

    /// <summary>The photos that have these bytes now, of which a copy is present.</summary>
    public IReadOnlyDictionary<ContentHash, string> AssetsOf(IReadOnlyCollection<ContentHash> hashes)
    {
        const int PerQuery = 500;
        Dictionary<ContentHash, string> assets = [];
        foreach (ContentHash[] some in hashes.Chunk(PerQuery))
            foreach ((byte[] hash, string asset) in connection.Query<(byte[], string)>($"""
                SELECT c.sha256, a.uid FROM content c JOIN asset a ON a.id = c.asset_id AND a.content_id = c.id WHERE c.sha256 IN @hashes AND {IsPresent}
                """, new { hashes = some.Select(h => h.ToBytes()) })) assets[ContentHash.FromBytes(hash)] = asset;
        return assets;
    }

    /// <summary>The path in the trash of an asset <c>a</c> with its entry <c>e</c>.</summary>
    public static string InTrash => $"'/{Facets.Trash}/' || substr(a.trashed, 1, 7) || '/' || {ShownName}";

    static string ShownName => $"replace(e.folder, '_', '~') || '_' || e.entry_name";
}
