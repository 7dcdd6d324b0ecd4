using System.Net;

namespace Albumen.Tests.WebDav;

[Collection(SmallLibraryTests.Name)]
public sealed class FileTests(SmallLibrary library)
{
    const string Target = "/Folders/photos/bytes.bin";
    const string Date = "Mon, 15 Jul 2024 10:20:30 GMT", Earlier = "Mon, 15 Jul 2024 10:20:29 GMT", Later = "Mon, 15 Jul 2024 10:20:31 GMT";

    // SHA-256 of the bytes 0 to 255, 0 to 255, 0 to 255, 0 to 231, cut to 32 digits.
    static readonly string Tag = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. Enumerable.Range(0, 1000).Select(i => (byte)i)]))[..32]}\"";

    readonly ServedArchive _archive = library.Archive;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", 1000)]
    [InlineData("HEAD", 0)]
    public async Task A_file_comes_with_all_that_a_client_wants_to_know(string method, int length)
    {
        using HttpResponseMessage response = await _archive.SendAsync(method, Target);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(length, (await response.Content.ReadAsByteArrayAsync(Stop)).Length);
        Assert.Equal(1000, response.Content.Headers.ContentLength);
        Assert.Equal(Tag, response.Headers.ETag!.ToString());
        Assert.Equal(Date, response.Content.Headers.LastModified!.Value.ToString("R"));
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("sandbox; default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("bytes=0-0", 206, "0-0/1000")]
    [InlineData("bytes=0-99", 206, "0-99/1000")]
    [InlineData("bytes=990-", 206, "990-999/1000")]
    [InlineData("bytes=990-5000", 206, "990-999/1000")]
    [InlineData("bytes=-10", 206, "990-999/1000")]
    [InlineData("bytes=-5000", 206, "0-999/1000")]
    [InlineData("Bytes=5-6", 206, "5-6/1000")]
    [InlineData("bytes=0-9,10-19", 206, "0-19/1000")]
    [InlineData("bytes=10-19, 0-12", 206, "0-19/1000")]
    [InlineData("bytes=0-9,5000-", 206, "0-9/1000")]
    [InlineData("bytes=1000-", 416, "*/1000")]
    [InlineData("bytes=-0", 416, "*/1000")]
    [InlineData("bytes=5000-9000,6000-", 416, "*/1000")]
    [InlineData("bytes=9-5", 200, null)]
    [InlineData("bytes=x", 200, null)]
    [InlineData("bytes=", 200, null)]
    [InlineData("npt=0-9", 200, null)]
    [InlineData("bytes=0-9223372036854775807", 206, "0-999/1000")]
    [InlineData("bytes=99999999999999999999-", 200, null)]
    public async Task A_part_is_sent_when_one_is_asked_for(string range, int status, string? contentRange)
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", Target, null, ("Range", range));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(contentRange is null ? null : "bytes " + contentRange, response.Content.Headers.ContentRange?.ToString());
        if (status == 416) return;
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(Stop);
        int from = status == 206 ? int.Parse(contentRange!.Split('-')[0]) : 0;
        Assert.Equal(response.Content.Headers.ContentLength, bytes.Length);
        Assert.Equal(Enumerable.Range(from, bytes.Length).Select(i => (byte)i), bytes);
        if (status == 200) Assert.Equal(1000, bytes.Length);
    }

    [Fact]
    public async Task Several_parts_come_in_one_body_of_known_length()
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", Target, null, ("Range", "bytes=-2, 0-1,65-66"));
        string boundary = response.Content.Headers.ContentType!.Parameters.Single(p => p.Name == "boundary").Value!;

        Assert.Equal(206, (int)response.StatusCode);
        Assert.Null(response.Content.Headers.ContentRange);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(Stop);
        Assert.Equal(response.Content.Headers.ContentLength, bytes.Length);
        Assert.Equal(string.Concat(new[] { ("998-999", "\u00e6\u00e7"), ("0-1", "\0\u0001"), ("65-66", "AB") }.Select(part => $"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {part.Item1}/1000\r\n\r\n{part.Item2}")) + $"\r\n--{boundary}--\r\n",
            System.Text.Encoding.Latin1.GetString(bytes));

        using HttpResponseMessage crumbs = await _archive.SendAsync("GET", Target, null, ("Range", "bytes=" + string.Join(',', Enumerable.Range(0, 20).Select(i => $"{i * 10}-{i * 10}"))));
        Assert.Equal(200, (int)crumbs.StatusCode);
    }

    [Theory]
    [InlineData("TAG", 206)]
    [InlineData("\"other\"", 200)]
    [InlineData("W/TAG", 200)]
    [InlineData(Date, 206)]
    [InlineData(Later, 200)]
    [InlineData("nonsense", 200)]
    public async Task A_part_follows_only_on_the_same_bytes(string condition, int status)
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", Target, null, ("Range", "bytes=5-6"), ("If-Range", condition.Replace("TAG", Tag, StringComparison.Ordinal)));
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("If-None-Match", "TAG", 304)]
    [InlineData("If-None-Match", "W/TAG", 304)]
    [InlineData("If-None-Match", "\"other\", TAG", 304)]
    [InlineData("If-None-Match", "*", 304)]
    [InlineData("If-None-Match", "\"other\"", 200)]
    [InlineData("If-Match", "TAG", 200)]
    [InlineData("If-Match", "*", 200)]
    [InlineData("If-Match", "\"other\"", 412)]
    [InlineData("If-Match", "W/TAG", 412)]
    [InlineData("If-Match", "unquoted", 412)]
    [InlineData("If-Modified-Since", Date, 304)]
    [InlineData("If-Modified-Since", Later, 304)]
    [InlineData("If-Modified-Since", Earlier, 200)]
    [InlineData("If-Modified-Since", "yesterday", 200)]
    [InlineData("If-Unmodified-Since", Date, 200)]
    [InlineData("If-Unmodified-Since", Earlier, 412)]
    [InlineData("If-None-Match|If-Modified-Since", "\"other\"|" + Later, 200)]
    [InlineData("If-Match|If-Unmodified-Since", "TAG|" + Earlier, 200)]
    [InlineData("If-Match|If-None-Match", "TAG|TAG", 304)]
    [InlineData("If-None-Match|Range", "TAG|bytes=0-1", 304)]
    public async Task Conditions_are_judged_in_their_order(string names, string values, int status)
    {
        (string, string)[] headers = [.. names.Split('|').Zip(values.Replace("TAG", Tag, StringComparison.Ordinal).Split('|'))];
        foreach (string method in (string[])["GET", "HEAD"])
        {
            using HttpResponseMessage response = await _archive.SendAsync(method, Target, null, headers);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(Tag, response.Headers.ETag!.ToString());
            if (status == 304) Assert.Empty(await response.Content.ReadAsByteArrayAsync(Stop));
        }
    }

    [Fact]
    public async Task An_empty_file_is_empty_and_has_no_parts()
    {
        using HttpResponseMessage whole = await _archive.SendAsync("GET", "/Folders/photos/empty.bin");
        Assert.Equal(0, whole.Content.Headers.ContentLength);
        using HttpResponseMessage part = await _archive.SendAsync("GET", "/Folders/photos/empty.bin", null, ("Range", "bytes=0-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, part.StatusCode);
    }

    [Fact]
    public async Task A_file_that_changed_since_it_was_read_is_sent_as_it_is_now()
    {
        await using ServedArchive archive = await ServedArchive.OfAsync(a => a.Write("a.txt", "before"), Stop);
        File.WriteAllText(Path.Combine(archive.Disk, "a.txt"), "and longer after");

        using HttpResponseMessage response = await archive.SendAsync("GET", "/Folders/photos/a.txt");

        Assert.Equal("and longer after", await response.Content.ReadAsStringAsync(Stop));
        Assert.True(response.Headers.ETag!.IsWeak);
    }

    [Fact]
    public async Task Gone_is_not_found_and_away_is_come_again()
    {
        await using ServedArchive archive = await ServedArchive.OfAsync(a => { a.Write("a.txt", "a"); a.Write("b.txt", "b"); }, Stop);
        File.Delete(Path.Combine(archive.Disk, "a.txt"));
        using HttpResponseMessage gone = await archive.SendAsync("GET", "/Folders/photos/a.txt");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);

        // An empty mount point.
        File.Delete(Path.Combine(archive.Disk, "b.txt"));
        using HttpResponseMessage unmounted = await archive.SendAsync("GET", "/Folders/photos/b.txt");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unmounted.StatusCode);
        Assert.Equal(30, unmounted.Headers.RetryAfter!.Delta!.Value.TotalSeconds);

        Directory.Delete(archive.Disk);
        using HttpResponseMessage away = await archive.SendAsync("GET", "/Folders/photos/b.txt");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        using HttpResponseMessage listed = await archive.SendAsync("PROPFIND", "/Folders/photos/");
        Assert.Equal(HttpStatusCode.MultiStatus, listed.StatusCode);
    }

    [Fact]
    public async Task A_preview_that_was_deleted_is_made_again()
    {
        await using ServedArchive archive = await ServedArchive.OfAsync(a => a.Write("a.jpg", File.ReadAllBytes(Path.Combine(_archive.Disk, "2024", "2024-07-14_garden.jpg"))), Stop);
        Directory.Delete(Path.Combine(archive.Cache, "derivatives"), recursive: true);

        using HttpResponseMessage response = await archive.SendAsync("GET", "/Small/Folders/photos/a.jpg");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(2, response.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.Single(archive.Remade);
    }
}
