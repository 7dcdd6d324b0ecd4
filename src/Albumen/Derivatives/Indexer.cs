using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json;
using System.Threading.Channels;
using Albumen.Catalog;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Albumen.Derivatives;

/// <summary>
/// Works off the files that wait to be read: hands them to workers side by side and writes the answers down in the order of the jobs. So the
/// catalogue a first index ends with does not depend on which worker was faster, nor on how often it was killed on the way.
/// </summary>
public sealed class Indexer(
    Database catalog, JobQueue queue, Volumes volumes, SettleGate gate, ScanSettings scan, WorkerPool workers, DerivativeStore store, Problems problems, Journal journal, Courtesy courtesy, TimeProvider clock, ILogger<Indexer> logger) : IDisposable
{
    /// <summary>Asked ahead of the oldest unfinished file: so many answers are held at most.</summary>
    const int Window = 128;
    const int AnswersPerTransaction = 100, ContentsPerTransaction = 1000;
    const int PatientAttempts = 3;
    const int LooksRemembered = 10_000;
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(60), AfterTrouble = TimeSpan.FromSeconds(15), VolumeAgain = TimeSpan.FromSeconds(5), LongestPutOff = TimeSpan.FromSeconds(30);

    readonly SemaphoreSlim _wake = new(0);
    readonly Lock _lock = new();
    readonly HashSet<long> _running = [];
    readonly ConcurrentDictionary<string, Look> _looks = new();
    readonly SemaphoreSlim _turns = new(workers.Count, workers.Count);
    string _decoders = "";
    long _done;
    readonly TaskCompletionSource _cacheChecked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Raised when somebody begins to wait for a file: what was asked before gives way.
    volatile int _summons;

    long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Files read since the start.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Done when what was deleted from the cache while the daemon was away is known, and what killed workers left in it is cleared away. Until then nobody else changes it.</summary>
    public Task CacheChecked => _cacheChecked.Task;

    /// <summary>What decodes, with versions.</summary>
    internal string Decoders => _decoders;

    /// <summary>Why nothing moves, in words for the admin; null while all is well.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Programs that are not installed, with what that costs.</summary>
    public IReadOnlyList<string> Missing { get; private set; } = [];

    /// <summary>What this machine makes pictures of, and what not.</summary>
    public IReadOnlyList<ReadableFormat> Formats { get; private set; } = [];

    /// <summary>Knows the zones of places; null when none are configured.</summary>
    public PlaceZones? Places { get; init; }

    /// <summary>Called after each transaction, so that higher rungs can ask what changed.</summary>
    public Func<CancellationToken, Task> Committed { get; set; } = _ => Task.CompletedTask;

    /// <summary>Says that there may be new jobs.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0) _wake.Release();
    }

    /// <summary>Says that other jobs than before may be in front.</summary>
    public void LookAgain()
    {
        Interlocked.Increment(ref _summons);
        Wake();
    }

    /// <summary>Files that are being read or will be, and sidecars that were not taken in yet, without those that failed again and again. At least one until the cache was looked through.</summary>
    public long Left()
    {
        using Database.Reader reader = catalog.Read();
        long waiting = reader.Connection.ExecuteScalar<long>($"SELECT count(*) {Unread}", UnreadWords) + AssetIndex.Moved(reader.Connection);
        return CacheChecked.IsCompleted ? waiting : Math.Max(waiting, 1);
    }

    /// <summary>Whether <see cref="Left"/> is more than nothing; asked after every commit.</summary>
    public bool HasLeft()
    {
        using Database.Reader reader = catalog.Read();
        return !CacheChecked.IsCompleted || reader.Connection.ExecuteScalar<bool>($"SELECT EXISTS (SELECT 1 {Unread})", UnreadWords) || AssetIndex.Moved(reader.Connection) > 0;
    }

    const string Unread = "FROM job WHERE kind IN (@ReadJob, @SidecarJob) AND attempts < @PatientAttempts AND not_before < @Never";

    static readonly object UnreadWords = new { LocationIndex.ReadJob, LocationIndex.SidecarJob, PatientAttempts, JobQueue.Never };

    /// <summary>Jobs whose file is being read at this moment.</summary>
    public IReadOnlySet<long> Running()
    {
        lock (_lock) return _running.ToHashSet();
    }

    /// <summary>Starts a worker to learn what it can decode.</summary>
    /// <returns>Programs that are not installed, as <see cref="Missing"/>.</returns>
    /// <exception cref="WorkersUnavailableException">Nothing can be decoded on this machine; the message says what is missing.</exception>
    public async Task<IReadOnlyList<string>> PrepareAsync(CancellationToken cancellationToken)
    {
        Greeting greeting = JsonSerializer.Deserialize(await workers.ProbeAsync(cancellationToken), VisitJson.Default.Greeting)!;
        _decoders = greeting.Decoders;
        Formats = greeting.Formats;
        if (greeting.Refused is { } refused) logger.NotPolite(refused);
        return Missing = greeting.Missing;
    }

    /// <summary>Queues what was lost from the cache, or failed with other decoders. Before any worker is at work.</summary>
    public async Task CheckCacheAsync(CancellationToken cancellationToken)
    {
        long[] stale;
        using (Database.Reader reader = catalog.Read())
            stale = [.. store.Lost(reader.Connection, cancellationToken), .. NewlyReadable(reader.Connection)];
        IReadOnlyList<long> failed = problems.FailedWithOther(_decoders, "undecodable", "doubtful");
        if (failed.Count > 0) await catalog.WriteAsync(connection => DerivativeStore.Outdate(connection, failed), cancellationToken);
        stale = [.. stale, .. failed];
        if (stale.Length > 0)
        {
            logger.Remaking(stale.Length);
            await RemakeAsync(stale, priority: 0, cancellationToken);
        }
        _cacheChecked.TrySetResult();
    }

    /// <summary>What was no picture before the configuration said so.</summary>
    IEnumerable<long> NewlyReadable(DbConnection connection)
    {
        string[] mimes = [.. Formats.Where(f => f.Decoder is not null).Select(f => ReadableFormat.OptionalMime(f.Format)).OfType<string>()];
        return mimes.Length == 0 ? [] : connection.Query<long>("SELECT id FROM content WHERE kind = 'other' AND mime IN @mimes", new { mimes });
    }

    /// <summary>Has the small versions of these contents made again.</summary>
    public async Task RemakeAsync(IReadOnlyCollection<long> contents, int priority, CancellationToken cancellationToken)
    {
        foreach (long[] some in contents.Chunk(ContentsPerTransaction))
            await catalog.WriteAsync(connection => Remake(connection, some, priority), cancellationToken);
        if (priority > JobQueue.Normal) LookAgain();
        else Wake();
    }

    /// <summary>From a volume that is there, if any; else when one is back, for then parked jobs run.</summary>
    void Remake(DbConnection connection, long[] contents, int priority)
    {
        foreach (long content in contents)
        {
            (bool IsAway, string Subject)[] places = [.. from place in connection.Query<(long Volume, long Folder, byte[] Name)>("""
                    SELECT f.volume_id, l.folder_id, l.name FROM location l JOIN folder f ON f.id = l.folder_id
                    WHERE l.content_id = @content AND l.missing_since IS NULL ORDER BY l.folder_id, l.name
                    """, new { content })
                let volume = volumes.Find(place.Volume)
                where volume is not null
                let isAway = volumes.IsAway(volume)
                orderby isAway
                select (isAway, LocationIndex.Subject(place.Folder, place.Name))];
            if (places is [var first, ..])
                JobQueue.Add(connection, LocationIndex.ReadJob, first.Subject, first.IsAway ? JobQueue.Never : 0, priority);
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (!CacheChecked.IsCompleted) await CheckCacheAsync(cancellationToken);
                await DrainAsync(cancellationToken);
                // A scan may have found things gone, and nothing to read.
                await Committed(cancellationToken);
                Trouble = null;
                TimeSpan pause = UntilDue(courtesy.HeldUntil is null ? queue.NextDue(LocationIndex.ReadJob) : queue.NextAwaited(LocationIndex.ReadJob));
                if (courtesy.HeldUntil is { } held && Until(held) < pause) pause = Until(held);
                if (!await _wake.WaitAsync(pause, cancellationToken) && pause == Rest) workers.Rest();
            }
            catch (Exception error) when (error is IOException or DbException or WorkersUnavailableException)
            {
                // A full disk or a database out of reach: nothing is lost, the jobs stand. Say it once and try again later.
                string reason = error is DbException fault ? $"{catalog.Explain(fault).Message} Indexing goes on by itself." : error.Message;
                if (Trouble != reason) logger.Stalled(reason);
                Trouble = reason;
                await Task.Delay(AfterTrouble, clock, cancellationToken);
            }
        }
    }

    /// <summary>Works until no job is due.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<Task<Outcome?>> asked = Channel.CreateBounded<Task<Outcome?>>(Window);
        Task asking = AskAsync(asked.Writer, stop.Token);
        try
        {
            List<Outcome> answers = [];
            HashSet<long> away = [];
            while (await asked.Reader.WaitToReadAsync(stop.Token))
            {
                while (answers.Count < AnswersPerTransaction && asked.Reader.TryPeek(out Task<Outcome?>? next) && (answers.Count == 0 || next.IsCompleted))
                {
                    // One that was put back is no answer; it stays a job.
                    if (await next is { } answer) answers.Add(answer);
                    _ = asked.Reader.TryRead(out _);
                }
                if (answers.Count > 0) await CommitAsync(answers, away, stop.Token);
                answers.Clear();
            }
            await asking;
        }
        finally
        {
            await stop.CancelAsync();
            await asking.ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
            // Whatever was asked and not written down stays a job.
            while (asked.Reader.TryRead(out Task<Outcome?>? dropped)) await dropped.ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
            lock (_lock) _running.Clear();
        }
    }

    public void Dispose()
    {
        _wake.Dispose();
        _turns.Dispose();
    }

    /// <summary>A file that did not keep still.</summary>
    /// <param name="Since">When it was first seen as it is, as a timestamp.</param>
    /// <param name="Times">How often it was looked at in vain.</param>
    readonly record struct Look(FileStat Stat, long Since, int Times);

    sealed record Outcome(Job Job, Volume? Volume, long Folder, byte[] Name, RelativePath Path, VisitAnswer Answer);

    async Task AskAsync(ChannelWriter<Task<Outcome?>> asked, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                int summons = _summons;
                IReadOnlyList<Job> jobs = queue.Next(LocationIndex.ReadJob, Running(), Window, leastPriority: courtesy.HeldUntil is null ? JobQueue.Low : JobQueue.Awaited);
                if (jobs.Count == 0) break;
                foreach (Job job in jobs)
                {
                    if (IsPutBack(job, summons))
                    {
                        // Turns are given in order: those asked before are begun or put back then, and what is in front now is found by looking again.
                        await _turns.WaitAsync(cancellationToken);
                        _turns.Release();
                        break;
                    }
                    lock (_lock) _running.Add(job.Id);
                    await asked.WriteAsync(VisitAsync(job, summons, cancellationToken), cancellationToken);
                }
            }
            asked.Complete();
        }
        catch (Exception error)
        {
            asked.Complete(error);
            throw;
        }
    }

    /// <summary>Whether a job that was not begun yet gives way to what somebody waits for, or is held.</summary>
    bool IsPutBack(Job job, int summons) => job.Priority < JobQueue.Awaited && (_summons != summons || courtesy.HeldUntil is not null);

    /// <returns>Null when the job was put back.</returns>
    async Task<Outcome?> VisitAsync(Job job, int summons, CancellationToken cancellationToken)
    {
        if (job.Priority >= JobQueue.Awaited) return await BeginAsync(job, cancellationToken);
        await _turns.WaitAsync(cancellationToken);
        try
        {
            if (!IsPutBack(job, summons) && await courtesy.TryTurnAsync(job.Priority, cancellationToken)) return await BeginAsync(job, cancellationToken);
            lock (_lock) _running.Remove(job.Id);
            return null;
        }
        finally
        {
            _turns.Release();
        }
    }

    async Task<Outcome> BeginAsync(Job job, CancellationToken cancellationToken)
    {
        (long folder, byte[] name) = LocationIndex.FromSubject(job.Subject);
        (Volume? volume, RelativePath path, FileStat known, bool isRemake, string[] outdated) = Where(folder, name);
        if (volume is null) return new(job, null, folder, name, path, new() { End = VisitEnd.Gone });
        // After a start not before a scan has recognised it: another disk may lie in its place.
        FileStat? root = volumes.RootOf(volume);
        if (root is null && volumes.TrustIn(volume) is not Trust.New) return new(job, volume, folder, name, path, new() { End = VisitEnd.VolumeGone });
        OpenFile? open = gate.Find(folder, name);
        // The file itself is asked, for the gate may be wrong about it; for one that belongs to it, it waits.
        if (!isRemake && open is null && gate.OpenWith(folder, name) is { Count: > 0 } mates && AreFiles(folder, mates)) return new(job, volume, folder, name, path, new() { End = VisitEnd.Unsettled });

        Stillness stillness = new(known, isRemake || WasStill(job.Subject, known) ? TimeSpan.Zero : scan.Settle, open?.SinceNs);
        long bytesPerSecond = job.Priority >= JobQueue.Awaited ? 0 : courtesy.BytesPerSecond / workers.Count;
        VisitRequest request = new(volume.Settings.Path, path.Bytes.ToArray(), VisitDepth.Everything, stillness) { Outdated = outdated, BytesPerSecond = bytesPerSecond, ExpectedRoot = root };
        VisitAnswer answer = await VisitAsync(request, known.SizeInBytes, cancellationToken);
        // Its name came by a hard link: created, and never to be closed.
        if (open is not null && answer.End is VisitEnd.Read) gate.Close(folder, name);
        return new(job, volume, folder, name, path, answer);
    }

    /// <summary>Has a worker look at a file. What kills two workers is looked into less and less: it is an original all the same, and gets its hash and its place.</summary>
    /// <exception cref="WorkersUnavailableException">There is no worker to ask.</exception>
    internal async Task<VisitAnswer> VisitAsync(VisitRequest request, long sizeInBytes, CancellationToken cancellationToken)
    {
        string? fault = null;
        for (VisitDepth depth = request.Depth; depth >= VisitDepth.HashOnly; depth--)
            try
            {
                VisitAnswer answer = await workers.VisitAsync(request with { Depth = depth }, sizeInBytes, cancellationToken);
                return fault is null ? answer : answer with { DecodeFault = $"it ended two workers: {fault}" };
            }
            catch (WorkerFault ended)
            {
                fault = ended.Message;
            }
        return new() { End = VisitEnd.Unreadable, Fault = $"{RelativePath.FromBytes(request.Path)}: {fault}" };
    }

    /// <summary>No volume when there is nothing to read: the file is missing, or ignored by now. A walk that finds it asks anew.</summary>
    (Volume?, RelativePath, FileStat Known, bool IsRemake, string[] Outdated) Where(long folder, byte[] name)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<(long Volume, byte[] Path, long Size, long Modified, long Changed, long Inode, bool IsRead, string? Stills)?>("""
            SELECT f.volume_id, f.path, l.size_in_bytes, l.modified_ns, l.changed_ns, l.inode, l.content_id IS NOT NULL AND l.verified IS NOT NULL,
              (SELECT group_concat(d.kind || ' ' || d.recipe) FROM derivative d WHERE d.content_id = l.content_id)
            FROM folder f JOIN location l ON l.folder_id = f.id WHERE f.id = @folder AND l.name = @name AND l.missing_since IS NULL
            """, new { folder, name }).SingleOrDefault() is { } row
            ? (volumes.Find(row.Volume), RelativePath.FromBytes(row.Path).Child(name), new(row.Size, row.Modified, row.Changed, null, row.Inode, 0), row.IsRead, DerivativeStore.Outdated(row.Stills))
            : (null, default, default, false, []);
    }

    /// <summary>Whether any of these is a file of the catalogue and not, say, a symbolic link.</summary>
    bool AreFiles(long folder, IReadOnlyList<byte[]> names)
    {
        using Database.Reader reader = catalog.Read();
        return names.Any(name => reader.Connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM location WHERE folder_id = @folder AND name = @name)", new { folder, name }));
    }

    async Task CommitAsync(List<Outcome> outcomes, HashSet<long> away, CancellationToken cancellationToken)
    {
        if (outcomes.Find(o => o.Answer.End is VisitEnd.CacheFailed) is { } failed)
            throw new IOException($"{failed.Answer.Fault} Free some space or mend the permissions; indexing goes on by itself. If the whole cache folder was deleted, restart albumend.");

        await catalog.WriteAsync(connection =>
        {
            List<StatementChange> noted = [];
            foreach (Outcome outcome in outcomes)
                if (outcome.Answer.End is VisitEnd.VolumeGone && away.Add(outcome.Volume!.Id)) LocationIndex.PutOff(connection, outcome.Volume.Id, Now + (long)VolumeAgain.TotalSeconds);
                // What was read of a volume behind a file that could not be read waits with that, so that their order stays.
                else if (outcome.Volume is not { } volume || !away.Contains(volume.Id)) Commit(connection, outcome, noted);
            journal.Record(connection, Author.Scan, "originals have new bytes, or copies other names", noted);
        }, cancellationToken);
        lock (_lock)
            foreach (Outcome outcome in outcomes) _running.Remove(outcome.Job.Id);
        Volatile.Write(ref _done, _done + outcomes.Count(o => o.Answer.End is not VisitEnd.Unsettled));
        Trouble = null;
        await Committed(cancellationToken);
        Trouble = null;
    }

    void Commit(DbConnection connection, Outcome outcome, List<StatementChange> noted)
    {
        (Job job, Volume? volume, long folder, byte[] name, RelativePath path, VisitAnswer answer) = outcome;
        if (answer.End is VisitEnd.Unsettled)
        {
            if (answer.Stat != default) LocationIndex.Differs(connection, folder, name, answer.Stat);
            JobQueue.PutOff(connection, job, NextLook(job.Subject, answer.Stat));
            return;
        }
        switch (answer.End)
        {
            case VisitEnd.Read:
                if (Record(connection, volume!, folder, name, path, answer, noted) is Recorded.Outdated)
                {
                    // A scan has seen it change since; the job stands and reads it again.
                    JobQueue.PutOff(connection, job, NextLook(job.Subject, default));
                    return;
                }
                JobQueue.Done(connection, job);
                break;
            case VisitEnd.Gone:
                JobQueue.Done(connection, job);
                break;
            case VisitEnd.Unreadable:
                Problems.Note(connection, new(Problems.Unreadable, volume!.Name, path.ToString(), $"It cannot be read: {answer.Fault}. It is tried again with every scan.", folder, name), Now);
                JobQueue.Done(connection, job);
                break;
        }
        _looks.TryRemove(job.Subject, out _);
    }

    /// <summary>Writes down what a visit found at a location, in the caller's transaction.</summary>
    /// <param name="noted">Takes what belongs into the journal.</param>
    internal Recorded Record(DbConnection connection, Volume volume, long folder, byte[] name, RelativePath path, VisitAnswer answer, List<StatementChange> noted)
    {
        long now = Now;
        Sighting sighting = new(folder, name, ContentHash.Parse(answer.Hash!), answer.Stat, answer.Kind, answer.Mime, answer.Facts, Places);
        (Recorded recorded, long content) = AssetIndex.Record(connection, sighting, now, noted);
        if (recorded is Recorded.Outdated) return recorded;
        if (recorded is Recorded.Rotted)
        {
            // What its small versions and its decoder say is of the wrong bytes.
            Note(Rot.Kind, Rot.Describe(connection, folder, name));
            return recorded;
        }
        DerivativeStore.Record(connection, content, answer.Made);
        DerivativeStore.Note(connection, content, answer.Later);
        if (answer is { DecodeFault: not null, Made: [] }) DerivativeStore.RecordNone(connection, content);
        if (answer.Analysis is { } analysis) Analysis.Record(connection, content, analysis, now);
        // What the maker found is the maker's to take back.
        Problems.SolveAll(connection, volume.Name, path.ToString(), but: Maker.Problem);
        if (answer.IsUnrecognised) Note("not-media", "Its name says photo or clip, but its bytes are none that Albumen knows.");
        if (answer.DecodeFault is { } fault) Note("undecodable", $"No preview could be made: {fault}.", _decoders);
        if (answer.Doubt is { } doubt) Note("doubtful", $"{doubt}. Look at it.", _decoders);
        if (answer.Warnings.Count > 0) Note("metadata", string.Join(" ", answer.Warnings.Take(5)));
        return recorded;

        void Note(string kind, string message, string? decoder = null) =>
            Problems.Note(connection, new(kind, volume.Name, path.ToString(), message, folder, name, decoder), now);
    }

    /// <summary>Notes that a file is not settled yet.</summary>
    /// <param name="stat">Default when it was not asked.</param>
    /// <returns>When to look again, in Unix seconds: when it will have kept still for long enough, and later each time it has not.</returns>
    long NextLook(string subject, FileStat stat)
    {
        if (_looks.Count > LooksRemembered) _looks.Clear();
        long timestamp = clock.GetTimestamp();
        Look look = _looks.AddOrUpdate(subject, new Look(stat, timestamp, 1),
            (_, last) => new(stat, Stillness.AreSame(last.Stat, stat) ? last.Since : timestamp, last.Times + 1));

        TimeSpan now = clock.GetUtcNow() - DateTimeOffset.UnixEpoch;
        double wait = scan.Settle.TotalSeconds * Math.Pow(2, Math.Min(look.Times - 1, 20));
        if (look.Times == 1 && stat != default)
            wait = Math.Clamp(wait - (Stillness.Nanoseconds(now) - Stillness.LastChangeNs(stat, Stillness.Nanoseconds(now))) / 1e9, 0, wait);
        return Math.Max((long)now.TotalSeconds + 1, (long)Math.Ceiling(now.TotalSeconds + Math.Min(wait, LongestPutOff.TotalSeconds)));
    }

    /// <summary>True when the file was the same at an earlier look, long enough ago, whatever its times say.</summary>
    bool WasStill(string subject, FileStat known) =>
        _looks.TryGetValue(subject, out Look look) && Stillness.AreSame(look.Stat, known) && clock.GetElapsedTime(look.Since) >= scan.Settle;

    TimeSpan UntilDue(long? time) => time is { } due ? Until(DateTimeOffset.FromUnixTimeSeconds(due)) : Rest;

    TimeSpan Until(DateTimeOffset time) => TimeSpan.FromSeconds(Math.Clamp((time - clock.GetUtcNow()).TotalSeconds, 0.2, Rest.TotalSeconds));
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} small versions are missing or outdated; making them again")]
    public static partial void Remaking(this ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workers cannot give way to others as the configuration asks ({Refused}); they work all the same")]
    public static partial void NotPolite(this ILogger logger, string refused);

    [LoggerMessage(Level = LogLevel.Error, Message = "Indexing has stopped for the moment: {Reason}")]
    public static partial void Stalled(this ILogger logger, string reason);
}
