using System.Text.Json;
using Albumen.Tests.Catalog.Metadata;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Photos that look alike, from the file to the command line.</summary>
public sealed class NearDuplicateTests : IAsyncLifetime
{
    readonly string _library = Directory.CreateTempSubdirectory("albumen-near-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Copies_in_other_sizes_and_formats_are_grouped_around_the_best_and_nothing_is_deleted()
    {
        const string Script = """
            set -e
            cd "$1"
            mkdir -p sent raw flat
            for scene in a b; do
              vips gaussnoise n.v 60 40 --mean 128 --sigma 60
              vips resize n.v "$scene.v" 20 --kernel cubic
              vips cast "$scene.v" c.v uchar && vips copy c.v "$scene.jpg[Q=92]"
            done
            exiftool -q -overwrite_original -Make=Canon -Model=R6 -DateTimeOriginal='2024:07:14 10:00:00' a.jpg
            vips resize a.jpg "sent/small.jpg[Q=60]" 0.4 && exiftool -q -overwrite_original -all= sent/small.jpg
            vips copy a.jpg sent/again.webp && vips copy b.jpg "sent/b.png"
            cp a.jpg "sent/a copy.jpg"
            vips copy a.jpg "a.tif"
            for i in 1 2 3; do vips black "flat/black$i.jpg" $((300 + i)) 200; vips linear "flat/black$i.jpg" "flat/gray$i.png" 1 $((60 + i)) --uchar; done
            rm *.v
            """;
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-c", Script, "bash", _library])).Code);
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        string before = await FreshIndex.ManifestAsync(_library);

        Answer near = await daemon.AlbumenAsync("duplicates", "--near", "--json");
        Assert.True(near.Code == 0, near.Error);
        // a.tif lies beside a.jpg under its name: they belong together.
        Assert.Equal(
            ["/Folders/lib/a.jpg | /Folders/lib/sent/again.webp /Folders/lib/sent/small.jpg", "/Folders/lib/b.jpg /Folders/lib/sent/b.png"],
            near.Lines.Select(Paths).Order(StringComparer.Ordinal).Select(line => line.StartsWith("/Folders/lib/a", StringComparison.Ordinal) ? line : string.Join(' ', line.Split(" | ").Order(StringComparer.Ordinal))));
        Assert.Contains("it is what the camera wrote", near.Output, StringComparison.Ordinal);
        Assert.Equal(before, await FreshIndex.ManifestAsync(_library));
        Assert.Equal(2, (await daemon.AlbumenAsync("duplicates", "--distance", "4")).Code);
        Assert.Equal(1, (await daemon.AlbumenAsync("duplicates", "--near", "--distance", "8")).Code);

        string spare = JsonDocument.Parse(near.Lines.Single(line => line.Contains("small.jpg", StringComparison.Ordinal))).RootElement.GetProperty("photos").EnumerateArray()
            .Single(p => p.GetProperty("path").GetString()!.EndsWith("small.jpg", StringComparison.Ordinal)).GetProperty("asset").GetString()!;
        Assert.Equal(0, (await daemon.AlbumenAsync("trash", spare)).Code);
        Assert.DoesNotContain("small.jpg", (await daemon.AlbumenAsync("duplicates", "--near", "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_library_made_from_a_few_photos_those_of_one_are_together_and_no_others()
    {
        Assert.SkipUnless(Directory.Exists(Corpus.Folder), $"There is no corpus at {Corpus.Folder}; ALBUMEN_CORPUS can name another place.");
        string manifest = Path.Combine(_library, "manifest.json"), made = Path.Combine(_library, "made");
        Assert.Equal(0, (await Clients.RunAsync("python3",
            [Path.Combine(Corpus.Folder, "make-library.py"), Path.Combine(Corpus.Folder, "jpeg/photos"), made, "--count", "240", "--raw", "0", "--live", "0", "--video", "0", "--undated", "0.3", "--dup", "0", "--manifest", manifest])).Code);
        await using PrivateDaemon daemon = PrivateDaemon.Of(made);
        await daemon.StartAsync();
        await daemon.ScanAsync();

        Answer near = await daemon.AlbumenAsync("duplicates", "--near", "--json");
        using JsonDocument truth = JsonDocument.Parse(await File.ReadAllBytesAsync(manifest, TestContext.Current.CancellationToken));
        Dictionary<string, string> seeds = truth.RootElement.GetProperty("list").EnumerateArray()
            .ToDictionary(file => $"/Folders/lib/{file.GetProperty("path").GetString()}", file => Original(file.GetProperty("seed").GetString()!));
        List<string[]> groups = [.. near.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("photos").EnumerateArray().Select(p => seeds[p.GetProperty("path").GetString()!]).ToArray())];
        Assert.All(groups, group => Assert.Single(group.Distinct()));
        // Each seed is one group, and few photos are alone.
        Assert.Equal(groups.Count, groups.Select(group => group[0]).Distinct().Count());
        Assert.InRange(groups.Sum(group => group.Length), 0.9 * seeds.Count, seeds.Count);
    }

    /// <summary>Two of the seeds are other versions of others: one in black and white, one of another size.</summary>
    static string Original(string seed) => seed switch { "foto001bw.jpg" => "foto001.jpg", "holiday_spain_2011_001img.jpg" => "001a.jpg", _ => seed };

    static string Paths(string group)
    {
        string[] paths = [.. JsonDocument.Parse(group).RootElement.GetProperty("photos").EnumerateArray().Select(p => p.GetProperty("path").GetString()!)];
        return $"{paths[0]} | {string.Join(' ', paths.Skip(1).Order(StringComparer.Ordinal))}";
    }
}
