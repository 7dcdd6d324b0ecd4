using System.Net;

namespace Albumen.Tests.WebDav;

[Collection(SmallLibraryTests.Name)]
public sealed class OptionsTests(SmallLibrary library)
{
    readonly ServedArchive _archive = library.Archive;

    [Theory]
    [InlineData("/")]
    [InlineData("/Folders/photos/")]
    [InlineData("/Folders/photos/bytes.bin")]
    public async Task It_says_what_it_can_and_nothing_else(string target)
    {
        using HttpResponseMessage response = await _archive.SendAsync("OPTIONS", target);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("1, 2, 3", string.Join(", ", response.Headers.GetValues("DAV")));
        Assert.Equal("DAV", response.Headers.GetValues("MS-Author-Via").Single());
        Assert.Equal("OPTIONS, GET, HEAD, PROPFIND", string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task In_the_inbox_everything_is_allowed()
    {
        using HttpResponseMessage response = await _archive.SendAsync("OPTIONS", "/Inbox/");

        Assert.Equal("OPTIONS, GET, HEAD, PROPFIND, PUT, MKCOL, DELETE, COPY, MOVE, PROPPATCH, LOCK, UNLOCK", string.Join(", ", response.Content.Headers.Allow));
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
