using System.Net;

namespace Albumen.Tests.WebDav;

[Collection(SmallLibraryTests.Name)]
public sealed class OptionsTests(SmallLibrary library)
{
    readonly ServedArchive _archive = library.Archive;

    [Theory]
    [InlineData("/", "OPTIONS, GET, HEAD, PROPFIND")]
    [InlineData("/Folders/photos/", "OPTIONS, GET, HEAD, PROPFIND, COPY, MOVE")]
    [InlineData("/Folders/photos/bytes.bin", "OPTIONS, GET, HEAD, PROPFIND")]
    [InlineData("/Folders/photos/2024/2024-07-14_garden.jpg", "OPTIONS, GET, HEAD, PROPFIND, COPY, MOVE")]
    [InlineData("/Folders/photos/none", "OPTIONS")]
    [InlineData("/Timeline/", "OPTIONS, GET, HEAD, PROPFIND, COPY")]
    [InlineData("/Timeline/2024/2024-07-14/2024-07-14_garden.jpg", "OPTIONS, GET, HEAD, PROPFIND, COPY, MOVE, PROPPATCH")]
    [InlineData("/Small/Timeline/2024/2024-07-14/2024-07-14_garden.jpg", "OPTIONS, GET, HEAD, PROPFIND, COPY")]
    [InlineData("/Albums/", "OPTIONS, GET, HEAD, PROPFIND, MKCOL, DELETE, COPY, MOVE, PROPPATCH, LOCK, UNLOCK")]
    [InlineData("/Albums/none", "OPTIONS, MKCOL")]
    [InlineData("/Inbox/", "OPTIONS, GET, HEAD, PROPFIND, PUT, MKCOL, DELETE, COPY, MOVE, PROPPATCH, LOCK, UNLOCK")]
    [InlineData("/Inbox/none", "OPTIONS, PUT, MKCOL, LOCK")]
    public async Task It_says_what_can_be_done_there_and_nothing_else(string target, string allow)
    {
        using HttpResponseMessage response = await _archive.SendAsync("OPTIONS", target);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("1, 2, 3", string.Join(", ", response.Headers.GetValues("DAV")));
        Assert.Equal("DAV", response.Headers.GetValues("MS-Author-Via").Single());
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("MKCOL")]
    [InlineData("COPY")]
    [InlineData("MOVE")]
    [InlineData("PROPPATCH")]
    [InlineData("LOCK")]
    [InlineData("UNLOCK")]
    [InlineData("PATCH")]
    [InlineData("POST")]
    public async Task Writing_is_refused_with_a_reason(string method)
    {
        using HttpResponseMessage response = await _archive.SendAsync(method, "/Folders/photos/bytes.bin", "x", ("Destination", "/Folders/photos/other.bin"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("""
            <?xml version="1.0" encoding="utf-8"?>
            <D:error xmlns:D="DAV:" xmlns:a="urn:albumen"><a:original-immutable/><a:message>Originals are shown as they lie on disk, and never changed, added or deleted from here.</a:message></D:error>

            """, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1000, new FileInfo(Path.Combine(_archive.Disk, "bytes.bin")).Length);
    }

    [Theory]
    [InlineData("TRACE", 405)]
    [InlineData("REPORT", 405)]
    [InlineData("BREW", 501)]
    public async Task Other_methods_are_refused_with_those_that_work(string method, int status)
    {
        using HttpResponseMessage response = await _archive.SendAsync(method, "/");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains("PROPFIND", response.Content.Headers.Allow);
    }
}
