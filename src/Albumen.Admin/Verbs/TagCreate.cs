using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen tag create</c></summary>
sealed class TagCreate : ArrangeVerb
{
    readonly Argument<string> _tag = new("tag") { Description = "A tag; levels have slashes between: Animals/Dog." };

    public TagCreate() : base("create", "Makes a tag that no photo has yet.")
    {
        Arguments.Add(_tag);
    }

    public override IReadOnlyList<Example> Examples => [new("tag create Animals/Cat", "It is a folder in /Tags from now on.")];

    protected override Task<ArrangeResult> ArrangeAsync(ParseResult line, AlbumenClient daemon, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.CreateTagAsync(new() { Tag = line.GetRequiredValue(_tag), DryRun = isDryRun }, cancellationToken);
}
