using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace Albumen.Catalog;

// Which of an asset's contents counts, what it is called, and what its file tells, from the places where its contents lie. The same places lead to the
// same answer, whatever order they were found in; so a catalogue that was thrown away comes back as it was. The content that came last counts, as long as
// it lies anywhere. Of its names the asset keeps the one it is known by; where that is not the name at the first place, the journal has it.
public static partial class AssetIndex
{
    /// <summary>The field of <see cref="StatementKind.Name"/>.</summary>
    internal const string Name = "name";

    /// <summary>A place of a content.</summary>
    sealed record PlaceOfContent(string Volume, RelativePath Folder, byte[] FileName, string Name, long ModifiedNs, long? BornNs, string? Timezone);

    /// <summary>Describes an asset anew, in the caller's transaction. One that lies nowhere stays as it was.</summary>
    /// <param name="noted">Takes what the files alone do not tell, for the journal.</param>
    internal static void Describe(DbConnection connection, long asset, List<StatementChange>? noted)
    {
        (string uid, long before, string called, string? zoneBefore, string? folderBefore) = connection.QuerySingle<(string, long, string, string?, string?)>("""
            SELECT a.uid, a.content_id, a.name, a.zone, t.folder FROM asset a LEFT JOIN asset_text t ON t.rowid = a.id WHERE a.id = @asset
            """, new { asset });
        if (Present(connection, asset, uid, before, noted) is not (var content, var json, var zoneOfPlace)) return;
        List<PlaceOfContent> places = PlacesOf(connection, content);
        string expected = Journal.Statement(connection, uid, StatementKind.Name, Name) is { } kept && JsonSerializer.Deserialize(kept, FactsJson.Default.String) is { } name && places.Exists(p => p.Name == name)
            ? name : places[0].Name;
        string known = !NewCatalogue.IsNew(connection) && places.Exists(p => p.Name == called) ? called : expected;
        if (known != expected && noted is not null)
        {
            noted.RemoveAll(change => change.Asset == uid && change.Kind is StatementKind.Name);
            noted.Add(new(uid, Name, StatementKind.Name, Journal.Statement(connection, uid, StatementKind.Name, Name), JsonSerializer.Serialize(known, FactsJson.Default.String)));
        }

        PlaceOfContent place = places.Find(p => p.Name == known)!;
        string folder = place.Folder.ToString();
        // One that an older version has read is described when it is read again.
        if (json is null && folderBefore is not null) return;
        KnownZone? zone = KnownZone.Of(zoneOfPlace, place.Timezone);
        IReadOnlyList<Layer> layers = Layers.Of(known, place.ModifiedNs, place.BornNs, json is null ? null : JsonSerializer.Deserialize(json, FactsJson.Default.Facts), zone);
        if (content == before && known == called && folder == folderBefore && zone?.ToString() == zoneBefore && SayTheSame(connection, asset, layers)) return;

        connection.Execute("UPDATE asset SET content_id = @content, name = @known, zone = @zone WHERE id = @asset", new { asset, content, known, zone = zone?.ToString() });
        connection.Execute("DELETE FROM layer WHERE asset_id = @asset AND source IN ('mtime', 'filename', 'embedded')", new { asset });
        foreach (Layer layer in layers) AddLayer(connection, asset, layer);
        connection.Execute("DELETE FROM asset_text WHERE rowid = @asset", new { asset });
        connection.Execute("INSERT INTO asset_text (rowid, name, folder) VALUES (@asset, @known, @folder)", new { asset, known, folder });
        Relayer(connection, asset, uid, isNewText: true);
        if (connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM statement WHERE asset = @uid AND kind IN (0, 1))", new { uid })) Journal.WriteSidecars(connection, uid, 0);
    }

    /// <summary>Describes the assets that lie at other places since, in the caller's transaction.</summary>
    /// <returns>Their uids, at most <paramref name="most"/>; none when there are no more.</returns>
    public static IReadOnlyList<string> DescribeMoved(DbConnection connection, int most, List<StatementChange> noted)
    {
        List<(long Content, long Asset, string Uid)> moved = connection.Query<(long, long, string)>("""
            SELECT p.content_id, a.id, a.uid FROM place_change p JOIN content c ON c.id = p.content_id JOIN asset a ON a.id = c.asset_id ORDER BY p.content_id LIMIT @most
            """, new { most }).AsList();
        foreach ((long content, long asset, _) in moved)
        {
            Describe(connection, asset, noted);
            connection.Execute("DELETE FROM place_change WHERE content_id = @content", new { content });
        }
        return [.. moved.Select(m => m.Uid).Distinct()];
    }

    /// <summary>How many contents <see cref="DescribeMoved"/> has to do with.</summary>
    public static long Moved(DbConnection connection) => connection.ExecuteScalar<long>("SELECT count(*) FROM place_change");

    /// <summary>Notes that the asset of a content must be described anew, and its sidecars be looked at, because it lies at other places now.</summary>
    static void NoteMoved(DbConnection connection, long content) => connection.Execute("INSERT OR IGNORE INTO place_change (content_id) VALUES (@content)", new { content });

    /// <summary>Has an asset take the name that the journal says it is known by, in the caller's transaction. One that lies nowhere keeps its name until it is back.</summary>
    internal static void NameAnew(DbConnection connection, string uid)
    {
        if (connection.QueryFirstOrDefault<long?>("""
            UPDATE asset SET name = '' WHERE uid = @uid AND EXISTS (SELECT 1 FROM location l WHERE l.content_id = asset.content_id AND l.missing_since IS NULL) RETURNING content_id
            """, new { uid }) is { } content) NoteMoved(connection, content);
    }

    /// <summary>As <see cref="NoteMoved"/> for all that lies below a folder and elsewhere too: another of its places may be the first now.</summary>
    static void NoteMovedBelow(DbConnection connection, long folder) => connection.Execute("""
        INSERT OR IGNORE INTO place_change (content_id)
        SELECT l.content_id FROM folder top JOIN folder f ON f.volume_id = top.volume_id
          AND (f.path = top.path OR (f.path >= CAST(top.path || '/' AS BLOB) AND f.path < CAST(top.path || '0' AS BLOB)))
        JOIN location l ON l.folder_id = f.id
        WHERE top.id = @folder AND l.missing_since IS NULL AND EXISTS (
          SELECT 1 FROM location o WHERE o.content_id = l.content_id AND o.missing_since IS NULL AND NOT (o.folder_id = l.folder_id AND o.name = l.name))
        """, new { folder });

    /// <summary>The content that came last of those that lie anywhere, with what it says and the zone of its place; null when none does.</summary>
    static (long Content, string? Facts, string? Zone)? Present(DbConnection connection, long asset, string uid, long before, List<StatementChange>? noted)
    {
        List<(long Id, byte[] Hash, string? Facts, string? Zone)> found = connection.Query<(long, byte[], string?, string?)>("""
            SELECT id, sha256, facts, zone FROM content WHERE asset_id = @asset AND EXISTS (SELECT 1 FROM location l WHERE l.content_id = content.id AND l.missing_since IS NULL)
            """, new { asset }).AsList();
        if (found.Count == 0) return null;
        (long id, _, string? facts, string? zone) = found.Count == 1 ? found[0] : found.OrderByDescending(c => Version(ContentHash.FromBytes(c.Hash))).ThenBy(c => c.Id != before).ThenBy(c => c.Id).First();
        return (id, facts, zone);

        // What this transaction has found comes after all that is in the journal.
        long Version(ContentHash hash) =>
            noted?.FindLastIndex(change => change.Asset == uid && change.Field == hash.ToString()) is { } index and >= 0 ? long.MaxValue - noted.Count + index : Journal.VersionOf(connection, uid, hash);
    }

    /// <summary>Where a content lies, in the order in which a walk meets it: folder by folder, those that lie higher first.</summary>
    static List<PlaceOfContent> PlacesOf(DbConnection connection, long content)
    {
        List<PlaceOfContent> places = [.. connection.Query<(string Volume, byte[] Folder, byte[] FileName, string Name, long Modified, long? Born, string? Timezone)>("""
            SELECT v.name, f.path, l.name, l.entry_name, l.modified_ns, l.born_ns, v.timezone
            FROM location l JOIN folder f ON f.id = l.folder_id JOIN volume v ON v.id = f.volume_id WHERE l.content_id = @content AND l.missing_since IS NULL
            """, new { content }).Select(p => new PlaceOfContent(p.Volume, RelativePath.FromBytes(p.Folder), p.FileName, p.Name, p.Modified, p.Born, p.Timezone))];
        if (places.Count > 1) places.Sort((a, b) => Compare(a, b));
        return places;
    }

    static int Compare(PlaceOfContent a, PlaceOfContent b)
    {
        int order = string.CompareOrdinal(a.Volume, b.Volume);
        if (order == 0) order = Depth(a.Folder).CompareTo(Depth(b.Folder));
        if (order == 0) order = CompareBySegments(a.Folder.Bytes, b.Folder.Bytes);
        return order != 0 ? order : a.FileName.AsSpan().SequenceCompareTo(b.FileName);
    }

    static int Depth(RelativePath folder) => folder.IsRoot ? 0 : 1 + folder.Bytes.Count((byte)'/');

    static int CompareBySegments(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int same = a.CommonPrefixLength(b);
        // The slash ends a segment, and what ends first comes first.
        return Rank(a, same).CompareTo(Rank(b, same));

        static int Rank(ReadOnlySpan<byte> path, int at) => at == path.Length ? -1 : path[at] == '/' ? 0 : path[at];
    }

    static bool SayTheSame(DbConnection connection, long asset, IReadOnlyList<Layer> layers) =>
        connection.Query<(string Source, string Facts)>("SELECT source, facts FROM layer WHERE asset_id = @asset AND source IN ('mtime', 'filename', 'embedded')", new { asset })
            .ToHashSet().SetEquals(layers.Select(l => (l.Source, JsonSerializer.Serialize(l.Facts, FactsJson.Default.Facts))));
}
