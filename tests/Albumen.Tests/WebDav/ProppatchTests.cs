namespace Albumen.Tests.WebDav;

/// <summary>Properties that clients set (RFC 4918, 4 and 9.2), beyond what litmus tries.</summary>
[Collection(SmallLibraryTests.Name)]
public sealed class ProppatchTests(SmallLibrary library)
{
    readonly ServedArchive _archive = library.Archive;

    [Fact]
    public async Task What_is_set_comes_back_as_it_came()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/a", "x");
        Assert.Equal(207, await anna.SetAsync("/a", """<D:set xml:lang="de"><D:prop><t:note t:kind="a&amp;b">  Grüße <t:b xmlns:u="urn:u"><u:c/></t:b>&#x1F4F7;&lt; </t:note></D:prop></D:set>"""));
        string? note = await anna.PropertyAsync("/a", "urn:test", "note");
        Assert.Contains("  Grüße ", note, StringComparison.Ordinal);
        Assert.Contains("📷&lt; ", note, StringComparison.Ordinal);
        Assert.Contains("xml:lang=\"de\"", note, StringComparison.Ordinal);
        Assert.Contains("a&amp;b", note, StringComparison.Ordinal);

        Assert.Equal(207, await anna.SetAsync("/a", """<D:remove><D:prop><t:note/><t:never/></D:prop></D:remove><D:set><D:prop><plain xmlns="">1</plain></D:prop></D:set>"""));
        Assert.Null(await anna.PropertyAsync("/a", "urn:test", "note"));
        Assert.Equal(207, await anna.SendAsync("PROPFIND", "/a", """<propfind xmlns="DAV:"><propname/></propfind>""", ("Depth", "0")));
        Assert.Contains("<plain />", anna.Body, StringComparison.Ordinal);
        Assert.Equal(207, await anna.SendAsync("PROPFIND", "", null, ("Depth", "1")));
        Assert.Contains("plain", anna.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_all_or_nothing()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/a", "x");
        Assert.Equal(207, await anna.SetAsync("/a", "<D:set><D:prop><t:one>1</t:one></D:prop></D:set><D:set><D:prop><D:getetag>mine</D:getetag></D:prop></D:set>"));
        Assert.Contains("424 Failed Dependency", anna.Body, StringComparison.Ordinal);
        Assert.Contains("403 Forbidden</D:status><D:error><D:cannot-modify-protected-property/></D:error>", anna.Body, StringComparison.Ordinal);
        Assert.Null(await anna.PropertyAsync("/a", "urn:test", "one"));
        Assert.Equal(207, await anna.SetAsync("/a", "<D:set><D:prop><Z:Win32LastModifiedTime>some day</Z:Win32LastModifiedTime><t:one>1</t:one></D:prop></D:set>"));
        Assert.Contains("409 Conflict", anna.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_clients_keep_at_a_path_has_an_end()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/a", "x");
        string much = $"<D:set><D:prop><t:one>{new string('x', 40_000)}</t:one></D:prop></D:set>";
        Assert.Equal(207, await anna.SetAsync("/a", much));
        Assert.Equal(207, await anna.SetAsync("/a", much));
        Assert.Contains("HTTP/1.1 200 OK", anna.Body, StringComparison.Ordinal);
        Assert.Equal(207, await anna.SetAsync("/a", much.Replace("t:one", "t:two", StringComparison.Ordinal) + "<D:remove><D:prop><t:three/></D:prop></D:remove>"));
        Assert.Contains("507 Insufficient Storage", anna.Body, StringComparison.Ordinal);
        Assert.Contains("424 Failed Dependency", anna.Body, StringComparison.Ordinal);
        Assert.Null(await anna.PropertyAsync("/a", "urn:test", "two"));
    }

    [Fact]
    public async Task They_go_where_their_file_goes()
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.SendAsync("MKCOL", "/c");
        await anna.PutAsync("/c/a", "x");
        await anna.SetAsync("/c/a", "<D:set><D:prop><t:n>file</t:n></D:prop></D:set>");
        await anna.SetAsync("/c", "<D:set><D:prop><t:n>folder</t:n></D:prop></D:set>");

        await anna.TransferAsync("COPY", "/c", "/copy");
        await anna.TransferAsync("COPY", "/c", "/flat", ("Depth", "0"));
        await anna.TransferAsync("MOVE", "/c", "/Moved");
        foreach (string folder in (string[])["/copy", "/moved"])
        {
            Assert.Contains("folder", await anna.PropertyAsync(folder, "urn:test", "n"), StringComparison.Ordinal);
            Assert.Contains("file", await anna.PropertyAsync(folder + "/a", "urn:test", "n"), StringComparison.Ordinal);
        }
        Assert.Contains("folder", await anna.PropertyAsync("/flat", "urn:test", "n"), StringComparison.Ordinal);
        await anna.PutAsync("/copy/a", "other bytes");
        Assert.Contains("file", await anna.PropertyAsync("/copy/a", "urn:test", "n"), StringComparison.Ordinal);
        await anna.SendAsync("DELETE", "/copy");
        await anna.SendAsync("MKCOL", "/copy");
        Assert.Null(await anna.PropertyAsync("/copy", "urn:test", "n"));
    }

    [Theory]
    [InlineData("<D:getlastmodified>Sun, 14 Jul 2024 13:30:12 GMT</D:getlastmodified>")]
    [InlineData("<D:lastmodified>1720963812</D:lastmodified>")]
    [InlineData("<Z:Win32LastModifiedTime>Sun, 14 Jul 2024 13:30:12 GMT</Z:Win32LastModifiedTime>")]
    public async Task The_modification_time_can_be_set(string property)
    {
        Writer anna = await Writer.InAsync(_archive);
        await anna.PutAsync("/a", "x");
        string etag = anna.ETag;
        Assert.Equal(207, await anna.SetAsync("/a", $"<D:set><D:prop>{property}</D:prop></D:set>"));
        await anna.GetAsync("/a");
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1720963812), anna.Last!.Content.Headers.LastModified);
        Assert.Equal(etag, anna.ETag);
    }

    [Fact]
    public async Task Space_is_told_and_originals_take_no_properties()
    {
        Writer anna = await Writer.InAsync(_archive);
        Assert.Matches(@"quota-available-bytes[^>]*>\d+<", await anna.PropertyAsync("", "DAV:", "quota-available-bytes"));
        using HttpResponseMessage answer = await _archive.SendAsync("PROPPATCH", "/Folders/photos/bytes.bin", """<propertyupdate xmlns="DAV:"><set><prop><x xmlns="urn:x"/></prop></set></propertyupdate>""");
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Equal(404, await anna.SetAsync("/none", "<D:set><D:prop><t:n/></D:prop></D:set>"));
        Assert.Equal(400, await anna.SendAsync("PROPPATCH", "", "<D:propertyupdate xmlns:D=\"DAV:\"/>"));
        Assert.Equal(400, await anna.SetAsync("", $"<D:set><D:prop>{string.Concat(Enumerable.Repeat("<t:a>", 100))}{string.Concat(Enumerable.Repeat("</t:a>", 100))}</D:prop></D:set>"));
    }
}
