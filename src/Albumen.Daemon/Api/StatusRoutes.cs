using System.Diagnostics;
using Albumen.Client;
using Albumen.Native;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>/status and /volumes.</summary>
static class StatusRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance, Pace pace)
    {
        long started = Stopwatch.GetTimestamp();
        api.MapGet("/status", () => Status(appliance, pace, Stopwatch.GetElapsedTime(started))).WithSummary("How the daemon is.");
        api.MapGet("/volumes", () => Volumes(appliance)).WithSummary("The configured volumes and their counts.");
    }

    static Status Status(Appliance appliance, Pace pace, TimeSpan uptime)
    {
        Progress progress = appliance.Scanning.Progress();
        IReadOnlyList<VolumeStatus> volumes = Volumes(appliance);
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
            volumes);
    }

    static IReadOnlyList<VolumeStatus> Volumes(Appliance appliance) =>
        [.. appliance.Volumes.States().Select(v => new VolumeStatus(v.Name, v.Path, v.State, v.Detail, ToTime(v.Scanned), v.Files, v.SizeInBytes, v.Pending, v.Missing))];

    static DateTimeOffset? ToTime(long? seconds) => seconds is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : null;
}
