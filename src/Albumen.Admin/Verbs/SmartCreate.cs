using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen smart create</c></summary>
sealed class SmartCreate : ArrangeVerb
{
    readonly Argument<string> _title = new("title") { Description = "Its title." }, _query = new("query") { Description = "In the language of 'albumen search': 'rating:>=4 taken:last-90-days'." };
    readonly Option<string?> _description = new("--description") { Description = "What to say of it.", HelpName = "TEXT" };

    public SmartCreate() : base("create", "Makes a smart album: a query under a name.")
    {
        Arguments.Add(_title);
        Arguments.Add(_query);
        Options.Add(_description);
    }

    public override IReadOnlyList<Example> Examples => [new("smart create Best 'rating:>=4 taken:last-90-days'", "A query under a name.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.CreateSmartAlbumAsync(new() { Title = line.GetRequiredValue(_title), Query = line.GetRequiredValue(_query), Description = line.GetValue(_description), DryRun = isDryRun }, cancellationToken);
}
