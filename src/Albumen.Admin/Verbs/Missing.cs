using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen missing</c>: photos and clips of which no copy is left.</summary>
sealed class Missing : Verb
{
    const int PageLength = 500;

    readonly Option<int?> _limit = new("--limit") { Description = "At most so many; by default 100, with --json all.", HelpName = "N" };

    public Missing() : base("missing", "Lists photos and clips of which no copy is left, those that vanished last first. Nothing of them is forgotten.")
    {
        Options.Add(_limit);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("missing", "What vanished last."),
        new("missing --limit 10", "The last ten."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.MissingAsset];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool asJson = line.GetValue(Json);
        int most = line.GetValue(_limit) ?? (asJson ? int.MaxValue : 100), shown = 0;
        if (most < 1) throw new UsageException("--limit is at least 1.");

        List<IReadOnlyList<string>> rows = [];
        long total = 0;
        string? after = null;
        do
        {
            Page<MissingAsset> page = await daemon.MissingAsync(after, Math.Min(PageLength, most - shown), cancellationToken);
            foreach (MissingAsset asset in page.Items)
                if (asJson) screen.Json(asset, ApiJson.Default.MissingAsset);
                else rows.Add([Words.Time(asset.MissingSince), asset.Id[..12], Words.Taken(asset.Taken), asset.Volume, asset.LastPath]);
            shown += page.Items.Count;
            total = page.Total ?? total;
            after = page.Next;
        }
        while (after is not null && shown < most);

        if (asJson) return Exit.Done;
        screen.Table(["Missing since", "Id", "Taken", "Volume", "Last place"], rows, "No photo or clip is missing.");
        if (total > shown) screen.Remark($"And {Words.Count(total - shown)} more; --limit shows more.");
        return Exit.Done;
    }
}
