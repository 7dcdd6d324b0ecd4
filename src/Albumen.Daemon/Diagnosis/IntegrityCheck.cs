using System.Data.Common;
using Albumen.Client;
using Albumen.Configuration;
using Albumen.Sql;

namespace Albumen.Daemon.Diagnosis;

/// <summary>What SQLite says of both databases: quickly, or with --deep of every page and reference.</summary>
sealed class IntegrityCheck : HealthCheck
{
    const int FaultsShown = 3;

    static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Reading the whole of a large one costs others their cache.
    readonly Remembered<List<Symptom>> _last = new(TimeSpan.FromMinutes(10), found => found.TrueForAll(symptom => symptom.State is "ok"));

    public override string Name => "databases";

    public override async IAsyncEnumerable<Symptom> LookAsync(Patient patient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Layout layout = patient.Layout;
        foreach (Symptom symptom in await _last.GetAsync(stop => Task.Run(() => new List<Symptom>
        {
            Look(Appliance.CatalogFile(layout), Appliance.DamagedCatalog, patient, "albumend rebuild", stop),
            Look(Path.Combine(layout.StateFolder, "auth.db"), Appliance.DamagedAuth, patient, $"ls -l {Shell.Word(layout.StateFolder)}", stop),
        }, stop), patient.IsDeep, cancellationToken)) yield return symptom;
    }

    Symptom Look(string file, string remedy, Patient patient, string type, CancellationToken cancellationToken)
    {
        string what = Path.GetFileName(file);
        if (!File.Exists(file)) return patient.Running is null ? Note($"{file} is not there; albumend makes it when it is started.", patient.Restart, what) : Failed($"{file} is gone while albumend runs. {remedy}", type, what);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!patient.IsDeep) end.CancelAfter(Limit);
        try
        {
            using Database database = Database.ForReading(file, remedy);
            return database.Inspect(patient.IsDeep, end.Token) switch
            {
                null => Note($"{file} is so large that it was not looked through within {Limit.TotalSeconds:0} s.", "albumen doctor --deep", what),
                [] => Ok($"{file} ({new FileInfo(file).Length / 1e6:0.0} MB) is whole{(patient.IsDeep ? ", every page and reference of it" : "")}.", what),
                var faults => Failed($"{file} is damaged: {string.Join("; ", faults.Take(FaultsShown))}. {remedy}", type, what),
            };
        }
        catch (DbException error)
        {
            return Failed($"{file} cannot be read: {error.Message} {remedy}", type, what);
        }
    }
}
