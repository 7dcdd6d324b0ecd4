using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Processing;
using Albumen.Sidecar;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tests.Storage;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tests.Sidecar;

/// <summary>What is slow to start and can serve one desk after the other: a real worker, a real scribe, a folder.</summary>
public sealed class SidecarBench : IDisposable
{
    public SidecarBench()
    {
        Directory.CreateDirectory(Disk);
        string cache = Path.Combine(Root, "cache"), albumend = Programs.Albumend;
        Directory.CreateDirectory(Path.Combine(cache, "derivatives"));
        Workers = new(new(albumend, ["worker", cache, "82", "78", "100"], new Dictionary<string, string>()), new() { Count = 1 }, NullLogger<WorkerPool>.Instance);
        (Scribe, _) = Scribe.StartNow(albumend, [], [Disk]);
    }

    /// <summary>In memory where there is such a folder: thousands of orders of events wait for a disk otherwise.</summary>
    public string Root { get; } = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"albumen-desk-{Guid.NewGuid():N}")).FullName;
    public string Disk => Path.Combine(Root, "photos");
    public WorkerPool Workers { get; }
    public Scribe Scribe { get; }

    public void Dispose()
    {
        Scribe.Dispose();
        Workers.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}

/// <summary>
/// A library folder, a catalogue, a journal and the sidecars between them, driven step by step in place of the daemon's loops; it can be crashed
/// in the midst of a step. Photos are indexed without decoding them; sidecars are merged by the worker and written by the scribe.
/// </summary>
sealed class SidecarDesk : IDisposable
{
    readonly SidecarBench _bench;
    readonly SidecarSettings _settings;
    VolumeSettings _volume;
    readonly string _state;
    AppendFile _journalFile = null!;
    Parts _parts = null!;

    public SidecarDesk(SidecarBench bench, SidecarSettings? settings = null)
    {
        (_bench, _settings, _state) = (bench, (settings ?? new()) with { Delay = TimeSpan.Zero }, Path.Combine(bench.Root, "state"));
        if (Directory.Exists(_state)) Directory.Delete(_state, recursive: true);
        foreach (string entry in Directory.EnumerateFileSystemEntries(Disk).ToList())
            if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
            else File.Delete(entry);
        Directory.CreateDirectory(_state);
        _volume = new("photos", Disk, null, []);
        Open();
    }

    /// <summary>One life of the daemon.</summary>
    sealed record Parts(Database Catalog, Journal Journal, Editor Editor, Conflicts Conflicts, Volumes Volumes, SidecarReader Reader, SidecarWriter Writer);

    public string Disk => _bench.Disk;
    public Stepping Clock { get; } = new();
    public Database Catalog => _parts.Catalog;
    public Journal Journal => _parts.Journal;
    public SidecarWriter Writer => _parts.Writer;
    public SidecarReader Reader => _parts.Reader;
    public Conflicts Conflicts => _parts.Conflicts;
    public Problems Problems => new(Catalog);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static Author Anna { get; } = new("anna", "cli");

    public string this[string name] => Path.Combine(Disk, name);

    public void Photo(string name, string? bytes = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], bytes ?? name);
    }

    /// <summary>The uid of the photo with these bytes, which by default are its name.</summary>
    public static string Uid(string bytes) => ContentHash.FromBytes(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(bytes))).ToAssetUid();

    public Facts Effective(string uid) => Ask<string>("SELECT facts FROM asset WHERE uid = @uid", new { uid }) is { } json ? JsonSerializer.Deserialize(json, FactsJson.Default.Facts)! : new();

    public T? Ask<T>(string sql, object? parameters = null)
    {
        using Database.Reader reader = Catalog.Read();
        return reader.Connection.ExecuteScalar<T>(sql, parameters);
    }

    public List<string> Rows(string sql) => Rows(Catalog, sql);

    public Task<Edited> EditAsync(string uid, params Edit[] edits) =>
        _parts.Editor.ApplyAsync(Anna, "edit", connection => [.. connection.Query<(long, string)>("SELECT id, uid FROM asset WHERE uid = @uid", new { uid })], edits, Stop);

    public Task<Edited> SetAsync(string uid, Field field, string? value) => EditAsync(uid, value is null ? Edit.Reset(field) : Edit.Set(field, value));

    /// <returns>False when there was nothing to take back.</returns>
    public async Task<bool> UndoAsync(long? number = null)
    {
        try
        {
            await Journal.UndoAsync(Anna, number, Stop);
            return true;
        }
        catch (UndoException)
        {
            return false;
        }
    }

    public Task ResolveAsync(Decision decision) => Conflicts.ResolveAsync(Anna, "decide", null, decision, Stop);

    /// <summary>Walks the folder and reads what is new there.</summary>
    public Task ScanAsync() => ScanAsync(_parts.Catalog, _parts.Volumes, _parts.Journal);

    public Task<int> TakeInAsync() => Reader.DrainAsync(Stop);

    public Task WriteAsync() => Writer.DrainAsync(Stop);

    /// <summary>Scans, takes in and writes until nothing is left to do, or says that this does not end.</summary>
    public async Task SettleAsync()
    {
        const int Most = 12;
        for (int round = 0; round < Most; round++)
        {
            await ScanAsync();
            await Reader.MissAsync(_parts.Volumes.All[0], Stop);
            await TakeInAsync();
            await WriteAsync();
            Clock.Now += TimeSpan.FromMinutes(2);
            await ScanAsync();
            if (Ask<long>("SELECT count(*) FROM job WHERE not_before < @Never", new { JobQueue.Never }) == 0) return;
        }
        Assert.Fail($"It does not come to rest: {string.Join("; ", Rows("SELECT kind, subject, attempts, error FROM job"))}");
    }

    /// <summary>Configures the volume otherwise and starts again.</summary>
    public void Place(Placement placement)
    {
        _volume = _volume with { Sidecars = placement };
        Close();
        Open();
    }

    /// <summary>The daemon dies, here and now, and is started again.</summary>
    public async Task CrashAsync()
    {
        Close();
        Open();
        await Journal.CatchUpAsync(Stop);
    }

    /// <summary>
    /// The daemon dies in the midst of something: when the catalogue is about to note it. What was written until then, to the journal and to
    /// the sidecars, stays.
    /// </summary>
    /// <param name="before">What the catalogue is about to do, as a trigger has it: <c>INSERT ON operation</c>.</param>
    public async Task CrashAsync(string before, Func<Task> doing, bool isScribeGone = false)
    {
        await Catalog.WriteAsync(connection => connection.Execute($"CREATE TRIGGER crash BEFORE {before} BEGIN SELECT RAISE(ABORT, 'crash'); END"), Stop);
        if (isScribeGone) _parts = Build(_parts.Catalog, scribe: null);
        try
        {
            await doing();
        }
        catch (DbException error) when (error.Message.Contains("crash", StringComparison.Ordinal))
        {
            // As wanted.
        }
        Close();
        Open();
        await Catalog.WriteAsync(connection => connection.Execute("DROP TRIGGER crash"), Stop);
        await Journal.CatchUpAsync(Stop);
    }

    /// <summary>Makes the catalogue anew from the journal and the files, beside this one, and says where they differ; that of this one first.</summary>
    public async Task<(string Here, string Anew)> RebuiltAsync()
    {
        string journal = Path.Combine(_state, "rebuilt.jsonl"), database = Path.Combine(_state, "rebuilt.db");
        File.Copy(_journalFile.Path, journal);
        string anew;
        using (Database catalog = new(database, "catalog"))
        using (AppendFile file = new(journal))
        {
            Journal log = new(catalog, file, TimeSpan.Zero, Clock);
            await log.CatchUpAsync(Stop);
            Volumes volumes = new(catalog, [_volume]);
            await ScanAsync(catalog, volumes, log);
            await new SidecarReader(catalog, new(catalog, Clock), volumes, log, _bench.Workers, _settings, Clock).DrainAsync(Stop);
            anew = Dump(catalog);
        }
        foreach (string left in Directory.EnumerateFiles(_state, "rebuilt*").ToList()) File.Delete(left);
        return (Dump(Catalog), anew);
    }

    /// <summary>Every sidecar, with its bytes and times.</summary>
    public string Files() => string.Join('\n', Directory.EnumerateFiles(Disk, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));

    /// <summary>What people said, what counts and what is known, without what only says when it was looked at.</summary>
    public static string Dump(Database catalog) => string.Join('\n',
        (string[])["# operations", .. Rows(catalog, "SELECT number, id, who, what FROM operation ORDER BY number"),
        "# statements", .. Rows(catalog, "SELECT asset, kind, field, value FROM statement ORDER BY 1, 2, 3"),
        "# layers", .. Rows(catalog, "SELECT a.uid, l.source, l.facts FROM layer l JOIN asset a ON a.id = l.asset_id WHERE l.source <> 'mtime' ORDER BY 1, 2"),
        "# assets", .. Rows(catalog, "SELECT uid, facts FROM asset ORDER BY 1")]);

    public void Dispose() => Close();

    static List<string> Rows(Database catalog, string sql)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query(sql).Select(row => string.Join(" | ", ((IDictionary<string, object?>)row).Values))];
    }

    void Open()
    {
        _journalFile = new(Path.Combine(_state, "journal.jsonl"));
        _parts = Build(new(Path.Combine(_state, "catalog.db"), "catalog"), _bench.Scribe);
    }

    Parts Build(Database catalog, Scribe? scribe)
    {
        Journal journal = new(catalog, _journalFile, TimeSpan.Zero, Clock);
        Volumes volumes = new(catalog, [_volume]);
        JobQueue queue = new(catalog, Clock);
        Meet(volumes);
        return new(catalog, journal, new(catalog, journal), new(catalog, journal), volumes, new(catalog, queue, volumes, journal, _bench.Workers, _settings, Clock),
            new(catalog, queue, volumes, journal, new(_state, volumes, _settings, scribe, Clock), _bench.Workers, _settings, Clock));
    }

    void Close()
    {
        _parts.Catalog.Dispose();
        _journalFile.Dispose();
    }

    void Meet(Volumes volumes)
    {
        using VolumeFiles files = new(Disk);
        volumes.Meet(volumes.All[0], files.StatRoot());
    }

    async Task ScanAsync(Database catalog, Volumes volumes, Journal journal)
    {
        using VolumeFiles files = new(Disk);
        await Shelf.Scanner(catalog).ScanAsync(volumes.All[0], files, new(), Stop);
        await catalog.WriteAsync(connection =>
        {
            List<StatementChange> continued = [];
            foreach ((long id, string subject) in connection.Query<(long, string)>("SELECT id, subject FROM job WHERE kind = @ReadJob ORDER BY id", new { LocationIndex.ReadJob }).AsList())
            {
                (long folder, byte[] name) = LocationIndex.FromSubject(subject);
                Read(connection, files, folder, name, continued);
                connection.Execute("DELETE FROM job WHERE id = @id", new { id });
            }
            journal.Record(connection, Author.Scan, "originals have new bytes", continued);
        }, Stop);
    }

    static void Read(DbConnection connection, VolumeFiles files, long folder, byte[] name, List<StatementChange> continued)
    {
        RelativePath path = RelativePath.FromBytes(connection.QuerySingle<byte[]>("SELECT path FROM folder WHERE id = @folder", new { folder })).Child(name);
        byte[] bytes;
        FileStat stat;
        try
        {
            using SafeFileHandle file = files.OpenRead(path, out stat);
            bytes = new byte[stat.SizeInBytes];
            RandomAccess.Read(file, bytes, 0);
        }
        catch (FileFault)
        {
            return;
        }
        bool isSidecar = path.ToString().EndsWith(".xmp", StringComparison.OrdinalIgnoreCase), isDamaged = false;
        Facts facts = isSidecar ? SidecarMetadata.Read(bytes, null, [], out isDamaged) : new() { Width = 400, Height = 300, Caption = "embedded" };
        AssetIndex.Record(connection, new(folder, name, ContentHash.FromBytes(SHA256.HashData(bytes)), stat, isSidecar ? "sidecar" : "image", isSidecar ? "application/rdf+xml" : "image/jpeg",
            isDamaged ? null : facts, null), 0, continued);
    }
}

/// <summary>A clock that stands until it is moved.</summary>
sealed class Stepping : TimeProvider
{
    public DateTimeOffset Now { get; set; } = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => Now;
}
