using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen sidecar relocate</c>: moves the sidecars of a volume.</summary>
sealed class SidecarRelocate : Verb
{
    readonly Argument<string> _volume = CommonWords.Volume();
    readonly Option<string> _to = new("--to") { Description = "beside the originals, or in the mirror below Albumen's own folder.", Required = true, HelpName = "PLACE" };

    public SidecarRelocate() : base("relocate", "Moves the sidecars of a volume beside the originals or into the mirror. Nothing in them changes.")
    {
        _to.AcceptOnlyFromAmong("beside", "mirror");
        Arguments.Add(_volume);
        Options.Add(_to);
        Options.Add(DryRun);
        Options.Add(Yes);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("sidecar relocate photos --to beside --dry-run", "How many would be moved.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.RelocateAnswer];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string volume = line.GetRequiredValue(_volume), to = line.GetRequiredValue(_to);
        bool isDryRun = line.GetValue(DryRun);
        if (!isDryRun && !line.GetValue(Yes) && await daemon.RelocateSidecarsAsync(volume, new(to, DryRun: true), cancellationToken) is { Moved: > Many } plan
            && !Agrees(line, screen, $"moves {Words.Count(plan.Moved)} sidecars"))
            return Exit.Failed;
        RelocateAnswer answer = await daemon.RelocateSidecarsAsync(volume, new(to, isDryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(answer, ApiJson.Default.RelocateAnswer);
        else
        {
            screen.Say($"{(isDryRun ? "Would move" : "Moved")} {Words.Count(answer.Moved)} sidecar{(answer.Moved == 1 ? "" : "s")} of {Printable.Show(volume)}.");
            foreach (LeftSidecar left in answer.Left) screen.Error($"{left.Path}: {left.Reason}");
            if (answer.Configured != to) screen.Say($"The configuration says '{answer.Configured}': photos that have no sidecar yet get theirs there until 'sidecars: {to}' stands with the volume.");
        }
        return answer.Left.Count > 0 ? Exit.Partly : Exit.Done;
    }
}
