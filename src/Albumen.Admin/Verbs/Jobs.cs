using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen jobs</c>: work that waits or runs.</summary>
sealed class Jobs : Verb
{
    const int PageLength = 1000;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly Option<bool> _watch = new("--watch") { Description = "Show it again every second, until Ctrl-C or nothing is left." };
    readonly Option<bool> _failed = new("--failed") { Description = "Only what was tried in vain." };
    readonly Option<string?> _kind = new("--kind") { Description = "Only of this kind: read, take-in, sidecar or place.", HelpName = "KIND", CompletionSources = { "read", "take-in", "sidecar", "place" } };
    readonly Option<int> _limit = new("--limit") { Description = "At most so many.", DefaultValueFactory = _ => 100, HelpName = "N" };

    public Jobs() : base("jobs", "Lists work that waits or runs.")
    {
        foreach (Option option in (Option[])[_failed, _kind, _watch, _limit, Json]) Options.Add(option);
        foreach (Verb verb in (Verb[])[new JobsPause(), new JobsResume(), new JobsRetry(), new JobsPriority()]) Subcommands.Add(verb);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("jobs", "What waits or runs."),
        new("jobs --watch", "Show it again every second."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Job];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        int limit = line.GetValue(_limit);
        if (limit < 1) throw new UsageException("--limit is at least 1.");
        while (true)
        {
            Page<Job> page = await daemon.JobsAsync(line.GetValue(_kind), line.GetValue(_failed), after: null, Math.Min(limit, PageLength), cancellationToken);
            if (line.GetValue(_watch) && !line.GetValue(Json)) screen.Clear();
            if (line.GetValue(Json))
                foreach (Job job in page.Items) screen.Json(job, ApiJson.Default.Job);
            else
                Print(page, screen);
            screen.Flush();
            if (!line.GetValue(_watch) || page.Items.Count == 0) return Exit.Done;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    static string Priority(int priority) => priority switch
    {
        >= 100 => "awaited",
        > 0 => "high",
        0 => "",
        _ => "low",
    };

    static void Print(Page<Job> page, Screen screen)
    {
        screen.Table(["Id", "Kind", "Subject", "Failed tries", "Not before", "Error", "Priority"],
            page.Items.Select(j => (IReadOnlyList<string>)[$"{j.Id}", j.Kind, j.Subject, $"{j.Attempts}", Words.Time(j.NotBefore), j.Error ?? "", Priority(j.Priority)]),
            "Nothing waits.");
        if (page.Total > page.Items.Count) screen.Remark($"And {Words.Count(page.Total.Value - page.Items.Count)} more.");
    }
}
