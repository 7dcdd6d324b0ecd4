using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Tests.Daemon;
using Albumen.Tests.Sidecar;

namespace Albumen.Tests.Acceptance;

/// <summary>Sidecars that cannot be read or written, against the real daemon: one problem that says what to do, nothing lost, no storm, and it heals.</summary>
[Collection(SurvivalTests.Name)]
public sealed class SidecarFaultTests(MixedLibrary library)
{
    const string Head = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description xmlns:dc=\"http://purl.org/dc/elements/1.1/\" dc:format=\"x\">";
    const string Foot = "</rdf:Description></rdf:RDF></x:xmpmeta>";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static readonly (string Name, byte[] Bytes)[] Broken =
    [
        ("truncated", Encoding.UTF8.GetBytes(Head + "<dc:title>cut off")),
        ("outside", Encoding.UTF8.GetBytes("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + Head + "<dc:title>&e;</dc:title>" + Foot)),
        ("laughs", Encoding.UTF8.GetBytes("<!DOCTYPE x [<!ENTITY a0 \"ha\">" + string.Concat(Enumerable.Range(1, 30).Select(i => $"<!ENTITY a{i} \"&a{i - 1};&a{i - 1};\">")) + "]>" + Head + "<dc:title>&a30;</dc:title>" + Foot)),
        ("encoding", Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='utf-8'?>" + Head + "<dc:title>Käse</dc:title>" + Foot)),
        ("large", Encoding.UTF8.GetBytes(Head + new string(' ', 50 << 20) + Foot)),
        ("empty", []),
    ];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Broken_sidecars_are_told_of_once_left_alone_and_written_when_they_are_mended()
    {
        string lib = Directory.CreateTempSubdirectory("albumen-broken-").FullName;
        try
        {
            foreach (((string name, byte[] bytes), int i) in Broken.Select((b, i) => (b, i)))
            {
                File.Copy($"{library.Folder}/2024/A/IMG_000{i + 1}.jpg", $"{lib}/{name}.jpg");
                await File.WriteAllBytesAsync($"{lib}/{name}.jpg.xmp", bytes, Stop);
            }
            File.Copy($"{library.Folder}/2024/A/IMG_0008.jpg", $"{lib}/deleted.jpg");
            await using PrivateDaemon daemon = PrivateDaemon.Of(lib, "sidecars: { delay: 10ms }");
            await daemon.StartAsync();
            await daemon.ScanAsync();

            await SetAsync(daemon, "title=Edited", [.. Broken.Select(b => $"{b.Name}.jpg"), "deleted.jpg"]);
            await UntilAsync(daemon, problems => problems.Count(p => p.Kind == "sidecar") == Broken.Length);
            await UntilAsync(() => File.Exists($"{lib}/deleted.jpg.xmp"), daemon);

            List<(string Kind, string Path, string Message)> problems = await ProblemsAsync(daemon);
            foreach ((string name, byte[] bytes) in Broken)
            {
                (string kind, string path, string message) = Assert.Single(problems, p => p.Path.Contains(name, StringComparison.Ordinal));
                Assert.Equal(("sidecar", $"/Folders/lib/{name}.jpg.xmp"), (kind, path));
                Assert.StartsWith("The sidecar is damaged: ", message);
                Assert.Contains("Mend it, or remove it", message);
                Assert.Contains("The edits are kept", message);
                Assert.DoesNotContain("..", message);
                Assert.Equal(bytes, await File.ReadAllBytesAsync($"{lib}/{name}.jpg.xmp", Stop));
                Assert.Equal("Edited", await TitleAsync(daemon, $"{name}.jpg"));
            }
            Assert.Equal(problems.Count, (await daemon.AlbumenAsync("problems")).Output.Split("The sidecar is damaged: ").Length - 1);

            // It is tried again after minutes, not at once, and not with every scan of the unchanged file.
            await daemon.ScanAsync();
            await Task.Delay(2000, Stop);
            Assert.All(await AttemptsAsync(daemon), attempts => Assert.InRange(attempts, 1, 2));
            foreach (int process in (int[])[daemon.Process!.Id, .. daemon.Workers()]) Assert.InRange(await PeakInMegabytesAsync(process), 1, 400);

            foreach ((string name, _) in Broken)
            {
                File.Delete($"{lib}/{name}.jpg.xmp");
                ForeignProgram.Write($"{lib}/{name}.jpg.xmp", Field.Rating, "4");
            }
            File.Delete($"{lib}/deleted.jpg.xmp");
            await UntilAsync(daemon, left => left.Count == 0);
            foreach ((string name, _) in Broken) await UntilAsync(() => Same.Read(File.ReadAllBytes($"{lib}/{name}.jpg.xmp")) is { Title: "Edited", Rating: 4 }, daemon);
            await UntilAsync(() => File.Exists($"{lib}/deleted.jpg.xmp") && Same.Read(File.ReadAllBytes($"{lib}/deleted.jpg.xmp")).Title == "Edited", daemon);
            Assert.Empty(await AttemptsAsync(daemon));
        }
        finally
        {
            Directory.Delete(lib, recursive: true);
        }
    }

    [Fact]
    public async Task A_read_only_folder_and_a_full_disk_keep_the_old_sidecars_and_the_edits_until_they_can_be_written()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 1);
        string lib = $"{mounts.Folder}/lib";
        await mounts.DoAsync("""
            mkdir lib; mount "$1" lib; mkdir lib/fixed lib/free; cp "$2/2024/A/IMG_0001.jpg" lib/fixed/a.jpg; cp "$2/2024/A/IMG_0002.jpg" lib/free/b.jpg; cp "$2/2024/A/IMG_0003.jpg" lib/free/c.jpg
            """, mounts.Disks[0], library.Folder);
        await using PrivateDaemon daemon = PrivateDaemon.Of(lib, "sidecars: { delay: 10ms }", within: mounts.Within);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await SetAsync(daemon, "title=Before", "fixed/a.jpg", "free/b.jpg");
        await UntilAsync(async () => await SumsAsync() is { Length: 2 }, daemon);
        string[] before = await SumsAsync();

        try
        {
            await mounts.DoAsync("chattr +i lib/fixed");
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Skip("No folder can be made immutable here.");
        }
        await mounts.DoAsync("dd if=/dev/zero of=lib/fill bs=64k 2>/dev/null || true; dd if=/dev/zero of=lib/rest bs=1k 2>/dev/null || true; sync");
        await SetAsync(daemon, "title=After", "fixed/a.jpg", "free/b.jpg", "free/c.jpg");
        await UntilAsync(daemon, problems => problems.Count(p => p.Kind == "sidecar") == 3);
        List<(string Kind, string Path, string Message)> problems = await ProblemsAsync(daemon);
        Assert.All(problems, problem => Assert.Contains($"{lib}/{problem.Path["/Folders/lib/".Length..]}", problem.Message));
        Assert.All(problems, problem => Assert.Contains("The edits are kept", problem.Message));
        Assert.Equal(2, problems.Count(problem => problem.Message.Contains("o space left", StringComparison.Ordinal)));
        await Task.Delay(2000, Stop);
        Assert.All(await AttemptsAsync(daemon), attempts => Assert.InRange(attempts, 1, 2));
        Assert.Equal(before, await SumsAsync());
        foreach (string name in (string[])["fixed/a.jpg", "free/b.jpg", "free/c.jpg"]) Assert.Equal("After", await TitleAsync(daemon, name));

        await mounts.DoAsync("rm lib/fill lib/rest; chattr -i lib/fixed");
        Assert.Equal(0, (await daemon.AlbumenAsync("sidecar", "sync")).Code);
        await UntilAsync(daemon, left => left.Count == 0);
        Assert.Equal("3", (await mounts.DoAsync("cat lib/*/*.xmp | grep -c After")).Trim());
        Assert.Equal("", await mounts.DoAsync("find lib -name '._*'"));

        async Task<string[]> SumsAsync() => (await mounts.DoAsync("find lib -name '*.xmp' | sort | xargs -r sha256sum")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static async Task SetAsync(PrivateDaemon daemon, string change, params string[] names)
    {
        Answer set = await daemon.AlbumenAsync(["set", change, .. names.Select(name => $"/Folders/lib/{name}")]);
        Assert.True(set.Code == 0, $"{set.Error}\n{daemon.Log}");
    }

    static async Task<string?> TitleAsync(PrivateDaemon daemon, string name)
    {
        Answer show = await daemon.AlbumenAsync("show", "--json", $"/Folders/lib/{name}");
        Assert.True(show.Code == 0, show.Error);
        return JsonSerializer.Deserialize<JsonElement>(show.Output).GetProperty("title").GetString();
    }

    static async Task<List<(string Kind, string Path, string Message)>> ProblemsAsync(PrivateDaemon daemon) =>
        [.. (await daemon.AlbumenAsync("problems", "--json")).Lines.Where(line => line.StartsWith('{')).Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Select(p => (p.GetProperty("kind").GetString()!, p.GetProperty("path").GetString()!, p.GetProperty("message").GetString()!))];

    /// <summary>Of the sidecars that wait.</summary>
    static async Task<List<int>> AttemptsAsync(PrivateDaemon daemon) =>
        [.. (await daemon.AlbumenAsync("jobs", "--json")).Lines.Where(line => line.StartsWith('{')).Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Where(job => job.GetProperty("kind").GetString() == "sidecar").Select(job => job.GetProperty("attempts").GetInt32())];

    static async Task<long> PeakInMegabytesAsync(int process) =>
        (await File.ReadAllLinesAsync($"/proc/{process}/status", Stop)).First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is var line
            ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024
            : 0;

    static Task UntilAsync(PrivateDaemon daemon, Func<List<(string Kind, string Path, string Message)>, bool> condition) => UntilAsync(async () => condition(await ProblemsAsync(daemon)), daemon);

    static Task UntilAsync(Func<bool> condition, PrivateDaemon daemon) => UntilAsync(() => Task.FromResult(condition()), daemon);

    static async Task UntilAsync(Func<Task<bool>> condition, PrivateDaemon daemon)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"{string.Join('\n', await ProblemsAsync(daemon))}\n{(await daemon.AlbumenAsync("jobs")).Output}\n{daemon.Log}");
            await Task.Delay(200, Stop);
        }
    }
}
