namespace Albumen.Daemon.Systemd;

/// <summary>Tells systemd that the daemon is ready, what it does, and that it lives.</summary>
sealed class Watchdog(Scanning scanning)
{
    static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(5);

    /// <summary>Runs until cancelled. Half of systemd's interval leaves room for a slow machine (sd_watchdog_enabled(3)).</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Native.Systemd.Notify($"READY=1\nMAINPID={Environment.ProcessId}");
        TimeSpan every = Native.Systemd.WatchdogInterval is { } interval && interval / 2 < StatusEvery ? interval / 2 : StatusEvery;
        string last = "";
        using PeriodicTimer timer = new(every);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            // Asking for the progress goes through the catalogue: a daemon that cannot answer that does not say it is well.
            Progress progress = scanning.Progress();
            string status = progress.State switch
            {
                "scanning" => $"Scanning {progress.Volume}: {progress.Files} files",
                "indexing" => $"Indexing: {progress.Left} files to go",
                "stalled" => progress.Trouble!,
                _ => "Ready",
            };
            Native.Systemd.Notify(status == last ? "WATCHDOG=1" : $"WATCHDOG=1\nSTATUS={status}");
            last = status;
        }
    }
}
