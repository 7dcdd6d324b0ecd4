using System.Data.Common;
using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Tests.Storage;
using Dapper;

namespace Albumen.Tests.Derivatives;

/// <summary>What the table says of small versions that are made after the visit.</summary>
public sealed class LaterDerivativeTests : IDisposable
{
    static readonly ContentHash Hash = ContentHash.FromBytes(new byte[32]);

    readonly Shelf _shelf = new();

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task A_raised_recipe_makes_only_that_kind_again()
    {
        Proxy proxy = new();
        long content = await ContentAsync();
        await WriteAsync(c => DerivativeStore.Record(c, content, [new("proxy", proxy.Recipe - 1, 10), new("animation", new Animation().Recipe, 10), new("poster", 0, 10)]));

        await WriteAsync(c => DerivativeStore.WantOutdated(c, proxy));

        Assert.Equal("animation made, poster made, proxy wanted", States());
        // A visit that finds the old file does not take it for the new one.
        await WriteAsync(c => DerivativeStore.Note(c, content, [new("proxy", proxy.Recipe, false, 10)]));
        Assert.Equal("animation made, poster made, proxy wanted", States());
    }

    [Fact]
    public async Task What_failed_is_tried_again_only_when_it_may_go_better()
    {
        long content = await ContentAsync();
        LaterDerivative wanted = new("proxy", 1, false, null);
        await WriteAsync(c => DerivativeStore.Note(c, content, [wanted]));
        await WriteAsync(c => DerivativeStore.NoteFailed(c, new(content, "proxy"), 1));
        await WriteAsync(c => DerivativeStore.WantOutdated(c, new Proxy()));
        Assert.Equal("proxy failed", States());

        // The file was looked at anew: as good as the last time.
        await WriteAsync(c => DerivativeStore.Note(c, content, [wanted]));
        Assert.Equal("proxy failed", States());

        await WriteAsync(c => DerivativeStore.WantFailed(c, [content]));
        Assert.Equal("proxy wanted", States());
    }

    [Fact]
    public async Task What_is_missing_comes_in_the_order_of_the_kinds()
    {
        long content = await ContentAsync();
        await WriteAsync(c => DerivativeStore.Note(c, content, [new("proxy", 1, false, null), new("contact", 1, true, null), new("animation", 1, false, null)]));

        using Database.Reader reader = _shelf.Catalog.Read();
        Assert.Equal(["animation", "proxy"], DerivativeStore.Missing(reader.Connection, ["motion", "animation", "contact", "proxy"], 9).Select(w => w.Kind));
        Assert.Equal("animation", Assert.Single(DerivativeStore.Missing(reader.Connection, ["animation", "proxy"], 1)).Kind);
    }

    [Fact]
    public async Task What_was_deleted_from_the_cache_is_known_by_its_length()
    {
        DerivativeStore store = new(_shelf.Root);
        long content = await ContentAsync();
        await WriteAsync(c => DerivativeStore.Record(c, content, [new("proxy", 1, 3)]));
        Assert.Single(Lost());

        File.WriteAllBytes(store.PartialOf(Hash, new Proxy()), [1, 2, 3]);
        store.Keep(Hash, new Proxy(), store.PartialOf(Hash, new Proxy()));
        Assert.Empty(Lost());

        File.WriteAllBytes(store.PathOf(Hash, "proxy"), [1, 2]);
        Assert.Equal(new WantedDerivative(content, "proxy"), Assert.Single(Lost()));

        IReadOnlyList<WantedDerivative> Lost()
        {
            using Database.Reader reader = _shelf.Catalog.Read();
            return store.LostLater(reader.Connection);
        }
    }

    Task<long> ContentAsync() => _shelf.Catalog.WriteAsync(
        connection => connection.ExecuteScalar<long>("INSERT INTO content (sha256, size_in_bytes, kind, mime) VALUES (@hash, 1, 'video', 'video/mp4') RETURNING id", new { hash = Hash.ToBytes() }),
        TestContext.Current.CancellationToken);

    Task WriteAsync(Action<DbConnection> work) => _shelf.Catalog.WriteAsync(work, TestContext.Current.CancellationToken);

    string States()
    {
        using Database.Reader reader = _shelf.Catalog.Read();
        return string.Join(", ", reader.Connection.Query<string>("SELECT kind || ' ' || state FROM derivative ORDER BY kind"));
    }
}
