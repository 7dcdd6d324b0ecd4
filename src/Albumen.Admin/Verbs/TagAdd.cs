using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen tag add</c></summary>
sealed class TagAdd : EditVerb
{
    readonly Argument<string> _tag = CommonWords.Tag("tag", "A tag; levels have slashes between: Animals/Dog.");

    public TagAdd() : base("add", "Gives photos a tag.")
    {
        Arguments.Add(_tag);
        Arguments.Add(Photos.Words);
    }

    public override IReadOnlyList<Example> Examples => [new("tag add Animals/Dog 3f9c 81aa", "Two photos.")];

    protected override EditRequest Request(ParseResult line) =>
        Photos.Select(new() { Set = [$"tags+={line.GetRequiredValue(_tag)}"] }, line, line.GetRequiredValue(Photos.Words));
}
