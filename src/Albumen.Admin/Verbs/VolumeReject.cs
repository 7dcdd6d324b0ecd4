using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen volume reject</c>: it is not.</summary>
sealed class VolumeReject : VolumeVerdict
{
    public VolumeReject() : base("reject", "Says that a suspect volume is not right as it is: nothing is forgotten, and it is waited for.", isFinal: false) { }

    public override IReadOnlyList<Example> Examples => [new("volume reject photos", "It is not; wait for it.")];

    protected override Task<VolumeDecision> DecideAsync(AlbumenClient daemon, string volume, bool isDryRun, CancellationToken cancellationToken) =>
        daemon.RejectVolumeAsync(volume, isDryRun, cancellationToken);
}
