using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen date set</c>: when it was, as far as somebody knows.</summary>
sealed class DateSet : EditVerb
{
    readonly Argument<string> _date = new("date") { Description = "1978, 1978-06, 1978-06-03, 2024-07-14T15:30:12+02:00, 1970s; ~1978 is about." };

    public DateSet() : base("set", "Says when photos were taken, as precisely as it is known.")
    {
        Arguments.Add(_date);
        Arguments.Add(Photos.Words);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("date set '~1978' 3f9c", "About then."),
        new("date set 2024-07-14T15:30:12+02:00 /Folders/photos/2024/a.jpg", "To the second."),
    ];

    protected override EditRequest Request(ParseResult line) =>
        Photos.Select(new() { Set = [$"taken={line.GetRequiredValue(_date)}"] }, line, line.GetRequiredValue(Photos.Words));
}
