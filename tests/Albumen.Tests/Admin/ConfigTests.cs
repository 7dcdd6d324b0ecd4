using System.Text.Json;
using Albumen.Client;
using Albumen.Tests.Acceptance;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

/// <summary><c>albumen config</c>, on a real daemon.</summary>
public sealed class ConfigTests : IAsyncLifetime
{
    const int Done = 0, Failed = 1, Usage = 2, Partly = 3, Unreachable = 4;

    readonly string _library = Directory.CreateTempSubdirectory("albumen-config-").FullName;
    PrivateDaemon _daemon = null!;
    string _before = "";

    string Configuration => Path.Combine(_daemon.Root, "etc/albumen/albumen.yaml");

    string Previous => $"{Configuration}.previous";

    string Other => Path.Combine(_daemon.Root, "other.yaml");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _daemon = PrivateDaemon.Of(_library);
        _before = await File.ReadAllTextAsync(Configuration);
        await _daemon.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        Directory.Delete(_library, recursive: true);
    }

    [Fact]
    public async Task Every_key_is_shown_with_where_it_was_said()
    {
        Answer all = await _daemon.AlbumenAsync("config", "show"), changed = await _daemon.AlbumenAsync("config", "show", "--changed"), scan = await _daemon.AlbumenAsync("config", "show", "scan", "--json");

        Assert.Contains("scan.poll\t10m\tdefault\t", all.Lines);
        Assert.Contains($"volumes.lib.path\t{_library}\t{Configuration}:2\t", all.Lines);
        Assert.Equal(["http.listen", "scan.every", "scan.settle", "volumes.lib.name", "volumes.lib.path"], changed.Lines.Select(line => line.Split('\t')[0]).Order(StringComparer.Ordinal));
        Assert.Equal(new Setting("scan.every", "off", "file", Configuration, 4, "1d"), JsonSerializer.Deserialize(scan.Lines[0], ApiJson.Default.Setting));
        Assert.Equal((Done, 5), (scan.Code, scan.Lines.Length));
        Assert.Equal(Failed, (await _daemon.AlbumenAsync("config", "show", "scn")).Code);
    }

    [Fact]
    public async Task A_configuration_is_checked_against_what_runs_before_it_is_put_in_place()
    {
        Answer same = await _daemon.AlbumenAsync("config", "check");
        Assert.Equal((Done, ""), (same.Code, same.Output));

        await File.WriteAllTextAsync(Other, _before + "\ntrash: { retention: 60d }\n", Stop);
        Answer good = await _daemon.AlbumenAsync("config", "check", Other);
        Assert.Equal((Done, "trash.retention\t30d\t60d\n"), (good.Code, good.Output));

        await File.WriteAllTextAsync(Other, _before.Replace(_library, $"{_library}/gone", StringComparison.Ordinal), Stop);
        Answer absent = await _daemon.AlbumenAsync("config", "check", Other);
        Assert.Equal(Partly, absent.Code);
        Assert.Contains($"albumen: {Other}:2:", absent.Error);

        await File.WriteAllTextAsync(Other, "\ntrsh: {}\n", Stop);
        Answer bad = await _daemon.AlbumenAsync("config", "check", Other), asJson = await _daemon.AlbumenAsync("config", "check", "--json", Other);
        Assert.Equal((Failed, $"albumen: {Other}:2:1: unknown key 'trsh'; did you mean 'trash'?\n"), (bad.Code, bad.Error));
        ConfigurationFault fault = Assert.Single(JsonSerializer.Deserialize(asJson.Output, ApiJson.Default.ConfigurationCheck)!.Errors);
        Assert.Equal((2, 1), (fault.Line, fault.Column));

        Answer refused = await _daemon.AlbumenAsync("config", "apply", "--yes", Other);
        Assert.Equal((Failed, _before, false), (refused.Code, await File.ReadAllTextAsync(Configuration, Stop), File.Exists(Previous)));
        Assert.Equal(Usage, (await _daemon.AlbumenAsync("config", "check", "/nowhere.yaml")).Code);
    }

    [Fact]
    public async Task What_is_applied_replaces_the_file_whole_and_can_be_taken_back()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(Configuration, Mode);
        string after = _before + "\ntrash: { retention: 60d }\n";
        await File.WriteAllTextAsync(Other, after, Stop);

        Answer rehearsed = await _daemon.AlbumenAsync("config", "apply", "--dry-run", Other), unasked = await _daemon.AlbumenAsync("config", "apply", Other);
        Assert.Equal((Done, "trash.retention\t30d\t60d\n"), (rehearsed.Code, rehearsed.Output));
        Assert.Equal(Usage, unasked.Code);
        Assert.Contains("--yes", unasked.Error);
        Assert.Equal((_before, false), (await File.ReadAllTextAsync(Configuration, Stop), File.Exists(Previous)));

        Answer applied = await _daemon.AlbumenAsync("config", "apply", "--yes", Other);
        Assert.Equal(Done, applied.Code);
        Assert.Contains($"Type: albumend --root {_daemon.Root} run", applied.Output);
        Assert.Equal((after, _before, Mode), (await File.ReadAllTextAsync(Configuration, Stop), await File.ReadAllTextAsync(Previous, Stop), File.GetUnixFileMode(Configuration)));
        Assert.Equal(["albumen.yaml", "albumen.yaml.previous"], Directory.GetFiles(Path.GetDirectoryName(Configuration)!).Select(Path.GetFileName).Order());
        Assert.Contains("says that already", (await _daemon.AlbumenAsync("config", "apply", "--yes", Other)).Output);

        Assert.Equal(Done, (await _daemon.AlbumenAsync("config", "revert", "--yes")).Code);
        Assert.Equal((_before, after), (await File.ReadAllTextAsync(Configuration, Stop), await File.ReadAllTextAsync(Previous, Stop)));

        // When the daemon does not start any more, taking back is what is wanted most.
        await _daemon.StopAsync();
        Assert.Equal(Unreachable, (await _daemon.AlbumenAsync("config", "apply", "--yes", Other)).Code);
        Answer reverted = await _daemon.AlbumenAsync("config", "revert", "--yes");
        Assert.Equal((Done, after), (reverted.Code, await File.ReadAllTextAsync(Configuration, Stop)));
        await _daemon.StartAsync();
        Assert.Contains("trash.retention\t60d\t", (await _daemon.AlbumenAsync("config", "show", "trash")).Output);
    }

    [Fact]
    public async Task A_link_to_the_configuration_stays_one_and_its_owner_keeps_the_file()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can give files away.");
        string kept = Path.Combine(_daemon.Root, "kept.yaml");
        File.Move(Configuration, kept);
        File.CreateSymbolicLink(Configuration, kept);
        using (var chown = System.Diagnostics.Process.Start("chown", ["1234:1235", kept])) await chown.WaitForExitAsync(Stop);
        await File.WriteAllTextAsync(Other, _before + "\n# another\n", Stop);

        Assert.Equal(Done, (await _daemon.AlbumenAsync("config", "apply", "--yes", Other)).Code);

        Assert.Equal(kept, File.ResolveLinkTarget(Configuration, returnFinalTarget: false)?.FullName);
        Assert.EndsWith("# another\n", await File.ReadAllTextAsync(kept, Stop));
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u:%g", kept, $"{kept}.previous"]) { RedirectStandardOutput = true })!;
        Assert.Equal("1234:1235\n1234:1235\n", await stat.StandardOutput.ReadToEndAsync(Stop));
    }

    [Fact]
    public async Task Over_the_network_it_is_looked_at_and_not_written()
    {
        Assert.Equal(Done, (await _daemon.AlbumenAsync("user", "add", "admin", "--admin")).Code);
        using JsonDocument made = JsonDocument.Parse((await _daemon.AlbumenAsync("app-password", "create", "admin", "--json")).Output);
        string token = Path.Combine(_daemon.Root, "token");
        await File.WriteAllTextAsync(token, made.RootElement.GetProperty("password").GetString(), Stop);
        await File.WriteAllTextAsync(Other, _before + "\ntrash: { retention: 60d }\n", Stop);
        string[] there = ["--url", _daemon.Address.ToString(), "--token-file", token];

        Assert.Equal("trash.retention\t30d\t60d\n", (await CommandLine.RunAsync([.. there, "config", "check", Other])).Output);
        foreach (string[] verb in (string[][])[["apply", "--yes", Other], ["revert", "--yes"]])
        {
            Answer refused = await CommandLine.RunAsync([.. there, "config", .. verb]);
            Assert.Equal(Usage, refused.Code);
            Assert.Contains("on the machine that albumend runs on", refused.Error);
        }
        Assert.Equal(_before, await File.ReadAllTextAsync(Configuration, Stop));
    }
}
