using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Albumen.Native;
using Albumen.Sidecar;
using Albumen.Storage;
using Albumen.Tests.Acceptance;

namespace Albumen.Tests.Sidecar;

/// <summary>The real <c>albumend scribe</c>, asked by a daemon that has turned on the originals.</summary>
public sealed partial class ScribeTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("albumen-scribe-").FullName;
    readonly List<Scribe> _scribes = [];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (Scribe scribe in _scribes) scribe.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Sidecars_and_layer_files_are_written_and_removed()
    {
        (Scribe scribe, _) = Start();
        byte[] large = new byte[20 << 20];
        Random.Shared.NextBytes(large);

        IReadOnlyList<WriteResult> results = await scribe.WriteAsync(Root(), [Write("a.jpg.xmp", "one"), Write("B.XMP", "two"), new(RelativePath.Parse(".albumen/layer/journal.jsonl"), null, large)], Cancelled);

        Assert.All(results, result => Assert.IsType<WriteResult.Written>(result));
        Assert.Equal("one", await File.ReadAllTextAsync(At("a.jpg.xmp"), Cancelled));
        Assert.Equal("two", await File.ReadAllTextAsync(At("B.XMP"), Cancelled));
        Assert.Equal(large, await File.ReadAllBytesAsync(At(".albumen/layer/journal.jsonl"), Cancelled));
        Assert.Equal(new WriteResult.Changed(), await scribe.RemoveAsync(Root(), RelativePath.Parse("a.jpg.xmp"), Hash("two"), Cancelled));
        Assert.Equal(new WriteResult.Removed(), await scribe.RemoveAsync(Root(), RelativePath.Parse("a.jpg.xmp"), Hash("one"), Cancelled));
        Assert.False(File.Exists(At("a.jpg.xmp")));
    }

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("new.jpg")]
    [InlineData(".xmp")]
    [InlineData("xmp")]
    [InlineData("a.xmp.jpg")]
    [InlineData(".albumen/volume")]
    [InlineData(".albumen/layer/a.jpg")]
    [InlineData("2024/.albumen/layer/a.json")]
    [InlineData("linked/x.xmp")]
    [InlineData("fifo.xmp")]
    [InlineData("folder.xmp")]
    [InlineData("link.xmp")]
    public async Task Everything_else_is_refused(string path)
    {
        string outside = Directory.CreateTempSubdirectory("albumen-outside-").FullName;
        await File.WriteAllTextAsync(At("a.jpg"), "picture", Cancelled);
        Directory.CreateDirectory(At("folder.xmp"));
        Directory.CreateSymbolicLink(At("linked"), outside);
        File.CreateSymbolicLink(At("link.xmp"), At("a.jpg"));
        Assert.Equal(0, mkfifo(At("fifo.xmp"), 0x1B6));
        string before = Everything();
        (Scribe scribe, _) = Start();

        foreach (FileStat? expected in (FileStat?[])[null, Stat(path)])
            Assert.IsNotType<WriteResult.Written>((await scribe.WriteAsync(Root(), [new(RelativePath.Parse(path), expected, "intruder"u8.ToArray())], Cancelled))[0]);
        WriteResult removal = await scribe.RemoveAsync(Root(), RelativePath.Parse(path), Hash("picture"), Cancelled);

        Assert.True(removal is WriteResult.Failed || !File.Exists(At(path)), $"{removal}");
        Assert.Equal(before, Everything());
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Equal("picture", await File.ReadAllTextAsync(At("a.jpg"), Cancelled));
        Directory.Delete(outside);
    }

    [Fact]
    public void Paths_out_of_a_volume_and_roots_that_are_none_are_refused()
    {
        foreach (string path in (string[])["../x.xmp", "/etc/x.xmp", "a/../../x.xmp", "a//x.xmp", "./x.xmp", "x.xmp\0", ""])
            Assert.Null(ScribeRules.Allowed([_root], _root, Encoding.UTF8.GetBytes(path), out _));
        foreach (string root in (string[])["/etc", _root + "/", _root + "/2024", ""]) Assert.Null(ScribeRules.Allowed([_root], root, "x.xmp"u8.ToArray(), out _));
        Assert.NotNull(ScribeRules.Allowed([_root], _root, "x.xmp"u8.ToArray(), out _));
    }

    [Theory]
    [InlineData("../outside.jpg")]
    [InlineData("/etc/hosts")]
    [InlineData("2024/../../outside.jpg")]
    [InlineData("")]
    [InlineData("2024")]
    [InlineData(".albumen/volume")]
    [InlineData(".ALBUMEN/volume")]
    [InlineData(".albumen/layer/journal.jsonl")]
    [InlineData("linked/outside.jpg")]
    [InlineData("link.jpg")]
    public async Task Nothing_is_purged_outside_of_a_volume_nor_what_is_no_original(string path)
    {
        string outside = Directory.CreateTempSubdirectory("albumen-outside-").FullName, victim = Path.Combine(outside, "outside.jpg");
        await File.WriteAllTextAsync(victim, "picture", Cancelled);
        Directory.CreateDirectory(At("2024"));
        foreach (string folder in (string[])[".albumen/layer", ".ALBUMEN"]) Directory.CreateDirectory(At(folder));
        foreach (string file in (string[])[".albumen/volume", ".ALBUMEN/volume", ".albumen/layer/journal.jsonl"]) await File.WriteAllTextAsync(At(file), "picture", Cancelled);
        File.CreateSymbolicLink(At("linked"), outside);
        File.CreateSymbolicLink(At("link.jpg"), victim);
        string before = Everything();
        (Scribe scribe, _) = Start(isPurgeable: true);

        // A path that leads out the daemon cannot even ask for; who has its socket might. Everything else about it is right.
        WriteResult result = path.StartsWith('/') || path.Contains("..", StringComparison.Ordinal)
            ? ScribeRules.AllowedToPurge([_root], _root, Encoding.UTF8.GetBytes(path), out string reason) is null ? new WriteResult.Failed(reason) : new WriteResult.Removed()
            : await scribe.PurgeAsync(Root(), RelativePath.Parse(path), Stat(path)!.Value, Hash("picture"), Cancelled);

        Assert.True(result is WriteResult.Failed or WriteResult.Changed, $"{result}");
        Assert.Equal(before, Everything());
        Assert.True(File.Exists(victim));
        Directory.Delete(outside, recursive: true);
    }

    [Fact]
    public async Task An_original_goes_only_as_the_very_file_that_was_shown()
    {
        await File.WriteAllTextAsync(At("a.jpg"), "picture", Cancelled);
        await File.WriteAllTextAsync(At("b.jpg"), "picture", Cancelled);
        (Scribe scribe, _) = Start(isPurgeable: true);
        FileStat shown = Stat("a.jpg")!.Value;

        // Written to since, with the same bytes; another file; other bytes.
        Assert.IsType<WriteResult.Changed>(await scribe.PurgeAsync(Root(), RelativePath.Parse("b.jpg"), shown, Hash("picture"), Cancelled));
        Assert.IsType<WriteResult.Changed>(await scribe.PurgeAsync(Root(), RelativePath.Parse("a.jpg"), shown, Hash("others!"), Cancelled));
        await Task.Delay(20, Cancelled);
        await File.WriteAllTextAsync(At("a.jpg"), "picture", Cancelled);
        Assert.IsType<WriteResult.Changed>(await scribe.PurgeAsync(Root(), RelativePath.Parse("a.jpg"), shown, Hash("picture"), Cancelled));
        // Somebody has it open for writing.
        using (FileStream open = new(At("a.jpg"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
            Assert.IsType<WriteResult.Changed>(await scribe.PurgeAsync(Root(), RelativePath.Parse("a.jpg"), Stat("a.jpg")!.Value, Hash("picture"), Cancelled));
        Assert.Equal([At("a.jpg"), At("b.jpg")], Directory.GetFileSystemEntries(_root).Order(StringComparer.Ordinal));

        Assert.IsType<WriteResult.Removed>(await scribe.PurgeAsync(Root(), RelativePath.Parse("a.jpg"), Stat("a.jpg")!.Value, Hash("picture"), Cancelled));
        Assert.Equal([At("b.jpg")], Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task Nothing_is_purged_unless_the_scribe_was_started_for_that_and_for_this_very_volume()
    {
        await File.WriteAllTextAsync(At("a.jpg"), "picture", Cancelled);
        Directory.CreateDirectory(At("2024"));
        await File.WriteAllTextAsync(At("2024/a.jpg"), "picture", Cancelled);
        FileStat shown = Stat("a.jpg")!.Value;

        (Scribe off, _) = Start();
        Assert.Contains("did not allow", Failure(await off.PurgeAsync(Root(), RelativePath.Parse("a.jpg"), shown, Hash("picture"), Cancelled)), StringComparison.Ordinal);

        (Scribe on, _) = Start(isPurgeable: true);
        // What it is not asked to purge stays an original: it is neither written nor removed.
        Assert.Contains("neither a sidecar", Failure((await on.WriteAsync(Root(), [Write("a.jpg", "other")], Cancelled))[0]), StringComparison.Ordinal);
        Assert.Contains("neither a sidecar", Failure(await on.RemoveAsync(Root(), RelativePath.Parse("a.jpg"), Hash("picture"), Cancelled)), StringComparison.Ordinal);
        // A folder in the volume is none, nor is another path to it; and another folder than before may lie there.
        Assert.Contains("did not allow", Failure(await on.PurgeAsync(new(At("2024"), Stat("2024")!.Value), RelativePath.Parse("a.jpg"), Stat("2024/a.jpg")!.Value, Hash("picture"), Cancelled)), StringComparison.Ordinal);
        Assert.Contains("did not allow", Failure(await on.PurgeAsync(Root() with { Path = _root + "/" }, RelativePath.Parse("a.jpg"), shown, Hash("picture"), Cancelled)), StringComparison.Ordinal);
        Assert.True(Assert.IsType<WriteResult.Failed>(await on.PurgeAsync(Root() with { Inode = 1 }, RelativePath.Parse("a.jpg"), shown, Hash("picture"), Cancelled)).IsVolumeGone);
        Assert.Equal(("picture", "picture"), (await File.ReadAllTextAsync(At("a.jpg"), Cancelled), await File.ReadAllTextAsync(At("2024/a.jpg"), Cancelled)));

        static string Failure(WriteResult result) => Assert.IsType<WriteResult.Failed>(result).Message;
    }

    [Fact]
    public async Task It_has_nothing_open_but_its_socket_and_ends_with_its_daemon_alone()
    {
        (Scribe scribe, int process) = Start();
        await scribe.WriteAsync(Root(), [Write("a.xmp", "one")], Cancelled);

        Signal.Send(process, Signal.Terminate);
        await Task.Delay(200, Cancelled);
        Assert.IsType<WriteResult.Written>((await scribe.WriteAsync(Root(), [Write("b.xmp", "two")], Cancelled))[0]);
        Assert.Contains("NoNewPrivs:\t1", await File.ReadAllTextAsync($"/proc/{process}/status", Cancelled));
        Assert.True(scribe.IsRunning);

        scribe.Dispose();
        await GoneAsync(process);
    }

    [Fact]
    public async Task When_it_has_ended_every_request_says_what_to_do()
    {
        (Scribe scribe, int process) = Start();
        Signal.Send(process, Signal.Kill);
        await GoneAsync(process);

        Assert.False(scribe.IsRunning);
        IReadOnlyList<WriteResult> results = await scribe.WriteAsync(Root(), [Write("a.xmp", "one"), Write("b.xmp", "two")], Cancelled);

        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.Contains("Restart albumend", Assert.IsType<WriteResult.Failed>(result).Message));
    }

    [Fact]
    public async Task Killed_at_any_moment_it_leaves_a_whole_sidecar()
    {
        string[] versions = [new('a', 3000), new('b', 70_000), new('c', 400)];
        Random random = new(1850);
        int kills = 0, written = 0;
        for (int round = 0; round < 20; round++)
        {
            (Scribe scribe, int process) = Start();
            // The start takes longer than a write.
            Assert.IsType<WriteResult.Removed>(await scribe.RemoveAsync(Root(), RelativePath.Parse("other.xmp"), Hash(""), Cancelled));
            Task killing = Task.Run(async () =>
            {
                await Task.Delay(random.Next(1, 300), Cancelled);
                Signal.Send(process, Signal.Kill);
            }, Cancelled);
            for (int i = 0; ; i++)
            {
                WriteResult result = (await scribe.WriteAsync(Root(), [new(RelativePath.Parse("a.xmp"), Stat("a.xmp"), Encoding.UTF8.GetBytes(versions[i % 3]))], Cancelled))[0];
                if (result is WriteResult.Failed) break;
                if (result is WriteResult.Written) written++;
                if (result is WriteResult.Changed { Kept: { } kept }) Assert.Fail(Encoding.UTF8.GetString(kept));
            }
            await killing;
            kills++;
            await GoneAsync(process);
            if (File.Exists(At("a.xmp"))) Assert.Contains(await File.ReadAllTextAsync(At("a.xmp"), Cancelled), versions);
        }
        (Scribe last, _) = Start();
        while ((await last.WriteAsync(Root(), [new(RelativePath.Parse("a.xmp"), Stat("a.xmp"), "end"u8.ToArray())], Cancelled))[0] is WriteResult.Changed) { }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {written} writes");
        Assert.Equal("end", await File.ReadAllTextAsync(Assert.Single(Directory.GetFileSystemEntries(_root)), Cancelled));
    }

    (Scribe Scribe, int Process) Start(bool isPurgeable = false)
    {
        (Scribe Scribe, int Process) started = Scribe.StartNow(Programs.Albumend, [], Scribe.Words([_root], isPurgeable ? [_root] : []));
        _scribes.Add(started.Scribe);
        return started;
    }

    static async Task GoneAsync(int process)
    {
        long started = Stopwatch.GetTimestamp();
        while (Directory.Exists($"/proc/{process}") && !(await File.ReadAllTextAsync($"/proc/{process}/stat", Cancelled)).Contains(") Z "))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10), "the scribe outlives its daemon");
            await Task.Delay(5, Cancelled);
        }
    }

    string At(string path) => Path.Combine(_root, path);

    string Everything() => string.Join('\n', Directory.GetFileSystemEntries(_root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));

    WriteRoot Root() => new(_root, Stat("")!.Value);

    FileStat? Stat(string path) => Libc.StatAt(Libc.AtFdCwd, Encoding.UTF8.GetBytes(At(path)), out Libc.Statx stat) == 0 ? VolumeFiles.Convert(stat) : null;

    static FileWrite Write(string path, string text) => new(RelativePath.Parse(path), null, Encoding.UTF8.GetBytes(text));

    static ContentHash Hash(string text) => ContentHash.Parse(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text))));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);
}
