using Albumen.Native;
using Albumen.Tests.Storage;

namespace Albumen.Tests.Derivatives;

/// <summary>Files that are written while they are indexed.</summary>
public sealed class UnsettledTests
{
    static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(300), Stall = TimeSpan.FromSeconds(2.5);

    // With another owner and without CAP_LEASE the kernel does not tell a worker who writes, as in most installations.
    static readonly string[] WithoutLeases = ["setpriv", "--bounding-set=-lease", "--inh-caps=-lease"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_copy_that_stalls_is_read_once_and_what_belongs_to_it_waits(bool hasLeases)
    {
        await using LivingLibrary library = Library(hasLeases);
        await library.LiveAsync();

        await using (FileStream copy = Create(library, "IMG_1.mov", hasLeases))
        {
            library.Shelf.Write("IMG_1.txt", "what belongs to it");
            library.Shelf.Write("IMG_2.txt", "what does not");
            for (int piece = 0; piece < 3; piece++)
            {
                await copy.WriteAsync(new byte[3_000_000], TestContext.Current.CancellationToken);
                await copy.FlushAsync(TestContext.Current.CancellationToken);
                await library.ForAsync(Stall);
            }
            await library.UntilAsync(() => library.IsRead("IMG_2.txt"));
            Assert.Equal((1, false), (library.Contents, library.IsRead("IMG_1.txt")));
        }

        await library.UntilAsync(() => library.IsRead("IMG_1.txt") && Ask(library, "SELECT max(size_in_bytes) FROM content") == 9_000_000, mayComplain: true);
        Assert.Equal((3, 0), (library.Contents, library.Ask<long>("SELECT count(*) FROM job")));
    }

    [Fact]
    public async Task A_file_that_comes_by_a_hard_link_is_read_although_nobody_closes_it()
    {
        await using LivingLibrary library = Library(hasLeases: false);
        await File.WriteAllTextAsync(Path.Combine(library.Shelf.Root, "outside.txt"), "text", TestContext.Current.CancellationToken);
        library.Shelf.Shell("chown 1234 ../outside.txt");
        await library.LiveAsync();

        library.Shelf.Shell("ln ../outside.txt inside.txt");

        await library.UntilAsync(() => library.IsRead("inside.txt"));
    }

    [Fact]
    public async Task A_file_that_got_its_final_name_by_a_link_is_read_too()
    {
        await using LivingLibrary library = Library(hasLeases: false);
        await File.WriteAllTextAsync(Path.Combine(library.Shelf.Root, "outside.txt"), "text", TestContext.Current.CancellationToken);
        library.Shelf.Shell("chown 1234 ../outside.txt");
        await library.LiveAsync();
        await library.ForAsync(Stall);

        library.Shelf.Shell("ln ../outside.txt inside.txt; rm ../outside.txt");

        await library.UntilAsync(() => library.IsRead("inside.txt"));
    }

    [Fact]
    public async Task Links_and_pipes_hold_nothing_back()
    {
        await using LivingLibrary library = Library(hasLeases: false);
        await library.LiveAsync();

        library.Shelf.Shell("mkfifo IMG_1.pipe; ln -s nowhere IMG_1.link; echo text > IMG_1.txt; chown 1234 IMG_1.txt");

        await library.UntilAsync(() => library.IsRead("IMG_1.txt"));
    }

    [Fact]
    public async Task A_file_whose_times_say_nothing_is_read_when_it_was_seen_twice_the_same()
    {
        // To this clock the file is of the future; to the worker's it was written a moment ago.
        Hourglass clock = new();
        await using LivingLibrary library = new(TimeSpan.FromMinutes(10), clock: clock);
        library.Shelf.Write("a.txt", "text");
        await library.ScanAsync();

        foreach (int minutes in (int[])[0, 5, 4])
        {
            clock.Advance(TimeSpan.FromMinutes(minutes));
            await library.Indexer.DrainAsync(TestContext.Current.CancellationToken);
            Assert.False(library.IsRead("a.txt"));
        }
        clock.Advance(TimeSpan.FromMinutes(2));
        await library.Indexer.DrainAsync(TestContext.Current.CancellationToken);

        Assert.True(library.IsRead("a.txt"));
    }

    [Fact]
    public async Task A_file_that_changed_behind_the_scan_is_noted_and_read_later()
    {
        await using LivingLibrary library = new(TimeSpan.Zero);
        library.Shelf.Write("a.txt", "before");
        await library.ScanAsync();
        await library.Indexer.DrainAsync(TestContext.Current.CancellationToken);
        Assert.True(library.IsRead("a.txt"));
        library.Shelf.Write("a.txt", "in between");
        await library.ScanAsync();
        library.Shelf.Write("a.txt", "afterwards");

        await library.Indexer.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1, 0, null, 10), (library.Contents, Ask(library, "SELECT attempts FROM job"), library.Ask<string>("SELECT error FROM job"), Ask(library, "SELECT size_in_bytes FROM location")));
        Assert.Equal(0, library.Indexer.Done - 1);
        await library.UntilAsync(() => Ask(library, "SELECT min(not_before) FROM job") <= DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        await library.Indexer.DrainAsync(TestContext.Current.CancellationToken);
        Assert.True(library.IsRead("a.txt"));
        // The text that was never read is no part of its history.
        Assert.Equal(2, library.Contents);
    }

    [Fact]
    public async Task A_known_file_that_is_found_changed_is_not_known_any_more()
    {
        await using LivingLibrary library = new(TimeSpan.Zero);
        library.Shelf.Write("a.txt", "before");
        await library.ScanAsync();
        await library.Indexer.DrainAsync(TestContext.Current.CancellationToken);
        long content = Ask(library, "SELECT content_id FROM location");
        library.Shelf.Write("a.txt", "afterwards");

        await library.Indexer.RemakeAsync([content], priority: 0, TestContext.Current.CancellationToken);
        await library.Indexer.DrainAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, content, 1), (Ask(library, "SELECT coalesce(content_id, 0) FROM location"), Ask(library, "SELECT previous_content_id FROM location"), Ask(library, "SELECT count(*) FROM job")));
    }

    static LivingLibrary Library(bool hasLeases)
    {
        Assert.SkipUnless(hasLeases || Libc.EffectiveUserId() == 0, "Only root can give a file another owner");
        return new(Settle, hasLeases ? null : WithoutLeases);
    }

    static FileStream Create(LivingLibrary library, string name, bool hasLeases)
    {
        FileStream file = new(library[name], FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        if (!hasLeases) library.Shelf.Shell($"chown 1234 {name}");
        return file;
    }

    static long Ask(LivingLibrary library, string sql) => library.Ask<long>(sql);
}
