using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen app-password revoke</c>: for a device that was lost.</summary>
sealed class AppPasswordRevoke : Verb
{
    readonly Argument<string> _name = CommonWords.User();
    readonly Argument<string> _selector = new("first-group") { Description = "The password's first four letters; 'list' shows them." };

    public AppPasswordRevoke() : base("revoke", "Makes an app password worthless at once.")
    {
        Arguments.Add(_name);
        Arguments.Add(_selector);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("app-password revoke anna k7d2", "The one that begins so.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [VerbJson.Default.Acknowledgement];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string name = line.GetRequiredValue(_name), selector = line.GetRequiredValue(_selector);
        await daemon.RevokeAppPasswordAsync(name, selector, line.GetValue(DryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(line.GetValue(DryRun) ? Acknowledgement.Possible : Acknowledgement.Revoked, VerbJson.Default.Acknowledgement);
        else if (line.GetValue(DryRun)) screen.Line($"Would revoke the app password {Printable.Show(selector)} of {Printable.Show(name)}.");
        else screen.Remark($"Revoked {Printable.Show(selector)}.");
        return Exit.Done;
    }
}
