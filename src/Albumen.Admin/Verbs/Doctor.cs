using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen doctor</c>: how everything is that the archive needs, and what to type where it is not well. It works without the daemon, too.</summary>
sealed class Doctor : Verb
{
    const int Indent = 11;

    // The worst first.
    static readonly string[] States = ["failed", "warning", "note", "ok"];

    readonly Option<bool> _deep = new("--deep") { Description = "Also read every page of the databases, which takes long. 'albumend check --deep' holds all there is against itself." };

    public Doctor() : base("doctor", "Looks at everything the archive needs, and says what to type where it is not well. "
        + "Exits with 0 when all is ok or worth a note, 3 when there are warnings, 1 when something failed, 4 when the daemon cannot be reached; then it looks from outside.")
    {
        Options.Add(_deep);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("doctor", "What is not well, and what to type."), new("doctor --quiet", "Only what is not ok."), new("doctor --deep", "Also read the databases to their end.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Symptom];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool isDeep = line.GetValue(_deep), isReached = true;
        List<Symptom> symptoms = [];
        try
        {
            long started = Stopwatch.GetTimestamp();
            Client.Status status = await daemon.StatusAsync(cancellationToken);
            symptoms.Add(Reached(line, status, Stopwatch.GetElapsedTime(started)));
            symptoms.AddRange(await daemon.DoctorAsync(isDeep, cancellationToken));
        }
        catch (DaemonUnreachableException error)
        {
            isReached = false;
            symptoms.AddRange(await Outside.LookAsync(line, error, isDeep, cancellationToken));
        }
        Show(symptoms.Where(symptom => !line.GetValue(Quiet) || symptom.State != "ok"), line.GetValue(Json), screen);
        return !isReached ? Exit.Unreachable : symptoms.Exists(s => s.State is "failed") ? Exit.Failed : symptoms.Exists(s => s.State is "warning") ? Exit.Partly : Exit.Done;
    }

    static Symptom Reached(ParseResult line, Client.Status status, TimeSpan took)
    {
        string where = Door.Remote(line) ?? "its socket", own = typeof(Doctor).Assembly.GetName().Version!.ToString(3);
        return status.Version == own
            ? new("albumend", $"Version {status.Version} answers at {where} in {took.TotalMilliseconds:0} ms.", "ok", null, "doors")
            : new("albumend", $"Version {status.Version} answers at {where}, and this command line is {own}.", "warning", "sudo systemctl restart albumen", "doors");
    }

    static void Show(IEnumerable<Symptom> symptoms, bool asJson, Screen screen)
    {
        if (asJson)
        {
            foreach (Symptom symptom in symptoms) screen.Json(symptom, ApiJson.Default.Symptom);
            return;
        }
        if (!screen.IsTerminal)
        {
            screen.Table([], symptoms.Select(s => (IReadOnlyList<string>)[s.State, s.Group, s.What, s.Finding, s.Type ?? ""]), "");
            return;
        }
        // Groups with what is worst in them first, and in a group the worst.
        bool isFirst = true;
        foreach (var group in symptoms.GroupBy(s => s.Group).OrderBy(group => group.Min(Rank)))
        {
            if (!isFirst) screen.Line();
            isFirst = false;
            screen.Line(Printable.Show(Capital(group.Key)));
            foreach (Symptom symptom in group.OrderBy(Rank))
            {
                foreach ((int i, string part) in TextWidth.Wrap(Printable.Show($"{symptom.What}: {symptom.Finding}"), Screen.Width - Indent).Index())
                    screen.Line($"  {(i == 0 ? symptom.State : ""),-7}  {part}");
                // Whole, however long it is: somebody will copy it.
                if (symptom.Type is { } type) screen.Line($"{"",Indent}Type: {Printable.Show(type)}");
            }
        }
        if (isFirst) screen.Line("All is well.");
    }

    static int Rank(Symptom symptom) => Array.IndexOf(States, symptom.State);

    static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
