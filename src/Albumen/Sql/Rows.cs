using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Albumen.Sql;

/// <summary>
/// A query with one number as its parameter, stepped without an object for any row or value: for the scan, which looks at every row of a
/// large library to find that nothing changed. All else reads through <see cref="DbConnection"/>.
/// </summary>
sealed class Rows : IDisposable
{
    readonly sqlite3 _database;
    readonly sqlite3_stmt _statement;

    public Rows(DbConnection connection, string sql)
    {
        _database = ((SqliteConnection)connection).Handle!;
        Require(raw.sqlite3_prepare_v2(_database, sql, out _statement), raw.SQLITE_OK);
    }

    /// <summary>Begins anew.</summary>
    public void Start(long parameter)
    {
        // What it last ended with was said by Next.
        _ = raw.sqlite3_reset(_statement);
        Require(raw.sqlite3_bind_int64(_statement, 1, parameter), raw.SQLITE_OK);
    }

    /// <summary>False after the last row.</summary>
    public bool Next()
    {
        int result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        Require(result, raw.SQLITE_DONE);
        return false;
    }

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>Valid until the next row.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement?.Dispose();

    void Require(int result, int wanted)
    {
        if (result != wanted) throw new SqliteException(raw.sqlite3_errmsg(_database).utf8_to_string(), result, raw.sqlite3_extended_errcode(_database));
    }
}
