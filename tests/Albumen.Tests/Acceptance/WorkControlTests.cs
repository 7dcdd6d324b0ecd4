using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Albumen.Client;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>What an admin may say of the work: pause, retry, priorities; and what the daemon says of itself.</summary>
public sealed class WorkControlTests : IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly string _library = Directory.CreateTempSubdirectory("albumen-work-").FullName;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await MakeAsync("a.jpg");

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_paused_stands_still_also_after_a_restart_and_nobody_who_waits_is_held()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Assert.Equal(0, (await daemon.AlbumenAsync("jobs", "pause")).Code);
        await daemon.StopAsync();
        Directory.Delete(Path.Combine(daemon.Cache, "derivatives"), recursive: true);
        await MakeAsync("b.jpg");
        await daemon.StartAsync();
        await daemon.SaysAsync("Scanned lib");
        await Task.Delay(1500, Now);

        using (AlbumenClient client = Client(daemon))
        {
            Client.Status status = await client.StatusAsync(Now);
            Assert.Equal((true, null), (status.Work!.Paused, status.Work.Until));
            Assert.Equal((2, 0, "paused by an admin until resumed (albumen jobs resume)"), (status.Indexing.Left, status.Indexing.Done, status.Indexing.Waiting));
        }
        Assert.Contains("albumen jobs resume", (await daemon.AlbumenAsync("status")).Lines.Single(l => l.StartsWith("Paused", StringComparison.Ordinal)), StringComparison.Ordinal);
        using (Door anna = await Door.OfAsync(daemon)) await UntilAsync(async () => await anna.GetAsync("/Folders/lib/a.jpg?preview") is HttpStatusCode.OK, daemon);
        using (AlbumenClient client = Client(daemon))
        {
            await UntilAsync(async () => (await client.StatusAsync(Now)).Indexing.Left == 1, daemon);
            Assert.Equal("/Folders/lib/b.jpg", (await client.JobsAsync("read", failed: false, null, 100, Now)).Items.Single().Subject);

            Assert.Equal(0, (await daemon.AlbumenAsync("jobs", "resume")).Code);
            await UntilAsync(async () => (await client.StatusAsync(Now)).Indexing.Left == 0, daemon);
        }
        Assert.DoesNotContain("Paused", (await daemon.AlbumenAsync("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pause_ends_by_itself()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, "io: { pressure: off }");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Answer paused = await daemon.AlbumenAsync("jobs", "pause", "--for", "12s", "--json");
        // Not 1 for sure: a walk may ask again for a file that was read while it passed by.
        long reads = await daemon.ReadsAsync();
        Assert.Contains("\"until\"", paused.Output, StringComparison.Ordinal);
        using AlbumenClient client = Client(daemon);
        DateTimeOffset until = (await client.StatusAsync(Now)).Work!.Until!.Value;
        await MakeAsync("b.jpg");
        string? reason = null;
        await UntilAsync(async () => (await client.StatusAsync(Now)).Indexing is { Left: 1, Waiting: var waiting } && (reason = waiting) is not null, daemon);
        Assert.Matches("^paused by an admin until [0-9-]*[ ]?[0-9:]{5}$", reason);
        Assert.Equal((reads, ["b.jpg"]), (await daemon.ReadsAsync(), await UnreadAsync(daemon)), SameUnread);

        await UntilAsync(async () => (await UnreadAsync(daemon)).Length == 0, daemon);

        Assert.InRange(DateTimeOffset.UtcNow, until, until.AddSeconds(10));
        Assert.False((await client.StatusAsync(Now)).Work!.Paused);
    }

    [Fact]
    public async Task Who_speaks_last_counts_a_scan_that_is_waited_for_or_a_pause()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, settle: "6s");
        await daemon.StartAsync();
        await daemon.AlbumenAsync("jobs", "pause");
        await daemon.ScanAsync();
        Assert.Empty(await UnreadAsync(daemon));

        await MakeAsync("b.jpg");
        Task<Answer> scan = daemon.AlbumenAsync("scan", "--wait");
        using (AlbumenClient client = Client(daemon))
        {
            await UntilAsync(async () => (await client.StatusAsync(Now)) is { Indexing.Left: 1, Work.Paused: false }, daemon);
            await client.PauseAsync(null, Now);
        }
        Assert.NotSame(scan, await Task.WhenAny(scan, Task.Delay(TimeSpan.FromSeconds(10), Now)));
        Assert.Equal(["b.jpg"], await UnreadAsync(daemon));
        await daemon.AlbumenAsync("jobs", "resume");

        Assert.Equal(0, (await scan).Code);
    }

    [Fact]
    public async Task What_people_bring_is_taken_in_while_work_is_paused()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        daemon.Configure($$"""
            volumes:
              - { name: lib, path: {{_library}}, writable: on }
            http: { listen: "127.0.0.1:0" }
            scan: { every: off, settle: 1ms }
            inbox: { settle: 1s }
            """);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await daemon.AlbumenAsync("jobs", "pause");
        await MakeAsync("new.jpg", Path.GetTempPath());
        string brought = Path.Combine(Path.GetTempPath(), "new.jpg");
        (string name, string password) = await daemon.PersonAsync();
        using HttpClient http = new() { BaseAddress = daemon.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
        using (HttpResponseMessage put = await http.PutAsync("/Inbox/new.jpg", new ByteArrayContent(await File.ReadAllBytesAsync(brought, Now)), Now)) Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        File.Delete(brought);

        using AlbumenClient client = Client(daemon);
        await UntilAsync(async () => (await client.StatusAsync(Now)).Inbox!.Done == 1, daemon);
    }

    [Fact]
    public async Task Jobs_are_listed_page_by_page_and_done_in_the_order_somebody_gives_them()
    {
        for (int i = 1; i <= 5; i++) await MakeAsync($"{i}.jpg");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.SaysAsync("Scanned lib");
        await daemon.AlbumenAsync("jobs", "pause");
        await daemon.ScanAsync();
        await daemon.AlbumenAsync("jobs", "pause");
        long reads = await daemon.ReadsAsync();
        for (int i = 6; i <= 9; i++) await MakeAsync($"{i}.jpg");
        using AlbumenClient client = Client(daemon);
        await UntilAsync(async () => (await client.JobsAsync("read", failed: false, null, 100, Now)).Total == 4, daemon);
        Job[] jobs = [.. (await client.JobsAsync("read", failed: false, null, 100, Now)).Items];

        Assert.Equal(0, (await daemon.AlbumenAsync("jobs", "priority", "high", $"{jobs[2].Id}")).Code);
        Assert.Equal(0, (await daemon.AlbumenAsync("jobs", "priority", "low", $"{jobs[0].Id}")).Code);
        long[] expected = [jobs[2].Id, jobs[1].Id, jobs[3].Id, jobs[0].Id];
        List<long> ids = [];
        string? after = null;
        do
        {
            Page<Job> page = await client.JobsAsync("read", failed: false, after, 1, Now);
            ids.AddRange(page.Items.Select(j => j.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(expected, ids);
        Assert.All(jobs, job => Assert.StartsWith("/Folders/lib/", job.Subject, StringComparison.Ordinal));
        JobKindSummary read = (await client.JobSummaryAsync(Now)).Kinds.Single(k => k.Kind == "read");
        Assert.Equal((4, 0, reads), (read.Waiting + read.PutOff, read.Failed, read.Done));
        Assert.Equal(["6.jpg", "7.jpg", "8.jpg", "9.jpg"], await UnreadAsync(daemon));
        Assert.Equal(["read", "take-in", "sidecar", "place"], (await client.JobSummaryAsync(Now)).Kinds.Select(k => k.Kind));
        Assert.Equal(3, (await daemon.AlbumenAsync("jobs", "priority", "low", "999999")).Code);
        Assert.Equal(2, (await daemon.AlbumenAsync("jobs", "priority", "urgent", "1")).Code);
        Assert.Equal(1, (await daemon.AlbumenAsync("jobs", "--kind", "reed")).Code);
        Assert.Empty((await daemon.AlbumenAsync("jobs", "--failed", "--kind", "read")).Output);
        await daemon.AlbumenAsync("jobs", "resume");
        await UntilAsync(async () => (await UnreadAsync(daemon)).Length == 0, daemon);
    }

    [Fact]
    public async Task Jobs_that_are_put_off_are_tried_at_once_but_not_those_of_volumes_that_are_away()
    {
        string away = Path.Combine(_library, "../", $"{Path.GetFileName(_library)}-away");
        Directory.CreateDirectory(away);
        await MakeAsync("x.jpg", away);
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        try
        {
            daemon.Configure($$"""
                volumes:
                  - { name: lib, path: {{_library}} }
                  - { name: usb, path: {{away}} }
                http: { listen: "127.0.0.1:0" }
                scan: { every: off, settle: 1h }
                """);
            await daemon.StartAsync();
            await daemon.SaysAsync("Scanned usb");
            using AlbumenClient client = Client(daemon);
            await UntilAsync(async () => (await client.JobSummaryAsync(Now)).Kinds[0].PutOff == 2, daemon);
            Directory.Move(away, $"{away}-gone");
            await daemon.AlbumenAsync("scan", "usb");
            await UntilAsync(async () => (await client.VolumesAsync(Now))[1].State == "offline", daemon);
            await daemon.AlbumenAsync("jobs", "pause");

            Assert.Equal(new(1, 1), await client.RetryJobsAsync(new(All: true, DryRun: true), Now));
            Assert.Equal(new(1, 1), await client.RetryJobsAsync(new(All: true), Now));
            Assert.Equal(new(0, 1), await client.RetryJobsAsync(new(Kind: "read"), Now));
            Job[] jobs = [.. (await client.JobsAsync(100, Now)).Items];
            Assert.Equal(["/Folders/usb/x.jpg"], jobs.Where(j => j.NotBefore is not null).Select(j => j.Subject));
            Assert.Equal(new(0, 0), await client.RetryJobsAsync(new(Ids: [.. jobs.Where(j => j.NotBefore is null).Select(j => j.Id)]), Now));
            Assert.Equal(2, (await daemon.AlbumenAsync("jobs", "retry")).Code);
            Assert.Equal(400, (await Assert.ThrowsAsync<ApiException>(() => client.RetryJobsAsync(new(), Now))).Status);
        }
        finally
        {
            foreach (string folder in (string[])[away, $"{away}-gone"])
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_problem_is_tried_again_and_what_no_try_can_mend_says_what_does()
    {
        await MakeAsync("torn.jpg");
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(_library, "torn.jpg"), Now);
        await File.WriteAllBytesAsync(Path.Combine(_library, "torn.jpg"), whole[..200], Now);
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        // Other bytes, and the modification time put back.
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-ec", """
            touch -r "$0" "$0.time"; printf XY | dd of="$0" bs=1 seek=$(($(stat -c %s "$0") - 8)) conv=notrunc status=none; touch -r "$0.time" "$0"; rm "$0.time"
            """, Path.Combine(_library, "a.jpg")])).Code);
        await daemon.AlbumenAsync("verify", "--wait");
        using AlbumenClient client = Client(daemon);
        Problem[] problems = [.. (await client.ProblemsAsync(null, 100, Now)).Items];
        Problem[] ofTorn = [.. problems.Where(p => p.Path == "/Folders/lib/torn.jpg")];
        Problem torn = ofTorn[^1];
        Assert.Equal("rotted", problems.Single(p => p.Path == "/Folders/lib/a.jpg").Kind);
        ProblemSummary summary = await client.ProblemSummaryAsync(Now);
        Assert.Equal(problems.Length, summary.Total);
        Assert.Contains("--accept", summary.Kinds.Single(k => k.Kind == "rotted").Otherwise, StringComparison.Ordinal);
        Assert.NotNull(summary.Kinds.Single(k => k.Kind == torn.Kind).Retry);
        long reads = await daemon.ReadsAsync();

        Assert.Equal(new(ofTorn.Length, []), await client.RetryProblemsAsync(new(Paths: [torn.Path], DryRun: true), Now), Same);
        Assert.Equal(new(1, []), await client.RetryProblemsAsync(new(Paths: [torn.Path], Kind: torn.Kind, DryRun: true), Now), Same);
        Assert.Equal(reads, await daemon.ReadsAsync());
        Assert.Equal(0, (await daemon.AlbumenAsync("problems", "retry", torn.Path)).Code);
        await UntilAsync(async () => await daemon.ReadsAsync() == reads + 1, daemon);
        Assert.Equal(torn.Kind, (await client.ProblemsAsync(torn.Kind, null, 100, Now)).Items.Single().Kind);

        Answer all = await daemon.AlbumenAsync("problems", "retry", "--all", "--json");
        Assert.Equal(3, all.Code);
        Assert.Contains("albumen verify --accept", all.Output, StringComparison.Ordinal);
        await UntilAsync(async () => await daemon.ReadsAsync() == reads + 2, daemon);
        Assert.Equal(1, (await daemon.AlbumenAsync("problems", "retry", "/Folders/lib/nothing.jpg")).Code);
        Assert.Equal(2, (await daemon.AlbumenAsync("problems", "retry")).Code);
    }

    [Fact]
    public async Task What_the_daemon_says_comes_at_once_and_its_numbers_go_on_after_a_restart()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.SaysAsync("Scanned lib");
        using AlbumenClient client = Client(daemon);
        Page<Message> first = await client.MessagesAsync(null, 1000, null, 0, Now);
        Assert.Contains(first.Items, m => m is { Level: "information", Part: "Scanning" } && m.Text.StartsWith("Scanned lib", StringComparison.Ordinal));
        Assert.Equal(first.Items.Select(m => m.Number).Order(), first.Items.Select(m => m.Number));

        Task<Page<Message>> waiting = client.MessagesAsync(first.Next, 10, "information", 30, Now), grave = client.MessagesAsync(first.Next, 10, "error", 1, Now);
        await Task.Delay(300, Now);
        Assert.False(waiting.IsCompleted);
        long asked = Stopwatch.GetTimestamp();
        await client.PauseAsync(TimeSpan.FromMinutes(5), Now);
        Message paused = (await waiting).Items.Single();
        Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 1);
        Assert.Contains("has paused what nobody waits for", paused.Text, StringComparison.Ordinal);
        Page<Message> none = await grave;
        Assert.Empty(none.Items);
        Assert.Equal($"{paused.Number}", none.Next);
        Answer lines = await daemon.AlbumenAsync("messages", "--grep", "HAS PAUSED", "--json");
        Assert.Equal($"{paused.Number}", System.Text.Json.JsonDocument.Parse(lines.Lines.Single()).RootElement.GetProperty("number").ToString());

        // Whoever waits does not keep the daemon from ending.
        Task<Page<Message>> last = client.MessagesAsync(none.Next, 10, "critical", 30, Now);
        await Task.Delay(200, Now);
        asked = Stopwatch.GetTimestamp();
        await daemon.StopAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 5);
        Assert.Empty((await last).Items);
        await daemon.StartAsync();
        Page<Message> later = await client.MessagesAsync(none.Next, 1000, null, 0, Now);
        Assert.Contains(later.Items, m => m.Text.Contains("serves", StringComparison.Ordinal));
        Assert.True(later.Items[0].Number > paused.Number + 1);
        Assert.Equal(400, (await Assert.ThrowsAsync<ApiException>(() => client.MessagesAsync(null, 10, "loud", 0, Now))).Status);
        Assert.Equal(400, (await Assert.ThrowsAsync<ApiException>(() => client.MessagesAsync(null, 10, null, 31, Now))).Status);
    }

    [Fact]
    public async Task Free_space_is_told_of_what_is_there()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        daemon.Configure($$"""
            volumes:
              - { name: lib, path: {{_library}} }
              - { name: usb, path: {{_library}}-nothing }
            http: { listen: "127.0.0.1:0" }
            """);
        await daemon.StartAsync();
        await daemon.SaysAsync("Scanned lib");
        using AlbumenClient client = Client(daemon);
        await UntilAsync(async () => (await client.StatusAsync(Now)).Cache is not null, daemon);
        await UntilAsync(async () => (await client.VolumesAsync(Now))[1].State == "offline", daemon);

        Client.Status status = await client.StatusAsync(Now);

        DriveInfo drive = new(_library);
        VolumeStatus lib = status.Volumes[0], usb = status.Volumes[1];
        Assert.Equal(drive.TotalSize, lib.TotalInBytes);
        Assert.InRange(lib.FreeInBytes!.Value, drive.AvailableFreeSpace - 2_000_000_000, drive.AvailableFreeSpace + 2_000_000_000);
        Assert.Equal((null, null), (usb.FreeInBytes, usb.TotalInBytes));
        Assert.NotNull(status.Cache!.FreeInBytes);
        Assert.NotNull(status.StateFreeInBytes);
        Assert.Equal(new DriveInfo(daemon.State).TotalSize, status.StateTotalInBytes);
    }

    static readonly EqualityComparer<RetriedProblems> Same = EqualityComparer<RetriedProblems>.Create((a, b) => a!.Count == b!.Count && a.Left.SequenceEqual(b.Left));

    static readonly EqualityComparer<(long Reads, string[] Unread)> SameUnread = EqualityComparer<(long Reads, string[] Unread)>.Create((a, b) => a.Reads == b.Reads && a.Unread.SequenceEqual(b.Unread));

    /// <summary>Files that are listed and were not read yet.</summary>
    static async Task<string[]> UnreadAsync(PrivateDaemon daemon)
    {
        using AlbumenClient client = Client(daemon);
        List<string> unread = [];
        await foreach (TreeEntry entry in client.TreeAsync("/Folders/lib", isRecursive: false, Now))
            if (entry is { Type: "file", Sha256: null }) unread.Add(Path.GetFileName(entry.Path));
        return [.. unread.Order()];
    }

    static AlbumenClient Client(PrivateDaemon daemon) => AlbumenClient.OverSocket(Path.Combine(daemon.Root, "run/albumen/albumend.sock"));

    async Task MakeAsync(string name, string? folder = null) => Assert.Equal(0, (await Clients.RunAsync("vips", ["gaussnoise", Path.Combine(folder ?? _library, name), "300", "200"])).Code);

    static async Task UntilAsync(Func<Task<bool>> condition, PrivateDaemon daemon)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"It never came to that:\n{(await daemon.AlbumenAsync("status")).Output}\n{(await daemon.AlbumenAsync("jobs")).Output}\n{daemon.Log}");
            await Task.Delay(50, Now);
        }
    }
}
