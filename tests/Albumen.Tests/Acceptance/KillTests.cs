using System.Diagnostics;

namespace Albumen.Tests.Acceptance;

/// <summary>A first index that is killed, at any moment, ends like one that is not.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class KillTests(MixedLibrary library)
{
    const int Rounds = 10, KillsPerRound = 5;

    [Fact]
    public async Task Fifty_kills_of_a_first_index_change_nothing_in_the_catalogue()
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
        for (int round = 0; round < Rounds; round++)
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
            if (round < Rounds - 1) continue;

            Assert.Equal(0, (await daemon.AlbumendAsync("rebuild")).Code);
            Assert.Equal(undisturbed, await daemon.DumpAsync());
        }
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
