using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album create</c></summary>
sealed class AlbumCreate : ArrangeVerb
{
    readonly Argument<string> _path = new("album") { Description = "Its title; in another album, with that before it: Trips/2024. Those that lack are made.", CompletionSources = { Offer.Albums } };
    readonly Option<string?> _description = new("--description") { Description = "What to say of it.", HelpName = "TEXT" }, _order = new("--order") { Description = "How it is sorted: taken (by default), added or name.", HelpName = "ORDER" };

    public AlbumCreate() : base("create", "Makes an album.")
    {
        Arguments.Add(_path);
        Options.Add(_description);
        Options.Add(_order);
    }

    public override IReadOnlyList<Example> Examples => [new("album create 'Trips/2024 Sylt'", "In the album Trips, which is made if there is none.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.CreateAlbumAsync(new() { Path = line.GetRequiredValue(_path), Description = line.GetValue(_description), Order = line.GetValue(_order), DryRun = isDryRun }, cancellationToken);
}
