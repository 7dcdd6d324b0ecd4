using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Albumen.Tests.WebDav;

/// <summary>The inbox as a plain disk: files and folders in, out, over and about.</summary>
[Collection(SmallLibraryTests.Name)]
public sealed class InboxTests(SmallLibrary library)
{
    readonly ServedArchive _archive = library.Archive;

    [Fact]
    public async Task What_is_put_is_there_byte_for_byte_with_its_length_and_hash()
    {
        Writer anna = await Writer.InAsync(_archive);

        Assert.Equal(201, await anna.PutAsync("/a.txt", "first"));
        string etag = anna.ETag;
        Assert.Equal("\"" + Convert.ToHexStringLower(SHA256.HashData("first"u8))[..32] + "\"", etag);
        Assert.Equal("first", await anna.GetAsync("/a.txt"));
        Assert.Equal(etag, anna.ETag);
        Assert.Equal(204, await anna.PutAsync("/a.txt", "other"));
        Assert.NotEqual(etag, anna.ETag);
        Assert.Equal("other", await anna.GetAsync("/a.txt"));
        Assert.Equal(201, await anna.PutAsync("/empty", ""));
        Assert.Contains("SHA1:d0941e68da8f38151ff86a61fc59f7c5cf9fcaa2 MD5:795f3202b17cb6bc3d4b771d8c6c9eaf", await anna.PropertyAsync("/a.txt", "http://owncloud.org/ns", "checksums"), StringComparison.Ordinal);
        Assert.Equal(["a.txt", "empty"], await anna.NamesAsync());
    }

    [Fact]
    public async Task A_file_put_there_by_other_means_is_shown_too()
    {
        Writer anna = await Writer.InAsync(_archive);
        await File.WriteAllTextAsync(Path.Combine(anna.Disk, "Cafe\u0301.txt"), "behind our back", TestContext.Current.CancellationToken);

        Assert.Equal(["Café.txt"], await anna.NamesAsync());
        Assert.Equal("behind our back", await anna.GetAsync("/CAF%C3%89.TXT"));
        Assert.StartsWith("W/", anna.ETag, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_changed_by_other_means_loses_its_strong_etag()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/a.txt", "first");
        await File.WriteAllTextAsync(Path.Combine(anna.Disk, "a.txt"), "changed", TestContext.Current.CancellationToken);

        Assert.Equal("changed", await anna.GetAsync("/a.txt"));
        Assert.StartsWith("W/", anna.ETag, StringComparison.Ordinal);
        Assert.Equal(412, await anna.PutAsync("/a.txt", "lost", ("If-Match", anna.ETag)));
    }

    [Theory]
    [InlineData("100%2541.jpg")]
    [InlineData("what%3F.jpg")]
    [InlineData("a%23b.jpg")]
    [InlineData("a%252Fb.jpg")]
    [InlineData("back%5Cslash.jpg")]
    [InlineData("%F0%9F%93%B7%20photo.jpg")]
    [InlineData("dot.")]
    [InlineData("%20both%20")]
    [InlineData("a%26b%3Cc%3E%22d%27.jpg")]
    [InlineData("CON.jpg")]
    [InlineData("semi;colon,plus+.jpg")]
    [InlineData("%7B%7D%5B%5D%5E%60%7C.jpg")]
    [InlineData("%25.jpg")]
    [InlineData("._resource")]
    [InlineData(".DS_Store")]
    [InlineData("Thumbs.db")]
    [InlineData("%E6%97%A5%E6%9C%AC.jpg")]
    public async Task A_hard_name_comes_back_as_it_was_given(string encoded)
    {
        Writer anna = await Writer.InAsync(_archive);
        string name = Uri.UnescapeDataString(encoded);

        Assert.Equal(201, await anna.PutAsync("/" + encoded, name));
        Assert.Equal([name], await anna.NamesAsync());
        Assert.Equal(name, await anna.GetAsync("/" + encoded));
        Assert.Equal(201, await anna.TransferAsync("MOVE", "/" + encoded, "/plain"));
        Assert.Equal(201, await anna.TransferAsync("COPY", "/plain", "/" + encoded));
        Assert.Equal(204, await anna.SendAsync("DELETE", "/" + encoded));
        Assert.Equal(["plain"], await anna.NamesAsync());
    }

    [Fact]
    public async Task Case_and_composition_make_no_second_file()
    {
        Writer anna = await Writer.InAsync(_archive);
        Assert.Equal(201, await anna.PutAsync("/Caf%C3%A9.JPG", "one"));
        Assert.Equal(204, await anna.PutAsync("/cafe%CC%81.jpg", "two"));
        Assert.Equal(["Café.JPG"], await anna.NamesAsync());
        Assert.Equal(201, await anna.TransferAsync("MOVE", "/caf%C3%A9.jpg", "/caf%C3%A9.jpg"));
        Assert.Equal(["café.jpg"], await anna.NamesAsync());
        Assert.Equal("two", await anna.GetAsync("/CAF%C3%89.JPG"));
    }

    [Theory]
    [InlineData("/a%0Ab")]
    [InlineData("/a%7F")]
    public async Task A_name_with_control_characters_is_refused(string path)
    {
        Writer anna = await Writer.InAsync(_archive);
        Assert.Equal(403, await anna.PutAsync(path, "x"));
        Assert.Contains("<a:name-not-allowed/>", anna.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_own_folder_for_what_is_not_there_yet_is_nobodys()
    {
        using HttpResponseMessage put = await _archive.SendAsync("PUT", "/Inbox/.Staging", "x"), get = await _archive.SendAsync("PROPFIND", "/Inbox/.staging/", null, ("Depth", "1"));
        Assert.Equal((403, 404), ((int)put.StatusCode, (int)get.StatusCode));
        Assert.DoesNotContain("staging", await _archive.ListAsync("/Inbox/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OC-Checksum", "SHA1:0000000000000000000000000000000000000000")]
    [InlineData("OC-Checksum", "MD5:zz")]
    [InlineData("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("Repr-Digest", "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:")]
    [InlineData("Content-Digest", "sha-512=:AAAA:")]
    [InlineData("Digest", "SHA=AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("X-Expected-Entity-Length", "7")]
    [InlineData("Content-Range", "bytes 0-4/5")]
    public async Task What_is_not_as_it_was_told_is_not_kept(string header, string value)
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/a.txt", "there before");

        Assert.Equal(400, await SendAsync("/a.txt"));
        Assert.Equal(400, await SendAsync("/new.txt"));
        Assert.Equal("there before", await anna.GetAsync("/a.txt"));
        Assert.Equal(["a.txt"], await anna.NamesAsync());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_archive.Inbox, ".staging")));

        async Task<int> SendAsync(string path)
        {
            using HttpRequestMessage request = new(HttpMethod.Put, new Uri(_archive.Address, anna.Folder + path)) { Content = new ChunkedContent("fives"u8.ToArray()) };
            if (!request.Headers.TryAddWithoutValidation(header, value)) request.Content.Headers.TryAddWithoutValidation(header, value);
            using HttpResponseMessage response = await _archive.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task What_is_as_it_was_told_is_kept()
    {
        Writer anna = await Writer.InAsync(_archive);
        byte[] bytes = "fives"u8.ToArray();
        Assert.Equal(201, await anna.PutAsync("/a", "fives",
            ("OC-Checksum", "SHA1:9815E20F942D470D3D2B115F80DA3F9A0D838EBF"), ("Content-MD5", "Fuszx81QA0Pvx6YsJvh+gw=="),
            ("Repr-Digest", $"sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:, sha-512=:{Convert.ToBase64String(SHA512.HashData(bytes))}:"), ("OC-Checksum", "ADLER32:1234")));
    }

    [Fact]
    public async Task The_clients_time_is_kept()
    {
        Writer anna = await Writer.InAsync(_archive);
        Assert.Equal(201, await anna.PutAsync("/a", "x", ("X-OC-Mtime", "1500000000")));
        Assert.Equal("accepted", anna.Last!.Headers.GetValues("X-OC-Mtime").Single());
        await anna.GetAsync("/a");
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1500000000), anna.Last.Content.Headers.LastModified);
        Assert.NotEqual('W', anna.ETag[0]);
    }

    [Fact]
    public async Task Conditions_are_kept_to()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/a", "one");
        string etag = anna.ETag;

        Assert.Equal(412, await anna.PutAsync("/a", "x", ("If-None-Match", "*")));
        Assert.Equal(412, await anna.PutAsync("/a", "x", ("If-Match", "\"other\"")));
        Assert.Equal(412, await anna.PutAsync("/a", "x", ("If-None-Match", etag)));
        Assert.Equal(412, await anna.PutAsync("/new", "x", ("If-Match", "*")));
        Assert.Equal(412, await anna.PutAsync("/a", "x", ("If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT")));
        Assert.Equal(412, await anna.SendAsync("DELETE", "/a", null, ("If-Match", "\"other\"")));
        Assert.Equal(412, await anna.TransferAsync("MOVE", "/a", "/b", ("If-Match", "\"other\"")));
        Assert.Equal(412, await anna.TransferAsync("COPY", "/a", "/b", ("If-None-Match", "*")));
        Assert.Equal("one", await anna.GetAsync("/a"));
        Assert.Equal(201, await anna.PutAsync("/new", "x", ("If-None-Match", "*")));
        Assert.Equal(204, await anna.PutAsync("/a", "two", ("If-Match", $"\"no\", {etag}")));
    }

    [Fact]
    public async Task Of_many_who_want_to_be_first_one_is()
    {
        Writer anna = await Writer.InAsync(_archive);
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => _archive.SendAsync("PUT", $"{anna.Folder}/a", $"{i}", ("If-None-Match", "*"))));
        Assert.Equal(1, answers.Count(a => (int)a.StatusCode == 201));
        Assert.Equal(11, answers.Count(a => (int)a.StatusCode == 412));
    }

    [Fact]
    public async Task Folders_are_made_once_and_only_where_there_is_one()
    {
        Writer anna = await Writer.InAsync(_archive);
        Assert.Equal(201, await anna.SendAsync("MKCOL", "/a"));
        Assert.Equal(405, await anna.SendAsync("MKCOL", "/A/"));
        Assert.DoesNotContain("MKCOL", anna.Last!.Content.Headers.Allow);
        Assert.Contains("DELETE", anna.Last!.Content.Headers.Allow);
        Assert.Equal(409, await anna.SendAsync("MKCOL", "/b/c"));
        Assert.Equal(415, await anna.SendAsync("MKCOL", "/d", "<what/>"));
        Assert.Equal(409, await anna.PutAsync("/b/c", "x"));
        await anna.PutAsync("/file", "x");
        Assert.Equal(409, await anna.PutAsync("/file/below", "x"));
        Assert.Equal(405, await anna.SendAsync("MKCOL", "/file"));
        Assert.Equal(405, await anna.PutAsync("/a", "x"));
        using HttpResponseMessage top = await _archive.SendAsync("MKCOL", "/Inbox");
        Assert.Equal(405, (int)top.StatusCode);
    }

    [Fact]
    public async Task Copies_and_moves_go_where_they_should_and_nowhere_else()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.SendAsync("MKCOL", "/a");
        await anna.SendAsync("MKCOL", "/a/b");
        await anna.PutAsync("/a/b/f", "deep");
        await anna.PutAsync("/x", "x");

        Assert.Equal(403, await anna.TransferAsync("COPY", "/a", "/a/b/copy"));
        Assert.Equal(403, await anna.TransferAsync("MOVE", "/a", "/A/b/moved"));
        Assert.Equal(403, await anna.TransferAsync("MOVE", "/a/b", "/a"));
        Assert.Equal(403, await anna.TransferAsync("COPY", "/x", "/x"));
        Assert.Equal(502, await anna.SendAsync("COPY", "/x", null, ("Destination", "http://elsewhere.example/Inbox/x")));
        Assert.Equal(400, await anna.SendAsync("COPY", "/x"));
        Assert.Equal(409, await anna.TransferAsync("MOVE", "/x", "/none/x"));
        Assert.Equal(404, await anna.TransferAsync("MOVE", "/none", "/some"));
        Assert.Equal(400, await anna.TransferAsync("MOVE", "/a", "/c", ("Depth", "0")));
        Assert.Equal(412, await anna.TransferAsync("COPY", "/a", "/x", ("Overwrite", "F")));
        Assert.Equal(400, await anna.TransferAsync("COPY", "/a", "/x", ("Overwrite", "maybe")));

        Assert.Equal(204, await anna.TransferAsync("COPY", "/a", "/x"));
        Assert.Equal("deep", await anna.GetAsync("/x/b/f"));
        Assert.Equal('"', anna.ETag[0]);
        Assert.Equal(201, await anna.TransferAsync("COPY", "/a", "/shallow", ("Depth", "0")));
        Assert.Empty(await anna.NamesAsync("/shallow"));
        Assert.Equal(204, await anna.TransferAsync("MOVE", "/a/b/f", "/x"));
        Assert.Equal("deep", await anna.GetAsync("/x"));
        Assert.Equal(204, await anna.SendAsync("DELETE", "/a"));
        Assert.Equal(["shallow", "x"], await anna.NamesAsync());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_archive.Inbox, ".staging")));
    }

    [Fact]
    public async Task Nothing_goes_in_or_out_that_is_in_the_archive_already()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/x", "x");
        using HttpResponseMessage copy = await _archive.SendAsync("COPY", "/Folders/photos/bytes.bin", null, ("Destination", $"{anna.Folder}/bytes.bin")),
            move = await _archive.SendAsync("MOVE", "/Folders/photos/bytes.bin", null, ("Destination", $"{anna.Folder}/bytes.bin")),
            top = await _archive.SendAsync("MOVE", "/Inbox", null, ("Destination", "/Outbox")),
            delete = await _archive.SendAsync("DELETE", "/Inbox");
        Assert.All([copy, move, top, delete], a => Assert.Equal(403, (int)a.StatusCode));
        Assert.Equal(403, await anna.SendAsync("MOVE", "/x", null, ("Destination", "/Folders/photos/x")));
        Assert.Contains("<a:original-immutable/>", anna.Body, StringComparison.Ordinal);
        Assert.Equal(["x"], await anna.NamesAsync());
    }

    [Fact]
    public async Task A_folder_deleted_and_put_again_is_a_new_one()
    {
        Writer anna = await Writer.InAsync(_archive);
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(201, await anna.SendAsync("MKCOL", "/Ordner"));
            Assert.Equal(201, await anna.PutAsync("/ordner/Datei", "x"));
            Assert.Equal(204, await anna.PutAsync("/ORDNER/datei", "y"));
            Assert.Equal(204, await anna.SendAsync("DELETE", "/ordner"));
            Assert.Equal(404, await anna.SendAsync("GET", "/Ordner/Datei"));
        }
    }

    [Fact]
    public async Task An_upload_that_is_cut_leaves_nothing_and_what_was_there_stays()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/old", "as it was");
        foreach (string framing in (string[])["Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n80000\r\n"])
            foreach (string name in (string[])["old", "new"])
            {
                using TcpClient connection = new();
                await connection.ConnectAsync(_archive.Address.Host, _archive.Address.Port, TestContext.Current.CancellationToken);
                NetworkStream stream = connection.GetStream();
                await stream.WriteAsync(Encoding.Latin1.GetBytes($"PUT {anna.Folder}/{name} HTTP/1.1\r\nHost: {_archive.Address.Authority}\r\nAuthorization: {_archive.Credentials}\r\n{framing}"), TestContext.Current.CancellationToken);
                await stream.WriteAsync(new byte[400_000], TestContext.Current.CancellationToken);
                await Task.Delay(100, TestContext.Current.CancellationToken);
                connection.Client.LingerState = new(true, 0);
            }
        for (int i = 0; i < 50 && Directory.GetFileSystemEntries(Path.Combine(_archive.Inbox, ".staging")).Length > 0; i++) await Task.Delay(50, TestContext.Current.CancellationToken);

        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_archive.Inbox, ".staging")));
        Assert.Equal(["old"], await anna.NamesAsync());
        Assert.Equal("as it was", await anna.GetAsync("/old"));
    }

    [Theory]
    [InlineData("/nowhere/a", 409)]
    [InlineData("/locked", 423)]
    [InlineData("", 405)]
    public async Task Who_asks_before_sending_is_told_before_sending(string path, int status)
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/locked", "x");
        string token = await anna.LockAsync("/locked");
        using TcpClient connection = new();
        await connection.ConnectAsync(_archive.Address.Host, _archive.Address.Port, TestContext.Current.CancellationToken);
        NetworkStream stream = connection.GetStream();
        string request = $"PUT {anna.Folder}{path} HTTP/1.1\r\nHost: {_archive.Address.Authority}\r\nAuthorization: {_archive.Credentials}\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream);
        Assert.StartsWith($"HTTP/1.1 {status} ", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(204, await anna.SendAsync("UNLOCK", "/locked", null, ("Lock-Token", $"<{token}>")));
    }

    [Fact]
    public async Task What_does_not_fit_on_the_disk_is_refused_before_it_is_sent()
    {
        Writer anna = await Writer.InAsync(_archive);
        using HttpRequestMessage request = new(HttpMethod.Put, new Uri(_archive.Address, anna.Folder + "/a")) { Content = new ChunkedContent([1]) };
        request.Headers.TryAddWithoutValidation("X-Expected-Entity-Length", $"{long.MaxValue}");
        using HttpResponseMessage response = await _archive.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(507, (int)response.StatusCode);
        Assert.Empty(await anna.NamesAsync());
    }

    [Fact]
    public async Task Windows_copies_a_file_in()
    {
        Writer anna = await Writer.InAsync(_archive);
        Assert.Equal(404, await anna.SendAsync("PROPFIND", "/IMG_1.JPG", "", ("Depth", "0")));
        Assert.Equal(201, await anna.PutAsync("/IMG_1.JPG", ""));
        string token = await anna.LockAsync("/IMG_1.JPG", depth: "infinity");
        const string Times = "<D:set><D:prop><Z:Win32CreationTime>Sun, 14 Jul 2024 13:30:12 GMT</Z:Win32CreationTime><Z:Win32LastAccessTime>Sun, 14 Jul 2024 13:30:12 GMT</Z:Win32LastAccessTime><Z:Win32LastModifiedTime>Sun, 14 Jul 2024 13:30:12 GMT</Z:Win32LastModifiedTime><Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set>";
        (string, string) held = ("If", $"(<{token}>)");
        Assert.Equal(423, await anna.SetAsync("/IMG_1.JPG", Times));
        Assert.Equal(207, await PatchAsync());
        Assert.DoesNotContain("HTTP/1.1 4", anna.Body, StringComparison.Ordinal);
        Assert.Equal(200, await anna.SendAsync("HEAD", "/IMG_1.JPG"));
        Assert.Equal(204, await anna.PutAsync("/IMG_1.JPG", "picture", held));
        Assert.Equal(207, await PatchAsync());
        Assert.Equal(204, await anna.SendAsync("UNLOCK", "/IMG_1.JPG", null, ("Lock-Token", $"<{token}>")));

        Assert.Equal("picture", await anna.GetAsync("/IMG_1.JPG"));
        Assert.Equal("Sun, 14 Jul 2024 13:30:12 GMT", anna.Last!.Content.Headers.LastModified!.Value.ToString("R"));
        Assert.Contains("00000020", await anna.PropertyAsync("/IMG_1.JPG", "urn:schemas-microsoft-com:", "Win32FileAttributes"), StringComparison.Ordinal);

        Task<int> PatchAsync() => anna.SendAsync("PROPPATCH", "/IMG_1.JPG",
            $"""<?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:">{Times}</D:propertyupdate>""", held);
    }

    [Fact]
    public async Task Finder_copies_a_file_in()
    {
        Writer anna = await Writer.InAsync(_archive);
        foreach (string name in (string[])["IMG_2.HEIC", "._IMG_2.HEIC"])
        {
            Assert.Equal(404, await anna.SendAsync("PROPFIND", "/" + name, null, ("Depth", "0")));
            Assert.Equal(201, await anna.PutAsync("/" + name, ""));
            string token = await anna.LockAsync("/" + name);
            using HttpRequestMessage put = new(HttpMethod.Put, new Uri(_archive.Address, $"{anna.Folder}/{name}")) { Content = new ChunkedContent("the bytes"u8.ToArray()) };
            put.Headers.TryAddWithoutValidation("If", $"(<{token}>)");
            put.Headers.TryAddWithoutValidation("X-Expected-Entity-Length", "9");
            using HttpResponseMessage answer = await _archive.Client.SendAsync(put, TestContext.Current.CancellationToken);
            Assert.Equal(204, (int)answer.StatusCode);
            Assert.Equal(207, await anna.SendAsync("PROPFIND", "/" + name, null, ("Depth", "0")));
            Assert.Equal(204, await anna.SendAsync("UNLOCK", "/" + name, null, ("Lock-Token", token)));
            Assert.Equal("the bytes", await anna.GetAsync("/" + name));
        }
    }

    /// <summary>A body whose length is not told.</summary>
    sealed class ChunkedContent(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
