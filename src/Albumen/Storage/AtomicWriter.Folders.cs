using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Albumen.Native;

namespace Albumen.Storage;

// Whole folders of ours: backups, and what is put back from them. A folder is made beside its place, synced, and renamed; none of this is ever called for a path below a volume.
public static partial class AtomicWriter
{
    // Octal 0750.
    const int OwnFolderMode = 0x1E8;

    /// <summary>Makes a folder where it lacks; the one above it exists.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void MakeFolder(string path)
    {
        if (Libc.MakeFolderAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(path), OwnFolderMode) != 0 && Libc.Errno is not Libc.EEXIST) Check(-1, $"make the folder {path}");
    }

    /// <summary>Copies a file, or its beginning, to where none is; it is on the disk when this returns, its name when its folder was synced.</summary>
    /// <param name="most">Copy no more bytes than this; null: all.</param>
    /// <param name="mode">Permission bits.</param>
    /// <returns>The SHA-256 of what was copied.</returns>
    /// <exception cref="IOException">It cannot be read or written; what was written stays.</exception>
    public static ContentHash CopyFile(string from, string to, long? most, int mode, CancellationToken cancellationToken)
    {
        using FileStream source = File.OpenRead(from);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int file = Open(Libc.AtFdCwd, to, Libc.OWrOnly | Libc.OCreat | Libc.OExcl, mode, $"create {to}");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferInBytes);
        try
        {
            long left = most ?? long.MaxValue;
            for (int length; left > 0 && (length = source.Read(buffer, 0, (int)Math.Min(buffer.Length, left))) > 0; left -= length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, length);
                Check(Libc.WriteAll(file, buffer.AsSpan(0, length)), $"write {to}");
            }
            Check(Libc.Sync(file), $"sync {to}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _ = Libc.Close(file);
        }
        return ContentHash.FromBytes(hash.GetHashAndReset());
    }

    /// <summary>Waits until a file, or the names in a folder, are on the disk; what lies of a file in memory is given up.</summary>
    /// <exception cref="IOException">The disk is failing.</exception>
    public static void SyncPath(string path)
    {
        int file = Open(Libc.AtFdCwd, path, Libc.ORdOnly, 0, $"open {path}");
        try
        {
            Check(Libc.Sync(file), $"sync {path}");
            Libc.ForgetCached(file);
        }
        finally
        {
            _ = Libc.Close(file);
        }
    }

    /// <summary>Gives a file or folder another name, where nothing is, on the same file system; that is on the disk when this returns.</summary>
    /// <exception cref="IOException">Something is there, or the disk is failing.</exception>
    public static void Move(string from, string to)
    {
        if (TryRename(from, to, NoReplaceFlag)) return;
        // Nobody else makes names in these folders.
        if (Path.Exists(to)) throw new IOException($"Cannot move {from} to {to}: something is there.");
        _ = TryRename(from, to, 0);
    }

    /// <summary>Two files or folders get each the other's name.</summary>
    /// <inheritdoc cref="Move(string, string)"/>
    public static void Swap(string one, string other)
    {
        if (TryRename(one, other, ExchangeFlag)) return;
        // On a file system that knows plain names only. Cut short, what was there has a name that begins like the one it was to get.
        string between = $"{one}.old";
        Move(other, between);
        Move(one, other);
        Move(between, one);
    }

    /// <summary>Removes a file or a folder with all that is in it; following no link. What cannot be removed stays.</summary>
    public static void RemoveAll(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (Libc.UnlinkAt(Libc.AtFdCwd, name) == 0 || Libc.Errno is not (Libc.EISDIR or Libc.EPERM)) return;
        // EPERM: or a file that nobody may remove.
        if (new DirectoryInfo(path) is not { Exists: true, LinkTarget: null }) return;
        foreach (string inside in Directory.EnumerateFileSystemEntries(path)) RemoveAll(inside);
        _ = Libc.RemoveFolderAt(Libc.AtFdCwd, name);
    }

    /// <summary>Gives a file or folder to the user and group that another belongs to: root puts back what the daemon is to read.</summary>
    /// <param name="onlyGroup">Its members may read it; it stays root's.</param>
    public static void GiveTo(string path, string ownerOf, bool onlyGroup = false)
    {
        // chown(2): an owner of -1 stays.
        const uint Unchanged = uint.MaxValue;
        if (Libc.EffectiveUserId() != 0 || Libc.StatAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(ownerOf), out Libc.Statx owner) != 0) return;
        int file = Open(Libc.AtFdCwd, path, Libc.ORdOnly | Libc.ONoFollow, 0, $"open {path}");
        _ = Libc.SetOwner(file, onlyGroup ? Unchanged : owner.User, owner.Group);
        _ = Libc.Close(file);
    }

    const uint NoReplaceFlag = 1, ExchangeFlag = 2;

    /// <returns>False: the file system, as a disk for backups can have one, does not know how.</returns>
    static bool TryRename(string from, string to, uint flags)
    {
        int result = Libc.RenameAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(from), Libc.AtFdCwd, Encoding.UTF8.GetBytes(to), flags);
        if (result != 0 && flags != 0 && Libc.Errno is (Libc.EINVAL or Libc.ENOSYS or Libc.EOPNOTSUPP)) return false;
        Check(result, $"move {from} to {to}");
        string source = Path.GetDirectoryName(from)!, target = Path.GetDirectoryName(to)!;
        SyncPath(target);
        if (source != target) SyncPath(source);
        return true;
    }
}
