using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>What goes wrong around Albumen: one message that says what to do, an exit code, nothing lost.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class BadInputTests(MixedLibrary library)
{
    const string Photo = "/Folders/lib/2024/A/IMG_0001.jpg";

    [Fact]
    public async Task Wrong_yaml_names_the_place_and_the_nearest_key()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, "volums: []");
        string message = $"{daemon.Root}/etc/albumen/albumen.yaml:5:1: unknown key 'volums'; did you mean 'volumes'?";

        Assert.Equal(new(2, "", message), await daemon.FailAsync());
        Answer check = await daemon.AlbumendAsync("check");
        Assert.Equal((2, message), (check.Code, check.Error.Trim()));
        Assert.False(Directory.Exists(daemon.State));
    }

    [Fact]
    public async Task A_busy_port_is_named()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        string address = $"127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";
        daemon.Configure($$"""
            volumes: [{ name: lib, path: {{library.Folder}} }]
            http: { listen: "{{address}}" }
            """);

        Answer answer = await daemon.FailAsync();

        Assert.Equal(1, answer.Code);
        Assert.Equal($"Failed to bind to address http://{address}: address already in use: another program listens there. "
            + $"Stop it, or choose another address with http: or https: in {daemon.Root}/etc/albumen/albumen.yaml.", answer.Error);
        await daemon.NoWorkerIsLeftAsync();
    }

    [Fact]
    public async Task An_address_of_another_machine_is_named()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        // RFC 5737: nobody has it.
        daemon.Configure($$"""
            volumes: [{ name: lib, path: {{library.Folder}} }]
            http: { listen: "192.0.2.1:1850" }
            """);

        Assert.Equal(new(1, "", $"Cannot listen on 192.0.2.1:1850: Cannot assign requested address. Check http: and https: in {daemon.Root}/etc/albumen/albumen.yaml."),
            await daemon.FailAsync());
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_root_leaves_the_first_alone()
    {
        await using PrivateDaemon first = PrivateDaemon.Of(library.Folder);
        await first.StartAsync();
        foreach (string verb in (string[])["run", "rebuild"])
        {
            Answer second = await first.AlbumendAsync(verb);
            Assert.Equal((1, $"albumend is running already with the state in {first.State}. Stop that one first, or use another --root.\n"), (second.Code, second.Error));
        }
        await first.ScanAsync();
    }

    [Theory]
    [InlineData("var/lib/albumen")]
    [InlineData("var/cache/albumen")]
    [InlineData("run/albumen")]
    public async Task A_folder_of_its_own_that_it_may_not_write_is_named(string folder)
    {
        Assert.SkipUnless(IsRoot, "Only root can become somebody else.");
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, through: Nobody);
        Assert.Equal(0, (await Clients.RunAsync("sh", ["-c", """cd "$0" && mkdir -p var/lib/albumen var/cache/albumen/derivatives run/albumen && chmod -R a+rwX . && chmod 755 "$1" """, daemon.Root, folder])).Code);

        Assert.Equal(new(1, "", $"Cannot write {daemon.Root}/{folder}: Permission denied (EACCES). Run albumend as the user it belongs to, or choose another place with --root."),
            await daemon.FailAsync());
    }

    [Fact]
    public async Task A_volume_that_is_away_is_offline_with_a_reason_and_comes_back()
    {
        string folder = Directory.CreateTempSubdirectory("albumen-away-").FullName;
        Directory.Delete(folder);
        try
        {
            await using PrivateDaemon daemon = PrivateDaemon.Of(folder);
            await daemon.StartAsync();
            Answer absent = await daemon.AlbumenAsync("scan", "--wait");
            Assert.Equal((3, $"albumen: lib: {folder}: No such file or directory (ENOENT).\n"), (absent.Code, LastLine(absent.Error)));

            Assert.Equal(0, (await Clients.RunAsync("cp", ["-r", Path.Combine(library.Folder, "2024"), folder])).Code);
            await daemon.ScanAsync();
            string listing = (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output;
            Assert.Contains("IMG_0005.jpg", listing, StringComparison.Ordinal);

            // A disk that is pulled out, then the empty mount point, then the disk again.
            Directory.Move(folder, folder + ".pulled");
            Assert.Equal(3, (await daemon.AlbumenAsync("scan", "--wait")).Code);
            Directory.CreateDirectory(folder);
            Answer empty = await daemon.AlbumenAsync("scan", "--wait");
            Assert.Equal(3, empty.Code);
            Assert.StartsWith("albumen: lib: The folder of volume 'lib' is empty but held files before; it looks as if its disk is not mounted. ", LastLine(empty.Error), StringComparison.Ordinal);
            Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output);
            Directory.Delete(folder);
            Directory.Move(folder + ".pulled", folder);

            Assert.Equal("{\"state\":\"done\",\"done\":0,", (await daemon.AlbumenAsync("scan", "--wait", "--json")).Output[..25]);
            Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output);
        }
        finally
        {
            foreach (string left in (string[])[folder, folder + ".pulled"])
                if (Directory.Exists(left)) Directory.Delete(left, recursive: true);
        }
    }

    [Fact]
    public async Task A_volume_that_may_not_be_read_is_offline_with_a_reason()
    {
        Assert.SkipUnless(IsRoot, "Only root can become somebody else.");
        string folder = Directory.CreateTempSubdirectory("albumen-closed-").FullName;
        try
        {
            await using PrivateDaemon daemon = PrivateDaemon.Of(folder, through: Nobody);
            Assert.Equal(0, (await Clients.RunAsync("chown", ["-R", "65534", daemon.Root])).Code);
            await daemon.StartAsync();
            Answer closed = await daemon.AlbumenAsync("scan", "--wait");
            Assert.Equal((3, $"albumen: lib: {folder}: Permission denied (EACCES).\n"), (closed.Code, LastLine(closed.Error)));

            File.SetUnixFileMode(folder, (UnixFileMode)0x1ED);
            await daemon.ScanAsync();
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    [Theory]
    [InlineData("var/cache/albumen", "Cannot write ", ".preview: No space left on device (ENOSPC). Free some space or mend the permissions; indexing goes on by itself.")]
    [InlineData("var/lib/albumen", "The disk of ", "/var/lib/albumen/catalog.db is full. Free some space there.")]
    public async Task A_full_disk_stops_the_index_with_a_reason_and_it_goes_on_by_itself(string folder, string begin, string end)
    {
        Assert.SkipUnless(IsRoot, "Only root can mount a small disk.");
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, through: ["unshare", "-m", "--", "sh", "-c", $"""mkdir -p "$3/{folder}" && mount -t tmpfs -o size=700k tmpfs "$3/{folder}" && exec "$@" """, "sh"]);
        await daemon.StartAsync();
        string disk = $"/proc/{daemon.Process!.Id}/root{daemon.Root}/{folder}";
        // As good as full from the first moment on.
        await Clients.RunAsync("dd", ["if=/dev/zero", $"of={disk}/filler", "bs=4k", "count=160"]);

        Answer scan = await daemon.AlbumenAsync("scan", "--wait");
        Assert.True(scan.Code == 1, scan + daemon.Log);
        string complaint = LastLine(scan.Error);
        Assert.StartsWith($"albumen: Indexing has stopped for the moment: {begin}", complaint, StringComparison.Ordinal);
        Assert.Contains(end, complaint, StringComparison.Ordinal);
        await daemon.SaysAsync(end);
        Assert.Contains("stalled: " + begin, (await daemon.AlbumenAsync("status")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await daemon.AlbumenAsync("ls", "/")).Code);
        using (HttpClient http = new())
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(daemon.Address, "health"), TestContext.Current.CancellationToken)).StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri(daemon.Address, "health/ready"), TestContext.Current.CancellationToken)).StatusCode);
        }

        File.Delete($"{disk}/filler");
        Assert.Equal(0, (await Clients.RunAsync("nsenter", ["-t", $"{daemon.Process.Id}", "-m", "mount", "-o", "remount,size=60M", $"{daemon.Root}/{folder}"])).Code);
        long freed = Stopwatch.GetTimestamp();
        while ((await daemon.AlbumenAsync("scan", "--wait")).Code != 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(freed) < TimeSpan.FromSeconds(40), "It does not go on.");
            await Task.Delay(1000, TestContext.Current.CancellationToken);
        }
        Assert.Contains("\"preview\"", (await daemon.AlbumenAsync("ls", "--json", Photo)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libvips.so.42", "libvips is not installed, and without it no picture can be made small. Install it: apt-get install libvips42")]
    [InlineData("libsqlite3.so.0", "SQLite is not installed. Install it: apt-get install libsqlite3-0")]
    public async Task A_missing_library_is_named_with_its_package(string name, string message)
    {
        Assert.SkipUnless(IsRoot, "Only root can hide a library.");
        string path = $"/usr/lib/x86_64-linux-gnu/{name}";
        Assert.SkipUnless(File.Exists(path), $"{path} is not there to be hidden");
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, through: ["unshare", "-m", "--", "sh", "-c", $"mount --bind /dev/null {path} && exec \"$@\"", "sh"]);

        Assert.Equal(new(1, "", message), await daemon.FailAsync());
    }

    [Fact]
    public async Task Without_ffmpeg_and_exiftool_it_warns_and_runs()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        daemon.Environment["PATH"] = "/nonexistent";
        await daemon.StartAsync();
        await daemon.ScanAsync();

        Assert.Contains("WARN Not installed: ffmpeg (Debian package ffmpeg): clips get no poster, duration or date", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("WARN Not installed: exiftool (Debian package libimage-exiftool-perl): some rare RAW formats are read less well", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("\"preview\"", (await daemon.AlbumenAsync("ls", "--json", Photo)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_damaged_catalogue_is_made_anew_by_rebuild(bool isCutShort)
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await daemon.StopAsync();
        string whole = await daemon.DumpAsync(), file = Path.Combine(daemon.State, "catalog.db");
        await DamageAsync(file, isCutShort);

        string message = $"{file} is damaged. Everything in it comes from the files and the journal: start albumend anew, which takes it from the newest backup or makes it anew.";
        Assert.Equal(message, (await daemon.AlbumendAsync("dump")).Error.Trim());
        Assert.Equal(0, (await daemon.AlbumendAsync("rebuild")).Code);
        Assert.Equal(whole, await daemon.DumpAsync());
    }

    [Fact]
    public async Task A_cache_that_is_deleted_heals_when_it_is_asked_for_and_at_the_next_start()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        (string name, string password) = await daemon.PersonAsync();
        string folder = Path.Combine(daemon.Cache, "derivatives");
        int files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length;

        Directory.Delete(folder, recursive: true);
        long started = Stopwatch.GetTimestamp();
        while ((await Clients.RunAsync("curl", ["-sf", "-u", $"{name}:{password}", "-o", "/dev/null", new Uri(daemon.Address, "/Small" + Photo).AbsoluteUri])).Code != 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), $"It does not heal:\n{daemon.Log}");
            await Task.Delay(300, TestContext.Current.CancellationToken);
        }

        await daemon.StopAsync();
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Assert.Equal(files, Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length);
    }

    static string[] Nobody => ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];

    static bool IsRoot => Environment.UserName == "root";

    static string LastLine(string text) => text.TrimEnd('\n').Split('\n')[^1] + "\n";

    static async Task DamageAsync(string file, bool isCutShort)
    {
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        if (isCutShort) bytes = bytes[..(bytes.Length / 3)];
        else new Random(7).NextBytes(bytes);
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
    }
}
