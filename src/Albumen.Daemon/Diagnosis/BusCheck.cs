using Albumen.Client;
using Albumen.Daemon.Bus;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Which services of the machine Albumen works with, and what each is there for. It does without any of them.</summary>
sealed class BusCheck : PlainCheck
{
    public override string Name => "bus";

    public override Needs Needs => Needs.Daemon;

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        SystemBus bus = patient.Running!.Citizen.Bus;
        if (bus.Lack is { } lack)
        {
            yield return Note($"There is no system bus ({lack}), so {string.Join("; ", bus.Peers.Select(peer => $"nobody {peer.Purpose}"))}.", "sudo apt-get install dbus");
            yield break;
        }
        yield return Ok("The system bus answers.");
        foreach (BusPeer peer in bus.Peers) yield return Look(peer);
    }

    Symptom Look(BusPeer peer)
    {
        (string package, string unit) = peer.Origin;
        string what = peer.Title.ToLowerInvariant();
        return peer switch
        {
            { Refusal: { } refusal } => Note($"{peer.Title} refuses ({refusal}). {peer.Otherwise}", peer.Mend, what),
            { Link: not null } => Ok($"{peer.Title} {peer.Doing ?? peer.Purpose}.", what),
            { CanBeStarted: true } => Note($"{peer.Title}, which {peer.Purpose}, does not run. {peer.Otherwise}", $"sudo systemctl start {unit}", what),
            _ => Note($"{peer.Title}, which {peer.Purpose}, is not there. {peer.Otherwise}", $"sudo apt-get install {package}", what),
        };
    }
}
