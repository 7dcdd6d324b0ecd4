using System.Data.Common;
using Albumen.Sql;
using Albumen.Tests.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Tree;

public sealed class TimelineIndexTests : IDisposable
{
    readonly Shelf _shelf = new();
    readonly Database _catalog;

    public TimelineIndexTests() => _catalog = _shelf.Catalog;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task A_photo_stands_under_its_day_month_year_or_none()
    {
        await AddAsync(("a.jpg", "2024-07-14T15:30:12+02:00"), ("b.jpg", "2024-07"), ("c.jpg", "1978"), ("d.jpg", null));

        Assert.Equal("1978/c.jpg 2024-07/b.jpg 2024-07-14/a.jpg Undated/d.jpg", await EntriesAsync());
    }

    [Fact]
    public async Task The_second_of_a_name_gets_a_suffix_from_its_content()
    {
        await AddAsync(("IMG_1.JPG", "2024-07-14"), ("img_1.jpg", "2024-07-14"), ("IMG_1.JPG", "2024-07-15"), ("IMG_1.heic", "2024-07-14"));

        Assert.Matches("^2024-07-14/IMG_1.heic 2024-07-14/IMG_1.JPG 2024-07-14/img_1~[0-9a-f]{4}.jpg 2024-07-15/IMG_1.JPG$", await EntriesAsync());
    }

    [Fact]
    public async Task A_name_given_once_is_kept_when_the_first_of_it_leaves()
    {
        await AddAsync(("a.jpg", "2024-07-14"), ("a.jpg", "2024-07-14"));
        string before = await EntriesAsync();
        await ChangeAsync(1, "2020-01-01");

        string after = await EntriesAsync();

        Assert.Equal($"2020-01-01/a.jpg {before.Split(' ')[1]}", after);
        Assert.Equal(["2020-01-01 1", "2024-07-14 1"], Folders());
    }

    [Fact]
    public async Task A_folder_without_entries_goes()
    {
        await AddAsync(("a.jpg", "2024-07-14"));
        await EntriesAsync();
        await ChangeAsync(1, null);

        Assert.Equal("Undated/a.jpg", await EntriesAsync());
        Assert.Equal(["Undated 1"], Folders());
    }

    [Fact]
    public async Task A_day_of_many_photos_goes_on_in_further_folders()
    {
        await AddAsync([.. Enumerable.Range(0, 4100).Select(i => ($"{i:D4}.jpg", (string?)"2024-07-14"))]);
        await EntriesAsync();

        Assert.Equal(["2024-07-14 2000", "2024-07-14_2 2000", "2024-07-14_3 100"], Folders());

        await ChangeAsync(4050, "2024-07-14T10:00:00");
        await EntriesAsync();
        Assert.Equal(["2024-07-14 2000", "2024-07-14_2 2000", "2024-07-14_3 100"], Folders());
    }

    [Fact]
    public async Task Names_do_not_depend_on_how_the_changes_were_cut_into_batches()
    {
        (string, string?)[] photos = [.. Enumerable.Range(0, 1300).Select(i => ($"IMG_{i % 40}.jpg", (string?)$"2024-07-{1 + (i % 3):D2}"))];
        await AddAsync(photos);
        string atOnce = await EntriesAsync();

        (Database other, _) = _shelf.AnotherCatalog();
        for (int i = 0; i < photos.Length; i += 170)
        {
            await AddAsync(other, i, photos[i..Math.Min(i + 170, photos.Length)]);
            await EntriesAsync(other);
        }

        Assert.Equal(atOnce, await EntriesAsync(other));
    }

    Task AddAsync(params (string Name, string? Taken)[] photos) => AddAsync(_catalog, 0, photos);

    static Task AddAsync(Database catalog, int first, (string Name, string? Taken)[] photos) => catalog.WriteAsync(connection =>
    {
        foreach ((string name, string? taken) in photos)
        {
            byte[] hash = System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(first++));
            connection.Execute("""
                INSERT INTO content (sha256, size_in_bytes, kind, mime) VALUES (@hash, 1, 'image', 'image/jpeg');
                INSERT INTO asset (uid, content_id, name, taken, facts, revision) VALUES (@uid, last_insert_rowid(), @name, @taken, '{}', @revision);
                """, new { hash, uid = Convert.ToHexStringLower(hash)[..32], name, taken, revision = NextRevision(connection) });
        }
    }, Cancelled);

    Task ChangeAsync(long asset, string? taken) => _catalog.WriteAsync(connection =>
        connection.Execute("UPDATE asset SET taken = @taken, revision = @revision WHERE id = @asset", new { asset, taken, revision = NextRevision(connection) }), Cancelled);

    internal static long NextRevision(DbConnection connection) => connection.ExecuteScalar<long>(
        "INSERT INTO cursor (name, position) VALUES ('revision', 1) ON CONFLICT (name) DO UPDATE SET position = position + 1 RETURNING position");

    Task<string> EntriesAsync() => EntriesAsync(_catalog);

    static async Task<string> EntriesAsync(Database catalog)
    {
        await new TimelineIndex(catalog, TimeProvider.System).CatchUpAsync(Cancelled);
        using Database.Reader reader = catalog.Read();
        return string.Join(' ', reader.Connection.Query<string>("SELECT folder || '/' || entry_name FROM timeline_entry ORDER BY folder, entry_key"));
    }

    List<string> Folders()
    {
        using Database.Reader reader = _catalog.Read();
        return reader.Connection.Query<string>("SELECT name || ' ' || entries FROM timeline_folder ORDER BY name").AsList();
    }
}
