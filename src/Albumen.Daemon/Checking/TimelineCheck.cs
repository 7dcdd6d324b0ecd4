using System.Text.Json;
using Albumen.Catalog;
using Albumen.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>Every photo stands on its day, once, and in the folders of its tags, people, places and stars.</summary>
sealed class TimelineCheck : Check
{
    public override string Name => "timeline";

    public override string Reads => "the timeline and the computed folders, against what counts of each photo";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        // A catalogue that is being made anew places them when it has seen all.
        if (NewCatalogue.IsNew(examined.Catalog)) yield break;
        long placed = examined.Catalog.ExecuteScalar<long?>("SELECT position FROM cursor WHERE name = @Cursor", new { TimelineIndex.Cursor }) ?? 0, number = 0;
        foreach (Row row in examined.Catalog.Query<Row>("""
            SELECT a.id, a.uid, a.name, a.taken, a.facts, e.folder, e.entry_key, e.entry_name FROM asset a LEFT JOIN timeline_entry e ON e.asset_id = a.id WHERE a.revision <= @placed ORDER BY a.id
            """, new { placed }, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++number % 1000 == 0) examined.Progress($"timeline: {number}");
            string where = $"/Timeline, the photo {row.Name} ({row.Uid})";
            if (row.Folder is null) yield return Wrong(where, "It has no place in the timeline.");
            else if (!TimelineIndex.IsPartOf(row.Folder, TimelineIndex.FolderOf(row.Taken))) yield return Wrong(where, $"It stands in {row.Folder} and was taken at {row.Taken ?? "no known time"}.");
            else if (row.EntryKey != EntryName.KeyOf(row.EntryName!)) yield return Wrong(where, $"It is called {row.EntryName} there, and its key is {row.EntryKey}.");
            else if (!IsInItsFolders(examined, row)) yield return Wrong(where, "The folders of tags, people, places or ratings that show it are not those that its description says.");
        }
        foreach ((string name, long entries, long counted) in examined.Catalog.Query<(string, long, long)>("""
            SELECT f.name, f.entries, (SELECT count(*) FROM timeline_entry e WHERE e.folder = f.name) AS counted FROM timeline_folder f WHERE f.entries <> counted
            """, buffered: false))
            yield return Wrong($"/Timeline, the folder {name}", $"It says that it has {entries} photos, and has {counted}.");
        foreach (string name in examined.Catalog.Query<string>("SELECT DISTINCT folder FROM timeline_entry e WHERE NOT EXISTS (SELECT 1 FROM timeline_folder f WHERE f.name = e.folder)", buffered: false))
            yield return Wrong($"/Timeline, the folder {name}", "It has photos and is not shown.");
    }

    static bool IsInItsFolders(Examined examined, Row row)
    {
        Facts facts;
        try
        {
            facts = JsonSerializer.Deserialize(row.Facts, FactsJson.Default.Facts)!;
        }
        catch (JsonException)
        {
            // Which is said of the photo.
            return true;
        }
        HashSet<(string, string)> expected = [.. Facets.Of(facts).Select(f => (f.View, f.Key))];
        return expected.SetEquals(examined.Catalog.Query<(string, string)>("SELECT view, key FROM facet WHERE asset_id = @Id AND folder = @Folder AND entry_key = @EntryKey", new { row.Id, row.Folder, row.EntryKey }))
            && expected.Count == examined.Catalog.ExecuteScalar<int>("SELECT count(*) FROM facet WHERE asset_id = @Id", new { row.Id });
    }

    sealed record Row
    {
        public long Id { get; init; }
        public string Uid { get; init; } = "";
        public string Name { get; init; } = "";
        public string? Taken { get; init; }
        public string Facts { get; init; } = "";
        public string? Folder { get; init; }
        public string? EntryKey { get; init; }
        public string? EntryName { get; init; }
    }
}
