using System.Globalization;
using System.Text;

namespace Albumen.Native;

/// <summary>Which other processes keep others from writing some files, as far as the kernel shows them to us (proc_locks(5)).</summary>
static class FileLocks
{
    /// <summary><c>sqlite3 (4711)</c>; empty when nobody is seen.</summary>
    public static IReadOnlyList<string> Holders(params IEnumerable<string> paths)
    {
        try
        {
            HashSet<ulong> inodes = [.. paths.Select(Inode).Where(inode => inode != 0)];
            return [.. File.ReadAllLines("/proc/locks").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                // 1: POSIX ADVISORY WRITE 4711 08:01:1234 120 120; one that waits has an arrow in the second place.
                .Where(words => words.Length >= 8 && words[3] == "WRITE" && words[4] != $"{Environment.ProcessId}"
                    && ulong.TryParse(words[5].Split(':')[^1], CultureInfo.InvariantCulture, out ulong inode) && inodes.Contains(inode))
                .Select(words => words[4]).Distinct().Select(process => $"{NameOf(process)} ({process})")];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    static ulong Inode(string path) => Libc.StatAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(path), out Libc.Statx stat) == 0 ? stat.Inode : 0;

    static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "a process";
        }
    }
}
