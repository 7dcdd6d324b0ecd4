using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen trash</c>: puts photos and albums out of sight. Their files stay where they are.</summary>
sealed class Trash : ArrangeVerb
{
    readonly Photos _photos = new();

    public Trash() : base("trash", "Puts photos and albums into the trash. Their files stay where they are; 'albumen restore' takes them out again.")
    {
        Arguments.Add(_photos.Words);
        _photos.AddOptions(this);
        Subcommands.Add(new TrashList());
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("trash 3f9c", "Out of sight; the file stays where it is."),
        new("trash -r /Folders/photos/2019/Sylt --dry-run", "What that would be."),
    ];

    protected override bool MayBeMany(ParseResult line) => true;

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.PutIntoTrashAsync(Request(_photos.Select(new(), line, line.GetRequiredValue(_photos.Words))) with { DryRun = isDryRun }, cancellationToken);

    /// <summary>The same photos, and the albums among the paths.</summary>
    public static TrashRequest Request(EditRequest photos) => new() { Query = photos.Query, Paths = photos.Paths, Recursive = photos.Recursive, Stacks = photos.Stacks, Assets = photos.Assets };
}
