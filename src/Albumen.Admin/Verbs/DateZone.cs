using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen date zone</c>: in which zone the clock of the camera was.</summary>
sealed class DateZone : EditVerb
{
    readonly Argument<string> _zone = new("zone") { Description = "Where the clock was right: Europe/Berlin." };

    public DateZone() : base("zone", "Says in which zone the clock of the camera was; the time of day stays.")
    {
        Arguments.Add(_zone);
        Arguments.Add(Photos.Words);
    }

    public override IReadOnlyList<Example> Examples => [new("date zone Europe/Lisbon --query 'folder:Lisbon'", "The camera's clock was there.")];

    protected override EditRequest Request(ParseResult line) =>
        Photos.Select(new() { Zone = line.GetRequiredValue(_zone) }, line, line.GetRequiredValue(Photos.Words));
}
