using System.Text;
using Albumen.Sidecar;
using Albumen.Sql;
using Albumen.Storage;

namespace Albumen.Tests.Sidecar;

public sealed class SidecarFilesTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("albumen-sidecarfiles-").FullName;
    readonly Database _catalog;
    readonly Volumes _volumes;
    readonly Scribe _scribe;

    public SidecarFilesTests()
    {
        foreach (string folder in (string[])["library/2024", "state"]) Directory.CreateDirectory(Path.Combine(_root, folder));
        _catalog = new(Path.Combine(_root, "state/catalog.db"), "catalog", "");
        _volumes = new(_catalog, [new("lib", Path.Combine(_root, "library"), null, []), new("other", "/nowhere", null, [], Sidecars: Placement.Off)]);
        using VolumeFiles files = new(Library.Settings.Path);
        _volumes.Meet(Library, files.StatRoot());
        (_scribe, _) = Scribe.StartNow(Programs.Albumend, [], [Library.Settings.Path]);
    }

    Volume Library => _volumes.All[0];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _scribe.Dispose();
        _catalog.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_batch_goes_beside_and_into_the_mirror_and_is_answered_in_its_order()
    {
        SidecarFiles files = Files();
        await File.WriteAllTextAsync(Path.Combine(_root, "library/2024/c.jpg.xmp"), "theirs", Cancelled);

        IReadOnlyList<WriteResult> results = await files.WriteAsync(
            [Write("2024/a.jpg", isMirror: false), Write("2024/b.jpg", isMirror: true), Write("2024/c.jpg", isMirror: false), Write("gone/d.jpg", isMirror: false)], Cancelled);

        Assert.Equal("2024/a.jpg", await File.ReadAllTextAsync(Path.Combine(_root, "library/2024/a.jpg.xmp"), Cancelled));
        Assert.Equal("2024/b.jpg", await File.ReadAllTextAsync(Path.Combine(files.MirrorRoot(Library), "2024/b.jpg.xmp"), Cancelled));
        Assert.Equal(Path.Combine(_root, "state/sidecars/lib"), files.MirrorRoot(Library));
        Assert.Equal([typeof(WriteResult.Written), typeof(WriteResult.Written), typeof(WriteResult.Changed), typeof(WriteResult.Failed)], results.Select(r => r.GetType()));
        Assert.False(Directory.Exists(Path.Combine(_root, "library/gone")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sidecar_is_removed_where_it_lies(bool isMirror)
    {
        SidecarFiles files = Files();
        await files.WriteAsync([Write("2024/a.jpg", isMirror)], Cancelled);
        ContentHash hash = ContentHash.Parse(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("2024/a.jpg"u8)));

        Assert.Equal(new WriteResult.Removed(), await files.RemoveAsync(Library, RelativePath.Parse("2024/a.jpg.xmp"), isMirror, hash, Cancelled));

        Assert.Empty(Directory.EnumerateFiles(_root, "*.xmp", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_name_that_leaves_no_room_is_mirrored_and_cut()
    {
        SidecarFiles files = Files();
        RelativePath[] sidecars = [.. ((char[])['1', '2']).Select(last => RelativePath.Parse($"2024/{new string('ö', 125)}{last}.jpg.xmp"))];

        Assert.All(sidecars, path => Assert.Equal(Placement.Mirror, files.PlacementOf(Library, path)));
        Assert.Equal(Placement.Beside, files.PlacementOf(Library, RelativePath.Parse("2024/a.jpg.xmp")));
        IReadOnlyList<WriteResult> results = await files.WriteAsync([.. sidecars.Select(path => new SidecarWrite(Library, path, true, null, path.Bytes.ToArray(), null))], Cancelled);

        Assert.All(results, result => Assert.IsType<WriteResult.Written>(result));
        foreach (RelativePath path in sidecars)
        {
            RelativePath cut = SidecarFiles.MirrorPath(path);
            Assert.Equal(path.ToString(), await File.ReadAllTextAsync(Path.Combine(files.MirrorRoot(Library), cut.ToString()), Cancelled));
            Assert.Equal(cut, SidecarFiles.MirrorPath(cut));
            Assert.Matches("^2024/ö+~[0-9a-f]{16}\\.xmp$", cut.ToString());
        }
    }

    [Fact]
    public void Placement_is_as_configured()
    {
        Assert.Equal(Placement.Mirror, Files(new() { Placement = Placement.Mirror }).PlacementOf(Library));
        Assert.Equal(Placement.Off, Files().PlacementOf(_volumes.All[1]));
        Assert.False(SidecarFiles.NeedsScribe(new("v", "/v", null, []), new() { Placement = Placement.Mirror }));
        Assert.True(SidecarFiles.NeedsScribe(new("v", "/v", null, [], Layer: true), new() { Placement = Placement.Mirror }));
    }

    [Fact]
    public async Task Without_a_scribe_the_mirror_is_written_all_the_same()
    {
        SidecarFiles files = new(Path.Combine(_root, "state"), _volumes, new(), null, TimeProvider.System);

        IReadOnlyList<WriteResult> results = await files.WriteAsync([Write("2024/a.jpg", isMirror: false), Write("2024/b.jpg", isMirror: true)], Cancelled);

        Assert.False(files.IsReady);
        Assert.Equal(new WriteResult.Failed(Scribe.NotRunning), results[0]);
        Assert.IsType<WriteResult.Written>(results[1]);
    }

    [Fact]
    public async Task A_volume_that_was_not_met_is_not_written_to()
    {
        Volumes fresh = new(_catalog, [Library.Settings]);
        SidecarFiles files = new(Path.Combine(_root, "state"), fresh, new(), _scribe, TimeProvider.System);

        WriteResult result = (await files.WriteAsync([new(fresh.All[0], RelativePath.Parse("a.xmp"), false, null, [], null)], Cancelled))[0];

        Assert.True(Assert.IsType<WriteResult.Failed>(result).IsVolumeGone);
    }

    [Fact]
    public async Task Layer_files_are_copied_into_the_volume()
    {
        WriteResult result = (await Files().WriteLayerAsync(Library, [("albums.json", null, "[]"u8.ToArray())], Cancelled))[0];

        Assert.IsType<WriteResult.Written>(result);
        Assert.Equal("[]", await File.ReadAllTextAsync(Path.Combine(_root, "library/.albumen/layer/albums.json"), Cancelled));
    }

    SidecarFiles Files(SidecarSettings? settings = null) => new(Path.Combine(_root, "state"), _volumes, settings ?? new(), _scribe, TimeProvider.System);

    SidecarWrite Write(string original, bool isMirror) =>
        new(Library, RelativePath.Parse(original + ".xmp"), isMirror, null, Encoding.UTF8.GetBytes(original), RelativePath.Parse(original));
}
