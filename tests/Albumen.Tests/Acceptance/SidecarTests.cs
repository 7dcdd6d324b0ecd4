using System.Text.Json;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Edits that leave as XMP and come back from other programs, from the command line to the disk.</summary>
public sealed class SidecarTests : IAsyncLifetime
{
    const string Photo = "/Folders/lib/2024/a.jpg";

    readonly string _library = Directory.CreateTempSubdirectory("albumen-sidecars-").FullName;

    string Sidecar => Path.Combine(_library, "2024/a.jpg.xmp");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_library, "2024"));
        Assert.Equal(0, (await Clients.RunAsync("vips", ["gaussnoise", Path.Combine(_library, "2024/a.jpg"), "300", "200"])).Code);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_edited_here_and_there_stands_on_both_sides_and_can_be_taken_back()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, "sidecars: { delay: 10ms }");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await daemon.AlbumenAsync("set", "rating=4", "title=Am See", "tags+=Animals/Dog", "regions=Anna@0.5,0.4,0.1,0.2", Photo);
        await daemon.ScanAsync();
        Assert.Equal("4 Am See Animals|Dog Anna 0.5", await ExifAsync("$XMP-xmp:Rating $XMP-dc:Title $XMP-lr:HierarchicalSubject $RegionName $RegionAreaX"));

        // Another program changes one field, adds another, and knows things of its own.
        await Clients.RunAsync("exiftool", ["-q", "-overwrite_original", "-XMP-xmp:Rating=2", "-XMP-dc:Description=from elsewhere", "-XMP-crs:Exposure2012=+0.50", Sidecar]);
        await daemon.ScanAsync();
        Assert.Equal((2, "Am See", "from elsewhere"), await FactsAsync(daemon));

        await daemon.AlbumenAsync("undo", "1");
        await daemon.ScanAsync();
        Assert.Equal((2, null, "from elsewhere"), await FactsAsync(daemon));
        Assert.Equal("2  from elsewhere +0.50", await ExifAsync("$XMP-xmp:Rating ${XMP-dc:Title;$_ = '' unless defined} $XMP-dc:Description $XMP-crs:Exposure2012"));
        Assert.Empty((await daemon.AlbumenAsync("problems")).Lines);
    }

    [Fact]
    public async Task Our_own_earlier_sidecar_is_nobody_elses_edit()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, "sidecars: { delay: 10ms }");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        // Each is written while the one before it is being read.
        for (int round = 0; round < 12; round++) Assert.Equal(0, (await daemon.AlbumenAsync("set", $"rating={1 + round % 5}", Photo)).Code);
        await daemon.ScanAsync();

        Assert.Equal((2, null, null), await FactsAsync(daemon));
        Assert.Equal("2", await ExifAsync("$XMP-xmp:Rating"));
        Assert.DoesNotContain("another program", (await daemon.AlbumenAsync("log")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_field_changed_on_both_sides_waits_for_a_decision()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, "sidecars: { delay: 5m }");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await daemon.AlbumenAsync("set", "rating=4", "title=ours", Photo);
        await File.WriteAllTextAsync(Sidecar, """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="1"/>
            </rdf:RDF></x:xmpmeta>
            """, TestContext.Current.CancellationToken);
        await daemon.ScanAsync();

        using JsonDocument conflict = JsonDocument.Parse(Assert.Single((await daemon.AlbumenAsync("conflicts", "--json")).Lines));
        Assert.Equal(("rating", 4, 1), (conflict.RootElement.GetProperty("field").GetString(), conflict.RootElement.GetProperty("ours").GetInt32(), conflict.RootElement.GetProperty("theirs").GetInt32()));
        // Ours counts here, theirs stands there, and the other field went out all the same.
        Assert.Equal((4, "ours", null), await FactsAsync(daemon));
        Assert.Equal("1 ours", await ExifAsync("$XMP-xmp:Rating $XMP-dc:Title"));

        Assert.Equal(0, (await daemon.AlbumenAsync("conflicts", "resolve", Photo, "rating", "--take", "theirs")).Code);
        Assert.Equal((1, "ours", null), await FactsAsync(daemon));
        Assert.Empty((await daemon.AlbumenAsync("conflicts", "--json")).Lines);
    }

    [Fact]
    public async Task Sidecars_move_into_the_mirror_and_back_without_loss()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, "sidecars: { delay: 10ms }");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await daemon.AlbumenAsync("set", "rating=4", Photo);
        await daemon.ScanAsync();
        byte[] before = await File.ReadAllBytesAsync(Sidecar, TestContext.Current.CancellationToken);
        string mirrored = Path.Combine(daemon.State, "sidecars/lib/2024/a.jpg.xmp");

        Assert.Contains("Would move 1", (await daemon.AlbumenAsync("sidecar", "relocate", "lib", "--to", "mirror", "--dry-run")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await daemon.AlbumenAsync("sidecar", "relocate", "lib", "--to", "mirror")).Code);
        await daemon.ScanAsync();
        Assert.False(File.Exists(Sidecar));
        Assert.Equal(before, await File.ReadAllBytesAsync(mirrored, TestContext.Current.CancellationToken));

        // It is read and written there as beside the photo.
        await Clients.RunAsync("exiftool", ["-q", "-overwrite_original", "-XMP-dc:Description=in the mirror", mirrored]);
        await daemon.ScanAsync();
        await daemon.AlbumenAsync("set", "title=Am See", Photo);
        await daemon.ScanAsync();
        Assert.Equal((4, "Am See", "in the mirror"), await FactsAsync(daemon));
        before = await File.ReadAllBytesAsync(mirrored, TestContext.Current.CancellationToken);
        Assert.False(File.Exists(Sidecar));

        Assert.Equal(0, (await daemon.AlbumenAsync("sidecar", "relocate", "lib", "--to", "beside")).Code);
        await daemon.ScanAsync();
        Assert.False(File.Exists(mirrored));
        Assert.Equal(before, await File.ReadAllBytesAsync(Sidecar, TestContext.Current.CancellationToken));
        Assert.Equal((4, "Am See", "in the mirror"), await FactsAsync(daemon));
    }

    [Fact]
    public async Task On_a_volume_that_cannot_be_written_the_mirror_is_taken()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync();
        await mounts.DoAsync("mkdir ro && mount --bind \"$1\" ro && mount -o remount,ro,bind ro", _library);
        await using PrivateDaemon daemon = PrivateDaemon.Of(Path.Combine(mounts.Folder, "ro"), "sidecars: { delay: 10ms }", within: mounts.Within);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await daemon.AlbumenAsync("set", "rating=4", Photo);
        await daemon.ScanAsync();

        Assert.False(File.Exists(Sidecar));
        Assert.Contains("4", await File.ReadAllTextAsync(Path.Combine(daemon.State, "sidecars/lib/2024/a.jpg.xmp"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty((await daemon.AlbumenAsync("problems")).Lines);
    }

    async Task<string> ExifAsync(string format) => (await Clients.RunAsync("exiftool", ["-m", "-q", "-p", format, Sidecar])).Output.Trim();

    static async Task<(int? Rating, string? Title, string? Caption)> FactsAsync(PrivateDaemon daemon)
    {
        using JsonDocument photo = JsonDocument.Parse((await daemon.AlbumenAsync("show", "--json", Photo)).Output);
        string? Text(string name) => photo.RootElement.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
        return (photo.RootElement.TryGetProperty("rating", out JsonElement rating) ? rating.GetInt32() : null, Text("title"), Text("caption"));
    }
}
