using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen volume confirm</c>: a volume that looks wrong is right as it is.</summary>
sealed class VolumeConfirm : VolumeVerdict
{
    public VolumeConfirm() : base("confirm", "Says that a suspect volume is right as it is: what it lacks is missing from now on.", isFinal: true) { }

    public override IReadOnlyList<Example> Examples =>
    [
        new("volume confirm photos", "It is right as it is."),
        new("volume confirm photos --dry-run", "What that would do."),
    ];

    protected override Task<VolumeDecision> DecideAsync(AlbumenClient daemon, string volume, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.ConfirmVolumeAsync(volume, isDryRun, cancellationToken);
}

/// <summary>What somebody says of a volume the breaker has stopped.</summary>
abstract class VolumeVerdict : Verb
{
    readonly Argument<string> _volume = CommonWords.Volume();

    readonly bool _isFinal;

    /// <param name="isFinal">It cannot be taken back.</param>
    protected VolumeVerdict(string name, string description, bool isFinal) : base(name, description)
    {
        _isFinal = isFinal;
        Arguments.Add(_volume);
        Options.Add(DryRun);
        if (isFinal) Options.Add(Yes);
        Options.Add(Json);
    }

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.VolumeDecision];

    protected abstract Task<VolumeDecision> DecideAsync(AlbumenClient daemon, string volume, bool isDryRun, CancellationToken cancellationToken);

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string volume = line.GetRequiredValue(_volume);
        bool isDryRun = line.GetValue(DryRun);
        if (_isFinal && !isDryRun && !line.GetValue(Yes))
        {
            VolumeDecision plan = await DecideAsync(daemon, volume, isDryRun: true, cancellationToken);
            if (!Agrees(line, screen, $"does what cannot be taken back: {plan.Plan.TrimEnd('.')}")) return Exit.Failed;
        }
        VolumeDecision decision = await DecideAsync(daemon, volume, isDryRun, cancellationToken);
        if (line.GetValue(Json)) screen.Json(decision, ApiJson.Default.VolumeDecision);
        else
        {
            screen.Say(Printable.Show(isDryRun ? $"Would do this: {decision.Plan}" : decision.Plan));
            if (!isDryRun) screen.Say($"{Printable.Show(decision.Volume.Name)} is {decision.Volume.State}.");
        }
        return Exit.Done;
    }
}
