using System.Diagnostics;
using System.Security.Cryptography;
using Albumen.Sql;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;
using Dapper;

namespace Albumen.Tests.Acceptance;

// Rot, faults, and others who write to the inbox at the same moment.
public sealed partial class IngestTests
{
    const string WholeSecond = "1700000000";

    [Fact]
    public async Task Bytes_that_come_again_are_kept_where_the_copy_there_is_known_to_be_bad()
    {
        Configure(watch: "off");
        await StartAsync();
        byte[] photo = Photo(1);
        Assert.Equal(201, await StatusOfAsync("PUT", "/Inbox/IMG_1.jpg", photo, ("X-OC-Mtime", WholeSecond)));
        await AreAsync($"{Day}/IMG_1.jpg");
        await InboxIsAsync();
        Assert.Equal(201, await StatusOfAsync("MKCOL", "/Albums/A"));
        foreach ((string path, int status) in ((string, int)[])[("/Inbox/IMG_1.jpg", 204), ("/Inbox/again.jpg", 201), ("/Albums/A/x.jpg", 201)])
        {
            foreach (string original in Originals()) Rot(Path.Combine(_volume, original));
            await _daemon.ScanAsync();

            Assert.Equal(status, await StatusOfAsync("PUT", path, photo, ("X-OC-Mtime", WholeSecond)));

            await UntilAsync(() => Task.FromResult(Originals().Any(IsPhoto)), () => $"{path}: {string.Join(' ', Originals())}");
            await InboxIsAsync();
            using HttpResponseMessage get = await SendAsync("GET", "/Timeline/2024/2024-07-14/IMG_1.jpg");
            Assert.Equal(photo, await get.Content.ReadAsByteArrayAsync(Now));
        }

        bool IsPhoto(string original) => File.ReadAllBytes(Path.Combine(_volume, original)).SequenceEqual(photo);

        static void Rot(string file)
        {
            DateTime modified = File.GetLastWriteTimeUtc(file);
            using (FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite))
            {
                stream.Position = stream.Length - 1;
                int last = stream.ReadByte();
                stream.Position--;
                stream.WriteByte((byte)(last + 1));
            }
            File.SetLastWriteTimeUtc(file, modified);
        }
    }

    [Fact]
    public async Task What_others_have_just_copied_to_a_volume_is_on_its_disk_before_bytes_are_let_go_for_it()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        Configure(watch: "off");
        await StartAsync();
        string copied = Path.Combine(_volume, "copied.jpg"), calls = Path.Combine(_daemon.Root, "calls");
        await File.WriteAllBytesAsync(copied, Photo(1), Now);
        await _daemon.ScanAsync();
        Assert.Equal(201, await StatusOfAsync("MKCOL", "/Albums/A"));
        using (Process trace = Process.Start(new ProcessStartInfo("strace", ["-f", "-y", "-e", "trace=fsync", "-e", "signal=none", "-o", calls, "-p", $"{_daemon.Process!.Id}"]) { RedirectStandardError = true })!)
        {
            string? line = await trace.StandardError.ReadLineAsync(Now);
            Assert.SkipWhen(line?.Contains("attached", StringComparison.Ordinal) is not true, $"strace may not attach here: {line}");
            _ = trace.StandardError.ReadToEndAsync(CancellationToken.None);

            await PutAsync("/Albums/A/sent.jpg", Photo(1));

            Signal.Send(trace.Id, Signal.Terminate);
            await trace.WaitForExitAsync(Now);
        }
        Assert.Equal(["copied.jpg"], Originals());
        string synced = await File.ReadAllTextAsync(calls, Now);
        Assert.Contains($"<{copied}>", synced, StringComparison.Ordinal);
        Assert.Contains($"<{_volume}>", synced, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_others_put_into_a_folder_while_it_moves_to_an_album_stays()
    {
        const int Photos = 30;
        Configure("settle: 1h", settle: false);
        await StartAsync();
        Assert.Equal(201, await StatusOfAsync("MKCOL", "/Inbox/Trip"));
        Assert.Equal(201, await StatusOfAsync("MKCOL", "/Inbox/Trip/Day"));
        for (int i = 0; i < Photos; i++) await PutAsync($"/Inbox/Trip/{(i % 2 == 0 ? "Day/" : "")}{i}.jpg", Photo(i));
        string folder = Path.Combine(Inbox, "Trip"), outside = Directory.CreateDirectory(Path.Combine(_daemon.Root, "outside")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "Day/link"), "/nowhere");
        HashSet<string> dropped = [];

        Task<int> move = StatusOfAsync("MOVE", "/Inbox/Trip", null, ("Destination", "/Albums/Trip"));
        for (int i = 0; !move.IsCompleted; i++)
        {
            byte[] photo = Photo(1000 + i);
            string file = Path.Combine(outside, "file.jpg");
            await File.WriteAllBytesAsync(file, photo, Now);
            try
            {
                File.Move(file, Path.Combine(folder, $"dropped{i}.jpg"));
                dropped.Add(Convert.ToHexStringLower(SHA256.HashData(photo)));
            }
            catch (DirectoryNotFoundException)
            {
                break;
            }
        }
        Assert.Equal(201, await move);

        Assert.NotEmpty(dropped);
        string[] kept = [.. Originals().Select(o => Path.Combine(_volume, o)).Concat(Staged().Where(s => s.EndsWith(".jpg", StringComparison.Ordinal)).Select(s => Path.Combine(Inbox, s)))
            .Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))))];
        Assert.Empty(dropped.Except(kept));
        Assert.DoesNotContain(Staged(), name => Path.GetFileNameWithoutExtension(name).All(char.IsDigit));
        Assert.NotNull(new FileInfo(Path.Combine(folder, "Day/link")).LinkTarget);
        Answer album = await _daemon.AlbumenAsync("ls", "/Albums/Trip");
        Assert.Contains("1.jpg", album.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_keeps_no_other_photo_waiting()
    {
        Assert.SkipUnless(Clients.Has("setpriv"), "setpriv is not installed");
        // Root reads every folder, as long as it may.
        if (Environment.UserName == "root")
        {
            await _daemon.DisposeAsync();
            _daemon = PrivateDaemon.Of(_volume, through: ["setpriv", "--inh-caps", "-dac_override,-dac_read_search", "--bounding-set", "-dac_override,-dac_read_search", "--"]);
            Configure();
        }
        string locked = Directory.CreateDirectory(Path.Combine(Inbox, "a-locked")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(locked, "hidden.jpg"), Photo(1), Now);
        await File.WriteAllBytesAsync(Path.Combine(Inbox, "b.jpg"), Photo(2), Now);
        File.SetUnixFileMode(locked, UnixFileMode.None);
        try
        {
            await StartAsync();

            await AreAsync($"{Day}/b.jpg");
            Assert.Contains("/Inbox/a-locked", await TroubleAsync(), StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        await InboxIsAsync();
        await UntilAsync(async () => Problems(await StatusAsync()) == "none", () => "still a problem");
    }

    [Fact]
    public async Task What_the_first_volume_has_no_room_for_goes_to_the_second()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 1);
        string disk = Path.Combine(mounts.Folder, "disk");
        await mounts.DoAsync("mkdir disk; mount \"$1\" disk; mkdir -p disk/.albumen/staging; echo x > disk/x.txt", mounts.Disks[0]);
        await File.WriteAllTextAsync(Path.Combine(_volume, "x.txt"), "x", Now);
        await _daemon.DisposeAsync();
        _daemon = PrivateDaemon.Of(disk, within: mounts.Within);
        _daemon.Configure($$"""
            volumes: [{ name: full, path: {{disk}}, writable: on }, { name: lib, path: {{_volume}}, writable: on }]
            http: { listen: "127.0.0.1:0" }
            scan: { every: off, settle: 1ms, watch: off }
            inbox: { settle: 100ms }
            """);
        await StartAsync();
        await mounts.DoAsync("head -c 60M /dev/zero > disk/zero.bin || true");

        await PutAsync("/Inbox/a.jpg", Photo(1));
        await InboxIsAsync();
        Assert.Equal(201, await StatusOfAsync("MKCOL", "/Albums/A"));
        await PutAsync("/Albums/A/b.jpg", Photo(2));

        Assert.Equal([$"{Day}/a.jpg", $"{Day}/b.jpg", "x.txt"], Originals());
    }

    [Fact]
    public async Task Nothing_is_remembered_of_files_that_have_left_the_inbox()
    {
        Configure("settle: 1h", settle: false);
        await StartAsync();
        Assert.Equal(201, await StatusOfAsync("MKCOL", "/Inbox/b"));
        foreach (string path in (string[])["/Inbox/a.jpg", "/Inbox/b/c.jpg", "/Inbox/d.txt"]) await PutAsync(path, Photo(path.Length));
        Assert.Equal(3, Remembered());
        Assert.Equal(204, await StatusOfAsync("DELETE", "/Inbox/d.txt"));
        Assert.Equal(201, await StatusOfAsync("MKCOL", "/Albums/A"));
        Assert.Equal(201, await StatusOfAsync("MOVE", "/Inbox/a.jpg", null, ("Destination", "/Albums/A/a.jpg")));
        Assert.Equal(1, Remembered());

        Assert.Equal(204, await StatusOfAsync("DELETE", "/Inbox/b"));
        await PutAsync("/Inbox/e.jpg", Photo(5));
        Assert.Equal(0, await _daemon.StopAsync());
        Configure();
        await StartAsync(isNew: false);
        await InboxIsAsync();

        await UntilAsync(() => Task.FromResult(Remembered() == 0), () => $"{Remembered()}");

        long Remembered()
        {
            using Database auth = Database.ForReading(Path.Combine(_daemon.State, "auth.db"), "");
            using Database.Reader reader = auth.Read();
            return reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM inbox_file");
        }
    }

    async Task<int> StatusOfAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await SendAsync(method, path, body, headers);
        return (int)response.StatusCode;
    }
}
