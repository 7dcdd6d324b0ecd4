using System.Text.Json;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Copies on disk, from the scan to the command line.</summary>
public sealed class DuplicateListTests : IAsyncLifetime
{
    readonly string _library = Directory.CreateTempSubdirectory("albumen-copies-").FullName;

    public async ValueTask InitializeAsync()
    {
        foreach (string folder in (string[])["2024/Sommer am See", "Backup", "Handy"]) Directory.CreateDirectory(Path.Combine(_library, folder));
        string original = Path.Combine(_library, "2024/Sommer am See/IMG_1.jpg");
        Assert.Equal(0, (await Clients.RunAsync("vips", ["gaussnoise", original, "300", "200"])).Code);
        Assert.Equal(0, (await Clients.RunAsync("vips", ["black", Path.Combine(_library, "only.jpg"), "300", "200"])).Code);
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-ec", "cd \"$0\"; ln */*/IMG_1.jpg Handy/link.jpg; cp */*/IMG_1.jpg Backup; cp */*/IMG_1.jpg 'Handy/IMG_1 (1).jpg'; touch -d 2001-01-01 Backup/IMG_1.jpg", _library])).Code);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Copies_are_listed_with_a_plan_and_nothing_is_deleted()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();

        using JsonDocument best = JsonDocument.Parse(Assert.Single((await daemon.AlbumenAsync("duplicates", "--json")).Lines));
        Assert.Equal(
        [
            "keep /Folders/lib/2024/Sommer am See/IMG_1.jpg",
            "hard-link /Folders/lib/Handy/link.jpg = /Folders/lib/2024/Sommer am See/IMG_1.jpg",
            "spare /Folders/lib/Backup/IMG_1.jpg",
            "spare /Folders/lib/Handy/IMG_1 (1).jpg",
        ], Places(best));
        Assert.Equal(2 * best.RootElement.GetProperty("size").GetInt64(), best.RootElement.GetProperty("reclaimable").GetInt64());

        using JsonDocument oldest = JsonDocument.Parse(Assert.Single((await daemon.AlbumenAsync("duplicates", "--keep", "oldest", "--json")).Lines));
        Assert.Equal("keep /Folders/lib/Backup/IMG_1.jpg", Places(oldest)[0]);

        using JsonDocument preferred = JsonDocument.Parse(Assert.Single((await daemon.AlbumenAsync("duplicates", "--prefer", "/folders/LIB/handy/", "--json")).Lines));
        Assert.StartsWith("keep /Folders/lib/Handy/", Places(preferred)[0], StringComparison.Ordinal);

        Answer plain = await daemon.AlbumenAsync("duplicates");
        Assert.Equal(4, plain.Lines.Length);
        Assert.Contains("hard link, frees nothing", plain.Lines[1], StringComparison.Ordinal);
        Assert.Equal(5, Directory.GetFiles(_library, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task What_vanished_is_listed_and_found_until_it_is_back()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Assert.Empty((await daemon.AlbumenAsync("missing", "--json")).Lines);
        File.Move(Path.Combine(_library, "only.jpg"), _library + ".elsewhere");
        await daemon.ScanAsync();

        using JsonDocument missing = JsonDocument.Parse(Assert.Single((await daemon.AlbumenAsync("missing", "--json")).Lines));
        Assert.Equal("/Folders/lib/only.jpg", missing.RootElement.GetProperty("last_path").GetString());
        Assert.Equal("lib", missing.RootElement.GetProperty("volume").GetString());
        Assert.Equal(missing.RootElement.GetProperty("missing_since").GetDateTimeOffset(), DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        string id = missing.RootElement.GetProperty("id").GetString()!;
        Assert.Contains("Missing since", (await daemon.AlbumenAsync("show", id)).Output, StringComparison.Ordinal);
        Assert.Contains("(missing since ", (await daemon.AlbumenAsync("search", "only")).Output, StringComparison.Ordinal);

        File.Move(_library + ".elsewhere", Path.Combine(_library, "back.jpg"));
        await daemon.ScanAsync();
        Assert.Empty((await daemon.AlbumenAsync("missing")).Lines);
        Assert.DoesNotContain("Missing since", (await daemon.AlbumenAsync("show", id)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--keep", "preferred-path")]
    [InlineData(2, "--keep", "best", "--prefer", "/Folders/lib")]
    [InlineData(2, "--keep", "newest")]
    [InlineData(1, "--prefer", "/Folders/nothing")]
    [InlineData(1, "--prefer", "/Timeline")]
    public async Task A_rule_that_makes_no_sense_is_refused(int code, params string[] words)
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();

        Answer answer = await daemon.AlbumenAsync(["duplicates", .. words]);

        Assert.Equal(code, answer.Code);
        Assert.NotEmpty(answer.Error);
    }

    static string[] Places(JsonDocument group) => [.. group.RootElement.GetProperty("places").EnumerateArray().Select(place =>
        $"{place.GetProperty("plan")} {place.GetProperty("path")}{(place.TryGetProperty("link_of", out JsonElement link) ? $" = {link}" : "")}")];
}
