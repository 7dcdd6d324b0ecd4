using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen quality analyse</c>: has pictures analysed, single ones at once and many by the daemon.</summary>
sealed class QualityAnalyse : Verb
{
    readonly Photos _photos = new();
    readonly Option<bool> _all = new("--all") { Description = "Every photo." };
    readonly Option<bool> _unprocessed = new("--unprocessed") { Description = "Every photo that was not analysed." };
    readonly Option<string?> _user = new("--user") { Description = "Whose threshold counts; by default the one that is configured.", HelpName = "NAME", CompletionSources = { Offer.Users } };
    readonly Option<bool> _wait = new("--wait") { Description = "Return when all are analysed; single ones are waited for in any case." };

    public QualityAnalyse() : base("analyse", "Analyses pictures: named ones at once, those of a query, of folders or of the library as work of the daemon.")
    {
        Aliases.Add("analyze");
        Arguments.Add(_photos.Words);
        _photos.AddOptions(this, withStacks: false);
        foreach (Option option in (Option[])[_all, _unprocessed, _user, _wait, DryRun, Json]) Options.Add(option);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("quality analyse --unprocessed --wait", "Analyse what was not analysed, and wait for it."),
        new("quality analyse 3f9c", "One photo, at once."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.AnalysedPicture, ApiJson.Default.AnalyseProgress];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool all = line.GetValue(_all), unprocessed = line.GetValue(_unprocessed), asJson = line.GetValue(Json);
        if (all && unprocessed) throw new UsageException("--all has the unprocessed ones among them; give one of the two.");
        EditRequest photos = _photos.Select(new(), line, line.GetRequiredValue(_photos.Words), isAllMeant: all || unprocessed);
        AnalyseRequest request = new()
        {
            Query = photos.Query,
            Paths = photos.Paths,
            Recursive = photos.Recursive,
            Assets = photos.Assets,
            All = all,
            Unprocessed = unprocessed,
            User = line.GetValue(_user),
            Wait = line.GetValue(_wait),
            DryRun = line.GetValue(DryRun),
        };
        ProgressLine bar = new(screen);
        List<AnalysedPicture> results = [];
        AnalyseProgress? last = null;
        try
        {
            await foreach (AnalyseProgress progress in daemon.AnalyseAsync(request, cancellationToken))
            {
                last = progress;
                if (progress.Result is { } result && asJson) screen.Json(result, ApiJson.Default.AnalysedPicture);
                if (progress.Result is not null) results.Add(progress.Result);
                if (progress.State == "analysing") bar.Count("analysed", progress.Done, progress.Done + progress.Left);
            }
        }
        finally
        {
            bar.Clear();
        }
        return Report(last, results, asJson, screen);
    }

    static int Report(AnalyseProgress? last, List<AnalysedPicture> results, bool asJson, Screen screen)
    {
        switch (last?.State)
        {
            case "stalled":
                screen.Error($"Indexing has stopped for the moment: {last.Reason}");
                return Exit.Failed;
            case "queued" or "possible" or "done" when results.Count == 0:
                if (asJson) screen.Json(last, ApiJson.Default.AnalyseProgress);
                else if (last.State == "possible") screen.Line($"Would analyse {Words.Photos(last.Left)}.");
                else if (last.State == "queued") screen.Remark($"{Words.Photos(last.Left)} will be analysed; 'albumen jobs' shows what waits.");
                else if (last.State == "done") screen.Remark($"{Words.Photos(last.Done)} analysed.");
                return Exit.Done;
            case "done":
                if (!asJson)
                    screen.Table(["Id", "Sharpness", "Threshold", "Verdict", "Time", "Path"], results.Select(r => (IReadOnlyList<string>)
                    [
                        r.Asset[..12], r.Blur is { } blur ? Quality.Number(blur) : "", Quality.Number(r.Threshold), r.Verdict ?? r.Trouble ?? "",
                        string.Create(CultureInfo.InvariantCulture, $"{r.Milliseconds:0} ms"), r.Path ?? "",
                    ]), "");
                return results.Any(r => r.Trouble is not null) ? Exit.Partly : Exit.Done;
            default:
                screen.Error("The daemon stopped before all were analysed; what was queued goes on when it starts again.");
                return Exit.Failed;
        }
    }
}
