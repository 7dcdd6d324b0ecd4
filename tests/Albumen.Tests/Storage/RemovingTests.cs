using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Albumen.Native;
using Albumen.Storage;

namespace Albumen.Tests.Storage;

/// <summary>An original that is removed on purpose: the very file that was meant, or none; and never one that loses only its name.</summary>
public sealed partial class RemovingTests : IDisposable
{
    static readonly RelativePath Photo = RelativePath.Parse("a.jpg");
    static readonly byte[] Bytes = [.. "picture"u8];

    readonly string _root = Directory.CreateTempSubdirectory("albumen-removing-").FullName;

    string File => Path.Combine(_root, "a.jpg");

    string Leftover => Path.Combine(_root, "._a.jpg.albumen");

    public RemovingTests() => System.IO.File.WriteAllBytes(File, Bytes);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_file_that_was_meant_goes()
    {
        Assert.IsType<WriteResult.Removed>(Remove(Stat(File)));

        Assert.Empty(Directory.GetFileSystemEntries(_root));
        Assert.IsType<WriteResult.Removed>(Remove(default));
    }

    [Fact]
    public void Another_file_another_time_and_other_bytes_stay()
    {
        FileStat was = Stat(File);
        foreach (FileStat other in (FileStat[])
        [
            was with { Device = was.Device + 1 }, was with { Inode = was.Inode + 1 }, was with { SizeInBytes = was.SizeInBytes + 1 }, was with { ModifiedNs = was.ModifiedNs + 1 },
            was with { ChangedNs = was.ChangedNs + 1 },
        ])
            Assert.Equal(new WriteResult.Changed(), Remove(other));
        Assert.Equal(new WriteResult.Changed(), AtomicWriter.RemoveOriginal(Root(), Photo, was, ContentHash.FromBytes(SHA256.HashData("others!"u8))));

        Assert.Equal(Bytes, System.IO.File.ReadAllBytes(Assert.Single(Directory.GetFileSystemEntries(_root))));
    }

    [Fact]
    public void What_a_removal_that_was_killed_has_left_goes_when_that_is_meant_and_is_named_again_when_not()
    {
        FileStat named = Stat(File);
        System.IO.File.Move(File, Leftover);
        Assert.Equal(new WriteResult.Changed(), Remove(named with { ChangedNs = 0 }));
        Assert.Equal([File], Directory.GetFileSystemEntries(_root));

        System.IO.File.Move(File, Leftover);
        Assert.IsType<WriteResult.Removed>(Remove(Stat(Leftover)));
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_the_disk_does_not_let_go_keeps_its_name(bool wasKilledBefore)
    {
        if (wasKilledBefore) System.IO.File.Move(File, Leftover);
        FileStat meant = Stat(wasKilledBefore ? Leftover : File);
        WriteRoot root = Root();
        WriteResult? result = null;
        Thread thread = new(() =>
        {
            if (RefuseUnlink()) result = AtomicWriter.RemoveOriginal(root, Photo, meant, ContentHash.FromBytes(SHA256.HashData(Bytes)));
        });
        thread.Start();
        thread.Join();

        Assert.SkipWhen(result is null, "The kernel takes no filter for system calls here.");
        Assert.Contains("EIO", Assert.IsType<WriteResult.Failed>(result).Message, StringComparison.Ordinal);
        Assert.Equal([File], Directory.GetFileSystemEntries(_root));
        Assert.Equal(Bytes, System.IO.File.ReadAllBytes(File));
    }

    WriteResult Remove(FileStat expected) => AtomicWriter.RemoveOriginal(Root(), Photo, expected, ContentHash.FromBytes(SHA256.HashData(Bytes)));

    WriteRoot Root() => new(_root, Stat(_root));

    static FileStat Stat(string path) => Libc.StatAt(Libc.AtFdCwd, System.Text.Encoding.UTF8.GetBytes(path), out Libc.Statx stat) == 0 ? VolumeFiles.Convert(stat) : throw new FileNotFoundException(path);

    /// <summary>From now on unlinkat(2) fails with EIO for this thread, as on a disk that dies: by a filter of system calls (seccomp), which the thread keeps until it ends.</summary>
    static unsafe bool RefuseUnlink()
    {
        const int SetNoNewPrivileges = 38, SetSeccomp = 22, Filter = 2;
        uint unlinkat = RuntimeInformation.ProcessArchitecture is System.Runtime.InteropServices.Architecture.X64 ? 263u : 35u;
        // struct sock_filter { u16 code; u8 jt, jf; u32 k }: load the number of the call; is it this one?; say EIO (5); let it pass.
        ulong* program = stackalloc ulong[] { Step(0x20, 0, 0, 0), Step(0x15, 0, 1, unlinkat), Step(0x06, 0, 0, 0x0005_0005), Step(0x06, 0, 0, 0x7fff_0000) };
        SocketFilterProgram filter = new() { Length = 4, Steps = program };
        return prctl(SetNoNewPrivileges, 1, 0, 0, 0) == 0 && prctl(SetSeccomp, Filter, (nint)(&filter), 0, 0) == 0;

        static ulong Step(ushort code, byte ifTrue, byte ifFalse, uint value) => code | ((ulong)ifTrue << 16) | ((ulong)ifFalse << 24) | ((ulong)value << 32);
    }

    [StructLayout(LayoutKind.Sequential)]
    unsafe struct SocketFilterProgram
    {
        public ushort Length;
        public ulong* Steps;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);
}
