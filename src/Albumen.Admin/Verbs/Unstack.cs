using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen unstack</c>: says that photos belong to no other.</summary>
sealed class Unstack : ArrangeVerb
{
    readonly Photos _photos = new();
    readonly Option<bool> _whole = new("--whole") { Description = "Their whole stacks, not these photos alone." };
    readonly Option<bool> _forget = new("--forget") { Description = "Forget what was said with 'albumen stack' and 'albumen unstack': the rules decide again." };

    public Unstack() : base("unstack", "Takes photos and clips out of their stacks, so that no rule puts them back.")
    {
        Arguments.Add(_photos.Words);
        _photos.AddOptions(this, withStacks: false);
        Options.Add(_whole);
        Options.Add(_forget);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("unstack 81aa", "It belongs to no other."),
        new("unstack --whole --forget 81aa", "The rules decide again."),
    ];

    protected override bool MayBeMany(ParseResult line) => _photos.MayBeMany(line);

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.UnstackAsync(
            Stack.Request(_photos.Select(new(), line, line.GetRequiredValue(_photos.Words))) with { Whole = line.GetValue(_whole), Forget = line.GetValue(_forget), DryRun = isDryRun }, cancellationToken);
}
