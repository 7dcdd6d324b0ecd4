using Albumen.Daemon;
using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tests.Storage;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Daemon;

/// <summary>The keeper of one real folder; nothing is read.</summary>
public sealed class VolumeKeeperTests : IDisposable
{
    readonly Shelf _shelf = new();
    readonly Watcher _watcher = new(new(TimeProvider.System));
    readonly WorkerPool _workers = new(new("/bin/false", [], new Dictionary<string, string>()), new(), NullLogger<WorkerPool>.Instance);
    readonly Indexer _indexer;
    readonly VolumeKeeper _keeper;

    public VolumeKeeperTests()
    {
        // Always due, and always quiet.
        ScanSettings scan = new() { Every = TimeSpan.FromMilliseconds(1), Settle = TimeSpan.Zero };
        Courtesy courtesy = new(new() { QuietHours = QuietHours.Parse("0:00-12:00, 12:00-0:00") }, new(), TimeProvider.System);
        _indexer = new(_shelf.Catalog, new(_shelf.Catalog, TimeProvider.System), _shelf.Volumes, new(TimeProvider.System), scan, _workers, new(_shelf.Root), new(_shelf.Catalog), _shelf.Journal, courtesy,
            TimeProvider.System, NullLogger<Indexer>.Instance);
        _keeper = new(_shelf.Volume, _shelf.Catalog, _shelf.Volumes, Shelf.Scanner(_shelf.Catalog), _indexer, _watcher, courtesy, scan, TimeProvider.System, NullLogger.Instance);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _keeper.Dispose();
        _indexer.Dispose();
        _workers.Dispose();
        _watcher.Dispose();
        _shelf.Dispose();
    }

    [Fact]
    public async Task What_the_kernel_tells_is_heard_in_quiet_hours()
    {
        await _shelf.With("a.jpg").ScanAsync();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task running = _keeper.RunAsync(end.Token);
        await Task.Delay(200, Stop);

        _shelf.With("b.jpg");
        _keeper.Tell(new FoldersChanged(_shelf.Volume.Id, new HashSet<long> { 1 }, new HashSet<long>()));

        for (int i = 0; i < 100 && _shelf.Present() is "a.jpg"; i++) await Task.Delay(50, Stop);
        Assert.Equal("a.jpg b.jpg", _shelf.Present());
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [InlineData("touch b/.nomedia")]
    [InlineData("mv b ..")]
    public async Task A_folder_that_is_ignored_by_now_or_was_moved_away_is_watched_no_more(string change)
    {
        _shelf.With("a.jpg", "b/1.jpg", "b/c/2.jpg");
        Assert.True(await _keeper.ScanAsync(new(), Stop));
        Assert.Equal(3, _watcher.Watches);

        _shelf.Shell(change);
        Assert.True(await _keeper.ScanAsync(new(), Stop));

        Assert.Equal(change.StartsWith("mv", StringComparison.Ordinal) ? 1 : 2, _watcher.Watches);
    }

    [Fact]
    public async Task That_files_may_be_gone_does_not_mean_that_all_may()
    {
        await ThinOutAsync();
        await _shelf.Volumes.ConfirmAsync(_shelf.Volume, Stop);
        _shelf.Shell("rm *");

        Assert.False(await _keeper.ScanAsync(new(), Stop));

        Assert.Equal((Trust.Suspect, ""), (_shelf.Volumes.TrustIn(_shelf.Volume), _shelf.Missing()));
    }

    [Fact]
    public async Task An_empty_volume_is_empty_when_somebody_says_so()
    {
        await _shelf.With("a.jpg").ReadAllAsync();
        await _keeper.ScanAsync(new(), Stop);
        await _shelf.ReadAllAsync();
        _shelf.Delete("a.jpg");
        Assert.False(await _keeper.ScanAsync(new(), Stop));
        await _shelf.Volumes.ConfirmAsync(_shelf.Volume, Stop);

        Assert.True(await _keeper.ScanAsync(new(), Stop));

        Assert.Equal((Trust.Online, "a.jpg"), (_shelf.Volumes.TrustIn(_shelf.Volume), _shelf.Missing()));
    }

    [Fact]
    public async Task Renames_of_a_walk_that_was_cut_short_are_followed_by_the_next()
    {
        _shelf.With("a/1.jpg", "b.jpg");
        await _keeper.ScanAsync(new(), Stop);
        _shelf.Shell("mv a c");
        // A daemon that is killed here has not noted yet where photos are searched.
        await _shelf.ScanAsync();

        await _keeper.ScanAsync(new(), Stop);

        using Database.Reader reader = _shelf.Catalog.Read();
        Assert.Equal(0, reader.Connection.QuerySingle<long>("SELECT count(*) FROM job WHERE kind = 'place'"));
    }

    /// <summary>More is gone than may be at once.</summary>
    async Task ThinOutAsync()
    {
        _shelf.With([.. Enumerable.Range(0, 10).Select(n => $"{n}.jpg")]);
        await _keeper.ScanAsync(new(), Stop);
        await _shelf.ReadAllAsync();
        _shelf.Shell("rm 0.jpg 1.jpg 2.jpg 3.jpg 4.jpg 5.jpg");
        Assert.False(await _keeper.ScanAsync(new(), Stop));
        Assert.Equal((Trust.Suspect, ""), (_shelf.Volumes.TrustIn(_shelf.Volume), _shelf.Missing()));
    }
}
