namespace Albumen.Tests.Acceptance;

/// <summary>The scribe of a real daemon: who has it, who reaches it, when it ends.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class ScribeProcessTests(MixedLibrary library)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_the_daemons_alone_and_ends_with_it()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await daemon.StartAsync();
        int scribe = Assert.Single(Scribes(library.Folder, daemon));
        while (daemon.Workers().Count == 0) await Task.Delay(20, Stop);

        Assert.Contains("NoNewPrivs:\t1", await File.ReadAllTextAsync($"/proc/{scribe}/status", Stop));
        Assert.DoesNotContain("ALBUMEN_SCRIBE", await File.ReadAllTextAsync($"/proc/{daemon.Workers()[0]}/environ", Stop));
        HashSet<string> daemons = [.. Sockets(daemon.Process!.Id)];
        foreach (int worker in daemon.Workers()) Assert.Empty(Sockets(worker).Intersect(daemons));
        Assert.Contains("can be written", (await daemon.AlbumenAsync("status")).Output);

        await daemon.KillAsync(withWorkers: false);
        await EndedAsync(daemon);
    }

    [Fact]
    public async Task Once_it_is_gone_the_daemon_goes_on_and_says_what_to_do()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await daemon.StartAsync();
        Signal.Send(Assert.Single(Scribes(library.Folder, daemon)), Signal.Kill);
        await EndedAsync(daemon);

        Assert.Contains("Restart albumend", (await daemon.AlbumenAsync("doctor")).Output);
        Assert.Contains("restart albumend", (await daemon.AlbumenAsync("status")).Output);
        await daemon.ScanAsync();
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Theory]
    [InlineData("mirror")]
    [InlineData("off")]
    public async Task Where_nothing_is_written_beside_originals_there_is_none(string placement)
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, $"sidecars: {{ placement: {placement} }}");
        await daemon.StartAsync();

        Assert.Empty(Scribes(library.Folder, daemon));
        Assert.DoesNotContain("scribe", (await daemon.AlbumenAsync("doctor")).Output);
    }

    async Task EndedAsync(PrivateDaemon daemon)
    {
        for (int i = 0; i < 200 && Scribes(library.Folder, daemon).Count > 0; i++) await Task.Delay(50, Stop);
        Assert.Empty(Scribes(library.Folder, daemon));
    }

    /// <summary>The live scribes of this library, by the daemon's root in their environment or, while it lives, by its id.</summary>
    static List<int> Scribes(string library, PrivateDaemon daemon)
    {
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
            try
            {
                if (!File.ReadAllText($"{folder}/cmdline").EndsWith($"\0scribe\0{library}\0", StringComparison.Ordinal)) continue;
                string parent = File.ReadLines($"{folder}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal));
                if (int.Parse(parent[5..]) == daemon.Process!.Id || daemon.Process.HasExited) found.Add(int.Parse(Path.GetFileName(folder)));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        return found;
    }

    static IEnumerable<string> Sockets(int process) =>
        Directory.EnumerateFiles($"/proc/{process}/fd").Select(file => new FileInfo(file).LinkTarget ?? "").Where(target => target.StartsWith("socket:", StringComparison.Ordinal));
}
