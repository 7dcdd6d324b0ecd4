using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Albumen.Native;
using Albumen.Storage;

namespace Albumen.Tests.Storage;

/// <summary>Files that other programs write too: <see cref="AtomicWriter.Write"/> and <see cref="AtomicWriter.Remove"/>.</summary>
public sealed partial class SidecarWritingTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-sidecars-").FullName;

    string File => Path.Combine(_folder, "a.jpg.xmp");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_sidecar_is_made_and_replaced_and_the_answer_is_what_lies_there()
    {
        FileStat first = Written(Write("one", null));
        Assert.Equal(Stat(), first);
        FileStat second = Written(Write("second", first));

        Assert.Equal(Stat(), second);
        Assert.Equal("second", System.IO.File.ReadAllText(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_not_as_expected_stays(bool isExpected)
    {
        FileStat? expected = isExpected ? Written(Write("ours", null)) : null;
        System.IO.File.WriteAllText(File, "theirs");

        Assert.Equal(new WriteResult.Changed(), Write("new", expected));

        Assert.Equal("theirs", System.IO.File.ReadAllText(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_sidecar_that_is_gone_is_not_made_again_by_a_replacement()
    {
        FileStat expected = Written(Write("ours", null));
        System.IO.File.Delete(File);

        Assert.Equal(new WriteResult.Changed(), Write("new", expected));

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_sidecar_that_somebody_has_open_for_writing_stays()
    {
        FileStat expected = Written(Write("ours", null));
        using (FileStream editor = new(File, FileMode.Open, FileAccess.Write))
        {
            Assert.Equal(new WriteResult.Changed(), Write("new", expected));
            editor.Write("HIS"u8);
        }

        Assert.Equal("HISs", System.IO.File.ReadAllText(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Mode_and_owner_stay_and_a_new_sidecar_takes_the_originals_without_execute()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "a.jpg"), "");
        System.IO.File.SetUnixFileMode(Path.Combine(_folder, "a.jpg"), (UnixFileMode)0x16D /* 0555 */);
        FileStat made = Written(AtomicWriter.Write(Root(), [new(RelativePath.Parse("a.jpg.xmp"), null, [], "a.jpg"u8.ToArray())])[0]);
        Assert.Equal((UnixFileMode)0x1A4 /* 0644 */, System.IO.File.GetUnixFileMode(File));

        System.IO.File.SetUnixFileMode(File, (UnixFileMode)0x1B0 /* 0660 */);
        bool isRoot = Libc.EffectiveUserId() == 0;
        if (isRoot) Assert.Equal(0, chown(File, 1234, 4321));
        Written(Write("new", made));

        Assert.Equal((UnixFileMode)0x1B0, System.IO.File.GetUnixFileMode(File));
        _ = Libc.StatAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(File), out Libc.Statx stat);
        if (isRoot) Assert.Equal((1234u, 4321u), (stat.User, stat.Group));
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("link")]
    [InlineData("fifo")]
    public void What_is_no_regular_file_is_never_replaced(string kind)
    {
        string original = Path.Combine(_folder, "original.jpg");
        System.IO.File.WriteAllText(original, "picture");
        if (kind == "folder") Directory.CreateDirectory(File);
        else if (kind == "link") System.IO.File.CreateSymbolicLink(File, original);
        else Assert.Equal(0, mkfifo(File, 0x1B6));

        foreach (WriteResult result in (WriteResult[])[Write("new", null), Write("new", Stat()), AtomicWriter.Remove(Root(), RelativePath.Parse("a.jpg.xmp"), Hash("picture"))])
            Assert.IsType<WriteResult.Failed>(result);

        Assert.Equal("picture", System.IO.File.ReadAllText(original));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void No_link_is_followed_out_of_the_root_and_another_folder_in_its_place_is_not_written_to()
    {
        string outside = Directory.CreateTempSubdirectory("albumen-outside-").FullName;
        Directory.CreateSymbolicLink(Path.Combine(_folder, "linked"), outside);

        Assert.Contains("symbolic link", Failed(AtomicWriter.Write(Root(), [new(RelativePath.Parse("linked/a.xmp"), null, [])])[0]).Message);
        Assert.True(Failed(AtomicWriter.Write(Root() with { Path = outside }, [new(RelativePath.Parse("a.xmp"), null, [])])[0]).IsVolumeGone);
        Assert.True(Failed(AtomicWriter.Write(new("/nowhere", 0, 0), [new(RelativePath.Parse("a.xmp"), null, [])])[0]).IsVolumeGone);

        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Directory.Delete(outside);
    }

    [Fact]
    public void Names_of_255_bytes_and_bytes_that_are_no_text_are_written()
    {
        byte[][] names = [[.. Enumerable.Repeat((byte)'n', 250), .. "1.xmp"u8], [.. Enumerable.Repeat((byte)'n', 250), .. "2.xmp"u8], [0xFF, .. ".xmp"u8]];

        IReadOnlyList<WriteResult> results = AtomicWriter.Write(Root(), [.. names.Select(name => new FileWrite(RelativePath.Root.Child(name), null, name))]);
        results = AtomicWriter.Write(Root(), [.. names.Select((name, i) => new FileWrite(RelativePath.Root.Child(name), Written(results[i]), name))]);

        Assert.All(results, result => Written(result));
        using VolumeFiles files = new(_folder);
        Assert.Equal(names, files.List(RelativePath.Root, out _).Select(entry => entry.Name));
        Assert.All(names, name => Assert.IsType<WriteResult.Removed>(AtomicWriter.Remove(Root(), RelativePath.Root.Child(name),
            ContentHash.Parse(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(name))))));
    }

    [Fact]
    public void Folders_are_made_only_where_that_is_wanted()
    {
        FileWrite write = new(RelativePath.Parse("2024/07/a.xmp"), null, "x"u8.ToArray());

        Assert.Contains("ENOENT", Failed(AtomicWriter.Write(Root(), [write])[0]).Message);
        Written(AtomicWriter.Write(Root(), [write], makeFolders: true)[0]);

        Assert.Equal("x", System.IO.File.ReadAllText(Path.Combine(_folder, "2024/07/a.xmp")));
    }

    [Fact]
    public void One_bad_file_of_a_batch_keeps_no_other_from_being_written()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "3.xmp"));

        IReadOnlyList<WriteResult> results = AtomicWriter.Write(Root(), [.. Enumerable.Range(0, 600).Select(i => new FileWrite(RelativePath.Parse($"{i}.xmp"), null, BitConverter.GetBytes(i)))]);

        Assert.Equal([3], results.Index().Where(r => r.Item is not WriteResult.Written).Select(r => r.Index));
        Assert.All(results.Index().Where(r => r.Index != 3), r => Assert.Equal(BitConverter.GetBytes(r.Index), System.IO.File.ReadAllBytes(Path.Combine(_folder, $"{r.Index}.xmp"))));
        Assert.Equal(600, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void A_sidecar_is_removed_only_with_the_bytes_that_were_told()
    {
        Written(Write("ours", null));

        Assert.Equal(new WriteResult.Changed(), AtomicWriter.Remove(Root(), RelativePath.Parse("a.jpg.xmp"), Hash("other")));
        Assert.Equal("ours", System.IO.File.ReadAllText(File));
        Assert.Equal(new WriteResult.Removed(), AtomicWriter.Remove(Root(), RelativePath.Parse("a.jpg.xmp"), Hash("ours")));
        Assert.Equal(new WriteResult.Removed(), AtomicWriter.Remove(Root(), RelativePath.Parse("a.jpg.xmp"), Hash("ours")));

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    const string Leftover = "._a.jpg.xmp.albumen";
    const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite, Marked = Plain | UnixFileMode.StickyBit;

    [Fact]
    public void Half_a_file_of_a_killed_writer_is_replaced()
    {
        Leave(Leftover, "hal", Marked);

        Written(Write("whole", null));

        Assert.Equal("whole", System.IO.File.ReadAllText(Assert.Single(Directory.GetFileSystemEntries(_folder))));
    }

    [Fact]
    public void What_a_killed_writer_took_out_unseen_goes_back()
    {
        Leave(Leftover, "theirs", Plain);
        Leave("a.jpg.xmp", "ours", Marked);

        Assert.Equal(new WriteResult.Changed(), Write("next", Stat()));

        Assert.Equal("theirs", System.IO.File.ReadAllText(Assert.Single(Directory.GetFileSystemEntries(_folder))));
    }

    [Fact]
    public void What_a_killed_writer_took_out_is_kept_when_somebody_wrote_since()
    {
        Leave(Leftover, "theirs", Plain);
        Leave("a.jpg.xmp", "newer", Plain);

        byte[] kept = Assert.IsType<WriteResult.Changed>(Write("next", Stat())).Kept!;

        Assert.Equal("newer", System.IO.File.ReadAllText(File));
        Assert.Equal("theirs", System.IO.File.ReadAllText(Path.Combine(_folder, Encoding.UTF8.GetString(kept))));
        Assert.True(IgnoreRules.IsJunk(Encoding.UTF8.GetString(kept)));
        Written(Write("next", Stat()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_another_program_writes_meanwhile_is_lost(bool isInPlace)
    {
        System.IO.File.WriteAllText(File, "");
        ConcurrentBag<string> written = [];
        long end = Stopwatch.GetTimestamp() + 3 * Stopwatch.Frequency;
        Task foreign = Task.Run(() =>
        {
            // In place it appends; else it saves all that it holds, as an editor does that has the file open all the time.
            StringBuilder held = new();
            for (int i = 0; Stopwatch.GetTimestamp() < end; i++)
            {
                string line = $"theirs {i}\n";
                if (isInPlace) System.IO.File.AppendAllText(File, line);
                else
                {
                    System.IO.File.WriteAllText(File + ".new", held.Append(line).ToString());
                    System.IO.File.Move(File + ".new", File, overwrite: true);
                }
                written.Add(line);
            }
        }, TestContext.Current.CancellationToken);
        int ours = 0, changed = 0;
        List<byte[]> kept = [];
        while (!foreign.IsCompleted || ours == 0)
        {
            FileStat before = Stat();
            string text = System.IO.File.ReadAllText(File);
            if (Stat() != before) continue;
            string line = $"ours {ours}\n";
            switch (Write(text + line, before))
            {
                case WriteResult.Written: ours++; break;
                case WriteResult.Changed other:
                    changed++;
                    if (other.Kept is { } name) kept.Add(name);
                    break;
                case var failed: Assert.Fail($"{failed}"); break;
            }
        }
        await foreign;

        HashSet<string> lines = [.. System.IO.File.ReadAllText(File).Split('\n')];
        foreach (byte[] name in kept) lines.UnionWith(System.IO.File.ReadAllText(Path.Combine(_folder, Encoding.UTF8.GetString(name))).Split('\n'));
        TestContext.Current.TestOutputHelper?.WriteLine($"{written.Count} theirs, {ours} ours, {changed} changed, {kept.Count} kept");
        Assert.Equal([], written.Select(line => line.TrimEnd()).Except(lines));
        // A program that replaces the file without looking loses what was written since it read, as it would without us.
        if (isInPlace) Assert.All(Enumerable.Range(0, ours), i => Assert.Contains($"ours {i}", lines));
        Assert.Equal(1 + kept.Count, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void A_full_disk_and_a_read_only_one_leave_the_old_sidecar_and_say_what_to_do()
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
        const int NewMountNamespace = 0x20000, Recursive = 0x4000, Private = 0x40000, ReadOnly = 1, Again = 32;
        Assert.Equal(0, unshare(NewMountNamespace));
        Assert.Equal(0, mount("none", "/", null, Recursive | Private, null));
        Assert.Equal(0, mount("none", _folder, "tmpfs", 0, "size=64k"));
        FileStat old = Written(Write("old", null));

        WriteResult.Failed full = Failed(Write(new string('x', 200_000), old));
        Assert.Equal(0, mount("none", _folder, "tmpfs", ReadOnly | Again, null));
        WriteResult.Failed readOnly = Failed(Write("new", old));

        Assert.True(full is { IsFull: true, IsReadOnly: false, IsVolumeGone: false }, full.Message);
        Assert.Equal($"Cannot write {File}: No space left on device (ENOSPC). Make room there.", full.Message);
        Assert.True(readOnly is { IsFull: false, IsReadOnly: true, IsVolumeGone: false }, readOnly.Message);
        Assert.Contains("'sidecars: mirror'", readOnly.Message);
        Assert.Equal("old", System.IO.File.ReadAllText(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder));
    }

    WriteRoot Root() => new(_folder, Stat(_folder));

    WriteResult Write(string text, FileStat? expected) => AtomicWriter.Write(Root(), [new(RelativePath.Parse("a.jpg.xmp"), expected, Encoding.UTF8.GetBytes(text))])[0];

    FileStat Stat(string? path = null) => Libc.StatAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(path ?? File), out Libc.Statx stat) == 0 ? VolumeFiles.Convert(stat) : default;

    void Leave(string name, string text, UnixFileMode mode)
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, name), text);
        System.IO.File.SetUnixFileMode(Path.Combine(_folder, name), mode);
    }

    static FileStat Written(WriteResult result) => Assert.IsType<WriteResult.Written>(result).Stat;

    static WriteResult.Failed Failed(WriteResult result) => Assert.IsType<WriteResult.Failed>(result);

    static ContentHash Hash(string text) => ContentHash.Parse(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, nuint flags, string? data);
}
