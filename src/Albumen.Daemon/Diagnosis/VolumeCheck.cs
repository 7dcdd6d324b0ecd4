using Albumen.Client;
using Albumen.Native;
using Albumen.Storage;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Each volume: whether it is there and believed, what it is mounted from and how, and whether the daemon can read it, or add to it.</summary>
sealed class VolumeCheck : HealthCheck
{
    // A look at the top is enough to see whose files these are.
    const int EntriesLookedAt = 200;
    // access(2)
    const int Read = 4, ReadAndEnter = 5;

    static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    readonly Patience _patience = new();

    public override string Name => "volumes";

    public override async IAsyncEnumerable<Symptom> LookAsync(Patient patient, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (patient.Settings.Volumes.Count == 0) yield return Warning("There is no volume: nothing is shown.", patient.EditConfiguration);
        // All at once: of several that are away, none waits for the others.
        foreach (Task<List<Symptom>> looking in patient.Settings.Volumes.Select(volume => LookAsync(patient, volume, cancellationToken)).ToArray())
            foreach (Symptom symptom in await looking) yield return symptom;
    }

    async Task<List<Symptom>> LookAsync(Patient patient, VolumeSettings volume, CancellationToken cancellationToken)
    {
        try
        {
            return await _patience.AskAsync(volume.Path, () => Look(patient, volume).ToList(), Limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            Mounted? mount = Mounted.Of(volume.Path);
            return [Failed($"{volume.Path} does not answer within {Limit.TotalSeconds:0} s{(mount is null ? "" : $" ({mount.FileSystem} on {mount.Source})")}. Is what it lies on reachable?",
                $"findmnt -T {Shell.Word(volume.Path)}", What(volume))];
        }
    }

    IEnumerable<Symptom> Look(Patient patient, VolumeSettings volume)
    {
        string path = Shell.Word(volume.Path), what = What(volume);
        if (Standing(patient, volume) is { } standing) yield return standing;
        if (!Directory.Exists(volume.Path))
        {
            if (patient.Running is null)
                yield return Warning($"{volume.Path} is not there, or may not be seen.", Mounted.Promised(volume.Path) is { } point ? $"sudo mount {Shell.Word(point)}" : $"sudo ls -ld {path}", what);
            yield break;
        }
        if (Mounted.Promised(volume.Path) is { } promised)
            yield return Failed($"/etc/fstab mounts something at {promised}, and nothing is mounted there: what lies at {volume.Path} now is the empty place under it.", $"sudo mount {Shell.Word(promised)}", what);
        Mounted? mount = Mounted.Of(volume.Path);
        if (mount is not null)
            foreach (Symptom trap in Traps(volume, mount)) yield return trap;
        if (Libc.Access(volume.Path, ReadAndEnter) != 0)
        {
            yield return Failed($"albumend may not read {volume.Path}: {Libc.Describe(Libc.Errno)}.", $"sudo setfacl -R -m u:{User}:rX {path}", what);
            yield break;
        }
        string? shut = Directory.EnumerateFileSystemEntries(volume.Path).Take(EntriesLookedAt).FirstOrDefault(entry => Libc.Access(entry, Directory.Exists(entry) ? ReadAndEnter : Read) != 0 && Libc.Errno == Libc.EACCES);
        if (shut is not null)
            yield return Warning($"albumend may not read {shut}, and perhaps more.", $"sudo setfacl -R -m u:{User}:rX {path}", what);
        yield return Ok($"{volume.Path} on {(mount is null ? "an unknown file system" : $"{mount.FileSystem} ({mount.Source})")}, {(mount is { IsReadOnly: true } ? "read-only" : volume.Writable ? "can be added to" : "is only read")}.", what);
    }

    /// <summary>What the daemon holds of it, when it is not simply online.</summary>
    Symptom? Standing(Patient patient, VolumeSettings settings)
    {
        if (patient.Running?.Appliance.Volumes is not { } volumes || volumes.Find(settings.Name) is not { } volume) return null;
        string? why = volumes.WhyNot(volume);
        string name = Shell.Word(volume.Name), what = What(settings);
        return volumes.TrustIn(volume) switch
        {
            Trust.New => Note("It was not scanned to its end yet.", $"albumen scan --wait {name}", what),
            Trust.Offline => Warning($"It is offline: {why}", Mounted.Promised(settings.Path) is { } point ? $"sudo mount {Shell.Word(point)}" : $"findmnt -T {Shell.Word(settings.Path)}", what),
            Trust.Suspect => Failed($"It is suspect: {why}", $"albumen volume confirm --dry-run {name}", what),
            Trust.Rejected => Note($"It is rejected: {why}", $"albumen volume confirm --dry-run {name}", what),
            _ => null,
        };
    }

    /// <summary>Ways to mount that work, until they do not.</summary>
    IEnumerable<Symptom> Traps(VolumeSettings volume, Mounted mount)
    {
        string what = What(volume), remount = $"sudo mount -o remount,rw {Shell.Word(mount.Point)}";
        if (volume.Writable && mount.IsReadOnly)
            yield return Failed($"It is 'writable: on', and {mount.Point} is mounted read-only: nothing can be added.", remount, what);
        if (mount.FileSystem.StartsWith("nfs", StringComparison.Ordinal) && (mount.Options.Contains("soft") || mount.Options.Contains("softerr")))
            yield return Warning($"{mount.Point} is mounted 'soft': when the server is slow, files seem damaged instead of late. Mount it 'hard'.", $"sudoedit /etc/fstab; sudo mount -o remount {Shell.Word(mount.Point)}", what);
        if (mount.FileSystem is "cifs" or "smb3" && mount.Options.Contains("noserverino"))
            yield return Warning($"{mount.Point} is mounted 'noserverino': its inode numbers are made up, so renamed folders are not known again. Mount it 'serverino'.", $"sudoedit /etc/fstab; sudo umount {Shell.Word(mount.Point)}; sudo mount {Shell.Word(mount.Point)}", what);
        if (mount.FileSystem.StartsWith("fuse", StringComparison.Ordinal) && !mount.Options.Contains("allow_other") && Environment.UserName is not "root"
            && !mount.Options.Contains($"user_id={Libc.EffectiveUserId()}"))
            yield return Warning($"{mount.Point} was mounted by another user without 'allow_other', so albumend may not look into it.", "sudoedit /etc/fuse.conf", what);
        if (mount.Options.Contains("strictatime"))
            yield return Note($"{mount.Point} is mounted 'strictatime': every file that is read is written to. 'noatime' spares the disk.", $"sudo mount -o remount,noatime {Shell.Word(mount.Point)}", what);
        if (volume.Writable && mount.FileSystem is "vfat" or "msdos")
            yield return Note($"{mount.FileSystem} at {mount.Point} can hold no file over 4 GiB.", null, what);
    }

    static string What(VolumeSettings volume) => $"volume {volume.Name}";

    static string User => Shell.Word(Environment.UserName);
}
