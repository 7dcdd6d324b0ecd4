using Albumen.Processing;
using Albumen.Sql;
using Albumen.Tests.Identity;

namespace Albumen.Tests.Processing;

public sealed class JobQueueTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-jobs-").FullName;
    readonly StoppedClock _clock = new();
    readonly Database _catalog;
    readonly JobQueue _queue;

    public JobQueueTests()
    {
        _catalog = new(Path.Combine(_folder, "catalog.db"), "catalog");
        _queue = new(_catalog, _clock);
    }

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _catalog.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Jobs_run_by_priority_and_then_in_the_order_they_came()
    {
        await AddAsync("a");
        await AddAsync("b", priority: 5);
        await AddAsync("c");
        await AddAsync("d", priority: 5);

        Assert.Equal("b d a c", Next());
    }

    [Fact]
    public async Task A_priority_that_somebody_gave_stays_unless_somebody_waits()
    {
        await AddAsync("a");
        await AddAsync("b");
        await AddAsync("c", priority: JobQueue.Awaited);
        long Id(string subject) => _queue.List(10).Single(job => job.Subject == subject).Id;
        Assert.Equal(1, await _queue.PrioritiseAsync([Id("a"), Id("c")], JobQueue.Low, Cancelled));
        await AddAsync("a");

        Assert.Equal("c b a", Next());
        await AddAsync("a", priority: JobQueue.Awaited);
        Assert.Equal("a c b", Next());
    }

    [Fact]
    public async Task What_is_due_soon_can_be_hurried_and_what_failed_or_was_put_off_does_not_count()
    {
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        await _catalog.WriteAsync(connection => JobQueue.Add(connection, "k", "soon", now + 60), Cancelled);
        Assert.True(_queue.IsDue("k", now + 60, []));
        Assert.False(_queue.IsDue("k", now + 59, []));
        Assert.False(_queue.IsDue("k", now + 60, [now + 1, now + 60]));
        Assert.Empty(_queue.Next("k", new HashSet<long>(), 10));

        await _catalog.WriteAsync(connection => JobQueue.Hurry(connection, "k", now + 59), Cancelled);
        Assert.Empty(_queue.Next("k", new HashSet<long>(), 10));
        await _catalog.WriteAsync(connection => JobQueue.Hurry(connection, "k", now + 60), Cancelled);
        Job job = Assert.Single(_queue.Next("k", new HashSet<long>(), 10));

        await _catalog.WriteAsync(connection => JobQueue.Retry(connection, job.Id, "no", now), Cancelled);
        Assert.False(_queue.IsDue("k", now + 60, []));
    }

    [Fact]
    public async Task Every_job_is_on_exactly_one_page_and_those_that_failed_are_counted_apart()
    {
        for (int i = 0; i < 7; i++) await AddAsync($"{i}", priority: i % 3 * JobQueue.High);
        long failed = _queue.List(10)[^1].Id;
        await _catalog.WriteAsync(connection => JobQueue.Retry(connection, failed, "no", notBefore: 0), Cancelled);
        List<string> subjects = [];
        (string, long, long)? after = null;
        while (_queue.List(2, after: after) is { Count: > 0 } page)
        {
            subjects.AddRange(page.Select(job => job.Subject));
            after = (page[^1].Kind, page[^1].Priority, page[^1].Id);
        }

        Assert.Equal("2 5 1 4 0 3 6", string.Join(' ', subjects));
        Assert.Equal([failed], _queue.List(10, failed: true).Select(job => job.Id));
        Assert.Equal((7, 1, 0), (_queue.Count(), _queue.Count(failed: true), _queue.Count(kind: "nothing")));
        JobCount count = Assert.Single(_queue.Summary());
        Assert.Equal((6, 1, 0), (count.Waiting, count.Failed, count.PutOff));
    }

    [Fact]
    public async Task The_same_subject_twice_is_one_job_and_the_higher_priority_counts()
    {
        await AddAsync("a", priority: 3);
        await AddAsync("b", priority: 2);
        await AddAsync("a");
        await AddAsync("b", priority: 9);

        Assert.Equal("b a", Next());
    }

    [Fact]
    public async Task A_job_is_there_until_its_result_is_written()
    {
        await AddAsync("a");
        Job job = Assert.Single(_queue.Next("read", new HashSet<long>(), 10));

        await Assert.ThrowsAsync<InvalidOperationException>(() => _catalog.WriteAsync(connection =>
        {
            JobQueue.Done(connection, job);
            throw new InvalidOperationException("the result could not be written");
        }, Cancelled));
        Assert.Equal("a", Next());

        await _catalog.WriteAsync(connection => JobQueue.Done(connection, job), Cancelled);
        Assert.Equal(("", 0), (Next(), _queue.Count()));
    }

    [Fact]
    public async Task What_runs_is_not_given_out_again()
    {
        await AddAsync("a");
        await AddAsync("b");
        await AddAsync("c");
        HashSet<long> running = [_queue.Next("read", new HashSet<long>(), 1)[0].Id];

        Assert.Equal("b", string.Join(' ', _queue.Next("read", running, 1).Select(j => j.Subject)));
    }

    [Fact]
    public async Task A_job_put_off_waits_for_its_time_and_remembers_why()
    {
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        await AddAsync("a");
        Job job = _queue.Next("read", new HashSet<long>(), 1)[0];
        await _catalog.WriteAsync(connection => JobQueue.Retry(connection, job.Id, "the disk was away", now + 60), Cancelled);

        Assert.Equal("", Next());
        Assert.Equal(now + 60, _queue.NextDue("read"));
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("a", Next());
        Assert.Equal((1, "the disk was away"), (_queue.List(1)[0].Attempts, _queue.List(1)[0].Error));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_delays_no_job_for_long()
    {
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        await _catalog.WriteAsync(connection =>
        {
            JobQueue.Add(connection, "read", "put off", notBefore: now + 30);
            JobQueue.Add(connection, "read", "parked", notBefore: JobQueue.Never);
        }, Cancelled);
        Assert.Equal("", Next());

        _clock.Advance(TimeSpan.FromDays(-10));
        Assert.Equal("put off", Next());
        Assert.True(_queue.NextDue("read") <= _clock.GetUtcNow().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_job_that_could_not_be_done_yet_waits_and_has_not_failed()
    {
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        await AddAsync("a");
        Job job = _queue.Next("read", new HashSet<long>(), 1)[0];
        await _catalog.WriteAsync(connection => JobQueue.PutOff(connection, job, now + 60), Cancelled);

        Assert.Equal(("", now + 60), (Next(), _queue.NextDue("read")));
        Assert.Equal((0, null), (_queue.List(1)[0].Attempts, _queue.List(1)[0].Error));
    }

    [Fact]
    public async Task A_job_that_was_asked_for_again_is_not_put_off()
    {
        await AddAsync("a");
        Job job = _queue.Next("read", new HashSet<long>(), 1)[0];
        await AddAsync("a");

        await _catalog.WriteAsync(connection => JobQueue.PutOff(connection, job, _clock.GetUtcNow().ToUnixTimeSeconds() + 60), Cancelled);

        Assert.Equal("a", Next());
    }

    [Fact]
    public async Task Each_kind_has_a_queue_of_its_own()
    {
        await AddAsync("a");
        await _catalog.WriteAsync(connection => JobQueue.Add(connection, "other", "x"), Cancelled);

        Assert.Equal("a", Next());
        Assert.Equal(2, _queue.Count());
        Assert.Equal("x a", string.Join(' ', _queue.List(10).Select(j => j.Subject)));
    }

    [Fact]
    public async Task Jobs_outlive_the_process()
    {
        await AddAsync("a");
        using Database again = new(Path.Combine(_folder, "catalog.db"), "catalog");

        Assert.Equal("a", Assert.Single(new JobQueue(again, _clock).List(10)).Subject);
    }

    Task AddAsync(string subject, int priority = 0) => _catalog.WriteAsync(connection => JobQueue.Add(connection, "read", subject, priority: priority), Cancelled);

    string Next() => string.Join(' ', _queue.Next("read", new HashSet<long>(), 10).Select(j => j.Subject));
}
