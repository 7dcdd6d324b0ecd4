using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen user remove</c>: out, at once and with every app password.</summary>
sealed class UserRemove : Verb
{
    readonly Argument<string> _name = new("name") { Description = "The user's name." };

    public UserRemove() : base("remove", "Removes a user with all app passwords.")
    {
        Arguments.Add(_name);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string name = line.GetRequiredValue(_name);
        await daemon.RemoveUserAsync(name, line.GetValue(DryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(new(name), ApiJson.Default.NewUser);
        else if (line.GetValue(DryRun)) screen.Line($"Would remove {Printable.Show(name)} with all app passwords.");
        else if (screen.IsTerminal) screen.Line($"Removed {Printable.Show(name)}.");
        return Exit.Done;
    }
}
