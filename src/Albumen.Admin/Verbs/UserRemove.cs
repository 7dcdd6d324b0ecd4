using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen user remove</c>: out, at once and with every app password.</summary>
sealed class UserRemove : Verb
{
    readonly Argument<string> _name = CommonWords.User();

    public UserRemove() : base("remove", "Removes a user with all app passwords.")
    {
        Arguments.Add(_name);
        Options.Add(DryRun);
        Options.Add(Yes);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("user remove anna --yes", "With all app passwords.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.NewUser];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string name = line.GetRequiredValue(_name);
        if (!line.GetValue(DryRun) && !line.GetValue(Yes))
        {
            // It says no when there is no such user.
            await daemon.RemoveUserAsync(name, isDryRun: true, cancellationToken);
            if (!Agrees(line, screen, $"removes {name} with all app passwords, which cannot be taken back")) return Exit.Failed;
        }
        await daemon.RemoveUserAsync(name, line.GetValue(DryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(new(name), ApiJson.Default.NewUser);
        else if (line.GetValue(DryRun)) screen.Line($"Would remove {Printable.Show(name)} with all app passwords.");
        else screen.Remark($"Removed {Printable.Show(name)}.");
        return Exit.Done;
    }
}
