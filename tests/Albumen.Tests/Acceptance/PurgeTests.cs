using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>A purge of a real daemon: which sidecars go with a photo and which stay, and what becomes of a file when the scribe dies over it.</summary>
public sealed class PurgeTests : IAsyncLifetime
{
    const string Sidecar = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/x"/></rdf:RDF></x:xmpmeta>""";
    const string Leftover = "._1.jpg.albumen";

    readonly string _volume = Directory.CreateTempSubdirectory("albumen-purge-").FullName;
    PrivateDaemon _daemon = null!;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    string Folder => Path.Combine(_volume, "a");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        _daemon = PrivateDaemon.Of(_volume);
        Configure();
        await MakeAsync("1.jpg", "2.jpg");
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        foreach (string folder in (string[])[_volume, Away]) if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Of_the_sidecars_beside_a_photo_those_that_speak_of_it_alone_are_shown_and_go()
    {
        await MakeAsync("full.jpg", "stem.jpg", "both.jpg", "both.png", "TWIN.JPG", "twin.jpg", "raw.jpg", "sound.jpg", "case.jpg");
        Write("full.jpg.xmp", "stem.XMP", "both.xmp", "twin.jpg.xmp", "twin.xmp", "raw.xmp", "sound.xmp", "CASE.xmp");
        // Not read yet, and nothing that is read at all.
        Write("sound.wav");
        await StartAsync(scan: true);
        Write("raw.cr2");
        string[] goes = ["full.jpg", "stem.jpg", "both.jpg", "both.png", "TWIN.JPG", "raw.jpg", "sound.jpg", "case.jpg"];
        await TrashAsync(goes);

        JsonElement plan = await PlanAsync();
        Assert.Equal(goes.Order(StringComparer.Ordinal), Names(plan.GetProperty("files").EnumerateArray()));
        JsonElement[] sidecars = [.. plan.GetProperty("files").EnumerateArray().Where(f => f.TryGetProperty("sidecars", out _)).SelectMany(f => f.GetProperty("sidecars").EnumerateArray())];
        Assert.Equal(["both.xmp", "full.jpg.xmp", "stem.XMP"], Names(sidecars));
        Assert.All(sidecars, s => Assert.Equal((Sidecar.Length, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Sidecar)))), (s.GetProperty("size").GetInt32(), s.GetProperty("sha256").GetString())));
        string shown = (await _daemon.AlbumenAsync("purge", "--all", "--dry-run")).Output;
        Assert.Contains($"{Folder}/stem.XMP", shown, StringComparison.Ordinal);
        Assert.Contains("3 sidecars", shown, StringComparison.Ordinal);

        // What somebody changes meanwhile was not shown.
        await File.AppendAllTextAsync(Path.Combine(Folder, "full.jpg.xmp"), "\n", Now);
        Assert.Contains("not what the plan showed", (await PurgeAsync(plan)).Error, StringComparison.Ordinal);
        Answer purged = await PurgeAsync(await PlanAsync());

        Assert.Equal((0, ""), (purged.Code, purged.Error));
        Assert.Contains("3 sidecars", purged.Output, StringComparison.Ordinal);
        Assert.Equal(["1.jpg", "2.jpg", "CASE.xmp", "raw.cr2", "raw.xmp", "sound.wav", "sound.xmp", "twin.jpg", "twin.jpg.xmp", "twin.xmp"], Files());
    }

    [Fact]
    public async Task A_mirrored_sidecar_is_shown_and_goes_too()
    {
        Configure("sidecars: { placement: mirror, delay: 10ms }");
        await StartAsync();
        await TrashAsync("1.jpg");
        string mirrored = Path.Combine(_daemon.State, "sidecars/lib/a/1.jpg.xmp");
        await UntilAsync(() => File.Exists(mirrored));

        JsonElement plan = await PlanAsync();

        Assert.Equal(mirrored, Assert.Single(plan.GetProperty("files")[0].GetProperty("sidecars").EnumerateArray()).GetProperty("path").GetString());
        Assert.Equal(0, (await PurgeAsync(plan)).Code);
        Assert.False(File.Exists(mirrored));
    }

    [Fact]
    public async Task A_sidecar_stays_when_another_file_of_its_name_comes_in_the_last_moment()
    {
        await MakeAsync("stem.jpg");
        Write("stem.xmp");
        await StartAsync(scan: true);
        await TrashAsync("stem.jpg");
        JsonElement plan = await PlanAsync();
        Write("stem.cr2");

        Answer purged = await PurgeAsync(plan);

        Assert.Contains("not what the plan showed", purged.Error, StringComparison.Ordinal);
        Assert.Contains("stem.jpg", Files());
        Assert.Equal(0, (await PurgeAsync(await PlanAsync())).Code);
        Assert.Equal(["1.jpg", "2.jpg", "stem.cr2", "stem.xmp"], Files());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_over_which_the_scribe_died_goes_with_the_next_start_or_is_named_again_if_it_was_restored(bool isRestored)
    {
        await DieAsync();
        if (isRestored) await RestoreAsync();
        Assert.Equal(0, await _daemon.StopAsync());

        await StartAsync();

        await UntilAsync(() => !Files().Contains(Leftover));
        Assert.Equal(isRestored ? ["1.jpg", "2.jpg"] : ["2.jpg"], Files());
        // It is found without a walk.
        await UntilAsync(async () => (await _daemon.AlbumenAsync("missing")).Output.Length == 0);
        await NothingIsMissingAsync();
        if (!isRestored) return;
        // It counts as any other photo again: should it vanish, it is missed.
        File.Delete(Path.Combine(Folder, "1.jpg"));
        await _daemon.ScanAsync();
        Assert.Contains("1.jpg", (await _daemon.AlbumenAsync("missing")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_purging_is_switched_off_before_it_could_end_that_is_a_problem_until_it_is_mended()
    {
        await DieAsync();
        Assert.Equal(0, await _daemon.StopAsync());
        Configure(purge: "off");
        await StartAsync();
        await UntilAsync(async () => (await _daemon.AlbumenAsync("problems")).Output.Contains(Leftover, StringComparison.Ordinal));
        Assert.Contains(Leftover, Files());

        File.Move(Path.Combine(Folder, Leftover), Path.Combine(Folder, "1.jpg"));
        await _daemon.ScanAsync();
        await UntilAsync(async () => (await _daemon.AlbumenAsync("problems")).Output.Length == 0);
        await NothingIsMissingAsync();
    }

    [Fact]
    public async Task A_volume_that_was_away_at_the_start_is_looked_at_when_it_is_back()
    {
        await DieAsync();
        Assert.Equal(0, await _daemon.StopAsync());
        Directory.Move(_volume, Away);
        await _daemon.StartAsync();
        await UntilAsync(async () => (await _daemon.AlbumenAsync("volume", "list")).Output.Contains("offline", StringComparison.Ordinal));
        await Task.Delay(1000, Now);
        Directory.Move(Away, _volume);

        await UntilAsync(() => !Files().Contains(Leftover));

        Assert.Equal(["2.jpg"], Files());
    }

    string Away => _volume + ".away";

    /// <summary>Purges 1.jpg with a scribe that is killed when it has taken the name from it.</summary>
    async Task DieAsync()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        await StartAsync();
        await TrashAsync("1.jpg");
        JsonElement plan = await PlanAsync();
        (_, string children) = await Clients.RunAsync("pgrep", ["-P", $"{_daemon.Process!.Id}", "-f", " scribe "]);
        using Process trace = Process.Start(new ProcessStartInfo("strace",
            ["-f", "-e", "trace=unlinkat", "-e", "inject=unlinkat:error=EIO:signal=KILL", "-e", "signal=none", "-o", "/dev/null", "-p", children.Trim()])
        { RedirectStandardError = true })!;
        string? line = await trace.StandardError.ReadLineAsync(Now);
        Assert.SkipWhen(line?.Contains("attached", StringComparison.Ordinal) is not true, $"strace may not attach here: {line}");
        _ = trace.StandardError.ReadToEndAsync(CancellationToken.None);

        Answer purged = await PurgeAsync(plan);
        await trace.WaitForExitAsync(Now);

        Assert.NotEqual(0, purged.Code);
        Assert.Equal([Leftover, "2.jpg"], Files());
        Assert.Contains($"is called {Leftover}", purged.Error, StringComparison.Ordinal);
    }

    async Task RestoreAsync()
    {
        string put = (await _daemon.AlbumenAsync("log", "--json")).Lines.Last(l => JsonElement.Parse(l).GetProperty("door").GetString() == "cli");
        Answer undone = await _daemon.AlbumenAsync("undo", JsonElement.Parse(put).GetProperty("number").GetRawText());
        Assert.Equal((0, ""), (undone.Code, undone.Error));
    }

    void Configure(string more = "sidecars: { placement: off }", string purge = "on") => _daemon.Configure($$"""
        volumes: [{ name: lib, path: {{_volume}}, writable: on }]
        http: { listen: "127.0.0.1:0" }
        scan: { every: off, settle: 1ms, watch: off, breaker: 100% or 100000 }
        trash: { purge: {{purge}} }
        {{more}}
        """);

    async Task StartAsync(bool scan = false)
    {
        await _daemon.StartAsync();
        await _daemon.ScanAsync();
        // So that what one file says of another is known.
        if (scan) await _daemon.ScanAsync();
    }

    async Task MakeAsync(params string[] names)
    {
        foreach ((int i, string name) in names.Index())
            Assert.Equal(0, (await Clients.RunAsync("vips", ["gaussnoise", Path.Combine(Folder, name), $"{60 + i + names.Length}", "40"])).Code);
    }

    void Write(params string[] names)
    {
        foreach (string name in names) File.WriteAllText(Path.Combine(Folder, name), Sidecar);
    }

    async Task TrashAsync(params string[] names) => Assert.Equal((0, ""), await ErrorOfAsync(["trash", .. names.Select(n => $"/Folders/lib/a/{n}")]));

    async Task<(int, string)> ErrorOfAsync(string[] words)
    {
        Answer answer = await _daemon.AlbumenAsync(words);
        return (answer.Code, answer.Error);
    }

    async Task<JsonElement> PlanAsync()
    {
        Answer plan = await _daemon.AlbumenAsync("purge", "--all", "--dry-run", "--json");
        Assert.Equal((0, ""), (plan.Code, plan.Error));
        return JsonElement.Parse(plan.Output);
    }

    Task<Answer> PurgeAsync(JsonElement plan) => _daemon.AlbumenAsync("purge", "--all", "--yes", "--plan", plan.GetProperty("plan").GetString()!);

    async Task NothingIsMissingAsync()
    {
        Assert.Equal("", (await _daemon.AlbumenAsync("missing")).Output);
        Assert.Equal("", (await _daemon.AlbumenAsync("problems")).Output);
    }

    string[] Files() => Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)] : [Leftover];

    static IEnumerable<string> Names(IEnumerable<JsonElement> files) => files.Select(f => Path.GetFileName(f.GetProperty("path").GetString()!)).Order(StringComparer.Ordinal);

    static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; !await condition(); i++)
        {
            Assert.True(i < 600, "It took more than a minute.");
            await Task.Delay(100, Now);
        }
    }
}
