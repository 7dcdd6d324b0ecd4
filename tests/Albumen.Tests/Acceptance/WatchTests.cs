using System.Diagnostics;
using System.Text.Json;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>A change on disk is seen soon and once, also where the kernel stops telling of changes.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class WatchTests(MixedLibrary library) : IDisposable
{
    /// <summary>A file is visible so soon after it settled.</summary>
    static readonly TimeSpan Latency = TimeSpan.FromSeconds(2), Settle = TimeSpan.FromMilliseconds(500), Patience = TimeSpan.FromSeconds(30);

    readonly string _folder = Directory.CreateTempSubdirectory("albumen-watched-").FullName;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_photo_copied_in_is_on_WebDAV_within_two_seconds_after_it_settled()
    {
        await ShellAsync("mkdir -p 2024; cp -a $1/2024/B 2024/B");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_folder, settle: "500ms");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        using Door door = await Door.OfAsync(daemon);
        Assert.NotEqual("", await door.ListAsync("/Timeline/2024/2024-07-14/"));

        List<double> listed = [], dated = [];
        for (int i = 1; i <= 4; i++)
        {
            string name = $"fresh{i}.jpg";
            await ShellAsync($"cp $1/2024/A/IMG_000{i}.jpg 2024/{(i % 2 == 0 ? "B" : "new" + i)}/{name}", before: i % 2 == 0 ? "" : $"mkdir 2024/new{i}");
            long copied = Stopwatch.GetTimestamp();
            while (!(await door.ListAsync($"/Folders/lib/2024/{(i % 2 == 0 ? "B" : "new" + i)}/")).Contains(name, StringComparison.Ordinal)) await WaitAsync(copied);
            listed.Add(Stopwatch.GetElapsedTime(copied).TotalSeconds);
            while (!(await door.ListAsync("/Timeline/2024/2024-07-14/")).Contains($"fresh{i}", StringComparison.Ordinal)) await WaitAsync(copied);
            dated.Add(Stopwatch.GetElapsedTime(copied).TotalSeconds);
        }
        string figures = $"folder: {string.Join(", ", listed.Select(s => s.ToString("0.00")))} s; timeline: {string.Join(", ", dated.Select(s => s.ToString("0.00")))} s after the copy";
        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        Assert.True(listed.Concat(dated).Max() < (Latency + Settle).TotalSeconds, figures);

        async Task WaitAsync(long copied)
        {
            Assert.True(Stopwatch.GetElapsedTime(copied) < Patience, $"It is not seen:\n{daemon.Log}");
            await Task.Delay(20, Stop);
        }
    }

    [Fact]
    public async Task A_slow_copy_with_pauses_is_read_once_and_is_never_a_problem()
    {
        await ShellAsync("cp -a $1/2024/B B");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_folder, settle: "300ms");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        long reads = await daemon.ReadsAsync();

        byte[] photo = await File.ReadAllBytesAsync($"{library.Folder}/2024/A/IMG_0008.jpg", Stop);
        await using (FileStream copy = new($"{_folder}/slow.jpg", FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
            foreach (byte[] part in photo.Chunk((photo.Length / 5) + 1))
            {
                await copy.WriteAsync(part, Stop);
                await copy.FlushAsync(Stop);
                await Task.Delay(1200, Stop);
                Assert.Equal("", (await daemon.AlbumenAsync("problems", "--json")).Output.Trim());
                Assert.Equal(reads, await daemon.ReadsAsync());
                foreach (string job in (await daemon.AlbumenAsync("jobs", "--json")).Lines)
                    Assert.Equal(0, JsonSerializer.Deserialize<JsonElement>(job).GetProperty("attempts").GetInt64());
            }
        await UntilAsync(daemon, async () => await daemon.ReadsAsync() > reads);
        await daemon.ScanAsync();
        Assert.Equal(reads + 1, await daemon.ReadsAsync());
        Assert.Equal("", (await daemon.AlbumenAsync("problems", "--json")).Output.Trim());
        await EqualsFreshAsync(daemon);
    }

    [Fact]
    public async Task A_storm_of_renames_ends_as_if_nothing_had_been()
    {
        await ShellAsync("cp -a $1/2024 $1/2023 .");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_folder);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        string before = (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output;
        // src -> tmp, lib -> src, tmp -> lib and back; files too; the last round leaves them exchanged.
        const string Swap = """
            for i in $(seq 1 61); do
                mv 2024/A x; mv 2024/B 2024/A; mv x 2024/B
                mv 2023/IMG_0001.jpg 2023/y; mv 2023/IMG_0002.jpg 2023/IMG_0001.jpg; mv 2023/y 2023/IMG_0002.jpg
                mv 2023 2025; [ $((i % 10)) = 0 ] && sleep 0.3; mv 2025 2023
            done
            """;
        await ShellAsync(Swap);
        await daemon.ScanAsync();
        Assert.Equal(0, (await daemon.VolumeAsync()).GetProperty("missing").GetInt64());
        Assert.NotEqual(before, (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output);
        await EqualsFreshAsync(daemon);
    }

    [Fact]
    public async Task Events_that_the_kernel_dropped_cost_no_change()
    {
        await ShellAsync("cp -a $1/2024 $1/2023 .; mkdir noise");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_folder);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        // The limit on the queue is the whole machine's; so the daemon stands still until even the usual one is too small.
        Signal.Send(daemon.Process!.Id, Signal.Stop);
        try
        {
            await ShellAsync("""
                python3 -c "
                import os
                for i in range($(cat /proc/sys/fs/inotify/max_queued_events) // 2 + 100):
                    os.close(os.open('noise/%d.tmp' % (i % 2), os.O_CREAT | os.O_WRONLY)); os.unlink('noise/%d.tmp' % (i % 2))
                "
                mkdir -p later/still; cp $1/2024/A/IMG_0003.jpg later/still/a.jpg; cp $1/2024/A/IMG_0004.jpg 2023/b.jpg; mv 2024/A/IMG_0001.jpg 2023/c.jpg; rm 2024/B/IMG_0001.jpg
                """.Replace("                ", "", StringComparison.Ordinal));
        }
        finally
        {
            Signal.Send(daemon.Process!.Id, Signal.Continue);
        }
        await UntilAsync(daemon, async () => (await daemon.AlbumenAsync("ls", "--json", "/Folders/lib/later/still/a.jpg")).Code == 0);
        // What is new after it is seen too.
        await ShellAsync("cp $1/2024/A/IMG_0005.jpg later/still/d.jpg");
        await UntilAsync(daemon, async () => (await daemon.AlbumenAsync("ls", "--json", "/Folders/lib/later/still/d.jpg")).Code == 0);
        Assert.Equal("watched", (await daemon.VolumeAsync()).GetProperty("changes").GetString());
        await UntilIdleAsync(daemon);
        await EqualsFreshAsync(daemon);
    }

    [Fact]
    public async Task Where_the_kernel_gives_too_few_watches_the_volume_is_polled_and_says_why()
    {
        (int code, _) = await Clients.RunAsync("unshare", ["-Ur", "sh", "-c", "echo 5 > /proc/sys/user/max_inotify_watches"]);
        Assert.SkipUnless(code == 0, "No user namespace can be made here.");
        await ShellAsync("cp -a $1/2024 $1/2023 .; mkdir -p p/q/r/s/t/u");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_folder, through: ["unshare", "-Ur", "sh", "-c", "echo 5 > /proc/sys/user/max_inotify_watches && exec \"$@\"", "sh"]);
        daemon.Configure($$"""
            volumes: [{ name: lib, path: {{_folder}} }]
            http: { listen: "127.0.0.1:0" }
            scan: { every: off, settle: 1ms, poll: 2s }
            """);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        JsonElement volume = await daemon.VolumeAsync();
        Assert.StartsWith("polled: ", volume.GetProperty("changes").GetString(), StringComparison.Ordinal);
        Assert.Contains("fs.inotify.max_user_watches", volume.GetProperty("changes").GetString(), StringComparison.Ordinal);
        Assert.True(volume.GetProperty("every").GetDouble() >= 2);

        await ShellAsync("cp $1/2024/A/IMG_0003.jpg p/q/r/s/t/u/deep.jpg; mv 2023/IMG_0001.jpg p/q/r/moved.jpg; rm 2024/B/IMG_0001.jpg");
        await UntilAsync(daemon, async () => (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output is var all
            && all.Contains("deep.jpg", StringComparison.Ordinal) && all.Contains("moved.jpg", StringComparison.Ordinal) && !all.Contains("2024/B/IMG_0001", StringComparison.Ordinal));
        await UntilIdleAsync(daemon);
        await EqualsFreshAsync(daemon);
    }

    async Task EqualsFreshAsync(PrivateDaemon daemon)
    {
        Assert.Equal(0, await daemon.StopAsync());
        FreshIndex.AssertSame(FreshIndex.WithoutHistory(await FreshIndex.OfAsync(_folder)), FreshIndex.WithoutHistory(await daemon.DumpAsync()));
    }

    static Task UntilIdleAsync(PrivateDaemon daemon) => UntilAsync(daemon, async () => (await daemon.AlbumenAsync("status", "--json")).Output.Contains("\"state\":\"idle\"", StringComparison.Ordinal));

    static async Task UntilAsync(PrivateDaemon daemon, Func<Task<bool>> isSo)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"It takes too long:\n{daemon.Log}");
            await Task.Delay(50, Stop);
        }
    }

    /// <summary>In the volume; <c>$1</c> is the mixed library.</summary>
    async Task ShellAsync(string script, string before = "")
    {
        (int code, _) = await Clients.RunAsync("bash", ["-euc", $"cd \"$0\"\n{before}\n{script}", _folder, library.Folder]);
        Assert.True(code == 0, script);
    }
}
