using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen jobs retry</c>: tries at once what failed or is put off.</summary>
sealed class JobsRetry : Verb
{
    readonly Argument<long[]> _ids = new("id") { Description = "As 'albumen jobs' shows them.", Arity = ArgumentArity.ZeroOrMore };
    readonly Option<bool> _all = new("--all") { Description = "Every job that failed or is put off." };
    readonly Option<string?> _kind = new("--kind") { Description = "Those of this kind: read, take-in, sidecar or place.", HelpName = "KIND", CompletionSources = { "read", "take-in", "sidecar", "place" } };

    public JobsRetry() : base("retry", "Tries jobs at once that failed or are put off.")
    {
        Arguments.Add(_ids);
        foreach (Option option in (Option[])[_all, _kind, DryRun, Json]) Options.Add(option);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("jobs retry --all", "Everything that failed or is put off."),
        new("jobs retry 12 13", "Two of them, as 'albumen jobs' numbers them."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.RetriedJobs];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        long[] ids = line.GetRequiredValue(_ids);
        string? kind = line.GetValue(_kind);
        bool all = line.GetValue(_all), isDryRun = line.GetValue(DryRun);
        if (ids.Length == 0 && kind is null && !all) throw new UsageException("Say which jobs: their ids, --kind KIND or --all.");
        if (ids.Length > 0 && all) throw new UsageException("--all has the named ones among them; give one of the two.");
        RetriedJobs retried = await daemon.RetryJobsAsync(new(ids.Length > 0 ? ids : null, kind, all, isDryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(retried, ApiJson.Default.RetriedJobs);
        else
        {
            screen.Say($"{(isDryRun ? "Would try" : "Trying")} {Words.Count(retried.Count)} again{(retried.Count == 0 ? "; the others may run already" : "")}.");
            if (retried.Away > 0) screen.Say($"{Words.Count(retried.Away)} more wait for volumes that are away, and run when those are back.");
        }
        return Exit.Done;
    }
}
