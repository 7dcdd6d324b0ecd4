using System.Data.Common;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sql;
using Dapper;

namespace Albumen.Organization;

/// <summary>
/// What can be done with photos that nobody wants to see. One that is in the trash keeps its albums, its tags and its place in the timeline, is shown in none of
/// them, and is back in all when it is restored. Its file stays where it is.
/// </summary>
public sealed class Trash(TimeProvider clock)
{
    /// <summary>Puts photos into the trash; those that lie there already stay as they are.</summary>
    public Deed Put(Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select) => (connection, _) =>
    {
        string now = JsonSerializer.Serialize(Moment.Of(clock.GetUtcNow()), FactsJson.Default.String);
        Edited plan = Editor.Plan(connection, select(connection), [new(Field.Trashed, facts => Field.Trashed.Read(facts) ?? now)], out List<StatementChange> changes);
        return new(changes, "", plan.Selected - changes.Count(c => c.Kind is StatementKind.Person));
    };

    /// <summary>Takes photos out of the trash; the others stay as they are.</summary>
    public static Deed Restore(Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select) => (connection, _) =>
    {
        IReadOnlyList<(long, string Uid)> selected = select(connection);
        List<StatementChange> changes = Restoring(connection, [.. selected.Select(s => s.Uid)]);
        return new(changes, "", selected.Count - changes.Count(c => c.Kind is StatementKind.Person));
    };

    /// <summary>All photos that lie in the trash, but those whose files were purged.</summary>
    public static IReadOnlyList<(long Id, string Uid)> All(DbConnection connection) => connection.Query<(long, string)>("""
        SELECT a.id, a.uid FROM asset a WHERE a.trashed IS NOT NULL
        AND (NOT EXISTS (SELECT 1 FROM statement s WHERE s.asset = a.uid AND s.kind = 9)
          OR EXISTS (SELECT 1 FROM content k JOIN location l ON l.content_id = k.id WHERE k.asset_id = a.id AND l.missing_since IS NULL))
        ORDER BY a.trashed, a.id
        """).AsList();

    /// <summary>These photos, by their ids.</summary>
    public static Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> These(IReadOnlyCollection<string> uids) => connection =>
        connection.Query<(long, string)>($"SELECT a.id, a.uid FROM {Dialect.JsonItems("@uids")} u JOIN asset a ON a.uid = u.value", new { uids = Array(uids) }).AsList();

    /// <summary>What takes those of these photos out of the trash that lie there.</summary>
    internal static List<StatementChange> Restoring(DbConnection connection, IReadOnlyCollection<string> uids)
    {
        List<(long Id, string Uid, string? Said, long Below)> trashed = connection.Query<(long, string, string?, long)>($"""
            SELECT a.id, a.uid, s.value, EXISTS (SELECT 1 FROM layer y WHERE y.asset_id = a.id AND {Dialect.Json("y.facts", "trashed")} IS NOT NULL)
            FROM {Dialect.JsonItems("@uids")} u CROSS JOIN asset a ON a.uid = u.value LEFT JOIN statement s ON s.asset = a.uid AND s.kind = 0 AND s.field = 'trashed'
            WHERE a.trashed IS NOT NULL
            """, new { uids = Array(uids) }).AsList();
        // Where a sidecar says so by itself, a person says otherwise; else there is nothing to say any more.
        _ = Editor.Plan(connection, [.. trashed.Where(t => t.Below != 0).Select(t => (t.Id, t.Uid))], [Edit.Set(Field.Trashed, Field.Cleared)], out List<StatementChange> changes);
        changes.AddRange(trashed.Where(t => t.Below == 0).Select(t => new StatementChange(t.Uid, Field.Trashed.Name, StatementKind.Person, t.Said, null)));
        return changes;
    }

    static string Array(IReadOnlyCollection<string> uids) => JsonSerializer.Serialize([.. uids], FactsJson.Default.IReadOnlyListString);
}
