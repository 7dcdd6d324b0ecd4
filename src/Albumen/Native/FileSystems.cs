using System.Runtime.InteropServices;

namespace Albumen.Native;

/// <summary>What the kernel says of the file system an open folder lies on.</summary>
static unsafe partial class FileSystems
{
    // statfs(2): the types whose changes another machine or process makes behind the kernel's back.
    static readonly HashSet<uint> Remote =
    [
        0x6969 /* NFS */, 0x517B /* SMB */, 0xFF534D42 /* CIFS */, 0xFE534D42 /* SMB2 */, 0x65735546 /* FUSE */, 0x00C36400 /* Ceph */,
        0x01021997 /* 9P */, 0x5346414F /* AFS */, 0x73757245 /* Coda */, 0x47504653 /* GPFS */, 0x0BD00BD0 /* Lustre */,
    ];

    /// <param name="Id">f_fsid; 0 where the file system has none.</param>
    public readonly record struct Answer(ulong Id, bool IsRemote, bool IsReadOnly);

    /// <summary>fstatfs(2); null where even that fails.</summary>
    public static Answer? Of(int file)
    {
        Statfs answer;
        return fstatfs(file, &answer) == 0 ? new(answer.Id, Remote.Contains((uint)answer.Type), (answer.Flags & 1) != 0) : null;
    }

    /// <summary>The file system's own UUID, in lower case; null where the kernel (before 6.9) or the file system does not tell.</summary>
    public static string? UuidOf(int file)
    {
        // ioctl FS_IOC_GETFSUUID, linux/fs.h: struct fsuuid2 is a length and 16 bytes.
        const nuint GetUuid = 0x80111500;
        byte* answer = stackalloc byte[17];
        return ioctl(file, GetUuid, answer) == 0 && answer[0] == 16 ? new Guid(new ReadOnlySpan<byte>(answer + 1, 16), bigEndian: true).ToString() : null;
    }

    // The same on x86-64 and arm64 (asm-generic/statfs.h): seven words, the id, and five more.
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    struct Statfs
    {
        public long Type, BlockSize, Blocks, Free, Available, Files, FreeFiles;
        public ulong Id;
        public long NameLength, FragmentSize, Flags;
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int fstatfs(int file, Statfs* answer);
    [LibraryImport("libc", SetLastError = true)] private static partial int ioctl(int file, nuint request, byte* answer);
}
