using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>A small archive with a person and edits, some of them made before its backup and some after it; each test gets a daemon on a copy of its state.</summary>
public sealed class EditedArchive : IAsyncLifetime
{
    string _state = "", _cache = "";

    public string Library { get; } = Directory.CreateTempSubdirectory("albumen-edited-").FullName;

    /// <summary>The whole catalogue, as a daemon that nothing happened to has it; without problems.</summary>
    public string Whole { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-euc", "for i in 1 2 3 4; do vips gaussnoise \"$0/a$i.jpg\" 60 40; done; for i in 1 2 3 4 5 6 7 8 9; do vips black \"$0/b$i.png\" $((i + 9)) 9; done", Library])).Code);
        await using PrivateDaemon daemon = PrivateDaemon.Of(Library, "sidecars: { placement: off }");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await DoAsync(daemon, "user", "add", "anna");
        await DoAsync(daemon, "set", "rating=4", "title=Am See", "/Folders/lib/a1.jpg");
        await DoAsync(daemon, "album", "create", "Trips");
        await DoAsync(daemon, "backup", "now", "--wait");
        await DoAsync(daemon, "set", "rating=5", "/Folders/lib/a2.jpg");
        await DoAsync(daemon, "album", "add", "Trips", "/Folders/lib/a3.jpg");
        await daemon.ScanAsync();
        Assert.Equal(0, await daemon.StopAsync());
        Whole = WithoutProblems(await daemon.DumpAsync());
        Assert.Contains("\"rating\"", Whole, StringComparison.Ordinal);
        _state = Directory.CreateTempSubdirectory("albumen-state-").FullName;
        _cache = Directory.CreateTempSubdirectory("albumen-cache-").FullName;
        await CopyAsync(daemon.State, _state);
        await CopyAsync(daemon.Cache, _cache);
    }

    public async ValueTask DisposeAsync() => await Clients.RunAsync("rm", ["-rf", Library, _state, _cache]);

    /// <summary>A daemon that is not started yet.</summary>
    internal async Task<PrivateDaemon> OpenAsync(bool hasBackup = true, string more = "", string[]? within = null)
    {
        PrivateDaemon daemon = PrivateDaemon.Of(Library, $"sidecars: {{ placement: off }}\n{more}", within: within);
        Directory.CreateDirectory(daemon.State);
        Directory.CreateDirectory(daemon.Cache);
        await CopyAsync(_state, daemon.State);
        // So that no worker is needed where nothing is new.
        await CopyAsync(_cache, daemon.Cache);
        if (!hasBackup) Directory.Delete(Path.Combine(daemon.State, "backups"), recursive: true);
        return daemon;
    }

    /// <summary>Every edit is there, and everything else, once all was scanned; the daemon runs, and is stopped.</summary>
    internal async Task AssertWholeAsync(PrivateDaemon daemon)
    {
        await daemon.ScanAsync();
        Assert.Equal(0, await daemon.StopAsync());
        Assert.Equal(Whole, WithoutProblems(await daemon.DumpAsync()));
    }

    internal static async Task<Answer> DoAsync(PrivateDaemon daemon, params string[] words)
    {
        Answer done = await daemon.AlbumenAsync(words);
        Assert.True(done.Code == 0, $"{string.Join(' ', words)}: {done.Error}\n{daemon.Log}");
        return done;
    }

    static async Task CopyAsync(string from, string to) => Assert.Equal(0, (await Clients.RunAsync("cp", ["-a", $"{from}/.", to])).Code);

    static string WithoutProblems(string dump) => string.Join('\n', dump.Split('\n').Where(line => !line.StartsWith("{\"problem\":", StringComparison.Ordinal)));
}
