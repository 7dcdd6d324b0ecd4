using System.Data.Common;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>What SQLite itself says of both databases.</summary>
sealed class DatabaseCheck : Check
{
    public override string Name => "database";

    public override string Reads => "every page of catalog.db and auth.db";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken) =>
        Of("catalog.db", examined.Catalog, MakeAnew, examined.Progress).Concat(Of("auth.db", examined.Auth, RestoreAuth, examined.Progress));

    IEnumerable<Finding> Of(string file, DbConnection connection, string remedy, Action<string> progress)
    {
        progress($"{file}: its pages");
        foreach (string said in connection.Query<string>("PRAGMA integrity_check", buffered: false))
            if (said is not "ok") yield return Wrong(file, $"SQLite finds it damaged: {said}.", remedy);
        progress($"{file}: what its rows refer to");
        foreach ((string table, long? row, string parent, _) in connection.Query<(string, long?, string, long)>("PRAGMA foreign_key_check", buffered: false))
            yield return Wrong(file, $"A row of {table}{(row is null ? "" : $" ({row})")} refers to one of {parent} that is not there.", remedy);
    }
}
