using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen problems retry</c>: has the files of problems read or made again.</summary>
sealed class ProblemsRetry : Verb
{
    readonly Argument<string[]> _paths = new("path") { Description = "As 'albumen problems' shows them.", Arity = ArgumentArity.ZeroOrMore, CompletionSources = { Offer.Paths } };
    readonly Option<string?> _kind = new("--kind") { Description = "Those of this kind: undecodable, unreadable, not-converted, ...", HelpName = "KIND", CompletionSources = { Offer.ProblemKinds } };
    readonly Option<bool> _all = new("--all") { Description = "Every problem." };

    public ProblemsRetry() : base("retry", "Has the files of problems read or made again.")
    {
        Arguments.Add(_paths);
        foreach (Option option in (Option[])[_kind, _all, DryRun, Json]) Options.Add(option);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("problems retry --kind undecodable", "Those of one kind."),
        new("problems retry /Folders/photos/broken.jpg", "One file."),
        new("problems retry --all --dry-run", "How many there are to try."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.RetriedProblems];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string[] paths = line.GetRequiredValue(_paths);
        string? kind = line.GetValue(_kind);
        bool all = line.GetValue(_all), isDryRun = line.GetValue(DryRun);
        if (paths.Length == 0 && kind is null && !all) throw new UsageException("Say which problems: their paths, --kind KIND or --all.");
        if (paths.Length > 0 && all) throw new UsageException("--all has the named ones among them; give one of the two.");
        RetriedProblems retried = await daemon.RetryProblemsAsync(new(paths.Length > 0 ? paths : null, kind, all, isDryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(retried, ApiJson.Default.RetriedProblems);
        else
        {
            screen.Say($"{(isDryRun ? "Would try" : "Trying")} {Words.Count(retried.Count)} again.");
            foreach (LeftProblems left in retried.Left) screen.Error($"{Words.Count(left.Count)} left ({left.Kind}): {left.Reason}");
        }
        return retried.Left.Count == 0 ? Exit.Done : Exit.Partly;
    }
}
