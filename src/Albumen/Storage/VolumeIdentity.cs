using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

/// <summary>How a volume is attached. What is <c>Network</c> (NFS, SMB, FUSE and their like) tells nobody of its changes and is polled.</summary>
public enum VolumeKind
{
    Local,
    Removable,
    Network,
}

/// <summary>
/// What tells one volume from another, wherever it is mounted: its file system and the root folder there. Kept in the catalogue as JSON.
/// </summary>
/// <param name="Uuid">Of the file system; null where it has none.</param>
/// <param name="FileSystemId">f_fsid of statfs(2), which some file systems make up anew with each mount; null where it is 0.</param>
/// <param name="Source">What is mounted, as mountinfo has it: <c>/dev/sda1</c>, <c>nas:/export</c>.</param>
/// <param name="Marker">What stands in the marker file; null where there is none.</param>
public sealed record VolumeIdentity(
    string FileSystem, string? Uuid, string? FileSystemId, string? Source, long RootInode, long? RootBornNs, VolumeKind Kind, bool IsReadOnly, string? Marker)
{
    /// <summary>The marker file, for volumes configured with <c>marker: true</c>.</summary>
    public const string MarkerFolder = ".albumen", MarkerFile = "volume";

    internal static readonly RelativePath MarkerPath = RelativePath.Parse($"{MarkerFolder}/{MarkerFile}");

    /// <param name="root">The open root folder.</param>
    internal static VolumeIdentity Of(SafeFileHandle root, in FileStat stat, string? marker)
    {
        int file = (int)root.DangerousGetHandle();
        FileSystems.Answer? answer = FileSystems.Of(file);
        Mount? mount = Mount.Of(stat.Device);
        bool isRemote = answer is { IsRemote: true };
        return new(
            mount?.FileSystem ?? "unknown",
            FileSystems.UuidOf(file) ?? (mount is null ? null : UuidOfDevice(mount.Source)),
            answer is { Id: not 0 } known ? known.Id.ToString("x16", CultureInfo.InvariantCulture) : null,
            mount?.Source, stat.Inode, stat.BornNs,
            isRemote ? VolumeKind.Network : IsRemovable(stat.Device) ? VolumeKind.Removable : VolumeKind.Local,
            answer is { IsReadOnly: true }, marker);
    }

    /// <summary>Whether this is the same file system, by the strongest evidence both have.</summary>
    public bool IsOnSameFileSystemAs(VolumeIdentity other)
    {
        if (Marker is not null && other.Marker is not null) return Marker == other.Marker;
        if (Uuid is not null && other.Uuid is not null) return Uuid == other.Uuid;
        if (FileSystemId is not null && FileSystemId == other.FileSystemId) return true;
        // Without a UUID the id may be the device's number, which changes between two starts of the machine; a folder's birth does not.
        if (FileSystemId is not null && other.FileSystemId is not null) return HasSameRootAs(other) && RootBornNs is not null;
        return FileSystem == other.FileSystem && Source == other.Source;
    }

    /// <summary>Whether the root is the same folder, for volumes on one file system.</summary>
    public bool HasSameRootAs(VolumeIdentity other) => RootInode == other.RootInode && RootBornNs == other.RootBornNs;

    /// <summary>The mount points below a folder, as one text to compare.</summary>
    public static string MountedBelow(string path) => string.Join('\n', Mount.Points().Where(point => point.StartsWith(path + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    public string ToJson() => JsonSerializer.Serialize(this, IdentityJson.Default.VolumeIdentity);

    public static VolumeIdentity? FromJson(string? json) => json is null ? null : JsonSerializer.Deserialize(json, IdentityJson.Default.VolumeIdentity);

    /// <summary>For people: <c>ext4 on /dev/sda1</c>.</summary>
    public override string ToString() => Source is null ? FileSystem : $"{FileSystem} on {Source}";

    /// <summary>Before Linux 6.9 udev knows which device has which UUID.</summary>
    static string? UuidOfDevice(string device)
    {
        const string ByUuid = "/dev/disk/by-uuid";
        if (!device.StartsWith("/dev/", StringComparison.Ordinal) || !Directory.Exists(ByUuid)) return null;
        string Real(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        try
        {
            string wanted = Real(device);
            return Directory.GetFileSystemEntries(ByUuid).FirstOrDefault(link => Real(link) == wanted) is { } found ? Path.GetFileName(found) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>As sysfs says of the disk, or of the bus it hangs on.</summary>
    static bool IsRemovable(ulong device)
    {
        string link = $"/sys/dev/block/{device >> 32}:{device & 0xFFFFFFFF}";
        try
        {
            if (File.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName is not { } block) return false;
            // A partition lies below its disk.
            foreach (string disk in (string[])[block, Path.GetDirectoryName(block)!])
                if (File.Exists($"{disk}/removable")) return File.ReadAllText($"{disk}/removable").Trim() is "1" || block.Contains("/usb", StringComparison.Ordinal);
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A line of /proc/self/mountinfo (proc(5)).</summary>
    sealed record Mount(string FileSystem, string Source)
    {
        // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw
        static IEnumerable<string[]> Lines() => File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' '));

        public static IEnumerable<string> Points() => Lines().Select(fields => fields[4]);

        public static Mount? Of(ulong device)
        {
            string number = $"{device >> 32}:{device & 0xFFFFFFFF}";
            foreach (string[] fields in Lines())
            {
                int dash = Array.IndexOf(fields, "-");
                if (fields[2] == number && dash > 0 && dash + 2 < fields.Length) return new(fields[dash + 1], fields[dash + 2]);
            }
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VolumeIdentity))]
sealed partial class IdentityJson : JsonSerializerContext;
