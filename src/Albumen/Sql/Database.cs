using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using System.Runtime.InteropServices;
using Albumen.Native;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Albumen.Sql;

/// <summary>
/// One SQLite file: one connection that does all writing and all checkpoints, and a pool of readers. So "database is locked" cannot happen,
/// and the WAL-reset defect of SQLite before 3.51.3 (two connections writing or checkpointing at once) cannot either.
/// </summary>
/// <remarks>SQL is written out where it runs, against <see cref="DbConnection"/>; what only SQLite can say stands in this folder.</remarks>
public sealed class Database : IDisposable
{
    const int ReadersKept = 4, PatienceInSeconds = 30;

    /// <summary>For another process that holds a file: the daemon would rather say so than seem to hang.</summary>
    static readonly TimeSpan PatienceAtStart = TimeSpan.FromSeconds(3);

    readonly string _path;
    readonly string _remedy;
    readonly SqliteConnection? _writer;
    readonly SemaphoreSlim _writing = new(1, 1);
    readonly ConcurrentBag<SqliteConnection> _readers = [];
    bool _isDisposed;
    long _writes;
    Action? _onCommit, _onRollback;
    Action<string>? _onDamage;

    static Database()
    {
        // Debian's own libsqlite3 gets Debian's security updates; the provider's bundled name is mapped onto it.
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly,
            (name, assembly, search) => name is not "e_sqlite3" ? 0 : NativeLibrary.TryLoad("libsqlite3.so.0", out nint library) ? library
                : throw new DatabaseException("SQLite is not installed. Install it: apt-get install libsqlite3-0"));
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.FreezeProvider();
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    /// <summary>Opens or creates the file and brings it to the newest migration of <paramref name="schema"/> (a folder under Migrations).</summary>
    /// <exception cref="DatabaseException">The file cannot be opened, is damaged, or was written by a newer Albumen.</exception>
    /// <param name="remedy">What to do when it is damaged, for the message.</param>
    public Database(string path, string schema, string remedy = "Put a backup of it in its place.")
    {
        (_path, _remedy) = (path, remedy);
        _writer = Connect();
        try
        {
            _writer.Execute("""
                PRAGMA synchronous = FULL;
                PRAGMA journal_mode = WAL;
                PRAGMA wal_autocheckpoint = 2000;
                PRAGMA journal_size_limit = 16777216;
                PRAGMA foreign_keys = ON;
                """);
            // Somebody else may be in a transaction; a statement waits for as long as it may take.
            _writer.DefaultTimeout = (int)PatienceAtStart.TotalSeconds;
            _writer.Execute("BEGIN IMMEDIATE; ROLLBACK");
            _writer.DefaultTimeout = PatienceInSeconds;
            // A power cut must not leave an empty file once somebody relies on this one.
            Migrate(_writer, schema);
            _writer.Execute("PRAGMA synchronous = NORMAL");
        }
        catch (SqliteException error)
        {
            _writer.Dispose();
            throw Explain(error);
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
    }

    Database(string path, string remedy) => (_path, _remedy) = (path, remedy);

    /// <summary>Opens a file that another process may be writing; nothing can be written through it.</summary>
    /// <exception cref="DatabaseException">There is no such file.</exception>
    public static Database ForReading(string path, string remedy) =>
        File.Exists(path) ? new Database(path, remedy) : throw new DatabaseException($"{path} does not exist: nothing was indexed yet. Start albumend run first.");

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction, alone. It is durable against a killed process when this returns;
    /// with <paramref name="durable"/> against a power cut too (fsync of the log).
    /// </summary>
    /// <exception cref="DatabaseException">The disk is full or the file damaged; nothing of the transaction is kept.</exception>
    public async Task<T> WriteAsync<T>(Func<DbConnection, T> work, CancellationToken cancellationToken, bool durable = false)
    {
        if (_writer is null) throw new InvalidOperationException($"{_path} is open for reading only.");
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (durable) _writer.Execute("PRAGMA synchronous = FULL");
            try
            {
                _writer.Execute("BEGIN IMMEDIATE");
                T result = work(_writer);
                _writer.Execute("COMMIT");
                Interlocked.Increment(ref _writes);
                _onCommit?.Invoke();
                return result;
            }
            catch (Exception error)
            {
                // A full disk makes SQLite roll back by itself, and then there is nothing left to roll back (sqlite.org/lang_transaction.html).
                if (raw.sqlite3_get_autocommit(_writer.Handle) == 0) _writer.Execute("ROLLBACK");
                _onRollback?.Invoke();
                if (error is SqliteException fault) throw Explain(fault);
                throw;
            }
            finally
            {
                (_onCommit, _onRollback) = (null, null);
                if (durable) _writer.Execute("PRAGMA synchronous = NORMAL");
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Action<DbConnection> work, CancellationToken cancellationToken, bool durable = false) =>
        WriteAsync<object?>(connection => { work(connection); return null; }, cancellationToken, durable);

    /// <summary>Has whoever keeps the database told when SQLite finds the file damaged, with what it said; on any thread, perhaps often.</summary>
    public void OnDamage(Action<string> action) => _onDamage += action;

    /// <summary>Somebody who looked at the file found it damaged.</summary>
    public void NoteDamage(string fault) => _onDamage?.Invoke(fault);

    /// <summary>Has something done as soon as the transaction under way is committed; never, if it is not.</summary>
    public void OnCommit(Action action) => _onCommit += action;

    /// <summary>Has something done when the transaction under way fails, also by its commit.</summary>
    public void OnRollback(Action action) => _onRollback += action;

    /// <summary>Goes up with each transaction: what was read is still so while this is the same.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>Borrows a reading connection; disposing it gives it back. It sees what was committed when its statement began.</summary>
    public Reader Read() => new(this, _readers.TryTake(out SqliteConnection? waiting) ? waiting : Connect("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -1024"));

    /// <summary>A connection that can write temporary tables and nothing else; disposing it throws them away. What it reads is as it was when it began a transaction.</summary>
    public Reader Scratch() => new(null, Connect(isReadOnly: true));

    /// <summary>The schema of the file as it is; 0: it holds nothing yet.</summary>
    /// <exception cref="DatabaseException">It cannot be read.</exception>
    public long Schema()
    {
        try
        {
            using Reader reader = Scratch();
            return reader.Connection.ExecuteScalar<long>("PRAGMA user_version");
        }
        catch (SqliteException error)
        {
            throw Explain(error);
        }
    }

    /// <summary>What SQLite finds damaged in the file, as it says it; empty when all is well, null when cancelled before the end.</summary>
    /// <param name="isDeep">Also every index against its table, and every reference.</param>
    /// <param name="withReferences">With <paramref name="isDeep"/>: what a row refers to is there. That is a fault of ours, not of the file.</param>
    /// <exception cref="DbException">It cannot even be read.</exception>
    public IReadOnlyList<string>? Inspect(bool isDeep, CancellationToken cancellationToken, bool withReferences = true)
    {
        const int Interrupted = 9, MostFaults = 20, StepsBetweenLooks = 100_000;
        using SqliteConnection connection = Connect(isReadOnly: true);
        raw.sqlite3_progress_handler(connection.Handle, StepsBetweenLooks, _ => cancellationToken.IsCancellationRequested ? 1 : 0, null);
        // The check itself is one step to some versions.
        using CancellationTokenRegistration interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle));
        try
        {
            List<string> faults = [.. connection.Query<string>($"PRAGMA {(isDeep ? "integrity_check" : "quick_check")}({MostFaults})").Where(said => said is not "ok")];
            if (isDeep && withReferences)
                faults.AddRange(connection.Query<(string Table, long? Row, string Parent, long Key)>("PRAGMA foreign_key_check", buffered: false).Take(MostFaults)
                    .Select(broken => $"a row of {broken.Table}{(broken.Row is { } row ? $" ({row})" : "")} refers to one of {broken.Parent} that is not there"));
            return faults;
        }
        catch (SqliteException error) when (error.SqliteErrorCode == Interrupted)
        {
            return null;
        }
    }

    // sqlite.org/rescode.html
    const int Corrupt = 11, NotADatabase = 26;

    /// <summary>Whether SQLite says that the file is not what it was. It says so, too, of one whose disk gives errors.</summary>
    public static bool IsDamage(Exception? error) => error is SqliteException { SqliteErrorCode: Corrupt or NotADatabase } || (error is DatabaseException && IsDamage(error.InnerException));

    /// <summary>What a fault of this database means for the admin, and what to do.</summary>
    public DatabaseException Explain(DbException error)
    {
        const int Busy = 5, ReadOnly = 8, InputOutput = 10, Full = 13, CannotOpen = 14;
        if (IsDamage(error)) _onDamage?.Invoke(error.Message);
        return error as DatabaseException ?? new((error as SqliteException)?.SqliteErrorCode switch
        {
            Busy => $"{_path} is locked by another process{(FileLocks.Holders(_path, $"{_path}-wal", $"{_path}-shm") is { Count: > 0 } holders ? $": {string.Join(", ", holders)}" : "")}. Close what has it open, and start albumend again; nothing was changed.",
            Full => $"The disk of {_path} is full. Free some space there.",
            Corrupt or NotADatabase => $"{_path} is damaged. {_remedy}",
            CannotOpen or ReadOnly => $"{_path} cannot be written. Look at the permissions of the file and its folder.",
            InputOutput => $"The disk of {_path} gives errors or is full ({error.Message}). Look at the kernel's log: journalctl -k",
            _ => $"Cannot use {_path}: {error.Message}",
        }, error);
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_readers.TryTake(out SqliteConnection? reader)) reader.Dispose();
        _writer?.Dispose();
        _writing.Dispose();
    }

    /// <summary>The schema that this Albumen writes.</summary>
    public static long NewestOf(string schema) => MigrationsOf(schema).Length;

    static string[] MigrationsOf(string schema) =>
        [.. typeof(Database).Assembly.GetManifestResourceNames().Where(n => n.StartsWith($"Albumen.Sql.Migrations.{schema}.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    SqliteConnection Connect(string? also = null, bool isReadOnly = false)
    {
        SqliteOpenMode mode = isReadOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate;
        RememberingConnection connection = new(new SqliteConnectionStringBuilder { DataSource = _path, Mode = mode, Pooling = false, DefaultTimeout = PatienceInSeconds }.ToString());
        try
        {
            connection.Open();
            // Temporary tables and sorts stay in memory: /tmp is out of reach under Landlock.
            connection.Execute($"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096; {also}");
            Dialect.Teach(connection);
            return connection;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Explain(error);
        }
    }

    void Migrate(SqliteConnection writer, string schema)
    {
        Assembly assembly = typeof(Database).Assembly;
        string[] migrations = MigrationsOf(schema);
        long version = writer.ExecuteScalar<long>("PRAGMA user_version");
        if (version > migrations.Length)
            throw new DatabaseException($"{_path} has schema {version}, and this Albumen knows {migrations.Length}: it was written by a newer version. Install that one again.") { IsNewer = true };
        if (version == migrations.Length) return;

        // All of them or none: a file that is half way is one that neither the old program can open nor the new one.
        long before = version;
        string name = "";
        using SqliteTransaction transaction = writer.BeginTransaction();
        try
        {
            foreach (string migration in migrations.Skip((int)version))
            {
                name = migration;
                using StreamReader text = new(assembly.GetManifestResourceStream(migration)!);
                writer.Execute(text.ReadToEnd(), transaction: transaction);
                writer.Execute($"PRAGMA user_version = {++version}", transaction: transaction);
            }
            transaction.Commit();
        }
        catch (SqliteException error) when (before > 0)
        {
            throw new DatabaseException($"{_path} cannot be brought from schema {before} to {migrations.Length}: {(error.SqliteErrorCode == raw.SQLITE_ERROR ? $"{name} says: {error.Message}" : Explain(error).Message)} It was left as it was.", error) { HasFailedToMigrate = true };
        }
    }

    /// <summary>A borrowed reading connection.</summary>
    public readonly struct Reader : IDisposable
    {
        readonly Database? _owner;
        readonly SqliteConnection _connection;

        /// <param name="owner">Takes it back; null: nobody needs it any more.</param>
        internal Reader(Database? owner, SqliteConnection connection) => (_owner, _connection) = (owner, connection);

        public DbConnection Connection => _connection;

        public void Dispose()
        {
            if (_owner is null || _owner._isDisposed || _owner._readers.Count >= ReadersKept) _connection.Dispose();
            else _owner._readers.Add(_connection);
        }
    }
}

/// <summary>A database cannot be used; the message says which file and what to do.</summary>
public sealed class DatabaseException(string message, Exception? inner = null) : DbException(message, inner)
{
    /// <summary>A newer Albumen wrote it.</summary>
    public bool IsNewer { get; init; }

    /// <summary>What this Albumen would change in it cannot be done.</summary>
    public bool HasFailedToMigrate { get; init; }
}
