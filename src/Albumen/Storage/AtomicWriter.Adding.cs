using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

// New originals. They are written in a folder of our own on the same file system and moved to their place, which the kernel lets us do in a writable
// volume without the right to write, remove or replace anything there (see Native/Landlock).
public static partial class AtomicWriter
{
    /// <summary>Where new originals are written, below the root of a writable volume. What a crash has left there is swept away at the next start.</summary>
    public static RelativePath Staging { get; } = RelativePath.Parse(".albumen/staging");

    const int BufferInBytes = 1 << 20;

    /// <summary>Adds a file where none is, whole and durable, with these bytes and this time of modification.</summary>
    /// <param name="path">Its place; folders that lack are made.</param>
    /// <param name="bytes">An open file, read from its beginning.</param>
    /// <param name="hash">What was received; anything else is not added.</param>
    /// <param name="modifiedNs">Nanoseconds since 1970 UTC.</param>
    /// <returns>Changed when something bears that name already.</returns>
    public static WriteResult Add(WriteRoot root, RelativePath path, SafeFileHandle bytes, ContentHash hash, long modifiedNs)
    {
        string what = $"add {root.Path}/{path}";
        try
        {
            using SafeFileHandle open = Open(root);
            using OpenFolder staging = new(root, open, Staging, make: false), folder = new(root, open, path.Folder, make: true);
            byte[] temporary = Encoding.UTF8.GetBytes($"{Guid.NewGuid():N}{PartialSuffix}");
            // Octal 0640.
            int file = Libc.OpenAt(staging.File, temporary, Libc.OWrOnly | Libc.OCreat | Libc.OExcl, 0x1A0);
            if (file < 0) throw new Fault(what, Libc.Errno);
            bool isPlaced = false;
            try
            {
                if (Copy(bytes, file, what) != hash) return new WriteResult.Failed($"Cannot {what}: its bytes changed while they were copied. Send it again.");
                if (Libc.SetModified(file, modifiedNs) != 0) throw new Fault(what, Libc.Errno);
                Sync(file, what);
                if (!Move(staging, temporary, folder, path.Name, what)) return new WriteResult.Changed();
                isPlaced = true;
                folder.Sync();
                if (folder.Failure is { } failure) return failure;
                return Libc.StatOf(file, out Libc.Statx stat) == 0 ? new WriteResult.Written(VolumeFiles.Convert(stat)) : throw new Fault(what, Libc.Errno);
            }
            finally
            {
                if (!isPlaced) _ = Libc.UnlinkAt(staging.File, temporary);
                _ = Libc.Close(file);
            }
        }
        catch (Fault fault)
        {
            return fault.ResultOfOriginal;
        }
    }

    /// <summary>Removes what a crash has left in the staging folder of a volume; nothing else ever lies there.</summary>
    public static void SweepStaging(WriteRoot root)
    {
        using VolumeFiles files = new(root.Path);
        if (files.StatFolder(Staging) is null) return;
        using SafeFileHandle open = Open(root);
        using OpenFolder staging = new(root, open, Staging, make: false);
        foreach (FolderEntry left in files.List(Staging, out _).Where(e => e.Kind is EntryKind.File && e.Name.AsSpan().EndsWith(Encoding.UTF8.GetBytes(PartialSuffix))))
            _ = Libc.UnlinkAt(staging.File, left.Name);
    }

    static ContentHash Copy(SafeFileHandle from, int to, string what)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferInBytes);
        try
        {
            long at = 0;
            for (int read; (read = RandomAccess.Read(from, buffer, at)) > 0; at += read)
            {
                hash.AppendData(buffer, 0, read);
                if (Libc.WriteAll(to, buffer.AsSpan(0, read)) != 0) throw new Fault(what, Libc.Errno);
                Libc.BeginWriting(to);
            }
            return ContentHash.FromBytes(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>False when something bears the name.</returns>
    static bool Move(OpenFolder staging, byte[] temporary, OpenFolder folder, ReadOnlySpan<byte> name, string what)
    {
        const uint NoReplace = 1;
        if (Libc.RenameAt(staging.File, temporary, folder.File, name, NoReplace) == 0) return true;
        return Libc.Errno is Libc.EEXIST ? false : throw new Fault(what, Libc.Errno, Libc.Errno is Libc.EXDEV
            ? "the kernel (before Linux 5.19) does not let it be moved there, or another disk is mounted there" : null);
    }
}
