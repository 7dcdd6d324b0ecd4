using Albumen.Backups;
using Albumen.Client;

namespace Albumen.Daemon.Diagnosis;

/// <summary>How old the last backup is, and whether the next one will have room.</summary>
sealed class BackupCheck : PlainCheck
{
    public override string Name => "backups";

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        const string Now = "albumen backup now --wait";
        foreach ((string file, string what) in SetAside(patient)) yield return Warning($"{file} was found damaged at a start and set aside.", $"ls -l {Shell.Word(file)}", what);
        if (patient.Settings.Backup.Folder is { } folder && !Directory.Exists(folder))
        {
            yield return Failed($"{folder} is not there, so no backup can be made; perhaps its disk is not mounted. It must be there when albumend starts.", patient.Restart);
            yield break;
        }
        if (patient.Running?.Appliance.BackupSchedule.Trouble is { } trouble) yield return Failed(trouble, Now);
        IReadOnlyList<Backup> all = Recovery.Backups(patient.Layout, patient.Settings);
        foreach (Backup bad in all.Where(backup => backup.Fault is not null)) yield return Warning($"The backup {bad.Path} is of no use: {bad.Fault}.", $"ls -lR {Shell.Word(bad.Path)}");
        if (all.FirstOrDefault(backup => backup is { Fault: null, Manifest.Reason: not BackupReason.Migration }) is not { Manifest: { } last } newest)
        {
            yield return patient.Settings.Backup.Schedule is null ? Warning("There is no backup of accounts and catalogue, and none is made by itself (backup.schedule is off).", Now) : Note("There is no backup yet; the first is made soon after the start.", Now);
            yield break;
        }
        DateTimeOffset now = DateTimeOffset.Now;
        string age = $"The last good backup is {Age(now - last.Made)} old";
        // The one after the next that should have been: a single night may be missed.
        bool isLate = patient.Settings.Backup.Schedule is { } schedule && schedule.Next(last.Made, TimeZoneInfo.Local) is { } first && schedule.Next(first, TimeZoneInfo.Local) is { } second && second.AddHours(1) < now;
        yield return isLate ? Warning($"{age} ({newest.Path}), and one should have been made twice since.", Now)
            : patient.Settings.Backup.Schedule is null ? Note($"{age} ({newest.Path}); none is made by itself.", Now)
            : Ok($"{age} ({newest.Path}); {all.Count} in all.");
    }

    static IEnumerable<(string File, string What)> SetAside(Patient patient) => Directory.Exists(patient.Layout.StateFolder)
        ? DatabaseFile.SetAsideIn(patient.Layout.StateFolder).Select(file => (file, "set aside"))
        : [];

    static string Age(TimeSpan age) => age.TotalDays >= 2 ? $"{(int)age.TotalDays} days" : age.TotalHours >= 2 ? $"{(int)age.TotalHours} hours" : $"{Math.Max(0, (int)age.TotalMinutes)} minutes";
}
