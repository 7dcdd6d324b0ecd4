using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen conflicts</c>: where somebody here and another program said different things.</summary>
sealed class Conflicts : Verb
{
    const int PageLength = 1000;

    public Conflicts() : base("conflicts", "Lists fields that were changed both here and by another program in a sidecar. What was said here counts until somebody decides.")
    {
        Options.Add(Json);
        Subcommands.Add(new ConflictsResolve());
    }

    public override IReadOnlyList<Example> Examples => [new("conflicts", "What two said differently.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Conflict];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        List<Conflict> conflicts = [];
        string? after = null;
        do
        {
            Page<Conflict> page = await daemon.ConflictsAsync(after, PageLength, cancellationToken);
            if (line.GetValue(Json))
                foreach (Conflict conflict in page.Items) screen.Json(conflict, ApiJson.Default.Conflict);
            else
                conflicts.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        if (!line.GetValue(Json))
            screen.Table(["Photo", "Field", "Both had", "Ours", "Theirs", "Sidecar", "Since"],
                conflicts.Select(c => (IReadOnlyList<string>)[c.Path ?? c.Asset[..12], c.Field, Words.Value(c.Base), Words.Value(c.Ours), Words.Value(c.Theirs), c.File, Words.Time(c.Since)]),
                "No conflicts.");
        return Exit.Done;
    }
}
