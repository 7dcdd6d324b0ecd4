using Albumen.Backups;
using Albumen.Catalog;
using Albumen.Client;
using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Storage;

namespace Albumen.Daemon;

/// <summary>Has what problems are about tried again: each kind in its way, those that no try can mend left with the reason.</summary>
sealed class ProblemRetries(Appliance appliance, Parts parts)
{
    const int PerTransaction = 1000;

    /// <summary>What trying again does for a kind, or what a person must do instead.</summary>
    public static (string? Retry, string? Otherwise) RemedyOf(string kind) => kind switch
    {
        _ when IsOfReading(kind) => ("The file is read again.", null),
        Maker.Problem => ("It is made again.", null),
        "sidecar" => ("The sidecar is written again.", null),
        "unreadable-folder" => ("Its volume is scanned.", null),
        "not-taken-in" => ("The inbox is looked through again.", null),
        "nameless" => ("The file is looked for again.", null),
        Rot.Kind => (null, "Put a good copy in its place, or take it as it is: albumen verify --accept PATH."),
        "sidecar-kept" => (null, "Take from it what is missing in the other sidecar, and remove it."),
        BackupSchedule.Problem => (null, "Its message says what to do; then: albumen backup now."),
        Recovery.Problem => (null, "Remove the damaged file when nobody wants to look into it any more; the next start takes it off the list."),
        "suspect-volume" => (null, "Say whether the volume is right as it is: albumen volume confirm NAME, or albumen volume reject NAME."),
        _ => (null, "Its message says what to do."),
    };

    static bool IsOfReading(string kind) => kind is "undecodable" or "doubtful" or "not-media" or "metadata" or Catalog.Problems.Unreadable;

    /// <param name="at">Volumes and paths; null is all.</param>
    public async Task<RetriedProblems> RetryAsync(string? kind, IReadOnlyCollection<(string Volume, string Path)>? at, bool isDryRun, CancellationToken cancellationToken)
    {
        long count = 0, after = 0;
        Dictionary<(string Kind, string Reason), long> left = [];
        HashSet<Volume> toScan = [];
        while (appliance.Problems.Places(kind, at, after, PerTransaction) is { Count: > 0 } page)
        {
            after = page[^1].Id;
            IReadOnlySet<string> written = appliance.Jobs.Standing(Journal.WriteJob, page.Where(p => p is { Kind: "sidecar", Asset: not null }).Select(p => p.Asset!));
            List<ProblemPlace> chosen = [];
            foreach (ProblemPlace problem in page)
                if (WhyNot(problem, written) is { } reason) left[(problem.Kind, reason)] = left.GetValueOrDefault((problem.Kind, reason)) + 1;
                else chosen.Add(problem);
            count += chosen.Count;
            if (!isDryRun) await TryAgainAsync(chosen, toScan, cancellationToken);
        }
        if (!isDryRun && count > 0) Wake(toScan);
        return new(count, [.. left.OrderBy(l => l.Key).Select(l => new LeftProblems(l.Key.Kind, l.Value, l.Key.Reason))]);
    }

    string? WhyNot(ProblemPlace problem, IReadOnlySet<string> written)
    {
        if (RemedyOf(problem.Kind).Otherwise is { } otherwise) return otherwise;
        switch (problem.Kind)
        {
            case "not-taken-in" or "nameless":
                return null;
            case "sidecar":
                return problem.Asset is { } asset && written.Contains(asset) ? null : "Nothing waits to be written into it; the next scan reads it again.";
            case Maker.Problem when problem.Content is null:
                return "Its file is not there any more; the next scan notes that.";
        }
        return appliance.Volumes.Find(problem.Volume) is not { } volume ? $"The volume '{problem.Volume}' is not configured."
            : appliance.Volumes.IsAway(volume) ? $"The volume '{problem.Volume}' is away; it is tried again when that is back and scanned."
            : problem is { Kind: not "unreadable-folder", FolderId: null } ? "Its file is not there any more; the next scan notes that."
            : null;
    }

    async Task TryAgainAsync(IReadOnlyList<ProblemPlace> problems, HashSet<Volume> toScan, CancellationToken cancellationToken)
    {
        ProblemPlace[] reads = [.. problems.Where(p => IsOfReading(p.Kind))], sidecars = [.. problems.Where(p => p.Kind is "sidecar")];
        if (reads.Length + sidecars.Length > 0)
            await appliance.Catalog.WriteAsync(connection =>
            {
                // Decoded anew, whatever lies in the cache.
                DerivativeStore.Outdate(connection, reads.Where(p => p.Kind is "undecodable" or "doubtful").Select(p => p.Content).OfType<long>());
                foreach (ProblemPlace problem in reads)
                    JobQueue.Add(connection, LocationIndex.ReadJob, LocationIndex.Subject(problem.FolderId!.Value, problem.Name), priority: JobQueue.High);
                JobQueue.Revive(connection, Journal.WriteJob, sidecars.Select(p => p.Asset!));
            }, cancellationToken);
        if (problems.Where(p => p.Kind is Maker.Problem).Select(p => p.Content!.Value).Distinct().ToArray() is { Length: > 0 } contents) await appliance.Maker.RetryAsync(contents, cancellationToken);
        foreach (ProblemPlace folder in problems.Where(p => p.Kind is "unreadable-folder")) toScan.Add(appliance.Volumes.Find(folder.Volume)!);
        if (problems.Any(p => p.Kind is "not-taken-in")) appliance.InboxKeeper.TryAgain();
        if (problems.Any(p => p.Kind is "nameless")) appliance.Purge.Wake();
    }

    void Wake(HashSet<Volume> toScan)
    {
        // Who asks wants it now; but what was paused was paused on purpose.
        appliance.Courtesy.LiftQuiet();
        appliance.Indexer.LookAgain();
        appliance.Maker.Wake();
        appliance.Sidecars.Wake();
        if (toScan.Count > 0) _ = Task.Run(() => appliance.Scanning.ScanAsync([.. toScan], parts.Stopping), parts.Stopping);
    }
}
