using System.Text.Json;
using Albumen.Client;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Blurred and clear, from the file to the mounted folder.</summary>
public sealed class QualityTests : IAsyncLifetime
{
    readonly string _library = Directory.CreateTempSubdirectory("albumen-quality-").FullName;

    public async ValueTask InitializeAsync()
    {
        const string Script = """
            set -e
            cd "$1"
            vips gaussnoise noise.v 900 600 --sigma 40
            for sigma in 1 3 6; do vips gaussblur noise.v "soft$sigma.jpg[Q=90]" $sigma; done
            vips copy noise.v "sharp.jpg[Q=90]"
            ffmpeg -v error -f lavfi -i testsrc=size=320x240:duration=1 -pix_fmt yuv420p clip.mp4
            echo 'no picture' > broken.jpg
            rm noise.v
            """;
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-c", Script, "bash", _library])).Code);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Another_threshold_moves_photos_at_once_in_the_mounted_folder()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        using Door anna = await Door.OfAsync(daemon);
        JsonElement before = await QualityAsync(daemon);
        Assert.Equal((4, 300, "configuration"), (before.GetProperty("total").GetInt64(), Threshold(before).GetProperty("value").GetDouble(), Threshold(before).GetProperty("source").GetString()));
        Assert.Equal(before.GetProperty("total").GetInt64() - before.GetProperty("unprocessed").GetInt64(), before.GetProperty("histogram").EnumerateArray().Sum(bin => bin.GetProperty("count").GetInt64()));
        string blurred = await anna.ListAsync("/Quality/Blurred");
        Assert.DoesNotContain("sharp.jpg", blurred, StringComparison.Ordinal);
        Assert.Contains("soft6.jpg", blurred, StringComparison.Ordinal);
        long reads = await daemon.ReadsAsync();

        JsonElement preview = (await QualityAsync(daemon, "--threshold", "900000", "--user", "anna")).GetProperty("preview");
        Assert.Equal(("sharp.jpg", 0), (Path.GetFileName(preview.GetProperty("examples")[0].GetProperty("path").GetString()), preview.GetProperty("to_clear").GetInt64()));
        Assert.Equal(blurred, await anna.ListAsync("/Quality/Blurred"));

        await QualityAsync(daemon, "--threshold", "900000", "--user", "anna", "--save", "--dry-run");
        Assert.Equal(blurred, await anna.ListAsync("/Quality/Blurred"));
        await QualityAsync(daemon, "--threshold", "900000", "--user", "anna", "--save");
        Assert.Contains("sharp.jpg", await anna.ListAsync("/Quality/Blurred"), StringComparison.Ordinal);
        Assert.DoesNotContain("sharp.jpg", await anna.ListAsync("/Quality/Clear"), StringComparison.Ordinal);
        Assert.Equal(reads, await daemon.ReadsAsync());
        Assert.Equal(("user", 0), await QualityAsync(daemon, "--user", "anna") is var own ? (Threshold(own).GetProperty("source").GetString(), own.GetProperty("clear").GetInt64()) : default);
        Assert.Equal(before.GetProperty("clear").GetInt64(), (await QualityAsync(daemon)).GetProperty("clear").GetInt64());

        // It is known after a restart, and the configured one follows the configuration.
        Assert.Equal(0, await daemon.StopAsync());
        daemon.Configure(_library, "lib", "quality: { threshold: 1 }");
        await daemon.StartAsync();
        Assert.Equal(0, (await QualityAsync(daemon)).GetProperty("blurred").GetInt64());
        Assert.Equal(0, (await QualityAsync(daemon, "--user", "anna")).GetProperty("clear").GetInt64());
        await QualityAsync(daemon, "--user", "anna", "--reset");
        Assert.Equal(0, (await QualityAsync(daemon, "--user", "anna")).GetProperty("blurred").GetInt64());

        Answer nobody = await daemon.AlbumenAsync("quality", "--threshold", "5", "--user", "nobody", "--save");
        Assert.Equal(1, nobody.Code);
        Answer everybody = await daemon.AlbumenAsync("quality", "--threshold", "250", "--save");
        Assert.Equal(2, everybody.Code);
        Assert.Contains("quality: { threshold: 250 }", everybody.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await daemon.AlbumenAsync("quality", "--threshold", "-1")).Code);
    }

    [Fact]
    public async Task Pictures_are_analysed_one_at_once_and_many_as_work()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();

        Answer one = await daemon.AlbumenAsync("quality", "analyze", "/Folders/lib/soft6.jpg", "--json");
        JsonElement result = JsonDocument.Parse(Assert.Single(one.Lines)).RootElement;
        Assert.Equal(("blurred", 300, "/Folders/lib/soft6.jpg"), (result.GetProperty("verdict").GetString(), result.GetProperty("threshold").GetDouble(), result.GetProperty("path").GetString()));
        Assert.True(result.GetProperty("milliseconds").GetDouble() > 0);
        JsonElement shown = JsonDocument.Parse((await daemon.AlbumenAsync("show", "--json", "/Folders/lib/soft6.jpg")).Output).RootElement;
        JsonElement listed = JsonDocument.Parse(Assert.Single((await daemon.AlbumenAsync("ls", "--json", "/Folders/lib/soft6.jpg")).Lines)).RootElement;
        Assert.Equal(result.GetProperty("blur").GetDouble(), shown.GetProperty("blur").GetDouble());
        Assert.Equal(result.GetProperty("blur").GetDouble(), listed.GetProperty("asset").GetProperty("blur").GetDouble());

        Answer clip = await daemon.AlbumenAsync("quality", "analyse", "/Folders/lib/clip.mp4", "--json");
        Assert.False(JsonDocument.Parse(Assert.Single(clip.Lines)).RootElement.TryGetProperty("verdict", out _));

        long reads = await daemon.ReadsAsync();
        Answer rehearsed = await daemon.AlbumenAsync("quality", "analyse", "--all", "--dry-run");
        Assert.Equal("Would analyse 4 photos.\n", rehearsed.Output);
        Answer all = await daemon.AlbumenAsync("quality", "analyse", "--all", "--wait", "--json");
        Assert.Equal("done", JsonDocument.Parse(Assert.Single(all.Lines)).RootElement.GetProperty("state").GetString());
        Assert.Equal(reads + 4, await daemon.ReadsAsync());
        Assert.Equal(2, (await daemon.AlbumenAsync("quality", "analyse")).Code);
        Assert.Equal(1, (await daemon.AlbumenAsync("quality", "analyse", "/Folders/lib/no.jpg")).Code);
    }

    [Fact]
    public async Task Photos_are_listed_by_their_side_of_a_threshold_that_is_only_tried()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        using AlbumenClient client = AlbumenClient.OverSocket(Path.Combine(daemon.Root, "run/albumen/albumend.sock"));

        Assert.EndsWith("soft6.jpg", (await ListAsync("blurred", "blurriest", null))[0].Path, StringComparison.Ordinal);
        Assert.Empty(await ListAsync("clear", "near", 900_000));
        IReadOnlyList<QualityPhoto> all = await ListAsync("all", "sharpest", 900_000);
        Assert.EndsWith("sharp.jpg", all[0].Path, StringComparison.Ordinal);
        Assert.Equal("blurred", all[0].State);
        Assert.Contains("clear", (await ListAsync("all", "sharpest", null)).Select(p => p.State));
        // What is no photo does not count.
        Assert.Empty(await ListAsync("unprocessed", "near", null));
        Assert.Equal(4, all.Count);

        foreach ((string state, string order) in ((string, string)[])[("soft", "near"), ("0", "near"), ("all", "newest")])
            Assert.Contains("there are:", (await Assert.ThrowsAsync<ApiException>(() => client.QualityPhotosAsync(state, order, null, null, null, 10, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        Assert.Contains("next", (await Assert.ThrowsAsync<ApiException>(() => client.QualityPhotosAsync("all", "near", null, null, "x", 10, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);

        async Task<IReadOnlyList<QualityPhoto>> ListAsync(string state, string order, double? threshold) =>
            (await client.QualityPhotosAsync(state, order, threshold, null, null, 100, TestContext.Current.CancellationToken)).Items;
    }

    static async Task<JsonElement> QualityAsync(PrivateDaemon daemon, params string[] words)
    {
        Answer answer = await daemon.AlbumenAsync(["quality", "--json", .. words]);
        Assert.True(answer.Code == 0, answer.Error);
        return JsonDocument.Parse(answer.Output).RootElement;
    }

    static JsonElement Threshold(JsonElement quality) => quality.GetProperty("threshold");
}
