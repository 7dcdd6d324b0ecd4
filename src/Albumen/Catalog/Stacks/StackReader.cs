using Albumen.Sql;
using Dapper;

namespace Albumen.Catalog.Stacks;

/// <summary>A stack as it is listed.</summary>
/// <param name="Members">The one that stands for all first.</param>
public sealed record ListedStack(string Id, IReadOnlyList<ListedMember> Members);

/// <param name="Asset">Its public id.</param>
public sealed record ListedMember(string Asset, string Role, string Rule, bool IsCover);

/// <summary>Lists what belongs together. Two queries a page.</summary>
public sealed class StackReader(Database catalog)
{
    /// <param name="rule">Only stacks into which this one brought somebody; null: all.</param>
    /// <returns>And where the next page begins; null after the last.</returns>
    public (IReadOnlyList<ListedStack> Stacks, string? Next) List(string? rule, string? after, int most)
    {
        using Database.Reader reader = catalog.Read();
        List<string> ids = reader.Connection.Query<string>($"""
            SELECT DISTINCT stack FROM stack_member WHERE stack > @after {(rule is null ? "" : "AND rule = @rule")} ORDER BY stack LIMIT @most
            """, new { after = after ?? "", rule, most }).AsList();
        ILookup<string, ListedMember> members = reader.Connection.Query<(string Stack, string Asset, string Role, string Rule, long IsCover)>($"""
            SELECT m.stack, a.uid, m.role, m.rule, m.cover_id = m.asset_id FROM {Dialect.JsonItems("@ids")} i CROSS JOIN stack_member m ON m.stack = i.value CROSS JOIN asset a ON a.id = m.asset_id
            ORDER BY m.cover_id <> m.asset_id, m.role, a.uid
            """, new { ids = Dialect.JsonArray(ids) }).ToLookup(m => m.Stack, m => new ListedMember(m.Asset, m.Role, m.Rule, m.IsCover != 0));
        return ([.. ids.Select(id => new ListedStack(id, [.. members[id]]))], ids.Count < most ? null : ids[^1]);
    }

    /// <summary>How many stacks there are.</summary>
    public long Count()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM stack_member WHERE cover_id = asset_id");
    }
}
