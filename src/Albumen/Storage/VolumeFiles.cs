using System.Runtime.InteropServices;
using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

/// <summary>Every access to a volume goes through here. Two implementations: the kernel, and the one in the tests that fails on purpose.</summary>
public interface IVolumeFiles : IDisposable
{
    /// <summary>What lies at the root's path at this moment.</summary>
    /// <exception cref="FileFault">It is not there, or not a folder.</exception>
    FileStat StatRoot();

    /// <summary>Which volume lies at the root's path at this moment.</summary>
    /// <exception cref="FileFault">None: it is not there, or not a folder.</exception>
    VolumeIdentity Identify();

    /// <summary>A folder's own inode and times; null when there is no folder of that path.</summary>
    FileStat? StatFolder(RelativePath folder);

    /// <summary>The entries of one folder, without <c>.</c> and <c>..</c>, in byte order; for regular files with size and times.</summary>
    /// <param name="self">The folder's own times.</param>
    /// <param name="opened">Called with the open folder before its first entry is read.</param>
    /// <exception cref="FileFault">The folder cannot be read to its end.</exception>
    List<FolderEntry> List(RelativePath folder, out FileStat self, Action<SafeFileHandle>? opened = null);

    /// <summary>Opens a regular file for reading. Nothing else is ever opened: no FIFO hangs, no symbolic link leads away.</summary>
    /// <exception cref="FileFault">It is gone, unreadable or not a regular file.</exception>
    SafeFileHandle OpenRead(RelativePath path, out FileStat stat);
}

public enum EntryKind { File, Folder, Link, Other }

/// <summary>A name in a folder. <paramref name="Stat"/> is set for files, of folders only its inode; <paramref name="Fault"/> when even that failed.</summary>
public sealed record FolderEntry(byte[] Name, EntryKind Kind, FileStat Stat, int Fault)
{
    /// <summary>A file that could be looked at.</summary>
    public bool IsFile => Kind is EntryKind.File && Fault == 0;
}

/// <summary>Size in bytes and times in nanoseconds since 1970 UTC. <paramref name="BornNs"/> is null where the file system does not keep it.</summary>
public readonly record struct FileStat(long SizeInBytes, long ModifiedNs, long ChangedNs, long? BornNs, long Inode, ulong Device);

/// <summary>The kernel said no. Only <see cref="IsGone"/> ever means that a file is not there any more.</summary>
public sealed class FileFault(RelativePath path, int errno) : IOException($"{(path.IsRoot ? "The root folder" : path)}: {Libc.Describe(errno)}")
{
    public string Reason => Libc.Describe(errno);

    /// <remarks>Never true of the root: a volume that is away has lost nothing.</remarks>
    public bool IsGone => errno is Libc.ENOENT && !path.IsRoot;

    /// <summary>No room on the disk, or none left of a quota.</summary>
    public bool IsFull => errno is Libc.ENOSPC or Libc.EDQUOT;

    /// <summary>Something is there that was not expected.</summary>
    public bool IsTaken => errno is Libc.EEXIST or Libc.ENOTEMPTY;

    /// <summary>The disk rather than this one file: I/O error, stale handle, server gone.</summary>
    public bool IsVolume => path.IsRoot || errno is Libc.EIO or Libc.ESTALE or Libc.ENOTCONN;

    /// <summary>One bad sector says this of one folder, a disk that was pulled out of all.</summary>
    public bool MayBeOneSector => errno is Libc.EIO && !path.IsRoot;
}

/// <summary>A volume as the Linux kernel shows it: paths are bytes below one open root, resolved with openat2(RESOLVE_BENEATH).</summary>
public sealed class VolumeFiles : IVolumeFiles
{
    readonly string _path;
    readonly SafeFileHandle _root;
    byte[]? _buffer;

    /// <exception cref="FileFault">The folder cannot be opened.</exception>
    public VolumeFiles(string root)
    {
        _path = root;
        _root = OpenRoot(root);
    }

    int Root => (int)_root.DangerousGetHandle();

    public FileStat StatRoot()
    {
        // By its path: the folder that is open stays the same even when another disk is mounted over it.
        using SafeFileHandle root = OpenRoot(_path);
        return Libc.StatOf((int)root.DangerousGetHandle(), out Libc.Statx stat) == 0 ? Convert(stat) : throw new FileFault(RelativePath.Root, Libc.Errno);
    }

    public VolumeIdentity Identify()
    {
        using SafeFileHandle root = OpenRoot(_path);
        if (Libc.StatOf((int)root.DangerousGetHandle(), out Libc.Statx stat) != 0) throw new FileFault(RelativePath.Root, Libc.Errno);
        return VolumeIdentity.Of(root, Convert(stat), ReadMarker(root));
    }

    public FileStat? StatFolder(RelativePath folder)
    {
        if (Libc.OpenBeneath(Root, folder.Bytes, Libc.OPath | Libc.ODirectory) is not (var file and >= 0)) return null;
        using SafeFileHandle handle = new(file, ownsHandle: true);
        return Libc.StatOf(file, out Libc.Statx stat) == 0 ? Convert(stat) : null;
    }

    /// <summary>An open file, asked anew.</summary>
    public static FileStat StatOf(SafeFileHandle file) =>
        Libc.StatOf((int)file.DangerousGetHandle(), out Libc.Statx stat) == 0 ? Convert(stat) : default;

    public List<FolderEntry> List(RelativePath folder, out FileStat self, Action<SafeFileHandle>? opened = null)
    {
        using SafeFileHandle handle = Open(folder, Libc.ORdOnly | Libc.ODirectory);
        opened?.Invoke(handle);
        int file = (int)handle.DangerousGetHandle();
        if (Libc.StatOf(file, out Libc.Statx stat) != 0) throw new FileFault(folder, Libc.Errno);
        self = Convert(stat);
        List<FolderEntry> entries = [];
        _buffer ??= new byte[64 * 1024];
        for (int length; (length = Libc.ReadFolder(file, _buffer)) != 0;)
        {
            if (length < 0) throw new FileFault(folder, Libc.Errno);
            // struct linux_dirent64: inode u64, offset i64, record length u16, type u8, name to its NUL.
            for (int at = 0; at < length; at += MemoryMarshal.Read<ushort>(_buffer.AsSpan(at + 16)))
            {
                ReadOnlySpan<byte> name = _buffer.AsSpan(at + 19);
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) entries.Add(Entry(file, name, type: _buffer[at + 18], inode: MemoryMarshal.Read<long>(_buffer.AsSpan(at))));
            }
        }
        entries.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        return entries;
    }

    public SafeFileHandle OpenRead(RelativePath path, out FileStat stat)
    {
        SafeFileHandle handle = Open(path, Libc.ORdOnly | Libc.ONonBlock);
        if (Libc.StatOf((int)handle.DangerousGetHandle(), out Libc.Statx found) != 0 || !found.IsRegular)
        {
            handle.Dispose();
            throw new FileFault(path, found.Mode == 0 ? Libc.EIO : Libc.ENOENT);
        }
        stat = Convert(found);
        return handle;
    }

    /// <summary>Waits until an open file is on the disk with its name.</summary>
    /// <returns>False when the disk does not say so.</returns>
    /// <exception cref="FileFault">Its folder is gone.</exception>
    public bool Sync(RelativePath path, SafeFileHandle file)
    {
        using SafeFileHandle folder = Open(path.Folder, Libc.ORdOnly | Libc.ODirectory);
        return Libc.Sync((int)file.DangerousGetHandle()) == 0 && Libc.Sync((int)folder.DangerousGetHandle()) == 0;
    }

    public void Dispose() => _root.Dispose();

    static string? ReadMarker(SafeFileHandle root)
    {
        const int LongestInBytes = 256;
        if (Libc.OpenBeneath((int)root.DangerousGetHandle(), VolumeIdentity.MarkerPath.Bytes, Libc.ORdOnly | Libc.ONonBlock) is not (var file and >= 0)) return null;
        using SafeFileHandle handle = new(file, ownsHandle: true);
        if (Libc.StatOf(file, out Libc.Statx stat) != 0 || !stat.IsRegular) return null;
        try
        {
            byte[] text = new byte[LongestInBytes];
            return System.Text.Encoding.UTF8.GetString(text, 0, RandomAccess.Read(handle, text, 0)).Trim() is { Length: > 0 } marker ? marker : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    static SafeFileHandle OpenRoot(string path) =>
        Libc.OpenAt(Libc.AtFdCwd, System.Text.Encoding.UTF8.GetBytes(path), Libc.ORdOnly | Libc.ODirectory) is var folder and >= 0
            ? new(folder, ownsHandle: true)
            : throw new FileFault(RelativePath.Root, Libc.Errno);

    SafeFileHandle Open(RelativePath path, int flags) =>
        Libc.OpenBeneath(Root, path.Bytes, flags) is var file and >= 0 ? new(file, ownsHandle: true) : throw new FileFault(path, Libc.Errno);

    static FolderEntry Entry(int folder, ReadOnlySpan<byte> name, byte type, long inode)
    {
        const byte Unknown = 0, Folder = 4, Regular = 8, Link = 10;
        if (type is Link) return new(name.ToArray(), EntryKind.Link, default, 0);
        if (type is not (Unknown or Folder or Regular)) return new(name.ToArray(), EntryKind.Other, default, 0);
        // d_type spares a folder its statx: its times are asked when it is listed.
        if (type is Folder) return new(name.ToArray(), EntryKind.Folder, new FileStat { Inode = inode }, 0);
        if (Libc.StatAt(folder, name, out Libc.Statx stat) != 0)
            return new(name.ToArray(), EntryKind.File, default, Libc.Errno);
        EntryKind kind = stat.IsRegular ? EntryKind.File : stat.IsFolder ? EntryKind.Folder : (stat.Mode & 0xF000) == 0xA000 ? EntryKind.Link : EntryKind.Other;
        return new(name.ToArray(), kind, Convert(stat), 0);
    }

    internal static FileStat Convert(in Libc.Statx stat) => new(
        (long)stat.Size, stat.Modified.TotalNanoseconds, stat.Changed.TotalNanoseconds,
        stat.HasBirth ? stat.Born.TotalNanoseconds : null, (long)stat.Inode, stat.Device);
}
