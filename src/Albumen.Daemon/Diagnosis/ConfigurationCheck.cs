using Albumen.Client;
using Albumen.Configuration;

namespace Albumen.Daemon.Diagnosis;

/// <summary>The configuration as it stands on the disk now: whether it could be started with, and whether it is what runs.</summary>
sealed class ConfigurationCheck : PlainCheck
{
    const int ChangesShown = 3;

    public override string Name => "configuration";

    public override Needs Needs => Needs.Nothing;

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        Settings? read = null;
        IReadOnlyList<ConfigurationError> errors = [];
        try
        {
            read = ConfigurationReader.Read(patient.Layout);
        }
        catch (ConfigurationException error)
        {
            errors = error.Errors;
        }
        foreach (ConfigurationError error in errors)
            yield return Failed(patient.Running is null ? $"{error}" : $"{error} (albumend runs with what stood there at its start, and could not be started again.)", Edit(error.File));
        if (read is null) yield break;

        foreach (ConfigurationError finding in read.Findings) yield return Warning($"{finding}", Edit(finding.File));
        IReadOnlyList<KeyChange> changes = patient.Running is null ? [] : KeyChange.Between(patient.Settings.Keys, read.Keys);
        if (changes.Count > 0)
            yield return Warning($"{patient.Layout.ConfigurationFile} says what does not run yet: {string.Join(", ", changes.Take(ChangesShown).Select(Show))}"
                + $"{(changes.Count > ChangesShown ? $" and {changes.Count - ChangesShown} more (albumen config check shows all)" : "")}.", patient.Restart);
        else if (read.Findings.Count == 0)
            yield return Ok($"{patient.Layout.ConfigurationFile} is fine{(patient.Running is null ? "" : ", and is what runs")}: {read.Volumes.Count} volume{(read.Volumes.Count == 1 ? "" : "s")}.");
    }

    static string Show(KeyChange change) => $"{change.Key} {change.Before ?? "(not set)"} -> {change.After ?? "(not set)"}";

    static string Edit(string file) => $"sudoedit {Shell.Word(file)}";
}
