using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen user list</c>: who may sign in.</summary>
sealed class UserList : Verb
{
    public UserList() : base("list", "Lists the users.") => Options.Add(Json);

    public override IReadOnlyList<Example> Examples => [new("user list", "All of them.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.User];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        IReadOnlyList<User> users = await daemon.UsersAsync(cancellationToken);
        if (line.GetValue(Json))
            foreach (User user in users) screen.Json(user, ApiJson.Default.User);
        else
            screen.Table(["Name", "Role", "Since"],
                users.Select(u => (IReadOnlyList<string>)[u.Name, u.Admin ? "admin" : "user", Words.Time(u.Created)]),
                "Nobody may sign in yet: albumen user add NAME");
        return Exit.Done;
    }
}
