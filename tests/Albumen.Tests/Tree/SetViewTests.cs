using Albumen.Organization;
using Albumen.Tests.Catalog;
using Albumen.Tests.Organization;
using Albumen.Tree;

namespace Albumen.Tests.Tree;

/// <summary>The folders that follow from what is known of photos: Tags, People, Places, Ratings and Smart.</summary>
public sealed class SetViewTests : IDisposable
{
    readonly AlbumDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Photos_of_any_days_are_called_by_their_day()
    {
        await _desk.WithAsync("2024-07-14/a.jpg", "b.jpg", "c.jpg");
        await SayAsync("2024-07-14/a.jpg", "rating=5", "taken=2024-07-14T10:00");
        await SayAsync("b.jpg", "rating=5", "taken=1978");
        await SayAsync("c.jpg", "rating=5");

        Assert.Equal("1978_b.jpg 2024-07-14_a.jpg Undated_c.jpg", _desk.Names("/Ratings/5", most: 2));
        Assert.Equal("/Ratings/5/Undated_c.jpg", _desk.Tree.Find("/ratings/5/UNDATED_C.JPG", Viewer.Admin)?.Path);
        Assert.Null(_desk.Tree.Find("/Ratings/4/Undated_c.jpg", Viewer.Admin));
        Assert.Null(_desk.Tree.Find("/Ratings/5/c.jpg", Viewer.Admin));
    }

    [Fact]
    public async Task A_tag_shows_what_has_exactly_that_tag_and_those_below_it_as_folders()
    {
        await _desk.WithAsync("a.jpg", "b.jpg", "c.jpg", "d.jpg");
        await SayAsync("a.jpg", "tags=Animals");
        await SayAsync("b.jpg", "tags=Animals/Dog,Animals b,x:y");
        await SayAsync("c.jpg", "tags=animals/Dog/Small");
        await SayAsync("d.jpg", "tags=Animals/Cat");

        Assert.Equal("Animals/ Animals b/ x_y/", _desk.Names("/Tags", most: 1));
        Assert.Equal("Cat/ Dog/ Undated_a.jpg", _desk.Names("/Tags/animals", most: 1));
        Assert.Equal("Small/ Undated_b.jpg", _desk.Names("/Tags/Animals/Dog"));
        Assert.Equal("Undated_b.jpg", _desk.Names("/Tags/x_y"));
        Assert.Null(_desk.Names("/Tags/Anim"));
        Assert.Null(_desk.Names("/Tags/Dog"));
    }

    [Fact]
    public async Task People_and_places_are_there_when_there_are_some()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        Assert.Equal("Albums/ Folders/ Small/ Smart/ Tags/ Timeline/ Trash/", _desk.Names("/"));
        await SayAsync("a.jpg", "people=Anna,Bert", "place=Austria/Tyrol/Innsbruck");
        await SayAsync("b.jpg", "people=Anna", "place=Austria//Wien");

        Assert.Equal("Albums/ Folders/ People/ Places/ Small/ Smart/ Tags/ Timeline/ Trash/", _desk.Names("/"));
        Assert.Equal(("Anna/ Bert/", "Undated_a.jpg Undated_b.jpg"), (_desk.Names("/People"), _desk.Names("/People/anna")));
        Assert.Equal(("Tyrol/ Wien/", "Undated_a.jpg"), (_desk.Names("/Places/Austria"), _desk.Names("/Places/Austria/Tyrol/Innsbruck")));
        Assert.Equal("Albums/ Folders/ People/ Places/ Smart/ Tags/ Timeline/ Trash/", _desk.Names("/Small"));
    }

    [Fact]
    public async Task What_lies_nowhere_is_not_shown()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        await SayAsync("a.jpg", "tags=x,y");
        await SayAsync("b.jpg", "tags=x");
        string album = await _desk.CreateAsync("A");
        await _desk.AddAsync(album, "a.jpg", "b.jpg");
        await _desk.DoAsync(_desk.Smart.Create("S", "tag:x"));

        _desk.Edits.Shelf.Delete("a.jpg");
        await _desk.Edits.Shelf.IndexAsync();

        Assert.Equal(("b.jpg", "Undated_b.jpg", "Undated_b.jpg", "x/"), (_desk.Names("/Albums/A", most: 1), _desk.Names("/Tags/x"), _desk.Names("/Smart/S", most: 1), _desk.Names("/Tags")));
    }

    [Fact]
    public async Task A_smart_album_follows_what_is_known_at_once()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        string smart = (await _desk.DoAsync(_desk.Smart.Create("Best: ever", "rating:>=4 -tag:no"))).Plan.Subject;
        string? before = _desk.Names("/Smart/Best_ ever");
        await SayAsync("a.jpg", "rating=5");
        await SayAsync("b.jpg", "rating=5", "tags=no");
        string? after = _desk.Names("/Smart/best_ ever");
        await _desk.DoAsync(SmartAlbums.Change(smart, query: "tag:no"));

        Assert.Equal(("", "Undated_a.jpg", "Undated_b.jpg"), (before, after, _desk.Names("/Smart/Best_ ever")));
        await _desk.DoAsync(SmartAlbums.Delete(smart));
        Assert.Equal("", _desk.Names("/Smart"));
    }

    [Fact]
    public async Task A_folder_of_many_is_split_by_year_then_month_then_day()
    {
        await _desk.WithAsync();
        Many("2019-07-14", 2100);
        Many("2019-07-15", 5);
        Many("2019-07", 2);
        Many("2019-08-01", 1);
        Many("2019", 1);
        Many("2020-01-01", 3);
        Many(null, 1);
        await _desk.FollowAsync();
        await _desk.DoAsync(_desk.Smart.Create("All", "rating:5"));

        foreach (string top in (string[])["/Ratings/5", "/Tags/t", "/Smart/All"])
        {
            Assert.Equal(top == "/Tags/t" ? "2020/ 2019/ 2020 (photos)/ Undated/" : "2019/ 2020/ Undated/", _desk.Names(top));
            Assert.Equal("2019-07/ 2019-08/ 2019_2019_0.jpg", _desk.Names($"{top}/2019", most: 1));
            Assert.Equal("2019-07-14/ 2019-07-14_2/ 2019-07-15/ 2019-07_2019-07_0.jpg 2019-07_2019-07_1.jpg", _desk.Names($"{top}/2019/2019-07"));
            Assert.Equal(2000, _desk.Names($"{top}/2019/2019-07/2019-07-14", most: 700)!.Split(' ').Length);
            Assert.Equal(100, _desk.Names($"{top}/2019/2019-07/2019-07-14_2")!.Split(' ').Length);
            Assert.All(_desk.Names($"{top}/2019/2019-07/2019-07-14_2")!.Split(' '), name => Assert.StartsWith("2019-07-14~2_", name, StringComparison.Ordinal));
            Assert.Equal("Undated_none_0.jpg", _desk.Names($"{top}/undated"));
        }
        Assert.Equal("2020-01-01_2020-01-01_0.jpg 2020-01-01_2020-01-01_1.jpg 2020-01-01_2020-01-01_2.jpg", _desk.Names("/Tags/t/2020 (photos)"));
    }

    [Fact]
    public async Task Facts_noted_follow_photos_that_exchange_their_places()
    {
        await _desk.WithAsync("1/a.jpg", "2/a.jpg");
        await SayAsync("1/a.jpg", "taken=2024-07-14", "tags=x");
        await SayAsync("2/a.jpg", "taken=2024-07-15", "tags=x");
        await _desk.Edits.EditAsync(["1/a.jpg"], "taken=2024-07-15");
        await _desk.Edits.EditAsync(["2/a.jpg"], "taken=2024-07-14", "tags=x,y");
        await _desk.FollowAsync();

        Assert.Equal(2, _desk.Names("/Tags/x")!.Split(' ').Length);
        Assert.Equal("2024-07-14_a", _desk.Names("/Tags/y")![..12]);
    }

    async Task SayAsync(string photo, params string[] edits)
    {
        await _desk.Edits.EditAsync([photo], edits);
        await _desk.FollowAsync();
    }

    /// <summary>Photos of a day that have five stars and a tag; one of those of 2020 has another below it.</summary>
    void Many(string? taken, int count) => _desk.Edits.Execute("""
        INSERT INTO volume (id, name) VALUES (99, 'many') ON CONFLICT DO NOTHING;
        INSERT INTO folder (id, volume_id, path, entry_name, entry_key, modified_ns) VALUES (999, 99, x'', 'many', 'many', 0) ON CONFLICT DO NOTHING;
        CREATE TEMP TABLE IF NOT EXISTS made (id INTEGER PRIMARY KEY, name TEXT);
        DELETE FROM made;
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @count)
        INSERT INTO made (id, name) SELECT (SELECT coalesce(max(id), 0) FROM content) + 1 + i, coalesce(@taken, 'none') || '_' || i || '.jpg' FROM n;
        INSERT INTO content (id, sha256, size_in_bytes, kind, mime) SELECT id, randomblob(32), 1, 'image', 'image/jpeg' FROM made;
        INSERT INTO asset (id, uid, content_id, name, taken, facts, revision)
          SELECT id, lower(hex(randomblob(16))), id, name, @taken, CASE WHEN name = '2020-01-01_0.jpg' THEN '{"rating":5,"tags":["t","t/2020"]}' ELSE '{"rating":5,"tags":["t"]}' END, id FROM made;
        UPDATE content SET asset_id = id WHERE id IN (SELECT id FROM made);
        INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key, content_id) SELECT 999, CAST(name AS BLOB), 1, 0, 0, id, name, name, id FROM made;
        """, new { taken, count });
}
