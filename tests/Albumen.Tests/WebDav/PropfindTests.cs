using System.Net;
using System.Xml.Linq;

namespace Albumen.Tests.WebDav;

[Collection(SmallLibraryTests.Name)]
public sealed class PropfindTests(SmallLibrary library)
{
    static readonly XNamespace D = "DAV:";

    readonly ServedArchive _archive = library.Archive;

    [Fact]
    public async Task A_file_says_all_that_is_known_of_it() =>
        Assert.Equal("""
            <?xml version="1.0" encoding="utf-8"?>
            <D:multistatus xmlns:D="DAV:">
            <D:response><D:href>/Folders/photos/2024/notes.txt</D:href><D:propstat><D:prop><D:resourcetype/><D:displayname>notes.txt</D:displayname><D:getcontentlength>5</D:getcontentlength><D:getcontenttype>application/octet-stream</D:getcontenttype><D:getetag>"ab5aa97074c454a0632057e704220d9a"</D:getetag><D:getlastmodified>Mon, 15 Jul 2024 10:20:30 GMT</D:getlastmodified><D:creationdate>2024-07-15T10:20:30Z</D:creationdate><D:supportedlock/><D:lockdiscovery/></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>
            </D:multistatus>

            """, await _archive.ListAsync("/Folders/photos/2024/notes.txt", "0"));

    [Fact]
    public async Task Only_what_is_asked_for_is_told_and_what_is_unknown_is_named() =>
        Assert.Equal("""
            <?xml version="1.0" encoding="utf-8"?>
            <D:multistatus xmlns:D="DAV:">
            <D:response><D:href>/Folders/photos/bytes.bin</D:href><D:propstat><D:prop><D:getcontentlength>1000</D:getcontentlength><Z:Win32LastModifiedTime xmlns:Z="urn:schemas-microsoft-com:">Mon, 15 Jul 2024 10:20:30 GMT</Z:Win32LastModifiedTime></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat><D:propstat><D:prop><D:nonsense/><x:size xmlns:x="urn:&quot;&lt;other&gt;" /><bare /></D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>
            </D:multistatus>

            """, await _archive.ListAsync("/Folders/photos/bytes.bin", "0", """
                <propfind xmlns="DAV:"><prop><getcontentlength/><nonsense/><Win32LastModifiedTime xmlns="urn:schemas-microsoft-com:"/>
                <size xmlns="urn:&quot;&lt;other>"/><bare xmlns=""/><getcontentlength/></prop></propfind>
                """));

    [Fact]
    public async Task Names_alone_come_without_values()
    {
        string answer = await _archive.ListAsync("/Folders/photos/bytes.bin", "0", "<D:propfind xmlns:D='DAV:'><D:propname/></D:propfind>");

        Assert.Contains("<D:getetag/>", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("1000", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("quota", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_properties_can_have_others_besides()
    {
        string answer = await _archive.ListAsync("/Folders/photos", "0", "<propfind xmlns='DAV:'><allprop/><include><quota-used-bytes/><getetag/></include></propfind>");

        XElement found = XDocument.Parse(answer).Descendants(D + "propstat").First();
        Assert.True(long.Parse(found.Descendants(D + "quota-used-bytes").Single().Value) > 0);
        Assert.NotNull(found.Descendants(D + "collection").Single());
        // A folder has no ETag.
        Assert.Contains("<D:prop><D:getetag/></D:prop><D:status>HTTP/1.1 404 Not Found", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Free_space_is_told_of_folders_and_only_when_asked()
    {
        const string Ask = "<propfind xmlns='DAV:'><prop><quota-available-bytes/><quota-used-bytes/></prop></propfind>";

        foreach (string folder in (string[])["/", "/Timeline/", "/Folders/photos/2024/"])
            Assert.All(XDocument.Parse(await _archive.ListAsync(folder, "0", Ask)).Descendants(D + "prop").Elements(), e => Assert.True(long.Parse(e.Value) >= 0));
        Assert.DoesNotContain("200 OK", await _archive.ListAsync("/Folders/photos/bytes.bin", "0", Ask), StringComparison.Ordinal);
        Assert.DoesNotContain("quota", await _archive.ListAsync("/", "0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/Folders/photos/2024", "1")]
    [InlineData("/Folders/photos/2024/", "1")]
    [InlineData("/folders/PHOTOS/2024//", "")]
    public async Task A_folder_is_listed_with_or_without_its_slash_and_whatever_the_case(string target, string depth)
    {
        using HttpResponseMessage response = await _archive.SendAsync("PROPFIND", target, null, depth.Length == 0 ? [] : [("Depth", depth)]);
        XDocument answer = XDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
            [
                "/Folders/photos/2024/", "/Folders/photos/2024/2024-07-14_clip.mp4", "/Folders/photos/2024/2024-07-14_garden.jpg",
                "/Folders/photos/2024/2024-07-14_tower.png", "/Folders/photos/2024/notes.txt",
            ],
            answer.Descendants(D + "href").Select(h => h.Value));
        Assert.Equal("application/xml; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.NotNull(response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task The_date_of_creation_is_when_the_photo_was_taken()
    {
        string answer = await _archive.ListAsync("/Timeline/2024/2024-07-14/2024-07-14_garden.jpg", "0", "<propfind xmlns='DAV:'><prop><creationdate/></prop></propfind>");

        DateTimeOffset taken = DateTimeOffset.Parse(XDocument.Parse(answer).Descendants(D + "creationdate").Single().Value);
        Assert.Equal(new DateTime(2024, 7, 14), taken.LocalDateTime.Date);
    }

    [Fact]
    public async Task Every_file_listed_has_the_length_that_it_has()
    {
        foreach (string folder in (string[])["/Folders/photos/2024/", "/Timeline/2024/2024-07-14/", "/Small/Timeline/2024/2024-07-14/", "/Small/Folders/photos/2024/"])
        {
            XElement[] files = [.. XDocument.Parse(await _archive.ListAsync(folder)).Descendants(D + "response").Skip(1)];
            Assert.NotEmpty(files);
            foreach (XElement file in files)
            {
                using HttpResponseMessage response = await _archive.SendAsync("GET", file.Element(D + "href")!.Value);
                byte[] bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                Assert.Equal(file.Descendants(D + "getcontentlength").Single().Value, $"{bytes.Length}");
                Assert.Equal(file.Descendants(D + "getetag").Single().Value, response.Headers.ETag!.ToString());
                Assert.Equal(file.Descendants(D + "getcontenttype").Single().Value, response.Content.Headers.ContentType!.ToString());
            }
        }
    }

    [Fact]
    public async Task The_whole_tree_is_not_listed_at_once()
    {
        using HttpResponseMessage response = await _archive.SendAsync("PROPFIND", "/", null, ("Depth", "infinity"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.NotEmpty(XDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Root!.Elements(D + "propfind-finite-depth"));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("one")]
    public async Task A_depth_that_is_none_is_refused(string depth)
    {
        using HttpResponseMessage response = await _archive.SendAsync("PROPFIND", "/", null, ("Depth", depth));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    public static TheoryData<string> BrokenBodies => new(
        "<propfind",
        "text",
        "<propfind xmlns='DAV:'/>",
        "<other xmlns='DAV:'><allprop/></other>",
        "<propfind><allprop/></propfind>",
        "<propfind xmlns='DAV:'><allprop/><propname/></propfind>",
        "<a:propfind xmlns='DAV:'><a:allprop/></a:propfind>",
        "<!DOCTYPE p [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><propfind xmlns='DAV:'><allprop/>&b;</propfind>",
        "<!DOCTYPE p SYSTEM 'file:///etc/passwd'><propfind xmlns='DAV:'><allprop/></propfind>",
        "<propfind xmlns='DAV:'><prop>" + string.Concat(Enumerable.Repeat("<a>", 100_000)),
        "<propfind xmlns='DAV:'><prop>" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"<a{i}/>")) + "</prop></propfind>");

    [Theory]
    [MemberData(nameof(BrokenBodies))]
    public async Task A_body_that_is_no_propfind_is_refused_at_once(string body)
    {
        long start = TimeProvider.System.GetTimestamp();
        using HttpResponseMessage response = await _archive.SendAsync("PROPFIND", "/Folders/photos/many/", body, ("Depth", "1"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task A_body_without_end_is_refused()
    {
        using HttpResponseMessage response = await _archive.SendAsync("PROPFIND", "/", "<propfind xmlns='DAV:'><allprop/>" + new string(' ', 2_000_000) + "</propfind>", ("Depth", "0"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }
}
