using Albumen.Client;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Whether every part of the daemon runs, and what holds up its work.</summary>
sealed class WorkCheck : PlainCheck
{
    public override string Name => "work";

    public override Needs Needs => Needs.Daemon;

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        (Appliance appliance, Parts parts) = (patient.Running!.Appliance, patient.Running.Parts);
        List<Symptom> found = [];
        foreach ((string name, string state) in parts.States)
            if (state == "failed") found.Add(Failed($"The part '{name}' failed.", "journalctl -u albumen -n 100"));
        if (appliance.Scanning.Progress().Trouble is { } indexing) found.Add(Failed(indexing, "journalctl -u albumen -n 100", "indexing"));
        if (appliance.Verification.Trouble is { } verification) found.Add(Warning(verification, "albumen verify --status", "verification"));
        if (appliance.InboxKeeper.Trouble is { } inbox) found.Add(Warning(inbox, "albumen status", "inbox"));
        if (appliance.CacheKeeper.State?.Warning is { } cache) found.Add(Warning(cache, patient.EditConfiguration, "cache"));
        if (appliance.Problems.Count() is > 0 and var problems) found.Add(Note($"{problems} file{(problems == 1 ? "" : "s")} should be looked at by somebody.", "albumen problems", "problems"));
        if (found.TrueForAll(symptom => symptom.State is "note")) found.Add(Ok($"All {parts.States.Count()} parts of the daemon run."));
        return found;
    }
}
