using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen smart change</c></summary>
sealed class SmartChange : ArrangeVerb
{
    readonly Argument<string> _smart = CommonWords.Smart();
    readonly Option<string?> _title = new("--title") { Description = "Its title then.", HelpName = "TITLE" }, _query = new("--query") { Description = "What it finds then.", HelpName = "QUERY" };
    readonly Option<string?> _description = new("--description") { Description = "What to say of it; '' for nothing.", HelpName = "TEXT" };

    public SmartChange() : base("change", "Gives a smart album another title, query or description.")
    {
        Arguments.Add(_smart);
        Options.Add(_title);
        Options.Add(_query);
        Options.Add(_description);
    }

    public override IReadOnlyList<Example> Examples => [new("smart change Best --query 'rating:5'", "Another query.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.ChangeSmartAlbumAsync(
            new() { Smart = line.GetRequiredValue(_smart), Title = line.GetValue(_title), Query = line.GetValue(_query), Description = line.GetValue(_description), DryRun = isDryRun }, cancellationToken);
}
