using System.Data.Common;
using System.Diagnostics;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <summary>
/// Looks through the inbox for photos and clips that keep still, whoever put them there, and has them taken in. Each becomes an original first, then a receipt,
/// and only then its bytes leave the inbox: whenever that is interrupted, it is done again, and ends the same.
/// </summary>
/// <param name="isReady">False while what lies on the volumes is not known yet.</param>
public sealed class InboxKeeper(
    ArchiveTree tree, TreeWriter writer, Ingest ingest, InboxHashes hashes, PathLocks locks, InboxAlbums albums, Database catalog, Courtesy courtesy, InboxSettings settings, int atOnce, Func<bool> isReady, TimeProvider clock, ILogger<InboxKeeper> logger)
    : IDisposable
{
    static readonly TimeSpan
        ShortestPoll = TimeSpan.FromSeconds(1),
        LongestPoll = TimeSpan.FromSeconds(30),
        // While a lock stands, or something must be found out.
        Soon = TimeSpan.FromSeconds(5),
        AfterTrouble = TimeSpan.FromSeconds(15),
        AfterFault = TimeSpan.FromMinutes(5),
        StartStep = TimeSpan.FromMilliseconds(200),
        ExpireEvery = TimeSpan.FromMinutes(1);

    /// <summary>Looking takes at most a twentieth of the time.</summary>
    const int LookBudget = 20;

    const string Problem = "not-taken-in", ProblemVolume = "Inbox";

    readonly InboxView _view = tree.Inbox ?? throw new ArgumentException("This tree has no inbox.", nameof(tree));
    readonly InboxExit _exit = new(tree.Inbox, hashes);
    // What is put there by other means than a door is found by looking: as often as it matters, see how long it must keep still.
    readonly TimeSpan _poll = settings.Settle * 1.5 is var poll && poll < ShortestPoll ? ShortestPoll : poll < LongestPoll ? poll : LongestPoll;
    readonly SemaphoreSlim _wake = new(0);
    readonly Lock _lock = new();
    // What stays as it is, or failed, and when it is looked at again.
    Dictionary<RelativePath, Left> _left = [];
    Dictionary<RelativePath, Left> _leftBefore = [];
    TimeSpan _looking;
    long _expired;
    long _done;
    bool _hasProblem = true, _isSwept;

    PlainDisk Disk => _view.Disk;

    /// <summary>Why photos stay in the inbox, for the admin; null while none does that could be taken in.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Photos and clips that are still to be taken in.</summary>
    public long Waiting { get; private set; }

    /// <summary>Taken in since the start.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Says that there may be something new.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>Has everything looked at anew, also what could not be taken in a moment ago.</summary>
    public void TryAgain()
    {
        lock (_lock) _left.Clear();
        Wake();
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!isReady()) await Task.Delay(StartStep, clock, cancellationToken);
        while (true)
        {
            TimeSpan next = _poll;
            _looking = TimeSpan.Zero;
            try
            {
                next = await LookAsync(cancellationToken);
            }
            catch (Exception error) when (error is IOException or DbException or WorkersUnavailableException)
            {
                await NoteAsync(error.Message, cancellationToken);
                next = AfterTrouble;
            }
            TimeSpan rest = _looking * LookBudget;
            TimeSpan least = settings.Settle < Soon ? settings.Settle : Soon;
            if (rest < least) rest = least;
            if (next < rest) next = rest;
            if (await _wake.WaitAsync(next, cancellationToken)) await Task.Delay(rest, clock, cancellationToken);
        }
    }

    public void Dispose() => _wake.Dispose();

    readonly record struct Left(FileStat Stat, long Until);

    sealed record Candidate(RelativePath Path, string Name, string TreeFolder, IReadOnlyList<string> Folders, FileStat Stat)
    {
        public string Key => $"{TreePath.KeyOf(TreeFolder)}/{EntryName.KeyOf(Name)}";
    }

    /// <summary>Takes in what can be.</summary>
    /// <returns>When to look again at the latest.</returns>
    async Task<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        await ExpireAsync(cancellationToken);
        if (!_isSwept) await writer.AloneAsync(() => SweepAsync(cancellationToken), cancellationToken);
        if (tree.Shadows is { } shadows) await shadows.ExpireAsync(cancellationToken);
        string? unreadable = null;
        TimeSpan next = _poll;
        (_leftBefore, _left) = (_left, []);
        long started = Stopwatch.GetTimestamp();
        List<Candidate> settled = Settled(ref next, ref unreadable, cancellationToken);
        _looking = Stopwatch.GetElapsedTime(started);
        _leftBefore = [];
        Waiting = settled.Count;
        if (settled.Count == 0)
        {
            await NoteAsync(unreadable, cancellationToken);
            return next;
        }
        if (ingest.Obstacle() is { } obstacle)
        {
            await NoteAsync($"{settled.Count} {(settled.Count == 1 ? "photo or clip waits" : "photos and clips wait")} in /Inbox. {obstacle}", cancellationToken);
            return next;
        }
        Round round = new();
        await Parallel.ForEachAsync(settled, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken }, async (file, stop) =>
        {
            // After the first that finds no room the others need not be read.
            if (round.Stop || !await courtesy.TryTurnOfArrivalAsync(stop)) return;
            await TakeAsync(file, round, stop);
        });
        Waiting = settled.Count - round.Finished;
        await NoteAsync(round.Fault ?? unreadable, cancellationToken);
        return round.IsUnfinished && next > Soon ? Soon : next;
    }

    sealed class Round
    {
        public volatile string? Fault;
        public volatile bool Stop, IsUnfinished;
        public int Finished;
    }

    async Task TakeAsync(Candidate file, Round round, CancellationToken cancellationToken)
    {
        FileHashes? known = hashes.Of([file.Stat]).GetValueOrDefault(file.Stat.Inode);
        Arrival arrival = new(Disk.Path, file.Path, file.Name, file.Stat, known?.Sha256, known?.Person ?? "", string.Join('/', file.Folders), settings.Settle);
        switch (await ingest.TakeAsync(arrival, VisitDepth.Everything, cancellationToken))
        {
            case IngestResult.Taken taken:
                if (settings.FolderAsAlbum && file.Folders.Count > 0) await albums.JoinAsync(file.Folders, taken.Asset, arrival.Person, cancellationToken);
                if (await ReplaceAsync(file, known, taken, cancellationToken)) Interlocked.Increment(ref _done);
                else round.IsUnfinished = true;
                Interlocked.Increment(ref round.Finished);
                break;
            case IngestResult.NotMedia:
                Leave(file, long.MaxValue);
                Interlocked.Increment(ref round.Finished);
                break;
            case IngestResult.NotYet:
                round.IsUnfinished = true;
                break;
            case IngestResult.Failed failed:
                round.Fault = $"{file.TreeFolder}/{file.Name}: {failed.Sentence}";
                if (failed.IsPlace) round.Stop = true;
                else Leave(file, clock.GetTimestamp() + (long)(AfterFault.TotalSeconds * clock.TimestampFrequency));
                break;
        }
    }

    /// <summary>The file becomes a receipt, if it is still what was taken in.</summary>
    Task<bool> ReplaceAsync(Candidate file, FileHashes? known, IngestResult.Taken taken, CancellationToken cancellationToken) => writer.AloneAsync(async () =>
    {
        if (locks.On(file.Key).Count > 0 || !_exit.IsStill(file.Path, file.Stat)) return false;
        // A purge may have removed it since it was found.
        if (ingest.Held(taken.Hash) is null) return false;
        // A receipt below it tells what it was put over.
        if (_view.Receipts.Find(TreePath.KeyOf(file.TreeFolder), EntryName.KeyOf(file.Name)) is { Asset: var older } && older != taken.Asset) await albums.StackAsync(older, taken.Asset, known?.Person ?? "", cancellationToken);
        if (settings.Receipts != TimeSpan.Zero)
            await _view.Receipts.WriteAsync(new(TreePath.KeyOf(file.TreeFolder), EntryName.KeyOf(file.Name), file.Name, file.Stat.SizeInBytes, file.Stat.ModifiedNs,
                taken.Hash, known?.Sha1, known?.Md5, taken.Asset, clock.GetUtcNow().ToUnixTimeSeconds()), cancellationToken);
        if (!_exit.Remove(file.Path, file.Stat)) return false;
        Disk.SyncFolder(file.Path.Folder);
        await hashes.ForgetAsync([file.Stat], cancellationToken);
        return true;
    }, cancellationToken);

    /// <param name="unreadable">What to tell of a folder that cannot be read, which keeps nobody from the others.</param>
    List<Candidate> Settled(ref TimeSpan next, ref string? unreadable, CancellationToken cancellationToken)
    {
        List<Candidate> settled = [];
        Stack<(RelativePath Path, string Tree, IReadOnlyList<string> Names)> folders = new([(RelativePath.Root, _view.Top.Path, [])]);
        long now = Rows.Nanoseconds(clock.GetUtcNow());
        while (folders.TryPop(out (RelativePath Path, string Tree, IReadOnlyList<string> Names) folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<FolderEntry> entries;
            try
            {
                entries = Disk.List(folder.Path);
            }
            catch (FileFault fault)
            {
                if (!fault.IsGone) unreadable ??= $"{folder.Tree} cannot be read: {fault.Reason}. Let the user albumend runs as read it.";
                continue;
            }
            foreach (FolderEntry entry in entries.Where(e => e.Fault == 0))
            {
                string name = PlainNames.Shown(entry.Name);
                if (entry.Kind is EntryKind.Folder) folders.Push((folder.Path.Child(entry.Name), $"{folder.Tree}/{name}", [.. folder.Names, name]));
                else if (entry.Kind is EntryKind.File && entry.Stat.SizeInBytes > 0 && !PassingNames.IsPassing(name)
                    && Look(new(folder.Path.Child(entry.Name), name, folder.Tree, folder.Names, entry.Stat), now, ref next) is { } file) settled.Add(file);
            }
        }
        return settled;
    }

    /// <returns>Null when it is not to be taken in now.</returns>
    Candidate? Look(Candidate file, long now, ref TimeSpan next)
    {
        if (_leftBefore.TryGetValue(file.Path, out Left left) && left.Stat == file.Stat && clock.GetTimestamp() < left.Until)
        {
            Leave(file, left.Until);
            return null;
        }
        // A time stamp in the future says nothing about when it was last written to.
        long age = now - Stillness.LastChangeNs(file.Stat, now);
        TimeSpan until = age < 0 ? settings.Settle : settings.Settle - TimeSpan.FromTicks(age / TimeSpan.NanosecondsPerTick);
        if (until <= TimeSpan.Zero && locks.On(file.Key).Count > 0) until = Soon;
        if (until > TimeSpan.Zero)
        {
            if (until < next) next = until;
            return null;
        }
        if (IsMedia(file)) return file;
        Leave(file, long.MaxValue);
        return null;
    }

    bool IsMedia(Candidate file)
    {
        try
        {
            using SafeFileHandle open = Disk.OpenRead(file.Path, out FileStat stat);
            byte[] head = new byte[Math.Min(MediaType.HeadLength, stat.SizeInBytes)];
            return MediaType.Sniff(head.AsSpan(0, RandomAccess.Read(open, head, 0)), file.Name).Kind is MediaKind.Image or MediaKind.Raw or MediaKind.Video;
        }
        catch (IOException)
        {
            return false;
        }
    }

    void Leave(Candidate file, long until)
    {
        lock (_lock) _left[file.Path] = new(file.Stat, until);
    }

    async Task ExpireAsync(CancellationToken cancellationToken)
    {
        if (settings.Receipts is not { } kept || (_expired != 0 && Stopwatch.GetElapsedTime(_expired) < ExpireEvery)) return;
        _expired = Stopwatch.GetTimestamp();
        await _view.Receipts.ExpireAsync((clock.GetUtcNow() - kept).ToUnixTimeSeconds(), cancellationToken);
    }

    /// <summary>Once, of what went without our doing, or in whole folders.</summary>
    async Task<bool> SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await hashes.ForgetOthersAsync(Disk, cancellationToken);
        }
        catch (FileFault)
        {
            // It is told where photos are looked for; at the next start, then.
        }
        return _isSwept = true;
    }

    /// <param name="trouble">Null when all is well.</param>
    async Task NoteAsync(string? trouble, CancellationToken cancellationToken)
    {
        if (trouble is not null && trouble != Trouble) logger.Waits(trouble);
        bool isSame = trouble == Trouble && (trouble is not null || !_hasProblem);
        Trouble = trouble;
        if (isSame) return;
        try
        {
            await catalog.WriteAsync(connection =>
            {
                if (trouble is null) Problems.Solve(connection, ProblemVolume, "", Problem);
                else Problems.Note(connection, new(Problem, ProblemVolume, "", trouble), clock.GetUtcNow().ToUnixTimeSeconds());
            }, cancellationToken);
            _hasProblem = trouble is not null;
        }
        catch (DbException)
        {
            // The catalogue's disk is full, which others say; it is noted with the next look.
            _hasProblem = true;
        }
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Photos stay in the inbox: {Reason} It is tried again by itself")]
    public static partial void Waits(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A photo from the inbox did not join the album {Album}: {Reason}")]
    public static partial void NotJoined(this ILogger logger, string album, string reason);
}
