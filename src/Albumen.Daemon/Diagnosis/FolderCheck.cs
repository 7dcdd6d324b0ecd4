using System.Text;
using Albumen.Client;
using Albumen.Configuration;
using Albumen.Daemon.Api;
using Albumen.Native;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Albumen's own folders, its configuration and its socket: there, its own, and nobody else's.</summary>
sealed class FolderCheck : PlainCheck
{
    const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    // access(2)
    const int WriteAndEnter = 3;

    public override string Name => "permissions";

    protected override IEnumerable<Symptom> Look(Patient patient, CancellationToken cancellationToken)
    {
        Layout layout = patient.Layout;
        List<Symptom> found = [];
        foreach (string folder in (string[])[layout.StateFolder, layout.CacheFolder, layout.RunFolder]) found.AddRange(Folder(patient, folder));
        found.AddRange(Owners(layout));
        if (File.Exists(layout.ConfigurationFile) && (File.GetUnixFileMode(layout.ConfigurationFile) & UnixFileMode.OtherWrite) != 0)
            found.Add(Failed($"Everybody on this machine can change {layout.ConfigurationFile}, and with it what albumend reads and shows.", $"sudo chmod o-w {Shell.Word(layout.ConfigurationFile)}"));
        if (patient.Running is not null) found.AddRange(Socket(layout));
        if (found.Count == 0) found.Add(Ok($"{layout.StateFolder}, {layout.CacheFolder} and {layout.RunFolder} belong to {Owner(layout.StateFolder) ?? "albumend"} and are closed to others."));
        return found;
    }

    IEnumerable<Symptom> Folder(Patient patient, string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield return patient.Running is null ? Note($"{folder} is not there; albumend makes it when it is started.", patient.Restart)
                : Failed($"{folder} is gone while albumend runs.", patient.Restart);
            yield break;
        }
        if ((File.GetUnixFileMode(folder) & Others) != 0)
            yield return Warning($"Everybody on this machine can look into {folder}.", $"sudo chmod o= {Shell.Word(folder)}");
        if (patient.Running is not null && Libc.Access(folder, WriteAndEnter) != 0)
            yield return Failed($"albumend may not write {folder}: {Libc.Describe(Libc.Errno)}.", $"sudo chown {Environment.UserName}: {Shell.Word(folder)}");
        if (folder == patient.Layout.StateFolder && Mounted.Of(folder) is { IsRemote: true } mount)
            yield return Failed($"{folder} lies on {mount.FileSystem} ({mount.Source}). A database on a network mount is damaged sooner or later: keep it on a disk of this machine.", $"findmnt -T {Shell.Word(folder)}");
    }

    /// <summary>What was written by another user, as after a start by hand, cannot be written by the daemon.</summary>
    IEnumerable<Symptom> Owners(Layout layout)
    {
        if (Owner(layout.StateFolder) is not { } owner) yield break;
        string[] strange =
        [
            .. ((string[])[Appliance.CatalogFile(layout), Path.Combine(layout.StateFolder, "auth.db"), Path.Combine(layout.StateFolder, "albumend.lock"), Appliance.JournalFile(layout), Appliance.NamesFile(layout)])
                .Where(file => Owner(file) is { } other && other != owner),
        ];
        if (strange.Length > 0)
            yield return Failed($"{string.Join(", ", strange.Select(Path.GetFileName))} in {layout.StateFolder} {(strange.Length == 1 ? "belongs" : "belong")} to {Owner(strange[0])}, and the folder to {owner}.",
                $"sudo chown -R {owner}: {Shell.Word(layout.StateFolder)}");
    }

    IEnumerable<Symptom> Socket(Layout layout)
    {
        if (!File.Exists(layout.Socket)) yield return Failed($"The socket {layout.Socket} was removed, so the command line cannot reach albumend.", "sudo systemctl restart albumen");
        else if ((File.GetUnixFileMode(layout.Socket) & Others) != 0) yield return Warning($"Everybody on this machine can open the socket {layout.Socket}.", $"sudo chmod o= {Shell.Word(layout.Socket)}");
        if (UnixGroup.Find("albumen") is null) yield return Note("There is no group albumen, so only root can use the command line.", "sudo addgroup --system albumen");
    }

    static string? Owner(string path) => Libc.StatAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(path), out Libc.Statx stat) == 0 ? UnixUser.NameOf(stat.User) : null;
}
