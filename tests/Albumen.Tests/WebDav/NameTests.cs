using System.Net;
using System.Xml.Linq;

namespace Albumen.Tests.WebDav;

[Collection(SmallLibraryTests.Name)]
public sealed class NameTests(SmallLibrary library)
{
    static readonly XNamespace D = "DAV:";

    readonly ServedArchive _archive = library.Archive;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_name_comes_back_as_it_was_listed()
    {
        XElement[] files = [.. XDocument.Parse(await _archive.ListAsync("/Folders/photos/names/")).Descendants(D + "response").Skip(1)];

        Assert.Equal(SmallLibrary.HardNames.Order(StringComparer.Ordinal), files.Select(f => f.Descendants(D + "displayname").Single().Value).Order(StringComparer.Ordinal));
        foreach (XElement file in files)
        {
            string href = file.Element(D + "href")!.Value, name = file.Descendants(D + "displayname").Single().Value;
            Assert.Matches("^(/([A-Za-z0-9._~!$()*,:@=-]|%[0-9A-F]{2})+)+$", href);
            Assert.Equal("/Folders/photos/names/" + name, Uri.UnescapeDataString(href));
            using HttpResponseMessage response = await _archive.SendAsync("GET", href);
            Assert.Equal(name, await response.Content.ReadAsStringAsync(Stop));
        }
    }

    [Theory]
    [InlineData("/Folders/photos/odd/what_.jpg", "what")]
    [InlineData("/Folders/photos/odd/back_slash.jpg", "back")]
    [InlineData("/Folders/photos/odd/dots", "dots")]
    [InlineData("/Folders/photos/odd/dots...", "dots")]
    [InlineData("/Folders/photos/odd/con_.jpg", "con")]
    [InlineData("/Folders/photos/odd/Caf%C3%A9.jpg", "decomposed")]
    [InlineData("/Folders/photos/odd/Cafe%CC%81.jpg", "decomposed")]
    [InlineData("/FOLDERS/Photos/ODD/CAF%c3%89.JPG", "decomposed")]
    public async Task A_name_is_found_however_a_client_writes_it(string target, string content)
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", target);
        Assert.Equal(content, await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task A_name_that_is_no_text_is_shown_and_can_be_fetched()
    {
        string href = XDocument.Parse(await _archive.ListAsync("/Folders/photos/odd/")).Descendants(D + "href").Select(h => h.Value)
            .Single(h => h.StartsWith("/Folders/photos/odd/caf_", StringComparison.Ordinal));
        using HttpResponseMessage response = await _archive.SendAsync("GET", href);
        Assert.Equal("latin", await response.Content.ReadAsStringAsync(Stop));
    }

    [Theory]
    [InlineData("/../../../../etc/passwd", 400)]
    [InlineData("/Folders/photos/../../../etc/passwd", 400)]
    [InlineData("/Folders/photos/%2e%2e/%2e%2e/etc/passwd", 400)]
    [InlineData("/Folders/photos/.%2e/x", 400)]
    [InlineData("/Folders/./photos", 400)]
    [InlineData("/Folders/photos/..%2f..%2fetc%2fpasswd", 400)]
    [InlineData("/Folders%2fphotos", 400)]
    [InlineData("/Folders/photos/..%5c..%5cetc", 404)]
    [InlineData("/Folders/photos/%252e%252e/x", 404)]
    [InlineData("/Folders/photos/a%00.jpg", 400)]
    [InlineData("/Folders/photos/%c0%ae%c0%ae/x", 400)]
    [InlineData("/Folders/photos/%e9.jpg", 400)]
    [InlineData("/Folders/photos/%ed%a0%80.jpg", 400)]
    [InlineData("/Folders/photos/%zz", 400)]
    [InlineData("/Folders/photos/%4", 400)]
    [InlineData("/Folders/photos/bytes.bin;x=1", 404)]
    [InlineData("/Folders/photos/bytes.bin/x", 404)]
    [InlineData("/Folders/photos/...", 404)]
    [InlineData("/Folders/photos/%20", 404)]
    [InlineData("/Folders/photos/%0a", 404)]
    [InlineData("/etc/passwd", 404)]
    [InlineData("//Folders///photos//bytes.bin", 200)]
    [InlineData("/Folders/photos/bytes.bin?../x", 200)]
    [InlineData("http://localhost/Folders/photos/bytes.bin", 200)]
    [InlineData("/Folders/photos/bytes%2Ebin", 200)]
    public async Task No_path_leads_outside(string target, int status)
    {
        Assert.Equal(status, await _archive.RawAsync("GET", target));
        Assert.Equal(status == 200 ? 207 : status, await _archive.RawAsync("PROPFIND", target));
        Assert.Equal(status == 400 ? 400 : 403, await _archive.RawAsync("DELETE", target));
    }

    [Theory]
    [InlineData(".DS_Store")]
    [InlineData("._bytes.bin")]
    [InlineData("desktop.ini")]
    [InlineData("Thumbs.db")]
    [InlineData(".metadata_never_index")]
    [InlineData(".Spotlight-V100/x")]
    [InlineData("folder.jpg")]
    public async Task What_desktops_look_for_everywhere_is_nowhere(string name)
    {
        using HttpResponseMessage response = await _archive.SendAsync("PROPFIND", "/Folders/photos/" + name);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
