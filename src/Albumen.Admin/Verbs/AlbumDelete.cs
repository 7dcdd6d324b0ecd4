using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album delete</c></summary>
sealed class AlbumDelete : ArrangeVerb
{
    readonly Argument<string> _album = CommonWords.Album();

    public AlbumDelete() : base("delete", "Puts an album into the trash. The photos in it are untouched.")
    {
        Arguments.Add(_album);
    }

    public override IReadOnlyList<Example> Examples => [new("album delete Trips/2024", "Into the trash.")];

    protected override bool MayBeMany(ParseResult line) => true;

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.DeleteAlbumAsync(new() { Album = line.GetRequiredValue(_album), DryRun = isDryRun }, cancellationToken);
}
