using Albumen.Catalog;
using Albumen.Catalog.Stacks;
using Albumen.Organization;
using Albumen.Tests.Catalog.Metadata;
using Dapper;

namespace Albumen.Tests.Catalog.Stacks;

public sealed class StackIndexTests : IDisposable
{
    static readonly Facts Noon = At("12:00:00"), Evening = At("18:00:00");

    readonly StackShelf _shelf = new();

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task Raw_and_jpeg_of_one_shot_are_one_by_their_name()
    {
        await _shelf.With("a/IMG_1.CR2", Noon).With("a/img_1.JPG", Noon).With("a/IMG_1.CR2.jpg", Noon).With("b/IMG_1.JPG", Noon)
            .With("a/IMG_2.CR2", new()).With("a/IMG_2.heic", Noon).With("a/IMG_3.CR2", Noon).With("a/IMG_3.JPG", Evening).IndexAsync();

        Assert.Equal(["edited:IMG_1.CR2.jpg* raw:IMG_1.CR2 still:img_1.JPG", "raw:IMG_2.CR2 still:IMG_2.heic*"], _shelf.Stacks());
    }

    [Fact]
    public async Task A_live_photo_is_one_by_its_identifier_wherever_it_lies()
    {
        await _shelf.With("a/IMG_1.HEIC", Live("A")).With("clips/renamed.MOV", Clip(Live("A"))).With("a/IMG_2.HEIC", Live("B")).With("a/IMG_2_HEVC.MOV", Clip(Live("B")))
            .With("a/IMG_3.HEIC", Live("C")).With("a/IMG_3.MOV", Clip(Live("D"))).IndexAsync();

        Assert.Equal(["clip:IMG_2_HEVC.MOV still:IMG_2.HEIC*", "clip:renamed.MOV still:IMG_1.HEIC*"], _shelf.Stacks());
    }

    [Fact]
    public async Task An_identifier_that_several_photos_bear_ties_only_those_of_one_name()
    {
        await _shelf.With("a/IMG_1.HEIC", Live("A")).With("a/IMG_E1.HEIC", Live("A")).With("a/IMG_1.MOV", Clip(Live("A"))).With("a/export.jpg", Live("A")).With("b/other.MOV", Clip(Live("A"))).IndexAsync();

        Assert.Equal(["clip:IMG_1.MOV still:IMG_1.HEIC*"], _shelf.Stacks());
    }

    [Fact]
    public async Task An_identifier_of_hundreds_says_nothing_but_of_those_of_one_name()
    {
        for (int i = 0; i <= StackIndex.MostInCommon; i++) _shelf.With($"a/x{i}.HEIC", Live("A"));
        await _shelf.With("a/IMG_1.HEIC", Live("A")).With("a/IMG_1.MOV", Clip(Live("A"))).With("b/y.MOV", Clip(Live("A"))).IndexAsync();

        Assert.Equal(["clip:IMG_1.MOV still:IMG_1.HEIC*"], _shelf.Stacks());
    }

    [Fact]
    public async Task A_short_clip_beside_a_photo_of_its_name_is_its_clip_when_both_were_taken_at_once()
    {
        await _shelf.With("IMG_1.HEIC", Noon).With("IMG_1.MOV", Clip(At("10:00:01", "+00:00", "QuickTime:CreateDate")))
            .With("IMG_2.HEIC", Noon).With("IMG_2.MOV", Clip(Evening with { Taken = Evening.Taken! with { Local = "2024-07-14T18:07:00" } }))
            .With("IMG_3.HEIC", Noon).With("IMG_3.MOV", Clip(Noon) with { Duration = 60 })
            .With("IMG_4.HEIC", new() { Width = 400, Height = 300 }).With("IMG_4.MOV", Clip(Noon) with { Width = 1440, Height = 1080 })
            .With("IMG_5.HEIC", new() { Width = 400, Height = 300 }).With("IMG_5.MOV", Clip(Noon) with { Width = 1920, Height = 1080 }).IndexAsync();

        Assert.Equal(["clip:IMG_1.MOV still:IMG_1.HEIC*", "clip:IMG_4.MOV still:IMG_4.HEIC*"], _shelf.Stacks());
    }

    [Fact]
    public async Task Edited_versions_stand_for_their_originals()
    {
        await _shelf.With("IMG_1234.JPG", Noon).With("IMG_E1234.JPG", Noon).With("a.jpg", Noon).With("a-edited.jpg", Noon).With("PXL_20240714_120000000.jpg", Noon).With("PXL_20240714_120000000~2.jpg", Noon)
            .With("DSCF00~1.JPG", Noon).With("DSCF00.JPG", Evening).With("b.jpg", Noon).With("b (1).jpg", Noon).With("b copy.jpg", Noon).IndexAsync();

        Assert.Equal(["edited:IMG_E1234.JPG* still:IMG_1234.JPG", "edited:PXL_20240714_120000000~2.jpg* still:PXL_20240714_120000000.jpg", "edited:a-edited.jpg* still:a.jpg"], _shelf.Stacks());
    }

    [Fact]
    public async Task Bursts_are_known_by_name_by_identifier_and_by_count()
    {
        Facts pixel = Noon with { Burst = new("7f3a") }, sony = Noon with { Camera = new("SONY", "ILCE-9", null) };
        await _shelf.With("00000IMG_00000_BURST20190102153012345_COVER.jpg", Noon).With("00001IMG_00001_BURST20190102153012345.jpg", Noon)
            .With("20200101_120000_001.jpg", Noon).With("20200101_120000_002.jpg", Noon)
            .With("p1.jpg", pixel).With("p2.jpg", pixel).With("later.jpg", Evening with { Burst = new("7f3a") })
            .With("DSC00101.ARW", sony with { Burst = new(null, 1) }).With("DSC00102.ARW", sony with { Burst = new(null, 2) }).With("DSC00103.ARW", sony with { Burst = new(null, 1) }).IndexAsync();

        Assert.Equal([
            "shot:00000IMG_00000_BURST20190102153012345_COVER.jpg* shot:00001IMG_00001_BURST20190102153012345.jpg", "shot:20200101_120000_001.jpg* shot:20200101_120000_002.jpg",
            "shot:DSC00101.ARW* shot:DSC00102.ARW", "shot:p1.jpg* shot:p2.jpg"], _shelf.Stacks());
    }

    [Fact]
    public async Task A_copy_belongs_to_whom_its_photo_belongs()
    {
        await _shelf.With("a/IMG_1.HEIC", Noon, "one").With("Backup/IMG_1.HEIC", Noon, "one").With("Backup/IMG_1 (1).HEIC", Noon, "one").With("a/IMG_1.MOV", Clip(Noon)).IndexAsync();

        Assert.Equal(["clip:IMG_1.MOV still:IMG_1.HEIC*"], [.. _shelf.Stacks().Select(s => s.Replace("IMG_1 (1).HEIC", "IMG_1.HEIC", StringComparison.Ordinal))]);
    }

    [Fact]
    public async Task What_vanishes_leaves_its_stack_and_what_comes_back_returns()
    {
        await _shelf.With("IMG_1.CR2", Noon).With("IMG_1.JPG", Noon).IndexAsync();

        _shelf.Shelf.Shell("mkdir ../away; mv IMG_1.JPG ../away");
        await _shelf.IndexAsync();
        Assert.Empty(_shelf.Stacks());

        _shelf.Shelf.Shell("mv ../away/IMG_1.JPG .");
        await _shelf.IndexAsync();
        Assert.Equal(["raw:IMG_1.CR2 still:IMG_1.JPG*"], _shelf.Stacks());

        _shelf.Shelf.Shell("mkdir sub; mv IMG_1.JPG sub/");
        await _shelf.IndexAsync();
        Assert.Empty(_shelf.Stacks());
    }

    [Fact]
    public async Task Other_rules_stack_anew_and_a_rehearsal_says_what_they_would()
    {
        await _shelf.With("IMG_1.CR2", Noon).With("IMG_1.JPG", Noon).With("IMG_2.JPG", Noon).With("IMG_2.MOV", Clip(Noon)).With("IMG_E1234.JPG", Noon).With("IMG_1234.JPG", Noon).IndexAsync(new() { Edited = false });
        StackRehearsal rehearsal = new(_shelf.Catalog, _shelf.Shelf.Volumes);

        StackChanges changes = rehearsal.Of(new() { RawJpeg = false }, TestContext.Current.CancellationToken);

        Assert.Equal((2L, 2, 2, 2L), (changes.Stacks, changes.Stacked.Count, changes.Unstacked.Count, changes.Kept));
        Assert.Equal(["clip:IMG_2.MOV still:IMG_2.JPG*", "raw:IMG_1.CR2 still:IMG_1.JPG*"], _shelf.Stacks());

        await _shelf.StackAsync(new() { RawJpeg = false });
        Assert.Equal(["clip:IMG_2.MOV still:IMG_2.JPG*", "edited:IMG_E1234.JPG* still:IMG_1234.JPG"], _shelf.Stacks());
        changes = rehearsal.Of(new() { RawJpeg = false }, TestContext.Current.CancellationToken);
        Assert.Equal((0, 0, 4L), (changes.Stacked.Count, changes.Unstacked.Count, changes.Kept));
    }

    [Fact]
    public async Task What_people_say_counts_before_the_rules_and_can_be_taken_back()
    {
        await _shelf.With("IMG_1.CR2", Noon).With("IMG_1.JPG", Noon).With("x.jpg", Noon).With("y.jpg", Evening).IndexAsync();

        long apart = await DoAsync(Stacking.Apart(Select("IMG_1.JPG")));
        Assert.Empty(_shelf.Stacks());
        await _shelf.IndexAsync(new() { Edited = false });
        Assert.Empty(_shelf.Stacks());

        await _shelf.Journal.UndoAsync(EditDesk.Anna, apart, TestContext.Current.CancellationToken);
        await _shelf.StackAsync();
        Assert.Equal(["raw:IMG_1.CR2 still:IMG_1.JPG*"], _shelf.Stacks());

        await DoAsync(Stacking.Together(EditDesk.Uid("y.jpg"), Select("x.jpg", "y.jpg")));
        Assert.Equal(["raw:IMG_1.CR2 still:IMG_1.JPG*", "still:x.jpg still:y.jpg*"], _shelf.Stacks());

        await DoAsync(Stacking.Together(EditDesk.Uid("IMG_1.CR2"), Select("IMG_1.CR2", "x.jpg")));
        Assert.Equal(["raw:IMG_1.CR2* still:IMG_1.JPG still:x.jpg"], _shelf.Stacks());

        await DoAsync(Stacking.Forget(Select("IMG_1.CR2", "IMG_1.JPG", "x.jpg", "y.jpg")));
        Assert.Equal(["raw:IMG_1.CR2 still:IMG_1.JPG*"], _shelf.Stacks());
    }

    [Fact]
    public async Task A_photo_put_over_another_stands_for_it_and_the_next_for_both()
    {
        await _shelf.With("a.jpg", Noon).With("b.jpg", Evening).With("c.jpg", Noon).IndexAsync();

        await DoAsync(Stacking.Join(EditDesk.Uid("a.jpg"), EditDesk.Uid("b.jpg")));
        Assert.Equal(["still:a.jpg version:b.jpg*"], _shelf.Stacks());

        await DoAsync(Stacking.Join(EditDesk.Uid("b.jpg"), EditDesk.Uid("c.jpg")));
        Assert.Equal(["still:a.jpg version:b.jpg version:c.jpg*"], _shelf.Stacks());
    }

    [Fact]
    public async Task The_trash_takes_a_photo_out_of_its_stack_and_a_pair_stays_one_in_it()
    {
        await _shelf.With("IMG_1.JPG", Noon).With("IMG_1.MOV", Clip(Noon)).With("IMG_1.CR2", Noon).IndexAsync();

        await DoAsync(new Trash(TimeProvider.System).Put(Select("IMG_1.JPG", "IMG_1.MOV")));
        Assert.Equal(["clip:IMG_1.MOV still:IMG_1.JPG*"], _shelf.Stacks());

        await DoAsync(Trash.Restore(Select("IMG_1.JPG", "IMG_1.MOV")));
        Assert.Equal(["clip:IMG_1.MOV raw:IMG_1.CR2 still:IMG_1.JPG*"], _shelf.Stacks());
    }

    [Fact]
    public async Task The_pairs_of_the_corpus_are_found_and_no_others()
    {
        foreach (string folder in (string[])["live-photo", "motion-photo", "raw-jpeg-pair", "duplicates"])
        {
            Assert.SkipUnless(Directory.Exists(Path.Combine(Corpus.Folder, folder)), $"There is no corpus at {Corpus.Folder}; ALBUMEN_CORPUS can name another place.");
            _shelf.Shelf.Shell($"cp -r '{Path.Combine(Corpus.Folder, folder)}' .");
        }

        await _shelf.IndexAsync();

        Assert.Equal(["clip:IMG_7943_HEVC.MOV still:IMG_7943.HEIC*", "clip:sample.mp4 still:sample.jpg*", "edited:IMG_E4120.JPG* still:IMG_4120 (1).JPG", "raw:CRW_1446.CRW still:CRW_1446.JPG*"], _shelf.Stacks());
        using Albumen.Sql.Database.Reader reader = _shelf.Catalog.Read();
        Assert.Equal("""{"video_offset":2728123,"video_bytes":1317283}""", reader.Connection.QuerySingle<string>("SELECT json_extract(facts, '$.motion') FROM asset WHERE name LIKE 'PXL%.MP.jpg'"));
    }

    static Facts At(string time, string? offset = null, string source = "ExifIFD:DateTimeOriginal") => new() { Taken = new($"2024-07-14T{time}", offset, source, "exact") };

    static Facts Live(string id) => Noon with { ContentId = id };

    static Facts Clip(Facts facts) => facts with { Duration = 2.5 };

    static Func<System.Data.Common.DbConnection, IReadOnlyList<(long Id, string Uid)>> Select(params string[] names) => Trash.These([.. names.Select(EditDesk.Uid)]);

    async Task<long> DoAsync(Deed deed)
    {
        Arrangement done = await new Organizer(_shelf.Catalog, _shelf.Journal).DoAsync(EditDesk.Anna, "test", deed, TestContext.Current.CancellationToken);
        await _shelf.StackAsync();
        return done.Operation!.Number;
    }
}
