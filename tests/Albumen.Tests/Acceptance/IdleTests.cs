using System.Diagnostics;
using System.Globalization;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>A guest in the house: a daemon at rest lets the library's disks sleep.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class IdleTests(MixedLibrary library)
{
    /// <summary>How long is watched; ALBUMEN_IDLE_SECONDS says otherwise.</summary>
    static readonly int Seconds = int.TryParse(Environment.GetEnvironmentVariable("ALBUMEN_IDLE_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : 15;

    [Fact]
    public async Task A_daemon_at_rest_touches_no_volume()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        string log = Path.Combine(daemon.Root, "trace");
        using Process trace = Process.Start(new ProcessStartInfo("strace",
            ["-f", "-y", "-qq", "-e", "trace=%file,read,pread64,preadv,getdents64,fstat,fstatfs", "-e", "signal=none", "-o", log, .. daemon.Workers().Append(daemon.Process!.Id).SelectMany(p => (string[])["-p", $"{p}"])])
        { RedirectStandardError = true })!;
        int begin;
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(2), stop);
            Assert.SkipWhen(trace.HasExited, "strace may not attach here.");
            // So that a trace that sees nothing is no proof.
            using (HttpClient http = new()) await http.GetStringAsync(new Uri(daemon.Address, "health"), stop);
            await daemon.AlbumenAsync("status");
            begin = (await File.ReadAllLinesAsync(log, stop)).Length;
            Assert.True(begin > 0, "The trace is empty.");
            await Task.Delay(TimeSpan.FromSeconds(Seconds), stop);
        }
        finally
        {
            Signal.Send(trace.Id, Signal.Terminate);
            await trace.WaitForExitAsync(CancellationToken.None);
        }
        string[] calls = await File.ReadAllLinesAsync(log, stop);
        TestContext.Current.TestOutputHelper?.WriteLine($"{calls.Length} calls in {Seconds} s");
        // How much is free, which status asks for, the kernel knows without the disk.
        Assert.DoesNotContain(calls, call => call.Contains(library.Folder, StringComparison.Ordinal) && !call.Contains(" statfs(", StringComparison.Ordinal));
        Assert.DoesNotContain(calls[begin..], call => call.Contains(library.Folder, StringComparison.Ordinal));
    }
}
