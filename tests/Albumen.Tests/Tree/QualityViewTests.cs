using Albumen.Derivatives;
using Albumen.Identity;
using Albumen.Organization;
using Albumen.Sql;
using Albumen.Tests.Catalog;
using Albumen.Tests.Organization;
using Albumen.Tree;
using Dapper;

namespace Albumen.Tests.Tree;

/// <summary>The folders of Quality: on which side of somebody's line photos are.</summary>
public sealed class QualityViewTests : IDisposable
{
    readonly AlbumDesk _desk = new();
    readonly Database _auth;
    readonly People _people;

    public QualityViewTests()
    {
        _auth = new(Path.Combine(_desk.Edits.Shelf.Root, "auth.db"), "auth");
        _people = new(_auth, TimeProvider.System);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _auth.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task Photos_stand_on_one_side_of_the_line_and_what_was_not_analysed_apart()
    {
        await WithAsync(("a.jpg", 299.99), ("b.jpg", 300), ("c.jpg", null));

        Assert.Equal("Blurred/ Clear/ Unprocessed/", _desk.Names("/quality"));
        Assert.Equal(("Undated_a.jpg", "Undated_b.jpg", "Undated_c.jpg"), (_desk.Names("/Quality/blurred"), _desk.Names("/Quality/Clear"), _desk.Names("/Quality/Unprocessed")));
        Assert.Null(_desk.Tree.Find("/Quality/Blurred/Undated_b.jpg", Viewer.Admin));
        Assert.Null(_desk.Names("/Quality/Sharp"));
        Assert.Contains("Quality/", _desk.Names("/"), StringComparison.Ordinal);
        Assert.Equal(FolderKind.Computed, _desk.Tree.Find("/Quality/Clear", Viewer.Admin)!.Kind);
    }

    [Fact]
    public async Task It_is_not_at_the_top_before_a_picture_was_analysed()
    {
        await WithAsync(("a.jpg", null));

        Assert.DoesNotContain("Quality/", _desk.Names("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_threshold_moves_photos_at_once_for_the_one_who_chose_it_and_nobody_else()
    {
        await WithAsync(("a.jpg", 200), ("b.jpg", 250), ("c.jpg", 400));
        await _desk.DoAsync(_desk.Smart.Create("Soft", "is:blurred"));
        await _people.AddAsync("Anna", isAdmin: false, Stop);
        BlurLines lines = Lines();
        Viewer anna = new("anna");
        Assert.Equal("Undated_a.jpg Undated_b.jpg", Names(lines, "/Quality/Blurred", anna));
        DateTimeOffset before = Tree(lines).Find("/Quality/Blurred", anna)!.Modified;
        long writes = _desk.Catalog.Writes;

        await lines.ChooseAsync("ANNA", 240, Stop);

        Assert.Equal(("Undated_a.jpg", "Undated_b.jpg Undated_c.jpg", "Undated_a.jpg"), (Names(lines, "/Quality/Blurred", anna), Names(lines, "/Quality/Clear", anna), Names(lines, "/Smart/Soft", anna)));
        Assert.Equal("Undated_a.jpg Undated_b.jpg", Names(lines, "/Quality/Blurred", Viewer.Admin));
        Assert.Equal(writes, _desk.Catalog.Writes);
        Assert.True(Tree(lines).Find("/Quality/Blurred", anna)!.Modified > before);
        Assert.Equal(240, Lines().Of("Anna").Threshold);

        await lines.ChooseAsync("Anna", null, Stop);
        Assert.Equal("Undated_a.jpg Undated_b.jpg", Names(lines, "/Quality/Blurred", anna));
        await lines.ChooseAsync("Anna", 240, Stop);
        await _people.RemoveAsync("Anna", Stop);
        Assert.Equal("Undated_a.jpg Undated_b.jpg", Names(lines, "/Quality/Blurred", anna));
    }

    [Fact]
    public async Task A_volume_can_have_a_line_of_its_own()
    {
        await WithAsync(("a.jpg", 200), ("b.jpg", 250));
        BlurLine line = new(300, [(_desk.Edits.Shelf.Volume.Id, 220)]);
        using Database.Reader reader = _desk.Catalog.Read();

        Assert.Equal([EditDesk.Uid("a.jpg")], AssetQuery.Select(reader.Connection, Query.Parse("is:blurred"), 10, line).Select(a => a.Uid));
        Assert.Equal((1, 1, 0), new QualityReader(_desk.Catalog).Count(line, null) is var counts ? (counts.Blurred, counts.Clear, counts.Unprocessed) : default);
        QualityMoves moves = new QualityReader(_desk.Catalog).Preview(line, 100, _desk.Edits.Shelf.Volume);
        Assert.Equal((0, 1), (moves.ToBlurred, moves.ToClear));
    }

    [Fact]
    public async Task A_folder_of_many_is_split_by_year()
    {
        await WithAsync();
        await _desk.Catalog.WriteAsync(connection => connection.Execute("""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4100)
            INSERT INTO content (id, sha256, size_in_bytes, kind, mime) SELECT 10000 + i, cast(printf('%032d', i) AS BLOB), 1, 'image', 'image/jpeg' FROM n;
            INSERT INTO asset (id, uid, content_id, name, taken, facts, revision) SELECT id, printf('%032x', id), id, id || '.jpg', CASE WHEN id % 2 THEN '2019-07-14T10:00:00' ELSE '2020-01-01T10:00:00' END, '{}', id FROM content WHERE id > 10000;
            UPDATE content SET asset_id = id WHERE id > 10000;
            INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key, content_id)
              SELECT 1, cast(id || '.jpg' AS BLOB), 1, 0, 0, id, id || '.jpg', id || '.jpg', id FROM content WHERE id > 10000;
            INSERT INTO analysis (content_id, recipe, sharpness, look, colour) SELECT id, 1, 10, 0, 0 FROM content WHERE id > 10000;
            """), Stop);
        await _desk.FollowAsync();

        Assert.Equal("2019/ 2020/", _desk.Names("/Quality/Blurred"));
        Assert.Equal("2019-07/", _desk.Names("/Quality/Blurred/2019"));
        Assert.Equal("", _desk.Names("/Quality/Clear"));
    }

    BlurLines Lines() => new(new(), _desk.Edits.Shelf.Volumes, new(_auth, _people, TimeProvider.System), TimeProvider.System);

    ArchiveTree Tree(BlurLines lines) => new(_desk.Catalog, _desk.Edits.Shelf.Volumes, new DerivativeStore(_desk.Edits.Shelf.Root)) { Blur = lines };

    string Names(BlurLines lines, string path, Viewer viewer) =>
        string.Join(' ', Tree(lines).List(Tree(lines).Find(path, viewer)!, null, 100, Detail.Files, viewer).Nodes.Select(n => n.Name));

    async Task WithAsync(params (string Name, double? Sharpness)[] photos)
    {
        await _desk.WithAsync([.. photos.Select(p => p.Name)]);
        await _desk.Catalog.WriteAsync(connection =>
        {
            foreach ((string name, double? sharpness) in photos)
                if (sharpness is { } score)
                    Analysis.Record(connection, connection.QuerySingle<long>("SELECT content_id FROM asset WHERE uid = @uid", new { uid = EditDesk.Uid(name) }), new(Analysis.CurrentRecipe, score, 0, 0), now: 1);
        }, Stop);
    }
}
