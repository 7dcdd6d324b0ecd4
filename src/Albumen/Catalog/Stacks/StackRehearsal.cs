using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Catalog.Stacks;

/// <summary>What other rules would change. Values: public ids.</summary>
/// <param name="Stacked">Those that would be in a stack and are in none, or with others than now.</param>
/// <param name="Unstacked">Those that are in a stack and would be in none.</param>
/// <param name="Kept">How many would stay together with whom they are.</param>
/// <param name="Stacks">How many stacks there would be.</param>
public sealed record StackChanges(IReadOnlyList<string> Stacked, IReadOnlyList<string> Unstacked, long Kept, long Stacks);

/// <summary>Says what other rules would stack, by the same code on tables of its own that are thrown away.</summary>
public sealed class StackRehearsal(Database catalog, Volumes volumes)
{
    public StackChanges Of(StackSettings settings, CancellationToken cancellationToken)
    {
        using Database.Reader scratch = catalog.Scratch();
        DbConnection connection = scratch.Connection;
        // Temporary tables hide those of the same name.
        connection.Execute("""
            CREATE TEMPORARY TABLE stack_key (key INTEGER NOT NULL, asset_id INTEGER NOT NULL, PRIMARY KEY (key, asset_id)) WITHOUT ROWID;
            CREATE INDEX temp.stack_key_asset ON stack_key (asset_id);
            CREATE TEMPORARY TABLE stack_member (asset_id INTEGER PRIMARY KEY, stack TEXT NOT NULL, role TEXT NOT NULL, rule TEXT NOT NULL, cover_id INTEGER NOT NULL);
            CREATE INDEX temp.stack_member_stack ON stack_member (stack);
            BEGIN
            """);
        StackIndex.Rehearse(connection, volumes, settings, cancellationToken);
        // A stack is what it was while it has the same members.
        Dictionary<string, string> was = Members(connection, "main"), then = Members(connection, "temp");
        List<string> stacked = [.. then.Where(m => was.GetValueOrDefault(m.Key) != m.Value).Select(m => m.Key).Order(StringComparer.Ordinal)];
        return new(stacked, [.. was.Keys.Where(asset => !then.ContainsKey(asset)).Order(StringComparer.Ordinal)], then.Count - stacked.Count, connection.ExecuteScalar<long>("SELECT count(DISTINCT stack) FROM temp.stack_member"));
    }

    /// <summary>With whom each is together, by their ids.</summary>
    static Dictionary<string, string> Members(DbConnection connection, string schema) => connection.Query<(string Stack, string Asset)>(
        $"SELECT m.stack, a.uid FROM {schema}.stack_member m JOIN asset a ON a.id = m.asset_id ORDER BY m.stack, a.uid").GroupBy(m => m.Stack, m => m.Asset)
        .Select(stack => (Members: stack.ToList(), All: string.Join(' ', stack))).SelectMany(stack => stack.Members.Select(asset => (asset, stack.All))).ToDictionary(m => m.asset, m => m.All);
}
