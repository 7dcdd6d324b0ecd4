using System.Security.Cryptography;
using System.Text.Json;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>A purge of a real daemon: which sidecars go with a photo and which stay.</summary>
[Collection(SurvivalTests.Name)]
public sealed class PurgeTests : IAsyncLifetime
{
    const string Sidecar = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/x"/></rdf:RDF></x:xmpmeta>""";

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
        Directory.Delete(_volume, recursive: true);
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
        string shown = (await _daemon.AlbumenAsync("purge", "--all")).Output;
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

    void Configure(string more = "sidecars: { placement: off }") => _daemon.Configure($$"""
        volumes: [{ name: lib, path: {{_volume}}, writable: on }]
        http: { listen: "127.0.0.1:0" }
        scan: { every: off, settle: 1ms, watch: off, breaker: 100% or 100000 }
        trash: { purge: on }
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
        Answer plan = await _daemon.AlbumenAsync("purge", "--all", "--json");
        Assert.Equal((0, ""), (plan.Code, plan.Error));
        return JsonElement.Parse(plan.Output);
    }

    Task<Answer> PurgeAsync(JsonElement plan) => _daemon.AlbumenAsync("purge", "--all", "--yes", "--plan", plan.GetProperty("plan").GetString()!);

    string[] Files() => Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)] : [];

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
