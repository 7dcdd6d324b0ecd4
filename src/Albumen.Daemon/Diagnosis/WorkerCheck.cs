using System.Diagnostics;
using System.Text.Json;
using Albumen.Client;
using Albumen.Derivatives;
using Albumen.Processing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Whether a worker starts, and what libvips in it can decode.</summary>
sealed class WorkerCheck : HealthCheck
{
    readonly Remembered<List<Symptom>> _last = new(TimeSpan.FromMinutes(10), found => found.TrueForAll(symptom => symptom.State is "ok"));

    public override string Name => "workers";

    public override async IAsyncEnumerable<Symptom> LookAsync(Patient patient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Before the first start there is nothing a worker could be restricted to.
        if (!Directory.Exists(patient.Layout.CacheFolder)) yield return Note($"Workers start when {patient.Layout.CacheFolder} is there.", patient.Restart);
        else
            foreach (Symptom symptom in await _last.GetAsync(stop => StartAsync(patient, stop), patient.IsDeep, cancellationToken)) yield return symptom;
    }

    async Task<List<Symptom>> StartAsync(Patient patient, CancellationToken cancellationToken)
    {
        using WorkerPool workers = new(Appliance.WorkerCommand(patient.Layout, patient.Settings), patient.Settings.Workers with { Count = 1 }, NullLogger<WorkerPool>.Instance);
        long started = Stopwatch.GetTimestamp();
        Greeting greeting;
        try
        {
            greeting = JsonSerializer.Deserialize(await workers.ProbeAsync(cancellationToken), VisitJson.Default.Greeting)!;
        }
        catch (WorkersUnavailableException error)
        {
            return [Failed($"No worker can be started, so nothing new is shown: {error.Message}", "sudo apt-get install --reinstall libvips42")];
        }
        List<Symptom> found = [Ok($"One starts in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms, with {greeting.Decoders}.")];
        if (greeting.Refused is { } refused) found.Add(Note($"Workers cannot give way to other programs as configured: {refused}", patient.EditConfiguration, "manners"));
        List<string> readable = [];
        foreach (ReadableFormat format in greeting.Formats)
            if (format.Decoder is not null) readable.Add(format.Format);
            // What was left off on purpose is no finding.
            else if (ReadableFormat.OptionalMime(format.Format) is null || IsOn(patient, format.Format))
                found.Add(Warning($"No pictures are made of {format.Format}. {format.Remedy}", Install(format.Remedy), "formats"));
        found.Add(Ok($"Pictures are made of {string.Join(", ", readable)}.", "formats"));
        return found;
    }

    static bool IsOn(Patient patient, string format) => format is "SVG" ? patient.Settings.Derivatives.Svg : patient.Settings.Derivatives.Pdf;

    static string Install(string? remedy) => remedy is not null && remedy.StartsWith("apt-get", StringComparison.Ordinal) ? $"sudo {remedy.Split(',')[0]}" : "apt-cache policy libvips42 libheif1";
}
