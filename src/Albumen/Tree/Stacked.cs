using System.Data.Common;
using Albumen.Organization;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>Where stacks are shown as one entry, and who is in them.</summary>
public static class Stacked
{
    static readonly string[] Views = ["timeline", "people", "places", "ratings", "smart", "trash"];

    /// <summary>Whether the entry that stands for a stack means the stack there. In the trash all members are shown, and that one brings back the others.</summary>
    public static bool AreShownIn(string path)
    {
        string[] names = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Take(2).Select(EntryName.KeyOf)];
        return names is ["small", var view] ? Views.Contains(view) : names is [var top, ..] && Views.Contains(top);
    }

    /// <summary>These photos with all that are in a stack with one of them.</summary>
    /// <param name="onlyCovers">Who does not stand for its stack is meant alone.</param>
    /// <remarks>Of what lies in the trash, those that went there at the same moment.</remarks>
    public static IReadOnlyList<(long Id, string Uid)> AllWith(DbConnection connection, IReadOnlyCollection<string> uids, bool onlyCovers) =>
        connection.Query<(long, string)>($"""
            SELECT a.id, a.uid FROM {Dialect.JsonItems("@uids")} u CROSS JOIN asset a ON a.uid = u.value
            UNION
            SELECT b.id, b.uid FROM {Dialect.JsonItems("@uids")} u CROSS JOIN asset a ON a.uid = u.value CROSS JOIN stack_member m ON m.asset_id = a.id
            CROSS JOIN stack_member o ON o.stack = m.stack CROSS JOIN asset b ON b.id = o.asset_id
            WHERE (m.cover_id = m.asset_id OR NOT @onlyCovers) AND b.trashed IS a.trashed
            """, new { uids = Dialect.JsonArray(uids), onlyCovers }).AsList();

    /// <summary>The same, for a deed.</summary>
    public static Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> Entry(string path, IReadOnlyCollection<string> uids) =>
        AreShownIn(path) ? connection => AllWith(connection, uids, onlyCovers: true) : Trash.These(uids);
}
