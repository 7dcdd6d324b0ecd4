using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen tag remove</c></summary>
sealed class TagRemove : EditVerb
{
    readonly Argument<string> _tag = CommonWords.Tag("tag", "A tag; those below it go too.");

    public TagRemove() : base("remove", "Takes a tag off photos.")
    {
        Arguments.Add(_tag);
        Arguments.Add(Photos.Words);
    }

    public override IReadOnlyList<Example> Examples => [new("tag remove Animals/Dog 3f9c", "One photo.")];

    protected override EditRequest Request(ParseResult line) =>
        Photos.Select(new() { Set = [$"tags-={line.GetRequiredValue(_tag)}"] }, line, line.GetRequiredValue(Photos.Words));
}
