using System.Diagnostics;
using System.Text.Json;
using Albumen.Client;
using Albumen.Sql;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;
using Dapper;

namespace Albumen.Tests.Acceptance;

/// <summary>Bits that flip by themselves are found, told from edits and never taken for one. Real files, real workers, a real daemon.</summary>
public sealed class VerifyTests : IAsyncLifetime
{
    const int Done = 0, Failed = 1, Usage = 2, Partly = 3;

    readonly string _library = Directory.CreateTempSubdirectory("albumen-verify-").FullName;
    byte[] _picture = [];

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string picture = Path.Combine(_library, "picture.jpg");
        await RunAsync("vips", "black", picture, "64", "48");
        _picture = await File.ReadAllBytesAsync(picture, Now);
        File.Delete(picture);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Flipped_bits_are_found_all_of_them_and_nothing_else_and_no_scan_takes_them_for_an_edit()
    {
        for (int i = 0; i < 50; i++) Picture($"{i % 4}/{i:00}.jpg", i);
        await using PrivateDaemon daemon = await StartAsync();
        string before = await TreeAsync(daemon);
        string[] flipped = ["1/01.jpg", "1/13.jpg", "2/26.jpg", "3/47.jpg", "0/48.jpg"];
        foreach (string name in flipped) Flip(name);

        Answer verify = await daemon.AlbumenAsync("verify", "--wait", "--json");

        Assert.Equal(Partly, verify.Code);
        Assert.Contains("5 files changed by themselves", verify.Error, StringComparison.Ordinal);
        VerifiedVolume volume = Volume(verify);
        Assert.Equal(("finished", 50, 5, 0, 0), (volume.State, volume.Files, volume.Rotted, volume.Edited, volume.Unreadable));
        Assert.Equal(flipped.Select(name => $"/Folders/lib/{name} rotted").Order(), await ProblemsAsync(daemon));

        await daemon.ScanAsync();

        Assert.Equal(flipped.Select(name => $"/Folders/lib/{name} rotted").Order(), await ProblemsAsync(daemon));
        Assert.Equal(before, await TreeAsync(daemon));

        foreach (string name in flipped) Flip(name);
        Assert.Equal(Done, (await daemon.AlbumenAsync("verify", "--wait")).Code);
        Assert.Empty(await ProblemsAsync(daemon));
        await daemon.ScanAsync();
        Assert.Empty(await ProblemsAsync(daemon));
        Assert.Equal(before, await TreeAsync(daemon));
    }

    [Fact]
    public async Task What_a_scan_alone_sees_rot_is_no_edit_either()
    {
        Picture("a.jpg", 1);
        await using PrivateDaemon daemon = await StartAsync();
        string before = await TreeAsync(daemon);
        Flip("a.jpg");

        await daemon.ScanAsync();

        Assert.Equal(["/Folders/lib/a.jpg rotted"], await ProblemsAsync(daemon));
        Assert.Equal(before, await TreeAsync(daemon));
    }

    [Fact]
    public async Task What_has_rotted_is_told_with_its_hash_its_last_good_day_and_its_copies()
    {
        Picture("a.jpg", 1);
        Picture("backup/a.jpg", 1);
        Picture("b.jpg", 2);
        await using PrivateDaemon daemon = await StartAsync();
        string hash = (await EntryAsync(daemon, "/Folders/lib/a.jpg")).Sha256!;
        Flip("a.jpg");
        Flip("b.jpg");

        await daemon.AlbumenAsync("verify", "--wait");

        using AlbumenClient client = Client(daemon);
        IReadOnlyList<Problem> problems = (await client.ProblemsAsync(null, 10, Now)).Items;
        string today = $"{DateTime.UtcNow:yyyy-MM-dd}";
        Assert.Contains(hash, problems[0].Message, StringComparison.Ordinal);
        Assert.Contains($"good on {today}", problems[0].Message, StringComparison.Ordinal);
        Assert.Contains($"Copies: /Folders/lib/backup/a.jpg (good on {today}).", problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("no other copy", problems[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edited_file_is_indexed_in_the_usual_way_and_its_asset_keeps_its_history()
    {
        Picture("a.jpg", 1);
        Picture("b.jpg", 2);
        await using PrivateDaemon daemon = await StartAsync();
        TreeEntry before = await EntryAsync(daemon, "/Folders/lib/a.jpg");
        Picture("a.jpg", 3);

        Answer verify = await daemon.AlbumenAsync("verify", "--wait", "--json");

        Assert.Equal(Done, verify.Code);
        Assert.Equal((2, 0, 1), (Volume(verify).Files, Volume(verify).Rotted, Volume(verify).Edited));
        await daemon.ScanAsync();
        TreeEntry after = await EntryAsync(daemon, "/Folders/lib/a.jpg");
        Assert.Equal(before.Asset!.Id, after.Asset!.Id);
        Assert.NotEqual(before.Sha256, after.Sha256);
        Assert.Empty(await ProblemsAsync(daemon));

        using AlbumenClient client = Client(daemon);
        IReadOnlyList<Client.Version> history = (await client.AssetAsync(after.Asset.Id, Now)).History;
        Assert.Equal([(before.Sha256!, false), (after.Sha256!, true)], history.Select(v => (v.Sha256, v.Current)));
        Assert.All(history, version => Assert.NotNull(version.FirstSeen));
        Assert.Contains($"{before.Sha256}\t", (await daemon.AlbumenAsync("show", "/Folders/lib/a.jpg")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rot_that_a_person_accepts_is_an_edit()
    {
        Picture("a.jpg", 1);
        Picture("b.jpg", 2);
        await using PrivateDaemon daemon = await StartAsync();
        TreeEntry before = await EntryAsync(daemon, "/Folders/lib/a.jpg");
        Flip("a.jpg");
        await daemon.AlbumenAsync("verify", "--wait");

        Assert.Equal((Done, "Would take /Folders/lib/a.jpg as it is.\n"), await CodeAndOutputAsync(daemon, "verify", "--accept", "/Folders/lib/a.jpg", "--dry-run"));
        Assert.Equal(["/Folders/lib/a.jpg rotted"], await ProblemsAsync(daemon));
        Assert.Equal((Done, ""), await CodeAndOutputAsync(daemon, "verify", "--accept", "/Folders/lib/a.jpg"));
        await daemon.ScanAsync();

        TreeEntry after = await EntryAsync(daemon, "/Folders/lib/a.jpg");
        Assert.Equal(before.Asset!.Id, after.Asset!.Id);
        Assert.NotEqual(before.Sha256, after.Sha256);
        Assert.Empty(await ProblemsAsync(daemon));
        Assert.Equal(Done, (await daemon.AlbumenAsync("verify", "--wait")).Code);
        foreach (string path in (string[])["/Folders/lib/a.jpg", "/Folders/lib/b.jpg", "/Folders/lib/none.jpg", "/Folders/lib", "/Timeline"])
            Assert.Equal(Failed, (await daemon.AlbumenAsync("verify", "--accept", path)).Code);
    }

    [Fact]
    public async Task A_killed_daemon_goes_on_where_it_was()
    {
        for (int i = 0; i < 400; i++) Picture($"{i:000}.jpg", i, sizeInBytes: 10_000);
        await using PrivateDaemon daemon = await StartAsync();
        Flip("010.jpg");
        Flip("390.jpg");
        Assert.Equal(Done, (await daemon.AlbumenAsync("verify", "--rate", "500kB/s")).Code);
        VerifiedVolume killed = await StatusAsync(daemon, v => v.Files > 150);

        await daemon.KillAsync(withWorkers: true);
        await daemon.StartAsync();
        VerifiedVolume resumed = await StatusAsync(daemon, v => v.State == "running");
        Answer verify = await daemon.AlbumenAsync("verify", "--wait", "--rate", "off", "--json");

        Assert.Equal(killed.Started, resumed.Started);
        // What was looked at in the last moments is looked at again.
        Assert.True(resumed.Files >= 64, $"{resumed.Files} of {killed.Files} files");
        VerifiedVolume end = Volume(verify);
        Assert.Equal((Partly, killed.Started, "finished", 400, 2), (verify.Code, end.Started, end.State, end.Files, end.Rotted));
        Assert.Equal(["/Folders/lib/010.jpg rotted", "/Folders/lib/390.jpg rotted"], await ProblemsAsync(daemon));
    }

    [Fact]
    public async Task One_that_was_stopped_goes_on_when_it_is_asked_for_again()
    {
        for (int i = 0; i < 200; i++) Picture($"{i:000}.jpg", i, sizeInBytes: 10_000);
        await using PrivateDaemon daemon = await StartAsync();
        await daemon.AlbumenAsync("verify", "--rate", "200kB/s");
        await StatusAsync(daemon, v => v.Files > 10);

        Assert.Equal((Done, "{\"stopped\":1}\n"), await CodeAndOutputAsync(daemon, "verify", "--stop", "--json"));
        Assert.Equal((Done, "{\"stopped\":0}\n"), await CodeAndOutputAsync(daemon, "verify", "--stop", "--json"));

        VerifiedVolume stopped = await StatusAsync(daemon, v => v.State == "stopped");
        await daemon.StopAsync();
        await daemon.StartAsync();
        Assert.Equal("stopped", (await StatusAsync(daemon, _ => true)).State);
        VerifiedVolume end = Volume(await daemon.AlbumenAsync("verify", "--wait", "--rate", "off", "--json"));
        Assert.Equal((stopped.Started, "finished", 200), (end.Started, end.State, end.Files));
        VerifiedVolume anew = Volume(await daemon.AlbumenAsync("verify", "--wait", "--anew", "--json"));
        Assert.True(anew.Started > end.Started);
        Assert.Equal(200, anew.Files);
    }

    [Fact]
    public async Task One_large_file_and_many_small_ones_are_read_no_faster_than_they_may()
    {
        Picture("large/20MB.jpg", 1, sizeInBytes: 20_000_000);
        for (int i = 0; i < 100; i++) Picture($"small/{i}.jpg", i, sizeInBytes: 100_000);
        await using PrivateDaemon daemon = await StartAsync();

        long started = Stopwatch.GetTimestamp();
        Assert.Equal(Done, (await daemon.AlbumenAsync("verify", "--wait", "--rate", "10MB/s")).Code);

        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(2.5), $"{Stopwatch.GetElapsedTime(started)}");
    }

    [Fact]
    public async Task While_a_volume_is_away_its_verification_waits_and_finds_nothing_wrong()
    {
        for (int i = 0; i < 5; i++) Picture($"{i}.jpg", i);
        await using PrivateDaemon daemon = await StartAsync();
        string elsewhere = _library + ".away";
        Directory.Move(_library, elsewhere);

        Answer gone = await daemon.AlbumenAsync("verify", "--wait", "--json");
        Directory.CreateDirectory(_library);
        Answer empty = await daemon.AlbumenAsync("verify", "--wait", "--json");
        Directory.Delete(_library);
        Directory.Move(elsewhere, _library);
        Answer back = await daemon.AlbumenAsync("verify", "--wait", "--json");

        Assert.Equal((Partly, "paused", Partly, "paused"), (gone.Code, Volume(gone).State, empty.Code, Volume(empty).State));
        Assert.NotNull(Volume(empty).Detail);
        Assert.Equal((Done, "finished", 5), (back.Code, Volume(back).State, Volume(back).Files));
        Assert.Empty(await ProblemsAsync(daemon));
    }

    [Fact]
    public async Task Many_files_gone_at_once_are_not_believed_the_first_time()
    {
        for (int i = 0; i < 30; i++) Picture($"{i:00}.jpg", i);
        await using PrivateDaemon daemon = await StartAsync();
        for (int i = 2; i < 28; i++) File.Delete(Path.Combine(_library, $"{i:00}.jpg"));

        Answer first = await daemon.AlbumenAsync("verify", "--wait", "--json"), second = await daemon.AlbumenAsync("verify", "--wait", "--json");

        Assert.Equal((Partly, "paused", 2), (first.Code, Volume(first).State, Volume(first).Files));
        Assert.Equal((Done, "finished", 4), (second.Code, Volume(second).State, Volume(second).Files));
        Assert.Empty(await ProblemsAsync(daemon));
    }

    [Fact]
    public async Task What_cannot_be_read_is_a_problem_until_it_can()
    {
        Picture("a.jpg", 1);
        Picture("b.jpg", 2);
        await using PrivateDaemon daemon = await StartAsync();
        // The kernel refuses to follow it, whoever runs the tests.
        string file = Path.Combine(_library, "a.jpg"), aside = Path.Combine(_library, "aside");
        File.Move(file, aside);
        File.CreateSymbolicLink(file, aside);

        Answer verify = await daemon.AlbumenAsync("verify", "--wait", "--json");

        Assert.Equal((Partly, 2, 1), (verify.Code, Volume(verify).Files, Volume(verify).Unreadable));
        Assert.Equal(["/Folders/lib/a.jpg unreadable"], await ProblemsAsync(daemon));
        File.Delete(file);
        File.Move(aside, file);
        Assert.Equal(Done, (await daemon.AlbumenAsync("verify", "--wait")).Code);
        Assert.Empty(await ProblemsAsync(daemon));
    }

    [Fact]
    public async Task A_disk_that_gives_errors_is_told_from_a_file_that_was_edited()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "needs strace");
        for (int i = 0; i < 3; i++) Picture($"{i}.jpg", i);
        await using PrivateDaemon calm = await StartAsync();
        await calm.StopAsync();
        string bad = Path.Combine(_library, "1.jpg");
        // -D: the daemon itself is the child, and gets our signals.
        await using PrivateDaemon daemon = Of("verify: { schedule: off }",
            ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-P", bad, "-e", "trace=pread64", "-e", "inject=pread64:error=EIO"]);
        await RunAsync("cp", "-a", Path.Combine(calm.Root, "var"), daemon.Root);
        await daemon.StartAsync();
        string before = await TreeAsync(daemon);

        Answer verify = await daemon.AlbumenAsync("verify", "--wait", "--json");

        Assert.Equal((Partly, "finished", 3, 1, 0, 0), (verify.Code, Volume(verify).State, Volume(verify).Files, Volume(verify).Unreadable, Volume(verify).Edited, Volume(verify).Rotted));
        Assert.Equal(["/Folders/lib/1.jpg unreadable"], await ProblemsAsync(daemon));
        Assert.Equal(before, await TreeAsync(daemon));
    }

    [Fact]
    public async Task What_was_due_while_the_daemon_was_off_is_done_when_it_starts()
    {
        Picture("a.jpg", 1);
        await using PrivateDaemon daemon = Of();
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Assert.Equal("never", (await StatusAsync(daemon, _ => true)).State);
        await daemon.StopAsync();
        using (Database catalog = new(Path.Combine(daemon.State, "catalog.db"), "catalog"))
            await catalog.WriteAsync(connection => Assert.Equal(1, connection.Execute("UPDATE cursor SET position = position - 40 * 86400 WHERE name = 'verification_schedule'")), Now);

        await daemon.StartAsync();

        VerifiedVolume volume = await StatusAsync(daemon, v => v.State == "finished");
        Assert.Equal((1, 0), (volume.Files, volume.Rotted));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        Picture("a.jpg", 1);
        await using PrivateDaemon daemon = await StartAsync();

        Answer rate = await daemon.AlbumenAsync("verify", "--rate", "fast"), volume = await daemon.AlbumenAsync("verify", "nas");

        Assert.Equal((Failed, Failed), (rate.Code, volume.Code));
        Assert.Contains("20MB/s", rate.Error, StringComparison.Ordinal);
        Assert.Contains("lib", volume.Error, StringComparison.Ordinal);
        Assert.Equal(Usage, (await daemon.AlbumenAsync("verify", "--stop", "--status")).Code);
        Assert.Equal(Usage, (await daemon.AlbumenAsync("verify", "--accept", "/Folders/lib/a.jpg", "lib")).Code);
        Assert.Equal((Done, $"Would verify lib ({_library}): 1 files, {_picture.Length + 8} B.\n"), await CodeAndOutputAsync(daemon, "verify", "--dry-run"));
        Assert.Equal("never", (await StatusAsync(daemon, _ => true)).State);
        Assert.Equal("lib\tnever\t\t\t0\t0 B\t0\t0\t0\n", (await daemon.AlbumenAsync("verify", "--status")).Output);
    }

    /// <summary>One that does not see by itself what happens in the library, so that verifying finds it first.</summary>
    PrivateDaemon Of(string more = "", string[]? through = null)
    {
        PrivateDaemon daemon = PrivateDaemon.Of(_library, more, through);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(daemon.Root, "etc/albumen/conf.d")).FullName, "unwatched.yaml"), "scan: { watch: off }");
        return daemon;
    }

    async Task<PrivateDaemon> StartAsync()
    {
        PrivateDaemon daemon = Of("verify: { schedule: off }");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        return daemon;
    }

    /// <summary>A small JPEG, other than those with another number, with as many bytes behind its end as it takes.</summary>
    void Picture(string name, int number, int sizeInBytes = 0)
    {
        string file = Path.Combine(_library, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        byte[] bytes = new byte[Math.Max(sizeInBytes, _picture.Length + 8)];
        _picture.CopyTo(bytes, 0);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), number);
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>Turns one bit over and puts the modification time back.</summary>
    void Flip(string name)
    {
        using Process bash = Process.Start(new ProcessStartInfo("bash", ["-ec", """
            touch -r "$1" "$1.time"
            byte=$(tail -c 6 "$1" | head -c 1 | od -An -tu1)
            printf "\\x$(printf %02x $((byte ^ 4)))" | dd of="$1" bs=1 seek=$(($(stat -c %s "$1") - 6)) conv=notrunc status=none
            touch -r "$1.time" "$1"
            rm "$1.time"
            """, "bash", Path.Combine(_library, name)]))!;
        bash.WaitForExit();
        Assert.Equal(0, bash.ExitCode);
    }

    /// <summary>The dump without the problems.</summary>
    static async Task<string> TreeAsync(PrivateDaemon daemon) =>
        string.Join('\n', (await daemon.DumpAsync()).Split('\n').Where(line => !line.StartsWith("{\"problem\"", StringComparison.Ordinal)));

    static AlbumenClient Client(PrivateDaemon daemon) => AlbumenClient.OverSocket(Path.Combine(daemon.Root, "run/albumen/albumend.sock"));

    static async Task<TreeEntry> EntryAsync(PrivateDaemon daemon, string path)
    {
        using AlbumenClient client = Client(daemon);
        return await client.EntryAsync(path, Now);
    }

    static async Task<IEnumerable<string>> ProblemsAsync(PrivateDaemon daemon)
    {
        using AlbumenClient client = Client(daemon);
        return (await client.ProblemsAsync(null, 1000, Now)).Items.Select(p => $"{p.Path} {p.Kind}").Order();
    }

    /// <summary>Waits until the volume's verification is so.</summary>
    static async Task<VerifiedVolume> StatusAsync(PrivateDaemon daemon, Func<VerifiedVolume, bool> isSo, TimeSpan? patience = null)
    {
        using AlbumenClient client = Client(daemon);
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            VerifiedVolume volume = (await client.VerifyStatusAsync(Now)).Volumes.Single();
            if (isSo(volume)) return volume;
            Assert.True(Stopwatch.GetElapsedTime(started) < (patience ?? TimeSpan.FromSeconds(30)), $"it stays {volume}\n{daemon.Log}");
            await Task.Delay(50, Now);
        }
    }

    static async Task<(int, string)> CodeAndOutputAsync(PrivateDaemon daemon, params string[] words)
    {
        Answer answer = await daemon.AlbumenAsync(words);
        return (answer.Code, answer.Output);
    }

    static VerifiedVolume Volume(Answer answer) => JsonSerializer.Deserialize(answer.Output, ApiJson.Default.VerifyProgress)!.Volumes.Single();

    static async Task RunAsync(string program, params string[] words) => Assert.Equal(0, (await Clients.RunAsync(program, words)).Code);
}
