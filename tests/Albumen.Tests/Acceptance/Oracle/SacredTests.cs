using System.Diagnostics;
using System.Text;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Acceptance.Oracle;

/// <summary>
/// Whatever people do over WebDAV, wherever, at once, and whenever the daemon dies: no original is changed or lost, nor anything that was acknowledged, and the
/// catalogue stays what the files say. <c>ALBUMEN_ORACLE</c> is how many requests are made, instead of a few hundred; <c>ALBUMEN_SEED</c> begins the randomness.
/// </summary>
[Collection(SurvivalTests.Name)]
public sealed class SacredTests(MixedLibrary library)
{
    static readonly int Requests = int.TryParse(Environment.GetEnvironmentVariable("ALBUMEN_ORACLE"), out int many) ? many : Thorough.Times(400);

    static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("ALBUMEN_SEED"), out int seed) ? seed : 18500714;

    // Between two kills.
    const int PerLife = 200;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_people_do_over_WebDAV_costs_a_byte()
    {
        string disks = Directory.CreateTempSubdirectory("albumen-oracle-").FullName;
        Diary diary = new();
        try
        {
            await PlayAsync(disks, diary);
        }
        catch
        {
            string log = Path.Combine(Path.GetTempPath(), $"albumen-oracle-{Seed}-{Environment.ProcessId}.log");
            diary.Save(log);
            TestContext.Current.SendDiagnosticMessage($"Seed {Seed}; every request stands in {log}");
            throw;
        }
        finally
        {
            await WebDav.Clients.RunAsync("rm", ["-rf", disks]);
        }
    }

    async Task PlayAsync(string disks, Diary diary)
    {
        string free = Path.Combine(disks, "free"), kept = Path.Combine(disks, "kept");
        string script = """
            set -e; mkdir "$2" "$3"
            cp -a "$1"/2024 "$1"/clips "$1"/broken "$1"/strange "$1"/notes.txt "$2"
            cp -a "$1"/2023 "$1"/copies "$1/Straße & Öl #1 100%" "$3"
            """;
        Assert.Equal(0, (await WebDav.Clients.RunAsync("bash", ["-c", script, "bash", library.Folder, free, kept])).Code);
        string before = $"{await FreshIndex.ManifestAsync(free)}{await FreshIndex.ManifestAsync(kept)}";

        await using PrivateDaemon daemon = PrivateDaemon.Of(free);
        daemon.Configure($$"""
            volumes:
              - { name: free, path: {{free}}, writable: on }
              - { name: kept, path: {{kept}}, sidecars: mirror }
            http: { listen: "127.0.0.1:0" }
            scan: { every: off, settle: 1ms }
            inbox: { settle: 300ms }
            sidecars: { delay: 10ms }
            """);
        Random random = new(Seed);
        Places places = new();
        Ledger ledger = new();
        List<Actor> actors = [];
        byte[][] pictures = [.. Enumerable.Range(1, 5).Select(i => File.ReadAllBytes(Path.Combine(library.Folder, $"2024/A/IMG_000{i}.jpg")))];
        await daemon.StartAsync();
        await daemon.ScanAsync();
        foreach (string name in (string[])["anna", "ben", "cleo"])
        {
            (_, string password) = await daemon.PersonAsync(name);
            actors.Add(new(name, password, new(random.Next()), places, ledger, diary, number => [.. pictures[number % pictures.Length], .. Encoding.ASCII.GetBytes($"{number}")]));
        }
        await LookAroundAsync(actors[0], daemon, places);

        while (diary.Count < Requests)
        {
            int end = diary.Count + random.Next(PerLife / 2, PerLife * 3 / 2);
            Task[] lives = [.. actors.Select(actor => LiveAsync(actor, daemon.Address, () => diary.Count < end + (2 * PerLife)))];
            while (diary.Count < end && !lives.All(life => life.IsCompleted)) await Task.Delay(5, Now);
            Assert.True(daemon.Process is { HasExited: false }, $"The daemon has ended by itself\n{daemon.Log}");
            diary.Note("kill -9");
            await daemon.KillAsync(withWorkers: random.Next(2) == 0);
            await Task.WhenAll(lives);
            await daemon.NoWorkerIsLeftAsync();
            await daemon.StartAsync();
        }
        Assert.True(diary.Faults.Count == 0, $"Seed {Seed}. Answers that must never be given:\n{string.Join('\n', diary.Faults.Take(10))}\n{daemon.Log}");
        foreach (Actor actor in actors) actor.Begin(daemon.Address);

        await LieWhereTheyWerePutAsync(actors[0], ledger, diary);
        await DeleteAlbumsAsync(actors[0], diary);
        await daemon.ScanAsync();
        await RestAsync(daemon);
        Assert.Equal(0, await daemon.StopAsync());
        foreach (Actor actor in actors) actor.Dispose();

        await AreUnchangedAsync(before, free, kept);
        HoldsAllThatWasSent(free, kept, daemon, ledger, diary);
        string lived = await daemon.DumpAsync();
        await IsWellAsync(daemon);
        Answer rebuild = await daemon.AlbumendAsync("rebuild");
        Assert.True(rebuild.Code == 0, rebuild.Error);
        FreshIndex.AssertSame(await daemon.DumpAsync(), lived, $"Seed {Seed}, after {diary.Count} requests:");
        await IsWellAsync(daemon);
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {Seed}: {diary.Count} requests, {ledger.Due().Count} uploads that had to be there\n{diary.Summary()}");
    }

    static async Task IsWellAsync(PrivateDaemon daemon)
    {
        Answer check = await daemon.AlbumendAsync("check", "--deep", "--json");
        Assert.True(check.Code == 0, $"Seed {Seed}. albumend check --deep:\n{string.Join('\n', check.Lines.Where(line => line.Contains("\"note\":false", StringComparison.Ordinal)).Take(20))}\n{check.Error}");
    }

    static async Task LiveAsync(Actor actor, Uri address, Func<bool> goesOn)
    {
        actor.Begin(address);
        while (!actor.IsCut && goesOn()) await actor.ActAsync();
    }

    static async Task LookAroundAsync(Actor actor, PrivateDaemon daemon, Places places)
    {
        actor.Begin(daemon.Address);
        Random random = new(1);
        foreach (string top in (string[])["/", "/Folders", "/Timeline", "/Small", "/Small/Folders", "/Inbox"]) await actor.ListAsync(top);
        for (int i = 0; i < 12; i++) await actor.ListAsync(places.Folder(random, i % 2 == 0 ? "/Folders" : "/Timeline"));
    }

    /// <summary>What nobody touched since it was acknowledged is read from where it was put.</summary>
    static async Task LieWhereTheyWerePutAsync(Actor actor, Ledger ledger, Diary diary)
    {
        foreach (Ledger.Sent sent in ledger.Untouched())
        {
            string? found = await actor.HashAtAsync(sent.Path);
            Assert.True(found == sent.Hash, $"Seed {Seed}. {sent.Path} was acknowledged and is not what was put there but {found ?? "nothing"}:\n{diary.About(sent.Path)}");
        }
    }

    /// <summary>Recursively, all of them, as somebody does who means well.</summary>
    static async Task DeleteAlbumsAsync(Actor actor, Diary diary)
    {
        await actor.DeleteAsync("/Albums");
        foreach (string album in await actor.ChildrenAsync("/Albums")) await actor.DeleteAsync(album);
        // What somebody has locked stays.
        foreach (string album in await actor.ChildrenAsync("/Albums")) diary.Note($"left: {album}");
    }

    /// <summary>Waits until nothing is being taken in or written down.</summary>
    static async Task RestAsync(PrivateDaemon daemon)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            Answer status = await daemon.AlbumenAsync("status", "--json");
            using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(status.Output);
            if (json.RootElement.GetProperty("inbox").GetProperty("waiting").GetInt64() == 0 && json.RootElement.GetProperty("indexing").GetProperty("left").GetInt64() == 0) break;
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"It does not come to rest: {status.Output}\n{daemon.Log}");
            await Task.Delay(200, Now);
        }
        await Task.Delay(1000, Now);
        await daemon.ScanAsync();
    }

    static async Task AreUnchangedAsync(string before, string free, string kept)
    {
        HashSet<string> after = [.. $"{await FreshIndex.ManifestAsync(free)}{await FreshIndex.ManifestAsync(kept)}".Split('\n')];
        string[] lost = [.. before.Split('\n').Where(line => !after.Contains(line))];
        Assert.True(lost.Length == 0, $"Seed {Seed}. Originals are not what they were:\n{string.Join('\n', lost.Take(20))}");
        Assert.Equal(before.Split('\n').Count(line => line.Contains("IMG_", StringComparison.Ordinal)), before.Split('\n').Count(line => line.Contains("IMG_", StringComparison.Ordinal) && after.Contains(line)));
    }

    /// <summary>All that is due is there, and there is nothing that nobody sent whole.</summary>
    void HoldsAllThatWasSent(string free, string kept, PrivateDaemon daemon, Ledger ledger, Diary diary)
    {
        string inbox = Path.Combine(daemon.State, "inbox");
        Dictionary<string, string> found = [];
        foreach (string folder in (string[])[free, kept, daemon.State])
            foreach (string file in Files(folder)) found.TryAdd(Ledger.HashOf(File.ReadAllBytes(file)), file);
        string[] lost = [.. ledger.Due().Where(due => !found.ContainsKey(due.Key)).Select(due => $"{due.Key[..8]} {due.Value}")];
        Assert.True(lost.Length == 0, $"Seed {Seed}. {lost.Length} uploads were acknowledged and are gone:\n{string.Join('\n', lost)}\n{(lost.Length > 0 ? diary.About(lost[0].Split(' ')[0]) : "")}");

        HashSet<string> originals = [.. Files(library.Folder).Select(file => Ledger.HashOf(File.ReadAllBytes(file)))];
        foreach (string file in Files(free).Concat(Files(kept)).Concat(Files(inbox)))
        {
            if (file.EndsWith(".xmp", StringComparison.Ordinal) || file.Contains("/.albumen/", StringComparison.Ordinal)) continue;
            byte[] bytes = File.ReadAllBytes(file);
            Assert.True(bytes.Length == 0 || ledger.IsWhole(Ledger.HashOf(bytes)) || originals.Contains(Ledger.HashOf(bytes)), $"Seed {Seed}. {file} ({bytes.Length} bytes) is nothing that anybody sent whole:\n{diary.About(Path.GetFileName(file))}");
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(inbox, ".staging")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(free, ".albumen/staging")));
    }

    /// <summary>Regular files of names that .NET can read.</summary>
    static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Where(file => !file.Contains("strange/", StringComparison.Ordinal));
}
