using System.Text.Json;
using Albumen.Client;
using Albumen.Configuration;

namespace Albumen.Daemon.Diagnosis;

/// <summary><c>albumend doctor</c>: what can be said of a daemon that does not run. <c>albumen doctor</c> asks it when nobody answers.</summary>
static class DoctorProgram
{
    /// <returns>0 when nothing failed, else 1.</returns>
    public static async Task<int> RunAsync(Layout layout, bool isDeep, bool asJson)
    {
        Settings? settings = null;
        try
        {
            settings = ConfigurationReader.Read(layout);
        }
        catch (ConfigurationException)
        {
            // It is the first finding.
        }
        using Doctor doctor = new();
        IReadOnlyList<Symptom> symptoms = await doctor.LookAsync(new(layout, settings ?? new(), isDeep, Running: null), settings is not null, CancellationToken.None);
        foreach (Symptom symptom in symptoms)
            Console.WriteLine(asJson ? JsonSerializer.Serialize(symptom, ApiJson.Default.Symptom)
                : $"{symptom.State}: {symptom.What}: {symptom.Finding}{(symptom.Type is null ? "" : $" Type: {symptom.Type}")}");
        return symptoms.Any(symptom => symptom.State is "failed") ? 1 : 0;
    }
}
