using System.Text;
using Albumen.Derivatives;
using Albumen.Storage;
using Albumen.Tests.Catalog;
using Albumen.Tests.Storage;
using Albumen.Tree;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tests.Tree;

public sealed class ArchiveTreeTests : IDisposable
{
    readonly Shelf _shelf = new();
    readonly ArchiveTree _tree;

    public ArchiveTreeTests() => _tree = new(_shelf.Catalog, _shelf.Volumes, new DerivativeStore(_shelf.Root));

    public void Dispose() => _shelf.Dispose();

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/folders/", "/Folders")]
    [InlineData("/Folders/PHOTOS", "/Folders/photos")]
    [InlineData("/Folders/photos/sommer/IMG.JPG", "/Folders/photos/Sommer/img.jpg")]
    [InlineData("/Folders/photos/Cafe\u0301.jpg", "/Folders/photos/Caf\u00E9.jpg")]
    public async Task A_path_is_found_however_it_is_written_and_keeps_its_own_writing(string asked, string found)
    {
        _shelf.With("Sommer/img.jpg", "Caf\u00E9.jpg");
        await _shelf.ScanAsync();

        Assert.Equal(found, _tree.Find(asked, Viewer.Admin)?.Path);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/Folders/other")]
    [InlineData("/Folders/photos/nowhere.jpg")]
    [InlineData("/Folders/photos/a.jpg/b.jpg")]
    [InlineData("/Folders/photos/../photos/a.jpg")]
    [InlineData("/Timeline/2024/2024-07-14/a.jpg")]
    [InlineData("/Timeline/a/b/c/d")]
    [InlineData("/Small/Folders/photos/a.jpg")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        _shelf.With("a.jpg");
        await _shelf.ScanAsync();

        Assert.Null(_tree.Find(path, Viewer.Admin));
    }

    [Fact]
    public async Task Of_names_that_differ_in_case_each_is_found_by_its_own_writing()
    {
        _shelf.With("a.jpg", "A.jpg");
        await _shelf.ScanAsync();

        Assert.Equal("a.jpg", await TextAsync("/Folders/photos/a.jpg"));
        Assert.Equal("A.jpg", await TextAsync("/Folders/photos/A.jpg"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Pages_together_are_the_whole_folder_whatever_their_length(int most)
    {
        _shelf.With("a/1.jpg", "b/1.jpg", "c/1.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg");
        await _shelf.ScanAsync();
        Node folder = _tree.Find("/Folders/photos", Viewer.Admin)!;

        List<string> names = [];
        string? after = null;
        do
        {
            Page page = _tree.List(folder, after, most, Detail.Files, Viewer.Admin);
            Assert.InRange(page.Nodes.Count, 0, most);
            names.AddRange(page.Nodes.Select(n => n.Name));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal("a b c 1.jpg 2.jpg 3.jpg 4.jpg", string.Join(' ', names));
    }

    [Fact]
    public async Task What_is_missing_is_not_shown()
    {
        _shelf.With("a.jpg", "b/c.jpg", "d.jpg");
        await _shelf.ScanAsync();
        _shelf.Shell("rm -r a.jpg b");
        await _shelf.ScanAsync();

        Assert.Equal("d.jpg", string.Join(' ', _tree.List(_tree.Find("/Folders/photos", Viewer.Admin)!, null, 100, Detail.Files, Viewer.Admin).Nodes.Select(n => n.Name)));
        Assert.Null(_tree.Find("/Folders/photos/b/c.jpg", Viewer.Admin));
    }

    [Fact]
    public async Task A_file_changed_since_it_was_indexed_has_its_own_length_and_a_weak_tag()
    {
        _shelf.With("a.jpg");
        await _shelf.ScanAsync();
        Node node = _tree.Find("/Folders/photos/a.jpg", Viewer.Admin)!;
        _shelf.Write("a.jpg", "longer than before");

        (SafeFileHandle file, Node now) = _tree.Open(node, Viewer.Admin);
        using (file) Assert.Equal(RandomAccess.GetLength(file), now.SizeInBytes);

        Assert.Equal(18, now.SizeInBytes);
        Assert.StartsWith("W/\"", now.ETag);
        Assert.NotEqual(node.ETag, now.ETag);
        Assert.Null(now.Hash);
    }

    [Fact]
    public async Task A_file_deleted_since_it_was_indexed_is_gone_but_one_on_a_disk_that_is_away_is_not()
    {
        _shelf.With("a.jpg", "b.jpg");
        await _shelf.ScanAsync();
        Node node = _tree.Find("/Folders/photos/a.jpg", Viewer.Admin)!;

        _shelf.Delete("a.jpg");
        Assert.True(Assert.Throws<FileFault>(() => _tree.Open(node, Viewer.Admin)).IsGone);
        _shelf.Delete("b.jpg");
        Assert.False(Assert.Throws<FileFault>(() => _tree.Open(node, Viewer.Admin)).IsGone);
        Directory.Delete(_shelf.Disk);
        Assert.False(Assert.Throws<FileFault>(() => _tree.Open(node, Viewer.Admin)).IsGone);
    }

    [Fact]
    public async Task A_file_whose_place_was_taken_by_a_link_is_not_followed()
    {
        File.WriteAllText(Path.Combine(_shelf.Root, "secret"), "secret");
        _shelf.With("a/b.jpg");
        await _shelf.ScanAsync();
        Node node = _tree.Find("/Folders/photos/a/b.jpg", Viewer.Admin)!;
        _shelf.Shell("rm a/b.jpg; ln -s ../../secret a/b.jpg");

        Assert.Throws<FileFault>(() => _tree.Open(node, Viewer.Admin));
    }

    [Fact]
    public void A_volume_never_scanned_is_an_empty_folder()
    {
        Node volume = Assert.Single(_tree.List(_tree.Find("/Folders", Viewer.Admin)!, null, 10, Detail.Files, Viewer.Admin).Nodes);

        Assert.Equal("/Folders/photos", volume.Path);
        Assert.Empty(_tree.List(volume, null, 10, Detail.Files, Viewer.Admin).Nodes);
    }

    [Fact]
    public async Task Each_volume_is_shown_with_its_own_files()
    {
        string other = Directory.CreateDirectory(Path.Combine(_shelf.Root, "other")).FullName;
        Volumes volumes = new(_shelf.Catalog, [_shelf.Volume.Settings, _shelf.Volume.Settings with { Name = "other", Path = other }]);
        ArchiveTree tree = new(_shelf.Catalog, volumes, new DerivativeStore(_shelf.Root));
        _shelf.With("a/b.jpg");
        await _shelf.ScanAsync();

        Assert.Equal(["/Folders/other", "/Folders/photos"], tree.List(tree.Find("/Folders", Viewer.Admin)!, null, 10, Detail.Files, Viewer.Admin).Nodes.Select(n => n.Path).Order(StringComparer.Ordinal));
        Assert.Single(tree.List(tree.Find("/Folders/photos", Viewer.Admin)!, null, 10, Detail.Files, Viewer.Admin).Nodes);
        Assert.Empty(tree.List(tree.Find("/Folders/other", Viewer.Admin)!, null, 10, Detail.Files, Viewer.Admin).Nodes);
    }

    [Fact]
    public void The_top_shows_every_view() =>
        Assert.Equal("Albums Folders Small Smart Tags Timeline Trash", string.Join(' ', _tree.List(_tree.Find("/", Viewer.Admin)!, null, 10, Detail.Files, Viewer.Admin).Nodes.Select(n => n.Name)));

    [Theory]
    [InlineData("/Timeline/1978", "_undated-month 1978-06 1978-06-03")]
    [InlineData("/Timeline/1978/_undated-month", "year.jpg")]
    [InlineData("/Timeline/1978/_UNDATED-MONTH", "year.jpg")]
    [InlineData("/Timeline/1978/1978-06", "month.jpg")]
    [InlineData("/Timeline/1978/1978-06-03", "day.jpg")]
    [InlineData("/Timeline", "1978 Undated")]
    [InlineData("/Timeline/Undated", "none.jpg")]
    public async Task What_is_known_to_the_year_only_stands_apart_from_its_months(string folder, string names)
    {
        await WithImpreciseDatesAsync();

        Assert.Equal(names, string.Join(' ', _tree.List(_tree.Find(folder, Viewer.Admin)!, null, 10, Detail.Files, Viewer.Admin).Nodes.Select(n => n.Name).Order(StringComparer.Ordinal).OrderBy(n => n[0] != '_')));
    }

    [Theory]
    [InlineData("/Timeline/1978/_undated-month/year.jpg", true)]
    [InlineData("/Timeline/1979/1978-06-03/day.jpg", false)]
    [InlineData("/Timeline/1978-06/_undated-month/month.jpg", false)]
    [InlineData("/Timeline/1978/1978/year.jpg", false)]
    [InlineData("/Timeline/1978/1978", false)]
    [InlineData("/Timeline/1979/_undated-month", false)]
    [InlineData("/Timeline/_undated-month", false)]
    [InlineData("/Timeline/1978/1978-06/month.jpg", true)]
    public async Task A_folder_of_the_timeline_has_one_name(string path, bool isThere)
    {
        await WithImpreciseDatesAsync();

        Assert.Equal(isThere ? path : null, _tree.Find(path, Viewer.Admin)?.Path);
    }

    async Task WithImpreciseDatesAsync()
    {
        _shelf.With("year.jpg", "month.jpg", "day.jpg", "none.jpg");
        await _shelf.IndexAsync();
        await _shelf.Catalog.WriteAsync(connection => connection.Execute(
            "UPDATE asset SET taken = CASE name WHEN 'year.jpg' THEN '1978' WHEN 'month.jpg' THEN '1978-06' WHEN 'day.jpg' THEN '1978-06-03' ELSE NULL END"), TestContext.Current.CancellationToken);
        await new TimelineIndex(_shelf.Catalog, TimeProvider.System).CatchUpAsync(TestContext.Current.CancellationToken);
    }

    async Task<string> TextAsync(string path)
    {
        (SafeFileHandle file, _) = _tree.Open(_tree.Find(path, Viewer.Admin)!, Viewer.Admin);
        using (file)
        {
            byte[] bytes = new byte[100];
            return Encoding.UTF8.GetString(bytes, 0, await RandomAccess.ReadAsync(file, bytes, 0, TestContext.Current.CancellationToken));
        }
    }
}
