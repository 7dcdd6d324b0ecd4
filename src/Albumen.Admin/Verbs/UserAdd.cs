using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen user add</c>: lets somebody in.</summary>
sealed class UserAdd : Verb
{
    readonly Argument<string> _name = new("name") { Description = "1 to 64 characters, without ':' and '/'." };
    readonly Option<bool> _admin = new("--admin") { Description = "May also use the API over the network." };

    public UserAdd() : base("add", "Adds a user.")
    {
        Arguments.Add(_name);
        Options.Add(_admin);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("user add anna", "Let somebody in."),
        new("user add bob --admin", "One who may use the API, too."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.NewUser];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        NewUser user = new(line.GetRequiredValue(_name), line.GetValue(_admin));
        await daemon.AddUserAsync(user, line.GetValue(DryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(user, ApiJson.Default.NewUser);
        else if (line.GetValue(DryRun)) screen.Line($"Would add {Printable.Show(user.Name)}.");
        else screen.Remark($"Added {Printable.Show(user.Name)}. Next: albumen app-password create {Printable.Show(user.Name)}");
        return Exit.Done;
    }
}
