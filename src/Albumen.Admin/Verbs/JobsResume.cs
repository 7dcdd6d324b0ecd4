using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen jobs resume</c>: it goes on.</summary>
sealed class JobsResume : Verb
{
    public JobsResume() : base("resume", "Lets go on what was paused.")
    {
        Options.Add(DryRun);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("jobs resume", "Let it go on.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.WorkState];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool isPaused = (await daemon.StatusAsync(cancellationToken)).Work is { Paused: true }, isDryRun = line.GetValue(DryRun);
        WorkState state = isDryRun ? new(Paused: false) : await daemon.ResumeAsync(cancellationToken);
        if (line.GetValue(Json)) screen.Json(state, ApiJson.Default.WorkState);
        else screen.Say(!isPaused ? "Nothing was paused." : isDryRun ? "Would go on with what is paused." : "What was paused goes on.");
        return Exit.Done;
    }
}
