using System.Security.Cryptography;
using Albumen.Native;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Storage;

/// <summary>
/// Sidecars: files that other programs write too. A file is replaced only while it is the one that was expected, and no byte that somebody
/// else wrote is lost: the two change names (RENAME_EXCHANGE), what came out is looked at, and goes back if it is another.
/// </summary>
/// <remarks>
/// File systems that cannot exchange names (some network file systems, exFAT) get a check and then a plain rename: whoever writes in the
/// microseconds between the two is overwritten there.
/// </remarks>
public static partial class AtomicWriter
{
    // Each holds a descriptor and its room on the disk until all are synced.
    const int MostAtOnce = 250;

    // fsync is waiting: the file system commits what many ask for in one go.
    const int SyncThreads = 32;

    // Who had found the old file by its name just before it lost that, and was about to open it.
    static readonly TimeSpan Openers = TimeSpan.FromMilliseconds(5);

    /// <summary>Writes the files, each durable or as it was, and answers in their order. A file that fails does not keep others from being written.</summary>
    /// <param name="makeFolders">Missing folders are made (octal 0750).</param>
    public static IReadOnlyList<WriteResult> Write(WriteRoot root, IReadOnlyList<FileWrite> files, bool makeFolders = false)
    {
        WriteResult[] results = new WriteResult[files.Count];
        try
        {
            using SafeFileHandle open = Open(root);
            for (int from = 0; from < files.Count; from += MostAtOnce)
                WriteSome(root, open, files, from, Math.Min(files.Count, from + MostAtOnce), makeFolders, results);
        }
        catch (Fault fault)
        {
            for (int i = 0; i < results.Length; i++) results[i] ??= fault.Result;
        }
        return results;
    }

    /// <summary>Removes an original that somebody wants gone: the file that was expected, by device, inode, size, times and bytes, and no other.</summary>
    /// <remarks>
    /// A removal that was killed leaves the file as <see cref="LeftoverOf"/>. Whoever expects that one has it removed; who expects what it was with its name has it named again.
    /// </remarks>
    /// <returns>Removed, also when it was not there; changed when another lies there, which stays, or when it got its name back.</returns>
    public static WriteResult RemoveOriginal(WriteRoot root, RelativePath path, FileStat expected, ContentHash bytes) => RemoveThat(root, path, bytes, expected);

    /// <summary>Where a removal that was killed leaves a file.</summary>
    public static RelativePath LeftoverOf(RelativePath path) => path.Folder.Child(Exchange.TemporaryName(path.Name, ""));

    /// <summary>Removes a file if its bytes are these.</summary>
    /// <returns>Removed, also when it was not there; changed when its bytes are others.</returns>
    public static WriteResult Remove(WriteRoot root, RelativePath path, ContentHash bytes) => RemoveThat(root, path, bytes, null);

    static WriteResult RemoveThat(WriteRoot root, RelativePath path, ContentHash bytes, FileStat? expected)
    {
        try
        {
            using SafeFileHandle open = Open(root);
            using OpenFolder folder = new(root, open, path.Folder, make: false);
            using Exchange exchange = new(folder, path, $"remove {root.Path}/{path}");
            WriteResult result = exchange.Remove(bytes, expected);
            folder.Sync();
            return folder.Failure ?? result;
        }
        catch (Fault fault)
        {
            return fault.IsMissing ? new WriteResult.Removed() : expected is null ? fault.Result : fault.ResultOfOriginal;
        }
    }

    static void WriteSome(WriteRoot root, SafeFileHandle open, IReadOnlyList<FileWrite> files, int from, int to, bool makeFolders, WriteResult[] results)
    {
        Dictionary<RelativePath, OpenFolder> folders = [];
        Dictionary<RelativePath, int> places = [];
        Exchange?[] exchanges = new Exchange?[to];
        ParallelOptions threads = new() { MaxDegreeOfParallelism = SyncThreads };
        try
        {
            for (int i = from; i < to; i++)
            {
                FileWrite file = files[i];
                // A file that is named twice is another one after the first time.
                if (!places.TryAdd(file.Path, i)) results[i] = new WriteResult.Changed();
                else
                    Try(i, () =>
                    {
                        if (!folders.TryGetValue(file.Path.Folder, out OpenFolder? folder))
                            folders.Add(file.Path.Folder, folder = new(root, open, file.Path.Folder, makeFolders));
                        exchanges[i] = new(folder, file.Path, $"write {root.Path}/{file.Path}");
                    });
            }
            // ext4 waits in each of these steps: for a free inode, for its journal, for the blocks of the old file.
            Parallel.ForEach(Unfinished(), threads, i => Try(i, () => results[i] = exchanges[i]!.Prepare(files[i])!));
            Parallel.ForEach(Unfinished(), threads, i => Try(i, exchanges[i]!.Sync));
            Parallel.ForEach(Unfinished(), threads, i => Try(i, () => results[i] = exchanges[i]!.Place()!));
            if (Unfinished().Any(i => exchanges[i]!.HoldsOld)) Thread.Sleep(Openers);
            Parallel.ForEach(Unfinished(), threads, i => Try(i, () => results[i] = exchanges[i]!.Confirm()!));
            Parallel.ForEach(folders.Values.Where(f => f.IsChanged), threads, folder => folder.Sync());
            foreach (int i in Unfinished()) results[i] = exchanges[i]!.Finish();
        }
        finally
        {
            foreach (Exchange? exchange in exchanges) exchange?.Dispose();
            foreach (OpenFolder folder in folders.Values) folder.Dispose();
        }

        int[] Unfinished() => [.. Enumerable.Range(from, to - from).Where(i => results[i] is null)];

        void Try(int i, Action step)
        {
            try
            {
                step();
            }
            catch (Fault fault)
            {
                results[i] = fault.Result;
            }
        }
    }

    static SafeFileHandle Open(WriteRoot root)
    {
        int folder = Libc.OpenAt(Libc.AtFdCwd, System.Text.Encoding.UTF8.GetBytes(root.Path), Libc.ORdOnly | Libc.ODirectory);
        if (folder < 0) throw new Fault($"open {root.Path}", Libc.Errno) { IsRoot = true };
        SafeFileHandle handle = new(folder, ownsHandle: true);
        if (Libc.StatOf(folder, out Libc.Statx stat) == 0 && (stat.Device, (long)stat.Inode) == (root.Device, root.Inode)) return handle;
        handle.Dispose();
        throw new Fault($"write below {root.Path}", Libc.ESTALE, "another folder lies there than before. Mount the disk that belongs there") { IsRoot = true };
    }

    /// <summary>One folder of a batch, synced once for all files in it.</summary>
    sealed class OpenFolder : IDisposable
    {
        readonly SafeFileHandle _handle;
        readonly string _path;

        public OpenFolder(WriteRoot root, SafeFileHandle open, RelativePath folder, bool make)
        {
            _path = folder.IsRoot ? root.Path : $"{root.Path}/{folder}";
            int file = Libc.OpenBeneath((int)open.DangerousGetHandle(), folder.Bytes, Libc.ORdOnly | Libc.ODirectory);
            if (file < 0 && Libc.Errno is Libc.ENOENT && make) file = Make((int)open.DangerousGetHandle(), folder);
            if (file < 0) throw new Fault($"open the folder {_path}", Libc.Errno);
            _handle = new(file, ownsHandle: true);
        }

        public int File => (int)_handle.DangerousGetHandle();

        public bool IsChanged { get; set; }

        /// <summary>Names in it changed, and that may not outlast a power cut.</summary>
        public WriteResult.Failed? Failure { get; private set; }

        public void Sync()
        {
            try
            {
                AtomicWriter.Sync(File, $"sync the folder {_path}");
            }
            catch (Fault fault)
            {
                Failure = fault.Result;
            }
        }

        public void Dispose() => _handle.Dispose();

        /// <summary>Every part that lacks, each opened in the one before and synced into it.</summary>
        static int Make(int root, RelativePath folder)
        {
            // Octal 0750.
            const int Mode = 0x1E8;
            int above = Libc.OpenBeneath(root, [], Libc.ORdOnly | Libc.ODirectory);
            foreach (Range part in folder.Bytes.Split((byte)'/'))
            {
                if (above < 0) return above;
                ReadOnlySpan<byte> name = folder.Bytes[part];
                int refused = Libc.MakeFolderAt(above, name, Mode) == 0 ? 0 : Libc.Errno;
                if (refused == 0) _ = Libc.Sync(above);
                int next = Libc.OpenBeneath(above, name, Libc.ORdOnly | Libc.ODirectory), errno = Libc.Errno;
                // It lacks because it could not be made: that is why.
                if (next < 0 && errno is Libc.ENOENT && refused != 0) errno = refused;
                _ = Libc.Close(above);
                System.Runtime.InteropServices.Marshal.SetLastPInvokeError(errno);
                above = next;
            }
            return above;
        }
    }

    static void Sync(int file, string what)
    {
        int tries = 0;
        while (Libc.Sync(file) != 0)
            if (Libc.Errno is not Libc.EINTR || ++tries > 1000) throw new Fault(what, Libc.Errno);
    }

    /// <summary>The kernel refused a step.</summary>
    sealed class Fault(string what, int errno, string? why = null) : IOException
    {
        public bool IsRoot { get; init; }

        public bool IsMissing => errno is Libc.ENOENT && !IsRoot;

        public WriteResult.Failed Result => Told(", or configure 'sidecars: mirror' for this volume");

        public WriteResult.Failed ResultOfOriginal => Told("");

        WriteResult.Failed Told(string otherwise) => new($"Cannot {what}: {why ?? Libc.Describe(errno)}.{Advice(otherwise)}",
            IsFull: errno is Libc.ENOSPC or Libc.EDQUOT, IsReadOnly: errno is Libc.EROFS or Libc.EACCES or Libc.EPERM,
            IsVolumeGone: IsRoot || errno is Libc.ESTALE or Libc.ENOTCONN or Libc.ENODEV);

        string Advice(string otherwise) => errno switch
        {
            Libc.ENOSPC or Libc.EDQUOT => " Make room there.",
            Libc.EROFS => $" Mount it writable{otherwise}.",
            Libc.EACCES or Libc.EPERM => $" Let the user albumend runs as write to that folder{otherwise}.",
            Libc.EIO => " The disk may be failing: look into the kernel's log (dmesg).",
            Libc.ELOOP or Libc.EXDEV => " A symbolic link leads there, and Albumen follows none.",
            Libc.ENAMETOOLONG => " The name is longer than the file system allows.",
            _ => "",
        };
    }

    /// <summary>One file on its way: made beside its place, synced, exchanged with what lies there.</summary>
    sealed class Exchange(OpenFolder folder, RelativePath path, string what) : IDisposable
    {
        const uint NoReplace = 1, Swap = 2;

        // S_ISVTX means nothing on a file. It marks a file of ours that has not taken its place for good, so that after a crash it is told from what somebody else wrote.
        const int Unconfirmed = 0x200, Permissions = 0x1FF;

        readonly byte[] _name = path.Name.ToArray(), _temporary = TemporaryName(path.Name, "");
        FileStat? _expected;
        Libc.Statx _ours;
        int _file = -1, _mode;
        bool _isPlaced;

        /// <summary>What lay there bears the temporary name.</summary>
        public bool HoldsOld { get; private set; }

        /// <summary>Makes the new file under its temporary name.</summary>
        /// <returns>Null when all is well so far.</returns>
        public WriteResult? Prepare(FileWrite write)
        {
            _expected = write.Expected;
            if (Recover() is { } recovered) return recovered;
            if (!IsAsExpected(out Libc.Statx there)) return new WriteResult.Changed();
            // Octal 0640.
            _mode = 0x1A0;
            bool hasModel = true;
            if (_expected is not null) _mode = there.Mode & Permissions;
            // Octal 0666, and 0600 in any case: an original is often read-only.
            else if (write.Like is { } like && Libc.StatAt(folder.File, like, out there) == 0 && there.IsRegular) _mode = (there.Mode & 0x1B6) | 0x180;
            else hasModel = false;

            _file = Libc.OpenAt(folder.File, _temporary, Libc.OWrOnly | Libc.OCreat | Libc.OExcl, 0x180 | Unconfirmed);
            if (_file < 0) throw new Fault(what, Libc.Errno);
            Check(Libc.StatOf(_file, out _ours));
            Check(Libc.WriteAll(_file, write.Bytes));
            _ = Libc.SetMode(_file, _mode | Unconfirmed);
            if (hasModel && (there.User, there.Group) != (_ours.User, _ours.Group) && Libc.SetOwner(_file, there.User, there.Group) != 0)
                _ = Libc.SetOwner(_file, uint.MaxValue, there.Group);
            Libc.BeginWriting(_file);
            return null;
        }

        public void Sync()
        {
            AtomicWriter.Sync(_file, what);
            Check(Libc.StatOf(_file, out _ours));
        }

        /// <summary>Puts it in its place.</summary>
        /// <returns>Null when it lies there.</returns>
        public WriteResult? Place()
        {
            if (!IsAsExpected(out _)) return new WriteResult.Changed();
            folder.IsChanged = true;
            return _expected is null ? Add() : Trade();
        }

        /// <summary>The old file goes, if still nobody has written to it.</summary>
        /// <returns>Null when the new one lies there for good.</returns>
        public WriteResult? Confirm()
        {
            if (HoldsOld)
            {
                if (!IsStill(_expected!.Value)) return PutBack();
                Check(Libc.UnlinkAt(folder.File, _temporary));
                HoldsOld = false;
            }
            _isPlaced = true;
            _ = Libc.SetMode(_file, _mode);
            return null;
        }

        public WriteResult Finish()
        {
            if (folder.Failure is { } failure) return failure;
            FileStat stat = VolumeFiles.Convert(_ours);
            // Its mode was set since. Had somebody written to it already, these would not be the times of what we wrote.
            return new WriteResult.Written(Libc.StatOf(_file, out Libc.Statx now) == 0 && IsSame(now, stat) ? VolumeFiles.Convert(now) : stat);
        }

        /// <param name="only">Null: whichever file it is.</param>
        public WriteResult Remove(ContentHash bytes, FileStat? only)
        {
            FileStat? left = only is { } begun ? Leftover(begun) : null;
            if (left is null && Recover() is { } recovered) return recovered;
            if (left is { } named && named.ChangedNs != only!.Value.ChangedNs)
            {
                folder.IsChanged = true;
                Rename(_temporary, _name, NoReplace);
                return new WriteResult.Changed();
            }
            int file = Libc.OpenAt(folder.File, left is null ? _name : _temporary, Libc.ORdOnly | Libc.ONonBlock | Libc.ONoFollow);
            if (file < 0) return Libc.Errno is Libc.ENOENT ? new WriteResult.Removed() : throw new Fault(what, Libc.Errno);
            using SafeFileHandle handle = new(file, ownsHandle: true);
            Check(Libc.StatOf(file, out Libc.Statx found));
            if (!found.IsRegular) throw NotRegular();
            _expected = VolumeFiles.Convert(found);
            if (only is { } that && (that.Device, that.Inode, that.SizeInBytes, that.ModifiedNs, that.ChangedNs)
                != (_expected.Value.Device, _expected.Value.Inode, _expected.Value.SizeInBytes, _expected.Value.ModifiedNs, _expected.Value.ChangedNs)) return new WriteResult.Changed();
            if (ContentHash.Of(handle) != bytes) return new WriteResult.Changed();
            folder.IsChanged = true;
            if (left is null) Rename(_name, _temporary, NoReplace);
            if (!IsStill(_expected.Value)) return new WriteResult.Changed(NameAgain() ? null : Keep());
            if (Libc.UnlinkAt(folder.File, _temporary) == 0) return new WriteResult.Removed();
            Fault refused = new(what, Libc.Errno);
            _ = NameAgain();
            throw refused;
        }

        public void Dispose()
        {
            if (_file < 0) return;
            // Only ever our own: after a fault in between, somebody else's file may bear the name.
            if (!_isPlaced && Libc.StatAt(folder.File, _temporary, out Libc.Statx left) == 0 && left.Inode == _ours.Inode) _ = Libc.UnlinkAt(folder.File, _temporary);
            Close();
        }

        void Close()
        {
            if (_file >= 0) _ = Libc.Close(_file);
            _file = -1;
        }

        /// <summary>What a removal left that was killed; null where there is none.</summary>
        FileStat? Leftover(FileStat begun)
        {
            if (Libc.StatAt(folder.File, _name, out _) == 0 || Libc.Errno is not Libc.ENOENT) return null;
            return Libc.StatAt(folder.File, _temporary, out Libc.Statx left) == 0 && left.IsRegular && IsSame(left, begun) ? VolumeFiles.Convert(left) : null;
        }

        /// <summary>Deals with what a crash left.</summary>
        /// <returns>Null when the way is free.</returns>
        WriteResult? Recover()
        {
            if (Libc.StatAt(folder.File, _temporary, out Libc.Statx left) != 0) return Libc.Errno is Libc.ENOENT ? null : throw new Fault(what, Libc.Errno);
            if (!left.IsRegular) throw new Fault(what, Libc.EEXIST, $"{RelativePath.Show(_temporary)} in that folder is not a regular file. Remove it");
            if (IsUnconfirmed(left))
            {
                Check(Libc.UnlinkAt(folder.File, _temporary));
                return null;
            }
            folder.IsChanged = true;
            if (!CanBeMarked(left)) return new WriteResult.Changed(Keep());
            // An exchange that was not looked at any more: as if it had not been.
            if (Libc.RenameAt(folder.File, _temporary, _name, NoReplace) == 0) return new WriteResult.Changed();
            if (Libc.StatAt(folder.File, _name, out Libc.Statx there) != 0 || !IsUnconfirmed(there) || Libc.RenameAt(folder.File, _temporary, _name, Swap) != 0)
                return new WriteResult.Changed(Keep());
            return new WriteResult.Changed(Libc.StatAt(folder.File, _temporary, out there) == 0 && IsUnconfirmed(there) && Libc.UnlinkAt(folder.File, _temporary) == 0 ? null : Keep());
        }

        /// <summary>Gives the file its name, which nobody has.</summary>
        /// <returns>Null when it was done.</returns>
        WriteResult.Changed? Add()
        {
            if (TryRename(NoReplace)) return null;
            if (Libc.Errno is Libc.EEXIST) return new();
            if (!CannotRename(Libc.Errno)) throw new Fault(what, Libc.Errno);
            if (Libc.LinkAt(folder.File, _temporary, _name) == 0)
            {
                _ = Libc.UnlinkAt(folder.File, _temporary);
                return null;
            }
            if (Libc.Errno is Libc.EEXIST || !IsAsExpected(out _)) return new();
            Rename(_temporary, _name, 0);
            return null;
        }

        /// <summary>Exchanges the file with what lies there, which goes if it is what was expected.</summary>
        /// <returns>Null when it was done.</returns>
        WriteResult.Changed? Trade()
        {
            if (!TryRename(Swap))
            {
                if (Libc.Errno is Libc.ENOENT) return new();
                if (!CannotRename(Libc.Errno)) throw new Fault(what, Libc.Errno);
                Rename(_temporary, _name, 0);
                return null;
            }
            HoldsOld = true;
            return IsStill(_expected!.Value) ? null : PutBack();
        }

        /// <summary>Somebody was faster: theirs goes back.</summary>
        WriteResult.Changed PutBack()
        {
            HoldsOld = false;
            if (Libc.RenameAt(folder.File, _temporary, _name, Swap) != 0) _ = Libc.RenameAt(folder.File, _temporary, _name, NoReplace);
            // Ours came out again, unless somebody has written there once more, or is about to.
            Close();
            Thread.Sleep(Openers);
            if (!IsStill(VolumeFiles.Convert(_ours))) return new(Keep());
            _ = Libc.UnlinkAt(folder.File, _temporary);
            return new();
        }

        /// <summary>Whether what bears the temporary name is that file, unchanged, and nobody is about to write to it.</summary>
        bool IsStill(FileStat expected)
        {
            if (Libc.StatAt(folder.File, _temporary, out Libc.Statx came) != 0 || !came.IsRegular || !IsSame(came, expected)) return false;
            int file = Libc.OpenAt(folder.File, _temporary, Libc.ORdOnly | Libc.ONonBlock | Libc.ONoFollow);
            if (file < 0) return true;
            bool? isWritten = Lease.IsOpenForWriting(file);
            // Who has it closed since has left a time.
            bool isSame = Libc.StatOf(file, out came) == 0 && IsSame(came, expected);
            _ = Libc.Close(file);
            return isSame && isWritten is not true;
        }

        /// <summary>On a file system that keeps no such bit, half a file of ours would look as if somebody else had written it.</summary>
        bool CanBeMarked(in Libc.Statx left)
        {
            int file = Libc.OpenAt(folder.File, _temporary, Libc.ORdOnly | Libc.ONonBlock | Libc.ONoFollow);
            if (file < 0) return false;
            int mode = left.Mode & Permissions;
            bool isKept = Libc.SetMode(file, mode | Unconfirmed) == 0 && Libc.StatOf(file, out Libc.Statx marked) == 0 && IsUnconfirmed(marked);
            _ = Libc.SetMode(file, mode);
            _ = Libc.Close(file);
            return isKept;
        }

        /// <summary>Gives what bears the temporary name the right one again, unless somebody has taken that meanwhile.</summary>
        bool NameAgain() => Libc.RenameAt(folder.File, _temporary, _name, NoReplace) == 0
            || (CannotRename(Libc.Errno) && Libc.StatAt(folder.File, _name, out _) != 0 && Libc.Errno is Libc.ENOENT && Libc.RenameAt(folder.File, _temporary, _name, 0) == 0);

        /// <summary>Puts what bears the temporary name where no later write looks for its own.</summary>
        byte[]? Keep()
        {
            if (Libc.StatAt(folder.File, _temporary, out Libc.Statx left) != 0) return null;
            byte[] kept = TemporaryName(_name, $"-{left.Inode:x}");
            return Libc.RenameAt(folder.File, _temporary, kept, 0) == 0 ? kept : _temporary;
        }

        bool IsAsExpected(out Libc.Statx there)
        {
            if (Libc.StatAt(folder.File, _name, out there) != 0) return Libc.Errno is Libc.ENOENT ? _expected is null : throw new Fault(what, Libc.Errno);
            if (!there.IsRegular) throw NotRegular();
            return _expected is { } expected && IsSame(there, expected);
        }

        Fault NotRegular() => new(what, Libc.EEXIST, "what lies there is not a regular file");

        /// <summary>A signal in between leaves open whether it was done.</summary>
        bool TryRename(uint flags)
        {
            for (int tries = 0; Libc.RenameAt(folder.File, _temporary, _name, flags) != 0;)
            {
                int errno = Libc.Errno;
                if (errno is Libc.EINTR && Libc.StatAt(folder.File, _name, out Libc.Statx there) == 0 && there.Inode == _ours.Inode) return true;
                if (errno is Libc.EINTR && ++tries < 1000) continue;
                System.Runtime.InteropServices.Marshal.SetLastPInvokeError(errno);
                return false;
            }
            return true;
        }

        void Rename(byte[] from, byte[] to, uint flags)
        {
            if (Libc.RenameAt(folder.File, from, to, flags) == 0) return;
            if (flags == 0 || !CannotRename(Libc.Errno)) throw new Fault(what, Libc.Errno);
            Check(Libc.RenameAt(folder.File, from, to, 0));
        }

        void Check(int result)
        {
            if (result < 0) throw new Fault(what, Libc.Errno);
        }

        static bool CannotRename(int errno) => errno is Libc.EINVAL or Libc.ENOSYS or Libc.EOPNOTSUPP;

        static bool IsUnconfirmed(in Libc.Statx stat) => stat.IsRegular && (stat.Mode & Unconfirmed) != 0;

        static bool IsSame(in Libc.Statx stat, FileStat other) =>
            ((long)stat.Inode, (long)stat.Size, stat.Modified.TotalNanoseconds) == (other.Inode, other.SizeInBytes, other.ModifiedNs);

        /// <summary>A name that scans leave out, at most 255 bytes long, and no other file's.</summary>
        public static byte[] TemporaryName(ReadOnlySpan<byte> name, string more)
        {
            const int Longest = 255;
            byte[] end = System.Text.Encoding.ASCII.GetBytes(".albumen" + more);
            if (2 + name.Length + end.Length <= Longest) return [.. "._"u8, .. name, .. end];
            byte[] hash = System.Text.Encoding.ASCII.GetBytes("~" + Convert.ToHexStringLower(SHA256.HashData(name))[..16]);
            return [.. "._"u8, .. name[..(Longest - 2 - hash.Length - end.Length)], .. hash, .. end];
        }
    }
}
