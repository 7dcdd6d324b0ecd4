using System.Runtime.InteropServices;

namespace Albumen.Native;

/// <summary>fcntl(2) F_SETLEASE: the one question to the kernel whether somebody has a file open for writing.</summary>
static partial class Lease
{
    const int SetSignal = 10, SetLease = 1024, ReadLease = 0, NoLease = 2, SIGURG = 23;

    /// <returns>Null when the kernel does not tell: the file is another user's (CAP_LEASE would do), or lies on a file system without leases.</returns>
    /// <param name="file">Open for reading only.</param>
    public static bool? IsOpenForWriting(int file)
    {
        // Who opens the file while the lease stands makes the kernel send a signal: SIGIO, which would end this process, unless another is named.
        if (Control(file, SetSignal, SIGURG) < 0) return null;
        if (Control(file, SetLease, ReadLease) < 0) return Libc.Errno is Inotify.EAGAIN ? true : null;
        _ = Control(file, SetLease, NoLease);
        return false;
    }

    // Variadic in C; with integer arguments only, a plain signature passes them alike on x86-64 and arm64 Linux.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)] private static partial int Control(int file, int command, int argument);
}
