using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sql;
using Dapper;

namespace Albumen.Organization;

/// <summary>A photo or clip in an album, and what is known of it.</summary>
/// <param name="Taken">As the catalogue has it.</param>
/// <param name="IsMissing">No copy of it is left, or it was never seen here.</param>
public sealed record ListedEntry(AlbumEntry Entry, string? Taken, bool IsMissing);

/// <summary>What is in albums, in the order that each is shown in.</summary>
public sealed class AlbumReader(Database catalog)
{
    /// <summary>A page of an album; photos in the trash are not shown.</summary>
    /// <param name="after">Null for the first page, then what came with the page before.</param>
    /// <returns>And where the next page begins; null after the last.</returns>
    public (IReadOnlyList<ListedEntry> Entries, string? Next) List(Album album, string? after, int most)
    {
        // What sorts comes before a line feed, which is in no time and no name, and the key behind it.
        string order = album.Order switch
        {
            "added" => Dialect.Json("s.value", "added"),
            "name" => "''",
            // Without a date: behind all others.
            _ => "coalesce(a.taken, '~')",
        };
        int end = after?.IndexOf('\n', StringComparison.Ordinal) ?? -1;
        using Database.Reader reader = catalog.Read();
        List<(string Place, string Key, string Value, string? Taken, long Missing)> rows = reader.Connection.Query<(string, string, string, string?, long)>($"""
            SELECT {order} AS place, s.field, s.value, a.taken,
                   NOT EXISTS (SELECT 1 FROM location l WHERE l.content_id = a.content_id AND l.missing_since IS NULL)
            FROM statement s LEFT JOIN asset a ON a.uid = {Dialect.Json("s.value", "asset")}
            WHERE s.asset = @album AND s.kind = 6 AND a.trashed IS NULL AND ({order}, s.field) > (@place, @key) ORDER BY place, s.field LIMIT @most
            """, new { album = album.Id, place = end < 0 ? "" : after![..end], key = end < 0 ? "" : after![(end + 1)..], most }).AsList();
        return ([.. rows.Select(r => new ListedEntry(AlbumEntry.FromJson(r.Value), r.Taken, r.Missing != 0))], rows.Count < most ? null : $"{rows[^1].Place}\n{rows[^1].Key}");
    }

    /// <summary>How many photos are in each of these albums itself, not counting those in the trash.</summary>
    public IReadOnlyDictionary<string, long> Count(IReadOnlyList<Album> albums)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<(string, long)>($"""
            WITH trashed (album, photos) AS MATERIALIZED (
              SELECT s.asset, count(*) FROM asset a CROSS JOIN statement s ON {Dialect.Json("s.value", "asset")} = a.uid AND s.kind = 6 WHERE a.trashed IS NOT NULL GROUP BY s.asset)
            SELECT i.value, (SELECT count(*) FROM statement s WHERE s.asset = i.value AND s.kind = 6) - coalesce((SELECT photos FROM trashed WHERE album = i.value), 0)
            FROM {Dialect.JsonItems("@ids")} i
            """,
            new { ids = JsonSerializer.Serialize([.. albums.Select(a => a.Id)], FactsJson.Default.IReadOnlyListString) }).ToDictionary(a => a.Item1, a => a.Item2);
    }
}
