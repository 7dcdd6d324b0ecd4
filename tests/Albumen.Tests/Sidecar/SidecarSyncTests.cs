using System.Diagnostics;
using Albumen.Catalog;
using Albumen.Sidecar;
using Albumen.Storage;

namespace Albumen.Tests.Sidecar;

/// <summary>Edits and sidecars in step, where the files have ways of their own.</summary>
public sealed class SidecarSyncTests(SidecarBench bench) : IClassFixture<SidecarBench>
{
    static readonly string A = SidecarDesk.Uid("a");

    [Fact]
    public async Task An_edit_over_what_another_program_wrote_brings_that_back_when_it_is_undone()
    {
        using SidecarDesk desk = await WithAsync("a.jpg");
        ForeignProgram.Write(desk["a.jpg.xmp"], Field.Title, "\"Theirs\"");
        await desk.SettleAsync();
        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        await desk.SettleAsync();
        Assert.Equal("Ours", Read(desk, "a.jpg.xmp").Title);

        await desk.UndoAsync();
        await desk.SettleAsync();

        Assert.Equal(("Theirs", "Theirs"), (Read(desk, "a.jpg.xmp").Title, desk.Effective(A).Title));
    }

    [Fact]
    public async Task What_another_program_changed_can_be_undone()
    {
        using SidecarDesk desk = await WithAsync("a.jpg");
        ForeignProgram.Write(desk["a.jpg.xmp"], Field.Title, "\"First\"");
        await desk.SettleAsync();
        ForeignProgram.Write(desk["a.jpg.xmp"], Field.Title, "\"Second\"");
        await desk.SettleAsync();
        Assert.Equal("Second", desk.Effective(A).Title);

        Assert.True(await desk.UndoAsync(1));
        await desk.SettleAsync();

        Assert.Equal(("First", "First"), (Read(desk, "a.jpg.xmp").Title, desk.Effective(A).Title));
    }

    [Fact]
    public async Task An_edit_with_exiftool_comes_in()
    {
        using SidecarDesk desk = await WithAsync("a.jpg");
        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        await desk.SetAsync(A, Field.Rating, "2");
        await desk.SettleAsync();

        using Process exiftool = Process.Start("exiftool", ["-q", "-q", "-overwrite_original", "-XMP-dc:Title=Theirs", "-XMP-xmp:Label=Red", desk["a.jpg.xmp"]]);
        await exiftool.WaitForExitAsync(TestContext.Current.CancellationToken);
        await desk.SettleAsync();

        Facts facts = desk.Effective(A);
        Assert.Equal(("Theirs", "Red", 2), (facts.Title, facts.Label, facts.Rating));
        Assert.Equal(0, desk.Conflicts.Count());
    }

    [Fact]
    public async Task A_sidecar_that_is_gone_leaves_the_word_to_the_others_and_speaks_again_when_it_is_back()
    {
        using SidecarDesk desk = await WithAsync("a.jpg");
        ForeignProgram.Write(desk["a.jpg.xmp"], Field.Label, "\"Red\"");
        ForeignProgram.Write(desk["a.xmp"], Field.Label, "\"Blue\"");
        await desk.SettleAsync();
        Assert.Equal("Red", desk.Effective(A).Label);

        File.Move(desk["a.jpg.xmp"], desk["away"]);
        await desk.SettleAsync();
        Assert.Equal("Blue", desk.Effective(A).Label);

        File.Move(desk["away"], desk["a.jpg.xmp"]);
        await desk.SettleAsync();
        Assert.Equal("Red", desk.Effective(A).Label);
    }

    [Fact]
    public async Task An_edit_made_while_the_photos_bytes_are_changing_is_written()
    {
        using SidecarDesk desk = await WithAsync("a.jpg");
        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        // A walk has seen that its bytes are others, and nobody has read them yet.
        long folder = desk.Ask<long>("SELECT id FROM folder");
        await desk.Catalog.WriteAsync(connection => AssetIndex.TakeAsEdit(connection, folder, "a.jpg"u8.ToArray()), TestContext.Current.CancellationToken);
        File.AppendAllText(desk["a.jpg"], "edited");
        desk.Clock.Now += TimeSpan.FromMinutes(1);
        await desk.WriteAsync();
        Assert.False(File.Exists(desk["a.jpg.xmp"]));

        await desk.SettleAsync();

        Assert.Equal("Ours", Read(desk, "a.jpg.xmp").Title);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_moved_photo_keeps_what_was_said_of_it(bool isSidecarMoved)
    {
        using SidecarDesk desk = await WithAsync("a.jpg");
        ForeignProgram.Write(desk["a.jpg.xmp"], Field.Label, "\"Red\"");
        await desk.SettleAsync();
        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        await desk.SettleAsync();
        long operations = Operations(desk);

        Directory.CreateDirectory(desk["sub"]);
        File.Move(desk["a.jpg"], desk["sub/b.jpg"]);
        if (isSidecarMoved) File.Move(desk["a.jpg.xmp"], desk["sub/b.jpg.xmp"]);
        await desk.SettleAsync();

        Assert.Equal(("Ours", isSidecarMoved ? "Red" : null), (desk.Effective(A).Title, desk.Effective(A).Label));
        Assert.Equal(("Ours", isSidecarMoved ? "Red" : null), (Read(desk, "sub/b.jpg.xmp").Title, Read(desk, "sub/b.jpg.xmp").Label));
        Assert.Equal((operations, !isSidecarMoved), (Operations(desk), File.Exists(desk["a.jpg.xmp"])));

        // Another photo that takes the place is another photo.
        desk.Photo("a.jpg", "other");
        if (isSidecarMoved) ForeignProgram.Write(desk["a.jpg.xmp"], Field.Title, "\"Other\"");
        await desk.SettleAsync();
        Assert.Equal(isSidecarMoved ? "Other" : "Ours", desk.Effective(SidecarDesk.Uid("other")).Title);
        Assert.Equal("Ours", desk.Effective(A).Title);
    }

    [Fact]
    public async Task Photos_that_share_a_name_get_sidecars_of_their_own()
    {
        using SidecarDesk desk = new(bench, new() { Name = SidecarName.Stem });
        desk.Photo("a.jpg", "a");
        desk.Photo("a.cr2", "raw");
        ForeignProgram.Write(desk["a.xmp"], Field.Title, "\"Both\"");
        await desk.SettleAsync();
        byte[] shared = await File.ReadAllBytesAsync(desk["a.xmp"], TestContext.Current.CancellationToken);

        await desk.SetAsync(A, Field.Title, "\"Developed\"");
        await desk.SettleAsync();
        await desk.SetAsync(SidecarDesk.Uid("raw"), Field.Title, "\"Raw\"");
        await desk.SettleAsync();

        Assert.Equal(("Developed", "Raw"), (Read(desk, "a.jpg.xmp").Title, Read(desk, "a.cr2.xmp").Title));
        Assert.Equal(shared, await File.ReadAllBytesAsync(desk["a.xmp"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(SidecarName.Full, "A.JPG", "A.jpg.XMP")]
    [InlineData(SidecarName.Stem, "A.JPG", "a.XMP")]
    public async Task A_sidecar_is_the_same_in_whatever_case_it_is_written(SidecarName name, string photo, string sidecar)
    {
        using SidecarDesk desk = new(bench, new() { Name = name });
        desk.Photo(photo, "a");
        ForeignProgram.Write(desk[sidecar], Field.Label, "\"Red\"");
        await desk.SettleAsync();

        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        await desk.SettleAsync();

        Assert.Equal(("Ours", "Red"), (Read(desk, sidecar).Title, Read(desk, sidecar).Label));
        Assert.Equal([photo, sidecar], Directory.EnumerateFiles(desk.Disk).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_sidecar_of_a_copy_said_is_in_the_journal_before_it_is_written_over()
    {
        using SidecarDesk desk = await WithAsync("a.jpg", "sub/copy.jpg");
        ForeignProgram.Write(desk["a.jpg.xmp"], Field.Title, "\"First\"");
        ForeignProgram.Write(desk["sub/copy.jpg.xmp"], Field.Title, "\"Second\"");
        await desk.SettleAsync();

        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        await desk.SettleAsync();

        Assert.Equal(("Ours", "Ours"), (Read(desk, "a.jpg.xmp").Title, Read(desk, "sub/copy.jpg.xmp").Title));
        Assert.Contains("\"Second\"", desk.Rows("SELECT before FROM change"));
        await desk.UndoAsync();
        await desk.SettleAsync();
        Assert.Equal("First", desk.Effective(A).Title);
    }

    [Fact]
    public async Task What_was_edited_while_sidecars_were_off_is_written_when_they_are_not_any_more()
    {
        using SidecarDesk desk = await WithAsync("a.jpg");
        desk.Place(Placement.Off);
        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        await desk.SettleAsync();
        Assert.False(File.Exists(desk["a.jpg.xmp"]));

        desk.Place(Placement.Beside);
        await desk.Writer.RetryAsync(TestContext.Current.CancellationToken);
        await desk.SettleAsync();

        Assert.Equal("Ours", Read(desk, "a.jpg.xmp").Title);
    }

    [Fact]
    public async Task A_damaged_sidecar_is_a_problem_until_it_says_what_it_shall_by_whatever_way()
    {
        using SidecarDesk desk = await WithAsync("a.jpg");
        await File.WriteAllTextAsync(desk["a.jpg.xmp"], "<x:xmpmeta", TestContext.Current.CancellationToken);
        await desk.ScanAsync();
        await desk.TakeInAsync();
        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        await desk.WriteAsync();
        Assert.Equal("sidecar", Assert.Single(desk.Problems.List(10)).Kind);

        File.Delete(desk["a.jpg.xmp"]);
        ForeignProgram.Write(desk["a.jpg.xmp"], Field.Title, "\"Ours\"");
        await desk.SettleAsync();

        Assert.Empty(desk.Problems.List(10));
        Assert.Equal(0, desk.Conflicts.Count());
    }

    [Fact]
    public async Task What_was_read_before_we_wrote_is_not_taken_for_a_change_after_it()
    {
        using SidecarDesk desk = new(bench, new() { Conflicts = ConflictRule.Ours });
        desk.Photo("a.jpg", "a");
        await desk.SettleAsync();
        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        ForeignProgram.Write(desk["a.jpg.xmp"], Field.Title, "\"Theirs\"");
        await desk.ScanAsync();
        await desk.WriteAsync();
        desk.Clock.Now += TimeSpan.FromMinutes(1);
        await desk.WriteAsync();
        await desk.TakeInAsync();
        await desk.SettleAsync();

        Assert.Equal(("Ours", "Ours"), (desk.Effective(A).Title, Read(desk, "a.jpg.xmp").Title));
    }

    [Fact]
    public async Task One_more_version_of_a_sidecar_is_listed_until_somebody_has_looked_at_it()
    {
        using SidecarDesk desk = await WithAsync("a.jpg");
        ForeignProgram.Write(desk["a.jpg.xmp"], Field.Label, "\"Red\"");
        await desk.SettleAsync();
        // As a crash leaves it, in the moment after two programs wrote.
        ForeignProgram.Write(desk["._a.jpg.xmp.albumen"], Field.Label, "\"Blue\"");
        await desk.SetAsync(A, Field.Title, "\"Ours\"");
        await desk.SettleAsync();

        Assert.Equal("Ours", Read(desk, "a.jpg.xmp").Title);
        Problem problem = Assert.Single(desk.Problems.List(10));
        Assert.Equal("sidecar-kept", problem.Kind);
        Assert.Equal("Blue", Read(desk, problem.Path).Label);

        await desk.Writer.RetryAsync(TestContext.Current.CancellationToken);
        Assert.Single(desk.Problems.List(10));
        File.Delete(desk[problem.Path]);
        await desk.Writer.RetryAsync(TestContext.Current.CancellationToken);
        Assert.Empty(desk.Problems.List(10));
    }

    async Task<SidecarDesk> WithAsync(params string[] photos)
    {
        SidecarDesk desk = new(bench);
        foreach (string photo in photos) desk.Photo(photo, "a");
        await desk.ScanAsync();
        return desk;
    }

    static Facts Read(SidecarDesk desk, string name) => Same.Read(File.ReadAllBytes(desk[name]));

    static long Operations(SidecarDesk desk) => desk.Ask<long>("SELECT count(*) FROM operation");
}
