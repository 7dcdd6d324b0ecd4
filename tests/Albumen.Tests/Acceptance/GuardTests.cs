using System.Text.Json;

namespace Albumen.Tests.Acceptance;

/// <summary>Landlock, tried from inside the daemon and its workers.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class GuardTests(MixedLibrary library)
{
    /// <summary>Tells <see cref="StartupHook"/> what to try to write to.</summary>
    public const string Target = "ALBUMEN_TEST_INTRUDE", Report = "ALBUMEN_TEST_REPORT";

    [Theory]
    [InlineData(false, new string[0])]
    // What adding needs, and no more: a name of its own, and folders.
    [InlineData(true, new[] { "run make a folder: done" })]
    public async Task Neither_the_daemon_nor_a_worker_can_change_a_library(bool isWritable, string[] expected)
    {
        using PrivateCopy copy = await PrivateCopy.OfAsync(library.Folder);
        await using PrivateDaemon daemon = PrivateDaemon.Of(copy.Folder);
        if (isWritable) daemon.Configure($$"""
            volumes: [{ name: lib, path: {{copy.Folder}}, writable: on }]
            http: { listen: "127.0.0.1:0" }
            """);
        string report = Path.Combine(daemon.Cache, "intrusions");
        daemon.Environment["DOTNET_STARTUP_HOOKS"] = typeof(GuardTests).Assembly.Location;
        daemon.Environment[Target] = Path.Combine(copy.Folder, "2024/A");
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
        Assert.Equal(expected, tries.Where(line => !line.EndsWith(": refused", StringComparison.Ordinal)));
    }

    /// <summary>A library in which something may be left.</summary>
    sealed class PrivateCopy : IDisposable
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("albumen-guarded-").FullName;

        public static async Task<PrivateCopy> OfAsync(string library)
        {
            PrivateCopy copy = new();
            Assert.Equal(0, (await WebDav.Clients.RunAsync("cp", ["-a", Path.Combine(library, "2024"), copy.Folder])).Code);
            return copy;
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
