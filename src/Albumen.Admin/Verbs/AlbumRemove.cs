using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album remove</c></summary>
sealed class AlbumRemove : ArrangeVerb
{
    readonly Argument<string> _album = CommonWords.Album();
    readonly Photos _photos = new();
    readonly Option<string[]> _names = new("--name") { Description = "What a photo is called in the album; may be repeated.", HelpName = "NAME" };

    public AlbumRemove() : base("remove", "Takes photos out of an album. They stay in the library.")
    {
        Arguments.Add(_album);
        Arguments.Add(_photos.Words);
        Options.Add(_names);
        _photos.AddOptions(this, withStacks: false);
    }

    public override IReadOnlyList<Example> Examples => [new("album remove Trips/2024 --name IMG_0001.jpg", "By its name there.")];

    protected override bool MayBeMany(ParseResult line) => _photos.MayBeMany(line);

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken)
    {
        string[] names = line.GetValue(_names) ?? [];
        EditRequest meant = _photos.Select(new(), line, line.GetRequiredValue(_photos.Words), isAllMeant: names.Length > 0);
        return daemon.RemoveFromAlbumAsync(
            new() { Album = line.GetRequiredValue(_album), Names = names.Length == 0 ? null : names, Query = meant.Query, Paths = meant.Paths, Recursive = meant.Recursive, Assets = meant.Assets, DryRun = isDryRun }, cancellationToken);
    }
}
