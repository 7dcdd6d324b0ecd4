using System.Data.Common;
using System.Diagnostics;
using Albumen.Sql;
using Dapper;

namespace Albumen.Processing;

/// <summary>One piece of work. <paramref name="Subject"/> means something to whoever runs jobs of this <paramref name="Kind"/>.</summary>
public sealed record Job(long Id, string Kind, string Subject, long Priority, long Attempts, long NotBefore, string? Error, long Asked);

/// <summary>How many jobs of a kind there are; no job is counted twice.</summary>
/// <param name="Waiting">May run, or run.</param>
/// <param name="Failed">At least one try failed.</param>
/// <param name="PutOff">Wait for a time, or until somebody asks.</param>
public sealed record JobCount(string Kind, long Waiting, long Failed, long PutOff);

/// <summary>
/// Work that must not be forgotten: a row stands until the work is done and its result is committed in the same transaction, so a killed
/// process starts again where it was. Jobs run in order of priority, then of arrival. No other code touches the <c>job</c> table.
/// </summary>
public sealed class JobQueue(Database catalog, TimeProvider clock)
{
    /// <summary>A time that does not come, in Unix seconds: the job waits until somebody asks for it.</summary>
    public const long Never = 253_402_300_799;

    /// <summary>
    /// Priorities. What nobody says anything of is normal; what somebody says of the backlog is low or high; from awaited on somebody waits for it, and it is not
    /// held back by anything.
    /// </summary>
    public const int Low = -10, Normal = 0, High = 10, Awaited = 100;

    /// <summary>A job that is to wait for longer was most likely put off before the clock was set back, and is due. Where it was meant, it is looked at early and put off again.</summary>
    const int LongestWaitInSeconds = 300;

    /// <summary>Adds a job in the caller's transaction. The same subject twice is one job; the higher priority counts, and one that somebody gave it stays.</summary>
    /// <param name="notBefore">Unix seconds; 0 is at once.</param>
    public static void Add(DbConnection connection, string kind, string subject, long notBefore = 0, int priority = Normal) => connection.Execute("""
        INSERT INTO job (kind, subject, priority, not_before) VALUES (@kind, @subject, @priority, @notBefore)
        ON CONFLICT (kind, subject) DO UPDATE SET priority = CASE excluded.priority WHEN 0 THEN priority ELSE max(priority, excluded.priority) END, not_before = excluded.not_before, asked = asked + 1
        """, new { kind, subject, notBefore, priority });

    /// <summary>Adds a job in the caller's transaction unless it waits already.</summary>
    /// <inheritdoc cref="Add"/>
    public static void Ensure(DbConnection connection, string kind, string subject, long notBefore = 0) => connection.Execute("""
        INSERT INTO job (kind, subject, not_before) VALUES (@kind, @subject, @notBefore) ON CONFLICT (kind, subject) DO NOTHING
        """, new { kind, subject, notBefore });

    /// <summary>Removes a job whose result is written in the same transaction; one that was asked for again meanwhile stays.</summary>
    public static void Done(DbConnection connection, Job job) => connection.Execute("DELETE FROM job WHERE id = @Id AND asked = @Asked", new { job.Id, job.Asked });

    /// <summary>Removes a job that has become needless, in the caller's transaction.</summary>
    public static void Cancel(DbConnection connection, string kind, string subject) =>
        connection.Execute("DELETE FROM job WHERE kind = @kind AND subject = @subject", new { kind, subject });

    /// <summary>Puts a job off that could not be done yet, through nobody's fault, in the caller's transaction. A time it was asked for meanwhile stands.</summary>
    /// <param name="notBefore">Unix seconds.</param>
    public static void PutOff(DbConnection connection, Job job, long notBefore) => connection.Execute(
        "UPDATE job SET not_before = @notBefore WHERE id = @Id AND asked = @Asked", new { job.Id, job.Asked, notBefore });

    /// <summary>Puts a job off that failed, in the caller's transaction.</summary>
    public static void Retry(DbConnection connection, long id, string error, long notBefore) => connection.Execute(
        "UPDATE job SET attempts = attempts + 1, error = @error, not_before = @notBefore WHERE id = @id", new { id, error, notBefore });

    /// <summary>Has the jobs of a kind that failed, or wait until somebody asks, tried at once, in the caller's transaction.</summary>
    public static void Revive(DbConnection connection, string kind) => connection.Execute(
        "UPDATE job SET not_before = 0, attempts = 0, error = NULL WHERE kind = @kind AND (attempts > 0 OR not_before >= @Never)", new { kind, Never });

    /// <summary>The same for those of these subjects, whether they failed or not.</summary>
    public static void Revive(DbConnection connection, string kind, IEnumerable<string> subjects) => connection.Execute(
        $"UPDATE job SET not_before = 0, attempts = 0, error = NULL WHERE kind = @kind AND subject IN (SELECT value FROM {Dialect.JsonItems("@subjects")})", new { kind, subjects = Dialect.JsonArray(subjects) });

    /// <summary>Of these subjects, those for which there is a job of a kind.</summary>
    public IReadOnlySet<string> Standing(string kind, IEnumerable<string> subjects)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<string>($"SELECT subject FROM job WHERE kind = @kind AND subject IN (SELECT value FROM {Dialect.JsonItems("@subjects")})", new { kind, subjects = Dialect.JsonArray(subjects) }).ToHashSet();
    }

    /// <summary>The next jobs that may run now and are not among <paramref name="running"/>.</summary>
    public IReadOnlyList<Job> Next(string kind, IReadOnlySet<long> running, int most, long leastPriority = Low)
    {
        using Database.Reader reader = catalog.Read();
        List<Job> jobs = [];
        foreach (Job job in reader.Connection.Query<Job>("""
            SELECT id, kind, subject, priority, attempts, not_before, error, asked FROM job
            WHERE kind = @kind AND (not_before <= @now OR (not_before > @now + @LongestWaitInSeconds AND not_before < @Never)) AND priority >= @leastPriority ORDER BY priority DESC, id LIMIT @limit
            """, new { kind, leastPriority, now = Now, limit = most + running.Count, LongestWaitInSeconds, Never }))
            if (jobs.Count < most && !running.Contains(job.Id)) jobs.Add(job);
        return jobs;
    }

    /// <summary>Whether a job of this kind is still to be done, soon or after a while.</summary>
    public bool IsWaiting(string kind)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM job WHERE kind = @kind AND attempts = 0 AND not_before < @Never)", new { kind, Never });
    }

    /// <summary>Whether a job of this kind, that did not fail yet, may run until then.</summary>
    /// <param name="soon">Unix seconds.</param>
    /// <param name="putOff">Jobs that were put off to one of these times are left out.</param>
    public bool IsDue(string kind, long soon, IEnumerable<long> putOff)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<bool>($"SELECT EXISTS (SELECT 1 FROM job WHERE kind = @kind AND attempts = 0 AND not_before <= @soon AND NOT not_before IN (SELECT value FROM {Dialect.JsonItems("@putOff")}))",
            new { kind, soon, putOff = $"[{string.Join(',', putOff)}]" });
    }

    /// <summary>Has jobs of a kind that may run until then run at once, except those that failed; in the caller's transaction.</summary>
    /// <param name="soon">Unix seconds.</param>
    public static void Hurry(DbConnection connection, string kind, long soon) => connection.Execute(
        "UPDATE job SET not_before = 0 WHERE kind = @kind AND attempts = 0 AND not_before <= @soon", new { kind, soon });

    /// <summary>A page of what waits or runs, in order.</summary>
    /// <param name="kind">Only of this kind; null is all.</param>
    /// <param name="failed">Only those that were tried in vain.</param>
    /// <param name="after">Those behind this place; null is from the beginning.</param>
    public IReadOnlyList<Job> List(int most, string? kind = null, bool failed = false, (string Kind, long Priority, long Id)? after = null)
    {
        using Database.Reader reader = catalog.Read();
        if (after is not var (lastKind, lastPriority, lastId)) return Range("TRUE", most);
        List<Job> jobs = [];
        // Each of them is a piece of the index, however far behind.
        foreach (string behind in (string[])["kind = @lastKind AND priority = @lastPriority AND id > @lastId", "kind = @lastKind AND priority < @lastPriority", "kind > @lastKind"])
            if (jobs.Count < most) jobs.AddRange(Range(behind, most - jobs.Count));
        return jobs;

        List<Job> Range(string behind, int count) => reader.Connection.Query<Job>($"""
            SELECT id, kind, subject, priority, attempts, not_before, error, asked FROM job WHERE {behind}{Only(kind, failed)} ORDER BY kind, priority DESC, id LIMIT @count
            """, new { kind, lastKind = after?.Kind, lastPriority = after?.Priority, lastId = after?.Id, count }).AsList();
    }

    /// <inheritdoc cref="List"/>
    public long Count(string? kind = null, bool failed = false)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long>($"SELECT count(*) FROM job WHERE TRUE{Only(kind, failed)}", new { kind });
    }

    /// <summary>One line a kind of which there are any. Where counting takes long, it may be a little old: it takes at most a twentieth of the time.</summary>
    public IReadOnlyList<JobCount> Summary()
    {
        if (_counted is { } last && last.Took > TimeSpan.FromMilliseconds(100) && Stopwatch.GetElapsedTime(last.At) < last.Took * 20) return last.Counts;
        long started = Stopwatch.GetTimestamp();
        using Database.Reader reader = catalog.Read();
        IReadOnlyList<JobCount> counts = [.. reader.Connection.Query<(string Kind, long Waiting, long Failed, long PutOff)>("""
            SELECT kind, count(*) FILTER (WHERE attempts = 0 AND not_before <= @now), count(*) FILTER (WHERE attempts > 0), count(*) FILTER (WHERE attempts = 0 AND not_before > @now)
            FROM job GROUP BY kind
            """, new { now = Now }).Select(row => new JobCount(row.Kind, row.Waiting, row.Failed, row.PutOff))];
        _counted = new(counts, started, Stopwatch.GetElapsedTime(started));
        return counts;
    }

    /// <summary>Gives jobs another priority, except those that somebody waits for.</summary>
    /// <returns>How many have it now.</returns>
    public Task<long> PrioritiseAsync(IEnumerable<long> ids, int priority, CancellationToken cancellationToken) => catalog.WriteAsync(connection => (long)connection.Execute(
        $"UPDATE job SET priority = @priority WHERE priority < @Awaited AND id IN (SELECT value FROM {Dialect.JsonItems("@ids")})", new { priority, Awaited, ids = Dialect.JsonArray(ids) }), cancellationToken);

    static string Only(string? kind, bool failed) => $"{(kind is null ? "" : " AND kind = @kind")}{(failed ? " AND attempts > 0" : "")}";

    sealed record Counted(IReadOnlyList<JobCount> Counts, long At, TimeSpan Took);

    volatile Counted? _counted;

    /// <summary>When the earliest job of these kinds may run, in Unix seconds; null when none waits.</summary>
    public long? NextDue(params IReadOnlyList<string> kinds) => NextDue(kinds, long.MinValue);

    /// <summary>The same of what somebody waits for.</summary>
    public long? NextAwaited(params IReadOnlyList<string> kinds) => NextDue(kinds, Awaited);

    long? NextDue(IReadOnlyList<string> kinds, long priority)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long?>("""
            SELECT min(CASE WHEN not_before > @now + @LongestWaitInSeconds AND not_before < @Never THEN 0 ELSE not_before END) FROM job WHERE kind IN @kinds AND priority >= @priority
            """, new { kinds, priority, now = Now, LongestWaitInSeconds, Never });
    }

    long Now => clock.GetUtcNow().ToUnixTimeSeconds();
}
