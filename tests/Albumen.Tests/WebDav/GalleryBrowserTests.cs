using System.Diagnostics;
using System.Text.Json;

namespace Albumen.Tests.WebDav;

/// <summary>The pages in a real Chromium, as somebody with a keyboard, a mouse or a phone has them.</summary>
public sealed class GalleryBrowserTests(GalleryLibrary library) : IClassFixture<GalleryLibrary>
{
    const string ScrollsSideways = "document.documentElement.scrollWidth > innerWidth";

    readonly ServedArchive _archive = library.Archive;

    [Fact]
    public async Task A_folder_is_walked_and_its_photos_are_shown_by_keys_alone()
    {
        await using Browser browser = await OpenAsync(GalleryLibrary.Shapes + "/");
        await browser.PressAsync("End");
        Assert.Equal("e_photo.jpg", await Focused(browser));
        await browser.PressAsync("Home");
        Assert.Equal("a_square.jpg", await Focused(browser));
        await browser.PressAsync("ArrowRight", "ArrowRight");
        Assert.Equal("c_wide.jpg", await Focused(browser));

        await browser.PressAsync("Enter");
        await At(browser, "c_wide.jpg?view");
        await browser.UntilAsync("document.querySelector('.frame img').naturalWidth === 900");
        await browser.PressAsync("ArrowRight");
        await At(browser, "d_photo.jpg?view");
        Assert.Equal("d_photo.jpg · Albumen", await browser.AskAsync<string>("document.title"));
        await browser.PressAsync("End");
        await At(browser, "e_photo.jpg?view");
        Assert.False(await browser.AskAsync<bool>("document.querySelector('a[rel=next]') !== null"));
        await browser.PressAsync("Home");
        await At(browser, "a_square.jpg?view");
        await browser.PressAsync("ArrowRight");
        await At(browser, "b_tall.jpg?view");

        await browser.PressAsync("Escape");
        await At(browser, "shapes/");
        await browser.UntilAsync("document.activeElement.classList.contains('tile')");
        Assert.Equal("b_tall.jpg", await Focused(browser));
        await browser.PressAsync("Escape");
        await At(browser, "photos/");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Back_leads_to_the_folder_however_many_photos_were_looked_at()
    {
        await using Browser browser = await OpenAsync(GalleryLibrary.Shapes + "/");
        await browser.AskAsync<object>("document.querySelectorAll('.tile')[1].click()");
        await At(browser, "b_tall.jpg?view");
        await browser.AskAsync<object>("document.querySelector('a[rel=next]').click()");
        await At(browser, "c_wide.jpg?view");
        await browser.PressAsync("ArrowRight");
        await At(browser, "d_photo.jpg?view");
        await browser.AskAsync<object>("history.back()");
        await At(browser, "shapes/");
        await browser.AskAsync<object>("history.forward()");
        await At(browser, "d_photo.jpg?view");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task The_panel_says_what_is_known_and_stays_open_from_photo_to_photo()
    {
        await using Browser browser = await OpenAsync(GalleryLibrary.Day + "/2024-07-14_a.jpg?view");
        Assert.False(await browser.AskAsync<bool>("document.querySelector('.facts').checkVisibility()"));
        await browser.PressAsync("i");
        await browser.UntilAsync("document.querySelector('.facts').checkVisibility()");
        string panel = await browser.AskAsync<string>("document.querySelector('.facts').innerText");
        foreach (string part in (string[])["A <b>caption</b>", "14 July 2024, 15:30:12", "UTC+02:00", "ExifIFD:DateTimeOriginal", "Canon EOS R6", "RF 35mm F1.8", "1/250 s · f/2.8 · ISO 400 · 35 mm", "900 × 600 pixels", "Animals", "★★★★☆", "48.137, 11.575", "photos/day", "SHA-256"])
            Assert.Contains(part, panel, StringComparison.Ordinal);
        Assert.StartsWith("https://www.openstreetmap.org/?mlat=48.137&mlon=11.575", await browser.AskAsync<string>("document.querySelector('.facts [target=_blank]').href"), StringComparison.Ordinal);
        await browser.PressAsync("ArrowRight");
        await At(browser, "b.mp4?view");
        await browser.UntilAsync("document.querySelector('.facts').checkVisibility()");
        await browser.PressAsync("i");
        await browser.UntilAsync("!document.querySelector('.facts').checkVisibility()");

        await browser.PressAsync("?");
        await browser.UntilAsync("document.querySelector('dialog').open");
        await browser.PressAsync("Escape");
        await browser.UntilAsync("!document.querySelector('dialog').open");
        Assert.Contains("b.mp4", await browser.AskAsync<string>("location.pathname"), StringComparison.Ordinal);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task A_clip_plays()
    {
        await using Browser browser = await OpenAsync(GalleryLibrary.Day + "/2024-07-14_b.mp4?view");
        await browser.UntilAsync("document.querySelector('video').readyState >= 1");
        Assert.InRange(await browser.AskAsync<double>("document.querySelector('video').duration"), 2.9, 3.1);
        Assert.Contains("?preview=", await browser.AskAsync<string>("document.querySelector('video').poster"), StringComparison.Ordinal);
        await browser.AskAsync<object>("(v => { v.muted = true; return v.play(); })(document.querySelector('video'))");
        await browser.UntilAsync("document.querySelector('video').currentTime > 0.3");
        await browser.AskAsync<object>("document.querySelector('video').currentTime = 2");
        await browser.UntilAsync("document.querySelector('video').currentTime >= 2");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Only_pictures_that_are_near_are_loaded()
    {
        await using Browser browser = await OpenAsync(GalleryLibrary.Album + "/");
        await browser.UntilAsync("document.querySelector('.tile img').complete");
        int tiles = await browser.AskAsync<int>("document.querySelectorAll('.tile').length"), elements = await browser.AskAsync<int>("document.querySelectorAll('*').length");
        int height = await browser.AskAsync<int>("document.documentElement.scrollHeight");
        int loaded = Thumbnails();
        Assert.Equal(2000, tiles);
        Assert.InRange(loaded, 1, 400);
        // Nothing jumps while they load: the place of each was known before.
        await browser.AskAsync<object>("scrollTo(0, document.documentElement.scrollHeight)");
        await browser.UntilAsync("[...document.querySelectorAll('.tile img')].at(-1).complete && [...document.querySelectorAll('.tile img')].at(-1).naturalWidth === 320");
        Assert.Equal(height, await browser.AskAsync<int>("document.documentElement.scrollHeight"));
        Assert.InRange(Thumbnails(), loaded + 1, 1000);
        TestContext.Current.TestOutputHelper?.WriteLine($"2,000 tiles: {elements} elements, {loaded} thumbnails at once");
        Assert.Equal("All <b>of</b> them", await browser.AskAsync<string>("document.querySelector('.words').textContent"));

        await browser.AskAsync<object>("[...document.querySelectorAll('.pages a')].at(-1).click()");
        await browser.UntilAsync("location.search.startsWith('?after=') && document.querySelectorAll('.tile').length === 100");
        Assert.Empty(browser.Complaints);

        int Thumbnails() => browser.Requests.Count(r => r.Contains("?thumbnail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_of_two_thousand_begins_at_once()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_archive.Address, GalleryLibrary.Album + "/"));
        using (await _archive.SendAsync("GET", GalleryLibrary.Album + "/")) { }
        long started = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await _archive.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        double first = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        // It was not finished when it began.
        Assert.Null(response.Content.Headers.ContentLength);
        byte[] page = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"first byte {first:0.0} ms, whole {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0.0} ms, {page.Length} bytes");
        Assert.InRange(first, 0, 1000);
    }

    [Fact]
    public async Task Each_page_fits_a_phone_by_day_and_by_night()
    {
        string[] targets =
        [
            "/", "/Albums/Empty/", "/Albums/Outer/", "/Folders/photos/names/", "/Folders/photos/shapes/", "/Folders/photos/broken/", "/Folders/photos/broken/cut.jpg?view",
            "/Folders/photos/broken/notes.txt?view", "/Timeline/2024/2024-07-14/2024-07-14_a.jpg?view", "/Small/Folders/photos/day/",
        ];
        await using Browser browser = await OpenAsync("/");
        await browser.ResizeAsync(390, 844, isPhone: true);
        foreach (string target in targets)
        {
            List<string> papers = [];
            foreach (string scheme in (string[])["light", "dark"])
            {
                await browser.SchemeAsync(scheme);
                await browser.OpenAsync(target);
                Assert.False(await browser.AskAsync<bool>(ScrollsSideways), $"{target} is wider than a phone");
                papers.Add(await browser.AskAsync<string>("getComputedStyle(document.body).backgroundColor"));
                Assert.InRange(await browser.AskAsync<double>(Contrast), 4.5, 21);
                if (Environment.GetEnvironmentVariable("ALBUMEN_SCREENSHOTS") is { Length: > 0 } folder)
                    await browser.ShootAsync(Path.Combine(folder, $"{scheme}{string.Concat(target.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))}.png"));
            }
            Assert.NotEqual(papers[0], papers[1]);
        }
        Assert.Empty(browser.Complaints);
        Assert.All(browser.Requests, request => Assert.StartsWith("/", request.Replace("data:,", "/", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_finger_goes_from_photo_to_photo()
    {
        await using Browser browser = await OpenAsync("/");
        await browser.ResizeAsync(390, 844, isPhone: true);
        await browser.OpenAsync(GalleryLibrary.Shapes + "/b_tall.jpg?view");
        await browser.SwipeAsync(300, 80, 400);
        await At(browser, "c_wide.jpg?view");
        await browser.SwipeAsync(80, 300, 400);
        await At(browser, "b_tall.jpg?view");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Names_run_nothing()
    {
        await using Browser browser = await OpenAsync("/Folders/photos/names/");
        Assert.Equal(GalleryLibrary.Hostile.Length, await browser.AskAsync<int>("document.querySelectorAll('.tile').length"));
        await browser.AskAsync<object>("document.querySelector('.tile').click()");
        for (int i = 0; i < GalleryLibrary.Hostile.Length; i++)
        {
            await browser.UntilAsync("document.querySelector('.frame img')?.complete");
            Assert.Equal(1, await browser.AskAsync<int>("document.scripts.length"));
            string path = await browser.AskAsync<string>("location.pathname");
            await browser.PressAsync("ArrowRight");
            if (i < GalleryLibrary.Hostile.Length - 1) await browser.UntilAsync($"location.pathname !== {JsonSerializer.Serialize(path)}");
        }
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Everything_is_reached_without_script()
    {
        await using Browser browser = await OpenAsync("/");
        await browser.WithoutScriptAsync();
        await browser.OpenAsync(GalleryLibrary.Shapes + "/");
        foreach (string step in (string[])[".tile", "a[rel=next]", "a[rel=next]", "a[rel=prev]", "a[rel=up]"]) await ClickAsync(browser, step);
        await At(browser, "shapes/");
        await browser.OpenAsync(GalleryLibrary.Shapes + "/a_square.jpg?view");
        await ClickAsync(browser, "summary");
        await browser.UntilAsync("document.querySelector('.facts').checkVisibility()");
        Assert.False(await browser.AskAsync<bool>("document.querySelector('.help').checkVisibility()"));
    }

    [Theory]
    [InlineData("/Albums/Many/IMG_1000.jpg", "IMG_0999.jpg", "IMG_1001.jpg")]
    [InlineData("/Albums/Many/IMG_2099.jpg", "IMG_2098.jpg", null)]
    [InlineData("/Smart/Day/2024-07-14_2024-07-14_b.mp4", "2024-07-14_2024-07-14_a.jpg", "2024-07-14_2024-07-14_c.jpg")]
    [InlineData("/Smart/Day/2024-07-14_2024-07-14_a.jpg", null, "2024-07-14_2024-07-14_b.mp4")]
    [InlineData("/Tags/Animals/2024-07-14_2024-07-14_a.jpg", null, null)]
    public async Task Photos_follow_each_other_in_albums_searches_and_tags(string target, string? previous, string? next)
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", target + "?view");
        string page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string folder = target[..(target.LastIndexOf('/') + 1)];

        Assert.Equal(previous is not null, page.Contains($"rel=\"prev\" href=\"{folder}{previous}?view\"", StringComparison.Ordinal));
        Assert.Equal(next is not null, page.Contains($"rel=\"next\" href=\"{folder}{next}?view\"", StringComparison.Ordinal));
        Assert.Equal(previous is null, !page.Contains("rel=\"prev\"", StringComparison.Ordinal));
        Assert.Equal(next is null, !page.Contains("rel=\"next\"", StringComparison.Ordinal));
        using HttpResponseMessage first = await _archive.SendAsync("GET", folder + "?first");
        Assert.Equal("?view", first.RequestMessage!.RequestUri!.Query);
        using HttpResponseMessage cover = await _archive.SendAsync("GET", folder + "?cover");
        Assert.Equal("image/webp", cover.Content.Headers.ContentType!.ToString());
    }

    /// <summary>Clicks where something is shown, as a mouse does.</summary>
    static async Task ClickAsync(Browser browser, string selector)
    {
        await browser.UntilAsync($"document.readyState === 'complete' && document.querySelector('{selector}')");
        string before = await browser.AskAsync<string>("location.href");
        JsonElement box = await browser.AskAsync<JsonElement>($"(b => ({{ x: b.x + b.width / 2, y: b.y + b.height / 2 }}))(document.querySelector('{selector}').getBoundingClientRect())");
        foreach (string type in (string[])["mousePressed", "mouseReleased"])
            await browser.SendAsync("Input.dispatchMouseEvent", new() { ["type"] = type, ["x"] = box.GetProperty("x").GetDouble(), ["y"] = box.GetProperty("y").GetDouble(), ["button"] = "left", ["clickCount"] = 1 });
        if (selector != "summary") await browser.UntilAsync($"location.href !== {JsonSerializer.Serialize(before)}");
    }

    async Task<Browser> OpenAsync(string target)
    {
        Browser browser = await Browser.AtAsync(_archive.Address, ServedArchive.User, _archive.Password);
        await browser.ResizeAsync(1200, 800);
        await browser.OpenAsync(target);
        return browser;
    }

    static Task At(Browser browser, string end) => browser.UntilAsync($"(location.pathname + location.search).endsWith('{end}') && document.readyState === 'complete'");

    static Task<string> Focused(Browser browser) => browser.AskAsync<string>("document.activeElement.querySelector('.name').textContent");

    // Of the softest text on the page (WCAG 2.2, 1.4.3).
    const string Contrast = """
        (() => {
          const lightness = color => {
            const [r, g, b] = color.match(/[\d.]+/g).slice(0, 3).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const color = name => { const s = getComputedStyle(document.documentElement).getPropertyValue(name).trim(); return s.length === 4 ? s.replace(/\w/g, '$&$&') : s; };
          const rgb = hex => 'rgb(' + [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)).join(',') + ')';
          const against = (one, other) => { const [a, b] = [lightness(rgb(color(one))), lightness(rgb(color(other)))].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
          return Math.min(...['--paper', '--card', '--hollow'].flatMap(paper => ['--ink', '--soft', '--accent'].map(ink => against(ink, paper))));
        })()
        """;
}
