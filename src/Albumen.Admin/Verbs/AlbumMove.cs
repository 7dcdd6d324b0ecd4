using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album move</c></summary>
sealed class AlbumMove : ArrangeVerb
{
    readonly Argument<string> _album = CommonWords.Album();
    readonly Argument<string> _parent = new("into") { Description = "The other one; / is the top.", CompletionSources = { Offer.Albums } };

    public AlbumMove() : base("move", "Puts an album into another one.")
    {
        Arguments.Add(_album);
        Arguments.Add(_parent);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("album move 2024 Trips", "Into the album Trips."),
        new("album move Trips/2024 /", "To the top."),
    ];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.ChangeAlbumAsync(new() { Album = line.GetRequiredValue(_album), Parent = line.GetRequiredValue(_parent), DryRun = isDryRun }, cancellationToken);
}
