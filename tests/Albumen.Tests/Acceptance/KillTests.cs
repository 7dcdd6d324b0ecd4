using System.Diagnostics;

namespace Albumen.Tests.Acceptance;

/// <summary>A first index that is killed, at any moment, ends like one that is not.</summary>
[Collection(SurvivalTests.Name)]
public sealed class KillTests(MixedLibrary library)
{
    const int KillsPerRound = 5;

    [Fact]
    public async Task Kills_of_a_first_index_change_nothing_in_the_catalogue()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string undisturbed;
        TimeSpan length;
        await using (PrivateDaemon calm = PrivateDaemon.Of(library.Folder))
        {
            long started = Stopwatch.GetTimestamp();
            await calm.StartAsync();
            await calm.ScanAsync();
            length = Stopwatch.GetElapsedTime(started);
            Assert.Equal(0, await calm.StopAsync());
            undisturbed = await calm.DumpAsync();
        }
        Assert.Contains("/Timeline/2024/2024-07-14/IMG_0001~", undisturbed, StringComparison.Ordinal);

        Random random = new(1850);
        int rounds = Thorough.Times(2);
        for (int round = 0; round < rounds; round++)
        {
            await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
            List<int> moments = [];
            for (int kill = 0; kill < KillsPerRound; kill++)
            {
                moments.Add(random.Next((int)(length / (kill + 1)).TotalMilliseconds));
                daemon.Launch();
                await Task.Delay(moments[^1], cancellationToken);
                await daemon.KillAsync(withWorkers: random.Next(2) == 0);
                await daemon.NoWorkerIsLeftAsync();
            }
            await daemon.StartAsync();
            await daemon.ScanAsync();
            Assert.Equal(0, await daemon.StopAsync());
            Assert.True(await daemon.DumpAsync() == undisturbed, $"round {round}, killed after {string.Join(", ", moments)} ms, differs");
            Assert.Empty(Directory.EnumerateFiles(daemon.Root, "*.partial", SearchOption.AllDirectories));
            if (round < rounds - 1) continue;

            Assert.Equal(0, (await daemon.AlbumendAsync("rebuild")).Code);
            Assert.Equal(undisturbed, await daemon.DumpAsync());
        }
    }

    /// <summary>What people do meanwhile: shell, in the library; <c>$1</c> is the number of the kill, <c>$2</c> the mixed library.</summary>
    static readonly string[] Doings =
    [
        ":",
        "mv 2024/A 2024/X; sleep 0.2; mv 2024/X 2024/A",
        "mv 2024/B 2024/C; mv 2024/A 2024/B; mv 2024/C 2024/A",
        "for i in 1 2 3 4; do mv 2024/A/IMG_000$i.jpg 2024/x$i.jpg; sleep 0.05; done; for i in 1 2 3 4; do mv 2024/x$i.jpg 2024/A/IMG_000$i.jpg; done",
        "mkdir -p new/$1; cp $2/copies/copy[1-3].jpg new/$1; (cat $2/2023/plain.png; echo $1) > new/$1/own.png",
        "rm -rf new/$(($1 - 6)) new/$(($1 - 5)); echo $1 >> 2023/IMG_0002.jpg",
        "mv 2023 2022; sleep 0.1; mv 2022 2023; echo $1 >> 2023/IMG_0003.jpg",
        "(cat $2/2024/A/IMG_0001.jpg; echo $1) > 2023/.part; mv 2023/.part 2023/IMG_0001.jpg",
    ];

    [Fact]
    public Task Kills_of_scans_renames_and_edits_end_like_a_fresh_index() =>
        Task.WhenAll(KillWhileEditingAsync(kills: Thorough.Times(15), seed: 1851), KillWhileEditingAsync(kills: Thorough.Times(15), seed: 1852));

    async Task KillWhileEditingAsync(int kills, int seed)
    {
        const int Between = 15;
        string lib = Directory.CreateTempSubdirectory("albumen-killed-").FullName;
        try
        {
            await ShellAsync("cp -a $2/2024 .; mkdir 2023; cp -a $2/2023/IMG_000[1-4].jpg 2023", 0);
            Random random = new(seed);
            await using PrivateDaemon daemon = PrivateDaemon.Of(lib);
            for (int kill = 1; kill <= kills; kill++)
            {
                daemon.Launch();
                Task doing = ShellAsync(Doings[random.Next(Doings.Length)], kill);
                // Most of a start is the runtime's; beyond it lie the scan, the watches and the reading.
                await Task.Delay(random.Next(250, 1000), TestContext.Current.CancellationToken);
                await daemon.KillAsync(withWorkers: random.Next(2) == 0);
                await daemon.NoWorkerIsLeftAsync();
                await doing;
                if (kill % Between != 0) continue;

                await daemon.StartAsync();
                // So long without a scan that ends, much may be gone at once.
                if ((await daemon.AlbumenAsync("scan", "--wait")).Code != 0) Assert.Equal(0, (await daemon.AlbumenAsync("volume", "confirm", "lib", "--yes")).Code);
                await daemon.ScanAsync();
                Assert.Equal(0, await daemon.StopAsync());
                FreshIndex.AssertSame(FreshIndex.WithoutHistory(await FreshIndex.OfAsync(lib)), FreshIndex.WithoutHistory(await daemon.DumpAsync()), $"After {kill} kills:");
            }
        }
        finally
        {
            Directory.Delete(lib, recursive: true);
        }

        async Task ShellAsync(string script, int kill) => Assert.Equal(0, (await WebDav.Clients.RunAsync("bash", ["-euc", $"shopt -s nullglob; cd \"$0\"; {script}", lib, $"{kill}", library.Folder])).Code);
    }

    [Fact]
    public async Task Workers_that_are_killed_cost_no_file()
    {
        await using PrivateDaemon calm = PrivateDaemon.Of(library.Folder), daemon = PrivateDaemon.Of(library.Folder);
        await calm.StartAsync();
        await calm.ScanAsync();
        await calm.StopAsync();

        await daemon.StartAsync();
        Task scan = daemon.ScanAsync();
        // Each once: what kills two workers would rightly become a problem.
        while (daemon.Workers() is { Count: 0 }) await Task.Delay(10, TestContext.Current.CancellationToken);
        foreach (int worker in daemon.Workers()) Signal.Send(worker, Signal.Kill);
        await scan;
        await daemon.StopAsync();

        Assert.Equal(await calm.DumpAsync(), await daemon.DumpAsync());
    }

    [Fact]
    public async Task What_a_killed_worker_left_half_written_is_cleared_away()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        string folder = Directory.CreateDirectory(Path.Combine(daemon.Cache, "derivatives/ab")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, ".abcdef.preview.123-4.partial"), "half", TestContext.Current.CancellationToken);

        await daemon.StartAsync();
        await daemon.ScanAsync();

        Assert.Empty(Directory.EnumerateFiles(folder, "*.partial"));
    }

    [Fact]
    public async Task A_stop_during_the_index_is_clean_and_quick()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await daemon.StartAsync();
        await Task.Delay(500, TestContext.Current.CancellationToken);

        long asked = Stopwatch.GetTimestamp();
        Assert.Equal(0, await daemon.StopAsync());

        Assert.True(Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(10));
        Assert.EndsWith("Stopped", daemon.Log, StringComparison.Ordinal);
        await daemon.NoWorkerIsLeftAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(daemon.Root, "run/albumen")));
    }
}
