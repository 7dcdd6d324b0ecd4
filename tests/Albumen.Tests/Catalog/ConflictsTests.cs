using Albumen.Catalog;

namespace Albumen.Tests.Catalog;

public sealed class ConflictsTests : IDisposable
{
    readonly EditDesk _desk = new();
    readonly Conflicts _conflicts;

    public ConflictsTests() => _conflicts = new(_desk.Catalog, _desk.Journal);

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task A_conflict_is_listed_with_all_three_sides()
    {
        await DisagreeAsync("a.jpg");

        OpenConflict open = Assert.Single(_conflicts.List(null, 10));

        Assert.Equal(("\"base\"", "\"ours\"", "\"theirs\"", "photos/a.jpg.xmp"), (open.Conflict.Base!.Value.GetRawText(), open.Ours, open.Conflict.Theirs!.Value.GetRawText(), open.Conflict.File));
        Assert.Empty(_conflicts.List((open.Asset, open.Field.Name), 10));
    }

    [Theory]
    [InlineData("ours", "\"ours\"")]
    [InlineData("theirs", "\"theirs\"")]
    [InlineData("neither", "\"neither\"")]
    public async Task A_decision_counts_and_can_be_taken_back(string side, string counts)
    {
        await DisagreeAsync("a.jpg");
        Decision decision = side switch { "ours" => new Decision.Ours(), "theirs" => new Decision.Theirs(), _ => new Decision.Other(Edit.Parse("title=neither")) };

        (Operation? operation, _) = await _conflicts.ResolveAsync(EditDesk.Anna, "conflicts resolve", (EditDesk.Uid("a.jpg"), Field.Title), decision, Now);

        Assert.Equal((counts, 0), (_desk.Counts("a.jpg", Field.Title), _conflicts.Count()));
        await _desk.UndoAsync(operation!.Number);
        Assert.Equal(("\"ours\"", 1), (_desk.Counts("a.jpg", Field.Title), _conflicts.Count()));
    }

    [Fact]
    public async Task All_are_decided_at_once()
    {
        await DisagreeAsync("a.jpg", "b.jpg");

        (Operation? operation, IReadOnlyList<OpenConflict> decided) = await _conflicts.ResolveAsync(EditDesk.Anna, "conflicts resolve --all", null, new Decision.Theirs(), Now);

        Assert.Equal((2, 2, 0), (decided.Count, operation!.Assets, _conflicts.Count()));
        Assert.Null((await _conflicts.ResolveAsync(EditDesk.Anna, "again", null, new Decision.Theirs(), Now)).Operation);
    }

    async Task DisagreeAsync(params string[] photos)
    {
        await _desk.WithAsync(photos);
        _desk.Execute("INSERT INTO layer (asset_id, source, facts) SELECT id, 'sidecar', '{\"title\":\"theirs\"}' FROM asset");
        await _desk.EditAsync(photos, "title=ours");
        string conflict = Conflict.Of("\"base\"", "\"theirs\"", "photos/a.jpg.xmp", DateTimeOffset.UnixEpoch).ToJson();
        await _desk.Journal.CommitAsync(Author.Sidecar, "a.jpg.xmp was changed",
            _ => [.. photos.Select(photo => new StatementChange(EditDesk.Uid(photo), "title", StatementKind.Conflict, null, conflict))], Now);
    }
}
