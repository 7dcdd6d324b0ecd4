using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>What desktops and programs send when people drag photos into albums, tags and the inbox, request by request; each byte that was answered for is an original then.</summary>
[Collection(SurvivalTests.Name)]
public sealed partial class IncomingTests(MixedLibrary library) : IAsyncLifetime
{
    const string Times = """<?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32CreationTime>Sun, 14 Jul 2019 13:30:12 GMT</Z:Win32CreationTime><Z:Win32LastAccessTime>Sun, 14 Jul 2019 13:30:12 GMT</Z:Win32LastAccessTime><Z:Win32LastModifiedTime>Sun, 14 Jul 2019 13:30:12 GMT</Z:Win32LastModifiedTime><Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>""";

    readonly string _volume = Directory.CreateTempSubdirectory("albumen-incoming-").FullName;
    PrivateDaemon _daemon = null!;
    AuthenticationHeaderValue _credentials = null!;
    string _etag = "", _body = "";

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _daemon = PrivateDaemon.Of(_volume);
        await StartAsync();
        (string name, string password) = await _daemon.PersonAsync();
        _credentials = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
        Assert.Equal(201, await SendAsync("MKCOL", "/Albums/New%20folder"));
        Assert.Equal(201, await SendAsync("MOVE", "/Albums/New%20folder", null, To("/Albums/Holiday")));
        Assert.Equal(201, await SendAsync("MKCOL", "/Tags/Sea"));
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        Directory.Delete(_volume, recursive: true);
    }

    [Theory]
    [InlineData("/Albums/Holiday", "IMG_1.jpg", "IMG_2.jpg")]
    [InlineData("/Tags/Sea", "2024-07-14_IMG_1.jpg", "2024-07-14_IMG_2.jpg")]
    [InlineData("/Inbox", "IMG_1.jpg", "IMG_2.jpg")]
    public async Task Windows_copies_photos_in(string folder, params string[] shown)
    {
        for (int i = 1; i <= 2; i++)
        {
            string path = $"{folder}/IMG_{i}.jpg";
            Assert.Equal(404, await SendAsync("PROPFIND", path, [], ("Depth", "0")));
            Assert.Equal(201, await SendAsync("PUT", path, []));
            Assert.Contains($"IMG_{i}.jpg", await NamesAsync(folder));
            string token = await LockAsync(path);
            (string, string) held = ("If", $"(<{token}>)");
            Assert.Equal(423, await SendAsync("PUT", path, Photo(i)));
            Assert.Equal(207, await SendAsync("PROPPATCH", path, Encoding.UTF8.GetBytes(Times), held));
            Assert.Equal(200, await SendAsync("HEAD", path));
            Assert.Equal(204, await SendAsync("PUT", path, Photo(i), held));
            Assert.Equal(207, await SendAsync("PROPPATCH", path, Encoding.UTF8.GetBytes(Times), held));
            Assert.DoesNotContain("HTTP/1.1 4", _body, StringComparison.Ordinal);
            Assert.Equal(207, await SendAsync("PROPFIND", path, [], ("Depth", "0")));
            Assert.Contains($"<D:getcontentlength>{Photo(i).Length}<", _body, StringComparison.Ordinal);
            Assert.Equal(204, await SendAsync("UNLOCK", path, null, ("Lock-Token", $"<{token}>")));
        }

        Assert.Equal(shown, await NamesAsync(folder));
        await AreOriginalsAsync(1, 2);
        if (folder is not "/Inbox") Assert.All(Originals(), file => Assert.Equal(new DateTime(2019, 7, 14, 13, 30, 12), File.GetLastWriteTimeUtc(file)));
    }

    [Theory]
    [InlineData("/Albums/Holiday", "IMG_1.jpg")]
    [InlineData("/Tags/Sea", "2024-07-14_IMG_1.jpg")]
    [InlineData("/Inbox", "IMG_1.jpg")]
    public async Task Finder_copies_photos_in(string folder, string shown)
    {
        byte[] beside = [0, 5, 22, 7, 1, 2, 3];
        foreach ((string name, byte[] bytes) in ((string, byte[])[])[("IMG_1.jpg", Photo(1)), ("._IMG_1.jpg", beside)])
        {
            string path = $"{folder}/{name}";
            Assert.Equal(404, await SendAsync("PROPFIND", path, null, ("Depth", "0")));
            Assert.Equal(201, await SendAsync("PUT", path, []));
            string token = await LockAsync(path);
            // Cut off on its way: nothing of it is kept.
            Assert.Equal(400, await SendAsync("PUT", path, bytes[..^1], ("If", $"(<{token}>)"), ("X-Expected-Entity-Length", $"{bytes.Length}"), ("Transfer-Encoding", "chunked")));
            Assert.Equal(204, await SendAsync("PUT", path, bytes, ("If", $"(<{token}>)"), ("X-Expected-Entity-Length", $"{bytes.Length}"), ("Transfer-Encoding", "chunked")));
            Assert.Equal(207, await SendAsync("PROPFIND", path, null, ("Depth", "0")));
            Assert.Equal(204, await SendAsync("UNLOCK", path, null, ("Lock-Token", $"<{token}>")));
            Assert.Equal(bytes, await GetAsync(path));
        }

        Assert.Equal(folder is "/Inbox" ? ["._IMG_1.jpg", shown] : [shown], await NamesAsync(folder));
        await AreOriginalsAsync(1);
        Assert.Equal(204, await SendAsync("DELETE", $"{folder}/._IMG_1.jpg"));
        Assert.Equal(404, await SendAsync("GET", $"{folder}/._IMG_1.jpg"));
    }

    [Fact]
    public async Task Names_that_are_still_empty_and_droppings_are_their_persons_alone()
    {
        (string name, string password) = await _daemon.PersonAsync("bert");
        AuthenticationHeaderValue bert = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}"))), anna = _credentials;
        Assert.Equal(201, await SendAsync("LOCK", "/Albums/Holiday/a.jpg", Encoding.UTF8.GetBytes(Writer.LockBody)));
        string token = Token().Match(_body).Value;
        foreach (string junk in (string[])[".DS_Store", "Thumbs.db", "desktop.ini", "._a.jpg"]) Assert.Equal(201, await SendAsync("PUT", $"/Albums/Holiday/{junk}", "x"u8.ToArray()));
        Assert.Equal(201, await SendAsync("PUT", "/Albums/._Holiday", "x"u8.ToArray()));
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/b.jpg.part", Photo(1)));

        Assert.Equal(["a.jpg", "b.jpg.part"], await NamesAsync("/Albums/Holiday"));
        Assert.Equal(["Holiday"], await NamesAsync("/Albums"));
        _credentials = bert;
        Assert.Empty(await NamesAsync("/Albums/Holiday"));
        Assert.Equal(404, await SendAsync("GET", "/Albums/Holiday/.DS_Store"));
        Assert.Equal(423, await SendAsync("PUT", "/Albums/Holiday/a.jpg", Photo(2)));
        _credentials = anna;

        Assert.Equal(201, await SendAsync("MOVE", "/Albums/Holiday/b.jpg.part", null, To("/Albums/Holiday/b.jpg")));
        Assert.Equal(Photo(1), await GetAsync("/Albums/Holiday/b.jpg"));
        Assert.Equal(403, await SendAsync("PUT", "/Albums/Holiday/notes.txt", "no photo"u8.ToArray()));
        Assert.Contains("<a:not-a-photo/>", _body, StringComparison.Ordinal);
        Assert.Equal(423, await SendAsync("DELETE", "/Albums/Holiday"));
        Assert.Equal(204, await SendAsync("UNLOCK", "/Albums/Holiday/a.jpg", null, ("Lock-Token", $"<{token}>")));
        Assert.Equal(204, await SendAsync("DELETE", "/Albums/Holiday"));
        Assert.Equal(201, await SendAsync("MKCOL", "/Albums/Holiday"));
        Assert.Equal(404, await SendAsync("GET", "/Albums/Holiday/.DS_Store"));
        await AreOriginalsAsync(1);
    }

    [Theory]
    [InlineData(".goutputstream-X1", null)]
    [InlineData("~WRD0001.tmp", "~WRL0002.tmp")]
    [InlineData("photo.jpg.sb-1b2c3d4e-AbCdEf", "photo.jpg~")]
    public async Task An_editor_saves_and_the_old_photo_stays_beside_the_new(string written, string? aside)
    {
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/photo.jpg", Photo(1)));

        Assert.Equal(201, await SendAsync("PUT", $"/Albums/Holiday/{written}", Photo(2)));
        if (aside is not null) Assert.Equal(201, await SendAsync("MOVE", "/Albums/Holiday/photo.jpg", null, To($"/Albums/Holiday/{aside}")));
        Assert.Equal(aside is null ? 204 : 201, await SendAsync("MOVE", $"/Albums/Holiday/{written}", null, To("/Albums/Holiday/photo.jpg")));
        if (aside is not null) Assert.Equal(204, await SendAsync("DELETE", $"/Albums/Holiday/{aside}"));

        await IsVersionAsync("/Albums/Holiday", "photo.jpg");
    }

    [Fact]
    public async Task Other_bytes_are_another_version_and_the_same_bytes_nothing()
    {
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/photo.jpg", Photo(1)));
        string first = _etag;
        Assert.Equal(204, await SendAsync("PUT", "/Albums/Holiday/photo.jpg", Photo(1)));
        Assert.Equal(204, await SendAsync("PUT", "/Albums/Holiday/photo.jpg", []));
        Assert.Equal(Photo(1), await GetAsync("/Albums/Holiday/photo.jpg"));
        Assert.Equal(412, await SendAsync("PUT", "/Albums/Holiday/photo.jpg", Photo(2), ("If-Match", "\"other\"")));
        Assert.Equal(204, await SendAsync("PUT", "/Albums/Holiday/photo.jpg", Photo(2), ("If-Match", first)));
        await IsVersionAsync("/Albums/Holiday", "photo.jpg");

        Answer undone = await _daemon.AlbumenAsync("undo");
        Assert.Equal(0, undone.Code);
        Assert.Equal(Photo(1), await GetAsync("/Albums/Holiday/photo.jpg"));

        Assert.Equal(201, await SendAsync("PUT", "/Tags/Sea/x.jpg", Photo(3)));
        Assert.Equal(204, await SendAsync("PUT", "/Tags/Sea/x.jpg", Photo(4)));
        Assert.Equal(Photo(4), await GetAsync("/Tags/Sea/x.jpg"));
        Assert.Single(await NamesAsync("/Tags/Sea"));
        await AreOriginalsAsync(1, 2, 3, 4);
    }

    [Fact]
    public async Task The_same_photo_under_a_second_name_is_there_once_and_found_under_both()
    {
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/a.jpg", Photo(1)));
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/again.jpg", Photo(1)));
        Assert.Equal(["a.jpg"], await NamesAsync("/Albums/Holiday"));
        Assert.Equal(Photo(1), await GetAsync("/Albums/Holiday/again.jpg"));

        Assert.Equal(204, await SendAsync("PUT", "/Albums/Holiday/again.jpg", Photo(2)));
        Assert.Equal(["a.jpg", "again.jpg"], await NamesAsync("/Albums/Holiday"));
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/b.jpg", Photo(1)));
        Assert.Equal(204, await SendAsync("DELETE", "/Albums/Holiday/b.jpg"));
        Assert.Equal(["a.jpg", "again.jpg"], await NamesAsync("/Albums/Holiday"));
        await AreOriginalsAsync(1, 2);
    }

    [Fact]
    public async Task A_file_over_a_receipt_is_another_version_too()
    {
        Assert.Equal(201, await SendAsync("PUT", "/Inbox/photo.jpg", Photo(1)));
        await AreOriginalsAsync(1);
        await IsTakenInAsync("/Inbox/photo.jpg");
        Assert.Equal(204, await SendAsync("PUT", "/Inbox/photo.jpg", Photo(2)));
        await AreOriginalsAsync(1, 2);
        await IsTakenInAsync("/Inbox/photo.jpg");
        Assert.Equal(2, await StackedAsync());
    }

    [Fact]
    public async Task Versions_can_be_refused_and_without_a_writable_volume_new_photos_are()
    {
        await WithAsync("webdav: { overwrite: refuse }");
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/photo.jpg", Photo(1)));
        Assert.Equal(403, await SendAsync("PUT", "/Albums/Holiday/photo.jpg", Photo(2)));
        Assert.Contains("<a:overwriting-is-off/>", _body, StringComparison.Ordinal);
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/a.tmp", Photo(2)));
        Assert.Equal(403, await SendAsync("MOVE", "/Albums/Holiday/a.tmp", null, To("/Albums/Holiday/photo.jpg")));
        await AreOriginalsAsync(1);

        await WithAsync("", writable: "off");
        Assert.Equal(403, await SendAsync("PUT", "/Albums/Holiday/new.jpg", Photo(33)));
        Assert.Contains("<a:no-writable-volume/>", _body, StringComparison.Ordinal);
        // What the library has already needs none.
        Assert.Equal(201, await SendAsync("MKCOL", "/Albums/Other"));
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Other/same.jpg", Photo(1)));
        await AreOriginalsAsync(1);
    }

    [Fact]
    public async Task What_lies_in_the_inbox_is_taken_in_on_its_way_to_an_album()
    {
        await WithAsync("inbox: { settle: 1h }");
        await SendAsync("MKCOL", "/Inbox/Trip");
        foreach ((string path, int number) in ((string, int)[])[("/Inbox/a.jpg", 1), ("/Inbox/b.jpg", 2), ("/Inbox/Trip/c.jpg", 3), ("/Inbox/Trip/d.jpg", 4)]) Assert.Equal(201, await SendAsync("PUT", path, Photo(number)));
        await SendAsync("PUT", "/Inbox/Trip/notes.txt", "notes"u8.ToArray());
        await File.WriteAllBytesAsync(Path.Combine(_daemon.State, "inbox/behind.jpg"), Photo(5), Now);

        Assert.Equal(201, await SendAsync("COPY", "/Inbox/a.jpg", null, To("/Albums/Holiday/a.jpg")));
        Assert.Equal(201, await SendAsync("MOVE", "/Inbox/b.jpg", null, To("/Tags/Sea/b.jpg")));
        Assert.Equal(201, await SendAsync("MOVE", "/Inbox/Trip", null, To("/Albums/Trip")));
        Assert.Equal(201, await SendAsync("MOVE", "/Inbox/behind.jpg", null, To("/Albums/Holiday/behind.jpg")));

        Assert.Equal(["a.jpg", "behind.jpg"], await NamesAsync("/Albums/Holiday"));
        Assert.Equal(["2024-07-14_b.jpg"], await NamesAsync("/Tags/Sea"));
        Assert.Equal(["c.jpg", "d.jpg"], await NamesAsync("/Albums/Trip"));
        Assert.Equal(["Trip", "a.jpg"], await NamesAsync("/Inbox"));
        Assert.Equal(["notes.txt"], await NamesAsync("/Inbox/Trip"));
        await AreOriginalsAsync(1, 2, 3, 4, 5);

        await WithAsync("inbox: { settle: 100ms }");
        await IsTakenInAsync("/Inbox/a.jpg");
        Assert.Equal(201, await SendAsync("COPY", "/Inbox/a.jpg", null, To("/Albums/Trip/a.jpg")));
        Assert.Equal(201, await SendAsync("MOVE", "/Inbox/a.jpg", null, To("/Tags/Sea/a.jpg")));
        Assert.Equal(["Trip"], await NamesAsync("/Inbox"));
        Assert.Equal(["2024-07-14_a.jpg", "2024-07-14_b.jpg"], await NamesAsync("/Tags/Sea"));
    }

    [Fact]
    public async Task Desktops_and_sync_programs_name_a_file_first_or_date_it()
    {
        // Nautilus.
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/Untitled%20Document", []));
        Assert.Equal(201, await SendAsync("MOVE", "/Albums/Holiday/Untitled%20Document", null, To("/Albums/Holiday/first.jpg"), ("Overwrite", "F")));
        Assert.Equal(204, await SendAsync("PUT", "/Albums/Holiday/first.jpg", Photo(1)));
        // davfs2.
        Assert.Equal(201, await SendAsync("LOCK", "/Albums/Holiday/second.jpg", Encoding.UTF8.GetBytes(Writer.LockBody)));
        string token = Token().Match(_body).Value;
        Assert.Equal(200, await SendAsync("HEAD", "/Albums/Holiday/second.jpg"));
        Assert.Equal(204, await SendAsync("PUT", "/Albums/Holiday/second.jpg", Photo(2), ("If", $"(<{token}>)"), ("If-Match", _etag)));
        Assert.Equal(204, await SendAsync("UNLOCK", "/Albums/Holiday/second.jpg", null, ("Lock-Token", $"<{token}>")));
        // FolderSync.
        Assert.Equal(201, await SendAsync("PUT", "/Albums/Holiday/third.jpg", Photo(3), ("X-OC-Mtime", "1700000000"), ("OC-Checksum", $"SHA256:{Convert.ToHexStringLower(SHA256.HashData(Photo(3)))}"), ("Translate", "f")));
        Assert.Equal(400, await SendAsync("PUT", "/Albums/Holiday/wrong.jpg", Photo(4), ("OC-Checksum", "SHA1:0123456789012345678901234567890123456789")));

        Assert.Equal(["first.jpg", "second.jpg", "third.jpg"], await NamesAsync("/Albums/Holiday"));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000).UtcDateTime, File.GetLastWriteTimeUtc(Originals().Single(f => f.EndsWith("third.jpg", StringComparison.Ordinal))));
        await AreOriginalsAsync(1, 2, 3);
    }

    [Fact]
    public async Task A_kill_at_any_moment_loses_nothing_that_was_answered_for()
    {
        const int PerRound = 12;
        int rounds = Thorough.Times(3);
        Random random = new(1850);
        HashSet<int> answered = [];
        int number = 0, cut = 0;
        for (int round = 0; round < rounds; round++)
        {
            using CancellationTokenSource end = new();
            int done = 0;
            Task sending = Task.Run(async () =>
            {
                for (int i = 0; i < PerRound && !end.IsCancellationRequested; i++)
                    try
                    {
                        await BringAsync(++number);
                        answered.Add(number);
                        Interlocked.Increment(ref done);
                    }
                    catch (HttpRequestException)
                    {
                        cut++;
                        return;
                    }
            }, Now);
            int after = random.Next(1, 6);
            while (Volatile.Read(ref done) < after && !sending.IsCompleted) await Task.Delay(5, Now);
            await Task.Delay(random.Next(0, 400), Now);
            await _daemon.KillAsync(withWorkers: true);
            await end.CancelAsync();
            await sending;
            await StartAsync();
            await AreThereAsync(answered);
        }
        Assert.True(answered.Count >= rounds && cut > 0, $"{answered.Count} photos were answered for, and {cut} cut off");
        // What a kill has left unfinished is swept away.
        Assert.Empty(Directory.GetFiles(Path.Combine(_daemon.State, "shadow/.staging")));
        Assert.Empty(Directory.GetFiles(Path.Combine(_volume, ".albumen/staging")));

        // Whoever got no answer sends it again.
        int[] all = [.. Enumerable.Range(1, number)];
        foreach (int again in all.Except(answered)) await BringAsync(again);
        await AreThereAsync(all);
        await AreOriginalsAsync(all);
        Assert.Equal(number, (await NamesAsync("/Timeline/2024/2024-07-14")).Length);
        Assert.Equal(number, (await NamesAsync("/Albums/Holiday")).Concat(await NamesAsync("/Tags/Sea")).Count());
        await _daemon.ScanAsync();
        Answer check = await _daemon.AlbumendAsync("check", "--deep");
        Assert.True(check.Code == 0, check.Output);
        TestContext.Current.SendDiagnosticMessage($"{answered.Count} of {number} photos were answered for over {rounds} kills, which cut off {cut}");

        // Every third into a tag, every second at once, and the others as programs do that write beside first.
        async Task BringAsync(int mine)
        {
            string path = $"{FolderOf(mine)}/r{mine}.jpg";
            if (mine % 2 == 0) Assert.True(await SendAsync("PUT", path, Photo(mine)) is 201 or 204, $"{path}: {_body}");
            else
            {
                Assert.True(await SendAsync("PUT", $"{path}.tmp", Photo(mine)) is 201 or 204, $"{path}.tmp: {_body}");
                Assert.True(await SendAsync("MOVE", $"{path}.tmp", null, To(path)) is 201 or 204, $"{path}: {_body}");
            }
        }

        async Task AreThereAsync(IEnumerable<int> photos)
        {
            foreach (int mine in photos) Assert.Equal(Photo(mine), await GetAsync($"{FolderOf(mine)}/{(mine % 3 == 0 ? "2024-07-14_" : "")}r{mine}.jpg"));
            HashSet<string> originals = [.. Originals().Select(Hash)];
            Assert.All(photos, mine => Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(Photo(mine))), originals));
            Assert.Equal(originals.Count, Originals().Length);
        }

        static string FolderOf(int mine) => mine % 3 == 0 ? "/Tags/Sea" : "/Albums/Holiday";
    }

    async Task IsVersionAsync(string folder, string name)
    {
        Assert.Equal([name], await NamesAsync(folder));
        Assert.Equal(Photo(2), await GetAsync($"{folder}/{name}"));
        await AreOriginalsAsync(1, 2);
        // The new one stands for both.
        Assert.Single(await NamesAsync("/Timeline/2024/2024-07-14"));
        Assert.Equal(2, await StackedAsync());
    }

    /// <summary>How many photos are in a stack.</summary>
    async Task<int> StackedAsync() => (await _daemon.AlbumenAsync("search", "has:stack")).Lines.Length;

    async Task WithAsync(string more, string writable = "on")
    {
        await _daemon.StopAsync();
        await StartAsync(more, writable);
    }

    async Task StartAsync(string more = "inbox: { settle: 100ms }", string writable = "on")
    {
        _daemon.Configure($$"""
            volumes: [{ name: lib, path: {{_volume}}, writable: {{writable}} }]
            http: { listen: "127.0.0.1:0" }
            scan: { every: off, settle: 1ms }
            {{more}}
            """);
        await _daemon.StartAsync();
        await _daemon.ScanAsync();
    }

    /// <summary>Taken at 15:30 on that day; each number has bytes of its own.</summary>
    byte[] Photo(int number) => [.. File.ReadAllBytes(Path.Combine(library.Folder, "2024/A/IMG_0001.jpg")), .. Encoding.ASCII.GetBytes(new string('.', number)), .. Encoding.ASCII.GetBytes($"{number}")];

    (string, string) To(string path) => ("Destination", new Uri(_daemon.Address, path).AbsoluteUri);

    async Task<int> SendAsync(string method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using HttpClient client = new() { BaseAddress = _daemon.Address, DefaultRequestHeaders = { Authorization = _credentials } };
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body is not null) request.Content = new ByteArrayContent(body);
        foreach ((string header, string value) in headers) request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage response = await client.SendAsync(request, Now);
        _body = await response.Content.ReadAsStringAsync(Now);
        _etag = response.Headers.ETag?.ToString() ?? "";
        return (int)response.StatusCode;
    }

    async Task<byte[]> GetAsync(string path)
    {
        using HttpClient client = new() { BaseAddress = _daemon.Address, DefaultRequestHeaders = { Authorization = _credentials } };
        return await client.GetByteArrayAsync(path, Now);
    }

    async Task<string> LockAsync(string path)
    {
        Assert.Equal(200, await SendAsync("LOCK", path, Encoding.UTF8.GetBytes(Writer.LockBody), ("Timeout", "Second-3600")));
        return Token().Match(_body).Value;
    }

    /// <summary>Names of what is in a folder, decoded, in the order of their bytes.</summary>
    async Task<string[]> NamesAsync(string folder)
    {
        Assert.Equal(207, await SendAsync("PROPFIND", folder, """<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>"""u8.ToArray(), ("Depth", "1")));
        return [.. Hrefs().Matches(_body).Skip(1).Select(m => WebUtility.UrlDecode(m.Groups[1].Value.TrimEnd('/').Split('/')[^1])).Order(StringComparer.Ordinal)];
    }

    string[] Originals() => [.. Directory.EnumerateFiles(_volume, "*.jpg", SearchOption.AllDirectories).Where(f => !f.Contains("/.albumen/", StringComparison.Ordinal))];

    /// <summary>Waits until the originals are these photos, each once.</summary>
    Task AreOriginalsAsync(params int[] numbers)
    {
        string[] wanted = [.. numbers.Select(n => Convert.ToHexStringLower(SHA256.HashData(Photo(n)))).Order(StringComparer.Ordinal)];
        return UntilAsync(() => Task.FromResult(Originals().Select(Hash).Order(StringComparer.Ordinal).SequenceEqual(wanted)), () => string.Join(' ', Originals()));
    }

    /// <summary>Waits until only a receipt is left.</summary>
    Task IsTakenInAsync(string path) => UntilAsync(() => Task.FromResult(!File.Exists(Path.Combine(_daemon.State, "inbox", path["/Inbox/".Length..]))), () => path);

    static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    async Task UntilAsync(Func<Task<bool>> holds, Func<string> state)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"{state()}\n{_daemon.Log}");
            await Task.Delay(50, Now);
        }
    }

    [GeneratedRegex("urn:uuid:[0-9a-f-]+")]
    private static partial Regex Token();

    [GeneratedRegex("<D:href>(.*?)</D:href>")]
    private static partial Regex Hrefs();
}
