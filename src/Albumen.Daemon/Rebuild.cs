using Albumen.Configuration;
using Albumen.Storage;
using Serilog.Extensions.Logging;

namespace Albumen.Daemon;

/// <summary><c>albumend rebuild</c>: throws the catalogue away and makes it anew from the files. Small versions that still fit are kept.</summary>
static class Rebuild
{
    public static async Task<int> RunAsync(Layout layout, Settings settings)
    {
        using (Appliance.Claim(layout))
            foreach (string suffix in (string[])["", "-wal", "-shm"])
                File.Delete(Appliance.CatalogFile(layout) + suffix);

        using SerilogLoggerFactory loggers = Server.Logging(LogLevel.Warning);
        using Appliance appliance = Appliance.Open(layout, settings, loggers);
        foreach (string missing in await appliance.Indexer.PrepareAsync(CancellationToken.None)) Console.Error.WriteLine($"Not installed: {missing}");

        using CancellationTokenSource finished = new();
        Task showing = ShowAsync(appliance.Scanning, finished.Token);
        IReadOnlyList<Volume> offline = await appliance.Scanning.ScanAsync(appliance.Volumes.All, CancellationToken.None);
        while (appliance.Indexer.Left() > 0)
        {
            await appliance.Indexer.DrainAsync(CancellationToken.None);
            if (appliance.Indexer.Left() > 0) await Task.Delay(TimeSpan.FromSeconds(1));
        }
        await finished.CancelAsync();
        await showing;
        long problems = appliance.Problems.Count();
        Console.Error.WriteLine($"Read {appliance.Indexer.Done} files again; {problems} problem{(problems == 1 ? "" : "s")} (albumen problems lists them).");
        foreach (Volume volume in offline) Console.Error.WriteLine($"Volume '{volume.Name}' could not be read; scan it when it is back: albumen scan {volume.Name}");
        return offline.Count > 0 ? 3 : 0;
    }

    static async Task ShowAsync(Scanning scanning, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None).WaitAsync(cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
            Progress progress = scanning.Progress();
            if (progress.State is "scanning") Console.Error.WriteLine($"Scanning {progress.Volume}: {progress.Files} files");
            else if (progress.Left > 0) Console.Error.WriteLine($"Indexing: {progress.Done} done, {progress.Left} to go");
        }
    }
}
