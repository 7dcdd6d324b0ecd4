using Albumen.Client;
using Albumen.Storage;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Whether the kernel tells of changes in every folder, and would go on to when there are more.</summary>
sealed class WatchCheck : PlainCheck
{
    const double Full = 0.8;

    public override string Name => "watching";

    public override Needs Needs => Needs.Daemon;

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        Watcher watcher = patient.Running!.Appliance.Watcher;
        if (!patient.Settings.Scan.Watch)
        {
            yield return Ok("scan.watch is off: changes are found by the regular scans.");
            yield break;
        }
        int watches = watcher.Watches;
        if (watcher.Lack is { } lack) yield return Warning($"{lack}.", Set(lack.Setting, lack.Enough));
        else if (Watcher.MaxUserWatches is { } most && watches > Full * most)
            yield return Note($"{watches} folders are watched, and the limit fs.inotify.max_user_watches is {most}.", Set("fs.inotify.max_user_watches", 4 * most));
        else
            yield return Ok($"{(watches == 1 ? "1 folder is" : $"{watches} folders are")} watched{(Watcher.MaxUserWatches is { } limit ? $"; the limit is {limit}" : "")}.");
        if (watcher.Overflows is > 0 and var overflows)
            yield return Warning($"The kernel lost events {overflows} times since the start, because more than {Watcher.MaxQueuedEvents} came at once; the volumes were walked whole instead.",
                Set("fs.inotify.max_queued_events", 4 * (Watcher.MaxQueuedEvents ?? 16_384)));
    }

    /// <summary>Now and after the next start of the machine.</summary>
    static string Set(string setting, long value) => $"echo {setting}={value} | sudo tee -a /etc/sysctl.d/albumen.conf; sudo sysctl --system";
}
