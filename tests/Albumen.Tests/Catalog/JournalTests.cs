using System.Text;
using Albumen.Catalog;

namespace Albumen.Tests.Catalog;

public sealed class JournalTests : IDisposable
{
    readonly EditDesk _desk = new();

    static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task An_edit_is_taken_back_and_done_again()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.EditAsync(["a.jpg"], "rating=4", "title=See");
        string said = _desk.Statements();

        (Operation undo, int left) = await _desk.UndoAsync();
        string? between = _desk.Counts("a.jpg", Field.Rating);
        (Operation redo, _) = await _desk.UndoAsync(undo.Number);

        Assert.Equal((2L, 3L, 0), (undo.Number, redo.Number, left));
        Assert.Equal((null, "4", said), (between, _desk.Counts("a.jpg", Field.Rating), _desk.Statements()));
        Assert.Equal("undo 1: set rating=4 title=See", undo.What);
    }

    [Fact]
    public async Task The_last_one_that_stands_is_taken_back_first()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.EditAsync(["a.jpg"], "rating=1");
        await _desk.EditAsync(["a.jpg"], "rating=2");

        await _desk.UndoAsync();
        string? one = _desk.Counts("a.jpg", Field.Rating);
        await _desk.UndoAsync();

        Assert.Equal(("1", null), (one, _desk.Counts("a.jpg", Field.Rating)));
        await Assert.ThrowsAsync<UndoException>(() => _desk.UndoAsync());
        Assert.Equal([(4, 1L, null), (3, 2L, null), (2, null, 3L), (1, null, 4L)], _desk.Journal.List(long.MaxValue, 10).Select(o => (o.Number, o.Undoes, o.UndoneBy)));
    }

    [Fact]
    public async Task What_was_changed_since_is_left_when_an_edit_is_taken_back()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        await _desk.EditAsync(["a.jpg", "b.jpg"], "rating=4");
        await _desk.EditAsync(["b.jpg"], "rating=5");

        (Operation undo, int left) = await _desk.UndoAsync(1);

        Assert.Equal((1, 1), (left, undo.Assets));
        Assert.Equal((null, "5"), (_desk.Counts("a.jpg", Field.Rating), _desk.Counts("b.jpg", Field.Rating)));
        Assert.Contains("left nothing", (await Assert.ThrowsAsync<UndoException>(() => _desk.UndoAsync(1))).Message);
    }

    [Fact]
    public async Task What_a_crash_kept_from_the_catalogue_is_caught_up()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.EditAsync(["a.jpg"], "rating=4");
        byte[] line = new Operation(2, "0198", DateTimeOffset.UnixEpoch, "anna", "cli", "set title=See", null, [new(EditDesk.Uid("a.jpg"), "title", StatementKind.Person, null, "\"See\"")]).ToLine();

        await _desk.ReopenAsync(change: file => File.AppendAllText(file, Encoding.UTF8.GetString(line)));

        Assert.Equal(("\"See\"", "4"), (_desk.Counts("a.jpg", Field.Title), _desk.Counts("a.jpg", Field.Rating)));
        Assert.Equal(3, (await _desk.EditAsync(["a.jpg"], "rating=5")).Operation!.Number);
    }

    [Fact]
    public async Task A_torn_last_line_never_was()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.EditAsync(["a.jpg"], "rating=4");
        string before = await File.ReadAllTextAsync(_desk.JournalFile, Now);

        await _desk.ReopenAsync(change: file => File.AppendAllText(file, """{"number":2,"id":"01"""));

        Assert.Equal(("4", before), (_desk.Counts("a.jpg", Field.Rating), await File.ReadAllTextAsync(_desk.JournalFile, Now)));
    }

    [Fact]
    public async Task A_journal_that_was_lost_is_written_again()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.EditAsync(["a.jpg"], "rating=4");
        await _desk.EditAsync(["a.jpg"], "title=Am \"See\"", "tags=A,B");
        await _desk.UndoAsync();
        string before = await File.ReadAllTextAsync(_desk.JournalFile, Now), said = _desk.Statements();

        await _desk.ReopenAsync(change: File.Delete);

        Assert.Equal(before.Split('\n').Length, (await File.ReadAllLinesAsync(_desk.JournalFile, Now)).Length + 1);
        await _desk.ReopenAsync(withoutCatalog: true);
        Assert.Equal(said, _desk.Statements());
    }

    [Fact]
    public async Task A_journal_that_was_put_back_from_an_old_backup_is_kept_beside_the_one_written_anew()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.EditAsync(["a.jpg"], "rating=4");
        string old = (await File.ReadAllTextAsync(_desk.JournalFile, Now)).Replace("4", "5", StringComparison.Ordinal);
        await _desk.EditAsync(["a.jpg"], "rating=3", "tags=A,B");
        string before = await File.ReadAllTextAsync(_desk.JournalFile, Now), said = _desk.Statements();

        for (int i = 0; i < 2; i++) await _desk.ReopenAsync(change: file => File.WriteAllText(file, old));

        Assert.Equal((before, said), (await File.ReadAllTextAsync(_desk.JournalFile, Now), _desk.Statements()));
        string[] kept = [.. Directory.GetFiles(Path.GetDirectoryName(_desk.JournalFile)!, "*.replaced-*").Order(StringComparer.Ordinal)];
        Assert.Equal([$"{_desk.JournalFile}.replaced-1", $"{_desk.JournalFile}.replaced-2"], kept);
        foreach (string file in kept) Assert.Equal(old, await File.ReadAllTextAsync(file, Now));
    }

    [Fact]
    public async Task A_catalogue_that_was_thrown_away_knows_every_statement_again()
    {
        await _desk.WithAsync("a.jpg", "b.jpg");
        await _desk.EditAsync(["a.jpg", "b.jpg"], "rating=4", "caption=");
        await _desk.EditAsync(["b.jpg"], "tags+=Holidays", "taken=~1978");
        await _desk.UndoAsync();
        await _desk.EditAsync(["a.jpg"], "rating!");
        string said = _desk.Statements();
        LoggedOperation[] log = [.. _desk.Journal.List(long.MaxValue, 10)];

        await _desk.ReopenAsync(withoutCatalog: true);

        Assert.Equal(said, _desk.Statements());
        Assert.Equal(log, _desk.Journal.List(long.MaxValue, 10));
    }

    [Fact]
    public async Task A_line_nobody_understands_is_named()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.EditAsync(["a.jpg"], "rating=4");
        long length = new FileInfo(_desk.JournalFile).Length;

        var error = await Assert.ThrowsAsync<JournalException>(() => _desk.ReopenAsync(change: file => File.AppendAllText(file, "{\"number\":2}\n")));

        Assert.Contains($"{_desk.JournalFile}, byte {length}", error.Message);
    }

    [Fact]
    public async Task Sidecars_are_written_some_time_after_the_last_edit()
    {
        await _desk.WithAsync("a.jpg");
        await _desk.EditAsync(["a.jpg"], "rating=4");

        using Albumen.Sql.Database.Reader reader = _desk.Catalog.Read();
        Assert.Equal(EditDesk.Uid("a.jpg"), Dapper.SqlMapper.QuerySingle<string>(reader.Connection, "SELECT subject FROM job WHERE kind = 'sidecar' AND not_before > 0"));
    }
}
