using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

/// <summary>
/// A folder of ours that people use as a disk: the one place where their files are written, replaced and removed because they say so. It lies in
/// the state folder, never on a volume. A file appears whole or not at all; what is removed leaves its name at once, with all that is below it.
/// </summary>
/// <remarks>Paths are resolved beneath the root without following any link. Changes are durable after <see cref="SyncFolder"/>.</remarks>
public sealed class PlainDisk : IDisposable
{
    /// <summary>What is not there yet, or not there any more, lies in this folder, which nobody sees.</summary>
    public const string StagingFolder = ".staging";

    // Octal 0750 and 0640.
    const int FolderMode = 0x1E8, FileMode = 0x1A0;
    const int CopiedAtOnce = 256 * 1024;
    const uint NoReplace = 1, Swap = 2;

    readonly SafeFileHandle _root, _staging;
    readonly VolumeFiles _files;
    long _counter;

    /// <summary>Makes the folder where it lacks, and throws away what a killed daemon left half done.</summary>
    /// <param name="path">Absolute; the folder above it exists.</param>
    /// <exception cref="FileFault">It cannot be made or opened.</exception>
    public PlainDisk(string path)
    {
        Path = path;
        _ = Libc.MakeFolderAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(path), FolderMode);
        _files = new(path);
        _root = Opened(Libc.OpenAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(path), Libc.ORdOnly | Libc.ODirectory), RelativePath.Root);
        _ = Libc.MakeFolderAt(Number(_root), Encoding.UTF8.GetBytes(StagingFolder), FolderMode);
        _staging = Opened(Libc.OpenBeneath(Number(_root), Encoding.UTF8.GetBytes(StagingFolder), Libc.ORdOnly | Libc.ODirectory), RelativePath.Root);
        foreach (FolderEntry left in _files.List(RelativePath.Parse(StagingFolder), out _)) Discard(left.Name);
    }

    public string Path { get; }

    /// <summary>What lies there: a regular file or a folder, or null.</summary>
    public (FileStat Stat, bool IsFolder)? Find(RelativePath path)
    {
        int file = Libc.OpenBeneath(Number(_root), path.Bytes, Libc.OPath | Libc.ONoFollow);
        if (file < 0) return null;
        using SafeFileHandle handle = new(file, ownsHandle: true);
        if (Libc.StatOf(file, out Libc.Statx stat) != 0 || !(stat.IsRegular || stat.IsFolder)) return null;
        return (VolumeFiles.Convert(stat), stat.IsFolder);
    }

    /// <inheritdoc cref="VolumeFiles.List"/>
    public IReadOnlyList<FolderEntry> List(RelativePath folder)
    {
        // A lister has one buffer, and many may be listing.
        using VolumeFiles files = new(Path);
        List<FolderEntry> entries = files.List(folder, out _);
        if (folder.IsRoot) entries.RemoveAll(e => e.Name.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(StagingFolder)));
        return entries;
    }

    /// <inheritdoc cref="VolumeFiles.OpenRead"/>
    public SafeFileHandle OpenRead(RelativePath path, out FileStat stat) => _files.OpenRead(path, out stat);

    /// <summary>The names in a folder, in no order, without asking what they are.</summary>
    /// <exception cref="FileFault">It cannot be read.</exception>
    public IReadOnlyList<byte[]> Names(RelativePath folder)
    {
        using SafeFileHandle handle = OpenFolder(folder);
        List<byte[]> names = [];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int length; (length = Libc.ReadFolder(Number(handle), buffer)) != 0;)
            {
                if (length < 0) throw Fault(folder.Bytes);
                // struct linux_dirent64, as in VolumeFiles.List.
                for (int at = 0; at < length; at += MemoryMarshal.Read<ushort>(buffer.AsSpan(at + 16)))
                {
                    ReadOnlySpan<byte> name = buffer.AsSpan(at + 19);
                    name = name[..name.IndexOf((byte)0)];
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add(name.ToArray());
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return names;
    }

    /// <inheritdoc cref="DiskSpace.Of"/>
    public DiskSpace? Space() => DiskSpace.Of(Path);

    /// <summary>Begins a file that has no name yet.</summary>
    public StagedFile Stage()
    {
        byte[] name = NextName();
        return new(this, name, Opened(Libc.OpenAt(Number(_staging), name, Libc.OWrOnly | Libc.OCreat | Libc.OExcl, FileMode), RelativePath.FromBytes(name)));
    }

    /// <summary>Gives a finished file its name, in place of an older file of that name where that is allowed.</summary>
    /// <exception cref="FileFault">The folder is gone, or something is there.</exception>
    public void Place(StagedFile file, RelativePath target, bool replace)
    {
        Rename(_staging, file.Name, target, replace ? 0 : NoReplace);
        file.IsPlaced = true;
    }

    /// <summary>Gives a folder or file of the staging folder its name.</summary>
    /// <inheritdoc cref="Place(StagedFile, RelativePath, bool)"/>
    public void Place(byte[] staged, RelativePath target) => Rename(_staging, staged, target, NoReplace);

    /// <summary>Moves a file to the place of another, which goes, in one step.</summary>
    /// <exception cref="FileFault">One is gone, or is a folder.</exception>
    public void Replace(RelativePath from, RelativePath to)
    {
        using SafeFileHandle folder = OpenFolder(from.Folder);
        Rename(folder, from.Name, to, 0);
    }

    /// <summary>Puts what lies in the staging folder in the place of what lies at the target, and that in its, in one step.</summary>
    /// <returns>False where the file system has no such step.</returns>
    /// <exception cref="FileFault">One is gone.</exception>
    public bool Exchange(byte[] staged, RelativePath target) => Exchange(_staging, staged, target);

    /// <summary>Two files or folders get each the other's name.</summary>
    /// <inheritdoc cref="Exchange(byte[], RelativePath)"/>
    public bool Exchange(RelativePath one, RelativePath other)
    {
        using SafeFileHandle folder = OpenFolder(one.Folder);
        return Exchange(folder, one.Name, other);
    }

    /// <exception cref="FileFault">The folder above is gone, or something is there.</exception>
    public void MakeFolder(RelativePath path)
    {
        using SafeFileHandle above = OpenFolder(path.Folder);
        if (Libc.MakeFolderAt(Number(above), path.Name, FolderMode) != 0) throw Fault(path.Bytes);
    }

    /// <summary>An empty folder in the staging folder.</summary>
    public byte[] StageFolder()
    {
        byte[] name = NextName();
        return Libc.MakeFolderAt(Number(_staging), name, FolderMode) == 0 ? name : throw Fault(name);
    }

    /// <exception cref="FileFault">It is gone, or something is at the target.</exception>
    public void Move(RelativePath from, RelativePath to)
    {
        using SafeFileHandle folder = OpenFolder(from.Folder);
        Rename(folder, from.Name, to, NoReplace);
    }

    /// <summary>Removes a folder that is empty; any other stays.</summary>
    /// <returns>Whether it is gone.</returns>
    public bool RemoveFolder(RelativePath path)
    {
        using SafeFileHandle above = OpenFolder(path.Folder);
        return Libc.RemoveFolderAt(Number(above), path.Name) == 0;
    }

    /// <summary>Takes a file or a whole folder away from its name, in one step. It is kept until it is put back or discarded.</summary>
    /// <returns>Its name in the staging folder.</returns>
    public byte[] TakeAway(RelativePath path)
    {
        byte[] name = NextName();
        using SafeFileHandle folder = OpenFolder(path.Folder);
        return Libc.RenameAt(Number(folder), path.Name, Number(_staging), name, NoReplace) == 0 ? name : throw Fault(path.Bytes);
    }

    /// <summary>Removes what lies in the staging folder. What cannot be removed stays there until the next start.</summary>
    public void Discard(byte[] staged)
    {
        try
        {
            Remove(_staging, staged);
        }
        catch (FileFault)
        {
            // One folder that cannot be read keeps nobody from what else is there.
        }
    }

    /// <summary>Copies a file or folder into the staging folder; each file of it is on the disk then.</summary>
    /// <param name="isDeep">False for a folder without its contents.</param>
    /// <param name="hasRoom">Whether there is room for so many bytes more.</param>
    /// <exception cref="FileFault">Something cannot be read, or the disk is full; nothing is left.</exception>
    public StagedCopy Copy(RelativePath from, bool isDeep, Func<long, bool> hasRoom, CancellationToken cancellationToken)
    {
        if (Find(from) is not { } found) throw new FileFault(from, Libc.ENOENT);
        byte[] name = NextName();
        Copying copying = new(hasRoom, [], cancellationToken);
        try
        {
            if (found.IsFolder) CopyFolder(from, _staging, name, isDeep, copying);
            else CopyFile(from, _staging, name, copying);
            return new(this, name, copying.Files);
        }
        catch
        {
            Discard(name);
            throw;
        }
    }

    /// <returns>What it was, and what it is now.</returns>
    /// <exception cref="FileFault">It is gone.</exception>
    public (FileStat Before, FileStat After) SetModified(RelativePath path, long nanoseconds)
    {
        using SafeFileHandle file = Opened(Libc.OpenBeneath(Number(_root), path.Bytes, Libc.ORdOnly | Libc.ONonBlock), path);
        FileStat before = VolumeFiles.StatOf(file);
        return Libc.SetModified(Number(file), nanoseconds) == 0 ? (before, VolumeFiles.StatOf(file)) : throw Fault(path.Bytes);
    }

    /// <summary>Waits until the names in a folder are on the disk. A folder that is gone meanwhile needs none.</summary>
    public void SyncFolder(RelativePath folder)
    {
        int file = Libc.OpenBeneath(Number(_root), folder.Bytes, Libc.ORdOnly | Libc.ODirectory);
        if (file < 0 && Libc.Errno is Libc.ENOENT or Libc.ENOTDIR) return;
        using SafeFileHandle handle = Opened(file, folder);
        if (Libc.Sync(file) != 0) throw Fault(folder.Bytes);
    }

    public void Dispose()
    {
        _files.Dispose();
        _staging.Dispose();
        _root.Dispose();
    }

    internal static FileFault Fault(ReadOnlySpan<byte> path)
    {
        int errno = Libc.Errno;
        return new(RelativePath.FromBytes(path), errno);
    }

    void CopyFolder(RelativePath from, SafeFileHandle into, byte[] name, bool isDeep, Copying copying)
    {
        if (Libc.MakeFolderAt(Number(into), name, FolderMode) != 0) throw Fault(from.Bytes);
        if (!isDeep) return;
        using SafeFileHandle folder = Opened(Libc.OpenBeneath(Number(into), name, Libc.ORdOnly | Libc.ODirectory), from);
        foreach (FolderEntry entry in List(from))
        {
            copying.Cancellation.ThrowIfCancellationRequested();
            if (entry.Kind == EntryKind.Folder) CopyFolder(from.Child(entry.Name), folder, entry.Name, isDeep, copying);
            else if (entry.Kind == EntryKind.File) CopyFile(from.Child(entry.Name), folder, entry.Name, copying);
        }
        if (Libc.Sync(Number(folder)) != 0) throw Fault(from.Bytes);
    }

    void CopyFile(RelativePath from, SafeFileHandle into, byte[] name, Copying copying)
    {
        using SafeFileHandle source = OpenRead(from, out FileStat stat);
        if (!copying.HasRoom(stat.SizeInBytes)) throw new FileFault(from, Libc.ENOSPC);
        using SafeFileHandle target = Opened(Libc.OpenAt(Number(into), name, Libc.OWrOnly | Libc.OCreat | Libc.OExcl, FileMode), from);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopiedAtOnce);
        try
        {
            int length;
            for (long at = 0; (length = RandomAccess.Read(source, buffer, at)) > 0; at += length)
            {
                copying.Cancellation.ThrowIfCancellationRequested();
                if (Libc.WriteAll(Number(target), buffer.AsSpan(0, length)) != 0) throw Fault(from.Bytes);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (Libc.SetModified(Number(target), stat.ModifiedNs) != 0 || Libc.Sync(Number(target)) != 0) throw Fault(from.Bytes);
        // Only a copy of what was there at one moment is a copy.
        if (VolumeFiles.StatOf(source) == stat) copying.Files.Add((stat, VolumeFiles.StatOf(target)));
    }

    sealed record Copying(Func<long, bool> HasRoom, List<(FileStat From, FileStat To)> Files, CancellationToken Cancellation);

    void Rename(SafeFileHandle folder, ReadOnlySpan<byte> name, RelativePath to, uint flags)
    {
        using SafeFileHandle target = OpenFolder(to.Folder);
        if (Libc.RenameAt(Number(folder), name, Number(target), to.Name, flags) != 0) throw Fault(to.Bytes);
    }

    bool Exchange(SafeFileHandle folder, ReadOnlySpan<byte> name, RelativePath other)
    {
        using SafeFileHandle target = OpenFolder(other.Folder);
        if (Libc.RenameAt(Number(folder), name, Number(target), other.Name, Swap) == 0) return true;
        return Libc.Errno is Libc.EINVAL or Libc.ENOSYS or Libc.EOPNOTSUPP ? false : throw Fault(other.Bytes);
    }

    static void Remove(SafeFileHandle folder, ReadOnlySpan<byte> name)
    {
        if (Libc.UnlinkAt(Number(folder), name) == 0) return;
        int file = Libc.OpenBeneath(Number(folder), name, Libc.ORdOnly | Libc.ODirectory);
        if (file < 0) return;
        using (SafeFileHandle inner = new(file, ownsHandle: true))
        using (VolumeFiles files = new($"/proc/self/fd/{file}"))
            foreach (FolderEntry entry in files.List(RelativePath.Root, out _)) Remove(inner, entry.Name);
        _ = Libc.RemoveFolderAt(Number(folder), name);
    }

    SafeFileHandle OpenFolder(RelativePath folder) => Opened(Libc.OpenBeneath(Number(_root), folder.Bytes, Libc.ORdOnly | Libc.ODirectory), folder);

    static SafeFileHandle Opened(int file, RelativePath path)
    {
        int errno = Libc.Errno;
        return file >= 0 ? new(file, ownsHandle: true) : throw new FileFault(path, errno);
    }

    byte[] NextName() => Encoding.UTF8.GetBytes($"{Interlocked.Increment(ref _counter):x}");

    static int Number(SafeFileHandle file) => (int)file.DangerousGetHandle();
}
