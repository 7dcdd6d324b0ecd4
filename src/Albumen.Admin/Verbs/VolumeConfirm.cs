using System.CommandLine;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen volume confirm</c>: a volume that looks wrong is right as it is.</summary>
sealed class VolumeConfirm : VolumeVerdict
{
    public VolumeConfirm() : base("confirm", "Says that a suspect volume is right as it is: what it lacks is missing from now on.") { }

    protected override Task<VolumeDecision> DecideAsync(AlbumenClient daemon, string volume, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.ConfirmVolumeAsync(volume, isDryRun, cancellationToken);
}

/// <summary><c>albumen volume reject</c>: it is not.</summary>
sealed class VolumeReject : VolumeVerdict
{
    public VolumeReject() : base("reject", "Says that a suspect volume is not right as it is: nothing is forgotten, and it is waited for.") { }

    protected override Task<VolumeDecision> DecideAsync(AlbumenClient daemon, string volume, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.RejectVolumeAsync(volume, isDryRun, cancellationToken);
}

/// <summary>What somebody says of a volume the breaker has stopped.</summary>
abstract class VolumeVerdict : Verb
{
    readonly Argument<string> _volume = new("volume") { Description = "The volume's name." };

    protected VolumeVerdict(string name, string description) : base(name, description)
    {
        Arguments.Add(_volume);
        Options.Add(DryRun);
        Options.Add(Json);
    }

    protected abstract Task<VolumeDecision> DecideAsync(AlbumenClient daemon, string volume, bool isDryRun, CancellationToken cancellationToken);

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        VolumeDecision decision = await DecideAsync(daemon, line.GetRequiredValue(_volume), line.GetValue(DryRun), cancellationToken);
        if (line.GetValue(Json)) screen.Json(decision, ApiJson.Default.VolumeDecision);
        else
        {
            screen.Line(Printable.Show(line.GetValue(DryRun) ? $"Would do this: {decision.Plan}" : decision.Plan));
            if (!line.GetValue(DryRun)) screen.Line($"{Printable.Show(decision.Volume.Name)} is {decision.Volume.State}.");
        }
        return Exit.Done;
    }
}
