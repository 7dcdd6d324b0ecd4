using System.Text;
using Albumen.Configuration;
using Albumen.Daemon.Diagnosis;
using Albumen.Sidecar;
using Albumen.Storage;

namespace Albumen.Daemon.Systemd;

/// <summary>
/// <c>albumend units DIR</c>: what the configuration says, for systemd, as drop-ins of our units. systemd calls it through a generator (systemd.generator(7))
/// at boot and with each <c>systemctl daemon-reload</c>.
/// </summary>
static class UnitFiles
{
    /// <summary>Writes them below <paramref name="folder"/>.</summary>
    /// <param name="layout">Where the configuration was read.</param>
    public static void Write(string folder, Layout layout, Settings settings)
    {
        foreach ((string unit, string text) in (ReadOnlySpan<(string, string)>)[("albumen.service", Service(layout, settings)), ("albumen.socket", Socket(layout, settings))])
        {
            string dropIns = Directory.CreateDirectory(Path.Combine(folder, $"{unit}.d")).FullName;
            File.WriteAllText(Path.Combine(dropIns, "50-configuration.conf"), text);
        }
    }

    static string Service(Layout layout, Settings settings)
    {
        StringBuilder text = Begin(layout).Append("[Service]\n");
        foreach (VolumeSettings volume in settings.Volumes)
            if (IsWritten(volume, settings)) Show($"Volume '{volume.Name}': {(volume.Writable ? "photos and sidecars are added" : "sidecars are written")}", volume.Path, isWritten: true);
            else Show($"Volume '{volume.Name}': nothing is written", volume.Path, isWritten: false);
        if (settings.Backup.Folder is { } backups) Show("Backups", backups, isWritten: true);
        if (settings.Https is { Certificate: { } certificate, Key: { } key } && File.Exists(certificate) && File.Exists(key))
            text.Append($"# The key may be readable by root alone.\nLoadCredential=tls.crt:{Doubled(certificate)}\nLoadCredential=tls.key:{Doubled(key)}\n");
        return text.ToString();

        void Show(string what, string path, bool isWritten)
        {
            // What the unit hides as a whole is shown to it path by path.
            bool isHidden = ((string[])["/home", "/root", "/run/user"]).Any(hidden => IsWithin(path, hidden));
            text.Append($"# {what}.{(isHidden ? " It lies where people live: of that the daemon sees it alone." : "")}\n");
            if (isHidden) text.Append($"ProtectHome=tmpfs\n{(isWritten ? "BindPaths" : "BindReadOnlyPaths")}=-{Word(path)}\n");
            else if (isWritten) text.Append($"ReadWritePaths=-{Word(Opened(path))}\n");
        }
    }

    static string Socket(Layout layout, Settings settings)
    {
        StringBuilder text = Begin(layout).Append("[Socket]\n");
        foreach (ListenAddress door in ((ListenAddress?[])[settings.Http?.Listen, settings.Https?.Listen]).OfType<ListenAddress>().Where(door => door.Port != 0))
            text.Append(door.Host switch
            {
                ListenAddress.AnyHost => $"ListenStream={door.Port}\n",
                "localhost" => $"ListenStream=127.0.0.1:{door.Port}\n",
                _ => $"ListenStream={door}\n",
            });
        return text.ToString();
    }

    // With SourcePath, systemctl says that the unit changed when the file did (systemd.unit(5)).
    static StringBuilder Begin(Layout layout) => new($"""
        # Made of {layout.ConfigurationFile}; 'systemctl daemon-reload' makes it anew.
        [Unit]
        SourcePath={layout.ConfigurationFile}


        """);

    static bool IsWritten(VolumeSettings volume, Settings settings) => volume.Writable || volume.Marker || SidecarFiles.NeedsScribe(volume, settings.Sidecars);

    /// <summary>
    /// The path, or the mount point it lies on or will. systemd mounts a path it opens onto itself, and one below another mount point would keep that disk
    /// busy in the daemon's view of the file system when it is unmounted for everybody else. What lies beside the volume is closed by Landlock.
    /// </summary>
    static string Opened(string path) => Mounted.Promised(path) ?? (Mounted.Of(path) is { Point: not "/" } mount ? mount.Point : path);

    static bool IsWithin(string path, string folder) => path == folder || path.StartsWith($"{folder}/", StringComparison.Ordinal);

    /// <summary>What stands at the end of a line and is taken as it is, quotes and all, but for specifiers.</summary>
    static string Doubled(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    /// <summary>One word of a unit file (systemd.syntax(7)): specifiers begin with <c>%</c>.</summary>
    static string Word(string text) => $"\"{Doubled(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
