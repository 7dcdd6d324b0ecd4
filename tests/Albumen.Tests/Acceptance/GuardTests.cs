using System.Text.Json;

namespace Albumen.Tests.Acceptance;

/// <summary>Landlock, tried from inside the daemon and its workers.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class GuardTests(MixedLibrary library)
{
    /// <summary>Tells <see cref="StartupHook"/> what to try to write to.</summary>
    public const string Target = "ALBUMEN_TEST_INTRUDE", Report = "ALBUMEN_TEST_REPORT";

    [Fact]
    public async Task Neither_the_daemon_nor_a_worker_can_change_a_library()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        string report = Path.Combine(daemon.Cache, "intrusions");
        daemon.Environment["DOTNET_STARTUP_HOOKS"] = typeof(GuardTests).Assembly.Location;
        daemon.Environment[Target] = Path.Combine(library.Folder, "2024/A");
        daemon.Environment[Report] = report;
        await daemon.StartAsync();
        using JsonDocument status = JsonDocument.Parse((await daemon.AlbumenAsync("status", "--json")).Output);
        string guard = status.RootElement.GetProperty("guard").GetString()!;
        Assert.SkipUnless(guard == "on", $"This kernel's Landlock is {guard}.");

        while (daemon.Workers().Count == 0) await Task.Delay(20, TestContext.Current.CancellationToken);
        foreach (int process in (int[])[daemon.Process!.Id, .. daemon.Workers()]) Assert.Contains("NoNewPrivs:\t1", File.ReadLines($"/proc/{process}/status"));
        await daemon.ScanAsync();

        string[] tries = [.. File.ReadLines(report)];
        Assert.Contains(tries, line => line.StartsWith("run ", StringComparison.Ordinal));
        Assert.Contains(tries, line => line.StartsWith("worker ", StringComparison.Ordinal));
        Assert.All(tries, line => Assert.EndsWith(": refused", line, StringComparison.Ordinal));
    }
}
