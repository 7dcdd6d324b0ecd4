namespace Albumen.Benchmarks;

/// <summary>A million photos, a tenth of which look like another: how long the first page of near duplicates takes, and what it costs in memory.</summary>
static class NearBenchmark
{
    public static async Task RunAsync()
    {
        using Workplace work = new();
        string root = work.Make("root"), away = Path.Combine(work.Folder, "not-there");
        await MillionPhotos.SeedAsync(work, root, away);
        using RunningDaemon daemon = new(root, away);
        await Task.Delay(TimeSpan.FromSeconds(2));
        // What any first questions leave is code and caches.
        daemon.Albumen("duplicates", "--json");
        daemon.Albumen("search", "--json", "--limit", "100", "has:camera");
        double before = daemon.ResidentMegabytes(), most = before;
        using CancellationTokenSource end = new();
        Task watching = WatchAsync();
        Samples times = new();
        for (int round = 0; round < 3; round++) times.Add(daemon.Albumen("duplicates", "--near", "--limit", "100", "--json").Time);
        await end.CancelAsync();
        await watching;
        Verdict.AtMost("near-1000000, first page", times.Median / 1000, "s", 10);
        Verdict.AtMost("near-1000000, growth of the daemon's memory", most - before, "MiB", 64);

        async Task WatchAsync()
        {
            while (!end.IsCancellationRequested)
            {
                most = Math.Max(most, daemon.ResidentMegabytes());
                await Task.Delay(50);
            }
        }
    }
}
