using Albumen.Native;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tests.Storage;

public sealed class VolumeFilesTests : IDisposable
{
    readonly Shelf _shelf = new();

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public void A_listing_is_in_byte_order_and_knows_what_everything_is()
    {
        _shelf.With("b.jpg", "a/x.jpg", "B.jpg");
        _shelf.Shell("mkfifo f; ln -s b.jpg link");

        Assert.Equal("B.jpg:File a:Folder b.jpg:File f:Other link:Link", string.Join(' ', List("").Select(e => $"{RelativePath.Show(e.Name)}:{e.Kind}")));
    }

    [Fact]
    public void A_file_has_the_size_and_times_the_kernel_says()
    {
        _shelf.With("a.jpg");
        FileInfo info = new(Path.Combine(_shelf.Disk, "a.jpg")) { LastWriteTimeUtc = new(1969, 12, 31, 23, 59, 59, DateTimeKind.Utc) };

        FileStat stat = Assert.Single(List("")).Stat;

        Assert.Equal((info.Length, -1_000_000_000L), (stat.SizeInBytes, stat.ModifiedNs));
        Assert.True(stat.ChangedNs > 0 && stat.Inode > 0);
    }

    [Fact]
    public void A_name_that_is_no_text_is_listed_and_can_be_read()
    {
        byte[] name = [.. "caf"u8, 0xE9, .. ".jpg"u8];
        _shelf.Write(name, []);

        Assert.Equal(name, Assert.Single(List("")).Name);
        using SafeFileHandle file = Open(RelativePath.Root.Child(name));
        Assert.Equal(0, RandomAccess.GetLength(file));
    }

    [Fact]
    public void Names_may_be_255_bytes_long_and_folders_hold_many()
    {
        _shelf.With(Enumerable.Range(0, 1500).Select(i => $"{i:D4}{new string('x', 251)}"));

        List<FolderEntry> entries = List("");

        Assert.Equal(1500, entries.Count);
        Assert.Equal(255, entries[^1].Name.Length);
    }

    [Theory]
    [InlineData("mkfifo it.jpg")]
    [InlineData("python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"it.jpg\")'")]
    [InlineData("mkdir it.jpg")]
    [InlineData("ln -s other.jpg it.jpg")]
    [InlineData("ln -s it.jpg it.jpg")]
    [InlineData("ln -s /etc/passwd it.jpg")]
    [InlineData("ln -s ../secret it.jpg")]
    public async Task Nothing_but_a_regular_file_is_ever_opened(string command)
    {
        File.WriteAllText(Path.Combine(_shelf.Root, "secret"), "secret");
        _shelf.With("other.jpg");
        _shelf.Shell(command);

        await Task.Run(() => Assert.Throws<FileFault>(() => Open(RelativePath.Parse("it.jpg")))).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_device_is_not_opened()
    {
        Assert.SkipUnless(Libc.EffectiveUserId() == 0, "Only root can make a device node.");
        _shelf.Shell("mknod it.jpg c 1 5");

        Assert.Equal(EntryKind.Other, Assert.Single(List("")).Kind);
        Assert.Throws<FileFault>(() => Open(RelativePath.Parse("it.jpg")));
    }

    [Fact]
    public void A_link_on_the_way_leads_nowhere()
    {
        _shelf.With("a/x.jpg");
        _shelf.Shell("ln -s a inside; ln -s / outside; ln -s .. up");

        Assert.Throws<FileFault>(() => Open(RelativePath.Parse("inside/x.jpg")));
        Assert.Throws<FileFault>(() => Open(RelativePath.Parse("outside/etc/passwd")));
        Assert.Throws<FileFault>(() => List("up"));
    }

    [Fact]
    public void Only_what_is_not_there_is_gone()
    {
        _shelf.With("a.jpg");

        Assert.True(Assert.Throws<FileFault>(() => Open(RelativePath.Parse("b.jpg"))).IsGone);
        Assert.True(Assert.Throws<FileFault>(() => List("b")).IsGone);
        foreach (int errno in (int[])[Libc.EIO, Libc.EACCES, Libc.ESTALE, Libc.ENOTCONN, Libc.EPERM, Libc.ELOOP])
            Assert.False(new FileFault(RelativePath.Parse("a"), errno).IsGone);
        Assert.False(new FileFault(RelativePath.Root, Libc.ENOENT).IsGone);
    }

    [Fact]
    public void A_root_that_is_not_there_is_a_fault_of_the_volume()
    {
        FileFault fault = Assert.Throws<FileFault>(() => new VolumeFiles(Path.Combine(_shelf.Root, "nowhere")));

        Assert.True(fault is { IsVolume: true, IsGone: false });
        Assert.Contains("ENOENT", fault.Message);
    }

    [Fact]
    public void The_root_is_asked_anew_so_another_disk_in_its_place_is_seen()
    {
        using VolumeFiles files = new(_shelf.Disk);
        FileStat before = files.StatRoot();
        Directory.Move(_shelf.Disk, Path.Combine(_shelf.Root, "old"));
        Directory.CreateDirectory(_shelf.Disk);

        Assert.NotEqual(before.Inode, files.StatRoot().Inode);
    }

    List<FolderEntry> List(string folder)
    {
        using VolumeFiles files = new(_shelf.Disk);
        return files.List(RelativePath.Parse(folder), out _);
    }

    SafeFileHandle Open(RelativePath path)
    {
        using VolumeFiles files = new(_shelf.Disk);
        return files.OpenRead(path, out _);
    }
}
