using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen date shift</c>: the clock of the camera was wrong.</summary>
sealed class DateShift : EditVerb
{
    readonly Argument<string> _by = new("by") { Description = "How far: +1h, -30m, -1d2h30m." };

    public DateShift() : base("shift", "Moves capture times, for a camera whose clock was wrong.")
    {
        Arguments.Add(_by);
        Arguments.Add(Photos.Words);
    }

    public override IReadOnlyList<Example> Examples => [new("date shift -1h -r /Folders/photos/2019/Sylt", "The camera's clock was an hour ahead.")];

    public override bool TakesDashes => true;

    protected override EditRequest Request(ParseResult line) =>
        Photos.Select(new() { Shift = line.GetRequiredValue(_by) }, line, line.GetRequiredValue(Photos.Words));
}
