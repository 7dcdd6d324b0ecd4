using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Tests.Storage;
using Dapper;

namespace Albumen.Tests.Derivatives;

public sealed class DerivativeStoreTests : IDisposable
{
    static readonly byte[] Jpeg = [0xFF, 0xD8, 1, 2, 0xFF, 0xD9];
    static readonly ContentHash Hash = ContentHash.FromBytes(new byte[32]);

    readonly Shelf _shelf = new();
    readonly DerivativeStore _store;

    public DerivativeStoreTests() => _store = new(_shelf.Root);

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public void A_small_version_is_found_as_it_was_put()
    {
        _store.Put(Hash, new Preview(), Jpeg);

        Assert.Equal(Jpeg, _store.Find(Hash, new Preview()));
        Assert.Null(_store.Find(Hash, new Thumbnail()));
        Assert.Equal(Path.Combine(_shelf.Root, $"derivatives/00/{Hash}.preview"), _store.PathOf(Hash, "preview"));
    }

    [Fact]
    public async Task What_was_made_and_is_as_it_was_is_not_lost()
    {
        await MakeAsync(recipe: new Preview().Recipe);

        Assert.Empty(Lost());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_deleted_or_cut_short_is_lost(bool isDeleted)
    {
        await MakeAsync(recipe: new Preview().Recipe);
        string file = _store.PathOf(Hash, "preview");
        if (isDeleted) Directory.Delete(Path.Combine(_shelf.Root, "derivatives"), recursive: true);
        else File.WriteAllBytes(file, Jpeg[..^1]);

        Assert.Single(Lost());
    }

    [Fact]
    public async Task A_file_of_an_older_recipe_is_lost()
    {
        await MakeAsync(recipe: new Preview().Recipe - 1);

        Assert.Single(Lost());
    }

    [Fact]
    public async Task A_picture_that_was_analysed_by_an_older_recipe_is_asked_for_again()
    {
        await MakeAsync(recipe: new Preview().Recipe, analysis: Analysis.CurrentRecipe - 1);

        Assert.Single(Lost());
    }

    [Fact]
    public void Every_kind_is_in_the_list_under_a_name_of_its_own()
    {
        Type[] kinds = [.. typeof(DerivativeKind).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(DerivativeKind)) && !t.IsAbstract)];

        Assert.Equal(kinds.Order(Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name))), DerivativeKind.All.Select(k => k.GetType()).OrderBy(t => t.Name, StringComparer.Ordinal));
        Assert.Equal(DerivativeKind.All.Count, DerivativeKind.All.Select(k => k.Name).Distinct().Count());
        Assert.Equal(StillKind.Stills.OrderByDescending(k => k.LongestSideInPixels), StillKind.Stills);
    }

    [Theory]
    [InlineData("FFD8010203FFD9", true)]
    [InlineData("FFD8010203FFD900", false)]
    [InlineData("FFD8", false)]
    [InlineData("", false)]
    public void A_whole_preview_has_its_end(string hex, bool isWhole) => Assert.Equal(isWhole, new Preview().IsWhole(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("5249464606000000574542500102", true)]
    [InlineData("52494646060000005745425001", false)]
    [InlineData("5249464606000000574542500102FF", false)]
    [InlineData("", false)]
    public void A_whole_thumbnail_is_as_long_as_it_says(string hex, bool isWhole) => Assert.Equal(isWhole, new Thumbnail().IsWhole(Convert.FromHexString(hex)));

    async Task MakeAsync(int recipe, int analysis = Analysis.CurrentRecipe)
    {
        _store.Put(Hash, new Preview(), Jpeg);
        await _shelf.Catalog.WriteAsync(connection =>
        {
            long content = connection.ExecuteScalar<long>("INSERT INTO content (sha256, size_in_bytes, kind, mime) VALUES (@hash, 1, 'image', 'image/jpeg') RETURNING id", new { hash = Hash.ToBytes() });
            DerivativeStore.Record(connection, content, [new("preview", recipe, Jpeg.Length)]);
            Analysis.Record(connection, content, new(analysis, 100, 0, 0), now: 0);
        }, TestContext.Current.CancellationToken);
    }

    List<long> Lost()
    {
        using Database.Reader reader = _shelf.Catalog.Read();
        return [.. _store.Lost(reader.Connection, TestContext.Current.CancellationToken)];
    }
}
