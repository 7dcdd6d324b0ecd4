using System.Runtime.InteropServices;
using Albumen.Native;
using Albumen.Storage;

namespace Albumen.Tests.Storage;

public sealed partial class AtomicWriterTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-writer-").FullName;

    string File => Path.Combine(_folder, "a.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_is_made_and_replaced(bool durable)
    {
        AtomicWriter.Replace(File, "one"u8, durable);
        AtomicWriter.Replace(File, "second"u8, durable);

        Assert.Equal("second", System.IO.File.ReadAllText(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_file_is_private_unless_said_otherwise()
    {
        AtomicWriter.Replace(File, []);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void Who_has_the_old_file_open_keeps_the_old_bytes()
    {
        AtomicWriter.Replace(File, "one"u8);
        using StreamReader reader = new(File);
        AtomicWriter.Replace(File, "second"u8);

        Assert.Equal("one", reader.ReadToEnd());
    }

    [Fact]
    public async Task Whoever_reads_meanwhile_sees_one_whole_file_or_the_other()
    {
        byte[] small = [.. Enumerable.Repeat((byte)1, 1000)], large = [.. Enumerable.Repeat((byte)2, 300_000)];
        AtomicWriter.Replace(File, small);
        Task writing = Task.Run(() =>
        {
            for (int i = 0; i < 200; i++) AtomicWriter.Replace(File, i % 2 == 0 ? large : small, durable: false);
        }, TestContext.Current.CancellationToken);
        while (!writing.IsCompleted)
        {
            byte[] seen = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
            Assert.True(seen.AsSpan().SequenceEqual(small) || seen.AsSpan().SequenceEqual(large), $"{seen.Length} bytes");
        }
        await writing;
    }

    [Fact]
    public void Writing_that_fails_says_why_and_leaves_nothing()
    {
        Directory.CreateDirectory(File);

        IOException error = Assert.Throws<IOException>(() => AtomicWriter.Replace(File, "bytes"u8));

        Assert.Contains(File, error.Message);
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder));
        Assert.Contains("ENOENT", Assert.Throws<IOException>(() => AtomicWriter.Replace("/nowhere/at/all", [])).Message);
    }

    [Fact]
    public void A_leftover_of_a_killed_process_is_no_obstacle()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, $".a.json.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}{AtomicWriter.PartialSuffix}"), "half");

        AtomicWriter.Replace(File, "whole"u8);

        Assert.Equal("whole", System.IO.File.ReadAllText(Assert.Single(Directory.GetFileSystemEntries(_folder))));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_as_it_was()
    {
        Assert.SkipUnless(Libc.EffectiveUserId() == 0, "Only root can mount a small disk.");
        Exception? failure = null;
        // Mounts of a thread with a namespace of its own are seen by nobody else and go with it.
        Thread thread = new(() => failure = Record.Exception(FillDisk));
        thread.Start();
        thread.Join();

        Assert.Null(failure);
    }

    void FillDisk()
    {
        const int NewMountNamespace = 0x20000, Recursive = 0x4000, Private = 0x40000;
        Assert.Equal(0, unshare(NewMountNamespace));
        Assert.Equal(0, mount("none", "/", null, Recursive | Private, null));
        Assert.Equal(0, mount("none", _folder, "tmpfs", 0, "size=64k"));
        AtomicWriter.Replace(File, "old"u8);

        IOException error = Assert.Throws<IOException>(() => AtomicWriter.Replace(File, new byte[200_000]));

        Assert.Contains("ENOSPC", error.Message);
        Assert.Equal("old", System.IO.File.ReadAllText(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, nuint flags, string? data);
}
