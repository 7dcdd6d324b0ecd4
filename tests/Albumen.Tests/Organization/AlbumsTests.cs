using Albumen.Catalog;
using Albumen.Derivatives;
using Albumen.Organization;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tests.Catalog;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Organization;

public sealed class AlbumsTests : IDisposable
{
    readonly AlbumDesk _desk = new();

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Albums_lie_in_albums_and_hold_photos()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        string trip = await _desk.CreateAsync("Trips/2024: Wien");

        Arrangement added = await _desk.AddAsync(trip, "a.jpg", "b.jpg");

        Assert.Equal((2, 0, 2), (added.Operation!.Assets, added.Plan.Skipped, added.Plan.Changes.Count));
        Assert.Equal(("Trips/", "2024_ Wien/", "a.jpg b.jpg"), (_desk.Names("/Albums"), _desk.Names("/Albums/trips"), _desk.Names("/Albums/Trips/2024_ wien", most: 1)));
        Assert.Equal("2024: Wien", _desk.Organizer.Shelf().Album(trip)!.Title);
    }

    [Fact]
    public async Task A_photo_that_is_in_an_album_is_skipped()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        string album = await _desk.CreateAsync("A");
        await _desk.AddAsync(album, "a.jpg");

        Arrangement again = await _desk.AddAsync(album, "a.jpg", "b.jpg"), nothing = await _desk.AddAsync(album, "a.jpg");

        Assert.Equal((1, 1), (again.Plan.Changes.Count, again.Plan.Skipped));
        Assert.Null(nothing.Operation);
    }

    [Fact]
    public async Task A_name_is_decided_once_and_stays_when_the_first_of_it_goes()
    {
        await _desk.WithAsync("1/IMG.jpg", "2/img.JPG", "3/IMG.jpg", "4/IMG");
        string album = await _desk.CreateAsync("A"), second = $"img~{EditDesk.Uid("2/img.JPG")[..4]}.JPG", third = $"IMG~{EditDesk.Uid("3/IMG.jpg")[..4]}.jpg";
        await _desk.AddAsync(album, "1/IMG.jpg", "2/img.JPG");
        await _desk.AddAsync(album, "3/IMG.jpg");
        await _desk.DoAsync(Albums.Remove(album, ["IMG.JPG"]));

        // In /Small it would be IMG.jpg.
        await _desk.AddAsync(album, "1/IMG.jpg", "4/IMG");

        Assert.Equal(new[] { "IMG.jpg", $"IMG~{EditDesk.Uid("4/IMG")[..4]}", third, second }.OrderBy(EntryName.KeyOf, StringComparer.Ordinal), _desk.Names("/Albums/A")!.Split(' '));
    }

    [Fact]
    public async Task What_is_taken_back_is_as_it_was()
    {
        await _desk.WithAsync([.. Enumerable.Range(0, 12).Select(i => $"{i % 3}/IMG_{i % 4}.jpg").Distinct()]);
        string[] photos = [.. Enumerable.Range(0, 12).Select(i => $"{i % 3}/IMG_{i % 4}.jpg")];
        List<string> albums = [await _desk.CreateAsync("A"), await _desk.CreateAsync("A/B"), await _desk.CreateAsync("C")];
        Random random = new(5);
        for (int i = 0; i < 150; i++)
        {
            string before = _desk.Edits.Statements();
            Arrangement? done = await TryAsync(Some(random, albums, photos));
            if (done?.Operation is null) continue;
            string after = _desk.Edits.Statements();

            (Operation undo, int left) = await _desk.UndoAsync(done.Operation.Number);
            Assert.Equal((before, 0), (_desk.Edits.Statements(), left));
            await _desk.UndoAsync(undo.Number);
            Assert.Equal(after, _desk.Edits.Statements());
        }
        string lived = _desk.Edits.Statements();
        await _desk.RebuildAsync();
        Assert.Equal(lived, _desk.Edits.Statements());
    }

    [Fact]
    public async Task However_things_are_taken_back_a_photo_is_in_an_album_once_and_an_album_with_something_in_it_stays()
    {
        string[] photos = [.. Enumerable.Range(0, 9).Select(i => $"{i % 3}/IMG_{i / 3}.jpg")];
        await _desk.WithAsync(photos);
        List<string> albums = [await _desk.CreateAsync("A"), await _desk.CreateAsync("A/B"), await _desk.CreateAsync("C")];
        Random random = new(7);
        long last = 3;
        for (int i = 0; i < 300; i++)
        {
            if (random.Next(3) > 0) last = (await TryAsync(Some(random, albums, photos)))?.Operation?.Number ?? last;
            else
                try
                {
                    last = (await _desk.UndoAsync(random.NextInt64(1, last + 1))).Operation.Number;
                }
                catch (UndoException)
                {
                    // All of it was changed since.
                }
            AssertWhole();
        }

        void AssertWhole()
        {
            using Database.Reader reader = _desk.Catalog.Read();
            Assert.Empty(reader.Connection.Query<string>("SELECT asset FROM statement WHERE kind = 6 GROUP BY asset, json_extract(value, '$.asset') HAVING count(*) > 1"));
            Assert.Empty(reader.Connection.Query<string>("SELECT asset FROM statement e WHERE kind = 6 AND NOT EXISTS (SELECT 1 FROM statement a WHERE a.asset = e.asset AND a.kind = 5 AND a.field = 'name')"));
        }
    }

    [Fact]
    public async Task An_album_stays_around_one_that_stays()
    {
        await _desk.WithAsync("a.jpg");
        // Which of the two is looked at first is chance.
        for (int i = 0; i < 10; i++)
        {
            Operation made = (await _desk.DoAsync(_desk.Albums.CreateAll([$"A{i}", "B"]))).Operation!;
            await _desk.DoAsync(_desk.Albums.Put(made.Changes[^1].Asset, EditDesk.Uid("a.jpg"), "a.jpg", false));

            Assert.Throws<UndoException>(() => _desk.Edits.Journal.PlanUndo(made.Number));
        }
    }

    [Fact]
    public async Task An_album_is_not_moved_back_into_one_that_is_gone()
    {
        await _desk.WithAsync();
        await _desk.CreateAsync("A");
        string moved = await _desk.CreateAsync("A/B");
        long move = (await _desk.DoAsync(_desk.Albums.Move(moved, null))).Operation!.Number;
        await _desk.UndoAsync(1);

        Assert.Throws<UndoException>(() => _desk.Edits.Journal.PlanUndo(move));

        Assert.Equal("B/", _desk.Names("/Albums"));
    }

    [Fact]
    public async Task A_deleted_album_is_restored_with_all_that_lay_in_it()
    {
        await _desk.WithAsync("a.jpg");
        string top = await _desk.CreateAsync("A"), below = await _desk.CreateAsync("A/B");
        await _desk.AddAsync(below, "a.jpg");
        await _desk.DoAsync(_desk.Albums.Trash(top));
        Assert.Equal(("", null), (_desk.Names("/Albums"), _desk.Names("/Albums/A/B")));
        await _desk.CreateAsync("A");

        await _desk.DoAsync(Albums.Restore(top));

        Assert.Equal($"A/ A~{top[16..20]}/", _desk.Names("/Albums"));
        Assert.Equal("a.jpg", _desk.Names($"/Albums/A~{top[16..20]}/B"));
    }

    [Theory]
    [InlineData("B", "There is an album B already.")]
    [InlineData("b ", "There is an album B already.")]
    [InlineData("", "A title has 1 to 1000 characters and is one line.")]
    public async Task A_name_that_is_taken_is_refused(string title, string why)
    {
        await _desk.WithAsync();
        string album = await _desk.CreateAsync("A");
        await _desk.CreateAsync("B");

        Assert.Equal(why, (await Assert.ThrowsAsync<ArrangeException>(() => _desk.DoAsync(Albums.Rename(album, title)))).Message);
    }

    [Fact]
    public async Task An_album_cannot_be_put_into_itself_and_no_album_is_called_as_a_photo_beside_it()
    {
        await _desk.WithAsync("a.jpg");
        string above = await _desk.CreateAsync("A"), below = await _desk.CreateAsync("A/B");
        await _desk.AddAsync(above, "a.jpg");

        Assert.Contains("into itself", (await Assert.ThrowsAsync<ArrangeException>(() => _desk.DoAsync(_desk.Albums.Move(above, below)))).Message);
        Assert.Equal(ArrangeFault.Taken, (await Assert.ThrowsAsync<ArrangeException>(() => _desk.CreateAsync("A/A.jpg"))).Fault);
        Assert.Equal(ArrangeFault.Taken, (await Assert.ThrowsAsync<ArrangeException>(() => _desk.DoAsync(Albums.RenameEntry(above, "a.jpg", "b")))).Fault);
    }

    [Fact]
    public async Task A_photo_is_put_under_the_name_that_is_wanted()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        string album = await _desk.CreateAsync("A"), a = EditDesk.Uid("a.jpg"), b = EditDesk.Uid("b.jpg");

        await _desk.DoAsync(_desk.Albums.Put(album, a, "one.jpg", replaces: false));
        await _desk.DoAsync(_desk.Albums.Put(album, b, "ONE.jpg", replaces: false));
        string? both = _desk.Names("/Albums/A");
        await _desk.DoAsync(_desk.Albums.Put(album, b, "one.jpg", replaces: true));

        Assert.Equal(($"one.jpg ONE~{b[..4]}.jpg", "one.jpg"), (both, _desk.Names("/Albums/A")));
        Assert.Equal(b, _desk.Tree.Find("/Albums/A/one.jpg", Viewer.Admin)!.Asset!.Uid);
        await _desk.UndoAsync();
        Assert.Equal(both, _desk.Names("/Albums/A"));
    }

    [Fact]
    public async Task Copies_that_were_edited_apart_come_together_with_a_name_for_each()
    {
        await _desk.WithAsync();
        string one = await _desk.CreateAsync("A"), id = Guid.CreateVersion7().ToString("N");
        await _desk.Edits.Journal.AdoptAsync([Foreign(id, ("title", "\"a\""), ("name", "\"a\""), ("parent", $"\"{one}\""))], Now);
        string two = id, three = Guid.CreateVersion7().ToString("N");
        await _desk.Edits.Journal.AdoptAsync([Foreign(three, ("name", "\"A\"")), Foreign(one, ("parent", $"\"{two}\""))], Now);

        // Each lies in the other: the older one comes to the top.
        Assert.Equal($"A/ A~{three[16..20]}/", _desk.Names("/Albums"));
        Assert.Equal("a/", _desk.Names("/Albums/A"));

        // What lies in an album that is nowhere lies at the top.
        await _desk.Edits.Journal.AdoptAsync([Foreign(Guid.CreateVersion7().ToString("N"), ("name", "\"B\""), ("parent", $"\"{Guid.CreateVersion7():N}\""))], Now);
        Assert.Equal($"A/ A~{three[16..20]}/ B/", _desk.Names("/Albums"));

        static Operation Foreign(string album, params (string Field, string Value)[] said) => ForeignOperation.Read(new Operation(
            1, Guid.CreateVersion7().ToString("N"), DateTimeOffset.UtcNow.AddSeconds(1), "bert", "cli", "x", null, [.. said.Select(s => new StatementChange(album, s.Field, StatementKind.Album, null, s.Value))]).ToLine());
    }

    [Theory]
    [InlineData("album", "name", "\"a/b\"")]
    [InlineData("album", "parent", "\"nothing\"")]
    [InlineData("album", "order", "\"size\"")]
    [InlineData("album", "rating", "4")]
    [InlineData("entry", "a.jpg", """{"name":"b.jpg","asset":"00000000000000000000000000000000","added":"2024-07-14T13:30:12.250Z"}""")]
    [InlineData("entry", "a.jpg", """{"name":"a.jpg","asset":"../../etc/passwd","added":"2024-07-14T13:30:12.250Z"}""")]
    [InlineData("entry", "a.jpg", "\"a.jpg\"")]
    [InlineData("smart", "query", "7")]
    [InlineData("smart", "parent", "\"00000000000000000000000000000000\"")]
    public void What_could_not_have_been_said_here_is_not_taken_over(string of, string field, string value)
    {
        string line = $$"""{"number":1,"id":"0190b1c2d3e47f00a1b2c3d4e5f60718","at":"2024-07-14T13:30:12.250Z","who":"a","door":"cli","what":"x","changes":[{"of":"{{of}}","field":"{{field}}","after":{{value}},"assets":["0190b1c2d3e47f00a1b2c3d4e5f60719"]}]}""";

        Assert.Throws<FormatException>(() => ForeignOperation.Read(System.Text.Encoding.UTF8.GetBytes(line)));
    }

    [Fact]
    public async Task A_smart_album_is_frozen_into_an_album()
    {
        await _desk.WithAsync("a.jpg", "b.jpg", "c.jpg");
        await _desk.Edits.EditAsync(["a.jpg", "c.jpg"], "rating=5");
        string smart = (await _desk.DoAsync(_desk.Smart.Create("Best", "rating:5"))).Plan.Subject;

        Arrangement frozen = await _desk.DoAsync(_desk.Albums.Freeze(smart, "{name} of {year}", BlurLine.Usual));
        await _desk.Edits.EditAsync(["b.jpg"], "rating=5");
        await _desk.FollowAsync();

        Assert.Equal(("a.jpg c.jpg", 2), (_desk.Names($"/Albums/Best of {DateTime.Now.Year}"), frozen.Operation!.Assets));
        Assert.Equal("Undated_a.jpg Undated_b.jpg Undated_c.jpg", _desk.Names("/Smart/best"));
        await _desk.UndoAsync(frozen.Operation.Number);
        Assert.Equal("", _desk.Names("/Albums"));
    }

    [Fact]
    public async Task A_query_that_cannot_be_understood_is_no_smart_album()
    {
        await _desk.WithAsync();

        Assert.Throws<QueryException>(() => _desk.Smart.Create("x", "ratin:5"));
    }

    [Fact]
    public async Task A_tag_exists_before_a_photo_has_it_and_goes_with_all_below_it()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.DoAsync(TagFolders.Create("Animals/Dog"));
        await _desk.Edits.EditAsync(["a.jpg"], "tags+=Animals/Cat");
        await _desk.FollowAsync();
        Assert.Equal(("Animals/", "Cat/ Dog/", ""), (_desk.Names("/Tags"), _desk.Names("/Tags/animals"), _desk.Names("/Tags/Animals/Dog")));

        await _desk.DoAsync(TagFolders.Rename("Animals", "Pets"));
        await _desk.FollowAsync();
        string? renamed = _desk.Names("/Tags/Pets");
        Arrangement deleted = await _desk.DoAsync(TagFolders.Delete("Pets"));
        await _desk.FollowAsync();

        Assert.Equal(("Cat/ Dog/", "", 1), (renamed, _desk.Names("/Tags"), deleted.Operation!.Assets));
        await _desk.UndoAsync();
        await _desk.FollowAsync();
        Assert.Equal("Cat/ Dog/", _desk.Names("/Tags/Pets"));
    }

    [Fact]
    public async Task Sidecars_are_not_written_for_albums()
    {
        await _desk.WithAsync("a.jpg");
        string album = await _desk.CreateAsync("A");
        await _desk.AddAsync(album, "a.jpg");
        await _desk.DoAsync(TagFolders.Create("x"));

        using Database.Reader reader = _desk.Catalog.Read();
        Assert.Equal(0, reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM job"));
        Assert.Empty(_desk.Edits.Journal.RehearseAdoption([.. _desk.Edits.Journal.List(long.MaxValue, 10).Select(o => new Operation(1, o.Id, DateTimeOffset.UnixEpoch, "", "", "", null, _desk.Edits.Journal.Changes(o.Number, 10)))]).Elsewhere);
    }

    [Fact]
    public async Task Ten_thousand_photos_are_added_and_taken_back_as_one_operation()
    {
        await _desk.WithAsync();
        _desk.Edits.Execute("""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO content (id, sha256, size_in_bytes, kind, mime) SELECT i, randomblob(32), 1, 'image', 'image/jpeg' FROM n;
            INSERT INTO asset (id, uid, content_id, name, facts, revision) SELECT id, lower(hex(randomblob(16))), id, 'IMG_' || (id % 4000) || '.JPG', '{}', id FROM content;
            UPDATE content SET asset_id = id;
            """);
        string album = await _desk.CreateAsync("A");

        Arrangement added = await _desk.DoAsync(_desk.Albums.Add(album, connection => connection.Query<(long, string)>("SELECT id, uid FROM asset WHERE id <= 10000").AsList()));

        Assert.Equal(10_000, added.Operation!.Assets);
        Assert.Equal(10_000, Entries());
        await _desk.UndoAsync();
        Assert.Equal(0, Entries());

        long Entries()
        {
            using Database.Reader reader = _desk.Edits.Catalog.Read();
            return reader.Connection.ExecuteScalar<long>("SELECT count(DISTINCT field) FROM statement WHERE kind = 6 AND asset = @album", new { album });
        }
    }

    async Task<Arrangement?> TryAsync(Deed deed)
    {
        try
        {
            return await _desk.DoAsync(deed);
        }
        catch (ArrangeException)
        {
            return null;
        }
    }

    /// <summary>Something that somebody may do.</summary>
    Deed Some(Random random, List<string> albums, string[] photos)
    {
        string album = albums[random.Next(albums.Count)], photo = photos[random.Next(photos.Length)];
        return random.Next(12) switch
        {
            0 => _desk.Albums.Create($"Album {random.Next(4)}", random.Next(2) == 0 ? album : null),
            1 => Albums.Rename(album, $"Album {random.Next(6)}"),
            2 => _desk.Albums.Move(album, random.Next(2) == 0 ? null : albums[random.Next(albums.Count)]),
            3 => Albums.Describe(album, $"{random.Next(3)}", EditDesk.Uid(photo), Arranged.Orders[random.Next(3)]),
            4 => _desk.Albums.Trash(album),
            5 => Albums.Restore(album),
            6 => Albums.RenameEntry(album, $"IMG_{random.Next(4)}.jpg", $"IMG_{random.Next(4)}.jpg"),
            7 => Albums.Remove(album, [$"IMG_{random.Next(4)}.jpg"], AlbumDesk.Select(photo)),
            8 => _desk.Albums.Put(album, EditDesk.Uid(photo), $"IMG_{random.Next(4)}.jpg", random.Next(2) == 0),
            _ => _desk.Albums.Add(album, AlbumDesk.Select(photo, photos[random.Next(photos.Length)])),
        };
    }
}
