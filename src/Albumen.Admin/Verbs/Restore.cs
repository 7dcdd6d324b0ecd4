using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen restore</c></summary>
sealed class Restore : ArrangeVerb
{
    readonly Photos _photos = new();
    readonly Option<bool> _all = new("--all") { Description = "Everything in the trash, photos and albums." };

    public Restore() : base("restore", "Takes photos and albums out of the trash; they are back in all their albums and tags.")
    {
        Arguments.Add(_photos.Words);
        _photos.AddOptions(this);
        Options.Add(_all);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("restore 3f9c", "Take one out of the trash again."),
        new("restore --all", "Everything."),
    ];

    protected override bool MayBeMany(ParseResult line) => line.GetValue(_all) || _photos.MayBeMany(line);

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken)
    {
        bool all = line.GetValue(_all);
        TrashRequest request = Trash.Request(_photos.Select(new(), line, line.GetRequiredValue(_photos.Words), isAllMeant: all));
        if (all && request is not { Query: null, Paths: [], Assets: [] }) throw new UsageException("Either --all, or which photos.");
        return daemon.RestoreAsync(request with { All = all, DryRun = isDryRun }, cancellationToken);
    }
}
