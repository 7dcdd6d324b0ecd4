using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;

namespace Albumen.Daemon;

/// <summary>How far scanning and indexing are, for those who wait.</summary>
/// <param name="State">scanning, indexing, idle or stalled.</param>
/// <param name="Volume">The volume being walked.</param>
/// <param name="Files">Seen by the walk so far.</param>
/// <param name="Done">Files read since the daemon started.</param>
/// <param name="Left">Files still to be read.</param>
/// <param name="Trouble">Why nothing moves.</param>
sealed record Progress(string State, string? Volume, long Files, long Done, long Left, string? Trouble);

/// <summary>The keepers of all volumes: walks one after the other at the start and when asked, and hands them what the kernel tells.</summary>
sealed class Scanning : IDisposable
{
    readonly Indexer _indexer;
    readonly Watcher _watcher;
    readonly Dictionary<long, VolumeKeeper> _keepers;

    public Scanning(Database catalog, Volumes volumes, Scanner scanner, Indexer indexer, Watcher watcher, Courtesy courtesy, ScanSettings settings, TimeProvider clock, ILogger<Scanning> logger)
    {
        (_indexer, _watcher) = (indexer, watcher);
        _keepers = volumes.All.ToDictionary(v => v.Id, v => new VolumeKeeper(v, catalog, volumes, scanner, indexer, watcher, courtesy, settings, clock, logger) { Walked = (volume, isWhole) => Walked(volume, isWhole) });
    }

    /// <summary>Called after each walk, and whether it was of the whole volume.</summary>
    public Action<Volume, bool> Walked { get; set; } = static (_, _) => { };
    /// <summary>Every volume that is there was walked since the start.</summary>
    public bool HasSeenAll { get; private set; }

    public VolumeKeeper KeeperOf(Volume volume) => _keepers[volume.Id];

    /// <summary>Hands news to the keepers of those volumes it concerns.</summary>
    public void Tell(WatchNews news)
    {
        foreach (VolumeKeeper keeper in _keepers.Values)
            if (news.VolumeId is not { } id || id == keeper.Volume.Id) keeper.Tell(news);
    }

    public Progress Progress()
    {
        long left = _indexer.Left();
        string? trouble = _keepers.Values.Select(k => k.Trouble).FirstOrDefault(t => t is not null) ?? _indexer.Trouble;
        VolumeKeeper? walking = _keepers.Values.FirstOrDefault(k => k.Current is not null);
        string state = trouble is not null ? "stalled" : walking is not null ? "scanning" : left > 0 ? "indexing" : "idle";
        return new(state, walking?.Volume.Name, walking?.Current?.Files ?? 0, _indexer.Done, left, trouble);
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (VolumeKeeper keeper in _keepers.Values) await keeper.RecogniseAsync(cancellationToken);
        await ScanAsync([.. _keepers.Values.Select(k => k.Volume)], cancellationToken);
        HasSeenAll = true;
        _indexer.Wake();
        await Task.WhenAll([ListenAsync(cancellationToken), .. _keepers.Values.Select(k => k.RunAsync(cancellationToken))]);
    }

    /// <summary>Walks these volumes now, one after the other.</summary>
    /// <returns>Those that are not online after it.</returns>
    public async Task<IReadOnlyList<Volume>> ScanAsync(IReadOnlyList<Volume> which, CancellationToken cancellationToken)
    {
        List<Volume> unavailable = [];
        foreach (Volume volume in which)
            if (!await _keepers[volume.Id].ScanAsync(new(), cancellationToken)) unavailable.Add(volume);
        return unavailable;
    }

    public void Dispose()
    {
        foreach (VolumeKeeper keeper in _keepers.Values) keeper.Dispose();
    }

    async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (true) Tell(await _watcher.NextAsync(cancellationToken));
    }
}
