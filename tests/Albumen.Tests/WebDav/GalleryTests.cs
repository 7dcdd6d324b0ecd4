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
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("""<img src="/Folders/photos/2024/2024-07-14_garden.jpg?thumbnail" loading="lazy" decoding="async" alt="Photo 2024-07-14_garden.jpg, 14 July 2024">""", page, StringComparison.Ordinal);
        Assert.Contains("""<a href="/Folders/photos/">photos</a></li><li><h1 aria-current="page">2024</h1>""", page, StringComparison.Ordinal);
        Assert.Contains("alt=\"Clip 2024-07-14_clip.mp4", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
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
    public async Task A_long_folder_has_pages()
    {
        HashSet<string> seen = [];
        int pages = 0;
        for (string? target = "/Folders/photos/many/"; target is not null; pages++)
        {
            using HttpResponseMessage response = await _archive.SendAsync("GET", target);
            string page = await response.Content.ReadAsStringAsync(Stop);
            foreach (string part in page.Split("class=\"name\">").Skip(1)) Assert.True(seen.Add(part[..part.IndexOf('<')]));
            int link = page.IndexOf("?after=", StringComparison.Ordinal);
            target = link < 0 ? null : "/Folders/photos/many/" + page[link..page.IndexOf('"', link)];
        }
        Assert.Equal(3, pages);
        Assert.Equal(450, seen.Count);
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
        Assert.Contains("href=\"/Folders/photos/names/it%27s%20%26%20that.jpg\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_photo_shows_it_and_offers_the_original()
    {
        using HttpResponseMessage response = await _archive.SendAsync("GET", "/Timeline/2024/2024-07-14/2024-07-14_garden.jpg?view");
        string page = await response.Content.ReadAsStringAsync(Stop);

        Assert.Contains("<img src=\"/Timeline/2024/2024-07-14/2024-07-14_garden.jpg?preview\"", page, StringComparison.Ordinal);
        Assert.Contains("<dd>2400 × 1600 pixels</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<a class=\"button\" download href=\"/Timeline/2024/2024-07-14/2024-07-14_garden.jpg\">Download (", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_browser_shows_the_pictures_and_runs_no_script_of_a_file()
    {
        Assert.SkipUnless(Clients.Has("chromium"), "chromium is not installed");
        string folder = await Chromium("/Folders/photos/2024/", "--dump-dom");
        Assert.Contains("2024-07-14_garden.jpg", folder, StringComparison.Ordinal);

        if (Environment.GetEnvironmentVariable("ALBUMEN_SCREENSHOTS") is { Length: > 0 } screenshots)
            foreach ((string name, string target, string size) in ((string, string, string)[])[("folder", "/Folders/photos/2024/", "1200,800"), ("root", "/Folders/photos/", "420,900"), ("photo", "/Folders/photos/2024/2024-07-14_garden.jpg?view", "1200,1000")])
                await Chromium(target, $"--screenshot={screenshots}/{name}.png", $"--window-size={size}");

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
