using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Albumen.Sql;

/// <summary>How a database file was found before anybody relies on it.</summary>
/// <param name="Version">Its schema; 0: it is not there, or holds nothing yet.</param>
/// <param name="Fault">What is damaged, as SQLite says it; null: nothing was found.</param>
public sealed record DatabaseLook(long Version, string? Fault)
{
    const int Corrupt = 11;

    const int MostFaults = 3, PatienceInSeconds = 3;

    /// <summary>Looks at a file that nobody writes. It is left as it is.</summary>
    /// <param name="depth">How long it may take: a file that was closed in order is known by its first page and its size.</param>
    /// <param name="hasLived">It was in use before, so it cannot be empty.</param>
    /// <exception cref="DatabaseException">It cannot be read, or another process holds it; that says nothing of what is in it.</exception>
    public static DatabaseLook At(string path, LookDepth depth, bool hasLived, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return new(0, null);
        long length = new FileInfo(path).Length;
        bool hasLog = File.Exists($"{path}-wal") && new FileInfo($"{path}-wal").Length > 0;
        if (length == 0 && !hasLog) return new(0, hasLived ? "it is empty" : null);
        using Database file = Database.ForReading(path, "");
        try
        {
            using Database.Reader reader = file.Scratch();
            SqliteConnection connection = (SqliteConnection)reader.Connection;
            connection.DefaultTimeout = PatienceInSeconds;
            // SQLite holds the number of pages against the size of the file, but takes a piece of a page for a page.
            long version = connection.ExecuteScalar<long>("PRAGMA user_version"), tables = connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master"), pageSize = connection.ExecuteScalar<long>("PRAGMA page_size");
            if (!hasLog && length % pageSize != 0) return new(version, $"its last page is cut off after {length % pageSize} bytes");
            if (tables == 0 && hasLived) return new(version, "it holds no tables");
            if (depth is LookDepth.Surface && !hasLog) return new(version, null);
            // Whoever was killed has left a log; a look at the first pages costs no time that matters.
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (depth is LookDepth.Surface) end.CancelAfter(TimeSpan.FromSeconds(1));
            IReadOnlyList<string>? faults = file.Inspect(depth is LookDepth.EveryPage, end.Token, withReferences: false);
            return new(version, faults is { Count: > 0 } ? string.Join("; ", faults.Take(MostFaults)) : null);
        }
        catch (DbException error) when (Database.IsDamage(error))
        {
            return new(0, (error as SqliteException ?? error.InnerException) is SqliteException { SqliteErrorCode: Corrupt } ? "SQLite finds it malformed" : "it is no database");
        }
        catch (SqliteException error)
        {
            throw file.Explain(error);
        }
    }
}

/// <summary>How much of a database file is looked at.</summary>
public enum LookDepth
{
    /// <summary>The first page and the size; a second's worth of more where the last writer was killed.</summary>
    Surface,

    EveryPage,
}
