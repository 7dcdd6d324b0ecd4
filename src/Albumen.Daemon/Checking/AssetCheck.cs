using System.Text.Json;
using Albumen.Catalog;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>Photos, their contents and their places belong together, and what counts of a photo follows from its layers.</summary>
sealed class AssetCheck : Check
{
    public override string Name => "asset";

    public override string Reads => "every photo of the catalogue with its layers, contents and places";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        examined.Progress("contents");
        foreach ((byte[] path, byte[] name) in examined.Catalog.Query<(byte[], byte[])>("""
            SELECT f.path, l.name FROM location l JOIN folder f ON f.id = l.folder_id WHERE l.content_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM content c WHERE c.id = l.content_id)
            """, buffered: false))
            yield return Wrong($"{RelativePath.Show(path)}/{RelativePath.Show(name)}", "Its content is not in the catalogue.");
        foreach ((byte[] hash, string kind) in examined.Catalog.Query<(byte[], string)>("SELECT sha256, kind FROM content WHERE asset_id IS NULL AND kind IN ('image', 'raw', 'video')", buffered: false))
            yield return Wrong($"the content {Convert.ToHexStringLower(hash)}", $"It is of the kind {kind} and belongs to no photo.");
        foreach ((string uid, string name) in examined.Catalog.Query<(string, string)>("SELECT a.uid, a.name FROM asset a JOIN content c ON c.id = a.content_id WHERE c.asset_id IS NOT a.id", buffered: false))
            yield return Wrong($"the photo {name} ({uid})", "Its content belongs to another.");
        foreach ((string uid, string name) in examined.Catalog.Query<(string, string)>("""
            SELECT a.uid, a.name FROM asset a WHERE NOT EXISTS (SELECT 1 FROM asset_text t WHERE t.rowid = a.id)
              AND EXISTS (SELECT 1 FROM location l WHERE l.content_id = a.content_id AND l.missing_since IS NULL)
            """, buffered: false))
            yield return Wrong($"the photo {name} ({uid})", "The search does not know it.");

        long number = 0;
        foreach (Row row in examined.Catalog.Query<Row>("SELECT id, uid, name, taken, facts, zone FROM asset ORDER BY id", buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++number % 1000 == 0) examined.Progress($"photos: {number}");
            if (Difference(examined, row) is { } difference) yield return Wrong($"the photo {row.Name} ({row.Uid})", difference);
        }
    }

    static string? Difference(Examined examined, Row row)
    {
        try
        {
            IEnumerable<Layer> layers = examined.Catalog.Query<(string Source, string Facts)>("SELECT source, facts FROM layer WHERE asset_id = @Id", new { row.Id })
                .Select(l => new Layer(l.Source, JsonSerializer.Deserialize(l.Facts, FactsJson.Default.Facts)!)).ToList();
            if (layers.FirstOrDefault(l => !Layers.Order.Contains(l.Source)) is { } strange) return $"It has a layer '{strange.Source}', which there is not.";
            Facts counts = AssetIndex.Complete(Layers.Effective(layers, Journal.Statements(examined.Catalog, row.Uid, StatementKind.Person)), row.Zone);
            if (JsonSerializer.Serialize(counts, FactsJson.Default.Facts) != row.Facts) return $"What counts of it ({row.Facts}) is not what its layers say.";
            if (row.Taken != AssetIndex.Moment(counts)) return $"It is placed at {row.Taken ?? "no time"} and was taken at {AssetIndex.Moment(counts) ?? "no time"}.";
            (string? Title, string? Caption, string? Tags, string? People, string? Camera)? found = examined.Catalog.QueryFirstOrDefault<(string?, string?, string?, string?, string?)?>(
                "SELECT title, caption, tags, people, camera FROM asset_text WHERE rowid = @Id", new { row.Id });
            return found is { } text && text != AssetIndex.TextOf(counts) ? "The search knows it by other words than it has." : null;
        }
        catch (JsonException error)
        {
            return $"What is known of it cannot be read: {error.Message}";
        }
    }

    sealed record Row
    {
        public long Id { get; init; }
        public string Uid { get; init; } = "";
        public string Name { get; init; } = "";
        public string? Taken { get; init; }
        public string Facts { get; init; } = "";
        public string? Zone { get; init; }
    }
}
