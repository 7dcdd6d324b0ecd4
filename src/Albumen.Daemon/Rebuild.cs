using System.Data.Common;
using Albumen.Catalog;
using Albumen.Configuration;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tree;
using Serilog.Extensions.Logging;

namespace Albumen.Daemon;

/// <summary><c>albumend rebuild</c>: throws the catalogue away and makes it anew from the files. Small versions that still fit are kept.</summary>
static class Rebuild
{
    public static async Task<int> RunAsync(Layout layout, Settings settings)
    {
        using SerilogLoggerFactory loggers = Server.Logging(LogLevel.Warning);
        using FileStream alone = Appliance.Claim(layout);
        Recovery.RequireUsable(layout);
        await ThrowAwayAsync(layout, settings);
        using Appliance appliance = await Appliance.OpenAsync(alone, layout, settings, loggers);
        foreach (string missing in await appliance.Indexer.PrepareAsync(CancellationToken.None)) Console.Error.WriteLine($"Not installed: {missing}");

        await appliance.CatchUpAsync(CancellationToken.None);
        // Whoever rebuilds waits for it.
        using IDisposable waited = appliance.Courtesy.Insist();
        using CancellationTokenSource finished = new();
        Task showing = ShowAsync(appliance.Scanning, finished.Token);
        await appliance.Indexer.CheckCacheAsync(CancellationToken.None);
        IReadOnlyList<Volume> offline = await appliance.Scanning.ScanAsync(appliance.Volumes.All, CancellationToken.None);
        while (appliance.Indexer.HasLeft())
        {
            await appliance.Indexer.DrainAsync(CancellationToken.None);
            await appliance.Sidecars.Reader.DrainAsync(CancellationToken.None);
            if (appliance.Indexer.HasLeft()) await Task.Delay(TimeSpan.FromSeconds(1));
        }
        await appliance.Sidecars.LookAtMirrorsAsync(CancellationToken.None);
        await appliance.SettleAsync(CancellationToken.None);
        await finished.CancelAsync();
        await showing;
        long problems = appliance.Problems.Count();
        Console.Error.WriteLine($"Read {appliance.Indexer.Done} files again; {problems} problem{(problems == 1 ? "" : "s")} (albumen problems lists them).");
        foreach (Volume volume in offline) Console.Error.WriteLine($"Volume '{volume.Name}' could not be read; scan it when it is back: albumen scan {volume.Name}");
        return offline.Count > 0 ? 3 : 0;
    }

    /// <summary>Deletes the catalogue, once it is sure that every volume is there to make it from, and what people did stands in files.</summary>
    /// <exception cref="StartException">A volume is not there.</exception>
    /// <exception cref="JournalException">The journal is damaged.</exception>
    static async Task ThrowAwayAsync(Layout layout, Settings settings)
    {
        foreach (VolumeSettings volume in settings.Volumes)
            try
            {
                using VolumeFiles files = new(volume.Path);
                if (files.List(RelativePath.Root, out _).Count > 0) continue;
                throw new StartException($"Volume '{volume.Name}' is empty; perhaps {volume.Path} is not mounted. Mount it, or take it out of {layout.ConfigurationFile}. Nothing was deleted.");
            }
            catch (FileFault fault)
            {
                throw new StartException($"Volume '{volume.Name}' cannot be read: {volume.Path}: {fault.Reason}. Mount it, or take it out of {layout.ConfigurationFile}. Nothing was deleted.");
            }
        using (AppendFile journal = new(Appliance.JournalFile(layout)))
        {
            await SaveLayerAsync(layout, journal);
            Journal.Check(journal);
        }
        foreach (string suffix in DatabaseFile.Suffixes) File.Delete(Appliance.CatalogFile(layout) + suffix);
    }

    /// <summary>Files of the layer that were lost are written anew from the catalogue, as far as that can still be read.</summary>
    static async Task SaveLayerAsync(Layout layout, AppendFile journalFile)
    {
        if (!File.Exists(Appliance.CatalogFile(layout))) return;
        try
        {
            using Database catalog = new(Appliance.CatalogFile(layout), "catalog", Appliance.DamagedCatalog);
            await new Journal(catalog, journalFile, TimeSpan.Zero, TimeProvider.System).CatchUpAsync(CancellationToken.None);
            using AppendFile nameFile = new(Appliance.NamesFile(layout));
            await new TimelineIndex(catalog, TimeProvider.System, names => NameFile.Append(nameFile, names)).TakeBackAsync(NameFile.Read(nameFile), CancellationToken.None);
        }
        catch (DbException error) when (Database.IsDamage(error))
        {
            // It is thrown away for a reason.
        }
    }

    static async Task ShowAsync(Scanning scanning, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Progress progress = scanning.Progress();
            if (progress.State is "scanning") Console.Error.WriteLine($"Scanning {progress.Volume}: {progress.Files} files");
            else if (progress.Left > 0) Console.Error.WriteLine($"Indexing: {progress.Done} done, {progress.Left} to go");
        }
    }
}
