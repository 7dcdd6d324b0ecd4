using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>What people put into the inbox becomes originals, once each, and nothing is lost on the way.</summary>
[Collection(SurvivalTests.Name)]
public sealed partial class IngestTests(MixedLibrary library) : IAsyncLifetime
{
    const string Day = "2024/2024-07-14";

    readonly string _volume = Directory.CreateTempSubdirectory("albumen-ingest-").FullName;
    PrivateDaemon _daemon = null!;
    AuthenticationHeaderValue _credentials = null!;
    string _password = "";

    static CancellationToken Now => TestContext.Current.CancellationToken;

    string Inbox => Path.Combine(_daemon.State, "inbox");

    public ValueTask InitializeAsync()
    {
        _daemon = PrivateDaemon.Of(_volume);
        Configure();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        Directory.Delete(_volume, recursive: true);
    }

    [Fact]
    public async Task A_photo_moves_to_its_day_and_is_shown_in_the_inbox_on()
    {
        await StartAsync();
        byte[] photo = Photo(1);
        string etag;
        using (HttpResponseMessage put = await SendAsync("PUT", "/Inbox/IMG_1.jpg", photo, ("X-OC-Mtime", "1700000000"))) etag = put.Headers.ETag!.ToString();

        await AreAsync($"{Day}/IMG_1.jpg");
        await InboxIsAsync();

        Assert.Equal(photo, await File.ReadAllBytesAsync(Path.Combine(_volume, Day, "IMG_1.jpg"), Now));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000).UtcDateTime, File.GetLastWriteTimeUtc(Path.Combine(_volume, Day, "IMG_1.jpg")));
        using (HttpResponseMessage get = await SendAsync("GET", "/Inbox/IMG_1.jpg"))
        {
            Assert.Equal((etag, photo.Length, DateTimeOffset.FromUnixTimeSeconds(1700000000)), (get.Headers.ETag!.ToString(), (int)get.Content.Headers.ContentLength!, get.Content.Headers.LastModified!.Value));
            Assert.Equal(photo, await get.Content.ReadAsByteArrayAsync(Now));
        }
        using (HttpResponseMessage timeline = await SendAsync("GET", $"/Timeline/2024/2024-07-14/IMG_1.jpg")) Assert.Equal(200, (int)timeline.StatusCode);
        Assert.Equal(0, await _daemon.ReadsAsync());
        using (HttpResponseMessage small = await SendAsync("GET", "/Small/Timeline/2024/2024-07-14/IMG_1.jpg")) Assert.Equal(200, (int)small.StatusCode);

        using HttpResponseMessage deleted = await SendAsync("DELETE", "/Inbox/IMG_1.jpg");
        Assert.Equal(204, (int)deleted.StatusCode);
        await _daemon.ScanAsync();
        Assert.Equal([$"{Day}/IMG_1.jpg"], Originals());
        Assert.Equal(0, await _daemon.ReadsAsync());
    }

    [Fact]
    public async Task Other_bytes_of_the_same_name_get_a_name_from_their_hash_and_the_same_bytes_no_second_copy()
    {
        await StartAsync();
        byte[] second = Photo(2);
        await PutAsync("/Inbox/IMG_1.jpg", Photo(1));
        await AreAsync($"{Day}/IMG_1.jpg");
        using (HttpResponseMessage made = await SendAsync("MKCOL", "/Inbox/b")) Assert.Equal(201, (int)made.StatusCode);
        await PutAsync("/Inbox/b/IMG_1.jpg", second);
        await PutAsync("/Inbox/b/again.jpg", Photo(1));
        await PutAsync("/Inbox/b/twice.jpg", second);

        await InboxIsAsync();

        Assert.Equal([$"{Day}/IMG_1.jpg", $"{Day}/IMG_1~{Convert.ToHexStringLower(SHA256.HashData(second))[..4]}.jpg"], Originals());
        foreach (string name in (string[])["IMG_1.jpg", "b/IMG_1.jpg", "b/again.jpg", "b/twice.jpg"])
        {
            using HttpResponseMessage get = await SendAsync("GET", $"/Inbox/{name}");
            Assert.Equal(name is "IMG_1.jpg" or "b/again.jpg" ? Photo(1) : second, await get.Content.ReadAsByteArrayAsync(Now));
        }
    }

    [Fact]
    public async Task What_others_put_there_is_found_and_what_is_no_photo_or_locked_or_half_stays()
    {
        Directory.CreateDirectory(Path.Combine(Inbox, "behind"));
        await File.WriteAllBytesAsync(Path.Combine(Inbox, "behind/a.jpg"), Photo(1), Now);
        await File.WriteAllTextAsync(Path.Combine(Inbox, "notes.jpg"), "no picture", Now);
        await File.WriteAllBytesAsync(Path.Combine(Inbox, "._a.jpg"), Photo(2), Now);
        await File.WriteAllBytesAsync(Path.Combine(Inbox, "b.jpg.part"), Photo(3), Now);
        await File.WriteAllBytesAsync(Path.Combine(Inbox, "empty.jpg"), [], Now);
        await StartAsync();
        await AreAsync($"{Day}/a.jpg");

        string token;
        using (HttpResponseMessage locked = await SendAsync("LOCK", "/Inbox/locked.jpg", Encoding.UTF8.GetBytes(Writer.LockBody))) token = locked.Headers.GetValues("Lock-Token").Single();
        using (HttpResponseMessage put = await SendAsync("PUT", "/Inbox/locked.jpg", Photo(4), ("If", $"({token})"))) Assert.True(put.IsSuccessStatusCode);
        await Task.Delay(1500, Now);
        Assert.Equal(["._a.jpg", "b.jpg.part", "empty.jpg", "locked.jpg", "notes.jpg"], Staged());
        using (HttpResponseMessage unlocked = await SendAsync("UNLOCK", "/Inbox/locked.jpg", null, ("Lock-Token", token))) Assert.Equal(204, (int)unlocked.StatusCode);

        await AreAsync($"{Day}/a.jpg", $"{Day}/locked.jpg");
    }

    [Fact]
    public async Task What_the_library_has_lost_is_taken_in_again_whatever_receipts_and_the_catalogue_say()
    {
        Configure(watch: "off");
        await StartAsync();
        string original = Path.Combine(_volume, Day, "IMG_1.jpg");
        await PutAsync("/Inbox/IMG_1.jpg", Photo(1));
        await AreAsync($"{Day}/IMG_1.jpg");
        await InboxIsAsync();

        File.Delete(original);
        using (HttpResponseMessage again = await SendAsync("PUT", "/Inbox/IMG_1.jpg", Photo(1))) Assert.Equal(204, (int)again.StatusCode);
        await AreAsync($"{Day}/IMG_1.jpg");
        await InboxIsAsync();

        File.Delete(original);
        using (HttpResponseMessage album = await SendAsync("MKCOL", "/Albums/A")) Assert.Equal(201, (int)album.StatusCode);
        await PutAsync("/Albums/A/x.jpg", Photo(1));
        Assert.Equal([$"{Day}/x.jpg"], Originals());
        Assert.Equal(Photo(1), await File.ReadAllBytesAsync(Path.Combine(_volume, Day, "x.jpg"), Now));

        // While the keeper does not come to it.
        File.Delete(Path.Combine(_volume, Day, "x.jpg"));
        using (HttpResponseMessage album = await SendAsync("MKCOL", "/Albums/B")) Assert.Equal(201, (int)album.StatusCode);
        await PutAsync("/Inbox/y.jpg", Photo(1));
        using (HttpResponseMessage moved = await SendAsync("MOVE", "/Inbox/y.jpg", null, ("Destination", "/Albums/B/y.jpg"))) Assert.True(moved.IsSuccessStatusCode, $"{moved.StatusCode}");
        Assert.Equal([$"{Day}/y.jpg"], Originals());
    }

    [Fact]
    public async Task A_program_that_compares_sends_nothing_twice()
    {
        Assert.SkipUnless(Clients.Has("rclone"), "rclone is not installed");
        await StartAsync();
        string phone = Directory.CreateDirectory(Path.Combine(_daemon.Root, "phone/DCIM")).FullName;
        for (int i = 1; i <= 5; i++) await File.WriteAllBytesAsync(Path.Combine(phone, $"IMG_{i}.jpg"), Photo(i), Now);
        (int obscured, string password) = await Clients.RunAsync("rclone", ["obscure", _password]);
        Assert.Equal(0, obscured);
        string[] words = ["--webdav-url", new Uri(_daemon.Address, "/Inbox").AbsoluteUri, "--webdav-user", "anna", "--webdav-pass", password.Trim(), "--webdav-vendor", "owncloud", "--config", "/dev/null"];
        string folder = Path.GetDirectoryName(phone)!;
        Assert.Equal(0, (await Clients.RunAsync("rclone", ["copy", folder, ":webdav:", .. words])).Code);
        await InboxIsAsync();
        Assert.Equal(5, Originals().Length);

        Assert.Equal(0, (await Clients.RunAsync("rclone", ["check", folder, ":webdav:", .. words])).Code);
        (int code, string log) = await Clients.RunAsync("bash", ["-c", "rclone \"$@\" 2>&1", "bash", "copy", "-v", "--stats-one-line", folder, ":webdav:", .. words]);

        Assert.Equal(0, code);
        Assert.DoesNotContain("Copied", log, StringComparison.Ordinal);
        Assert.Empty(Staged());
    }

    [Fact]
    public async Task Kills_at_any_moment_lose_nothing_and_double_nothing()
    {
        const int PerRound = 6;
        Random random = new(1850);
        HashSet<string> expected = [];
        List<string> names = [];
        for (int round = 0; round < Thorough.Times(4); round++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(Inbox, $"r{round}")).FullName;
            for (int i = 0; i < PerRound; i++)
            {
                // Some bytes come again, and all names.
                byte[] photo = Photo(100 + (round * PerRound) + i - (i == 5 ? 7 : 0));
                expected.Add(Convert.ToHexStringLower(SHA256.HashData(photo)));
                await File.WriteAllBytesAsync(Path.Combine(folder, $"IMG_{i}.jpg"), photo, Now);
                names.Add($"r{round}/IMG_{i}.jpg");
            }
            await _daemon.StartAsync();
            await Task.Delay(random.Next(1200), Now);
            await _daemon.KillAsync(withWorkers: random.Next(2) == 0);
            await _daemon.NoWorkerIsLeftAsync();
        }
        await StartAsync();
        await InboxIsAsync();
        await _daemon.ScanAsync();

        string[] hashes = [.. Originals().Select(path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_volume, path)))))];
        Assert.Equal(expected.Order(), hashes.Order());
        foreach (string name in names)
        {
            using HttpResponseMessage get = await SendAsync("GET", $"/Inbox/{name}");
            Assert.True((int)get.StatusCode == 200, name);
            Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(await get.Content.ReadAsByteArrayAsync(Now))), expected);
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_volume, ".albumen/staging")));
        Assert.Equal("none", Problems(await StatusAsync()));
    }

    [Fact]
    public async Task Without_a_writable_volume_everything_stays_and_the_status_says_why()
    {
        Configure(writable: "off");
        await StartAsync();
        await PutAsync("/Inbox/a.jpg", Photo(1));

        string trouble = await TroubleAsync();

        Assert.Equal("1 photo or clip waits in /Inbox. No volume may be added to. Write 'writable: on' to one in albumen.yaml and restart albumend.", trouble);
        Assert.Equal(["a.jpg"], Staged());
        Assert.Contains(trouble, (await _daemon.AlbumenAsync("problems")).Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(0, await _daemon.StopAsync());
        Configure();
        await StartAsync(isNew: false);
        await AreAsync($"{Day}/a.jpg");
        await InboxIsAsync();
        Assert.Equal("none", Problems(await StatusAsync()));
    }

    [Theory]
    [InlineData("ro", "Read-only file system")]
    [InlineData("full", "No space left on device")]
    public async Task A_read_only_or_full_disk_leaves_the_inbox_as_it_is_until_it_is_not(string how, string expected)
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 1);
        string disk = Path.Combine(mounts.Folder, "disk");
        await mounts.DoAsync("mkdir disk; mount \"$1\" disk; mkdir -p disk/.albumen/staging; echo x > disk/x.txt", mounts.Disks[0]);
        _daemon = PrivateDaemon.Of(disk, within: mounts.Within);
        Configure(volume: disk);
        await StartAsync();
        await mounts.DoAsync(how == "ro" ? "mount -o remount,ro disk" : "head -c 60M /dev/zero > disk/zero.bin || true");
        await PutAsync("/Inbox/a.jpg", Photo(1));

        Assert.Contains(expected, await TroubleAsync(), StringComparison.Ordinal);
        Assert.Equal(["a.jpg"], Staged());
        Assert.Equal("", (await mounts.DoAsync("find disk/2024 disk/.albumen/staging -type f 2> /dev/null || true")).Trim());

        await mounts.DoAsync(how == "ro" ? "mount -o remount,rw disk" : "rm disk/zero.bin");
        await InboxIsAsync();
        Assert.Equal($"disk/{Day}/a.jpg", (await mounts.DoAsync("find disk/2024 -type f")).Trim());
    }

    [Fact]
    public async Task Folders_of_the_inbox_become_albums_where_that_is_wanted_and_receipts_can_be_off()
    {
        Configure("folder_as_album: on, receipts: off, template: \"{volume}/{user}/{folder}/{stem}_{make}.{ext}\"");
        await StartAsync();
        using (HttpResponseMessage made = await SendAsync("MKCOL", "/Inbox/Trips")) Assert.Equal(201, (int)made.StatusCode);
        using (HttpResponseMessage made = await SendAsync("MKCOL", "/Inbox/Trips/Rome")) Assert.Equal(201, (int)made.StatusCode);
        await PutAsync("/Inbox/Trips/Rome/a.jpg", Photo(1));
        await PutAsync("/Inbox/Trips/Rome/b.jpg", Photo(2));

        await AreAsync("anna/Trips/Rome/a_Canon.jpg", "anna/Trips/Rome/b_Canon.jpg");
        await InboxIsAsync();

        using HttpResponseMessage gone = await SendAsync("GET", "/Inbox/Trips/Rome/a.jpg");
        Assert.Equal(404, (int)gone.StatusCode);
        Answer list = await _daemon.AlbumenAsync("ls", "/Albums/Trips/Rome");
        Assert.Contains("a_Canon.jpg", list.Output, StringComparison.Ordinal);
        Assert.Contains("b_Canon.jpg", list.Output, StringComparison.Ordinal);
    }

    void Configure(string inbox = "", string writable = "on", string? volume = null, string watch = "on", bool settle = true) => _daemon.Configure($$"""
        volumes: [{ name: lib, path: {{volume ?? _volume}}, writable: {{writable}} }]
        http: { listen: "127.0.0.1:0" }
        scan: { every: off, settle: 1ms, watch: {{watch}} }
        inbox: { {{(settle ? "settle: 100ms" : "")}}{{(settle && inbox.Length > 0 ? ", " : "")}}{{inbox}} }
        """);

    async Task StartAsync(bool isNew = true)
    {
        await _daemon.StartAsync();
        if (!isNew) return;
        (string name, _password) = await _daemon.PersonAsync();
        _credentials = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{_password}")));
    }

    /// <summary>Taken at 15:30 on that day; each number has bytes of its own.</summary>
    byte[] Photo(int number) => [.. File.ReadAllBytes(Path.Combine(library.Folder, "2024/A/IMG_0001.jpg")), .. Encoding.ASCII.GetBytes($"{number}")];

    async Task PutAsync(string path, byte[] bytes)
    {
        using HttpResponseMessage put = await SendAsync("PUT", path, bytes);
        Assert.Equal(201, (int)put.StatusCode);
    }

    async Task<HttpResponseMessage> SendAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using HttpClient client = new() { BaseAddress = _daemon.Address, DefaultRequestHeaders = { Authorization = _credentials } };
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body is not null) request.Content = new ByteArrayContent(body);
        foreach ((string header, string value) in headers) request.Headers.TryAddWithoutValidation(header, value);
        return await client.SendAsync(request, Now);
    }

    string[] Originals() => [.. Directory.EnumerateFiles(_volume, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_volume, file)).Where(file => !file.StartsWith(".albumen", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    string[] Staged() => [.. Directory.EnumerateFiles(Inbox, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Inbox, file)).Where(file => !file.StartsWith(".staging", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    Task AreAsync(params string[] originals) => UntilAsync(() => Task.FromResult(Originals().SequenceEqual(originals)), () => string.Join(' ', Originals()));

    /// <summary>Waits until nothing is left on the inbox's disk.</summary>
    Task InboxIsAsync() => UntilAsync(() => Task.FromResult(Staged().Length == 0), () => string.Join(' ', Staged()));

    async Task UntilAsync(Func<Task<bool>> holds, Func<string> state)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"{state()}\n{_daemon.Log}");
            await Task.Delay(50, Now);
        }
    }

    async Task<JsonElement> StatusAsync() => JsonSerializer.Deserialize<JsonElement>((await _daemon.AlbumenAsync("status", "--json")).Output);

    static string Problems(JsonElement status) => status.GetProperty("counts").GetProperty("problems").GetInt64() is 0 ? "none" : $"{status}";

    async Task<string> TroubleAsync()
    {
        string? trouble = null;
        await UntilAsync(async () => (trouble = (await StatusAsync()).GetProperty("inbox").TryGetProperty("trouble", out JsonElement said) ? said.GetString() : null) is not null, () => "no trouble");
        return trouble!;
    }
}
