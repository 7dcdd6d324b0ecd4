using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>What the kernel and the command line see of the manners.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class MannersTests : IDisposable
{
    readonly string _library = Directory.CreateTempSubdirectory("albumen-manners-").FullName;

    public void Dispose() => Directory.Delete(_library, recursive: true);

    [Theory]
    [InlineData("", 10, "idle")]
    [InlineData("io: { nice: 3, class: best-effort }", 3, "best-effort: prio 7")]
    [InlineData("io: { nice: 0, class: none }", 0, "none: prio ")]
    public async Task Every_thread_of_a_worker_gives_way_as_configured(string io, int nice, string ioClass)
    {
        await MakeAsync("a.jpg");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, io);
        await daemon.StartAsync();
        await daemon.ScanAsync();

        int worker = daemon.Workers()[0];

        string[] threads = [.. Directory.GetDirectories($"/proc/{worker}/task").Select(Path.GetFileName).OfType<string>()];
        Assert.True(threads.Length > 3);
        foreach (string thread in threads)
        {
            Assert.Equal(nice, Nice($"/proc/{worker}/task/{thread}/stat"));
            Assert.StartsWith(ioClass, (await Clients.RunAsync("ionice", ["-p", thread])).Output, StringComparison.Ordinal);
        }
        Assert.Equal(Nice("/proc/self/stat"), Nice($"/proc/{daemon.Process!.Id}/stat"));
        Assert.DoesNotContain("cannot give way", daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_quiet_hours_nothing_is_read_until_somebody_asks()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, "io: { quiet_hours: \"00:00-12:00, 12:00-24:00\" }");
        await daemon.StartAsync();
        await daemon.SaysAsync("Scanned lib");
        await MakeAsync("a.jpg");
        await daemon.ScanAsync();
        await MakeAsync("b.jpg");

        Answer listing = await daemon.AlbumenAsync("ls", "--json", "/Folders/lib");
        Assert.Contains("\"preview\"", listing.Lines.Single(l => l.Contains("/a.jpg", StringComparison.Ordinal)), StringComparison.Ordinal);

        // Lost from the cache, and noticed at the start: that is backlog. Somebody who opens it does not wait for the morning.
        await daemon.StopAsync();
        Directory.Delete(Path.Combine(daemon.Cache, "derivatives"), recursive: true);
        await daemon.StartAsync();
        (string name, string password) = await daemon.PersonAsync();
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        using (JsonDocument status = JsonDocument.Parse((await daemon.AlbumenAsync("status", "--json")).Output))
        {
            JsonElement indexing = status.RootElement.GetProperty("indexing");
            Assert.True(indexing.GetProperty("left").GetInt64() > 0);
            Assert.StartsWith("quiet hours until ", indexing.GetProperty("waiting").GetString(), StringComparison.Ordinal);
        }
        Assert.Contains("gives way: quiet hours until ", (await daemon.AlbumenAsync("status")).Output, StringComparison.Ordinal);

        using HttpClient client = new() { BaseAddress = daemon.Address };
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{name}:{password}")));
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            using HttpResponseMessage preview = await client.GetAsync("/Folders/lib/a.jpg?preview", TestContext.Current.CancellationToken);
            if (preview.IsSuccessStatusCode) break;
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10), $"no preview: {preview.StatusCode}\n{daemon.Log}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task The_backlog_reads_no_faster_than_it_may()
    {
        await File.WriteAllBytesAsync(Path.Combine(_library, "a.txt"), new byte[1_500_000], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_library, "b.txt"), new byte[1_500_001], TestContext.Current.CancellationToken);
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, "io: { rate: 1MB }\nworkers: { count: 2 }");
        await daemon.StartAsync();
        long started = Stopwatch.GetTimestamp();
        await daemon.ScanAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 2.5, 15);
    }

    async Task MakeAsync(string name) => Assert.Equal(0, (await Clients.RunAsync("vips", ["gaussnoise", Path.Combine(_library, name), "300", "200"])).Code);

    /// <summary>proc(5), stat: field 19.</summary>
    static int Nice(string stat)
    {
        string text = File.ReadAllText(stat);
        return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
    }
}
