using System.Diagnostics;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>System calls that fail, in turn each that matters, on the scan, read and write paths: none of them may leave a trace in the catalogue.</summary>
[Collection(SurvivalTests.Name)]
public sealed class InjectionTests(MixedLibrary library)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>strace counts the calls of each thread for itself; <c>3+7</c> is the third and every seventh after it.</summary>
    static readonly string[] Faults =
    [
        "openat2:error=EIO:when=3+7", "openat2:error=EINTR:when=1+2", "openat2:error=EACCES:when=2+5", "openat2:error=EMFILE:when=2+6", "openat2:error=ENOTCONN:when=2+9",
        "statx:error=EIO:when=2+5", "statx:error=EINTR:when=1+2", "statx:error=EACCES:when=3+4",
        "getdents64:error=EIO:when=2+4", "getdents64:error=EINTR:when=1+2", "getdents64:error=ESTALE:when=3+5",
        "pread64:error=EIO:when=4+9", "pread64:error=EINTR:when=1+3",
        "pwrite64:error=ENOSPC:when=2+3", "pwrite64:error=EIO:when=3+5", "pwrite64:error=EINTR:when=1+4",
        "fdatasync:error=EIO:when=1+2", "write:error=ENOSPC:when=5+6",
    ];

    [Fact]
    public async Task A_system_call_that_fails_now_and_then_leaves_nothing_behind()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        string lib = Directory.CreateTempSubdirectory("albumen-injected-").FullName;
        try
        {
            await ShellAsync("cp -a $1/2024 $1/2023 .", lib);
            await using PrivateDaemon daemon = PrivateDaemon.Of(lib);
            // More vanishes here than would without the faults in between.
            daemon.Configure($$"""
                volumes: [{ name: lib, path: {{lib}} }]
                http: { listen: "127.0.0.1:0" }
                scan: { every: off, settle: 1ms, breaker: 100% or 100000 }
                """);
            await daemon.StartAsync();
            await daemon.ScanAsync();
            for (int i = 0; i < Faults.Length; i++)
            {
                using (Process trace = await AttachAsync(daemon, Faults[i]))
                {
                    Task<Answer> scan = daemon.AlbumenAsync("scan");
                    await ShellAsync($"""
                        mkdir -p new{i}/deep; for n in 1 2 3 4; do cp $1/copies/copy$n.jpg new{i}/$n.jpg; done; (cat $1/2023/plain.png; echo {i}) > new{i}/deep/own.png
                        mv 2024/A 2024/A{i}; echo {i} >> 2023/IMG_0003.jpg; sleep 0.4; mv 2024/A{i} 2024/A; rm -rf new{i - 2}
                        """, lib);
                    await scan;
                    await Task.Delay(600, Stop);
                    Assert.False(daemon.Process!.HasExited, $"{Faults[i]} ended it:\n{daemon.Log}");
                    Signal.Send(trace.Id, Signal.Terminate);
                    await trace.WaitForExitAsync(CancellationToken.None);
                }
            }
            await daemon.StopAsync();
            await daemon.StartAsync();
            await daemon.ScanAsync();
            Assert.Equal(0, await daemon.StopAsync());
            FreshIndex.AssertSame(FreshIndex.WithoutHistory(await FreshIndex.OfAsync(lib)), FreshIndex.WithoutHistory(await daemon.DumpAsync()));
        }
        finally
        {
            Directory.Delete(lib, recursive: true);
        }
    }

    [Fact]
    public async Task A_kill_at_the_very_call_leaves_nothing_behind()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        string fresh = await FreshIndex.OfAsync(library.Folder);
        foreach (string[] calls in (string[][])[["pwrite64", "openat2"], ["getdents64", "fdatasync"]])
        {
            List<string> killed = [];
            await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
            foreach (int at in (int[])[2, 7, 25])
                foreach (string call in calls)
                {
                    string spec = $"{call}:signal=KILL:when={at}";
                    // The tracer is the grandchild, so that the daemon is our child and ends as it ends.
                    daemon.Launch("strace", "-D", "-f", "-qq", "-e", $"trace={call}", "-e", $"inject={spec}", "-o", "/dev/null");
                    bool isDead = await daemon.EndsAsync(TimeSpan.FromSeconds(4));
                    if (isDead) killed.Add(spec);
                    else await daemon.KillAsync(withWorkers: true);
                    await daemon.NoWorkerIsLeftAsync();
                }
            await daemon.StartAsync();
            await daemon.ScanAsync();
            Assert.Equal(0, await daemon.StopAsync());
            FreshIndex.AssertSame(fresh, await daemon.DumpAsync(), $"Killed at {string.Join(", ", killed)}.");
            Assert.True(killed.Count >= 1, $"Only {string.Join(", ", killed)} were reached.");
        }
    }

    static async Task<Process> AttachAsync(PrivateDaemon daemon, string fault)
    {
        Process trace = Process.Start(new ProcessStartInfo("strace",
            ["-f", "-e", $"trace={fault[..fault.IndexOf(':')]}", "-e", $"inject={fault}", "-e", "signal=none", "-o", "/dev/null", .. daemon.Workers().Append(daemon.Process!.Id).SelectMany(p => (string[])["-p", $"{p}"])])
        { RedirectStandardError = true })!;
        // "strace: Process 123 attached with 20 threads", once for each.
        string? line = await trace.StandardError.ReadLineAsync(Stop);
        Assert.SkipWhen(line?.Contains("attached", StringComparison.Ordinal) is not true, $"strace may not attach here: {line}");
        _ = trace.StandardError.ReadToEndAsync(CancellationToken.None);
        return trace;
    }

    static async Task ShellAsync(string script, string lib, string mixed) => Assert.Equal(0, (await Clients.RunAsync("bash", ["-euc", $"cd \"$0\"; {script}", lib, mixed])).Code);

    Task ShellAsync(string script, string lib) => ShellAsync(script, lib, library.Folder);
}
