using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Albumen.Catalog;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Albumen.Derivatives;

/// <summary>How the verification of one volume is.</summary>
/// <param name="State">never, waiting, running, paused, stopped or finished.</param>
/// <param name="Detail">Why it is paused.</param>
/// <param name="Last">Null when the volume was never verified.</param>
/// <param name="Total">What there is to read in all; null unless it is running.</param>
/// <param name="BytesPerSecond">Lately; 0 unless it is running.</param>
public sealed record VerificationState(Volume Volume, string State, string? Detail, VolumeVerification? Last, (long Files, long SizeInBytes)? Total, double BytesPerSecond);

/// <summary>
/// Reads originals again, from the disk, and holds them against the hashes they were indexed with: one file at a time, no faster than it may,
/// one volume after the other. What somebody edited is indexed again; what changed by itself becomes a problem, and nothing is repaired.
/// </summary>
/// <param name="workers">Of its own, so that nobody who waits for a new photo waits for a slow reading.</param>
/// <param name="courtesy">Asked before each file.</param>
/// <param name="edited">Called when there are files to index again.</param>
public sealed class Verification(Database catalog, Volumes volumes, WorkerPool workers, Courtesy courtesy, VerifySettings settings, Action edited, TimeProvider clock, ILogger<Verification> logger) : IDisposable
{
    const int PageLength = 64, FilesPerTransaction = 64;
    /// <summary>So many files in a row that are gone or give errors: rather the disk than the files.</summary>
    const int Suspicious = 16;
    static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(5), AskAgain = TimeSpan.FromSeconds(30), AfterTrouble = TimeSpan.FromSeconds(15);

    readonly VerificationLog _log = new(catalog);
    readonly SemaphoreSlim _wake = new(0);
    readonly ConcurrentDictionary<long, string> _paused = [];
    readonly HashSet<long> _doubted = [];
    volatile Run? _current;

    /// <summary>Why nothing moves, in words for the admin; null while all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Asks for these volumes to be verified. One that is under way goes on, and so does one that was stopped, unless <paramref name="anew"/>.</summary>
    /// <param name="bytesPerSecond">Null is as configured; zero is as fast as can be.</param>
    public async Task BeginAsync(IReadOnlyList<Volume> which, long? bytesPerSecond, bool anew, CancellationToken cancellationToken)
    {
        await _log.BeginAsync(which, bytesPerSecond, anew, clock.GetUtcNow().ToUnixTimeSeconds(), cancellationToken);
        // It takes up the new rate, or begins at the beginning.
        if (anew || bytesPerSecond is not null) Interrupt(which);
        foreach (Volume volume in which) _paused.TryRemove(volume.Id, out _);
        Wake();
    }

    /// <summary>Stops these volumes' verification; asked for again it goes on from there.</summary>
    /// <returns>How many were under way.</returns>
    public async Task<int> StopAsync(IReadOnlyList<Volume> which, CancellationToken cancellationToken)
    {
        int stopped = await _log.StopAsync(which, cancellationToken);
        Interrupt(which);
        foreach (Volume volume in which) _paused.TryRemove(volume.Id, out _);
        return stopped;
    }

    /// <summary>A person says that a rotted file is right as it is: it is indexed again as if somebody had edited it.</summary>
    /// <returns>False when it is not listed as rotted.</returns>
    public async Task<bool> AcceptAsync(Volume volume, RelativePath file, CancellationToken cancellationToken)
    {
        bool isAccepted = await catalog.WriteAsync(connection =>
        {
            if (Problems.Place(connection, volume.Name, file.ToString(), Rot.Kind) is not var (folder, name) || !AssetIndex.TakeAsEdit(connection, folder, name)) return false;
            JobQueue.Add(connection, LocationIndex.ReadJob, LocationIndex.Subject(folder, name), priority: JobQueue.Awaited);
            return true;
        }, cancellationToken);
        if (!isAccepted) return false;
        logger.Accepted(volume.Name, file.ToString());
        edited();
        return true;
    }

    /// <summary>One for each configured volume.</summary>
    public IReadOnlyList<VerificationState> States()
    {
        Run? current = _current;
        IReadOnlyDictionary<long, VolumeVerification> known = _log.All();
        return [.. volumes.All.Select(volume => known.GetValueOrDefault(volume.Id) switch
        {
            null => new VerificationState(volume, "never", null, null, null, 0),
            { Finished: not null } last => new(volume, "finished", null, last, null, 0),
            { IsStopped: true } last => new(volume, "stopped", null, last, null, 0),
            var last when current?.Volume == volume && current.State.Started == last.Started =>
                new(volume, "running", null, current.State with { BytesPerSecond = last.BytesPerSecond }, current.Total, current.BytesPerSecond),
            var last when _paused.TryGetValue(volume.Id, out string? reason) => new(volume, "paused", reason, last, null, 0),
            var last => new(volume, "waiting", null, last, null, 0),
        })];
    }

    /// <summary>Runs until cancelled. What a stopped daemon left unfinished goes on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
            try
            {
                foreach (Volume volume in volumes.All)
                    if (_log.All().GetValueOrDefault(volume.Id) is { IsUnderWay: true } verification)
                        await VerifyAsync(volume, verification, cancellationToken);
                Trouble = null;
                if (_wake.CurrentCount == 0) workers.Rest();
                await _wake.WaitAsync(_paused.IsEmpty ? Timeout.InfiniteTimeSpan : AskAgain, cancellationToken);
            }
            catch (Exception error) when (error is DbException or WorkersUnavailableException)
            {
                // Nothing is lost: it goes on behind what was last written down.
                string reason = error is DbException fault ? $"{catalog.Explain(fault).Message} Verification goes on by itself." : error.Message;
                if (Trouble != reason) logger.VerificationStalled(reason);
                Trouble = reason;
                await Task.Delay(AfterTrouble, clock, cancellationToken);
            }
    }

    public void Dispose() => _wake.Dispose();

    enum Outcome { Good, Edited, Rotted, Unreadable, Gone }

    sealed record KnownOriginal(long Folder, byte[] Name, RelativePath Path, long SizeInBytes, long ModifiedNs, long Content, ContentHash Hash);

    /// <param name="IsDoubtful">It may be the volume that is away rather than the file.</param>
    sealed record Look(KnownOriginal File, Outcome Outcome, string? Fault = null, bool IsDoubtful = false);

    /// <summary>One volume's verification while it runs.</summary>
    sealed class Run(Volume volume, VolumeVerification state, (long Files, long SizeInBytes) total, CancellationTokenSource interruption)
    {
        readonly long _started = Stopwatch.GetTimestamp(), _before = state.Counts.SizeInBytes;
        volatile VolumeVerification _state = state;

        public Volume Volume => volume;
        public (long Files, long SizeInBytes) Total => total;
        public CancellationTokenSource Interruption => interruption;
        public VolumeVerification State { get => _state; set => _state = value; }
        public double BytesPerSecond => (State.Counts.SizeInBytes - _before) / Math.Max(Stopwatch.GetElapsedTime(_started).TotalSeconds, 0.1);

        /// <summary>Not written down yet.</summary>
        public List<Look> Looks { get; } = [];
        public long Written { get; set; } = Stopwatch.GetTimestamp();

        public void Add(Look look)
        {
            Looks.Add(look);
            VerificationCounts counts = State.Counts;
            if (look.Outcome is not Outcome.Gone) counts = counts with { Files = counts.Files + 1, SizeInBytes = counts.SizeInBytes + look.File.SizeInBytes };
            State = State with { FolderId = look.File.Folder, Name = look.File.Name, Counts = counts };
        }
    }

    async Task VerifyAsync(Volume volume, VolumeVerification from, CancellationToken cancellationToken)
    {
        if (WhyAway(volume, isDoubtful: true) is { } away)
        {
            Pause(volume, away);
            return;
        }
        _paused.TryRemove(volume.Id, out _);
        using CancellationTokenSource interruption = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Run run = new(volume, from, Total(volume), interruption);
        _current = run;
        try
        {
            // It may have been stopped before there was anything to interrupt.
            if (_log.All().GetValueOrDefault(volume.Id) is { IsUnderWay: true } now && now.Started == from.Started) await WalkAsync(run, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            await WriteAsync(run, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            Wake();
        }
        finally
        {
            _current = null;
        }
    }

    async Task WalkAsync(Run run, CancellationToken cancellationToken)
    {
        Volume volume = run.Volume;
        (long Folder, byte[] Name) behind = (run.State.FolderId, run.State.Name);
        // Gone or unreadable, one after the other: not believed before a file behind them is there.
        List<Look> doubtful = [];
        bool insists = _doubted.Remove(volume.Id);
        while (Page(volume, behind.Folder, behind.Name) is { Count: > 0 } page)
        {
            if (WhyAway(volume, isDoubtful: false) is { } reason)
            {
                await PauseAsync(run, reason, cancellationToken);
                return;
            }
            foreach (KnownOriginal file in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await courtesy.TurnAsync(priority: 0, cancellationToken);
                Look look = await LookAsync(run, file, cancellationToken);
                if (look.IsDoubtful)
                {
                    if (WhyAway(volume, isDoubtful: true) is { } away)
                    {
                        await PauseAsync(run, away, cancellationToken);
                        return;
                    }
                    doubtful.Add(look);
                    if (doubtful.Count < Suspicious || insists) continue;
                    _doubted.Add(volume.Id);
                    await PauseAsync(run, $"{Suspicious} files one after the other are gone or give errors, the last one {file.Path}. It is tried once more.", cancellationToken);
                    return;
                }
                insists = false;
                foreach (Look earlier in doubtful) run.Add(earlier);
                doubtful.Clear();
                run.Add(look);
                if (run.Looks.Count >= FilesPerTransaction || Stopwatch.GetElapsedTime(run.Written) >= WriteEvery) await WriteAsync(run, cancellationToken);
            }
            behind = (page[^1].Folder, page[^1].Name);
        }
        foreach (Look earlier in doubtful) run.Add(earlier);
        run.State = run.State with { Finished = clock.GetUtcNow().ToUnixTimeSeconds() };
        await WriteAsync(run, cancellationToken);
        VerificationCounts counts = run.State.Counts;
        logger.Verified(counts.Rotted > 0 ? LogLevel.Warning : LogLevel.Information, volume.Name, counts.Files, counts.Rotted, counts.Edited, counts.Unreadable);
    }

    async Task<Look> LookAsync(Run run, KnownOriginal file, CancellationToken cancellationToken)
    {
        VisitRequest request = new(run.Volume.Settings.Path, file.Path.Bytes.ToArray(), VisitDepth.HashOnly)
        {
            BytesPerSecond = run.State.BytesPerSecond ?? settings.BytesPerSecond,
            FromDisk = true,
            ExpectedRoot = volumes.RootOf(run.Volume),
        };
        try
        {
            VisitAnswer answer = await VisitAsync();
            if (IsRotten(answer))
            {
                // Once is not enough: cables and memory err too.
                answer = await VisitAsync();
                if (answer.End is VisitEnd.Read && !IsRotten(answer)) logger.ReadDifferently(run.Volume.Name, file.Path.ToString());
            }
            return answer.End switch
            {
                VisitEnd.Read => new(file, !IsAsKnown(answer.Stat) ? Outcome.Edited : IsRotten(answer) ? Outcome.Rotted : Outcome.Good),
                VisitEnd.Gone => new(file, Outcome.Gone, IsDoubtful: true),
                VisitEnd.Unreadable or VisitEnd.VolumeGone => new(file, Outcome.Unreadable, answer.Fault, answer.IsDiskFault || answer.End is VisitEnd.VolumeGone),
                // Written to at this moment.
                _ => new(file, Outcome.Edited),
            };
        }
        catch (WorkerFault fault)
        {
            return new(file, Outcome.Unreadable, fault.Message);
        }

        async Task<VisitAnswer> VisitAsync()
        {
            Throttle throttle = new(request.BytesPerSecond);
            VisitAnswer answer = await workers.VisitAsync(request, file.SizeInBytes, cancellationToken);
            // Many small files are no faster than one large one.
            await throttle.WaitAsync(answer.Stat.SizeInBytes, cancellationToken);
            return answer;
        }

        bool IsAsKnown(FileStat stat) => (stat.SizeInBytes, stat.ModifiedNs) == (file.SizeInBytes, file.ModifiedNs);

        bool IsRotten(VisitAnswer answer) => answer.End is VisitEnd.Read && IsAsKnown(answer.Stat) && ContentHash.Parse(answer.Hash!) != file.Hash;
    }

    /// <summary>Writes down what was found and how far it is, in one transaction.</summary>
    async Task WriteAsync(Run run, CancellationToken cancellationToken)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        VolumeVerification state = await catalog.WriteAsync(connection =>
        {
            VerificationCounts counts = run.State.Counts;
            foreach (Look look in run.Looks)
                switch (Write(connection, run.Volume, look, now))
                {
                    case Outcome.Rotted:
                        counts = counts with { Rotted = counts.Rotted + 1 };
                        break;
                    case Outcome.Edited:
                        counts = counts with { Edited = counts.Edited + 1 };
                        break;
                    case Outcome.Unreadable:
                        counts = counts with { Unreadable = counts.Unreadable + 1 };
                        break;
                }
            VolumeVerification state = run.State with { Counts = counts };
            VerificationLog.Write(connection, state);
            return state;
        }, cancellationToken);
        if (run.Looks.Exists(look => look.Outcome is Outcome.Edited)) edited();
        run.State = state;
        run.Looks.Clear();
        run.Written = Stopwatch.GetTimestamp();
    }

    /// <returns>What it is after all.</returns>
    static Outcome Write(DbConnection connection, Volume volume, Look look, long now)
    {
        KnownOriginal file = look.File;
        string path = file.Path.ToString();
        switch (look.Outcome)
        {
            case Outcome.Good:
                AssetIndex.Verify(connection, file.Folder, file.Name, file.Content, now);
                Problems.Solve(connection, volume.Name, path, Rot.Kind);
                Problems.Solve(connection, volume.Name, path, Problems.Unreadable);
                return Outcome.Good;
            case Outcome.Edited:
                JobQueue.Add(connection, LocationIndex.ReadJob, LocationIndex.Subject(file.Folder, file.Name));
                return Outcome.Edited;
            case Outcome.Rotted:
                // A scan or the indexer may have learned of an edit since the page was read.
                if (!connection.ExecuteScalar<bool>("""
                    SELECT EXISTS (SELECT 1 FROM location WHERE folder_id = @Folder AND name = @Name AND content_id = @Content
                      AND size_in_bytes = @SizeInBytes AND modified_ns = @ModifiedNs)
                    """, new { file.Folder, file.Name, file.Content, file.SizeInBytes, file.ModifiedNs })) return Outcome.Gone;
                Problems.Note(connection, new(Rot.Kind, volume.Name, path, Rot.Describe(connection, file.Folder, file.Name), file.Folder, file.Name), now);
                return Outcome.Rotted;
            case Outcome.Unreadable:
                Problems.Note(connection, new(Problems.Unreadable, volume.Name, path, $"It cannot be read: {look.Fault}. It is tried again when it is verified next.", file.Folder, file.Name), now);
                return Outcome.Unreadable;
            default:
                // Only a scan can say that a file is missing.
                return Outcome.Gone;
        }
    }

    async Task PauseAsync(Run run, string reason, CancellationToken cancellationToken)
    {
        await WriteAsync(run, cancellationToken);
        Pause(run.Volume, reason);
    }

    void Pause(Volume volume, string reason)
    {
        if (_paused.TryAdd(volume.Id, reason)) logger.Paused(volume.Name, reason);
        else _paused[volume.Id] = reason;
    }

    /// <summary>Why a volume cannot be read now; null when it can.</summary>
    /// <param name="isDoubtful">Look at what lies in its root, too: the folder of a disk that is not mounted is empty.</param>
    string? WhyAway(Volume volume, bool isDoubtful)
    {
        switch (volumes.TrustIn(volume))
        {
            case Trust.Offline:
                return "It is offline.";
            case Trust.Suspect or Trust.Rejected:
                return "It is there and looks wrong; 'albumen volume list' says why.";
        }
        try
        {
            using VolumeFiles files = new(volume.Settings.Path);
            if (isDoubtful && files.List(RelativePath.Root, out _).Count == 0) return $"{volume.Settings.Path} is empty.";
            files.StatRoot();
            return null;
        }
        catch (FileFault fault)
        {
            return $"{volume.Settings.Path}: {fault.Reason}.";
        }
    }

    (long Files, long SizeInBytes) Total(Volume volume)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.QuerySingle<(long, long)>("""
            SELECT count(*), coalesce(sum(l.size_in_bytes), 0) FROM folder f JOIN location l ON l.folder_id = f.id
            WHERE f.volume_id = @Id AND l.content_id IS NOT NULL AND l.missing_since IS NULL AND l.unseen_since IS NULL
            """, new { volume.Id });
    }

    /// <summary>The next files in the order of the table itself, so that no page costs more than the one before.</summary>
    List<KnownOriginal> Page(Volume volume, long folder, byte[] name)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<(long Folder, byte[] Name, byte[] Path, long Size, long Modified, long Content, byte[] Hash)>("""
            SELECT l.folder_id, l.name, f.path, l.size_in_bytes, l.modified_ns, l.content_id, c.sha256
            FROM location l CROSS JOIN folder f CROSS JOIN content c
            WHERE f.id = l.folder_id AND c.id = l.content_id AND f.volume_id = @volume AND (l.folder_id, l.name) > (@folder, @name)
            AND l.missing_since IS NULL AND l.unseen_since IS NULL
            ORDER BY l.folder_id, l.name LIMIT @PageLength
            """, new { volume = volume.Id, folder, name, PageLength }).Select(row =>
                new KnownOriginal(row.Folder, row.Name, RelativePath.FromBytes(row.Path).Child(row.Name), row.Size, row.Modified, row.Content, ContentHash.FromBytes(row.Hash)))];
    }

    void Interrupt(IReadOnlyList<Volume> which)
    {
        if (_current is not { } run || !which.Contains(run.Volume)) return;
        try
        {
            run.Interruption.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has come to its end meanwhile.
        }
    }

    void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }
}

static partial class Log
{
    [LoggerMessage(Message = "Verified {Volume}: {Files} files, {Rotted} changed by themselves, {Edited} edited, {Unreadable} unreadable; 'albumen problems' lists them")]
    public static partial void Verified(this ILogger logger, LogLevel level, string volume, long files, long rotted, long edited, long unreadable);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The verification of {Volume} pauses: {Reason} It goes on when the volume is back")]
    public static partial void Paused(this ILogger logger, string volume, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Volume}: {Path} gave other bytes when it was read first and the right ones when it was read again; memory, cable or disk may be failing")]
    public static partial void ReadDifferently(this ILogger logger, string volume, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Volume}: {Path} is taken as it is, though its bytes changed by themselves; it is indexed again")]
    public static partial void Accepted(this ILogger logger, string volume, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "Verification has stopped for the moment: {Reason}")]
    public static partial void VerificationStalled(this ILogger logger, string reason);
}
