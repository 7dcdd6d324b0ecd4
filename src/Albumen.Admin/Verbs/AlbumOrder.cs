using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album order</c></summary>
sealed class AlbumOrder : ArrangeVerb
{
    readonly Argument<string> _album = CommonWords.Album();
    readonly Argument<string> _order = new("order") { Description = "taken, added or name." };

    public AlbumOrder() : base("order", "Says how an album is sorted.")
    {
        Arguments.Add(_album);
        Arguments.Add(_order);
        _order.AcceptOnlyFromAmong("taken", "added", "name");
    }

    public override IReadOnlyList<Example> Examples => [new("album order Trips/2024 taken", "By the time they were taken.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.ChangeAlbumAsync(new() { Album = line.GetRequiredValue(_album), Order = line.GetRequiredValue(_order), DryRun = isDryRun }, cancellationToken);
}
