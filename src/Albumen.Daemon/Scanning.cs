using System.Diagnostics;
using Albumen.Catalog;
using Albumen.Derivatives;
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

/// <summary>Walks the volumes: at the start, every so often, and when asked. One walk at a time.</summary>
sealed class Scanning(Database catalog, Volumes volumes, Scanner scanner, Indexer indexer, Problems problems, ScanSettings settings, TimeProvider clock, ILogger<Scanning> logger) : IDisposable
{
    readonly SemaphoreSlim _one = new(1, 1);
    volatile ScanSummary? _current;
    volatile string? _volume;

    public Progress Progress()
    {
        long left = indexer.Left();
        string state = _volume is not null ? "scanning" : indexer.Trouble is not null ? "stalled" : left > 0 ? "indexing" : "idle";
        return new(state, _volume, _current?.Files ?? 0, indexer.Done, left, indexer.Trouble);
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ScanAsync(volumes.All, cancellationToken);
        if (settings.Every == TimeSpan.Zero) return;
        while (true)
        {
            await Task.Delay(settings.Every, clock, cancellationToken);
            await ScanAsync(volumes.All, cancellationToken);
        }
    }

    /// <summary>Walks these volumes now, after a walk that is under way.</summary>
    /// <returns>Those that could not be walked.</returns>
    public async Task<IReadOnlyList<Volume>> ScanAsync(IReadOnlyList<Volume> which, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            List<Volume> offline = [];
            foreach (Volume volume in which)
                if (!await ScanAsync(volume, cancellationToken)) offline.Add(volume);
            return offline;
        }
        finally
        {
            (_volume, _current) = (null, null);
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    async Task<bool> ScanAsync(Volume volume, CancellationToken cancellationToken)
    {
        _volume = volume.Name;
        long started = Stopwatch.GetTimestamp(), now = clock.GetUtcNow().ToUnixTimeSeconds();
        try
        {
            using VolumeFiles files = new(volume.Settings.Path);
            ScanSummary summary = await scanner.ScanAsync(volume, files, seen =>
            {
                _current = seen;
                if (seen.Changed > 0) indexer.Wake();
            }, cancellationToken);
            if (summary.Unreadable.Count > 0 || problems.Any(volume.Name)) await NoteAsync(volume, summary, now, cancellationToken);
            await volumes.OnlineAsync(volume, now, cancellationToken);
            logger.Scanned(volume.Name, summary.Files, summary.Folders, Stopwatch.GetElapsedTime(started).TotalSeconds, summary.Changed);
            return true;
        }
        catch (IOException error)
        {
            logger.Offline(volume.Name, error.Message);
            await volumes.OfflineAsync(volume, error.Message, cancellationToken);
            return false;
        }
        finally
        {
            indexer.Wake();
        }
    }

    async Task NoteAsync(Volume volume, ScanSummary summary, long now, CancellationToken cancellationToken) => await catalog.WriteAsync(connection =>
    {
        foreach ((RelativePath path, string reason) in summary.Unreadable)
            Problems.Note(connection, Problems.UnreadableFolder, volume.Name, path.ToString(), $"It cannot be read, so what was known of it stays: {reason}.", null, now);
        Problems.SolveUnseen(connection, volume.Name, Problems.UnreadableFolder, now);
        Problems.SolveGone(connection, volume.Name);
    }, cancellationToken);
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Scanned {Volume}: {Files} files in {Folders} folders in {Seconds:0.00} s, {Changed} new or changed")]
    public static partial void Scanned(this ILogger logger, string volume, long files, long folders, double seconds, long changed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Volume {Volume} is offline: {Reason} Nothing is forgotten; it is tried again with the next scan")]
    public static partial void Offline(this ILogger logger, string volume, string reason);
}
