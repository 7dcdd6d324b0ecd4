using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen app-password create</c>: a password for one device or program, so that it can be taken away without the others.</summary>
sealed class AppPasswordCreate : Verb
{
    readonly Argument<string> _name = new("name") { Description = "The user's name." };
    readonly Option<string> _label = new("--label") { Description = "What it is for.", DefaultValueFactory = _ => "", HelpName = "TEXT" };

    public AppPasswordCreate() : base("create", "Makes an app password and shows it this once.")
    {
        Arguments.Add(_name);
        Options.Add(_label);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string name = line.GetRequiredValue(_name);
        if (line.GetValue(DryRun))
        {
            // It says no when there is no such user.
            await daemon.AppPasswordsAsync(name, cancellationToken);
            screen.Line(line.GetValue(Json) ? """{"state":"possible"}""" : $"Would make an app password for {Printable.Show(name)}.");
            return Exit.Done;
        }
        CreatedAppPassword created = await daemon.CreateAppPasswordAsync(name, new(line.GetValue(_label)), cancellationToken);
        if (line.GetValue(Json)) screen.Json(created, ApiJson.Default.CreatedAppPassword);
        else screen.Line(created.Password);
        if (!line.GetValue(Json) && screen.IsTerminal) screen.Line("It is not shown again.");
        return Exit.Done;
    }
}
