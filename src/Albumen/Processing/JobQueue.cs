using System.Data.Common;
using Albumen.Sql;
using Dapper;

namespace Albumen.Processing;

/// <summary>One piece of work. <paramref name="Subject"/> means something to whoever runs jobs of this <paramref name="Kind"/>.</summary>
public sealed record Job(long Id, string Kind, string Subject, long Priority, long Attempts, long NotBefore, string? Error, long Asked);

/// <summary>
/// Work that must not be forgotten: a row stands until the work is done and its result is committed in the same transaction, so a killed
/// process starts again where it was. Jobs run in order of priority, then of arrival. No other code touches the <c>job</c> table.
/// </summary>
public sealed class JobQueue(Database catalog, TimeProvider clock)
{
    /// <summary>A time that does not come, in Unix seconds: the job waits until somebody asks for it.</summary>
    public const long Never = 253_402_300_799;

    /// <summary>A job that is to wait for longer was most likely put off before the clock was set back, and is due. Where it was meant, it is looked at early and put off again.</summary>
    const int LongestWaitInSeconds = 300;

    /// <summary>Adds a job in the caller's transaction. The same subject twice is one job; the higher priority counts.</summary>
    /// <param name="notBefore">Unix seconds; 0 is at once.</param>
    public static void Add(DbConnection connection, string kind, string subject, long notBefore = 0, int priority = 0) => connection.Execute("""
        INSERT INTO job (kind, subject, priority, not_before) VALUES (@kind, @subject, @priority, @notBefore)
        ON CONFLICT (kind, subject) DO UPDATE SET priority = max(priority, excluded.priority), not_before = excluded.not_before, asked = asked + 1
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

    /// <summary>The next jobs that may run now and are not among <paramref name="running"/>.</summary>
    public IReadOnlyList<Job> Next(string kind, IReadOnlySet<long> running, int most, long leastPriority = 0)
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

    /// <summary>A page of what waits or runs, in order.</summary>
    public IReadOnlyList<Job> List(int most)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<Job>("""
            SELECT id, kind, subject, priority, attempts, not_before, error, asked FROM job ORDER BY kind, priority DESC, id LIMIT @most
            """, new { most })];
    }

    public long Count()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM job");
    }

    /// <summary>When the earliest job of these kinds may run, in Unix seconds; null when none waits.</summary>
    public long? NextDue(params IReadOnlyList<string> kinds)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long?>("""
            SELECT min(CASE WHEN not_before > @now + @LongestWaitInSeconds AND not_before < @Never THEN 0 ELSE not_before END) FROM job WHERE kind IN @kinds
            """, new { kinds, now = Now, LongestWaitInSeconds, Never });
    }

    long Now => clock.GetUtcNow().ToUnixTimeSeconds();
}
