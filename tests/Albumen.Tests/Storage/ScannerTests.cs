using Albumen.Native;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tests.Storage;

public sealed class ScannerTests : IDisposable
{
    readonly Shelf _shelf = new();

    public void Dispose() => _shelf.Dispose();

    [Fact]
    public async Task New_files_wait_to_be_read_in_the_order_of_the_walk()
    {
        _shelf.With("b.jpg", "a/2.jpg", "a/1.jpg", "a/x/deep.jpg", "c/3.jpg");

        ScanSummary summary = await _shelf.ScanAsync();

        Assert.Equal("b.jpg a/1.jpg a/2.jpg c/3.jpg a/x/deep.jpg", _shelf.Jobs());
        Assert.Equal((5, 4, 5), (summary.Files, summary.Folders, summary.Changed));
    }

    [Fact]
    public async Task A_second_look_finds_nothing_to_do()
    {
        await ReadOnce("a.jpg", "b/c.jpg");

        ScanSummary summary = await _shelf.ScanAsync();

        Assert.Equal((2, 0), (summary.Files, summary.Changed));
        Assert.Empty(_shelf.Jobs());
    }

    [Fact]
    public async Task A_changed_file_is_read_again()
    {
        await ReadOnce("a.jpg", "b.jpg");
        _shelf.Write("b.jpg", "edited");

        await _shelf.ScanAsync();

        Assert.Equal("b.jpg", _shelf.Jobs());
    }

    [Fact]
    public async Task Bytes_changed_behind_an_old_time_stamp_are_noticed()
    {
        await ReadOnce("a.jpg");
        _shelf.Shell("touch -r a.jpg stamp; echo A.JPG > a.jpg; truncate -s 5 a.jpg; touch -r stamp a.jpg; rm stamp");

        await _shelf.ScanAsync();

        Assert.Equal("a.jpg", _shelf.Jobs());
    }

    [Fact]
    public async Task A_vanished_file_is_missing_and_not_forgotten()
    {
        await ReadOnce("a.jpg", "b/c.jpg", "b/d/e.jpg");
        _shelf.Shell("rm -r b");

        await _shelf.ScanAsync();

        Assert.Equal(("a.jpg", "b/c.jpg b/d/e.jpg"), (_shelf.Present(), _shelf.Missing()));
    }

    [Fact]
    public async Task A_returned_file_is_there_again_without_being_read()
    {
        await ReadOnce("a.jpg", "b/c.jpg", "b/d/e.jpg");
        _shelf.Shell("mv b ../away");
        await _shelf.ScanAsync();
        _shelf.Shell("mv ../away b");

        await _shelf.ScanAsync();

        Assert.Equal("a.jpg b/c.jpg b/d/e.jpg", _shelf.Present());
        Assert.Empty(_shelf.Jobs());
    }

    [Fact]
    public async Task A_file_that_was_not_read_yet_still_waits_after_a_second_scan()
    {
        _shelf.With("a.jpg", "b.jpg");
        await _shelf.ScanAsync();

        await _shelf.ScanAsync();

        Assert.Equal("a.jpg b.jpg", _shelf.Jobs());
    }

    [Fact]
    public async Task A_renamed_folder_takes_its_files_along()
    {
        await ReadOnce("a/1.jpg", "a/b/2.jpg", "z.jpg");
        _shelf.Shell("mv a c");

        await _shelf.ScanAsync();

        Assert.Equal(("c/1.jpg c/b/2.jpg z.jpg", ""), (_shelf.Present(), _shelf.Missing()));
        Assert.Empty(Reads());
    }

    [Theory]
    [InlineData("mv a/b z; mv a y", "y/1.jpg z.jpg z/2.jpg")]
    [InlineData("mv a/b/2.jpg a/1b.jpg; rmdir a/b; mv a A", "A/1.jpg A/1b.jpg z.jpg")]
    [InlineData("mkdir 0; mv a 0/a; mv 0/a/b 0/b", "0/a/1.jpg 0/b/2.jpg z.jpg")]
    [InlineData("mkdir -p x/y; mv a/1.jpg x/y/1.jpg; mv a/b x/b; rmdir a", "x/b/2.jpg x/y/1.jpg z.jpg")]
    [InlineData("mv a t; mkdir a; mv t/b a/c; mv t/1.jpg a/2.jpg; rmdir t", "a/2.jpg a/c/2.jpg z.jpg")]
    [InlineData("mv z.jpg Z.JPG; mv a/1.jpg a/1.JPG", "Z.JPG a/1.JPG a/b/2.jpg")]
    [InlineData("mv a c; mkdir a; mv z.jpg a/z.jpg", "a/z.jpg c/1.jpg c/b/2.jpg")]
    [InlineData("mv a 0; mkdir a", "0/1.jpg 0/b/2.jpg z.jpg")]
    public async Task Whatever_was_renamed_keeps_its_content_and_nothing_is_missing(string renames, string after)
    {
        await ReadOnce("a/1.jpg", "a/b/2.jpg", "z.jpg");
        string before = Contents();
        _shelf.Shell(renames);

        await _shelf.ScanAsync();

        Assert.Equal((after, ""), (_shelf.Present(), _shelf.Missing()));
        Assert.Equal(before, Contents());
        await _shelf.ReadAllAsync();
        Assert.Equal(0, (await _shelf.ScanAsync()).Changed);
    }

    [Fact]
    public async Task Of_renamed_files_only_those_are_read_again_whose_change_time_is_another()
    {
        await ReadOnce("a/1.jpg", "a/2.jpg", "b/3.jpg");
        _shelf.Shell("mv a c; mv b/3.jpg b/4.jpg");

        await _shelf.ScanAsync();

        Assert.Equal("b/4.jpg", Reads());
    }

    [Fact]
    public async Task A_scan_that_was_interrupted_amid_renames_is_finished_by_the_next()
    {
        await ReadOnce("a/1.jpg", "b/2.jpg", "c/3.jpg");
        string before = Contents();
        _shelf.Shell("mv a z; mkdir y; mv b/2.jpg y/2.jpg");
        await Assert.ThrowsAsync<OperationCanceledException>(() => _shelf.ScanAsync(seen =>
        {
            if (seen.Folders == 4) throw new OperationCanceledException();
        }));

        await _shelf.ScanAsync();

        Assert.Equal(("c/3.jpg y/2.jpg z/1.jpg", "", before), (_shelf.Present(), _shelf.Missing(), Contents()));
    }

    [Fact]
    public async Task A_new_folder_that_got_the_inode_of_a_deleted_one_is_another_folder()
    {
        await ReadOnce("a/1.jpg", "b.jpg");
        _shelf.Shell("rm -r a; for i in $(seq 50); do mkdir n$i; done");

        ScanSummary summary = await _shelf.ScanAsync();

        Assert.Equal((0, "a/1.jpg"), (summary.MovedFolders, _shelf.Missing()));
    }

    [Fact]
    public async Task After_a_change_of_case_the_new_name_is_found_by_any_case()
    {
        await ReadOnce("Photo.jpg", "Trip/a.jpg");
        _shelf.Shell("mv Photo.jpg photo.JPG; mv Trip TRIP");

        await _shelf.ScanAsync();

        using Database.Reader reader = _shelf.Catalog.Read();
        Assert.Equal(["TRIP trip", "photo.JPG photo.jpg"], reader.Connection.Query<string>("""
            SELECT entry_name || ' ' || entry_key FROM location WHERE entry_key LIKE 'p%' UNION ALL
            SELECT entry_name || ' ' || entry_key FROM folder WHERE parent_id IS NOT NULL ORDER BY 1
            """));
    }

    [Fact]
    public async Task A_file_that_took_the_name_of_one_that_is_gone_has_it_plainly()
    {
        await ReadOnce("a.jpg", "b.jpg");
        _shelf.Shell("rm a.jpg; echo other > A.jpg");
        await _shelf.ScanAsync();
        await _shelf.ReadAllAsync();
        _shelf.Shell("rm b.jpg; mkdir b.jpg; echo > b.jpg/c.jpg");

        await _shelf.ScanAsync();

        Assert.Equal("A.jpg b.jpg/c.jpg", _shelf.Present());
        using Database.Reader reader = _shelf.Catalog.Read();
        Assert.Equal(["a.jpg", "c.jpg"], reader.Connection.Query<string>("SELECT entry_key FROM location WHERE missing_since IS NULL ORDER BY 1"));
        Assert.Equal("b.jpg", reader.Connection.QuerySingle<string>("SELECT entry_key FROM folder WHERE parent_id IS NOT NULL"));
    }

    [Theory]
    [InlineData(100, 5, false)]
    [InlineData(100, 6, true)]
    [InlineData(20, 5, false)]
    [InlineData(20, 6, true)]
    [InlineData(12000, 500, false)]
    [InlineData(12000, 501, true)]
    public async Task More_than_a_twentieth_or_five_hundred_files_do_not_go_missing_at_once(int files, int gone, bool isHeld)
    {
        _shelf.Shell($"mkdir a b; for i in $(seq {gone}); do echo > a/$i.jpg; done; for i in $(seq {files - gone}); do echo > b/$i.jpg; done");
        await _shelf.ScanAsync();
        await _shelf.ReadAllAsync();
        _shelf.Shell("rm -r a");

        ScanSummary summary = await _shelf.ScanAsync();

        Assert.Equal(isHeld ? (0, gone, files) : (gone, 0, files), (summary.Vanished.Missing, summary.Vanished.Held, summary.Vanished.OutOf));
        Assert.Equal(isHeld ? "" : string.Join(' ', Enumerable.Range(1, gone).Select(i => $"a/{i}.jpg").Order(StringComparer.Ordinal)), _shelf.Missing());
    }

    [Fact]
    public async Task What_is_held_back_returns_by_itself_or_goes_missing_when_somebody_says_so()
    {
        _shelf.With([.. Enumerable.Range(0, 10).Select(i => $"a/{i}.jpg"), "b.jpg"]);
        await _shelf.ScanAsync();
        await _shelf.ReadAllAsync();
        _shelf.Shell("mv a ../away");
        Assert.Equal(10, (await _shelf.ScanAsync()).Vanished.Held);
        Assert.Equal(10, (await _shelf.ScanAsync()).Vanished.Held);
        Assert.Equal(11, _shelf.Present().Split(' ').Length);

        _shelf.Shell("mv ../away a");
        Assert.Equal(default, (await _shelf.ScanAsync()).Vanished);
        Assert.Empty(Reads());

        _shelf.Shell("mv a ../away");
        using VolumeFiles files = new(_shelf.Disk);
        Assert.Equal(10, (await _shelf.ScanAsync(files, new ScanOrder { IsConfirmed = true })).Vanished.Missing);
        Assert.Equal("b.jpg", _shelf.Present());
    }

    [Fact]
    public async Task Ten_thousand_renamed_files_are_no_loss()
    {
        _shelf.Shell("mkdir a b; for i in $(seq 3000); do echo > a/$i.jpg; done; echo > b/c.jpg");
        await _shelf.ScanAsync();
        await _shelf.ReadAllAsync();
        _shelf.Shell("cd a; for f in *; do mv $f x$f; done");

        ScanSummary summary = await _shelf.ScanAsync();

        Assert.Equal((3000, 0, 0), (summary.Vanished.Moved, summary.Vanished.Missing, summary.Vanished.Held));
    }

    [Fact]
    public async Task Only_the_folders_asked_for_are_looked_at_and_new_ones_below_them_whole()
    {
        await ReadOnce("a/1.jpg", "a/b/2.jpg", "c/3.jpg");
        _shelf.With("a/new.jpg", "a/b/new.jpg", "c/new.jpg", "a/d/e/new.jpg", "a/x.tmp").Write("a/.albumenignore", "*.tmp");

        using VolumeFiles files = new(_shelf.Disk);
        ScanSummary summary = await _shelf.ScanAsync(files, new ScanOrder { Folders = [FolderId("a")] });

        Assert.Equal("a/new.jpg a/d/e/new.jpg", _shelf.Jobs());
        Assert.Equal(3, summary.Folders);

        await _shelf.ScanAsync(files, new ScanOrder { Folders = [], Subtrees = [FolderId("a")] });
        Assert.Equal("a/new.jpg a/d/e/new.jpg a/b/new.jpg", _shelf.Jobs());
    }

    [Fact]
    public async Task Rules_of_the_folders_above_hold_where_only_one_folder_is_looked_at()
    {
        _shelf.With("a/b/c/1.jpg", "a/.albumenignore").Write("a/.albumenignore", "*.tmp\nb/c/secret*");
        await _shelf.ScanAsync();
        await _shelf.ReadAllAsync();
        _shelf.With("a/b/c/x.tmp", "a/b/c/secret.jpg", "a/b/c/fine.jpg");

        using VolumeFiles files = new(_shelf.Disk);
        await _shelf.ScanAsync(files, new ScanOrder { Folders = [FolderId("a/b/c")] });

        Assert.Equal("a/b/c/fine.jpg", _shelf.Jobs());
    }

    [Fact]
    public async Task One_bad_sector_costs_one_folder()
    {
        await ReadOnce("a/1.jpg", "b/2.jpg", "c.jpg");
        _shelf.Shell("rm a/1.jpg c.jpg; echo > d.jpg");
        using FailingFiles files = new(_shelf.Disk) { Listing = { ["a"] = Libc.EIO } };

        ScanSummary summary = await _shelf.ScanAsync(files);

        Assert.Equal(("a/1.jpg b/2.jpg d.jpg", "c.jpg"), (_shelf.Present(), _shelf.Missing()));
        Assert.Equal("a", Assert.Single(summary.Unreadable).Path.ToString());
    }

    [Fact]
    public async Task A_disk_that_was_pulled_out_ends_the_scan()
    {
        await ReadOnce([.. Enumerable.Range(0, 30).Select(i => $"{i}/1.jpg")]);
        using FailingFiles files = new(_shelf.Disk);
        for (int i = 0; i < 30; i++) files.Listing[$"{i}"] = Libc.EIO;

        await Assert.ThrowsAsync<FileFault>(() => _shelf.ScanAsync(files));

        Assert.Equal("", _shelf.Missing());
    }

    [Fact]
    public async Task A_folder_may_become_a_file_and_a_file_a_folder()
    {
        await ReadOnce("a/1.jpg", "b");
        _shelf.Shell("rm -r a b; echo > a; mkdir b; echo > b/2.jpg");

        await _shelf.ScanAsync();

        Assert.Equal("a b/2.jpg", _shelf.Present());
    }

    [Theory]
    [InlineData("rm -r a b.jpg")]
    [InlineData("rm -r a b.jpg; mkdir lost+found")]
    [InlineData("rm -r a b.jpg; touch .DS_Store; mkdir @eaDir")]
    public async Task An_empty_folder_is_a_disk_that_is_not_mounted(string accident)
    {
        await ReadOnce("a/1.jpg", "b.jpg");
        _shelf.Shell(accident);

        EmptyVolumeException error = await Assert.ThrowsAsync<EmptyVolumeException>(_shelf.ScanAsync);

        Assert.Contains("'photos'", error.Message);
        Assert.Equal(("a/1.jpg b.jpg", ""), (_shelf.Present(), _shelf.Missing()));
    }

    [Fact]
    public async Task An_empty_folder_that_never_held_anything_is_fine() => Assert.Equal(0, (await _shelf.ScanAsync()).Files);

    [Fact]
    public async Task Another_disk_mounted_during_the_scan_loses_nothing()
    {
        await ReadOnce("a/1.jpg", "b.jpg");
        _shelf.Shell("rm b.jpg");

        FileFault fault = await Assert.ThrowsAsync<FileFault>(() => _shelf.ScanAsync(_ => Swap("other.jpg")));

        Assert.Contains("ESTALE", fault.Message);
        Assert.Equal("", _shelf.Missing());
    }

    [Fact]
    public async Task A_disk_that_goes_away_during_the_scan_loses_nothing()
    {
        await ReadOnce("a/1.jpg", "b.jpg");
        _shelf.Shell("rm b.jpg");

        await Assert.ThrowsAsync<FileFault>(() => _shelf.ScanAsync(_ => Swap()));

        Assert.Equal("", _shelf.Missing());
    }

    [Theory]
    [InlineData(Libc.EACCES)]
    [InlineData(Libc.EPERM)]
    public async Task A_folder_that_cannot_be_listed_keeps_what_was_known_of_it(int errno)
    {
        await ReadOnce("a/1.jpg", "a/b/2.jpg", "c.jpg");
        _shelf.Shell("rm c.jpg; echo > d.jpg");
        using FailingFiles files = new(_shelf.Disk) { Listing = { ["a"] = errno } };

        ScanSummary summary = await _shelf.ScanAsync(files);

        Assert.Equal(("a/1.jpg a/b/2.jpg d.jpg", "c.jpg"), (_shelf.Present(), _shelf.Missing()));
        Assert.Equal("a", Assert.Single(summary.Unreadable).Path.ToString());
    }

    [Theory]
    [InlineData(Libc.ESTALE)]
    [InlineData(Libc.ENOTCONN)]
    public async Task A_failing_disk_ends_the_scan_and_loses_nothing(int errno)
    {
        await ReadOnce("a/1.jpg", "b/2.jpg", "c.jpg");
        _shelf.Shell("rm a/1.jpg c.jpg");
        using FailingFiles files = new(_shelf.Disk) { Listing = { ["b"] = errno } };

        await Assert.ThrowsAsync<FileFault>(() => _shelf.ScanAsync(files));

        Assert.Equal("", _shelf.Missing());
    }

    [Fact]
    public async Task A_folder_that_vanishes_before_it_is_listed_is_left_to_the_next_scan()
    {
        await ReadOnce("a/1.jpg", "b.jpg");
        using FailingFiles files = new(_shelf.Disk) { Listing = { ["a"] = Libc.ENOENT } };

        Assert.Empty((await _shelf.ScanAsync(files)).Unreadable);

        Assert.Equal("a/1.jpg b.jpg", _shelf.Present());
    }

    [Theory]
    [InlineData(Libc.EIO)]
    [InlineData(Libc.EACCES)]
    public async Task A_file_or_folder_that_cannot_even_be_asked_what_it_is_keeps_its_place(int errno)
    {
        await ReadOnce("a/1.jpg", "b.jpg", "c.jpg");
        using FailingFiles files = new(_shelf.Disk) { Asking = { ["a"] = errno, ["b.jpg"] = errno } };

        ScanSummary summary = await _shelf.ScanAsync(files);

        Assert.Equal(("a/1.jpg b.jpg c.jpg", ""), (_shelf.Present(), _shelf.Missing()));
        Assert.Equal("a", Assert.Single(summary.Unreadable).Path.ToString());
    }

    [Fact]
    public async Task A_rule_file_that_cannot_be_read_stops_nothing()
    {
        _shelf.With("a.jpg", ".albumenignore");
        using FailingFiles files = new(_shelf.Disk) { Opening = { [".albumenignore"] = Libc.EIO } };

        await _shelf.ScanAsync(files);

        Assert.Equal("a.jpg", _shelf.Present());
    }

    [Theory]
    [InlineData("touch a/.nomedia", "b.jpg")]
    [InlineData("echo '1.*' > a/.albumenignore", "a/b/2.jpg b.jpg")]
    [InlineData("echo 'a/' > .ppignore", "b.jpg")]
    [InlineData("echo '[z-a]' > .albumenignore", "a/1.jpg a/b/2.jpg b.jpg")]
    public async Task Rules_written_later_take_files_out_and_their_removal_brings_them_back(string rule, string left)
    {
        await ReadOnce("a/1.jpg", "a/b/2.jpg", "b.jpg");
        _shelf.Shell(rule);
        await _shelf.ScanAsync();

        Assert.Equal(left, _shelf.Present());

        _shelf.Shell("find -name '.*' -type f -delete");
        await _shelf.ScanAsync();
        Assert.Equal("a/1.jpg a/b/2.jpg b.jpg", _shelf.Present());
        Assert.Empty(_shelf.Jobs());
    }

    [Fact]
    public async Task Excluded_folders_are_never_entered()
    {
        using Shelf shelf = new("/private", "*.tmp");
        shelf.With("private/a.jpg", "x/private/b.jpg", "c.tmp", "d.jpg");
        using FailingFiles files = new(shelf.Disk) { Listing = { ["private"] = Libc.EACCES } };

        Assert.Empty((await shelf.ScanAsync(files)).Unreadable);

        Assert.Equal("d.jpg x/private/b.jpg", shelf.Present());
    }

    [Fact]
    public async Task Droppings_of_systems_and_what_is_no_file_are_left_out()
    {
        _shelf.With("a.jpg", "@eaDir/a.jpg", "#recycle/b.jpg", ".Trash-1000/c.jpg", "._a.jpg", ".DS_Store");
        _shelf.Shell("mkfifo pipe.jpg; ln -s / root; ln -s . loop; ln -s a.jpg link.jpg; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket.jpg\")'");

        ScanSummary summary = await _shelf.ScanAsync();

        Assert.Equal("a.jpg", _shelf.Present());
        Assert.Equal(5, summary.Skipped);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_or_are_no_text_all_have_a_place()
    {
        _shelf.With("UPPER.jpg", "upper.jpg", "a?.jpg", "a_.jpg");
        _shelf.Write([.. "caf"u8, 0xE9, .. ".jpg"u8], []);
        _shelf.Write([.. "caf"u8, 0xE8, .. ".jpg"u8], []);

        await _shelf.ScanAsync();

        string[] names = Names();
        Assert.Equal(6, names.Distinct().Count());
        Assert.Contains("UPPER.jpg", names);
        Assert.Contains("upper.jpg", names);
        await _shelf.ScanAsync();
        Assert.Equal(names, Names());
    }

    [Fact]
    public async Task An_interrupted_scan_goes_on_in_the_same_order()
    {
        for (int folder = 0; folder < 4; folder++)
            for (int file = 0; file < 900; file++) _shelf.With($"{folder}/{file:D3}.jpg");
        (Database undisturbed, Volumes volumes) = _shelf.AnotherCatalog();
        using (VolumeFiles files = new(_shelf.Disk))
            await Shelf.Scanner(undisturbed).ScanAsync(volumes.All[0], files, new(), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<OperationCanceledException>(() => _shelf.ScanAsync(seen =>
        {
            if (seen.Folders == 4) throw new OperationCanceledException();
        }));
        int before = Shelf.Jobs(_shelf.Catalog).Count;
        await _shelf.ScanAsync();

        Assert.InRange(before, 1, 3599);
        Assert.Equal(Shelf.Jobs(undisturbed), Shelf.Jobs(_shelf.Catalog));
    }

    [Fact]
    public async Task A_tree_deeper_than_a_path_may_be_long_is_taken_in_as_far_as_it_can_be_read()
    {
        _shelf.With("a.jpg");
        _shelf.Shell("name=$(printf 'd%.0s' {1..200}); for i in {1..25}; do mkdir $name; cd $name; echo $i > $i.jpg; done");

        ScanSummary summary = await _shelf.ScanAsync();

        Assert.True(summary.Files >= 20);
        Assert.Single(summary.Unreadable);
    }

    /// <summary>Takes the library folder away, once, and puts another with this file in its place.</summary>
    void Swap(string? other = null)
    {
        string old = Path.Combine(_shelf.Root, "old");
        if (Directory.Exists(old)) return;
        Directory.Move(_shelf.Disk, old);
        if (other is not null) _shelf.With(other);
    }

    /// <summary>Jobs that have a file read.</summary>
    string Reads()
    {
        using Database.Reader reader = _shelf.Catalog.Read();
        return string.Join(' ', reader.Connection.Query<string>("SELECT subject FROM job WHERE kind = 'read' ORDER BY id").Select(subject =>
        {
            (long folder, byte[] name) = LocationIndex.FromSubject(subject);
            return RelativePath.FromBytes(reader.Connection.QuerySingle<byte[]>("SELECT path FROM folder WHERE id = @folder", new { folder })).Child(name).ToString();
        }));
    }

    /// <summary>What the present files hold.</summary>
    string Contents()
    {
        using Database.Reader reader = _shelf.Catalog.Read();
        return string.Join(' ', reader.Connection.Query<long>("SELECT content_id FROM location WHERE missing_since IS NULL ORDER BY content_id"));
    }

    long FolderId(string path)
    {
        using Database.Reader reader = _shelf.Catalog.Read();
        return reader.Connection.QuerySingle<long>("SELECT id FROM folder WHERE path = @path", new { path = System.Text.Encoding.UTF8.GetBytes(path) });
    }

    string[] Names()
    {
        using Database.Reader reader = _shelf.Catalog.Read();
        return [.. reader.Connection.Query<string>("SELECT entry_name FROM location ORDER BY entry_key")];
    }

    async Task ReadOnce(params string[] paths)
    {
        _shelf.With(paths);
        await _shelf.ScanAsync();
        await _shelf.ReadAllAsync();
    }
}
