using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen doctor</c>: what stands in the daemon's way, and what to type.</summary>
sealed class Doctor : Verb
{
    public Doctor() : base("doctor", "Says what stands in the daemon's way, and what to do; and of what this machine makes pictures.") => Options.Add(Json);

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        IReadOnlyList<Symptom> symptoms = await daemon.DoctorAsync(cancellationToken);
        IReadOnlyList<Format> formats = await daemon.FormatsAsync(cancellationToken);
        if (line.GetValue(Json))
        {
            foreach (Symptom symptom in symptoms) screen.Json(symptom, ApiJson.Default.Symptom);
            foreach (Format format in formats) screen.Json(format, ApiJson.Default.Format);
        }
        else
        {
            screen.Table(["What", "Finding"], symptoms.Select(s => (IReadOnlyList<string>)[s.What, s.Finding]), "All is well.");
            screen.Line();
            screen.Table(["Format", "Decoded by", ""], formats.Select(f => (IReadOnlyList<string>)[f.Name, f.Decoder ?? "nobody", f.Remedy ?? ""]), "");
        }
        return symptoms.Count == 0 ? Exit.Done : Exit.Partly;
    }
}
