using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen tag rename</c>: a tag and those below it get another name.</summary>
sealed class TagRename : EditVerb
{
    readonly Argument<string> _old = CommonWords.Tag("old", "The tag; those below it go with it."), _new = CommonWords.Tag("new", "Its new name; where that is in use, both become one.");

    public TagRename() : base("rename", "Gives a tag another name, in the whole library or on some photos.")
    {
        Arguments.Add(_old);
        Arguments.Add(_new);
        Arguments.Add(Photos.Words);
    }

    public override IReadOnlyList<Example> Examples => [new("tag rename Dog Animals/Dog", "In the whole library.")];

    protected override EditRequest Request(ParseResult line) => Photos.Select(
        new() { RenameTags = new([line.GetRequiredValue(_old)], line.GetRequiredValue(_new)) }, line, line.GetRequiredValue(Photos.Words), isAllMeant: true);
}
