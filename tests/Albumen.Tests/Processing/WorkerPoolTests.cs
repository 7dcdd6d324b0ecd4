using System.Diagnostics;
using System.Text;
using Albumen.Processing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Processing;

/// <summary>With real child processes: a small Python program that answers, dies, hangs or grows, as it is asked to.</summary>
public sealed class WorkerPoolTests : IDisposable
{
    const string Program = """
        import os, struct, sys, time
        os.setpgid(0, 0)
        def send(text):
            sys.stdout.buffer.write(struct.pack('<i', len(text)) + text)
            sys.stdout.buffer.flush()
        if sys.argv[1:] == ['broken']:
            sys.exit('libfoo is not installed')
        send(b'ready %d' % os.getpid())
        while True:
            head = sys.stdin.buffer.read(4)
            if len(head) < 4: break
            word = sys.stdin.buffer.read(struct.unpack('<i', head)[0])
            open(os.environ['LOG'], 'ab').write(word + b'\n')
            if word == b'die': os._exit(9)
            if word == b'die once' and open(os.environ['LOG'], 'rb').read().count(word) == 1: os._exit(9)
            if word == b'hang': time.sleep(60)
            if word == b'grow': hog = bytearray(os.urandom(1) * (200 << 20)); time.sleep(60)
            if word == b'child': child = os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '60'); open(os.environ['LOG'], 'ab').write(b'%d\n' % child); time.sleep(60)
            if word == b'babble': sys.stdout.buffer.write(b'\xff' * 4096); sys.stdout.buffer.flush(); time.sleep(60)
            send(word.upper() + b' %d' % os.getpid())
        """;

    readonly string _folder = Directory.CreateTempSubdirectory("albumen-workers-").FullName;
    readonly List<WorkerPool> _pools = [];

    string Log => Path.Combine(_folder, "log");

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (WorkerPool pool in _pools) pool.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_worker_answers_and_is_asked_again()
    {
        WorkerPool pool = Pool();

        string first = await AskAsync(pool, "one"), second = await AskAsync(pool, "two");

        Assert.StartsWith("ONE ", first);
        Assert.Equal(first[4..], second[4..]);
    }

    [Fact]
    public async Task A_worker_greets_when_it_is_ready() => Assert.StartsWith("ready ", Encoding.UTF8.GetString(await Pool().ProbeAsync(Cancelled)));

    [Fact]
    public async Task What_kills_a_worker_once_is_asked_again_in_a_fresh_one()
    {
        WorkerPool pool = Pool();
        string before = await AskAsync(pool, "one");

        string after = await AskAsync(pool, "die once");

        Assert.StartsWith("DIE ONCE ", after);
        Assert.NotEqual(before[4..], after[9..]);
    }

    [Fact]
    public async Task What_kills_two_workers_is_at_fault_and_the_next_question_is_answered()
    {
        WorkerPool pool = Pool();

        WorkerFault fault = await Assert.ThrowsAsync<WorkerFault>(() => AskAsync(pool, "die"));

        Assert.Contains("code 9", fault.Message);
        Assert.Equal(2, (await File.ReadAllLinesAsync(Log, Cancelled)).Length);
        Assert.StartsWith("ONE ", await AskAsync(pool, "one"));
    }

    [Theory]
    [InlineData("hang", "longer than the limit of 0.5 s")]
    [InlineData("grow", "more memory than the limit of 150 MiB")]
    public async Task What_takes_too_much_is_ended(string word, string reason)
    {
        WorkerPool pool = Pool(word == "hang" ? 0.5 : 30);

        WorkerFault fault = await Assert.ThrowsAsync<WorkerFault>(() => AskAsync(pool, word));

        Assert.Contains(reason, fault.Message);
        Assert.StartsWith("ONE ", await AskAsync(pool, "one"));
    }

    [Fact]
    public async Task A_worker_that_babbles_is_ended()
    {
        Stopwatch watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<WorkerFault>(() => AskAsync(Pool(20), "babble"));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_workers_own_children_end_with_it()
    {
        await Assert.ThrowsAsync<WorkerFault>(() => AskAsync(Pool(1), "child"));

        foreach (string line in (await File.ReadAllLinesAsync(Log, Cancelled)).Where(line => char.IsAsciiDigit(line[0])))
            await Until(() => !Directory.Exists($"/proc/{line}") || File.ReadAllText($"/proc/{line}/stat").Contains(") Z "));
    }

    [Fact]
    public async Task Who_cancels_waits_no_longer()
    {
        WorkerPool pool = Pool(60);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        stop.CancelAfter(TimeSpan.FromMilliseconds(600));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pool.AskAsync("hang"u8.ToArray(), TimeSpan.Zero, stop.Token));
    }

    [Fact]
    public async Task No_more_workers_run_than_there_are_places()
    {
        WorkerPool pool = Pool();

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AskAsync(pool, "one")));

        Assert.InRange(answers.Distinct().Count(), 1, 2);
    }

    [Fact]
    public async Task A_resting_pool_keeps_no_process_and_starts_one_when_asked()
    {
        WorkerPool pool = Pool();
        string before = await AskAsync(pool, "one");
        pool.Rest();

        Assert.False(Directory.Exists($"/proc/{before[4..]}"));
        Assert.NotEqual(before, await AskAsync(pool, "one"));
    }

    [Fact]
    public async Task A_machine_that_cannot_work_is_told_in_the_workers_own_words()
    {
        WorkersUnavailableException fault = await Assert.ThrowsAsync<WorkersUnavailableException>(() => Pool(1, "/usr/bin/python3", "-c", Program, "broken").ProbeAsync(Cancelled));

        Assert.Equal("libfoo is not installed", fault.Message);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named() =>
        Assert.Contains("/nowhere/albumend", (await Assert.ThrowsAsync<WorkersUnavailableException>(() => Pool(1, "/nowhere/albumend").ProbeAsync(Cancelled))).Message);

    static async Task Until(Func<bool> isSo)
    {
        for (int i = 0; i < 100 && !isSo(); i++) await Task.Delay(20, Cancelled);
        Assert.True(isSo());
    }

    static async Task<string> AskAsync(WorkerPool pool, string word) => Encoding.UTF8.GetString(await pool.AskAsync(Encoding.UTF8.GetBytes(word), TimeSpan.Zero, Cancelled));

    WorkerPool Pool(double seconds = 20) => Pool(seconds, "/usr/bin/python3", "-c", Program);

    WorkerPool Pool(double seconds, string program, params string[] words)
    {
        WorkerCommand command = new(program, words, new Dictionary<string, string> { ["LOG"] = Log });
        WorkerPool pool = new(command, new() { Count = 2, TimeLimit = TimeSpan.FromSeconds(seconds), MemoryLimitInBytes = 150 << 20 }, NullLogger<WorkerPool>.Instance);
        _pools.Add(pool);
        return pool;
    }
}
