using System.Net;
using System.Text.Json;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>The cache of small versions: how large it may become, and that it may be lost.</summary>
public sealed class CacheTests : IAsyncLifetime
{
    const int Photos = 8;

    readonly string _library = Directory.CreateTempSubdirectory("albumen-cache-").FullName;

    public async ValueTask InitializeAsync() => Assert.Equal(0, (await Clients.RunAsync("bash",
        ["-ec", $"cd \"$0\"; for i in $(seq {Photos}); do vips gaussnoise \"p$i.jpg[Q=80]\" 1600 1200; done", _library])).Code);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_nobody_looked_at_is_dropped_first_and_made_again_when_somebody_asks()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        using (Door anna = await Door.OfAsync(daemon))
        {
            foreach (int i in (int[])[2, 5]) Assert.Equal(HttpStatusCode.OK, await anna.GetAsync($"/Small/Folders/lib/p{i}.jpg"));
            JsonElement all = await CacheAsync(daemon);
            Assert.Equal(FilesInBytes(daemon), all.GetProperty("size_in_bytes").GetInt64());
            Assert.False(all.TryGetProperty("cap_in_bytes", out _));
        }
        string listed = await SizesAsync(daemon);
        long size = FilesInBytes(daemon), preview = size / Photos;
        Assert.Equal(0, await daemon.StopAsync());

        // Room for half of them.
        daemon.Configure(_library, "lib", $"cache: {{ size: {(size / 2 + preview / 2) / 1_000_000}MB }}");
        await daemon.StartAsync();
        using Door bert = await Door.OfAsync(daemon, "bert");
        long cap = (await BelowCapAsync(daemon)).GetProperty("cap_in_bytes").GetInt64();
        Assert.InRange(FilesInBytes(daemon), preview, cap);
        Assert.Equal(Photos, Directory.GetFiles(daemon.Cache, "*.thumbnail", SearchOption.AllDirectories).Length);
        int left = Previews(daemon);
        Assert.InRange(left, 2, Photos - 1);
        foreach (int i in (int[])[2, 5]) Assert.Equal(HttpStatusCode.OK, await bert.GetAsync($"/Small/Folders/lib/p{i}.jpg"));
        // What was dropped is listed as long as it was, and not made again by a start.
        Assert.Equal(listed, await SizesAsync(daemon));
        Assert.Equal(0, await daemon.StopAsync());
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Assert.Equal((left, 0), (Previews(daemon), await daemon.ReadsAsync()));

        using Door carl = await Door.OfAsync(daemon, "carl");
        foreach (int i in Enumerable.Range(1, Photos)) await GottenAsync(carl, $"/Small/Folders/lib/p{i}.jpg");
        Assert.Equal(listed, await SizesAsync(daemon));
        // What was asked for a moment ago stays, even above the cap.
        Assert.Equal(Photos, Previews(daemon));
    }

    [Fact]
    public async Task A_cap_below_the_thumbnails_is_said_and_photos_are_shown_all_the_same()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, "cache: { size: 1MB }\nderivatives: { thumbnail_quality: 100 }");
        for (int i = 0; i < 24; i++) File.AppendAllText(Path.Combine(_library, $"p{i % Photos + 1}.jpg"), "x");
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-ec", "cd \"$0\"; for i in $(seq 20); do cp p1.jpg q$i.jpg; echo $i >> q$i.jpg; done", _library])).Code);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        JsonElement cache = await CacheAsync(daemon, state => state.TryGetProperty("warning", out _));

        Assert.Contains("cache.size", cache.GetProperty("warning").GetString(), StringComparison.Ordinal);
        Assert.Contains("never dropped", (await daemon.AlbumenAsync("status")).Output, StringComparison.Ordinal);
        using Door anna = await Door.OfAsync(daemon);
        await GottenAsync(anna, "/Small/Folders/lib/p3.jpg");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cache_that_was_deleted_loses_nothing_and_is_made_again(bool isServing)
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        using Door anna = await Door.OfAsync(daemon);
        string listed = await SizesAsync(daemon), manifest = await FreshIndex.ManifestAsync(_library);
        if (!isServing) Assert.Equal(0, await daemon.StopAsync());

        Directory.Delete(isServing ? Path.Combine(daemon.Cache, "derivatives") : daemon.Cache, recursive: true);

        if (isServing)
        {
            await GottenAsync(anna, "/Small/Folders/lib/p4.jpg");
            Assert.Equal(HttpStatusCode.OK, await anna.GetAsync("/Folders/lib/p4.jpg"));
        }
        else
        {
            await daemon.StartAsync();
            await daemon.ScanAsync();
            Assert.Equal(Photos, Previews(daemon));
        }
        Assert.Equal(listed, await SizesAsync(daemon));
        Assert.Equal(manifest, await FreshIndex.ManifestAsync(_library));
    }

    static async Task GottenAsync(Door door, string path)
    {
        for (int i = 0; i < 200; i++)
        {
            HttpStatusCode status = await door.GetAsync(path);
            if (status is HttpStatusCode.OK) return;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"{path} is not made again.");
    }

    static Task<JsonElement> BelowCapAsync(PrivateDaemon daemon) =>
        CacheAsync(daemon, state => state.GetProperty("size_in_bytes").GetInt64() <= state.GetProperty("cap_in_bytes").GetInt64());

    static async Task<JsonElement> CacheAsync(PrivateDaemon daemon, Predicate<JsonElement>? until = null)
    {
        for (int i = 0; i < 200; i++)
        {
            JsonElement status = JsonSerializer.Deserialize<JsonElement>((await daemon.AlbumenAsync("status", "--json")).Output);
            if (status.TryGetProperty("cache", out JsonElement cache) && (until?.Invoke(cache) ?? cache.GetProperty("size_in_bytes").GetInt64() == FilesInBytes(daemon))) return cache;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException($"The cache is not as it should be:\n{daemon.Log}");
    }

    static async Task<string> SizesAsync(PrivateDaemon daemon) => string.Join('\n', (await daemon.AlbumenAsync("ls", "--json", "/Small/Folders/lib")).Lines
        .Select(line => JsonSerializer.Deserialize<JsonElement>(line)).Select(entry => $"{entry.GetProperty("path")} {entry.GetProperty("size")}"));

    static int Previews(PrivateDaemon daemon) => Directory.GetFiles(daemon.Cache, "*.preview", SearchOption.AllDirectories).Length;

    static long FilesInBytes(PrivateDaemon daemon) => new DirectoryInfo(daemon.Cache).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.Extension is ".preview" or ".thumbnail").Sum(f => f.Length);
}
