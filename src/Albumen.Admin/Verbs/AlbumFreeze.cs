using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album freeze</c></summary>
sealed class AlbumFreeze : ArrangeVerb
{
    readonly Argument<string> _smart = CommonWords.Smart();
    readonly Argument<string> _title = new("title") { Description = "The album's title, in which {date}, {year} and {name} stand for today and for the smart album: 'Best of {year}'." };
    readonly Option<string?> _into = new("--into") { Description = "The album to put it into.", HelpName = "ALBUM", CompletionSources = { Offer.Albums } };

    public AlbumFreeze() : base("freeze", "Makes an album of what a smart album finds now.")
    {
        Arguments.Add(_smart);
        Arguments.Add(_title);
        Options.Add(_into);
    }

    public override IReadOnlyList<Example> Examples => [new("album freeze Best 'Best of {year}' --into Trips", "Keep what it finds today.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.FreezeAsync(new() { Smart = line.GetRequiredValue(_smart), Title = line.GetRequiredValue(_title), Parent = line.GetValue(_into), DryRun = isDryRun }, cancellationToken);
}
