using Albumen.Catalog;
using Albumen.Tests.Storage;
using Dapper;

namespace Albumen.Tests.Catalog;

public sealed class DuplicatesTests : IDisposable
{
    readonly Shelf _shelf = new();

    Duplicates Duplicates => field ??= new(_shelf.Catalog, _shelf.Volumes);

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task The_same_bytes_in_two_files_are_a_group_and_a_single_file_is_none()
    {
        _shelf.Write("a.jpg", "A");
        _shelf.Write("b/copy.jpg", "A");
        _shelf.Write("single.jpg", "B");
        await _shelf.IndexAsync();

        DuplicatePage page = Duplicates.List(null, 10)!;

        DuplicateGroup group = Assert.Single(page.Groups);
        Assert.Equal(["/Folders/photos/a.jpg", "/Folders/photos/b/copy.jpg"], group.Copies.Select(copy => copy.Path));
        Assert.Equal((1, 1, 1, null), (page.Total, page.ReclaimableInBytes, group.ReclaimableInBytes, page.Next));
    }

    [Fact]
    public async Task Hard_links_are_one_place()
    {
        _shelf.Write("a.jpg", "AAAA");
        _shelf.Shell("ln a.jpg link.jpg");
        await _shelf.IndexAsync();
        Assert.Empty(Duplicates.List(null, 10)!.Groups);

        _shelf.Write("copy.jpg", "AAAA");
        await _shelf.IndexAsync();

        DuplicateGroup group = Assert.Single(Duplicates.List(null, 10)!.Groups);
        Assert.Equal(3, group.Copies.Count);
        Assert.Equal(4, group.ReclaimableInBytes);
        Assert.True(group.Copies[0].IsSameFileAs(group.Copies[2]));
        Assert.False(group.Copies[0].IsSameFileAs(group.Copies[1]));
    }

    [Theory]
    [InlineData("missing_since = 1")]
    [InlineData("unseen_since = 1")]
    public async Task What_is_not_there_is_no_copy(string state)
    {
        _shelf.Write("a.jpg", "A");
        _shelf.Write("b.jpg", "A");
        await _shelf.IndexAsync();
        await ExecuteAsync($"UPDATE location SET {state} WHERE entry_name = 'b.jpg'");

        Assert.Empty(Duplicates.List(null, 10)!.Groups);
    }

    [Fact]
    public async Task Other_files_than_photos_and_clips_are_left_alone()
    {
        _shelf.Write("a.jpg", "A");
        _shelf.Write("b.jpg", "A");
        await _shelf.IndexAsync();
        await ExecuteAsync("UPDATE content SET asset_id = NULL");

        Assert.Equal(0, Duplicates.List(null, 10)!.Total);
    }

    [Fact]
    public async Task What_wastes_most_comes_first_and_every_group_is_on_exactly_one_page()
    {
        string[] texts = ["1", "22", "333", "4444", "zz", "55555"];
        foreach (string text in texts)
            for (int copy = 0; copy < (text == "333" ? 3 : 2); copy++) _shelf.Write($"{copy}/{text}.jpg", text);
        await _shelf.IndexAsync();

        List<long> sizes = [];
        HashSet<string> assets = [];
        string? after = null;
        do
        {
            DuplicatePage page = Duplicates.List(after, 2)!;
            Assert.Equal((6, 20), (page.Total, page.ReclaimableInBytes));
            sizes.AddRange(page.Groups.Select(group => group.ReclaimableInBytes));
            Assert.All(page.Groups, group => Assert.True(assets.Add(group.AssetUid)));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal([6, 5, 4, 2, 2, 1], sizes);
    }

    [Fact]
    public async Task A_page_does_not_show_what_went_since_the_one_before()
    {
        foreach (string text in (string[])["1", "22", "333"])
            for (int copy = 0; copy < 2; copy++) _shelf.Write($"{copy}/{text}.jpg", text);
        await _shelf.IndexAsync();
        DuplicatePage first = Duplicates.List(null, 1)!;
        await ExecuteAsync("UPDATE location SET missing_since = 1 WHERE entry_name = '22.jpg'");

        DuplicatePage second = Duplicates.List(first.Next, 2)!;

        Assert.Equal(1, Assert.Single(second.Groups).SizeInBytes);
    }

    [Fact]
    public void Something_else_than_the_end_of_a_page_is_told_apart() => Assert.Null(Duplicates.List("x", 1));

    Task ExecuteAsync(string sql) => _shelf.Catalog.WriteAsync(connection => connection.Execute(sql), TestContext.Current.CancellationToken);
}
