using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen app-password list</c>: which ones there are.</summary>
sealed class AppPasswordList : Verb
{
    readonly Argument<string> _name = CommonWords.User();

    public AppPasswordList() : base("list", "Lists a user's app passwords by their first group.")
    {
        Arguments.Add(_name);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("app-password list anna", "Of one user.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.AppPassword];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        IReadOnlyList<AppPassword> passwords = await daemon.AppPasswordsAsync(line.GetRequiredValue(_name), cancellationToken);
        if (line.GetValue(Json))
            foreach (AppPassword password in passwords) screen.Json(password, ApiJson.Default.AppPassword);
        else
            screen.Table(["Begins with", "For", "Since"],
                passwords.Select(p => (IReadOnlyList<string>)[p.Selector, p.Label, Words.Time(p.Created)]),
                "None.");
        return Exit.Done;
    }
}
