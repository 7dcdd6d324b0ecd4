using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen tag remove</c></summary>
sealed class TagRemove : EditVerb
{
    readonly Argument<string> _tag = new("tag") { Description = "A tag; those below it go too." };

    public TagRemove() : base("remove", "Takes a tag off photos.")
    {
        Arguments.Add(_tag);
        Arguments.Add(Photos.Words);
    }

    protected override EditRequest Request(ParseResult line) =>
        Photos.Select(new() { Set = [$"tags-={line.GetRequiredValue(_tag)}"] }, line, line.GetRequiredValue(Photos.Words));
}
