using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen smart delete</c></summary>
sealed class SmartDelete : ArrangeVerb
{
    readonly Argument<string> _smart = CommonWords.Smart();

    public SmartDelete() : base("delete", "Deletes a smart album. What it found is untouched.")
    {
        Arguments.Add(_smart);
    }

    public override IReadOnlyList<Example> Examples => [new("smart delete Best", "What it found is untouched.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.DeleteSmartAlbumAsync(new() { Smart = line.GetRequiredValue(_smart), DryRun = isDryRun }, cancellationToken);
}
