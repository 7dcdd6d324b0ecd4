using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen tag delete</c></summary>
sealed class TagDelete : ArrangeVerb
{
    readonly Argument<string> _tag = CommonWords.Tag("tag", "A tag; levels have slashes between: Animals/Dog.");

    public TagDelete() : base("delete", "Takes a tag, and those below it, off all photos.")
    {
        Arguments.Add(_tag);
    }

    public override IReadOnlyList<Example> Examples => [new("tag delete Animals/Cat --dry-run", "What that would change.")];

    protected override bool MayBeMany(ParseResult line) => true;

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.DeleteTagAsync(new() { Tag = line.GetRequiredValue(_tag), DryRun = isDryRun }, cancellationToken);
}
