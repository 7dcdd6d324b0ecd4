using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Albumen.Tests.Daemon;
using Albumen.Tests.Derivatives;

namespace Albumen.Tests.Acceptance;

/// <summary>What is made after the visit, by the real daemon: when somebody asks, ahead, and in spite of kills and a deleted cache.</summary>
public sealed class MakingTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    readonly string _library = Directory.CreateTempSubdirectory("albumen-making-").FullName;

    public void Dispose() => Directory.Delete(_library, recursive: true);

    [Fact]
    public async Task A_proxy_is_made_when_somebody_asks_and_stands_below_Small_with_its_exact_length()
    {
        Film("a.mov", 1, "-s 1920x1080");
        Film("b.mp4", 1, "-s 320x180");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        (string name, string password) = await AdminAsync(daemon);
        using HttpClient anna = Client(daemon, new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")))), api = Client(daemon, new("Bearer", password));
        Assert.Equal(["a.mov.jpg", "b.mp4"], await SmallAsync(daemon));
        // What needs no proxy is itself.
        Assert.Equal(new FileInfo(Path.Combine(_library, "b.mp4")).Length, (await anna.GetByteArrayAsync("Small/Folders/lib/b.mp4", Cancellation)).Length);

        byte[] proxy = await MadeAsync(daemon, api, "a.mov", "proxy");

        Assert.Equal(["a.mov.mp4", "b.mp4"], await SmallAsync(daemon));
        Assert.Equal(proxy, await anna.GetByteArrayAsync("Small/Folders/lib/a.mov.mp4", Cancellation));
        JsonElement entry = Parse((await daemon.AlbumenAsync("ls", "--json", "/Small/Folders/lib")).Lines[0]);
        Assert.Equal(proxy.Length, entry.GetProperty("size").GetInt64());
        Assert.Contains("a.mov?play=", await anna.GetStringAsync("Folders/lib/a.mov?view", Cancellation));
        Assert.Equal(proxy, await anna.GetByteArrayAsync("Folders/lib/a.mov?play", Cancellation));

        Uri address = new($"Small/Folders/lib/a.mov.mp4", UriKind.Relative);
        using HttpRequestMessage part = new(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(100, 199) } };
        using HttpResponseMessage answer = await anna.SendAsync(part, Cancellation);
        Assert.Equal((HttpStatusCode.PartialContent, 100), (answer.StatusCode, (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length));

        // Deleting the cache loses nothing: it is made again when it is asked for.
        Directory.Delete(Path.Combine(daemon.Cache, "derivatives"), recursive: true);
        Directory.CreateDirectory(Path.Combine(daemon.Cache, "derivatives"));
        Assert.NotEmpty(await MadeAsync(daemon, api, "a.mov", "proxy"));
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task A_transcode_that_is_killed_is_begun_again_and_leaves_nothing_behind()
    {
        Film("a.mov", 20, "-s 1920x1080");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, "derivatives: { proxy: on }");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await IsAsync(daemon, status => status.TryGetProperty("making", out _));

        await daemon.KillAsync(withWorkers: false);
        await daemon.NoWorkerIsLeftAsync();
        Assert.DoesNotContain(Directory.EnumerateFiles(daemon.Cache, "*.proxy", SearchOption.AllDirectories), _ => true);

        await daemon.StartAsync();
        await IsAsync(daemon, _ => File.Exists(ProxyIn(daemon)));
        await IsAsync(daemon, status => !status.TryGetProperty("making", out _));
        Assert.Equal(["a.mov.mp4"], await SmallAsync(daemon));
        Assert.Equal(0, await daemon.StopAsync());
        Assert.Empty(Directory.EnumerateFiles(daemon.Root, "*.partial", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }));
        Assert.Equal(0, (await daemon.AlbumendAsync("check", "--deep")).Code);
    }

    [Fact]
    public async Task What_cannot_be_made_is_one_problem_and_not_tried_again()
    {
        Film("a.mkv", 1, "-s 320x180");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        // Its poster can be made, and then no more.
        string programs = Directory.CreateDirectory(Path.Combine(daemon.Root, "bin")).FullName;
        File.WriteAllText(Path.Combine(programs, "ffmpeg"), "#!/bin/sh\ncase \"$*\" in *libx264*) echo 'Conversion failed!' >&2; exit 1;; esac\nexec /usr/bin/ffmpeg \"$@\"\n");
        File.SetUnixFileMode(Path.Combine(programs, "ffmpeg"), (UnixFileMode)0x1ED);
        daemon.Environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        await daemon.StartAsync();
        await daemon.ScanAsync();

        Assert.Contains("1", (await daemon.AlbumenAsync("derivatives", "--make", "proxy", "--json")).Output);
        await KindAsync(daemon, "proxy", kind => kind.GetProperty("failed").GetInt64() == 1);

        JsonElement problem = Parse(Assert.Single((await daemon.AlbumenAsync("problems", "--json")).Lines));
        Assert.Equal(("not-converted", "/Folders/lib/a.mkv"), (problem.GetProperty("kind").GetString(), problem.GetProperty("path").GetString()));
        Assert.Contains("Conversion failed", problem.GetProperty("message").GetString());
        Assert.Equal(["a.mkv.jpg"], await SmallAsync(daemon));
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task All_of_a_kind_are_made_by_order_and_again_when_that_is_wanted()
    {
        Film("a.mkv", 1, "-s 320x180");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();

        Assert.Equal("""{"count":1}""", (await daemon.AlbumenAsync("derivatives", "--make", "animation", "--dry-run", "--json")).Output.Trim());
        await KindAsync(daemon, "animation", kind => kind.GetProperty("made").GetInt64() == 0);
        await daemon.AlbumenAsync("derivatives", "--make", "animation");
        await KindAsync(daemon, "animation", kind => kind.GetProperty("made").GetInt64() == 1);

        Assert.Equal("""{"count":0}""", (await daemon.AlbumenAsync("derivatives", "--make", "animation", "--dry-run", "--json")).Output.Trim());
        Assert.Equal("""{"count":1}""", (await daemon.AlbumenAsync("derivatives", "--make", "animation", "--remake", "--json")).Output.Trim());
        await KindAsync(daemon, "animation", kind => kind.GetProperty("made").GetInt64() == 1);
        Assert.Equal(2, (await daemon.AlbumenAsync("derivatives", "--remake")).Code);
        Assert.Equal(0, await daemon.StopAsync());
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static string ProxyIn(PrivateDaemon daemon) => Directory.EnumerateFiles(daemon.Cache, "*.proxy", SearchOption.AllDirectories).FirstOrDefault() ?? "";

    void Film(string name, int seconds, string words) => Studio.Run("ffmpeg",
        ["-v", "error", "-f", "lavfi", "-i", $"testsrc2=s=320x180:r=25:d={seconds}", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", .. words.Split(' '), Path.Combine(_library, name)]);

    static async Task<string[]> SmallAsync(PrivateDaemon daemon) =>
        [.. (await daemon.AlbumenAsync("ls", "--json", "/Small/Folders/lib")).Lines.Select(line => Path.GetFileName(Parse(line).GetProperty("path").GetString()!))];

    /// <summary>Asks until it is made.</summary>
    static async Task<byte[]> MadeAsync(PrivateDaemon daemon, HttpClient client, string name, string kind)
    {
        JsonElement entry = (await daemon.AlbumenAsync("ls", "--json", "/Folders/lib")).Lines.Select(Parse).Single(e => e.GetProperty("path").GetString() == $"/Folders/lib/{name}");
        string address = $"api/v1/assets/{entry.GetProperty("asset").GetProperty("id").GetString()}/derivatives/{kind}";
        for (long started = Stopwatch.GetTimestamp(); ; await Task.Delay(200, Cancellation))
        {
            using HttpResponseMessage answer = await client.GetAsync(address, Cancellation);
            if (answer.StatusCode is HttpStatusCode.OK)
            {
                Assert.NotNull(answer.Headers.ETag);
                return await answer.Content.ReadAsByteArrayAsync(Cancellation);
            }
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, daemon.Log);
        }
    }

    static async Task<(string Name, string Password)> AdminAsync(PrivateDaemon daemon)
    {
        Assert.Equal(0, (await daemon.AlbumenAsync("user", "add", "anna", "--admin")).Code);
        using JsonDocument made = JsonDocument.Parse((await daemon.AlbumenAsync("app-password", "create", "anna", "--json")).Output);
        return ("anna", made.RootElement.GetProperty("password").GetString()!);
    }

    static HttpClient Client(PrivateDaemon daemon, AuthenticationHeaderValue authorization)
    {
        HttpClient client = new() { BaseAddress = daemon.Address };
        client.DefaultRequestHeaders.Authorization = authorization;
        return client;
    }

    static async Task IsAsync(PrivateDaemon daemon, Func<JsonElement, bool> holds)
    {
        for (long started = Stopwatch.GetTimestamp(); !holds(Parse((await daemon.AlbumenAsync("status", "--json")).Output)); await Task.Delay(100, Cancellation))
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, daemon.Log);
    }

    static async Task KindAsync(PrivateDaemon daemon, string kind, Func<JsonElement, bool> holds)
    {
        for (long started = Stopwatch.GetTimestamp(); ; await Task.Delay(100, Cancellation))
        {
            Answer answer = await daemon.AlbumenAsync("derivatives", "--json");
            if (holds(answer.Lines.Select(Parse).Single(k => k.GetProperty("kind").GetString() == kind))) return;
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"{answer.Output}\n{daemon.Log}");
        }
    }

    static JsonElement Parse(string line) => JsonSerializer.Deserialize<JsonElement>(line);
}
