using System.Security.Cryptography;
using Albumen.Sql;
using Albumen.Tests.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Tree;

/// <summary>
/// A catalogue that lived through a random history, and the one made anew from what is left of the files and the names that were written down: every photo
/// has the same path in both.
/// </summary>
public sealed class KeptNameTests : IDisposable
{
    const int Photos = 14, Steps = 60;
    static readonly string[] Days = ["2024-07-14T10:00:00+02:00", "2024-07-14", "2024-07-15", "2024-07", "1978", ""];

    readonly Shelf _shelf = new();

    public void Dispose() => _shelf.Dispose();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2000)]
    [InlineData(3)]
    public async Task Names_survive_a_rebuild_whatever_happened_before(int entriesPerFolder)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Random random = new(seed);
            List<KeptName> written = [];
            (Database live, _) = _shelf.AnotherCatalog();
            Action<IReadOnlyList<KeptName>> keep = written.AddRange;
            TimelineIndex index = new(live, TimeProvider.System, names => keep(names)) { EntriesPerFolder = entriesPerFolder };
            Dictionary<int, Photo> photos = [];
            for (int step = 0; step < Steps; step++)
            {
                for (int changes = random.Next(1, 4); changes > 0; changes--) await ChangeAsync(live, photos, random);
                if (random.Next(10) == 0)
                {
                    // Written down, and then the catalogue fails: as after a power cut, the file knows more.
                    keep = names =>
                    {
                        written.AddRange(names);
                        throw new IOException();
                    };
                    try { await index.CatchUpAsync(Cancelled); }
                    catch (IOException) { }
                    keep = written.AddRange;
                    await index.TakeBackAsync([.. written], Cancelled);
                }
                await index.CatchUpAsync(Cancelled);
            }

            (Database anew, _) = _shelf.AnotherCatalog();
            List<KeptName> again = [];
            TimelineIndex rebuilt = new(anew, TimeProvider.System, again.AddRange) { EntriesPerFolder = entriesPerFolder };
            await rebuilt.TakeBackAsync(written, Cancelled);
            KeyValuePair<int, Photo>[] left = [.. photos.Where(p => p.Value.Exists).OrderBy(p => p.Value.Name, StringComparer.Ordinal).ThenBy(p => p.Key)];
            if (seed % 2 == 1) random.Shuffle(left);
            await anew.WriteAsync(connection =>
            {
                foreach ((int number, Photo photo) in left) Insert(connection, number, photo);
            }, Cancelled);
            await rebuilt.CatchUpAsync(Cancelled);

            HashSet<string> existing = [.. left.Select(p => Uid(p.Key))];
            Assert.Equal(Paths(live).Where(p => existing.Contains(p.Uid)), Paths(anew));
            Assert.Empty(again);
        }
    }

    [Fact]
    public async Task The_plain_name_stays_with_the_one_that_had_it()
    {
        List<KeptName> written = [];
        (Database live, _) = _shelf.AnotherCatalog();
        await live.WriteAsync(connection =>
        {
            foreach (int number in (int[])[1, 2]) Insert(connection, number, new("a.jpg", "2024-07-14", true));
        }, Cancelled);
        await new TimelineIndex(live, TimeProvider.System, written.AddRange).CatchUpAsync(Cancelled);
        Assert.Equal(Uid(2), Assert.Single(written).Asset);

        (Database anew, _) = _shelf.AnotherCatalog();
        TimelineIndex rebuilt = new(anew, TimeProvider.System);
        await rebuilt.TakeBackAsync(written, Cancelled);
        await anew.WriteAsync(connection =>
        {
            foreach (int number in (int[])[2, 1]) Insert(connection, number, new("a.jpg", "2024-07-14", true));
        }, Cancelled);
        await rebuilt.CatchUpAsync(Cancelled);

        Assert.Equal(Paths(live), Paths(anew));
    }

    [Fact]
    public async Task Names_given_before_they_were_written_down_are_written_down_when_they_are_next_looked_at()
    {
        (Database live, _) = _shelf.AnotherCatalog();
        await live.WriteAsync(connection =>
        {
            foreach (int number in (int[])[1, 2]) Insert(connection, number, new("a.jpg", "2024-07-14", true));
        }, Cancelled);
        await new TimelineIndex(live, TimeProvider.System).CatchUpAsync(Cancelled);
        await live.WriteAsync(connection => connection.Execute("DELETE FROM kept_name; UPDATE cursor SET position = 0 WHERE name = 'timeline'"), Cancelled);
        List<KeptName> written = [];

        await new TimelineIndex(live, TimeProvider.System, written.AddRange).CatchUpAsync(Cancelled);

        Assert.Equal(Uid(2), Assert.Single(written).Asset);
    }

    sealed record Photo(string Name, string Taken, bool Exists);

    /// <summary>A photo comes, changes its day or its name, or its file goes, and comes back.</summary>
    static Task ChangeAsync(Database catalog, Dictionary<int, Photo> photos, Random random) => catalog.WriteAsync(connection =>
    {
        int number = random.Next(Photos);
        Photo changed = new(NameOf(random), Days[random.Next(Days.Length)], true);
        if (!photos.TryGetValue(number, out Photo? photo))
        {
            Insert(connection, number, photos[number] = changed);
            return;
        }
        photos[number] = photo = random.Next(7) switch
        {
            0 => photo with { Name = changed.Name },
            1 => photo with { Exists = false },
            2 => photo with { Exists = true },
            _ => photo with { Taken = changed.Taken },
        };
        connection.Execute("UPDATE asset SET name = @Name, taken = nullif(@Taken, ''), revision = @revision WHERE uid = @uid",
            new { photo.Name, photo.Taken, uid = Uid(number), revision = TimelineIndexTests.NextRevision(connection) });
    }, Cancelled);

    /// <summary>Few, so that they collide, some of them with the names that others get by a suffix.</summary>
    static string NameOf(Random random) => random.Next(6) switch
    {
        0 => "a.heic",
        1 => "a.heic.jpg",
        2 => $"a~{Uid(random.Next(Photos))[..4]}.jpg",
        3 => $"a~{Uid(random.Next(Photos))[..5]}.jpg",
        4 => "A.JPG",
        _ => "a.jpg",
    };

    static void Insert(System.Data.Common.DbConnection connection, int number, Photo photo) => connection.Execute("""
        INSERT INTO content (sha256, size_in_bytes, kind, mime) VALUES (@hash, 1, 'image', 'image/jpeg');
        INSERT INTO asset (uid, content_id, name, taken, facts, revision) VALUES (@uid, last_insert_rowid(), @Name, nullif(@Taken, ''), '{}', @revision);
        """, new { hash = SHA256.HashData(BitConverter.GetBytes(number)), uid = Uid(number), photo.Name, photo.Taken, revision = TimelineIndexTests.NextRevision(connection) });

    static string Uid(int number) => Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(number)))[..32];

    static List<(string Uid, string Path)> Paths(Database catalog)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.Query<(string, string)>("SELECT a.uid, e.folder || '/' || e.entry_name FROM timeline_entry e JOIN asset a ON a.id = e.asset_id ORDER BY a.uid").AsList();
    }
}
