using System.Data.Common;
using Albumen.Catalog;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Albumen.Backups;

/// <summary>What a backup is made of.</summary>
/// <param name="Catalog">Null when there is none yet.</param>
/// <param name="Auth">Likewise.</param>
/// <param name="LayerFolder">Its journal, names and documents.</param>
/// <param name="Configuration">The files of it that there are, each with its name in the backup.</param>
/// <param name="Albumen">The version that wrote the databases.</param>
public sealed record BackupSources(Database? Catalog, string CatalogFile, Database? Auth, string AuthFile, string LayerFolder, IReadOnlyList<(string Path, string Name)> Configuration, string Albumen)
{
    /// <summary>The authority that devices trust, and the keys.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    internal IEnumerable<string> Files =>
        [CatalogFile, $"{CatalogFile}-wal", AuthFile, $"{AuthFile}-wal", .. LayerFiles, .. Configuration.Select(file => file.Path), .. Keys];

    // A journal that was replaced once, or a file that is being written, is no part of the layer.
    internal IEnumerable<string> LayerFiles => Directory.Exists(LayerFolder)
        ? Directory.EnumerateFiles(LayerFolder).Where(file => Path.GetFileName(file)[0] != '.' && Path.GetExtension(file) is ".json" or ".jsonl").Order(StringComparer.Ordinal)
        : [];
}

/// <summary>
/// Copies databases, layer, configuration and keys, while they are in use, to a folder that only becomes a backup when SQLite finds nothing wrong with the copies and all of it is on
/// the disk. One at a time; who asks for one while one is made waits for that.
/// </summary>
public sealed class BackupMaker(BackupSources sources, BackupFolder folder, BackupSettings settings, TimeProvider clock, ILogger logger) : IDisposable
{
    /// <summary>So that a backup is never what fills the disk.</summary>
    const long Reserve = 64_000_000;

    const int MigrationsKept = 2;

    readonly SemaphoreSlim _one = new(1, 1);
    readonly Lock _lock = new();
    Task<Backup>? _running;
    long _copied, _toCopy;

    public BackupFolder Folder => folder;

    /// <summary>Bytes copied and to be copied; null while none is made.</summary>
    public (long Copied, long Total)? Progress
    {
        get
        {
            lock (_lock) return _running is { IsCompleted: false } ? (Volatile.Read(ref _copied), Volatile.Read(ref _toCopy)) : null;
        }
    }

    /// <summary>What the next one takes, and what there is room for; null where that cannot be told.</summary>
    public (long NeededInBytes, long? AvailableInBytes) Room() =>
        (sources.Files.Where(File.Exists).Sum(file => new FileInfo(file).Length), DiskSpace.Of(Directory.Exists(folder.Path) ? folder.Path : Path.GetDirectoryName(folder.Path)!)?.Available);

    /// <summary>Makes one, or waits for the one that is being made; older ones that are too many go then.</summary>
    /// <param name="bytesPerSecond">No faster than this; 0: as fast as it goes.</param>
    /// <param name="name">Of its folder; null: one made of the time.</param>
    /// <exception cref="BackupException">There is no room, or something cannot be read or written; what was there is still there.</exception>
    public Task<Backup> MakeAsync(BackupReason reason, long bytesPerSecond, string? name, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_running is null || _running.IsCompleted) _running = Task.Run(() => MakeOneAsync(reason, bytesPerSecond, name, cancellationToken), cancellationToken);
            return _running;
        }
    }

    public void Dispose() => _one.Dispose();

    async Task<Backup> MakeOneAsync(BackupReason reason, long bytesPerSecond, string? name, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        string? unfinished = null;
        try
        {
            Volatile.Write(ref _copied, 0);
            if (name is not null && Earlier(name, cancellationToken) is { } earlier) return earlier;
            RequireRoom();
            long started = clock.GetTimestamp(), number = folder.List().Select(b => b.Manifest?.Number ?? 0).DefaultIfEmpty().Max() + 1;
            unfinished = folder.Begin();
            BackupManifest manifest = await FillAsync(unfinished, number, reason, bytesPerSecond, cancellationToken);
            Backup made = folder.Finish(unfinished, manifest, name);
            unfinished = null;
            if (made.Fault is { } fault) throw new BackupException($"The backup {made.Path} was made, and now {fault}. Look at its disk: journalctl -k");
            logger.Made(made.Path, manifest.SizeInBytes / 1e6, clock.GetElapsedTime(started).TotalSeconds);
            Rotate();
            return made;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DbException)
        {
            throw new BackupException($"No backup was made: {error.Message}", error) { IsDamage = Database.IsDamage(error) };
        }
        finally
        {
            if (unfinished is not null) AtomicWriter.RemoveAll(unfinished);
            _one.Release();
        }
    }

    async Task<BackupManifest> FillAsync(string target, long number, BackupReason reason, long bytesPerSecond, CancellationToken cancellationToken)
    {
        List<BackedUpFile> files = [];
        if (sources.Auth is not null) files.Add(await CopyDatabaseAsync(sources.Auth, sources.AuthFile, target, Backup.AuthName, bytesPerSecond, cancellationToken));
        if (sources.Catalog is not null) files.Add(await CopyDatabaseAsync(sources.Catalog, sources.CatalogFile, target, Backup.CatalogName, bytesPerSecond, cancellationToken));
        Inside catalog = LookInto($"{target}/{Backup.CatalogName}"), auth = LookInto($"{target}/{Backup.AuthName}");
        AtomicWriter.MakeFolder($"{target}/{Backup.LayerName}");
        foreach (string file in sources.LayerFiles)
            // What the catalogue has not committed may be taken back.
            Copy(file, $"{Backup.LayerName}/{Path.GetFileName(file)}", Path.GetFileName(file) == "journal.jsonl" ? catalog.Journalled : null);
        AtomicWriter.MakeFolder($"{target}/{Backup.ConfigurationName}");
        foreach ((string path, string inBackup) in sources.Configuration.Select(file => (file.Path, $"{Backup.ConfigurationName}/{file.Name}")).Concat(sources.Keys.Select(key => (key, $"{Backup.KeysName}/{Path.GetFileName(key)}"))))
        {
            if (!File.Exists(path)) continue;
            AtomicWriter.MakeFolder(Path.GetDirectoryName($"{target}/{inBackup}")!);
            Copy(path, inBackup, null);
        }
        return new(BackupManifest.NewestFormat, number, reason, sources.Albumen, catalog.Schema, auth.Schema, clock.GetUtcNow(), catalog.Operations, files);

        void Copy(string from, string inBackup, long? most)
        {
            ContentHash hash = AtomicWriter.CopyFile(from, $"{target}/{inBackup}", most, ModeOf(from), cancellationToken);
            files.Add(new(inBackup, new FileInfo($"{target}/{inBackup}").Length, hash.ToString()));
        }
    }

    async Task<BackedUpFile> CopyDatabaseAsync(Database source, string file, string target, string name, long bytesPerSecond, CancellationToken cancellationToken)
    {
        string copy = $"{target}/{name}";
        AtomicWriter.Replace(copy, [], durable: false, mode: ModeOf(file));
        await DatabaseCopy.MakeAsync(source, copy, bytesPerSecond, bytes => Interlocked.Add(ref _copied, bytes), cancellationToken);
        using (Database made = Database.ForReading(copy, ""))
            if (FaultOf(made, cancellationToken) is { } fault)
            {
                // The copy has every page as it was read, so this is the file's fault, or a disk's: the one that is in use is looked at, and those who keep it are told.
                string? own = FaultOf(source, cancellationToken);
                if (own is not null) source.NoteDamage(own);
                throw new BackupException($"No backup was made: {(own is null ? $"the copy of {file}" : file)} is damaged: {fault}.") { IsDamage = own is not null };
            }
        cancellationToken.ThrowIfCancellationRequested();
        AtomicWriter.SyncPath(copy);
        return new(name, new FileInfo(copy).Length, BackupFolder.HashOf(copy, cancellationToken).ToString());
    }

    static string? FaultOf(Database database, CancellationToken cancellationToken)
    {
        try
        {
            return database.Inspect(isDeep: true, cancellationToken, withReferences: false) is { Count: > 0 } faults ? faults[0] : null;
        }
        catch (DbException error) when (Database.IsDamage(error))
        {
            return "SQLite finds it malformed";
        }
    }

    /// <summary>
    /// One of the same name from before something was changed that is changed by now: a version that has brought one database up to date and was interrupted before the other is
    /// started again, and what it would save is the half-way state.
    /// </summary>
    Backup? Earlier(string name, CancellationToken cancellationToken)
    {
        if (folder.List().FirstOrDefault(backup => backup.Name == name) is not { Manifest: { } then } earlier) return null;
        Inside catalog = LookInto(sources.CatalogFile), auth = LookInto(sources.AuthFile);
        if ((then.CatalogSchema >= catalog.Schema && then.AuthSchema >= auth.Schema) || BackupFolder.Fault(earlier, cancellationToken) is not null) return null;
        logger.Kept(earlier.Path, then.CatalogSchema, then.AuthSchema, catalog.Schema, auth.Schema);
        return earlier;
    }

    /// <summary>Only whole ones count, and only whole ones go. What cannot be removed says nothing against the new one.</summary>
    void Rotate()
    {
        try
        {
            RemoveSurplus();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            logger.NotRemoved(folder.Path, error.Message);
        }
    }

    void RemoveSurplus()
    {
        IReadOnlyList<Backup> whole = [.. folder.List().Where(backup => backup.Fault is null)];
        IEnumerable<Backup> surplus =
        [
            .. Rotation.Surplus(whole.Where(b => !IsBefore(b)), b => b.Manifest!.Number, b => b.Manifest!.Made, settings, clock.LocalTimeZone),
            .. whole.Where(IsBefore).Skip(MigrationsKept),
        ];
        foreach (Backup backup in surplus) BackupFolder.Remove(backup);

        static bool IsBefore(Backup backup) => backup.Name.StartsWith(BackupFolder.Before, StringComparison.Ordinal);
    }

    void RequireRoom()
    {
        (long needed, long? available) = Room();
        Volatile.Write(ref _toCopy, needed);
        if (available is { } room && room < needed + Reserve)
            throw new BackupException($"No backup was made: there is no room for it in {folder.Path}. It takes {needed / 1e6:0} MB, {room / 1e6:0} MB are free, and {Reserve / 1e6:0} MB of that are left for the catalogue. Free some space there, or name another disk with backup.folder.");
    }

    /// <param name="Journalled">How much of the journal it has, in bytes; null: it does not say.</param>
    sealed record Inside(long Schema, long? Journalled, long Operations);

    static Inside LookInto(string file)
    {
        if (!File.Exists(file)) return new(0, null, 0);
        using Database database = Database.ForReading(file, "");
        using Database.Reader reader = database.Scratch();
        long schema = reader.Connection.ExecuteScalar<long>("PRAGMA user_version");
        // Of an older version it is not known what it holds.
        if (reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master WHERE name IN ('cursor', 'operation')") < 2) return new(schema, null, 0);
        return new(schema, reader.Connection.ExecuteScalar<long?>("SELECT position FROM cursor WHERE name = @Cursor", new { Journal.Cursor }) ?? 0, reader.Connection.ExecuteScalar<long>("SELECT coalesce(max(number), 0) FROM operation"));
    }

    static int ModeOf(string file) => (int)File.GetUnixFileMode(file) & BackupFolder.MostOpenMode;
}

/// <summary>No backup could be made; the message says why and what to do.</summary>
public sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Because a database is damaged that is in use.</summary>
    public bool IsDamage { get; init; }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Backed up databases, layer and configuration to {Folder}: {Megabytes:0.0} MB in {Seconds:0.0} s")]
    public static partial void Made(this ILogger logger, string folder, double megabytes, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "The backup {Folder} is kept and none made anew: in it catalogue and accounts have schema {CatalogThen} and {AuthThen}, which are {Catalog} and {Auth} by now")]
    public static partial void Kept(this ILogger logger, string folder, long catalogThen, long authThen, long catalog, long auth);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Backups in {Folder} that are too many cannot be removed: {Reason} The new one is whole all the same")]
    public static partial void NotRemoved(this ILogger logger, string folder, string reason);
}
