using System.Diagnostics;
using Albumen.Client;
using Albumen.Daemon.Bus;
using Albumen.Native;
using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>/status and /volumes.</summary>
static class StatusRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance, Pace pace, Citizen citizen)
    {
        long started = Stopwatch.GetTimestamp();
        api.MapGet("/status", () => Status(appliance, pace, citizen, Stopwatch.GetElapsedTime(started))).WithSummary("How the daemon is.");
    }

    static Status Status(Appliance appliance, Pace pace, Citizen citizen, TimeSpan uptime)
    {
        Progress progress = appliance.Scanning.Progress();
        IReadOnlyList<VolumeStatus> volumes = VolumeRoutes.List(appliance);
        DiskSpace? cacheSpace = appliance.FreeSpace.Of(appliance.Layout.CacheFolder), stateSpace = appliance.FreeSpace.Of(appliance.Layout.StateFolder);
        (long assets, long contents) = appliance.Assets.Count(Viewer.Admin);
        return new(
            typeof(StatusRoutes).Assembly.GetName().Version!.ToString(3),
            Math.Round(uptime.TotalSeconds, 1),
            progress.State,
            Landlock.State,
            Environment.WorkingSet,
            new(assets, contents, volumes.Sum(v => v.Files), appliance.Problems.Count(), appliance.Jobs.Count()),
            new(progress.Volume, progress.Done, progress.Left, progress.Left == 0 ? 0 : pace.PerSecond, progress.Trouble,
                progress.Left > 0 ? appliance.Courtesy.Reason : null),
            volumes,
            appliance.SidecarFiles.IsReady,
            new(appliance.InboxKeeper.Waiting, appliance.InboxKeeper.Done, appliance.InboxKeeper.Trouble),
            TrashRoutes.Status(appliance),
            appliance.CacheKeeper.State is { } cache ? new(cache.SizeInBytes, cache.ThumbnailsInBytes, cache.CapInBytes, cache.Warning, cacheSpace?.Available, cacheSpace?.Total) : null,
            DerivativeRoutes.Making(appliance),
            WorkRoutes.State(appliance),
            stateSpace?.Available, stateSpace?.Total,
            citizen.Units.Known is [var service, ..] ? service : null);
    }
}
