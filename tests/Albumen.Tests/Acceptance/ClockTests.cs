using System.Diagnostics;
using System.Text.RegularExpressions;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>The machine's clock jumps: a battery is empty, a time server is found.</summary>
[Collection(AcceptanceTests.Name)]
public sealed partial class ClockTests(MixedLibrary library)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task A_certificate_made_by_a_wrong_clock_is_made_anew_by_a_right_one()
    {
        string folder = Directory.CreateTempSubdirectory("albumen-clock-").FullName, clock = $"{folder}/clock";
        try
        {
            await using PrivateDaemon daemon = Of(library.Folder, clock, """https: { listen: "127.0.0.1:0" }""");
            // A first start far ahead; then right; then with an empty battery, before there were any of our certificates.
            foreach (string jump in (string[])["+5000d", "+0", "-9000d", "+0"])
            {
                await File.WriteAllTextAsync(clock, jump, TestContext.Current.CancellationToken);
                await daemon.StartAsync();
                System.Security.Cryptography.X509Certificates.X509Certificate2 shown = (await HttpsTests.ShownAsync(daemon))[0];
                if (jump == "+0") Assert.InRange(DateTime.Now, shown.NotBefore, shown.NotAfter);
                Assert.Equal(0, await daemon.StopAsync());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>With libfaketime, whose clock a file says.</summary>
    static PrivateDaemon Of(string lib, string clock, string more = "")
    {
        const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
        Assert.SkipUnless(File.Exists(FakeTime), "libfaketime is not installed");
        // It keeps a semaphore in /dev/shm, where the daemon may not write; so that is a folder where even its workers may.
        PrivateDaemon daemon = PrivateDaemon.Of(lib, more, settle: "500ms", through:
            ["unshare", "-m", "sh", "-c", """mkdir -p "$3/var/cache/albumen" && mount --bind "$3/var/cache/albumen" /dev/shm && exec env LD_PRELOAD="$0" "$@" """, FakeTime]);
        foreach ((string name, string value) in ((string, string)[])
            [
                ("FAKETIME_TIMESTAMP_FILE", clock), ("FAKETIME_NO_CACHE", "1"),
                ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("DONT_FAKE_MONOTONIC", "1"), ("NO_FAKE_STAT", "1"),
            ])
            daemon.Environment[name] = value;
        return daemon;
    }

    [Fact]
    public async Task A_clock_that_jumps_back_and_forth_costs_no_file_and_starts_no_storm()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        string folder = Directory.CreateTempSubdirectory("albumen-clock-").FullName, lib = $"{folder}/lib", clock = $"{folder}/clock";
        try
        {
            await ShellAsync($"mkdir {lib}; cp -a {library.Folder}/2024 {lib}");
            await File.WriteAllTextAsync(clock, "+0", stop);
            await using PrivateDaemon daemon = Of(lib, clock);
            await daemon.StartAsync();
            await daemon.ScanAsync();
            int step = 0;
            foreach (string jump in (string[])["-10d", "+5000d", "-1h", "+0"])
            {
                // One that is being copied while the clock jumps, and one that comes after it.
                await using (FileStream copy = new($"{lib}/during{step}.jpg", FileMode.CreateNew))
                {
                    await copy.WriteAsync(await File.ReadAllBytesAsync($"{library.Folder}/copies/copy{(step % 8) + 1}.jpg", stop), stop);
                    await copy.WriteAsync(new byte[] { (byte)step }, stop);
                    await copy.FlushAsync(stop);
                    await Task.Delay(400, stop);
                    await File.WriteAllTextAsync(clock, jump, stop);
                }
                await ShellAsync($"(cat {library.Folder}/2024/B/IMG_0001.jpg; echo {step}) > {lib}/after{step}.jpg");
                long started = Stopwatch.GetTimestamp();
                while ((await daemon.VolumeAsync()) is var volume && (volume.GetProperty("files").GetInt64() != 15 + (2 * step) || volume.GetProperty("pending").GetInt64() > 0))
                {
                    Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"After the clock was set to {jump}: {volume}\n{(await daemon.AlbumenAsync("jobs", "--json")).Output}\n{daemon.Log}");
                    await Task.Delay(100, stop);
                }
                Assert.Equal(0, (await daemon.VolumeAsync()).GetProperty("missing").GetInt64());
                step++;
            }
            Assert.True(Scanned().Count(daemon.Log) <= 3, daemon.Log);
            await daemon.ScanAsync();
            Assert.Equal(0, await daemon.StopAsync());
            FreshIndex.AssertSame(FreshIndex.WithoutHistory(await FreshIndex.OfAsync(lib)), FreshIndex.WithoutHistory(await daemon.DumpAsync()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task ShellAsync(string script) => Assert.Equal(0, (await Clients.RunAsync("bash", ["-euc", script])).Code);

    [GeneratedRegex("Scanned lib:")]
    private static partial Regex Scanned();
}
