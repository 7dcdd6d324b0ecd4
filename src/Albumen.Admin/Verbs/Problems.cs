using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen problems</c>: what a person should look at.</summary>
sealed class Problems : Verb
{
    const int PageLength = 1000;

    readonly Option<string?> _kind = new("--kind") { Description = "Only of this kind: undecodable, unreadable, rotted, ...", HelpName = "KIND" };

    public Problems() : base("problems", "Lists what somebody should look at.")
    {
        Options.Add(_kind);
        Options.Add(Json);
        Subcommands.Add(new ProblemsRetry());
    }

    public override IReadOnlyList<Example> Examples => [new("problems", "What somebody should look at.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Problem];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        List<Problem> problems = [];
        string? after = null;
        do
        {
            Page<Problem> page = await daemon.ProblemsAsync(line.GetValue(_kind), after, PageLength, cancellationToken);
            if (line.GetValue(Json))
                foreach (Problem problem in page.Items) screen.Json(problem, ApiJson.Default.Problem);
            else
                problems.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        if (!line.GetValue(Json))
            screen.Table(["Path", "Kind", "Message", "Since"],
                problems.Select(p => (IReadOnlyList<string>)[p.Path, p.Kind, p.Message, Words.Time(p.FirstSeen)]),
                "No problems.");
        return Exit.Done;
    }
}
