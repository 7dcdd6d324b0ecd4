using System.Diagnostics;
using System.Net;

namespace Albumen.Tests.WebDav;

[Collection(SmallLibraryTests.Name)]
public sealed class GalleryTests(SmallLibrary library)
{
    readonly ServedArchive _archive = library.Archive;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_browser_sees_a_page_of_the_folder()
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", "/Folders/photos/2024", null, ("Accept", "text/html,*/*;q=0.8"));
        string page = await response.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        string policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Matches("""<img src="/Folders/photos/2024/2024-07-14_garden.jpg\?thumbnail=[-.0-9a-f]+" width="320" height="213" loading="lazy" decoding="async" alt="Photo, 14 July 2024">""", page);
        Assert.Contains("""<a rel="up" href="/Folders/photos/"><bdi>photos</bdi></a></li><li><span aria-current="page"><bdi>2024</bdi></span>""", page, StringComparison.Ordinal);
        Assert.Contains("alt=\"Clip, 14 July 2024\"", page, StringComparison.Ordinal);
        Assert.Contains("<p class=\"end\">2 photos · 1 clip · 1 file</p>", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("""<[^>]*\son[a-z]+=|<[^>]*\sstyle=|(src|action)="(https?:)?//""", page);
    }

    [Theory]
    [InlineData("/Folders/photos/2024/")]
    [InlineData("/Folders/photos/2024/2024-07-14_garden.jpg?view")]
    public async Task A_page_that_is_the_same_is_not_sent_again(string target)
    {
        using HttpResponseMessage first = await _archive.SendAsync("GET", target);
        using HttpResponseMessage again = await _archive.SendAsync("GET", target, null, ("If-None-Match", first.Headers.ETag!.ToString()));
        using HttpResponseMessage head = await _archive.SendAsync("HEAD", target);

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal("text/html; charset=utf-8", head.Content.Headers.ContentType!.ToString());
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
    }

    [Theory]
    [InlineData("thumbnail")]
    [InlineData("preview")]
    public async Task A_small_version_is_asked_for_once_and_for_all(string kind)
    {
        using HttpResponseMessage page = await _archive.SendAsync("GET", "/Folders/photos/2024/");
        string text = await page.Content.ReadAsStringAsync(Stop);
        int at = text.IndexOf("?thumbnail=", StringComparison.Ordinal) + "?thumbnail=".Length;
        string version = text[at..text.IndexOf('"', at)];

        using HttpResponseMessage right = await _archive.SendAsync("GET", $"/Folders/photos/2024/2024-07-14_clip.mp4?{kind}={version}");
        using HttpResponseMessage old = await _archive.SendAsync("GET", $"/Folders/photos/2024/2024-07-14_clip.mp4?{kind}=0");

        Assert.Contains("immutable", right.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        Assert.DoesNotContain("immutable", old.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/?cover", "image/webp")]
    [InlineData("/Folders/photos/?cover", "image/webp")]
    [InlineData("/Timeline/2024/?cover", "image/webp")]
    [InlineData("/Small/Folders/?cover", "image/webp")]
    [InlineData("/Albums/?cover", "image/svg+xml")]
    [InlineData("/Folders/photos/many/?cover", "image/svg+xml")]
    public async Task A_folder_has_a_cover(string target, string type)
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", target);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("/Folders/photos/2024/?first", "/Folders/photos/2024/2024-07-14_clip.mp4?view")]
    [InlineData("/Folders/photos/2024/?last", "/Folders/photos/2024/2024-07-14_tower.png?view")]
    [InlineData("/Small/Folders/photos/2024/?last", "/Small/Folders/photos/2024/2024-07-14_tower.png.jpg?view")]
    [InlineData("/Timeline/2024/2024-07-14/?last", "/Timeline/2024/2024-07-14/2024-07-14_tower.png?view")]
    [InlineData("/Folders/photos/many/?first", "/Folders/photos/many/")]
    public async Task A_folder_leads_to_its_first_and_last_photo(string target, string photo)
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", target);
        Assert.Equal(photo, response.RequestMessage!.RequestUri!.PathAndQuery);
    }

    [Theory]
    [InlineData("/Folders/photos/2024/2024-07-14_garden.jpg", "2024-07-14_clip.mp4", "2024-07-14_tower.png")]
    [InlineData("/Timeline/2024/2024-07-14/2024-07-14_garden.jpg", "2024-07-14_clip.mp4", "2024-07-14_tower.png")]
    [InlineData("/Small/Timeline/2024/2024-07-14/2024-07-14_garden.jpg", "2024-07-14_clip.mp4", "2024-07-14_tower.png.jpg")]
    [InlineData("/Small/Timeline/2024/2024-07-14/2024-07-14_clip.mp4", null, "2024-07-14_garden.jpg")]
    [InlineData("/Folders/photos/2024/notes.txt", "2024-07-14_tower.png", null)]
    public async Task A_photo_leads_to_those_beside_it(string target, string? previous, string? next)
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", target + "?view");
        string page = await response.Content.ReadAsStringAsync(Stop);
        string folder = target[..(target.LastIndexOf('/') + 1)];

        Assert.Equal(previous is null ? [] : [$"{folder}{previous}"], Links("prev"));
        Assert.Equal(next is null ? [] : [$"{folder}{next}"], Links("next"));

        string[] Links(string relation) => [.. page.Split($"rel=\"{relation}\" href=\"").Skip(1).Select(part => part[..part.IndexOf('?')])];
    }

    [Theory]
    [InlineData("/Folders/photos/2024/2024-07-14_garden.jpg?thumbnail", "image/webp")]
    [InlineData("/Folders/photos/2024/2024-07-14_garden.jpg?preview", "image/jpeg")]
    [InlineData("/Small/Folders/photos/2024/2024-07-14_tower.png.jpg?thumbnail", "image/webp")]
    [InlineData("/Timeline/2024/2024-07-14/2024-07-14_clip.mp4?thumbnail", "image/webp")]
    [InlineData("/Folders/photos/2024/2024-07-14_clip.mp4?preview", "image/jpeg")]
    public async Task A_photo_has_small_versions_at_its_own_address(string target, string type)
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", target);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(Stop);

        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Equal(response.Content.Headers.ContentLength, bytes.Length);
        using HttpResponseMessage again = await _archive.SendAsync("GET", target, null, ("If-None-Match", response.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task What_is_no_photo_has_none()
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", "/Folders/photos/bytes.bin?thumbnail");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task All_files_of_a_folder_are_on_its_page()
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", "/Folders/photos/many/");
        string page = await response.Content.ReadAsStringAsync(Stop);
        Assert.Equal(Enumerable.Range(0, 450).Select(i => $"{i:D4}.txt"), page.Split("class=\"name\" dir=\"auto\">").Skip(1).Select(part => part[..part.IndexOf('<')]));
        Assert.DoesNotContain("?after=", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?after=")]
    [InlineData("?after=x")]
    [InlineData("?after=f%00")]
    [InlineData("?after=d&after=f")]
    [InlineData("?thumbnail")]
    [InlineData("?%")]
    public async Task A_strange_query_still_gives_a_page(string query)
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", "/Folders/photos/many/" + query);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Names_stay_text()
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", "/Folders/photos/names/");
        string page = await response.Content.ReadAsStringAsync(Stop);

        Assert.Contains("it&#39;s &amp; that.jpg", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/Folders/photos/names/it%27s%20%26%20that.jpg?view\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_photo_shows_it_and_offers_the_original()
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", "/Timeline/2024/2024-07-14/2024-07-14_garden.jpg?view");
        string page = await response.Content.ReadAsStringAsync(Stop);

        Assert.Matches("<img src=\"/Timeline/2024/2024-07-14/2024-07-14_garden.jpg\\?preview=[-.0-9a-f]+\" width=\"2048\" height=\"1365\"", page);
        Assert.Contains("2400 × 1600 pixels · 3.8 MP", page, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Download the original\" href=\"/Timeline/2024/2024-07-14/2024-07-14_garden.jpg\">", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/Folders/photos/2024/\"><bdi>photos/2024</bdi></a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_browser_runs_no_script_of_a_file()
    {
        Assert.SkipUnless(Clients.Has("chromium"), "chromium is not installed");
        // Served with a type that a browser would run, were it not for the sandbox.
        string drawing = await Chromium("/Folders/photos/script.svg", "--dump-dom");
        Assert.Contains("<circle", drawing, StringComparison.Ordinal);
        Assert.DoesNotContain("ran", drawing, StringComparison.Ordinal);
    }

    async Task<string> Chromium(string target, params string[] options)
    {
        string profile = Directory.CreateTempSubdirectory("albumen-chromium-").FullName;
        try
        {
            string address = new UriBuilder(new Uri(_archive.Address, target)) { UserName = ServedArchive.User, Password = _archive.Password }.Uri.AbsoluteUri;
            (int code, string output) = await Clients.RunAsync("chromium",
                ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000", $"--user-data-dir={profile}", .. options, address]);
            Assert.Equal(0, code);
            return output;
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }
}

/// <summary>Programs that speak to us as users' programs do.</summary>
static class Clients
{
    public static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, program)));

    public static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, string? input = null, string? home = null)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (home is not null) start.Environment["HOME"] = home;
        using Process process = Process.Start(start)!;
        if (input is not null) await process.StandardInput.WriteAsync(input.AsMemory(), TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end.");
        }
        if (process.ExitCode != 0) TestContext.Current.TestOutputHelper?.WriteLine($"{program} ended with {process.ExitCode}:\n{await errors}");
        return (process.ExitCode, await output);
    }
}
