using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Albumen.Sql;

/// <summary>
/// Copies a database while others write it, as it is at one moment. Page by page (SQLite's online backup), from a connection that stays in one transaction: so writers
/// wait for nothing, and what they write does not make it begin anew, as it would otherwise. <c>VACUUM INTO</c> writes every row and index anew, in memory that grows
/// with them where /tmp is out of reach, and cannot be slowed down.
/// </summary>
/// <remarks>Meanwhile the log cannot be taken into the file, and grows by what is written.</remarks>
public static class DatabaseCopy
{
    const int PagesAtOnce = 256;

    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    /// <param name="target">An empty file; when this returns it needs no log beside it. It is not synced yet.</param>
    /// <param name="bytesPerSecond">No faster than this; 0: as fast as it goes.</param>
    /// <param name="progress">Told how many bytes were copied since it was last told.</param>
    /// <exception cref="DatabaseException">One of both cannot be read or written.</exception>
    public static async Task MakeAsync(Database source, string target, long bytesPerSecond, Action<long> progress, CancellationToken cancellationToken)
    {
        try
        {
            using Database.Reader reader = source.Scratch();
            SqliteConnection from = (SqliteConnection)reader.Connection;
            from.Execute("BEGIN TRANSACTION");
            long pageSize = from.ExecuteScalar<long>("PRAGMA page_size");
            // The transaction begins with the first look.
            from.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master");
            using SqliteConnection to = new(new SqliteConnectionStringBuilder { DataSource = target, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
            to.Open();
            // Whoever makes a file that may be thrown away needs neither its journal nor its syncs.
            to.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1024");
            await CopyAsync(from, to, pageSize, bytesPerSecond, progress, cancellationToken);
            from.Execute("COMMIT TRANSACTION");
            to.Execute("PRAGMA journal_mode = DELETE");
        }
        catch (SqliteException error)
        {
            throw new DatabaseException($"{source.Explain(error).Message} (While it was copied to {target}.)", error);
        }
    }

    static async Task CopyAsync(SqliteConnection from, SqliteConnection to, long pageSize, long bytesPerSecond, Action<long> progress, CancellationToken cancellationToken)
    {
        using sqlite3_backup backup = raw.sqlite3_backup_init(to.Handle, "main", from.Handle, "main");
        if (backup.IsInvalid) throw Fault(to, raw.sqlite3_errcode(to.Handle));
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long started = Environment.TickCount64;
            int result = raw.sqlite3_backup_step(backup, PagesAtOnce);
            if (result == raw.SQLITE_DONE) return;
            if (result is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
            {
                await Task.Delay(Patience, cancellationToken);
                continue;
            }
            if (result != raw.SQLITE_OK) throw Fault(to, result);
            progress(PagesAtOnce * pageSize);
            if (bytesPerSecond > 0 && TimeSpan.FromSeconds((double)PagesAtOnce * pageSize / bytesPerSecond) - TimeSpan.FromMilliseconds(Environment.TickCount64 - started) is { Ticks: > 0 } rest)
                await Task.Delay(rest, cancellationToken);
        }
    }

    static SqliteException Fault(SqliteConnection connection, int code) => new(raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), code & 0xFF, code);
}
