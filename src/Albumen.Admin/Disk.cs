using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Admin;

/// <summary>Makes sure of what was written.</summary>
static partial class Disk
{
    /// <summary>Returns when all that was written to the file system of this file, names of files included, would outlast a power cut.</summary>
    /// <exception cref="IOException">It does not: the disk is full or failing.</exception>
    public static void Sync(string file)
    {
        using SafeFileHandle open = File.OpenHandle(file);
        if (SyncFileSystem(open) != 0) throw new IOException($"Cannot make sure of what was written to {Path.GetDirectoryName(file)}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Gives a file of ours the owner, group and permissions of another.</summary>
    /// <exception cref="IOException">That is not allowed.</exception>
    public static void MakeLike(string file, string other)
    {
        const int AtFdCwd = -100;
        // struct statx, the same on every architecture: user and group are its words 5 and 6.
        uint[] stat = new uint[64];
        const uint BasicStats = 0x7ff;
        if (Stat(AtFdCwd, other, 0, BasicStats, stat) != 0 || ChangeOwner(file, stat[5], stat[6]) != 0)
            throw new IOException($"Cannot give {file} the owner of {other}: {Marshal.GetLastPInvokeErrorMessage()}");
        File.SetUnixFileMode(file, File.GetUnixFileMode(other));
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, [Out] uint[] stat);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    // syncfs(2)
    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(SafeFileHandle file);
}
