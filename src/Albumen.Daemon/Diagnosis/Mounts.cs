using System.Text.RegularExpressions;

namespace Albumen.Daemon.Diagnosis;

/// <summary>Something that is mounted (proc(5), mountinfo).</summary>
/// <param name="Options">Of this mount and of its file system, together.</param>
sealed partial record Mounted(string Point, string FileSystem, string Source, IReadOnlyList<string> Options)
{
    static readonly HashSet<string> Remote = ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs", "lustre", "fuse.sshfs", "fuse.rclone", "davfs", "fuse"];

    /// <summary>Another machine has the files.</summary>
    public bool IsRemote => Remote.Contains(FileSystem);

    public bool IsReadOnly => Options.Contains("ro");

    /// <summary>On which a path lies; nothing but the list is asked, so a mount that does not answer is found like any other.</summary>
    public static Mounted? Of(string path) => All().Where(mount => IsWithin(path, mount.Point)).MaxBy(mount => mount.Point.Length);

    /// <summary>The mount points that /etc/fstab promises and nothing is mounted at, that a path lies on.</summary>
    public static string? Promised(string path)
    {
        try
        {
            HashSet<string> there = [.. All().Select(mount => mount.Point)];
            return File.ReadLines("/etc/fstab").Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length > 2 && fields[0][0] != '#' && fields[1] is ['/', _, ..] && !fields[2].Equals("swap", StringComparison.Ordinal))
                .Select(fields => Plain(fields[1])).Where(point => IsWithin(path, point) && !there.Contains(point)).MaxBy(point => point.Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    static IEnumerable<Mounted> All()
    {
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (dash > 5 && dash + 3 < fields.Length)
                yield return new(Plain(fields[4]), fields[dash + 1], Plain(fields[dash + 2]), [.. fields[5].Split(','), .. fields[dash + 3].Split(',')]);
        }
    }

    static bool IsWithin(string path, string point) => point is "/" || path == point || path.StartsWith($"{point}/", StringComparison.Ordinal);

    /// <summary>Blanks are written as <c>\040</c>.</summary>
    static string Plain(string text) => Octal().Replace(text, match => $"{(char)Convert.ToInt32(match.Value[1..], 8)}");

    [GeneratedRegex(@"\\[0-7]{3}")]
    private static partial Regex Octal();
}
