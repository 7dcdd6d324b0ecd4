using System.Text;
using Albumen.Native;

namespace Albumen.Storage;

/// <summary>
/// The only code that creates files. What is ours alone is written here, what others write too in the other half of this type. A file appears under its name whole or not at all, and stays after a power cut:
/// written beside its place, synced, renamed, and the folder synced.
/// </summary>
public static partial class AtomicWriter
{
    /// <summary>Marks a file that is still being written; a folder's leftovers are found by it.</summary>
    public const string PartialSuffix = ".partial";

    /// <summary>Writes <paramref name="bytes"/> as <paramref name="path"/>, in place of an older file of that name.</summary>
    /// <param name="durable">False for what can be made again (a thumbnail): it is still whole or absent after a crash of ours, but costs no fsync.</param>
    /// <param name="mode">Permission bits, octal 0600 unless said otherwise.</param>
    /// <exception cref="IOException">Any step failed; nothing is left behind and an older file is untouched.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, bool durable = true, int mode = 0x180)
    {
        (string folderPath, string name) = (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path));
        int folder = Open(Libc.AtFdCwd, folderPath, Libc.ORdOnly | Libc.ODirectory, 0, $"open the folder {folderPath}");
        try
        {
            byte[] partial = Encoding.UTF8.GetBytes($".{name}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}{PartialSuffix}");
            _ = Libc.UnlinkAt(folder, partial);
            int file = Open(folder, Encoding.UTF8.GetString(partial), Libc.OWrOnly | Libc.OCreat | Libc.OExcl, mode, $"create a file in {folderPath}");
            bool isOpen = true;
            try
            {
                Check(Libc.WriteAll(file, bytes), $"write {path}");
                if (durable) Check(Libc.Sync(file), $"sync {path}");
                isOpen = false;
                Check(Libc.Close(file), $"close {path}");
                Check(Libc.RenameAt(folder, partial, Encoding.UTF8.GetBytes(name), 0), $"name the file {path}");
                if (durable) Check(Libc.Sync(folder), $"sync the folder {folderPath}");
            }
            catch
            {
                if (isOpen) _ = Libc.Close(file);
                _ = Libc.UnlinkAt(folder, partial);
                throw;
            }
        }
        finally
        {
            _ = Libc.Close(folder);
        }
    }

    static int Open(int folder, string path, int flags, int mode, string what)
    {
        int file = Libc.OpenAt(folder, Encoding.UTF8.GetBytes(path), flags, mode);
        Check(file, what);
        return file;
    }

    static void Check(nint result, string what)
    {
        if (result >= 0) return;
        int errno = Libc.Errno;
        throw new IOException($"Cannot {what}: {Libc.Describe(errno)}.", errno);
    }
}
