using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album add</c></summary>
sealed class AlbumAdd : ArrangeVerb
{
    readonly Argument<string> _album = CommonWords.Album();
    readonly Photos _photos = new();

    public AlbumAdd() : base("add", "Puts photos into an album; those that are in it already are skipped.")
    {
        Arguments.Add(_album);
        Arguments.Add(_photos.Words);
        _photos.AddOptions(this, withStacks: false);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("album add Trips/2024 3f9c 81aa", "Two photos."),
        new("album add Trips/2024 --query 'taken:2024 folder:Sylt'", "All that a query finds."),
    ];

    protected override bool MayBeMany(ParseResult line) => _photos.MayBeMany(line);

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken)
    {
        EditRequest meant = _photos.Select(new(), line, line.GetRequiredValue(_photos.Words));
        return daemon.AddToAlbumAsync(
            new() { Album = line.GetRequiredValue(_album), Query = meant.Query, Paths = meant.Paths, Recursive = meant.Recursive, Assets = meant.Assets, DryRun = isDryRun }, cancellationToken);
    }
}
