using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen sidecar sync</c>: tries again what could not be written.</summary>
sealed class SidecarSync : Verb
{
    public SidecarSync() : base("sync", "Has sidecars that could not be written tried again now.") => Options.Add(Json);

    public override IReadOnlyList<Example> Examples => [new("sidecar sync", "Try those again that could not be written.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [VerbJson.Default.Acknowledgement];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        await daemon.SyncSidecarsAsync(cancellationToken);
        if (line.GetValue(Json)) screen.Json(Acknowledgement.Accepted, VerbJson.Default.Acknowledgement);
        else screen.Say("They are tried again; 'albumen problems' lists what still cannot be written.");
        return Exit.Done;
    }
}
