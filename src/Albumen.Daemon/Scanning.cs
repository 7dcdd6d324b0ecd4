using System.Data.Common;
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
sealed class Scanning(Database catalog, Volumes volumes, Scanner scanner, Indexer indexer, ScanSettings settings, TimeProvider clock, ILogger<Scanning> logger) : IDisposable
{
    static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(15);

    readonly SemaphoreSlim _one = new(1, 1);
    volatile ScanSummary? _current;
    volatile string? _volume;
    volatile string? _trouble;

    public Progress Progress()
    {
        long left = indexer.Left();
        string? trouble = _trouble ?? indexer.Trouble;
        string state = trouble is not null ? "stalled" : _volume is not null ? "scanning" : left > 0 ? "indexing" : "idle";
        return new(state, _volume, _current?.Files ?? 0, indexer.Done, left, trouble);
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
                if (!await PersistAsync(volume, cancellationToken)) offline.Add(volume);
            return offline;
        }
        finally
        {
            (_volume, _current) = (null, null);
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>Walks a volume again and again until what it found is written down: a full disk is freed some day.</summary>
    async Task<bool> PersistAsync(Volume volume, CancellationToken cancellationToken)
    {
        while (true)
            try
            {
                bool isOnline = await ScanAsync(volume, cancellationToken);
                _trouble = null;
                return isOnline;
            }
            catch (DbException error)
            {
                string reason = catalog.Explain(error).Message;
                if (_trouble != reason) logger.Unwritten(volume.Name, reason, AfterTrouble.TotalSeconds);
                _trouble = reason;
                await Task.Delay(AfterTrouble, clock, cancellationToken);
            }
    }

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
            await NoteAsync(volume, summary, now, cancellationToken);
            await volumes.OnlineAsync(volume, now, cancellationToken);
            logger.Scanned(volume.Name, summary.Files, summary.Folders, Stopwatch.GetElapsedTime(started).TotalSeconds, summary.Changed);
            return true;
        }
        catch (IOException error)
        {
            string reason = error is FileFault fault ? $"{volume.Settings.Path}: {fault.Reason}." : error.Message;
            logger.Offline(volume.Name, reason);
            await volumes.OfflineAsync(volume, reason, cancellationToken);
            return false;
        }
        finally
        {
            indexer.Wake();
        }
    }

    Task NoteAsync(Volume volume, ScanSummary summary, long now, CancellationToken cancellationToken) => catalog.WriteAsync(connection =>
    {
        foreach ((RelativePath path, string reason) in summary.Unreadable)
            Problems.Note(connection, new("unreadable-folder", volume.Name, path.ToString(), $"It cannot be read, so what was known of it stays: {reason}."), now);
        Problems.SolveUnseen(connection, volume.Name, "unreadable-folder", now);
        if (summary.Gone > 0) Problems.SolveGone(connection);
    }, cancellationToken);
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The scan of {Volume} cannot be written down: {Reason} It is tried again every {Seconds:0} s")]
    public static partial void Unwritten(this ILogger logger, string volume, string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Scanned {Volume}: {Files} files in {Folders} folders in {Seconds:0.00} s, {Changed} new or changed")]
    public static partial void Scanned(this ILogger logger, string volume, long files, long folders, double seconds, long changed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Volume {Volume} is offline: {Reason} Nothing is forgotten; it is tried again with the next scan")]
    public static partial void Offline(this ILogger logger, string volume, string reason);
}
