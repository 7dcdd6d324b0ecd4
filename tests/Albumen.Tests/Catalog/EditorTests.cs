using System.Diagnostics;
using Albumen.Catalog;
using Dapper;

namespace Albumen.Tests.Catalog;

public sealed class EditorTests : IDisposable
{
    readonly EditDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task What_a_person_says_counts()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");

        Edited edited = await _desk.EditAsync(["a.jpg", "b.jpg"], "rating=4", "tags+=Holidays", "title=Am See");

        Assert.Equal((1, 2, 6), (edited.Operation!.Number, edited.Selected, edited.Changes.Count));
        Assert.Equal(("4", """["Holidays"]""", "\"Am See\""), (_desk.Counts("a.jpg", Field.Rating), _desk.Counts("b.jpg", Field.Tags), _desk.Counts("b.jpg", Field.Title)));
    }

    [Fact]
    public async Task What_says_so_already_is_left_alone()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        await _desk.EditAsync(["a.jpg"], "rating=4");

        Edited again = await _desk.EditAsync(["a.jpg", "b.jpg"], "rating=4"), nothing = await _desk.EditAsync(["a.jpg", "b.jpg"], "rating=4", "caption=");

        Assert.Equal((2, EditDesk.Uid("b.jpg")), (again.Selected, Assert.Single(again.Changes).Asset));
        Assert.Equal((2, null), (nothing.Selected, nothing.Operation));
    }

    [Fact]
    public async Task Edits_of_one_field_follow_one_another()
    {
        await _desk.WithAsync("a.jpg");

        Edited edited = await _desk.EditAsync(["a.jpg"], "tags=A, B", "tags-=A", "tags+=C/D");

        Assert.Equal((null, """["B","C/D"]"""), (Assert.Single(edited.Changes).Before, edited.Changes[0].After));
        Assert.Equal("""["B","C/D"]""", _desk.Counts("a.jpg", Field.Tags));
    }

    [Fact]
    public async Task What_a_statement_hid_counts_again_when_it_is_taken_away()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.Catalog.WriteAsync(connection => AssetIndex.SetLayer(connection, EditDesk.Uid("a.jpg"), Layers.Embedded, new() { Title = "From the camera", Tags = ["A"] }), TestContext.Current.CancellationToken);
        await _desk.EditAsync(["a.jpg"], "title=Mine", "tags=");

        Edited reset = await _desk.EditAsync(["a.jpg"], "title!", "tags!", "tags+=B");

        Assert.Equal(["\"Mine\" -> \"From the camera\"", """ -> ["A","B"]"""], reset.Changes.Select(c => $"{c.Before} -> {c.After}"));
        Assert.Equal(("\"From the camera\"", """["A","B"]"""), (_desk.Counts("a.jpg", Field.Title), _desk.Counts("a.jpg", Field.Tags)));
    }

    [Fact]
    public async Task What_makes_no_sense_for_one_photo_is_done_to_the_others()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        await _desk.EditAsync(["b.jpg"], "taken=2024-07-14T15:30:12");

        Edited edited = await _desk.Editor.ApplyAsync(EditDesk.Anna, "date shift +1h",
            connection => connection.Query<(long, string)>("SELECT id, uid FROM asset").AsList(), [Edit.Shift(TimeSpan.FromHours(1))], TestContext.Current.CancellationToken);

        Assert.Equal(new Refused(EditDesk.Uid("a.jpg"), "it has no date"), Assert.Single(edited.Refused));
        Assert.Contains("2024-07-14T16:30:12", _desk.Counts("b.jpg", Field.Taken));
    }

    [Fact]
    public async Task A_rehearsal_changes_nothing()
    {
        await _desk.WithAsync("a.jpg");

        Edited plan = _desk.Rehearse(["a.jpg"], "rating=4");

        Assert.Equal((null, "4"), (plan.Operation, Assert.Single(plan.Changes).After));
        Assert.Equal(("", null, 0L), (_desk.Statements(), _desk.Counts("a.jpg", Field.Rating), new FileInfo(_desk.JournalFile).Length));
    }

    [Fact]
    public async Task Ten_thousand_photos_are_edited_in_seconds()
    {
        _desk.Execute("""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            INSERT INTO content (id, sha256, size_in_bytes, kind, mime) SELECT i, CAST(printf('%032d', i) AS BLOB), 1, 'image', 'image/jpeg' FROM n;
            INSERT INTO asset (id, uid, content_id, name, facts, revision) SELECT id, printf('%032x', id), id, id || '.jpg', '{"width":640,"height":480}', id FROM content;
            INSERT INTO layer (asset_id, source, facts) SELECT id, 'embedded', facts FROM asset;
            INSERT INTO asset_text (rowid, name, folder) SELECT id, name, '' FROM asset;
            """);
        Stopwatch time = Stopwatch.StartNew();

        Edited edited = await EditAllAsync("rating=4");
        TimeSpan done = time.Elapsed;
        await _desk.UndoAsync();
        TimeSpan undone = time.Elapsed - done;
        await EditAllAsync("tags+=Holidays");

        TestContext.Current.TestOutputHelper!.WriteLine($"rating {done.TotalSeconds:0.00} s, undo {undone.TotalSeconds:0.00} s, tags {(time.Elapsed - done - undone).TotalSeconds:0.00} s");
        Assert.Equal(10_000, edited.Changes.Count);
        // 2 s on two busy cores, and nobody waits longer than 5; more only where everything else runs too.
        Assert.InRange(done.TotalSeconds, 0, 15);

        Task<Edited> EditAllAsync(string edit) => _desk.Editor.ApplyAsync(
            EditDesk.Anna, $"set {edit}", connection => connection.Query<(long, string)>("SELECT id, uid FROM asset").AsList(), [Edit.Parse(edit)], TestContext.Current.CancellationToken);
    }
}
