using System.Runtime.InteropServices;

namespace Albumen.Native;

/// <summary>
/// The calls .NET's own file API lacks or gets wrong: paths are bytes, opening never leaves a folder, folders can be synced, and a rename
/// can refuse to replace. Thin: each returns what the kernel returned, and the caller turns <see cref="Errno"/> into an exception.
/// </summary>
static unsafe partial class Libc
{
    public const int AtFdCwd = -100;
    public const int ORdOnly = 0, OWrOnly = 1, OCreat = 0x40, OExcl = 0x80, ONonBlock = 0x800, OPath = 0x200000, OCloExec = 0x80000;
    // It differs between architectures (asm-generic against arm64).
    public static readonly int ODirectory = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x4000 : 0x10000;

    public static readonly int ONoFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x8000 : 0x20000;

    public const int AtSymlinkNoFollow = 0x100, AtEmptyPath = 0x1000;

    // openat2(2): RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH
    const ulong ResolveBeneath = 0x02 | 0x04 | 0x08;

    // statx(2): type, mode, mtime, ctime, inode, size, birth time.
    const uint StatxWanted = 0x0001 | 0x0002 | 0x0040 | 0x0080 | 0x0100 | 0x0200 | 0x0800;

    /// <summary>The error of the last call on this thread, as in errno(3).</summary>
    public static int Errno => Marshal.GetLastPInvokeError();

    // A unit with RestrictSUIDSGID= has it refused (systemd.exec(5)): what it would open cannot be seen by a filter.
    static volatile bool s_hasOpenAt2 = true;

    /// <summary>open(2) below a folder: a path that would leave it, by <c>..</c> or any symbolic link, fails with EXDEV or ELOOP.</summary>
    public static int OpenBeneath(int folder, ReadOnlySpan<byte> path, int flags)
    {
        if (!s_hasOpenAt2) return OpenByParts(folder, path, flags);
        OpenHow how = new() { Flags = (ulong)(uint)(flags | OCloExec), Resolve = ResolveBeneath };
        Span<byte> buffer = stackalloc byte[path.Length + 2];
        int result, tries = 0;
        fixed (byte* name = Terminated(path.IsEmpty ? "."u8 : path, buffer))
            do result = (int)Syscall(SysOpenAt2, folder, (nint)name, (nint)(&how), sizeof(OpenHow)); while (IsInterrupted(result, ref tries));
        if (result >= 0 || Errno != ENOSYS) return result;
        s_hasOpenAt2 = false;
        return OpenByParts(folder, path, flags);
    }

    /// <summary>The same without openat2(2): one folder after the other, none of them through a link. <c>..</c> is refused wherever it leads.</summary>
    internal static int OpenByParts(int folder, ReadOnlySpan<byte> path, int flags)
    {
        if (path is [(byte)'/', ..]) return Refused(EXDEV);
        for (int at = folder; ;)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> part = slash < 0 ? path : path[..slash];
            path = slash < 0 ? [] : path[slash..].TrimStart((byte)'/');
            int next = part.SequenceEqual(".."u8) ? Refused(EXDEV) : OpenAt(at, part.IsEmpty ? "."u8 : part, (path.IsEmpty ? flags : OPath | ODirectory) | ONoFollow);
            int error = Errno;
            // open(2): with O_PATH a link is opened itself, and as a folder it is none.
            bool isLink = next < 0 ? error == ENOTDIR && StatAt(at, part, out Statx there) == 0 && there.IsLink : path.IsEmpty && (flags & OPath) != 0 && StatOf(next, out there) == 0 && there.IsLink;
            if (at != folder) _ = Close(at);
            if (isLink && next >= 0) _ = Close(next);
            if (isLink) return Refused(ELOOP);
            if (next < 0) return Refused(error);
            if (path.IsEmpty) return next;
            at = next;
        }

        static int Refused(int error)
        {
            Marshal.SetLastPInvokeError(error);
            return -1;
        }
    }

    public static int OpenAt(int folder, ReadOnlySpan<byte> path, int flags, int mode = 0)
    {
        Span<byte> buffer = stackalloc byte[path.Length + 1];
        fixed (byte* name = Terminated(path, buffer))
        {
            int result, tries = 0;
            do result = openat(folder, name, flags | OCloExec, mode); while (IsInterrupted(result, ref tries));
            return result;
        }
    }

    /// <summary>statx(2) of one name, never following a symbolic link and never waking an automount.</summary>
    public static int StatAt(int folder, ReadOnlySpan<byte> name, out Statx stat)
    {
        Span<byte> buffer = stackalloc byte[name.Length + 1];
        fixed (byte* path = Terminated(name, buffer))
        fixed (Statx* answer = &stat)
        {
            int result, tries = 0;
            do result = statx(folder, path, AtSymlinkNoFollow | 0x800, StatxWanted, answer); while (IsInterrupted(result, ref tries));
            return result;
        }
    }

    public static int StatOf(int file, out Statx stat)
    {
        byte empty = 0;
        fixed (Statx* answer = &stat)
        {
            int result, tries = 0;
            do result = statx(file, &empty, AtEmptyPath, StatxWanted, answer); while (IsInterrupted(result, ref tries));
            return result;
        }
    }

    public static int RenameAt(int folder, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, uint flags) => RenameAt(folder, from, folder, to, flags);

    /// <summary>renameat2(2) from one folder into another.</summary>
    public static int RenameAt(int fromFolder, ReadOnlySpan<byte> from, int toFolder, ReadOnlySpan<byte> to, uint flags)
    {
        Span<byte> first = stackalloc byte[from.Length + 1], second = stackalloc byte[to.Length + 1];
        fixed (byte* source = Terminated(from, first))
        fixed (byte* target = Terminated(to, second))
            return renameat2(fromFolder, source, toFolder, target, flags);
    }

    public static int UnlinkAt(int folder, ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[name.Length + 1];
        fixed (byte* path = Terminated(name, buffer))
            return unlinkat(folder, path, 0);
    }

    /// <summary>rmdir(2): an empty folder.</summary>
    public static int RemoveFolderAt(int folder, ReadOnlySpan<byte> name)
    {
        const int RemoveDir = 0x200;
        Span<byte> buffer = stackalloc byte[name.Length + 1];
        fixed (byte* path = Terminated(name, buffer))
            return unlinkat(folder, path, RemoveDir);
    }

    /// <summary>futimens(3): the modification time alone.</summary>
    public static int SetModified(int file, long nanoseconds)
    {
        const long Omit = (1L << 30) - 2, Second = 1_000_000_000;
        long whole = Math.DivRem(nanoseconds, Second, out long rest);
        if (rest < 0) (whole, rest) = (whole - 1, rest + Second);
        // struct timespec[2], accessed and modified.
        long* times = stackalloc long[] { 0, Omit, whole, rest };
        return futimens(file, times);
    }

    /// <summary>Fills <paramref name="buffer"/> with linux_dirent64 records; 0 at the end.</summary>
    public static int ReadFolder(int folder, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int result, tries = 0;
            do result = (int)getdents64(folder, start, (nuint)buffer.Length); while (IsInterrupted(result, ref tries));
            return result;
        }
    }

    public static int LinkAt(int folder, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        Span<byte> first = stackalloc byte[from.Length + 1], second = stackalloc byte[to.Length + 1];
        fixed (byte* source = Terminated(from, first))
        fixed (byte* target = Terminated(to, second))
            return linkat(folder, source, folder, target, 0);
    }

    public static int MakeFolderAt(int folder, ReadOnlySpan<byte> name, int mode)
    {
        Span<byte> buffer = stackalloc byte[name.Length + 1];
        fixed (byte* path = Terminated(name, buffer))
            return mkdirat(folder, path, mode);
    }

    /// <summary>write(2), as often as it takes.</summary>
    /// <returns>0, or -1 when only some of it was written.</returns>
    public static int WriteAll(int file, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes) written = write(file, start, (nuint)bytes.Length);
            if (written >= 0) bytes = bytes[(int)written..];
            else if (Errno is not EINTR) return -1;
        }
        return 0;
    }

    /// <summary>posix_fadvise(2): what lies of this file in memory is read from the disk next time.</summary>
    public static void ForgetCached(int file)
    {
        const int DontNeed = 4;
        // Only advice: where it is not followed, reading works all the same.
        _ = posix_fadvise(file, 0, 0, DontNeed);
    }

    /// <summary>sync_file_range(2): begins to write the file to the disk and waits for nothing.</summary>
    public static void BeginWriting(int file)
    {
        const uint Write = 2;
        // Only advice: the sync that follows does the whole of it.
        _ = sync_file_range(file, 0, 0, Write);
    }

    /// <summary>Replaces this process by another program, with every thread. Returns only on failure.</summary>
    public static int Execute(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        nint[] Strings(IEnumerable<string> list) => [.. list.Select(Marshal.StringToCoTaskMemUTF8), 0];
        fixed (nint* argv = Strings(arguments), envp = Strings(environment))
            return execve(program, argv, envp);
    }

    /// <summary>A signal came in between, which file systems in user space and on the network let through: ask again, but not for ever.</summary>
    static bool IsInterrupted(int result, ref int tries) => result < 0 && Errno is EINTR && ++tries < 1000;

    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} ({Name(errno)})";

    /// <summary>The name admins search for: <c>EACCES</c>, <c>EIO</c>.</summary>
    static string Name(int errno) => errno switch
    {
        ENOENT => nameof(ENOENT),
        EIO => nameof(EIO),
        EACCES => nameof(EACCES),
        EEXIST => nameof(EEXIST),
        ENOTDIR => nameof(ENOTDIR),
        ENOSPC => nameof(ENOSPC),
        EROFS => nameof(EROFS),
        ELOOP => nameof(ELOOP),
        ENOTCONN => nameof(ENOTCONN),
        ESTALE => nameof(ESTALE),
        EDQUOT => nameof(EDQUOT),
        EPERM => nameof(EPERM),
        EXDEV => nameof(EXDEV),
        ENODEV => nameof(ENODEV),
        EISDIR => nameof(EISDIR),
        EINVAL => nameof(EINVAL),
        ENAMETOOLONG => nameof(ENAMETOOLONG),
        _ => $"errno {errno}",
    };

    public const int EPERM = 1, ENOENT = 2, EINTR = 4, EIO = 5, EACCES = 13, EEXIST = 17, EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EISDIR = 21, EINVAL = 22, ENOSPC = 28, EROFS = 30, ENAMETOOLONG = 36, ENOSYS = 38, ENOTEMPTY = 39, ELOOP = 40,
        EOPNOTSUPP = 95, ENOTCONN = 107, ESTALE = 116, EDQUOT = 122;

    static ReadOnlySpan<byte> Terminated(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        path.CopyTo(buffer);
        buffer[path.Length] = 0;
        return buffer;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        readonly int _reserved;
        public readonly long TotalNanoseconds => Seconds * 1_000_000_000 + Nanoseconds;
    }

    /// <summary>struct statx, the same on every architecture.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct Statx
    {
        public uint Mask, BlockSize;
        public ulong Attributes;
        public uint Links, User, Group;
        public ushort Mode;
        readonly ushort _spare;
        public ulong Inode, Size, Blocks, AttributesMask;
        public StatxTime Accessed, Born, Changed, Modified;
        public uint RealDeviceMajor, RealDeviceMinor, DeviceMajor, DeviceMinor;

        public readonly bool IsRegular => (Mode & 0xF000) == 0x8000;
        public readonly bool IsLink => (Mode & 0xF000) == 0xA000;
        public readonly bool IsFolder => (Mode & 0xF000) == 0x4000;
        public readonly bool HasBirth => (Mask & 0x0800) != 0;
        public readonly ulong Device => ((ulong)DeviceMajor << 32) | DeviceMinor;
    }

    /// <summary>ioprio_set(2), which has a number of its own on each architecture.</summary>
    public static int SetIoPriority(int which, int who, int priority) =>
        (int)Syscall(RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 30 : 251, which, who, priority, 0);

    public const long SysOpenAt2 = 437, SysLandlockCreate = 444, SysLandlockAdd = 445, SysLandlockRestrict = 446;

    // Variadic in C; with integer arguments only, a plain signature passes them alike on x86-64 and arm64 Linux.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long Syscall(long number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true)] private static partial int openat(int folder, byte* path, int flags, int mode);
    [LibraryImport("libc", SetLastError = true)] private static partial int statx(int folder, byte* path, int flags, uint mask, Statx* result);
    [LibraryImport("libc", SetLastError = true)] private static partial int renameat2(int fromFolder, byte* from, int toFolder, byte* to, uint flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int unlinkat(int folder, byte* path, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int linkat(int fromFolder, byte* from, int toFolder, byte* to, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int futimens(int file, long* times);
    [LibraryImport("libc", SetLastError = true)] private static partial int mkdirat(int folder, byte* path, int mode);
    [LibraryImport("libc", SetLastError = true)] private static partial nint getdents64(int folder, byte* buffer, nuint length);
    [LibraryImport("libc", SetLastError = true)] private static partial nint write(int file, byte* buffer, nuint length);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execve(string program, nint* arguments, nint* environment);
    [LibraryImport("libc")] private static partial int posix_fadvise(int file, long offset, long length, int advice);
    [LibraryImport("libc")] private static partial int sync_file_range(int file, long offset, long length, uint flags);
    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)] public static partial int SetMode(int file, int mode);
    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)] public static partial int SetOwner(int file, uint user, uint group);
    [LibraryImport("libc", EntryPoint = "umask")] public static partial uint SetUserMask(uint mask);
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)] public static partial int Close(int file);
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)] public static partial int Sync(int file);
    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)] public static partial int ProcessControl(int option, nint first, nint second, nint third, nint fourth);
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)] public static partial int Kill(int process, int signal);
    [LibraryImport("libc", EntryPoint = "setpgid", SetLastError = true)] public static partial int SetProcessGroup(int process, int group);
    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)] public static partial int SetPriority(int which, int who, int nice);
    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] public static partial int Access(string path, int mode);
    [LibraryImport("libc", EntryPoint = "geteuid")] public static partial uint EffectiveUserId();
}
