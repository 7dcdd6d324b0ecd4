using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen app-password create</c>: a password for one device or program, so that it can be taken away without the others.</summary>
sealed class AppPasswordCreate : Verb
{
    readonly Argument<string> _name = CommonWords.User();
    readonly Option<string> _label = new("--label") { Description = "What it is for.", DefaultValueFactory = _ => "", HelpName = "TEXT" };

    public AppPasswordCreate() : base("create", "Makes an app password and shows it this once.")
    {
        Arguments.Add(_name);
        Options.Add(_label);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("app-password create anna --label 'her laptop'", "For one device.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.CreatedAppPassword, VerbJson.Default.Acknowledgement];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string name = line.GetRequiredValue(_name);
        if (line.GetValue(DryRun))
        {
            // It says no when there is no such user.
            await daemon.AppPasswordsAsync(name, cancellationToken);
            if (line.GetValue(Json)) screen.Json(Acknowledgement.Possible, VerbJson.Default.Acknowledgement);
            else screen.Line($"Would make an app password for {Printable.Show(name)}.");
            return Exit.Done;
        }
        CreatedAppPassword created = await daemon.CreateAppPasswordAsync(name, new(line.GetValue(_label)), cancellationToken);
        if (line.GetValue(Json)) screen.Json(created, ApiJson.Default.CreatedAppPassword);
        else screen.Line(created.Password);
        if (!line.GetValue(Json)) screen.Remark("It is not shown again.");
        return Exit.Done;
    }
}
