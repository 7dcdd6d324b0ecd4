using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen duplicates</c>: what lies in several places or looks alike, and what of it a rule would keep.</summary>
sealed class Duplicates : Verb
{
    const int PageLength = 500;

    readonly Option<string?> _keep = new("--keep")
    {
        Description = "Which one to keep: oldest; best, the place a careful person would keep (default); or preferred-path, see --prefer.",
        HelpName = "RULE",
    };

    readonly Option<string[]> _prefer = new("--prefer")
    {
        Description = "A folder of the tree whose copies are kept: /Folders/photos/Albums. The first one given counts most.",
        HelpName = "PATH",
        CompletionSources = { Offer.Paths },
    };

    readonly Option<bool> _near = new("--near") { Description = "Instead, photos that look alike and are not the same bytes, around the best of each group." };

    readonly Option<int?> _distance = new("--distance")
    {
        Description = "With --near: how many of the 64 bits of their looks may differ, 0 to 7; by default 4. More finds more, and more that is something else.",
        HelpName = "N",
    };

    readonly Option<int?> _limit = new("--limit") { Description = "At most so many groups; by default 100, with --json all.", HelpName = "N" };

    public Duplicates() : base("duplicates", "Lists photos and clips that lie in several places, with a plan which to keep. Nothing is deleted.")
    {
        _keep.AcceptOnlyFromAmong("oldest", "best", "preferred-path");
        Options.Add(_keep);
        Options.Add(_prefer);
        Options.Add(_near);
        Options.Add(_distance);
        Options.Add(_limit);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("duplicates --keep oldest", "What lies in several places, with a plan."),
        new("duplicates --near --distance 3", "What looks alike."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.DuplicateGroup, ApiJson.Default.NearDuplicateGroup];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        bool asJson = line.GetValue(Json);
        string[] prefer = line.GetValue(_prefer) ?? [];
        string? keep = line.GetValue(_keep);
        if (keep is "preferred-path" && prefer.Length == 0) throw new UsageException("--keep preferred-path needs --prefer PATH.");
        if (keep is "oldest" or "best" && prefer.Length > 0) throw new UsageException($"--prefer goes with --keep preferred-path, not with {keep}.");
        int most = line.GetValue(_limit) ?? (asJson ? int.MaxValue : 100), shown = 0;
        if (most < 1) throw new UsageException("--limit is at least 1.");

        if (line.GetValue(_near))
            return keep is null && prefer.Length == 0 ? await NearAsync(line.GetValue(_distance), most, asJson, daemon, screen, cancellationToken)
                : throw new UsageException("--near keeps the best photo; --keep and --prefer are for copies.");
        if (line.GetValue(_distance) is not null) throw new UsageException("--distance goes with --near.");

        List<IReadOnlyList<string>> rows = [];
        DuplicatePlan page;
        string? after = null;
        do
        {
            page = await daemon.DuplicatesAsync(keep, prefer, after, Math.Min(PageLength, most - shown), cancellationToken);
            foreach (DuplicateGroup group in page.Items)
                if (asJson) screen.Json(group, ApiJson.Default.DuplicateGroup);
                else rows.AddRange(group.Places.Select(place => (IReadOnlyList<string>)
                    [group.Asset[..12], Plan(place), Words.Size(group.Size), place.Online ? place.Path : $"{place.Path} (offline)", place.Plan is "keep" ? group.Reason : ""]));
            shown += page.Items.Count;
            after = page.Next;
        }
        while (after is not null && shown < most);

        if (asJson) return Exit.Done;
        screen.Table(["Id", "Plan", "Size", "Path", "Why"], rows, "Every photo and clip lies in one place.");
        if (page.Total > 0)
        {
            screen.Remark($"{Words.Count(page.Total)} lie in several places ({Words.Count(shown)} shown); {Words.Size(page.Reclaimable)} would be free if one of each were kept.");
            screen.Remark($"This is a plan by the rule '{page.Keep}': nothing was deleted, and Albumen deletes nothing.");
        }
        return Exit.Done;
    }

    static async Task<int> NearAsync(int? distance, int most, bool asJson, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        List<IReadOnlyList<string>> rows = [];
        NearDuplicatePlan page;
        string? after = null;
        int shown = 0;
        do
        {
            page = await daemon.NearDuplicatesAsync(distance, after, Math.Min(PageLength, most - shown), cancellationToken);
            foreach (NearDuplicateGroup group in page.Items)
                if (asJson) screen.Json(group, ApiJson.Default.NearDuplicateGroup);
                else rows.AddRange(group.Photos.Select(photo => (IReadOnlyList<string>)
                    [photo.Asset[..12], photo.Plan is "keep" ? "keep" : "could go", Words.Size(photo.Size), $"{photo.Width} x {photo.Height}", $"{photo.Distance}", photo.Path ?? "", photo.Plan is "keep" ? Why(group) : ""]));
            shown += page.Items.Count;
            after = page.Next;
        }
        while (after is not null && shown < most);

        if (asJson) return Exit.Done;
        screen.Table(["Id", "Plan", "Size", "Pixels", "Bits", "Path", "Why"], rows, "No photos look alike.");
        if (page.Total > 0)
        {
            screen.Remark($"{Words.Count(page.Total)} groups look alike ({Words.Count(shown)} shown); {Words.Size(page.Reclaimable)} would be free if one of each were kept.");
            screen.Remark("This is a plan: look at them before 'albumen trash ID' puts one out of sight. Nothing was deleted.");
        }
        if (page.LeftOut > 0) screen.Remark($"{Words.Photos(page.LeftOut)} of one colour, black or without structure look like nothing, and were left out.");
        return Exit.Done;
    }

    static string Why(NearDuplicateGroup group) => group.Count > group.Photos.Count ? $"{group.Reason}; {Words.Count(group.Count)} in all" : group.Reason;

    static string Plan(DuplicatePlace place) => place.Plan switch
    {
        "keep" => "keep",
        "spare" => "could go",
        "hard-link" => "hard link, frees nothing",
        _ => place.Plan,
    };
}
