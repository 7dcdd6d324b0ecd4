using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen album describe</c></summary>
sealed class AlbumDescribe : ArrangeVerb
{
    readonly Argument<string> _album = CommonWords.Album();
    readonly Argument<string> _text = new("text") { Description = "What to say; '' for nothing." };

    public AlbumDescribe() : base("describe", "Says something of an album.")
    {
        Arguments.Add(_album);
        Arguments.Add(_text);
    }

    public override IReadOnlyList<Example> Examples => [new("album describe Trips/2024 'Two weeks by the sea'", "Say something of it.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.ChangeAlbumAsync(new() { Album = line.GetRequiredValue(_album), Description = line.GetRequiredValue(_text), DryRun = isDryRun }, cancellationToken);
}
