namespace Albumen.Benchmarks;

/// <summary>How long systemd waits for READY=1, and what an idle daemon keeps in memory: with nothing at all, and with a catalogue of a million photos.</summary>
static class StartBenchmark
{
    const int Rounds = 7;
    static readonly TimeSpan UntilIdle = TimeSpan.FromSeconds(20);

    public static async Task RunAsync()
    {
        using Workplace work = new();
        Samples first = new(), versions = new();
        double idle = 0;
        for (int round = 0; round < Rounds; round++)
        {
            versions.Add(Command.Run(RunningDaemon.Program, "--version").Time);
            using RunningDaemon daemon = new(work.Make($"root{round}"), work.Make("volume"), isSupervised: true);
            first.Add(daemon.UntilReady);
            if (round == 0) idle = await IdleAsync(daemon);
        }
        Verdict.AtMost("start, the first one", first.Median, "ms", 2000);
        Verdict.Note("start, against albumend --version", FormattableString.Invariant($"{first.Median / versions.Median:0.0} x"));
        Verdict.AtMost("idle memory", idle, "MiB", 150);
    }

    public static async Task RunMillionAsync()
    {
        using Workplace work = new();
        string root = work.Make("root"), away = Path.Combine(work.Folder, "not-there");
        await MillionPhotos.SeedAsync(work, root, away);
        Samples ordered = new(), killed = new();
        double idle = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using (RunningDaemon daemon = new(root, away, isSupervised: true))
            {
                ordered.Add(daemon.UntilReady);
                if (round == 0) idle = await IdleAsync(daemon);
                daemon.Kill();
            }
            using RunningDaemon again = new(root, away, isSupervised: true);
            killed.Add(again.UntilReady);
        }
        Verdict.AtMost("start-1000000", ordered.Median, "ms", 3000);
        Verdict.AtMost("start-1000000, after it was killed", killed.Median, "ms", 3000);
        Verdict.AtMost("start-1000000, idle memory", idle, "MiB", 150);
    }

    static async Task<double> IdleAsync(RunningDaemon daemon)
    {
        await Task.Delay(UntilIdle);
        return daemon.ResidentMegabytes();
    }
}
