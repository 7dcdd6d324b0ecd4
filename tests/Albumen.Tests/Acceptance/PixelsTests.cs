using System.Net;
using Albumen.Client;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Pictures for a terminal: from the real worker, of the real cache.</summary>
public sealed class PixelsTests : IAsyncLifetime
{
    readonly string _library = Directory.CreateTempSubdirectory("albumen-pixels-").FullName;
    PrivateDaemon _daemon = null!;
    AlbumenClient _client = null!;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-ec", """
            cd "$0"
            vips gaussnoise photo.jpg 3000 2000
            vips black dot.v 40 20 --bands 4; vips linear dot.v clear.png "0 0 0 0" "255 0 0 0" --uchar; rm dot.v
            vips gaussnoise grey.v 200 300; vips cast grey.v grey.png uchar; rm grey.v
            ffmpeg -v error -f lavfi -i testsrc=size=640x360:rate=10 -t 1 clip.mp4
            echo "this is no picture" > broken.jpg
            """, _library])).Code);
        _daemon = PrivateDaemon.Of(_library);
        await _daemon.StartAsync();
        await _daemon.ScanAsync();
        _client = AlbumenClient.OverSocket(Path.Combine(_daemon.Root, "run/albumen/albumend.sock"));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _daemon.DisposeAsync();
        Directory.Delete(_library, recursive: true);
    }

    [Theory]
    [InlineData("photo.jpg", 300, 300, 300, 200)]
    [InlineData("photo.jpg", 320, 100, 150, 100)]
    [InlineData("photo.jpg", 800, 480, 720, 480)]
    [InlineData("photo.jpg", 2048, 2048, 2048, 1365)]
    [InlineData("photo.jpg", 1, 1, 1, 1)]
    [InlineData("clear.png", 300, 300, 40, 20)]
    [InlineData("grey.png", 100, 150, 100, 150)]
    [InlineData("clip.mp4", 160, 100, 160, 90)]
    [InlineData("clip.mp4", 500, 500, 500, 281)]
    public async Task A_picture_fits_into_the_box_and_is_never_enlarged(string name, int width, int height, int expectedWidth, int expectedHeight)
    {
        Pixels pixels = await _client.PixelsAsync(await IdAsync(name), width, height, Now);

        Assert.Equal((expectedWidth, expectedHeight), (pixels.WidthInPixels, pixels.HeightInPixels));
        Assert.Equal(expectedWidth * expectedHeight * 3, pixels.Samples.Length);
        // What is transparent is white, as in a preview.
        if (name is "clear.png") Assert.True(pixels.Samples.Span.IndexOfAnyExcept((byte)255) < 0);
    }

    [Fact]
    public async Task The_samples_are_those_of_the_preview()
    {
        string id = await IdAsync("clip.mp4");
        Pixels pixels = await _client.PixelsAsync(id, 640, 360, Now);
        string poster = Directory.GetFiles(_daemon.Cache, "*.poster", SearchOption.AllDirectories).Single(), ppm = Path.Combine(_library, "poster.ppm");
        Assert.Equal(0, (await Clients.RunAsync("vips", ["copy", poster, ppm])).Code);

        Assert.Equal((await File.ReadAllBytesAsync(ppm, Now))[^pixels.Samples.Length..], pixels.Samples.ToArray());
    }

    [Fact]
    public async Task Who_has_it_already_gets_no_second_copy()
    {
        using HttpClient http = Http();
        string address = $"/api/v1/assets/{await IdAsync("photo.jpg")}/pixels?width=100&height=100";
        using HttpResponseMessage first = await http.GetAsync(address, Now);
        Assert.Equal("image/x-portable-pixmap", first.Content.Headers.ContentType!.MediaType);
        http.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);

        using HttpResponseMessage second = await http.GetAsync(address, Now), larger = await http.GetAsync(address.Replace("=100&", "=101&", StringComparison.Ordinal), Now);

        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (second.StatusCode, larger.StatusCode));
        Assert.NotEqual(first.Headers.ETag, larger.Headers.ETag);
    }

    [Fact]
    public async Task What_is_lost_from_the_cache_is_made_again()
    {
        string id = await IdAsync("photo.jpg");
        foreach (string file in Directory.GetFiles(_daemon.Cache, "*.*", SearchOption.AllDirectories).Where(f => f.EndsWith(".thumbnail", StringComparison.Ordinal) || f.EndsWith(".preview", StringComparison.Ordinal))) File.Delete(file);
        // While work is paused, too: somebody waits for it.
        await _client.PauseAsync(null, Now);

        Pixels pixels = await EventuallyAsync(() => _client.PixelsAsync(id, 300, 300, Now));

        Assert.Equal((300, 200), (pixels.WidthInPixels, pixels.HeightInPixels));
    }

    [Theory]
    [InlineData("broken.jpg", 100, 100, 404)]
    [InlineData("photo.jpg", 0, 100, 400)]
    [InlineData("photo.jpg", 100, 2049, 400)]
    public async Task What_cannot_be_says_why(string name, int width, int height, int status)
    {
        string id = name is "broken.jpg" ? "00000000000000000000000000000000" : await IdAsync(name);
        ApiException error = await Assert.ThrowsAsync<ApiException>(() => _client.PixelsAsync(id, width, height, Now));

        Assert.Equal(status, error.Status);
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public async Task Many_at_once_are_answered()
    {
        string id = await IdAsync("photo.jpg");
        // More than may wait: some are told to come again, none fails.
        Task<Pixels?>[] many = [.. Enumerable.Range(0, 100).Select(i => OrLaterAsync(100 + i))];
        Pixels?[] answers = await Task.WhenAll(many);
        Assert.Contains(answers, a => a is not null);

        async Task<Pixels?> OrLaterAsync(int width)
        {
            try
            {
                return await _client.PixelsAsync(id, width, 100, Now);
            }
            catch (ApiException error) when (error.Status == 503)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task Who_goes_away_leaves_the_worker_alive()
    {
        string id = await IdAsync("photo.jpg");
        await _client.PixelsAsync(id, 800, 480, Now);
        int[] before = [.. _daemon.Workers()];
        for (int i = 0; i < 20; i++)
        {
            using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(i));
            try
            {
                await _client.PixelsAsync(id, 1500 + i, 1500, soon.Token);
            }
            catch (OperationCanceledException)
            {
                // As when somebody scrolls on.
            }
        }
        await _client.PixelsAsync(id, 800, 480, Now);

        Assert.Equal(before.Order(), _daemon.Workers().Order());
    }

    static async Task<Pixels> EventuallyAsync(Func<Task<Pixels>> ask)
    {
        for (int i = 0; ; i++)
            try
            {
                return await ask();
            }
            catch (ApiException error) when (error.Status == 503 && i < 10)
            {
                await Task.Delay(500, Now);
            }
    }

    async Task<string> IdAsync(string name) => (await _client.EntryAsync($"/Folders/lib/{name}", Now)).Asset!.Id!;

    HttpClient Http() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            System.Net.Sockets.Socket socket = new(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
            await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(_daemon.Root, "run/albumen/albumend.sock")), cancellationToken);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new("http://albumend/") };
}
