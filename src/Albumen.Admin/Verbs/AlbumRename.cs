using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album rename</c></summary>
sealed class AlbumRename : ArrangeVerb
{
    readonly Argument<string> _album = CommonWords.Album();
    readonly Argument<string> _name = new("new") { Description = "What it is called then." };
    readonly Option<string?> _photo = new("--photo") { Description = "The photo in it that is meant, by its name there.", HelpName = "NAME" };

    public AlbumRename() : base("rename", "Gives an album another title, or a photo another name in it.")
    {
        Arguments.Add(_album);
        Arguments.Add(_name);
        Options.Add(_photo);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("album rename Trips/2024 '2024 Sylt'", "Another title."),
        new("album rename Trips/2024 first.jpg --photo IMG_0001.jpg", "Another name for a photo in it."),
    ];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        line.GetValue(_photo) is { } photo
            ? daemon.RenameInAlbumAsync(new() { Album = line.GetRequiredValue(_album), Name = photo, NewName = line.GetRequiredValue(_name), DryRun = isDryRun }, cancellationToken)
            : daemon.ChangeAlbumAsync(new() { Album = line.GetRequiredValue(_album), Title = line.GetRequiredValue(_name), DryRun = isDryRun }, cancellationToken);
}
