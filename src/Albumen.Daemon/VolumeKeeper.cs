using System.Data.Common;
using System.Diagnostics;
using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;

namespace Albumen.Daemon;

/// <summary>
/// Keeps the index of one volume true: knows whether it can be believed, walks it when that is due or asked for, and looks at single folders
/// where the kernel says that something changed. One walk at a time.
/// </summary>
sealed class VolumeKeeper(Volume volume, Database catalog, Volumes volumes, Scanner scanner, Indexer indexer, Watcher watcher, Courtesy courtesy, ScanSettings settings, TimeProvider clock, ILogger logger)
    : IDisposable
{
    /// <summary>A volume that is away is looked for this often; that touches no disk of it.</summary>
    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10), AfterTrouble = TimeSpan.FromSeconds(15), LongestRest = TimeSpan.FromMinutes(1), LongestWait = TimeSpan.FromDays(1);
    /// <summary>Polling takes at most a fiftieth of the time.</summary>
    const int PollBudget = 50;

    readonly SemaphoreSlim _one = new(1, 1), _wake = new(0);
    readonly Lock _lock = new();
    readonly HashSet<long> _folders = [], _subtrees = [];
    bool _isAllDirty, _isLookedFor;
    // Monotonic: a clock that is set back or forth changes nothing.
    long _ended;
    TimeSpan _took;
    string _mounted = VolumeIdentity.MountedBelow(volume.Settings.Path);

    public Volume Volume => volume;

    /// <summary>Called after each walk, and whether it was of the whole volume.</summary>
    public Action<Volume, bool> Walked { get; init; } = static (_, _) => { };

    /// <summary>What the walk that is under way has seen; null when there is none.</summary>
    public ScanSummary? Current { get; private set; }

    /// <summary>Why what was found cannot be written down; null while all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Whether the kernel tells of every change; otherwise the volume is polled.</summary>
    public bool IsWatched => settings.Watch && volumes.IdentityOf(volume)?.Kind is not VolumeKind.Network && watcher.Unwatched(volume.Id) == 0;

    /// <summary>Time between two full walks; zero when there are none but those asked for.</summary>
    public TimeSpan Interval => IsWatched ? settings.Every
        : settings.Poll == TimeSpan.Zero ? TimeSpan.Zero
        : settings.Poll > _took * PollBudget ? settings.Poll : _took * PollBudget;

    /// <summary>How changes are learnt of, for the admin.</summary>
    public string Changes => IsWatched ? "watched"
        : !settings.Watch ? "polled: watching is off in the configuration"
        : volumes.IdentityOf(volume)?.Kind is VolumeKind.Network ? "polled: a network file system does not tell of changes"
        : $"polled: {watcher.Trouble}";

    /// <summary>Says what the kernel told.</summary>
    public void Tell(WatchNews news)
    {
        lock (_lock)
            switch (news)
            {
                case FoldersChanged changed:
                    _folders.UnionWith(changed.Folders);
                    _subtrees.UnionWith(changed.Subtrees);
                    break;
                case EverythingChanged:
                    _isAllDirty = true;
                    break;
                case VolumeUnmounted:
                    // Even when it is back at once: its watches are gone.
                    _isLookedFor = _isAllDirty = true;
                    break;
                case MountsChanged:
                    _isLookedFor = true;
                    break;
            }
        Wake();
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _wake.WaitAsync(UntilDue(), cancellationToken);
            if (TakeLookedFor() || (volumes.IsAway(volume) && UntilDue() == TimeSpan.Zero)) await LookAsync(cancellationToken);
            ScanOrder? dirty = TakeDirty();
            // When it comes back it is walked whole.
            if (volumes.IsAway(volume)) continue;
            if (dirty is { Folders: null }) await RestAsync(cancellationToken);
            if (dirty is not null) await ScanAsync(dirty, cancellationToken);
            else if (UntilDue() == TimeSpan.Zero) await ScanAsync(new(), cancellationToken);
        }
    }

    /// <summary>Looks what lies at the volume's path, without walking it: from then on its files may be read, or its jobs wait.</summary>
    public async Task RecogniseAsync(CancellationToken cancellationToken)
    {
        try
        {
            using VolumeFiles files = new(volume.Settings.Path);
            if (volumes.IdentityOf(volume) is not { } known || Doubt(known, files.Identify()) is not { } doubt) volumes.Meet(volume, files.StatRoot());
            else await SuspectAsync($"{doubt} {Ask}", isStranger: true, clock.GetUtcNow().ToUnixTimeSeconds(), cancellationToken);
        }
        catch (FileFault fault)
        {
            await volumes.OfflineAsync(volume, $"{volume.Settings.Path}: {fault.Reason}.", cancellationToken);
        }
    }

    /// <summary>Somebody says that a volume that looks wrong is right as it is; it is walked at once.</summary>
    /// <returns>False when there is nothing to confirm.</returns>
    public async Task<bool> ConfirmAsync(CancellationToken cancellationToken)
    {
        // A walk that is under way has not heard of it.
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (volumes.TrustIn(volume) is not (Trust.Suspect or Trust.Rejected)) return false;
            await volumes.ConfirmAsync(volume, cancellationToken);
            await WalkAsync(new(), cancellationToken);
            return true;
        }
        finally
        {
            Current = null;
            _one.Release();
        }
    }

    /// <summary>Walks again and again until what was found is written down: a full disk is freed some day.</summary>
    /// <returns>False when the volume is not online after it.</returns>
    public async Task<bool> ScanAsync(ScanOrder order, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            while (true)
                try
                {
                    bool isOnline = await WalkAsync(order, cancellationToken);
                    Trouble = null;
                    return isOnline;
                }
                catch (DbException error)
                {
                    string reason = catalog.Explain(error).Message;
                    if (Trouble != reason) logger.Unwritten(volume.Name, reason, AfterTrouble.TotalSeconds);
                    Trouble = reason;
                    await Task.Delay(AfterTrouble, clock, cancellationToken);
                }
        }
        finally
        {
            Current = null;
            _one.Release();
        }
    }

    public void Dispose()
    {
        _one.Dispose();
        _wake.Dispose();
    }

    void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    TimeSpan UntilDue()
    {
        TimeSpan interval = volumes.IsAway(volume) ? LookAgain : Interval;
        if (interval == TimeSpan.Zero) return Timeout.InfiniteTimeSpan;
        TimeSpan left = interval - Stopwatch.GetElapsedTime(_ended);
        if (left > TimeSpan.Zero) return left < LongestWait ? left : LongestWait;
        // Quiet hours and a pause hold back what is only due, never what has changed.
        return courtesy.HeldUntil is null || volumes.IsAway(volume) ? TimeSpan.Zero : LookAgain;
    }

    /// <summary>Events are lost while too much happens: walking again and again takes at most a fifth of the time.</summary>
    Task RestAsync(CancellationToken cancellationToken)
    {
        TimeSpan rest = (_took * 4) - Stopwatch.GetElapsedTime(_ended);
        return rest > TimeSpan.Zero ? Task.Delay(rest < LongestRest ? rest : LongestRest, clock, cancellationToken) : Task.CompletedTask;
    }

    bool TakeLookedFor()
    {
        lock (_lock)
        {
            bool isLookedFor = _isLookedFor;
            _isLookedFor = false;
            return isLookedFor;
        }
    }

    ScanOrder? TakeDirty()
    {
        lock (_lock)
        {
            if (_folders.Count + _subtrees.Count == 0 && !_isAllDirty) return null;
            ScanOrder order = _isAllDirty ? new() : new() { Folders = [.. _folders], Subtrees = [.. _subtrees] };
            _folders.Clear();
            _subtrees.Clear();
            _isAllDirty = false;
            return order;
        }
    }

    /// <summary>Looks whether the volume is there and itself; walks it when it has come back.</summary>
    async Task LookAsync(CancellationToken cancellationToken)
    {
        string? reason;
        try
        {
            using VolumeFiles files = new(volume.Settings.Path);
            reason = volumes.IdentityOf(volume) is { } known && !volumes.IsConfirmed(volume) ? Doubt(known, files.Identify()) : null;
        }
        catch (FileFault fault)
        {
            reason = fault.Reason;
        }
        bool isAway = volumes.IsAway(volume);
        if (isAway) _ended = Stopwatch.GetTimestamp();
        // Something may have been mounted or unmounted inside the volume.
        string mounted = VolumeIdentity.MountedBelow(volume.Settings.Path);
        bool isSame = mounted == _mounted;
        _mounted = mounted;
        if ((reason is null) == isAway || !isSame) await ScanAsync(new(), cancellationToken);
    }

    async Task<bool> WalkAsync(ScanOrder order, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp(), now = clock.GetUtcNow().ToUnixTimeSeconds();
        try
        {
            using VolumeFiles files = new(volume.Settings.Path);
            VolumeIdentity identity = files.Identify();
            // Who says that files may be gone has not said that another disk is the right one, nor that all may be gone.
            bool isConfirmed = volumes.IsConfirmed(volume), isStrangerConfirmed = isConfirmed && volumes.IsAway(volume);
            // What somebody confirmed is the whole volume.
            if (isConfirmed) order = order with { Folders = null };
            if (!isStrangerConfirmed && volumes.IdentityOf(volume) is { } known && Doubt(known, identity) is { } doubt)
            {
                watcher.Forget(volume.Id);
                await SuspectAsync($"{doubt} {Ask}", isStranger: true, now, cancellationToken);
                return false;
            }
            volumes.Meet(volume, files.StatRoot());
            ScanSummary summary = await scanner.ScanAsync(volume, files, order with
            {
                IsConfirmed = isConfirmed,
                MayBeEmpty = isStrangerConfirmed,
                Watch = settings.Watch && identity.Kind is not VolumeKind.Network ? (folder, open, isRoot) => watcher.Watch(volume.Id, folder, open, isRoot) : null,
                Progress = seen =>
                {
                    Current = seen;
                    if (seen.Changed > 0) indexer.Wake();
                },
            }, cancellationToken);
            if (summary.MissingFolders.Count > 0) watcher.Forget(volume.Id, summary.MissingFolders);
            await NoteAsync(summary, order.Folders is null, now, cancellationToken);
            if (summary.Vanished is { Held: > 0 } thin)
            {
                await SuspectAsync($"{thin.Held} of {thin.OutOf} files are not there any more. {Ask}", isStranger: false, now, cancellationToken);
                return false;
            }
            if (volumes.TrustIn(volume) is Trust.Suspect or Trust.Rejected or Trust.Offline) await TrustAgainAsync(cancellationToken);
            // An empty folder may be a mount point whose disk comes later.
            await volumes.OnlineAsync(volume, summary.Files > 0 ? identity : volumes.IdentityOf(volume), order.Folders is null ? now : null, cancellationToken);
            Walked(volume, order.Folders is null);
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            if (order.Folders is null) logger.Scanned(volume.Name, summary.Files, summary.Folders, took.TotalSeconds, summary.Changed);
            else logger.Looked(volume.Name, summary.Folders, took.TotalMilliseconds, summary.Changed, summary.Gone);
            return true;
        }
        catch (EmptyVolumeException error)
        {
            watcher.Forget(volume.Id);
            await SuspectAsync($"{error.Message} {Ask}", isStranger: true, now, cancellationToken);
            return false;
        }
        catch (IOException error)
        {
            string reason = error is FileFault fault ? $"{volume.Settings.Path}: {fault.Reason}." : error.Message;
            watcher.Forget(volume.Id);
            if (volumes.TrustIn(volume) is not Trust.Offline) logger.Offline(volume.Name, reason);
            await volumes.OfflineAsync(volume, reason, cancellationToken);
            return false;
        }
        finally
        {
            if (order.Folders is null)
            {
                _ended = Stopwatch.GetTimestamp();
                _took = Stopwatch.GetElapsedTime(started);
            }
            indexer.Wake();
        }
    }

    string Ask => $"If that is right: albumen volume confirm '{volume.Name}'. If not, mount the right disk; until then nothing is forgotten (albumen volume reject '{volume.Name}' ends the question).";

    /// <summary>Why this cannot be the volume that was known; null when it is.</summary>
    string? Doubt(VolumeIdentity known, VolumeIdentity now) =>
        volume.Settings.Marker && known.Marker is not null && now.Marker is null ? $"{volume.Settings.Path} lacks the volume's marker file {VolumeIdentity.MarkerFolder}/{VolumeIdentity.MarkerFile}."
        : !now.IsOnSameFileSystemAs(known) ? $"{volume.Settings.Path} lies on another file system ({now}) than the volume did ({known})."
        : null;

    async Task SuspectAsync(string reason, bool isStranger, long now, CancellationToken cancellationToken)
    {
        if (volumes.TrustIn(volume) is not (Trust.Suspect or Trust.Rejected)) logger.Suspect(volume.Name, reason);
        await volumes.SuspectAsync(volume, reason, isStranger, cancellationToken);
        await catalog.WriteAsync(connection => Problems.Note(connection, new(SuspectProblem, volume.Name, "", reason), now), cancellationToken);
    }

    const string SuspectProblem = "suspect-volume";

    Task TrustAgainAsync(CancellationToken cancellationToken) => catalog.WriteAsync(connection =>
        Problems.SolveUnseen(connection, volume.Name, SuspectProblem, 0), cancellationToken);

    async Task NoteAsync(ScanSummary summary, bool isWhole, long now, CancellationToken cancellationToken)
    {
        if (!isWhole && summary.Unreadable.Count == 0 && summary.Gone + summary.MovedFolders + summary.Vanished.Moved == 0) return;
        await catalog.WriteAsync(connection =>
        {
            foreach ((RelativePath path, string reason) in summary.Unreadable)
                Problems.Note(connection, new("unreadable-folder", volume.Name, path.ToString(), $"It cannot be read, so what was known of it stays: {reason}."), now);
            if (isWhole) Problems.SolveUnseen(connection, volume.Name, "unreadable-folder", now);
            if (summary.Gone > 0) Problems.SolveGone(connection);
        }, cancellationToken);
        // Those, too, of a walk that was cut short.
        while (await catalog.WriteAsync(AssetIndex.FollowMoved, cancellationToken)) { }
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The scan of {Volume} cannot be written down: {Reason} It is tried again every {Seconds:0} s")]
    public static partial void Unwritten(this ILogger logger, string volume, string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Scanned {Volume}: {Files} files in {Folders} folders in {Seconds:0.00} s, {Changed} new or changed")]
    public static partial void Scanned(this ILogger logger, string volume, long files, long folders, double seconds, long changed);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Looked at {Folders} folders of {Volume} in {Milliseconds:0} ms: {Changed} new or changed, {Gone} not at their place")]
    public static partial void Looked(this ILogger logger, string volume, long folders, double milliseconds, long changed, long gone);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Volume {Volume} is offline: {Reason} Nothing is forgotten; it comes back by itself")]
    public static partial void Offline(this ILogger logger, string volume, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Volume {Volume} looks wrong: {Reason}")]
    public static partial void Suspect(this ILogger logger, string volume, string reason);
}
