using System.Security.Cryptography;
using Albumen.Derivatives;
using Albumen.Native;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tests.Storage;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tests.Derivatives;

/// <summary>One library folder that is watched, scanned and read by real workers while a test writes into it.</summary>
sealed class LivingLibrary : IAsyncDisposable
{
    readonly CancellationTokenSource _end = new();
    readonly TimeProvider _clock;
    readonly SettleGate _gate;
    readonly Watcher _watcher;
    readonly WorkerPool _workers;
    readonly ScanSettings _scan;
    readonly List<Task> _parts = [];

    /// <param name="through">Words before the worker's own.</param>
    /// <param name="clock">The daemon's; workers have that of the machine.</param>
    public LivingLibrary(TimeSpan settle, string[]? through = null, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _gate = new(_clock);
        string cache = Path.Combine(Shelf.Root, "cache");
        Directory.CreateDirectory(Path.Combine(cache, "derivatives"));
        string[] words = [.. through ?? [], Programs.Albumend, "worker", cache, "82", "78", "100"];
        _workers = new(new(words[0], words[1..], new Dictionary<string, string>()), new() { Count = 1 }, NullLogger<WorkerPool>.Instance);
        _watcher = new(_gate);
        _scan = new() { Settle = settle };
        Indexer = new(Shelf.Catalog, new(Shelf.Catalog, _clock), Shelf.Volumes, _gate, _scan, _workers, new(cache), new(Shelf.Catalog), Shelf.Journal, new(new(), new(), _clock), _clock, NullLogger<Indexer>.Instance);
    }

    public Shelf Shelf { get; } = new();
    public Indexer Indexer { get; }

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public string this[string name] => Path.Combine(Shelf.Disk, name);

    public async Task ScanAsync()
    {
        using VolumeFiles files = new(Shelf.Disk);
        await new Scanner(Shelf.Catalog, _scan, _clock, NullLogger<Scanner>.Instance).ScanAsync(Shelf.Volume, files, new(), Cancelled);
    }

    /// <summary>From now on all happens by itself.</summary>
    public async Task LiveAsync()
    {
        await Indexer.PrepareAsync(Cancelled);
        await ScanAsync();
        Watch();
        _parts.Add(Indexer.RunAsync(_end.Token));
        _parts.Add(FollowAsync());
    }

    /// <summary>Fails when a job failed, or any problem was noted, until the condition holds.</summary>
    /// <param name="mayComplain">What is read now may have problems: a clip of nothing but zeros is none.</param>
    public async Task UntilAsync(Func<bool> condition, bool mayComplain = false)
    {
        for (int i = 0; i < 600 && !condition(); i++)
        {
            if (!mayComplain) Assert.Equal((0, null, 0), Trouble());
            await Task.Delay(50, Cancelled);
        }
        Assert.True(condition());
    }

    public async Task ForAsync(TimeSpan time)
    {
        long end = Environment.TickCount64 + (long)time.TotalMilliseconds;
        await UntilAsync(() => Environment.TickCount64 >= end);
    }

    /// <summary>True when the very bytes that lie there now were read.</summary>
    public bool IsRead(string name) => Ask<long>("SELECT count(*) FROM location l JOIN content c ON c.id = l.content_id WHERE l.name = @name AND c.sha256 = @hash",
        new { name = System.Text.Encoding.UTF8.GetBytes(name), hash = SHA256.HashData(File.ReadAllBytes(this[name])) }) == 1;

    /// <summary>Of all that was ever read.</summary>
    public long Contents => Ask<long>("SELECT count(*) FROM content");

    public T? Ask<T>(string sql, object? parameters = null)
    {
        using Database.Reader reader = Shelf.Catalog.Read();
        return reader.Connection.ExecuteScalar<T>(sql, parameters);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (Task part in _parts) await part.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _watcher.Dispose();
        Indexer.Dispose();
        _workers.Dispose();
        _end.Dispose();
        Shelf.Dispose();
    }

    async Task FollowAsync()
    {
        while (true)
        {
            // Watched anew, in case events were lost.
            await _watcher.NextAsync(_end.Token);
            Watch();
            await ScanAsync();
            Indexer.Wake();
        }
    }

    void Watch()
    {
        using SafeFileHandle root = new(Libc.OpenAt(Libc.AtFdCwd, System.Text.Encoding.UTF8.GetBytes(Shelf.Disk), Libc.ORdOnly | Libc.ODirectory), ownsHandle: true);
        Assert.Equal(WatchResult.Watched, _watcher.Watch(Shelf.Volume.Id, folder: 1, root, isRoot: true));
    }

    (long Attempts, string? Error, long Problems) Trouble() =>
        (Ask<long>("SELECT coalesce(max(attempts), 0) FROM job"), Ask<string>("SELECT max(error) FROM job"), Ask<long>("SELECT count(*) FROM problem"));
}
