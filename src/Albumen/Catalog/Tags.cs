using System.Data.Common;
using System.Text.Json;
using Albumen.Sql;
using Dapper;

namespace Albumen.Catalog;

/// <summary>The tags that are in use.</summary>
public sealed class Tags(Database catalog)
{
    /// <summary>A page of them in the order of their code points, with how many photos and clips have each.</summary>
    /// <param name="after">The last tag of the page before; null for the first.</param>
    public IReadOnlyList<(string Tag, long Assets)> List(string? after, int most)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<(string, long)>($"""
            SELECT t.value, count(*) FROM asset a, {Dialect.JsonItems("a.facts", "tags")} t WHERE t.value > @after AND a.trashed IS NULL GROUP BY t.value ORDER BY t.value LIMIT @most
            """, new { after = after ?? "", most })];
    }

    /// <summary>As many of their names as somebody may have meant one of.</summary>
    public static IEnumerable<string> Names(DbConnection connection) =>
        connection.Query<string>($"SELECT DISTINCT t.value FROM asset a, {Dialect.JsonItems("a.facts", "tags")} t LIMIT 10000");

    /// <summary>The photos and clips that have one of these tags or one below it.</summary>
    public static IReadOnlyList<(long Id, string Uid)> Having(DbConnection connection, IReadOnlyCollection<string> tags)
    {
        List<(long, string)> found = [];
        foreach ((long id, string uid, string json) in connection.Query<(long, string, string)>($"""
            SELECT id, uid, {Dialect.Json("facts", "tags")} FROM asset WHERE {Dialect.Json("facts", "tags")} IS NOT NULL ORDER BY id
            """, buffered: false))
            if (JsonSerializer.Deserialize(json, FactsJson.Default.IReadOnlyListString)!.Any(tag => tags.Any(named => tag == named || tag.StartsWith(named + "/", StringComparison.Ordinal)))) found.Add((id, uid));
        return found;
    }
}
