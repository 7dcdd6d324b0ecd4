using System.Diagnostics;
using System.Globalization;
using Albumen.Native;
using Albumen.Storage;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tests.Storage;

/// <summary>Real folders and the kernel's real news of them.</summary>
public sealed class WatcherTests : IDisposable
{
    const long Volume = 7;
    static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(700);

    readonly Shelf _shelf = new();
    readonly SettleGate _gate = new(TimeProvider.System);
    readonly Watcher _watcher;
    readonly Dictionary<long, string> _names = [];

    public WatcherTests()
    {
        Assert.SkipWhen(Watcher.MaxQueuedEvents < 4096, "fs.inotify.max_queued_events is so low here that ordinary events get lost");
        _watcher = new(_gate);
    }

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _watcher.Dispose();
        _shelf.Dispose();
    }

    [Fact]
    public async Task A_file_that_came_changed_or_went_names_its_folder()
    {
        Watch("", "2024", "2024/07");

        _shelf.Write("2024/07/a.jpg", "new");
        Assert.Equal("2024/07", await NextAsync());
        _shelf.Write("2024/07/a.jpg", "other");
        Assert.Equal("2024/07", await NextAsync());
        File.SetLastWriteTimeUtc(At("2024/07/a.jpg"), DateTime.UnixEpoch);
        Assert.Equal("2024/07", await NextAsync());
        _shelf.Delete("2024/07/a.jpg");
        Assert.Equal("2024/07", await NextAsync());
        Directory.CreateDirectory(At("2023"));
        Assert.Equal("/", await NextAsync());
        await NothingAsync();
    }

    [Fact]
    public async Task A_name_that_is_no_text_is_as_good_as_any()
    {
        Watch("");

        _shelf.Shell("touch $'caf\\xe9.jpg'");

        Assert.Equal("/", await NextAsync());
    }

    [Fact]
    public async Task A_thousand_files_are_told_a_few_times()
    {
        Watch("", "a", "b");

        _shelf.Shell("for i in {1..500}; do echo > a/$i.jpg; echo > b/$i.jpg; done");

        int times = 0;
        HashSet<string> told = [];
        while (await TryNextAsync() is { } news)
        {
            times++;
            told.UnionWith(news.Split(' '));
        }
        Assert.Equal("a b", string.Join(' ', told.Order()));
        Assert.InRange(times, 1, 5);
    }

    [Fact]
    public async Task Both_folders_of_a_move_are_told_together()
    {
        _shelf.With("a/1.jpg", "b/2.jpg");
        Watch("", "a", "b");

        File.Move(At("a/1.jpg"), At("b/1.jpg"));
        Assert.Equal("a b", await NextAsync());
        Directory.Move(At("a"), At("b/a"));
        Assert.Equal("/ b", await NextAsync());
        await NothingAsync();
    }

    [Fact]
    public async Task A_folder_that_was_moved_is_still_watched()
    {
        Watch("", "a", "a/b");
        Directory.Move(At("a"), At("c"));
        Assert.Equal("/", await NextAsync());

        _shelf.Write("c/b/1.jpg", "1");

        Assert.Equal("a/b", await NextAsync());
    }

    [Fact]
    public async Task Looking_at_files_is_no_news()
    {
        _shelf.With("a/1.jpg");
        Watch("", "a");

        _shelf.Shell("(cat a/1.jpg; ls -la a; stat a/1.jpg; find . -newer a/1.jpg) > /dev/null");

        await NothingAsync();
    }

    [Fact]
    public async Task Writing_is_no_news_before_the_file_is_closed()
    {
        _shelf.With("1.jpg");
        Watch("");

        using (FileStream file = new(At("1.jpg"), FileMode.Append))
        {
            for (int i = 0; i < 10; i++)
            {
                file.Write(new byte[100_000]);
                file.Flush();
            }
            await NothingAsync();
        }

        Assert.Equal("/", await NextAsync());
    }

    [Theory]
    [InlineData(".DS_Store")]
    [InlineData("._1.jpg")]
    [InlineData("Thumbs.db")]
    [InlineData(".Trash-1000")]
    public async Task Junk_is_no_news(string name)
    {
        Watch("");

        _shelf.Shell($"echo > '{name}'; mv '{name}' ._other; rm ._other; mkdir '{name}'; rmdir '{name}'");

        await NothingAsync();
    }

    [Theory]
    [InlineData(".albumenignore")]
    [InlineData(".ppignore")]
    [InlineData(".nomedia")]
    public async Task New_rules_concern_all_that_lies_below(string name)
    {
        Watch("", "a");

        _shelf.Write($"a/{name}", "*.tif");
        Assert.Equal("below:a", await NextAsync());
        _shelf.Delete($"a/{name}");
        Assert.Equal("below:a", await NextAsync());
        _shelf.Shell($"echo > ._x; mv ._x a/{name}");
        Assert.Equal("below:a", await NextAsync());
    }

    [Fact]
    public async Task A_folder_whose_permissions_changed_is_news()
    {
        Watch("", "a");

        _shelf.Shell("chmod 700 a");

        Assert.Equal("/ a", await NextAsync());
    }

    [Theory]
    [InlineData("mv ../photos ../elsewhere")]
    [InlineData("rm -r ../photos")]
    public async Task A_root_that_went_takes_the_volume_with_it(string command)
    {
        Watch("", "a");

        _shelf.Shell(command);

        Assert.Equal("unmounted", await NextAsync());
    }

    [Fact]
    public async Task A_disk_that_is_unmounted_is_noticed_and_so_is_its_return()
    {
        if (Elsewhere.Word is null)
        {
            Elsewhere.RunAfter("true", "-Urm");
            return;
        }
        _shelf.Shell("mount -t tmpfs none .");
        Watch("");
        _shelf.Write("a.jpg", "a");
        Assert.Equal(["/", "mounts"], await TwoAsync());

        _shelf.Shell("cd /; umount $OLDPWD");
        Assert.Equal(["mounts", "unmounted"], await TwoAsync());
        Assert.Equal(0, _watcher.Watches);

        _shelf.Shell("mount -t tmpfs none .");
        Assert.Equal("mounts", await NextAsync());
        await NothingAsync();
        _shelf.Shell("cd /; umount $OLDPWD");

        async Task<string[]> TwoAsync() => [.. new[] { await NextAsync(), await NextAsync() }.Order()];
    }

    [Fact]
    public void When_the_kernel_gives_no_more_watches_it_is_said_and_more_are_taken_when_it_does()
    {
        if (Elsewhere.Word is null)
        {
            Elsewhere.RunAfter("echo 3 > /proc/sys/user/max_inotify_watches");
            return;
        }
        string[] folders = ["", "a", "b", "c", "d"];

        Assert.Equal("Watched Watched Watched LimitReached LimitReached", string.Join(' ', folders.Select(WatchOne)));
        // Not counted twice.
        Assert.Equal(WatchResult.LimitReached, WatchOne("d"));
        Assert.Equal((3, 2), (_watcher.Watches, _watcher.Unwatched(Volume)));
        Assert.StartsWith("2 folders are not watched because the limit fs.inotify.max_user_watches (", _watcher.Trouble);
        Assert.Matches(@"Type: sysctl -w fs\.inotify\.max_user_watches=\d+, and put that setting into /etc/sysctl\.d/albumen\.conf\.$", _watcher.Trouble);

        File.WriteAllText("/proc/sys/user/max_inotify_watches", "100");
        Assert.Equal("Watched Watched Watched Watched Watched", string.Join(' ', folders.Select(WatchOne)));
        Assert.Equal((5, 0, null), (_watcher.Watches, _watcher.Unwatched(Volume), _watcher.Trouble));
    }

    [Fact]
    public async Task Without_an_instance_nothing_is_watched_until_there_is_one()
    {
        if (Elsewhere.Word is null)
        {
            Elsewhere.RunAfter("echo 0 > /proc/sys/user/max_inotify_instances");
            return;
        }
        Assert.Equal(WatchResult.LimitReached, WatchOne(""));
        Assert.StartsWith("1 folder is not watched because the limit fs.inotify.max_user_instances (", _watcher.Trouble);

        await File.WriteAllTextAsync("/proc/sys/user/max_inotify_instances", "1", Cancelled);
        Watch("");
        _shelf.Write("a.jpg", "a");

        Assert.Equal("/", await NextAsync());
        Assert.Null(_watcher.Trouble);
    }

    [Fact]
    public async Task Events_the_kernel_lost_make_everything_looked_at_anew()
    {
        string ready = Path.Combine(_shelf.Root, "ready");
        if (Elsewhere.Word is not { } shelf)
        {
            // Stopped, it reads no events, and the kernel's queue runs over.
            using Process process = Elsewhere.Start(_shelf.Root);
            for (int i = 0; i < 300 && !File.Exists(ready); i++) await Task.Delay(100, Cancelled);
            Assert.Equal(0, Libc.Kill(process.Id, 19));
            // proc(5): T is stopped. Until every thread is, events are still read.
            while (Directory.GetDirectories($"/proc/{process.Id}/task").Any(task => !File.ReadAllText($"{task}/stat").Contains(") T ", StringComparison.Ordinal)))
                await Task.Delay(10, Cancelled);
            for (long i = 0; i <= Watcher.MaxQueuedEvents; i++) File.Create(At($"{i}.jpg")).Dispose();
            Assert.Equal(0, Libc.Kill(process.Id, 18));
            Elsewhere.End(process);
            return;
        }
        string other = _shelf.Disk;
        Watch(Path.Combine(shelf, "photos"));
        Assert.Equal(WatchResult.Watched, _watcher.Watch(Volume + 1, 1000, Open(other), isRoot: true));
        using FileStream open = new(Path.Combine(other, "open.jpg"), FileMode.CreateNew);
        Assert.NotNull(await TryNextAsync());
        Assert.Equal(1, _gate.Count);
        await File.WriteAllTextAsync(Path.Combine(shelf, "ready"), "", Cancelled);

        string[] told = ["", ""];
        for (int i = 0; i < 2; i++) told[i] = await NextAsync();

        Assert.Equal(["everything of 7", "everything of 8"], told.Order());
        Assert.Equal((1, 0, 0), (_watcher.Overflows, _watcher.Watches, _gate.Count));
        Watch("");
        _shelf.Write("a.jpg", "a");
        Assert.Equal("/", await NextAsync());
    }

    [Fact]
    public async Task What_happens_while_nobody_asks_is_told_at_once()
    {
        Watch("", "a", "b");

        _shelf.Write("a/1.jpg", "1");
        await Task.Delay(Calm, Cancelled);
        _shelf.Write("b/1.jpg", "1");
        await Task.Delay(Calm, Cancelled);

        Assert.Equal("a b", await NextAsync());
        await NothingAsync();
    }

    [Fact]
    public async Task Volumes_are_told_apart()
    {
        Watch("", "a");
        Assert.Equal(WatchResult.Watched, _watcher.Watch(Volume + 1, 1000, Open(Directory.CreateDirectory(Path.Combine(_shelf.Root, "other")).FullName), isRoot: true));

        await File.WriteAllTextAsync(Path.Combine(_shelf.Root, "other/1.jpg"), "1", Cancelled);
        FoldersChanged news = Assert.IsType<FoldersChanged>(await _watcher.NextAsync(Cancelled));

        Assert.Equal((8, 1000), (news.Volume, Assert.Single(news.Folders)));
    }

    [Fact]
    public async Task A_folder_is_watched_by_what_is_open_and_not_by_its_path()
    {
        Directory.CreateDirectory(At("a"));
        using SafeFileHandle a = Open(At("a"));
        Directory.Move(At("a"), At("b"));
        Directory.CreateSymbolicLink(At("a"), _shelf.Root);

        Assert.Equal(WatchResult.Watched, _watcher.Watch(Volume, Id("b"), a, isRoot: false));
        await File.WriteAllTextAsync(Path.Combine(_shelf.Root, "1.jpg"), "1", Cancelled);
        await NothingAsync();
        _shelf.Write("b/1.jpg", "1");

        Assert.Equal("b", await NextAsync());
    }

    [Fact]
    public async Task A_forgotten_volume_is_silent_and_can_be_watched_again_at_once()
    {
        Watch("", "a");
        _shelf.Write("a/1.jpg", "1");
        await Task.Delay(Calm, Cancelled);

        _watcher.Forget(Volume);
        _shelf.Write("a/2.jpg", "2");
        Assert.Equal(0, _watcher.Watches);
        await NothingAsync();

        Watch("", "a");
        for (int i = 0; i < 100; i++)
        {
            _watcher.Forget(Volume);
            Watch("", "a");
        }
        _shelf.Write("a/3.jpg", "3");
        Assert.Equal("a", await NextAsync());
    }

    [Fact]
    public async Task Folders_that_are_ignored_now_are_silent()
    {
        Watch("", "a", "b");

        _watcher.Forget(Volume, new HashSet<long> { Id("a") });
        _shelf.Write("a/1.jpg", "1");
        await NothingAsync();
        _shelf.Write("b/1.jpg", "1");

        Assert.Equal("b", await NextAsync());
        Assert.Equal(2, _watcher.Watches);
    }

    [Fact]
    public async Task Giving_back_more_watches_than_the_queue_holds_events_loses_none()
    {
        Watch("");
        int many = (int)(Watcher.MaxQueuedEvents ?? 16_384) + 2000;
        Assert.SkipUnless(Watcher.MaxUserWatches > many + 1000 && many < 100_000, "The limits of inotify are unusual here");
        string forest = Directory.CreateDirectory(Path.Combine(_shelf.Root, "forest")).FullName;
        for (int i = 0; i < many; i++)
        {
            using SafeFileHandle folder = Open(Directory.CreateDirectory(Path.Combine(forest, i.ToString(CultureInfo.InvariantCulture))).FullName);
            Assert.Equal(WatchResult.Watched, _watcher.Watch(Volume + 1, 10_000 + i, folder, isRoot: false));
        }
        Assert.Equal(many + 1, _watcher.Watches);

        _watcher.Forget(Volume + 1);
        _shelf.Write("1.jpg", "1");

        Assert.Equal("/", await NextAsync());
        await NothingAsync();
        Assert.Equal((0, 1), (_watcher.Overflows, _watcher.Watches));
    }

    [Fact]
    public async Task A_folder_that_was_deleted_needs_no_word()
    {
        Watch("", "a", "a/b");

        _shelf.Shell("rm -r a");

        Assert.Contains("/", (await NextAsync()).Split(' '));
        Assert.Equal(1, _watcher.Watches);
    }

    [Fact]
    public async Task A_file_is_open_from_its_creation_until_it_is_closed()
    {
        Watch("");
        FileStream file = new(At("a.jpg"), FileMode.CreateNew);
        await SoonAsync(() => IsOpen("a.jpg"));
        file.Write(new byte[10]);
        file.Flush();
        await Task.Delay(Calm, Cancelled);
        Assert.True(IsOpen("a.jpg"));

        file.Dispose();

        await SoonAsync(() => !IsOpen("a.jpg"));
    }

    [Fact]
    public async Task A_file_that_gets_its_name_while_it_is_written_stays_open()
    {
        Watch("", "b");
        using FileStream file = new(At("a.part"), FileMode.CreateNew);
        await SoonAsync(() => IsOpen("a.part"));

        File.Move(At("a.part"), At("b/photo.jpg"));
        await SoonAsync(() => IsOpen("photo.jpg", "b"));
        Assert.False(IsOpen("a.part"));
        file.Dispose();

        await SoonAsync(() => !IsOpen("photo.jpg", "b"));
    }

    [Fact]
    public async Task A_complete_file_in_the_place_of_an_open_one_is_not_open()
    {
        _shelf.With("a/complete.jpg");
        Watch("", "a", "b");
        using FileStream file = new(At("b/photo.jpg"), FileMode.CreateNew);
        await SoonAsync(() => IsOpen("photo.jpg", "b"));

        File.Move(At("a/complete.jpg"), At("b/photo.jpg"), overwrite: true);

        await SoonAsync(() => !IsOpen("photo.jpg", "b"));
    }

    [Theory]
    [InlineData("rm b/photo.jpg")]
    [InlineData("rm -r b")]
    public async Task An_open_file_that_is_deleted_holds_nothing_back(string command)
    {
        Watch("", "b");
        using FileStream file = new(At("b/photo.jpg"), FileMode.CreateNew);
        await SoonAsync(() => IsOpen("photo.jpg", "b"));

        _shelf.Shell(command);

        await SoonAsync(() => _gate.Count == 0);
    }

    void Watch(params string[] folders)
    {
        foreach (string folder in folders) Directory.CreateDirectory(At(folder));
        foreach (string folder in folders) Assert.Equal(WatchResult.Watched, WatchOne(folder));
    }

    WatchResult WatchOne(string folder)
    {
        using SafeFileHandle open = Open(Directory.CreateDirectory(At(folder)).FullName);
        return _watcher.Watch(Volume, Id(folder), open, isRoot: folder.Length == 0);
    }

    static SafeFileHandle Open(string folder) => new(Libc.OpenAt(Libc.AtFdCwd, System.Text.Encoding.UTF8.GetBytes(folder), Libc.ORdOnly | Libc.ODirectory), ownsHandle: true);

    string At(string path) => Path.Combine(_shelf.Disk, path);

    long Id(string folder)
    {
        string name = folder.Length == 0 ? "/" : folder;
        foreach ((long id, string known) in _names)
            if (known == name) return id;
        _names.Add(_names.Count + 1, name);
        return _names.Count;
    }

    bool IsOpen(string name, string folder = "") => _gate.Find(Id(folder), System.Text.Encoding.UTF8.GetBytes(name)) is not null;

    static async Task SoonAsync(Func<bool> condition)
    {
        for (int i = 0; i < 200 && !condition(); i++) await Task.Delay(25, Cancelled);
        Assert.True(condition());
    }

    async Task<string> NextAsync() => await TryNextAsync(TimeSpan.FromSeconds(20)) ?? throw new TimeoutException("No news");

    async Task NothingAsync() => Assert.Null(await TryNextAsync());

    /// <summary>The next news as text; null when none comes.</summary>
    async Task<string?> TryNextAsync(TimeSpan? patience = null)
    {
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        enough.CancelAfter(patience ?? Calm);
        try
        {
            WatchNews news;
            // What others on this machine mount meanwhile says nothing here; what a test mounts itself, it mounts where nobody else does.
            do news = await _watcher.NextAsync(enough.Token);
            while (news is MountsChanged && Elsewhere.Word is null);
            return news switch
            {
                FoldersChanged changed => string.Join(' ', changed.Folders.Select(Name).Concat(changed.Subtrees.Select(id => $"below:{Name(id)}")).Order()),
                EverythingChanged lost => $"everything of {lost.Volume}",
                VolumeUnmounted => "unmounted",
                MountsChanged => "mounts",
                _ => throw new NotSupportedException(news.ToString()),
            };
        }
        catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
        {
            return null;
        }
    }

    string Name(long id) => _names.GetValueOrDefault(id) ?? id.ToString(CultureInfo.InvariantCulture);
}
