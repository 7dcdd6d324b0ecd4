using Albumen.Catalog;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>What people and sidecars say now is where all operations have led.</summary>
sealed class StatementCheck : Check
{
    public override string Name => "statement";

    public override string Reads => "the statements of the catalogue, against the last change of each";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        examined.Progress("statements");
        // In the order of the table's key, so that nothing is sorted or held; of one statement's changes the last counts.
        (string Asset, string Field, long Kind)? subject = null;
        (string? After, long At, string Id) last = default;
        foreach ((string asset, string field, long kind, string? after, long at, string id) in examined.Catalog.Query<(string, string, long, string?, long, string)>("""
            SELECT c.asset, c.field, c.kind, c.after, o.at, o.id FROM change c JOIN operation o ON o.number = c.operation ORDER BY c.asset, c.field, c.kind
            """, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (subject is { } before && before != (asset, field, kind))
            {
                if (Compare(examined, before, last.After) is { } wrong) yield return wrong;
                last = default;
            }
            subject = (asset, field, kind);
            if (last.Id is null || (at, id).CompareTo((last.At, last.Id)) > 0) last = (after, at, id);
        }
        if (subject is { } final && Compare(examined, final, last.After) is { } different) yield return different;

        foreach ((string asset, long kind, string field) in examined.Catalog.Query<(string, long, string)>("""
            SELECT asset, kind, field FROM statement s WHERE NOT EXISTS (SELECT 1 FROM change c WHERE c.asset = s.asset AND c.field = s.field AND c.kind = s.kind)
            """, buffered: false))
            yield return Wrong(Where((asset, field, kind)), "It stands in the catalogue and no operation has stated it.");
    }

    Finding? Compare(Examined examined, (string Asset, string Field, long Kind) subject, string? expected)
    {
        string? now = Journal.Statement(examined.Catalog, subject.Asset, (StatementKind)subject.Kind, subject.Field);
        return now == expected ? null : Wrong(Where(subject), $"The operations lead to {expected ?? "nothing"}, and the catalogue says {now ?? "nothing"}.");
    }

    static string Where((string Asset, string Field, long Kind) subject) => $"{Operation.NameOf((StatementKind)subject.Kind)} {subject.Field} of {subject.Asset}";
}
