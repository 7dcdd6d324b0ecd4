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

    // syncfs(2)
    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(SafeFileHandle file);
}
