using Albumen.Client;
using Albumen.Native;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Whether the kernel keeps the daemon from writing to originals.</summary>
sealed class GuardCheck : PlainCheck
{
    public override string Name => "guard";

    public override Needs Needs => Needs.Daemon;

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        yield return Landlock.State is "on" ? Ok("The kernel keeps albumend and its workers from changing originals (Landlock).")
            : Warning($"What guards the originals from albumend's own mistakes is {Landlock.State}.", "cat /sys/kernel/security/lsm; uname -r");
    }
}
