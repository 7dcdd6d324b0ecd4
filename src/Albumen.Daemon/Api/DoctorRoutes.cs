using Albumen.Client;
using Albumen.Native;
using Albumen.Sidecar;
using Albumen.Storage;

namespace Albumen.Daemon.Api;

/// <summary>/doctor: everything that keeps the daemon from doing its best, each with what to do about it.</summary>
static class DoctorRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/doctor", () => (IReadOnlyList<Symptom>)[.. Symptoms(appliance)]).WithSummary("What stands in the daemon's way; empty when all is well.");
        api.MapGet("/formats", () => (IReadOnlyList<Format>)[.. appliance.Indexer.Formats.Select(f => new Format(f.Format, f.Decoder, f.Remedy))])
            .WithSummary("The formats of photos and clips, and which of them this machine makes pictures of.");
    }

    static IEnumerable<Symptom> Symptoms(Appliance appliance)
    {
        if (Landlock.State is not "on") yield return new("guard", $"What guards the originals is {Landlock.State}.");
        if (!appliance.SidecarFiles.IsReady) yield return new("sidecars", Scribe.NotRunning);
        foreach ((Volume volume, long lines) in appliance.Layer.Strangers)
            yield return new("layer", $"The volume '{volume.Name}' carries what people did in {LayerKeeper.FolderOf(volume)}, and {lines} lines of it are not known here; nothing is written over it. "
                + $"To take it back, type: albumen import-layer '{LayerKeeper.FolderOf(volume)}'");
        if (appliance.Layer.Trouble is { } layer) yield return new("layer", layer);
        foreach (string missing in appliance.Indexer.Missing) yield return new("programs", $"Not installed: {missing}.");
        foreach (Volume volume in appliance.Volumes.All)
            if (appliance.Volumes.TrustIn(volume) is not (Trust.New or Trust.Online) and var trust)
                yield return new("volume", $"'{volume.Name}' is {trust.ToString().ToLowerInvariant()}: {appliance.Volumes.WhyNot(volume)}");
        if (appliance.Watcher.Trouble is { } limit) yield return new("watching", limit);
        if (appliance.Watcher.Overflows is > 0 and var overflows)
            yield return new("watching", $"The kernel lost events {overflows} times since the start, because more than {Watcher.MaxQueuedEvents} came at once; the volumes were "
                + $"walked whole instead. Type: sysctl -w fs.inotify.max_queued_events={4 * Watcher.MaxQueuedEvents}, and put that setting into /etc/sysctl.d/albumen.conf.");
        Progress progress = appliance.Scanning.Progress();
        if (progress.Trouble is { } trouble) yield return new("indexing", trouble);
        if (appliance.Verification.Trouble is { } verification) yield return new("verification", verification);
    }
}
