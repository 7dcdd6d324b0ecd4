using System.Text;
using Albumen.Native;
using Albumen.Storage;

namespace Albumen.Daemon.Bus;

/// <summary>
/// Hears from UDisks2 that a disk came or went, and has the volumes looked at at once. It is a hint and nothing more: whether a volume is there is decided by
/// its keeper, from what lies at its path.
/// </summary>
sealed class DiskNews(Volumes volumes, Scanning scanning) : BusPeer
{
    const string Root = "/org/freedesktop/UDisks2", Disks = $"{Root}/block_devices/", Objects = "org.freedesktop.DBus.ObjectManager", Properties = "org.freedesktop.DBus.Properties", FileSystem = "org.freedesktop.UDisks2.Filesystem";

    public override string Name => "org.freedesktop.UDisks2";

    public override string Title => "UDisks2";

    public override string Purpose => "tells at once when a disk comes or is pulled out";

    public override string Otherwise => "A disk that is pulled out while it is mounted is noticed when it is next read.";

    public override (string, string) Origin => ("udisks2", "udisks2");

    protected override Task MeetAsync(BusLink link)
    {
        link.Listen(Root, Objects, "InterfacesAdded", signal => Look(signal.ReadText(), isGone: false));
        link.Listen(Root, Objects, "InterfacesRemoved", signal => Look(signal.ReadText(), isGone: true));
        link.Listen(null, Properties, "PropertiesChanged", signal => Look(signal.Path, isGone: false), first: FileSystem);
        return Task.CompletedTask;
    }

    /// <param name="path">The object that stands for the disk. There are others, of jobs and drives, which say nothing of volumes.</param>
    void Look(string path, bool isGone)
    {
        if (!path.StartsWith(Disks, StringComparison.Ordinal)) return;
        scanning.Tell(new MountsChanged());
        if (!isGone) return;
        // What is mounted of it is still to be seen, out of the kernel's memory: only a walk shows what can be read.
        foreach (Volume volume in volumes.All)
            if (!volumes.IsAway(volume) && volumes.IdentityOf(volume)?.Source is { } source && path == Disks + Encode(Device(source, volume.Settings.Path))) scanning.Tell(new VolumeUnmounted(volume.Id));
    }

    /// <summary><c>dm-0</c> for <c>/dev/mapper/photos</c>, by what lies there: a service may see no devices by their names.</summary>
    static string Device(string source, string folder)
    {
        try
        {
            return Libc.StatAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(folder), out Libc.Statx stat) == 0 && File.ResolveLinkTarget($"/sys/dev/block/{stat.DeviceMajor}:{stat.DeviceMinor}", returnFinalTarget: true) is { } device
                ? device.Name : Path.GetFileName(source);
        }
        catch (IOException)
        {
            return Path.GetFileName(source);
        }
    }

    /// <summary>As UDisks2 writes a device's name in a path of D-Bus, which has letters, digits and underscores only.</summary>
    static string Encode(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' ? c.ToString() : $"_{(int)c:x2}"));
}
