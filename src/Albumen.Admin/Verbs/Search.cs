using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen search</c>: photos and clips by words and by fields, as the README says. What is wrong with a query the daemon says.</summary>
sealed class Search : Verb
{
    const int PageLength = 500;

    readonly Argument<string[]> _query = new("query") { Description = "Words that must all occur, and fields: 'sunset rating:>=4 tag:Animals -is:video'.", Arity = ArgumentArity.OneOrMore, CompletionSources = { Offer.QueryFields } };
    readonly Option<int> _limit = new("--limit") { Description = "At most so many.", DefaultValueFactory = _ => 100, HelpName = "N" };

    public Search() : base("search", "Finds photos and clips by words and fields.")
    {
        Arguments.Add(_query);
        Options.Add(_limit);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("search lisbon sunset", "Photos and clips with both words."),
        new("search 'rating:>=4 taken:2024 -is:video'", "By fields."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.ListedAsset];

    public override bool TakesDashes => true;

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string query = string.Join(' ', line.GetRequiredValue(_query));
        int most = line.GetValue(_limit);
        if (most < 1) throw new UsageException("--limit is at least 1.");

        List<ListedAsset> found = [];
        string? after = null;
        do
        {
            Page<ListedAsset> page = await daemon.SearchAsync(query, after, Math.Min(PageLength, most - found.Count), cancellationToken);
            found.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null && found.Count < most);

        if (line.GetValue(Json))
            foreach (ListedAsset asset in found) screen.Json(asset, ApiJson.Default.ListedAsset);
        else
            screen.Table(["Id", "Taken", "Camera", "Path"],
                found.Select(a => (IReadOnlyList<string>)[a.Id[..12], Words.Taken(a.Taken), Words.Camera(a.Camera) ?? "", a.Path ?? (a.MissingSince is { } since ? $"(missing since {Words.Minute(since)})" : "(not there now)")]),
                "Nothing found.");
        return Exit.Done;
    }
}
