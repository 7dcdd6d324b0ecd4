using System.Net;
using System.Text;

namespace Albumen.Tests.WebDav;

public sealed class AuthenticationTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_who_has_an_app_password_sees_anything()
    {
        await using ServedArchive archive = await ServedArchive.OfAsync(a => a.Write("a.txt", "a"), Stop);
        using HttpClient stranger = new() { BaseAddress = archive.Address };

        using HttpResponseMessage nobody = await stranger.GetAsync("/Folders/photos/a.txt", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Equal("Basic realm=\"Albumen\", charset=\"UTF-8\"", nobody.Headers.WwwAuthenticate.Single().ToString());

        using HttpRequestMessage options = new(HttpMethod.Options, "/Folders/photos/a.txt");
        using HttpResponseMessage capabilities = await stranger.SendAsync(options, Stop);
        Assert.Equal(HttpStatusCode.OK, capabilities.StatusCode);

        foreach (string header in (string[])["Basic", "Basic !", "Basic " + Convert.ToBase64String("nocolon"u8), "Basic /////w==", "Bearer x", With("anna:wrong"), With("nobody:wrong")])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/Folders/photos/a.txt");
            request.Headers.TryAddWithoutValidation("Authorization", header);
            using HttpResponseMessage refused = await stranger.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
        using HttpResponseMessage welcome = await archive.SendAsync("GET", "/Folders/photos/a.txt");
        Assert.Equal(HttpStatusCode.OK, welcome.StatusCode);
    }

    [Fact]
    public async Task Who_guesses_has_to_wait_and_who_was_in_already_has_not()
    {
        await using ServedArchive archive = await ServedArchive.OfAsync(a => a.Write("a.txt", "a"), Stop);
        using HttpResponseMessage before = await archive.SendAsync("GET", "/");
        using HttpClient stranger = new() { BaseAddress = archive.Address };

        HttpStatusCode last = default;
        for (int i = 0; i < 6 && last != HttpStatusCode.TooManyRequests; i++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/");
            request.Headers.TryAddWithoutValidation("Authorization", With($"anna:guess{i}"));
            using HttpResponseMessage response = await stranger.SendAsync(request, Stop);
            last = response.StatusCode;
            if (last == HttpStatusCode.TooManyRequests) Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        using HttpResponseMessage after = await archive.SendAsync("GET", "/");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    static string With(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
}
