using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Albumen.Native;

/// <summary>
/// inotify(7), and poll(2) to wait for it together with other things. Thin: each call returns what the kernel returned, and
/// <see cref="Libc.Errno"/> says why. FileSystemWatcher cannot say that it lost events, nor that a folder got no watch.
/// </summary>
static unsafe partial class Inotify
{
    public const uint Attributes = 0x4, ClosedAfterWriting = 0x8, MovedFrom = 0x40, MovedTo = 0x80, Created = 0x100, Deleted = 0x200, SelfDeleted = 0x400, SelfMoved = 0x800;
    public const uint Unmounted = 0x2000, Overflow = 0x4000, Ignored = 0x8000, IsFolder = 0x40000000;

    /// <summary>Not a mere folder's name, and nothing of files that were deleted while they are open.</summary>
    public const uint OnlyFolders = 0x01000000, WithoutUnlinked = 0x04000000;

    const int NonBlocking = 0x800, CloseOnExecute = 0x80000;

    public const short Readable = 0x1, Urgent = 0x2, Failed = 0x8;

    /// <summary>What happened. <see cref="Name"/> is an entry of the watched folder, or empty when it is about the folder itself.</summary>
    public readonly ref struct Event(int watch, uint mask, uint cookie, ReadOnlySpan<byte> name)
    {
        public int Watch => watch;
        public uint Mask => mask;

        /// <summary>The same in both halves of a rename.</summary>
        public uint Cookie => cookie;

        public ReadOnlySpan<byte> Name { get; } = name;

        public bool Has(uint any) => (mask & any) != 0;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Waiting
    {
        /// <summary>A negative one is passed over.</summary>
        public int File;
        public short Wanted;
        public short Found;
    }

    /// <returns>A descriptor whose reading never waits.</returns>
    public static int Open() => inotify_init1(NonBlocking | CloseOnExecute);

    /// <summary>Watches a folder that is open, whatever its path has become. A folder has one watch: asked again, it is the same.</summary>
    public static int Watch(int inotify, int folder, uint mask)
    {
        Span<byte> path = stackalloc byte[32];
        "/proc/self/fd/"u8.CopyTo(path);
        _ = Utf8Formatter.TryFormat(folder, path[14..], out int digits);
        path[14 + digits] = 0;
        fixed (byte* start = path)
            return inotify_add_watch(inotify, start, mask);
    }

    /// <returns>The bytes read; 0 when there is nothing now; -1.</returns>
    public static int Read(int inotify, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
            while (true)
            {
                int length = (int)read(inotify, start, (nuint)buffer.Length);
                if (length >= 0) return length;
                if (Libc.Errno is EAGAIN) return 0;
                if (Libc.Errno is not Libc.EINTR) return -1;
            }
    }

    /// <summary>Takes the first event off what was read.</summary>
    public static Event Next(ref ReadOnlySpan<byte> events)
    {
        // struct inotify_event: watch i32, mask u32, cookie u32, length u32, name filled up with NUL to that length.
        int length = MemoryMarshal.Read<int>(events[12..]);
        ReadOnlySpan<byte> name = events.Slice(16, length);
        if (name.IndexOf((byte)0) is var end and >= 0) name = name[..end];
        Event first = new(MemoryMarshal.Read<int>(events), MemoryMarshal.Read<uint>(events[4..]), MemoryMarshal.Read<uint>(events[8..]), name);
        events = events[(16 + length)..];
        return first;
    }

    /// <summary>Waits until one of these has something to say, or so many milliseconds; -1 is for ever. A signal ends it early.</summary>
    public static void Wait(Span<Waiting> files, int milliseconds)
    {
        fixed (Waiting* first = files)
            if (poll(first, (nuint)files.Length, milliseconds) < 0)
                foreach (ref Waiting file in files) file.Found = 0;
    }

    /// <summary>A descriptor that becomes readable when somebody rings it: eventfd(2).</summary>
    public static int OpenBell() => eventfd(0, NonBlocking | CloseOnExecute);

    public static void Ring(int bell) => _ = eventfd_write(bell, 1);

    public static void Silence(int bell)
    {
        ulong rung;
        _ = eventfd_read(bell, &rung);
    }

    public const int EAGAIN = 11, ENOMEM = 12, ENFILE = 23, EMFILE = 24;

    [LibraryImport("libc", SetLastError = true)] private static partial int inotify_init1(int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int inotify_add_watch(int inotify, byte* path, uint mask);
    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)] public static partial int Unwatch(int inotify, int watch);
    [LibraryImport("libc", SetLastError = true)] private static partial nint read(int file, byte* buffer, nuint length);
    [LibraryImport("libc", SetLastError = true)] private static partial int poll(Waiting* files, nuint count, int milliseconds);
    [LibraryImport("libc", SetLastError = true)] private static partial int eventfd(uint value, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int eventfd_write(int file, ulong value);
    [LibraryImport("libc", SetLastError = true)] private static partial int eventfd_read(int file, ulong* value);
}
