using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>Each stack has two members or more, and one of them stands for all.</summary>
sealed class StackCheck : Check
{
    public override string Name => "stacks";

    public override string Reads => "which photos and clips are shown as one";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        foreach ((string stack, long members, long covers, long elsewhere) in examined.Catalog.Query<(string, long, long, long)>("""
            SELECT m.stack, count(*), count(DISTINCT m.cover_id), count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM stack_member c WHERE c.asset_id = m.cover_id AND c.stack = m.stack)) AS elsewhere
            FROM stack_member m GROUP BY m.stack HAVING count(*) < 2 OR count(DISTINCT m.cover_id) > 1 OR elsewhere > 0
            """, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Wrong($"the stack {stack}", members < 2 ? "It has one member alone." : elsewhere > 0 ? "What stands for it is not in it." : $"{covers} of its members stand for all.");
        }
    }
}
