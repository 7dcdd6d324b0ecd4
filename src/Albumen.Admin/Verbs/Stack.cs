using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen stack</c>: says that photos belong together.</summary>
sealed class Stack : ArrangeVerb
{
    readonly Photos _photos = new();

    public Stack() : base("stack", "Stacks photos and clips: the first is shown for all in the timeline and the like; all stay in their folders. What a person stacks no rule takes apart.")
    {
        Arguments.Add(_photos.Words);
        _photos.AddOptions(this, withStacks: false);
    }

    public override IReadOnlyList<Example> Examples => [new("stack 3f9c 81aa", "They belong together, and the first is shown.")];

    protected override bool MayBeMany(ParseResult line) => _photos.MayBeMany(line);

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.StackAsync(Request(_photos.Select(new(), line, line.GetRequiredValue(_photos.Words))) with { DryRun = isDryRun }, cancellationToken);

    public static StackRequest Request(EditRequest photos) => new() { Query = photos.Query, Paths = photos.Paths, Recursive = photos.Recursive, Assets = photos.Assets };
}
