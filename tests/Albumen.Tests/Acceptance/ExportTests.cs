using System.Text.Json;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Everything that is no original leaves one machine and comes to another: real daemons, the real command line.</summary>
public sealed class ExportTests : IAsyncLifetime
{
    const int Done = 0, Failed = 1, Usage = 2, Partly = 3;

    readonly string _root = Directory.CreateTempSubdirectory("albumen-export-").FullName;

    static CancellationToken Now => TestContext.Current.CancellationToken;

    string Library => Path.Combine(_root, "library");

    string Bag => Path.Combine(_root, "bag");

    public async ValueTask InitializeAsync()
    {
        string script = """
            cd "$1"; mkdir -p library/2024/é library/raw
            vips gaussnoise library/2024/a.jpg 64 48
            vips gaussnoise 'library/2024/é/100%25.jpg' 80 48
            vips gaussnoise library/raw/b.jpg 96 48
            vips gaussnoise library/raw/c.jpg 90 48
            printf 'x' | cat library/raw/c.jpg - > "library/raw/$(printf 'bad\377name').jpg"
            exiftool -q -overwrite_original -DateTimeOriginal='2024:07:14 15:30:12' library/2024/a.jpg library/raw/b.jpg
            exiftool -q -XMP-dc:Creator=Somebody -XMP-dc:Title=Theirs -o library/raw/b.xmp -tagsfromfile library/raw/b.jpg
            """;
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-ec", script, "bash", _root])).Code);
    }

    public async ValueTask DisposeAsync() => await Clients.RunAsync("rm", ["-rf", _root]);

    [Fact]
    public async Task What_leaves_one_machine_arrives_on_another()
    {
        await using PrivateDaemon here = PrivateDaemon.Of(Library, "sidecars: { placement: mirror, delay: 10ms }");
        await here.StartAsync();
        await here.ScanAsync();
        await DoAsync(here, "set", "rating=4", "title=Am See", "/Folders/lib/2024/a.jpg");
        await DoAsync(here, "set", "tags+=Natur/Wald", "people+=Anna", "stack=s1", "-r", "/Folders/lib");
        await DoAsync(here, "date", "set", "~1978", "/Folders/lib/raw/b.jpg");
        await DoAsync(here, "set", "rating=1", "/Folders/lib/raw/c.jpg");
        await DoAsync(here, "undo");

        Answer rehearsed = await here.AlbumenAsync("export", "--to", Bag, "--dry-run", "--json");
        Assert.Equal(Done, rehearsed.Code);
        Assert.False(Directory.Exists(Bag));
        Answer export = await here.AlbumenAsync("export", "--to", Bag, "--json");
        Assert.True(export.Code == Done, export.Error + here.Log);

        JsonElement[] index = [.. File.ReadLines(Path.Combine(Bag, "index.jsonl")).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
        Assert.Equal(5, index.Length);
        Assert.Contains(index, asset => asset.GetProperty("paths")[0].GetProperty("path").GetString() == "raw/bad%FFname.jpg");
        Assert.Contains("1978", await File.ReadAllTextAsync(Path.Combine(Bag, "index.html"), Now));
        Assert.Contains("Am See", await File.ReadAllTextAsync(Path.Combine(Bag, "index/2024.html"), Now));
        string[] sidecars = [.. Directory.EnumerateFiles(Path.Combine(Bag, "xmp"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Bag, file)).Order(StringComparer.Ordinal)];
        Assert.Equal(["xmp/lib/2024/a.jpg.xmp", "xmp/lib/2024/é/100%2525.jpg.xmp", "xmp/lib/raw/b.jpg.xmp", "xmp/lib/raw/b.xmp", "xmp/lib/raw/bad%FFname.jpg.xmp", "xmp/lib/raw/c.jpg.xmp"], sidecars);
        Assert.Contains("Natur/Wald", await File.ReadAllTextAsync(Path.Combine(Bag, "xmp/lib/2024/a.jpg.xmp"), Now));
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Library, "raw/b.xmp"), Now), await File.ReadAllBytesAsync(Path.Combine(Bag, "xmp/lib/raw/b.xmp"), Now));
        Assert.DoesNotContain(Directory.EnumerateFiles(Bag, "*", SearchOption.AllDirectories), file => file.EndsWith(".jpg", StringComparison.Ordinal));

        JsonElement again = JsonSerializer.Deserialize<JsonElement>((await here.AlbumenAsync("export", "--to", Bag, "--json")).Output);
        Assert.Equal((0, 0), (again.GetProperty("new").GetInt32(), again.GetProperty("changed").GetInt32()));
        Assert.Equal(0, await here.StopAsync());
        string dump = Layer(await here.DumpAsync());
        Assert.True(File.Exists(Path.Combine(here.State, "layer/people.json")));

        // The same originals, and nothing else, on another machine.
        Assert.Equal(0, (await Clients.RunAsync("bash", ["-ec", "cp -a \"$1/library\" \"$1/elsewhere\"; find \"$1/elsewhere\" -name '*.xmp' ! -name b.xmp -delete", "bash", _root])).Code);
        await using PrivateDaemon there = PrivateDaemon.Of(Path.Combine(_root, "elsewhere"), "sidecars: { placement: mirror, delay: 10ms }");
        await there.StartAsync();
        await there.ScanAsync();
        Answer would = await there.AlbumenAsync("import-layer", Bag, "--dry-run", "--json");
        Assert.True(would.Code == Done, would.Error + there.Log);
        Answer import = await there.AlbumenAsync("import-layer", Bag, "--json");
        Assert.True(import.Code is Done, import.Error + there.Log);
        Assert.Equal(would.Output, import.Output);
        Answer repeated = await there.AlbumenAsync("import-layer", Bag, "--json");
        JsonElement operations = JsonSerializer.Deserialize<JsonElement>(repeated.Output).GetProperty("operations");
        Assert.Equal((0, 5), (operations.GetProperty("taken").GetInt32(), operations.GetProperty("known").GetInt32()));
        await QuietAsync(there);
        Assert.Equal(0, await there.StopAsync());
        Assert.Equal(dump, Layer(await there.DumpAsync()));
    }

    [Fact]
    public async Task A_volume_carries_the_layer_to_a_machine_that_knows_nothing()
    {
        string more = $$"""
            sidecars: { placement: mirror, delay: 10ms }
            """;
        await using PrivateDaemon here = PrivateDaemon.Of(Library);
        here.Configure(Yaml(Library, more));
        await here.StartAsync();
        await here.ScanAsync();
        await DoAsync(here, "set", "rating=5", "/Folders/lib/2024/a.jpg");
        Assert.Equal(0, await here.StopAsync());
        string layer = Path.Combine(Library, ".albumen/layer");
        Assert.Equal(["albums.json", "conflicts.json", "journal-000001.jsonl", "people.json", "smart.json", "stacks.json"], Directory.EnumerateFiles(layer).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(here.State, "layer/journal.jsonl"), Now), await File.ReadAllBytesAsync(Path.Combine(layer, "journal-000001.jsonl"), Now));

        await using PrivateDaemon there = PrivateDaemon.Of(Library);
        there.Configure(Yaml(Library, more));
        await there.StartAsync();
        await there.ScanAsync();
        await there.SaysAsync($"albumen import-layer {layer}");
        Assert.Contains("import-layer", (await there.AlbumenAsync("doctor")).Output);
        await DoAsync(there, "set", "title=Here", "/Folders/lib/2024/a.jpg");
        Answer import = await there.AlbumenAsync("import-layer", layer);
        Assert.True(import.Code == Done, import.Error);
        Assert.Equal(0, await there.StopAsync());

        string[] lines = await File.ReadAllLinesAsync(Path.Combine(layer, "journal-000001.jsonl"), Now);
        Assert.Equal(2, lines.Length);
        Assert.Equal(await File.ReadAllLinesAsync(Path.Combine(there.State, "layer/journal.jsonl"), Now), lines);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_and_nothing_is_half_done()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(Library);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        string layer = Path.Combine(_root, "layer"), journal = Path.Combine(layer, "journal.jsonl");
        Directory.CreateDirectory(layer);

        Assert.Equal(Usage, (await daemon.AlbumenAsync("import-layer", Library)).Code);
        Assert.Equal(Usage, (await daemon.AlbumenAsync("export", "--to", Path.Combine(Library, "bag"))).Code);
        Assert.Equal(Usage, (await daemon.AlbumenAsync("export", "--to", layer + "/..")).Code);

        string good = Line(1, "person", "rating", "3"), torn = good[..30];
        await File.WriteAllTextAsync(journal, good + "\n" + torn + "\n", Now);
        Answer bad = await daemon.AlbumenAsync("import-layer", layer);
        Assert.Equal(Failed, bad.Code);
        Assert.Contains("Line 2", bad.Error);
        await File.WriteAllTextAsync(journal, good + "\n" + Line(2, "person", "taken", """{"local":"../..","source":"person","precision":"exact"}""") + "\n", Now);
        Assert.Contains("'../..' is no capture time", (await daemon.AlbumenAsync("import-layer", layer)).Error);
        await using (FileStream huge = new(journal, FileMode.Create)) huge.SetLength(1L << 30);
        Assert.Contains("longer than 64 MB", (await daemon.AlbumenAsync("import-layer", layer)).Error);
        Assert.Empty((await daemon.AlbumenAsync("log")).Output);

        await File.WriteAllTextAsync(journal, good + "\n" + torn, Now);
        Answer partly = await daemon.AlbumenAsync("import-layer", layer);
        Assert.Equal(Partly, partly.Code);
        Assert.Contains("torn", partly.Error);
        Assert.Contains("Photos that are not here: 1", partly.Output);
        Assert.Single((await daemon.AlbumenAsync("log")).Lines);
    }

    static string Line(int number, string of, string field, string after) => $$"""
        {"number":{{number}},"id":"{{number:x32}}","at":"2024-01-01T00:00:00.000Z","who":"anna","door":"cli","what":"set","changes":[{"of":"{{of}}","field":"{{field}}","after":{{after}},"assets":["{{new string('a', 32)}}"]}]}
        """;

    static string Yaml(string library, string more) => $$"""
        volumes:
          - { name: lib, path: {{library}}, layer: on }
        http: { listen: "127.0.0.1:0" }
        scan: { every: off, settle: 1ms }
        {{more}}
        """;

    static async Task DoAsync(PrivateDaemon daemon, params string[] words)
    {
        Answer answer = await daemon.AlbumenAsync(words);
        Assert.True(answer.Code == Done, $"{string.Join(' ', words)}: {answer.Error}\n{daemon.Log}");
    }

    /// <summary>Waits until sidecars are read and written.</summary>
    static async Task QuietAsync(PrivateDaemon daemon)
    {
        for (int i = 0; i < 100 && (await daemon.AlbumenAsync("jobs")).Output.Length > 0; i++) await Task.Delay(50, Now);
    }

    /// <summary>Of a dump, what people did and what is known by it.</summary>
    static string Layer(string dump) => string.Join('\n', dump.Split('\n').Where(line =>
        line.StartsWith("{\"asset\"", StringComparison.Ordinal) || line.StartsWith("{\"operation\"", StringComparison.Ordinal)));
}
