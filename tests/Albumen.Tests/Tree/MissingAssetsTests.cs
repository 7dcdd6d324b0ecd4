using Albumen.Tests.Catalog;
using Albumen.Tests.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Tree;

public sealed class MissingAssetsTests : IDisposable
{
    readonly Shelf _shelf = new();

    AssetReader Assets => new(_shelf.Catalog, _shelf.Volumes);

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task A_photo_without_a_copy_left_is_missing_with_its_last_place()
    {
        await VanishAsync("2024/a.jpg", 1000);

        LostPage page = Assets.Missing(null, 10, Viewer.Admin)!;

        LostAsset lost = Assert.Single(page.Assets);
        Assert.Equal(("/Folders/photos/2024/a.jpg", "photos", 1000, 1), (lost.LastPath, lost.Volume, lost.Asset.MissingSince, page.Total));
        FoundAsset found = Assert.Single(Assets.Find(lost.Asset.Uid, Viewer.Admin));
        Assert.Equal((null, 1000), (found.Path, found.MissingSince));
    }

    [Fact]
    public async Task A_photo_with_a_copy_left_is_not_missing()
    {
        _shelf.Write("b.jpg", "2024/a.jpg");
        await VanishAsync("2024/a.jpg", 1000);

        Assert.Equal(0, Assets.Missing(null, 10, Viewer.Admin)!.Total);
        Assert.All(Assets.List(null, 10, Viewer.Admin).Assets, asset => Assert.Null(asset.MissingSince));
    }

    [Fact]
    public async Task The_last_of_several_copies_says_since_when()
    {
        _shelf.Write("b.jpg", "2024/a.jpg");
        await VanishAsync("2024/a.jpg", 1000);
        await ExecuteAsync("UPDATE location SET missing_since = 2000 WHERE entry_name = 'b.jpg'");

        LostAsset lost = Assert.Single(Assets.Missing(null, 10, Viewer.Admin)!.Assets);

        Assert.Equal(("/Folders/photos/b.jpg", 2000), (lost.LastPath, lost.Asset.MissingSince));
    }

    [Fact]
    public async Task What_changed_and_waits_to_be_read_is_there_and_what_vanished_then_is_missing()
    {
        await VanishAsync("2024/a.jpg", 1000);
        await ExecuteAsync("UPDATE location SET previous_content_id = content_id, content_id = NULL, missing_since = NULL WHERE entry_name = 'a.jpg'");
        Assert.Equal(0, Assets.Missing(null, 10, Viewer.Admin)!.Total);

        await ExecuteAsync("UPDATE location SET missing_since = 3000 WHERE entry_name = 'a.jpg'");
        Assert.Equal(3000, Assert.Single(Assets.Missing(null, 10, Viewer.Admin)!.Assets).Asset.MissingSince);
    }

    [Fact]
    public async Task Each_missing_photo_is_on_exactly_one_page_and_the_last_to_vanish_first()
    {
        _shelf.With("1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg");
        await VanishAsync("2024/a.jpg", 5);
        await ExecuteAsync("UPDATE location SET missing_since = CASE WHEN entry_name = '4.jpg' THEN 9 ELSE 7 END WHERE entry_name < '6'");

        List<string> names = [];
        string? after = null;
        do
        {
            LostPage page = Assets.Missing(after, 2, Viewer.Admin)!;
            names.AddRange(page.Assets.Select(lost => lost.LastPath[^5..^4]));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(("4", "a", 6), (names[0], names[^1], names.Distinct().Count()));
        Assert.Equal(6, names.Count);
        Assert.Null(Assets.Missing("x", 2, Viewer.Admin));
    }

    /// <summary>Indexes all, this one too, which is then gone.</summary>
    async Task VanishAsync(string path, long since)
    {
        _shelf.With(path);
        await _shelf.IndexAsync();
        await ExecuteAsync($"UPDATE location SET missing_since = {since} WHERE entry_name = '{Path.GetFileName(path)}'");
    }

    Task ExecuteAsync(string sql) => _shelf.Catalog.WriteAsync(connection => connection.Execute(sql), TestContext.Current.CancellationToken);
}
