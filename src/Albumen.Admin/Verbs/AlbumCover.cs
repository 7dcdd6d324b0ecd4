using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album cover</c></summary>
sealed class AlbumCover : ArrangeVerb
{
    readonly Argument<string> _album = CommonWords.Album();
    readonly Argument<string> _photo = new("path-or-id") { Description = "A path in the tree or the beginning of an id; '' for none.", CompletionSources = { Offer.Paths } };

    public AlbumCover() : base("cover", "Chooses the photo that stands for an album.")
    {
        Arguments.Add(_album);
        Arguments.Add(_photo);
    }

    public override IReadOnlyList<Example> Examples => [new("album cover Trips/2024 3f9c", "That photo stands for it.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.ChangeAlbumAsync(new() { Album = line.GetRequiredValue(_album), Cover = line.GetRequiredValue(_photo), DryRun = isDryRun }, cancellationToken);
}
