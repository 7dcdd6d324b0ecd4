using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>People with the clients they have make an album, put a photo of the timeline into it, rename it and take it out again.</summary>
public sealed class ArrangingTests(ProtocolLibrary library) : IClassFixture<ProtocolLibrary>, IDisposable
{
    const string Day = "Timeline/2024/2024-07-14", Photo = "2024-07-14_1.jpg";

    readonly string _home = Directory.CreateTempSubdirectory("albumen-client-").FullName;

    Uri Address => library.Daemon.Address;

    string Password => library.Passwords["anna"];

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Rclone_syncs_and_then_finds_nothing_to_do()
    {
        Assert.SkipUnless(Clients.Has("rclone"), "rclone is not installed");
        string source = Directory.CreateDirectory(Path.Combine(_home, "source", "sub dir")).Parent!.FullName;
        string[] files = ["a.txt", "sub dir/ü #1 100%.txt"];
        for (int i = 0; i < files.Length; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(source, files[i]), $"file {i}", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(Path.Combine(source, files[i]), new(2020, 1, 1 + i, 12, 0, 0, DateTimeKind.Utc));
        }
        await RcloneAsync("copy", source, await RemoteAsync("Inbox/rclone"));
        await RcloneAsync("check", source, await RemoteAsync("Inbox/rclone"));
        foreach (string[] how in (string[][])[[], ["--checksum"], ["--update"]])
            Assert.Contains("There was nothing to transfer", await RcloneAsync(["sync", source, await RemoteAsync("Inbox/rclone"), .. how]), StringComparison.Ordinal);
        Assert.Contains("2020-01-02 12:00:00", (await ListAsync("Inbox/rclone/sub dir")).Single(), StringComparison.Ordinal);

        await RcloneAsync("check", Path.Combine(library.Folder, "2024-07-14"), await RemoteAsync("Folders/lib/2024-07-14"));
        await RcloneAsync("check", "--download", Path.Combine(library.Folder, "2024-07-14"), await RemoteAsync(Day), "--exclude", "*.xmp");
        await RcloneAsync("purge", await RemoteAsync("Inbox/rclone"));
    }

    [Fact]
    public async Task Rclone_arranges_an_album()
    {
        Assert.SkipUnless(Clients.Has("rclone"), "rclone is not installed");
        string album = await RemoteAsync("Albums/Rclone");
        await RcloneAsync("mkdir", album);
        await RcloneAsync("copy", await RemoteAsync(Day), album);
        Assert.Contains("There was nothing to transfer", await RcloneAsync("sync", await RemoteAsync(Day), album), StringComparison.Ordinal);
        await RcloneAsync("moveto", $"{album}/{Photo}", $"{album}/first.jpg");
        await RcloneAsync("deletefile", $"{album}/2024-07-14_2.jpg");
        await HasAsync("/Albums/Rclone", "2024-07-14_3.jpg first.jpg");

        // A photo the library has, with a time of its own: sent once, and known the next time.
        string sent = Path.Combine(_home, "sent.jpg");
        File.Copy(Path.Combine(library.Folder, "2024-07-14/2024-07-14_2.jpg"), sent);
        File.SetLastWriteTimeUtc(sent, new(2019, 5, 5, 12, 0, 0, DateTimeKind.Utc));
        Assert.Contains("Copied", await RcloneAsync("copy", sent, album), StringComparison.Ordinal);
        Assert.DoesNotContain("Copied", await RcloneAsync("copy", sent, album), StringComparison.Ordinal);
        Assert.Contains(await ListAsync("Albums/Rclone"), line => line.Contains("2019-05-05 12:00:00", StringComparison.Ordinal) && line.EndsWith("sent.jpg", StringComparison.Ordinal));
        await RcloneAsync("purge", album);
        await StaysAsync();
    }

    [Fact]
    public async Task Cadaver_arranges_an_album()
    {
        Assert.SkipUnless(Clients.Has("cadaver"), "cadaver is not installed");
        await File.WriteAllTextAsync(Path.Combine(_home, ".netrc"), $"machine 127.0.0.1 login anna password {Password}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path.Combine(_home, ".netrc"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await CadaverAsync("mkcol Albums/Cadaver", $"copy /{Day}/{Photo} /Albums/Cadaver/one.jpg", "move Albums/Cadaver/one.jpg Albums/Cadaver/two.jpg", "lock Albums/Cadaver/two.jpg", "unlock Albums/Cadaver/two.jpg");
        await HasAsync("/Albums/Cadaver", "two.jpg");
        await CadaverAsync("cd Albums/Cadaver", "propset two.jpg note hello", "propget two.jpg note");
        await CadaverAsync("delete Albums/Cadaver/two.jpg");
        await HasAsync("/Albums/Cadaver", "");
        await CadaverAsync("rmcol Albums/Cadaver");
        await StaysAsync();

        async Task CadaverAsync(params string[] commands)
        {
            (_, string output) = await Clients.RunAsync("cadaver", [Address.AbsoluteUri], string.Join('\n', commands) + "\nquit\n", _home);
            Assert.DoesNotContain("failed", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Gio_arranges_an_album_as_a_file_manager_does()
    {
        Assert.SkipUnless(Clients.Has("gio") && Clients.Has("dbus-run-session") && File.Exists("/usr/libexec/gvfsd-dav"), "gio, dbus-run-session or gvfs-backends is not installed");
        string url = $"dav://anna@127.0.0.1:{Address.Port}";
        string script = $"""
            set -e
            cd '{_home}'
            printf '%s\n' '{Password}' | gio mount '{url}/' > mount.txt 2>&1
            gio mkdir '{url}/Albums/New folder'
            gio rename '{url}/Albums/New folder' Gio > renamed.txt
            gio copy '{url}/{Day}/{Photo}' '{url}/Albums/Gio/'
            gio rename '{url}/Albums/Gio/{Photo}' first.jpg > renamed.txt
            gio move '{url}/{Day}/2024-07-14_2.jpg' '{url}/Albums/Gio/dragged.jpg'
            gio list '{url}/Albums/Gio'
            gio info -a standard::size,etag::value '{url}/Albums/Gio/first.jpg' | grep -q 'etag::value: "'
            echo hello > note.txt
            gio copy note.txt '{url}/Inbox/gio.txt'
            gio cat '{url}/Inbox/gio.txt'
            gio remove '{url}/Inbox/gio.txt' '{url}/Albums/Gio/first.jpg' '{url}/Albums/Gio/dragged.jpg'
            gio remove '{url}/Albums/Gio'
            gio list '{url}/{Day}'
            gio mount -u '{url}/'
            """;

        (int code, string output) = await Clients.RunAsync("dbus-run-session", ["--", "sh", "-c", script], home: _home);

        Assert.True(code == 0, output);
        Assert.Equal(["dragged.jpg", "first.jpg", "hello", "2024-07-14_1.jpg", "2024-07-14_2.jpg", "2024-07-14_3.jpg"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Curl_arranges_an_album()
    {
        Assert.SkipUnless(Clients.Has("curl"), "curl is not installed");
        string album = $"{Address}Albums/Curl";
        await CurlAsync("201", "-X", "MKCOL", album);
        await CurlAsync("201", "-X", "COPY", "-H", $"Destination: {album}/one.jpg", $"{Address}{Day}/{Photo}");
        await CurlAsync("201", "-X", "MOVE", "-H", $"Destination: {album}/two.jpg", $"{album}/one.jpg");
        await CurlAsync("204", "-T", Path.Combine(library.Folder, "2024-07-14/2024-07-14_1.jpg"), $"{album}/two.jpg");
        await HasAsync("/Albums/Curl", "two.jpg");
        await CurlAsync("204", "-X", "DELETE", $"{album}/two.jpg");
        await CurlAsync("204", "-X", "DELETE", album);
        await StaysAsync();

        // With "Expect: 100-continue", as curl does for what is long, and refused before a byte of it.
        string large = Path.Combine(_home, "large.bin");
        await File.WriteAllBytesAsync(large, new byte[3 << 20], TestContext.Current.CancellationToken);
        await CurlAsync("403", "-T", large, $"{Address}{Day}/large.bin");
        await CurlAsync("201", "-T", large, $"{Address}Inbox/large.bin");
        await CurlAsync("204", "-X", "DELETE", $"{Address}Inbox/large.bin");

        async Task CurlAsync(string status, params string[] words) =>
            Assert.Equal(status, (await Clients.RunAsync("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-u", $"anna:{Password}", .. words])).Output);
    }

    [Fact]
    public async Task The_client_from_npm_arranges_an_album()
    {
        string clients = Path.Combine(AppContext.BaseDirectory, "../../../../../clients");
        Assert.SkipUnless(Clients.Has("node") && Directory.Exists(Path.Combine(clients, "node_modules/webdav")), "node is not installed, or 'npm ci --prefix tests/clients' was not run");

        (int code, string output) = await Clients.RunAsync("node", [Path.Combine(clients, "arrange.mjs"), Address.AbsoluteUri, "anna", Password, "/Albums/Npm", $"/{Day}/{Photo}"]);

        long size = new FileInfo(Path.Combine(library.Folder, "2024-07-14", Photo)).Length;
        Assert.Equal(0, code);
        Assert.Equal([$"album two.jpg:file:{size}:image/jpeg", $"photo {size}", "locked 423", "text hello", "left false true"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Davfs_mounts_it_and_cp_and_mv_arrange_an_album()
    {
        Assert.SkipUnless(Clients.Has("mount.davfs") && File.Exists("/dev/fuse"), "davfs2 is not installed, or there is no /dev/fuse");
        await using OwnMounts mounts = await OwnMounts.OpenAsync();
        // The kernel's directory reads are larger than its usual buffer.
        string output = await mounts.DoAsync("""
            mkdir mnt cache && chmod 777 . cache
            printf 'buf_size 256\ncache_dir %s/cache\nuse_locks 0\ndelay_upload 0\n' "$PWD" > conf
            printf '%s\n' "$2" | timeout 30 mount.davfs "$1" mnt -o "conf=$PWD/conf,rw,username=anna" > mount.txt 2>&1
            trap 'umount mnt > umount.txt 2>&1' EXIT
            ls "mnt/$3"
            mkdir mnt/Albums/Davfs
            cp "mnt/$3/$4" mnt/Albums/Davfs/one.jpg
            sync
            cmp "mnt/$3/$4" mnt/Albums/Davfs/one.jpg
            mv mnt/Albums/Davfs/one.jpg mnt/Albums/Davfs/two.jpg
            ls mnt/Albums/Davfs
            rm mnt/Albums/Davfs/two.jpg
            rmdir mnt/Albums/Davfs
            echo hello > mnt/Inbox/davfs.txt
            sync
            cat mnt/Inbox/davfs.txt
            rm mnt/Inbox/davfs.txt
            """, Address.AbsoluteUri, Password, Day, Photo);

        Assert.Equal(["2024-07-14_1.jpg", "2024-07-14_2.jpg", "2024-07-14_3.jpg", "two.jpg", "hello"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await StaysAsync();
    }

    /// <summary>A remote of rclone; with ownCloud's headers it sends times and checksums.</summary>
    async Task<string> RemoteAsync(string path) =>
        $":webdav,url='{Address}',vendor=owncloud,user=anna,pass={(await Clients.RunAsync("rclone", ["obscure", Password])).Output.Trim()}:{path}";

    /// <returns>What it says about it.</returns>
    async Task<string> RcloneAsync(params string[] words)
    {
        string log = Path.Combine(_home, $"{Guid.NewGuid():N}.log");
        (int code, _) = await Clients.RunAsync("rclone", [.. words, "-v", "--log-file", log, "--config", Path.Combine(_home, "none"), "--retries", "1"], home: _home);
        string said = await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken);
        Assert.True(code == 0, said);
        return said;
    }

    async Task<string[]> ListAsync(string path) =>
        (await Clients.RunAsync("rclone", ["lsl", await RemoteAsync(path), "--config", Path.Combine(_home, "none")], home: _home)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    Task StaysAsync() => HasAsync($"/{Day}", "2024-07-14_1.jpg 2024-07-14_2.jpg 2024-07-14_3.jpg");

    Task HasAsync(string folder, string names) => new RequestScript(Address, library.People, folder).RunAsync([$"LIST . -> 207 {{={names}}}"]);
}
