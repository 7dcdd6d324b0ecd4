using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen sidecar relocate</c>: moves the sidecars of a volume.</summary>
sealed class SidecarRelocate : Verb
{
    readonly Argument<string> _volume = new("volume") { Description = "The volume's name." };
    readonly Option<string> _to = new("--to") { Description = "beside the originals, or in the mirror below Albumen's own folder.", Required = true, HelpName = "PLACE" };

    public SidecarRelocate() : base("relocate", "Moves the sidecars of a volume beside the originals or into the mirror. Nothing in them changes.")
    {
        _to.AcceptOnlyFromAmong("beside", "mirror");
        Arguments.Add(_volume);
        Options.Add(_to);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string volume = line.GetRequiredValue(_volume), to = line.GetRequiredValue(_to);
        bool isDryRun = line.GetValue(DryRun);
        RelocateAnswer answer = await daemon.RelocateSidecarsAsync(volume, new(to, isDryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(answer, ApiJson.Default.RelocateAnswer);
        else
        {
            screen.Line($"{(isDryRun ? "Would move" : "Moved")} {Words.Count(answer.Moved)} sidecar{(answer.Moved == 1 ? "" : "s")} of {Printable.Show(volume)}.");
            foreach (LeftSidecar left in answer.Left) screen.Error($"{left.Path}: {left.Reason}");
            if (answer.Configured != to) screen.Line($"The configuration says '{answer.Configured}': photos that have no sidecar yet get theirs there until 'sidecars: {to}' stands with the volume.");
        }
        return answer.Left.Count > 0 ? Exit.Partly : Exit.Done;
    }
}

/// <summary><c>albumen sidecar sync</c>: tries again what could not be written.</summary>
sealed class SidecarSync : Verb
{
    public SidecarSync() : base("sync", "Has sidecars that could not be written tried again now.") { }

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        await daemon.SyncSidecarsAsync(cancellationToken);
        screen.Line("They are tried again; 'albumen problems' lists what still cannot be written.");
        return Exit.Done;
    }
}
