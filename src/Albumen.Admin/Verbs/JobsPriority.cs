using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen jobs priority</c>: what is done before or after the rest.</summary>
sealed class JobsPriority : Verb
{
    readonly Argument<string> _priority = new("priority") { Description = "low, normal or high. What somebody waits for stays ahead of all." };
    readonly Argument<long[]> _ids = new("id") { Description = "As 'albumen jobs' shows them.", Arity = ArgumentArity.OneOrMore };

    public JobsPriority() : base("priority", "Has jobs done before or after the others of their kind.")
    {
        _priority.AcceptOnlyFromAmong("low", "normal", "high");
        Arguments.Add(_priority);
        Arguments.Add(_ids);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("jobs priority high 12", "Before the others of its kind.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.PrioritisedJobs];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string priority = line.GetRequiredValue(_priority);
        long[] ids = line.GetRequiredValue(_ids);
        bool isDryRun = line.GetValue(DryRun);
        PrioritisedJobs changed = isDryRun ? new(ids.Length) : await daemon.PrioritiseJobsAsync(new(ids, priority), cancellationToken);
        if (line.GetValue(Json)) screen.Json(changed, ApiJson.Default.PrioritisedJobs);
        else if (changed.Count < ids.Length) screen.Error($"{Words.Count(ids.Length - changed.Count)} of them are done already, or somebody waits for them.");
        else screen.Say($"{Words.Count(ids.Length)} {(ids.Length == 1 ? "job" : "jobs")} {(isDryRun ? "would have" : "now with")} the priority {priority}.");
        return changed.Count == ids.Length ? Exit.Done : Exit.Partly;
    }
}
