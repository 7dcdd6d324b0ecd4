using Albumen.Client;

namespace Albumen.Daemon.Diagnosis;

/// <summary>What the clients people have will stumble over at these doors, and cannot say themselves.</summary>
sealed class ClientCheck : PlainCheck
{
    public override string Name => "clients";

    public override Needs Needs => Needs.Daemon;

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        Door[] doors = [.. Api.DoorRoutes.Of(patient.Running!.Urls, patient.Settings.Http is { Insecure: true }, patient.Running.Certificate).Where(door => door.Reach != "this machine")];
        if (doors.Length == 0)
        {
            yield return Ok("Only programs on this machine can mount the archive.");
            yield break;
        }
        bool isOwn = patient.Running.Certificate is { IsOwn: true }, isSecure = doors[0].Secure;
        yield return Note("Windows opens the archive while its service WebClient runs, "
            + (!isSecure ? "and sends passwords over plain http only where the registry says BasicAuthLevel 2." : isOwn ? "and only when it trusts the certificate: else it says that it cannot find the folder." : "and trusts certificates it knows.")
            + " It copies no file over 50 MB unless FileSizeLimitInBytes is raised; /Small holds smaller versions of all.", "albumen mount windows", "clients: Windows");
        yield return Note((!isSecure ? "Finder asks whether the password may go unencrypted. " : isOwn ? "Finder asks at each connection until the certificate is trusted in the keychain. " : "")
            + "Its notes beside the files (._name, .DS_Store) are kept for a day, for whoever made them, and shown to nobody else.", "albumen mount macos", "clients: macOS");
        if (isOwn)
            yield return Note("Phones trust Albumen's certificate after its authority was installed; some programs on Android ask to be told once more.", "albumen mount phones", "clients: phones");
    }
}
