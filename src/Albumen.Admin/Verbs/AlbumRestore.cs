using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album restore</c></summary>
sealed class AlbumRestore : ArrangeVerb
{
    readonly Argument<string> _album = new("album") { Description = "Its path, such as Trips/2024, or its id.", CompletionSources = { Offer.TrashedAlbums } };

    public AlbumRestore() : base("restore", "Takes an album out of the trash.")
    {
        Arguments.Add(_album);
    }

    public override IReadOnlyList<Example> Examples => [new("album restore Trips/2024", "Out of the trash.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.RestoreAlbumAsync(new() { Album = line.GetRequiredValue(_album), DryRun = isDryRun }, cancellationToken);
}
