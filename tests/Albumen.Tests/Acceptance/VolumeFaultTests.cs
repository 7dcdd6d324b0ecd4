using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Acceptance;

/// <summary>Promise 2: offline is not deleted. Disks that are pulled out, put elsewhere, exchanged or emptied, against the real daemon.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class VolumeFaultTests(MixedLibrary library)
{
    const string Photo = "/Folders/lib/2024/A/IMG_0001.jpg", Small = "/Small" + Photo, Dated = "/Timeline/2024/2024-07-14/";

    /// <summary>As the issue promises; the way back may take the ten seconds between two looks.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(5), Back = TimeSpan.FromSeconds(20);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disk_pulled_out_is_away_within_seconds_and_comes_back_unread()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 1);
        (string disk, string lib) = (mounts.Disks[0], $"{mounts.Folder}/lib");
        await mounts.DoAsync("""mkdir lib; mount "$1" lib; cp -a "$2/." lib; sync""", disk, library.Folder);
        string before = await FreshIndex.ManifestAsync(lib, mounts);
        await using PrivateDaemon daemon = PrivateDaemon.Of(lib, within: mounts.Within);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        using Door door = await Door.OfAsync(daemon);
        string listing = (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output, dated = await door.ListAsync(Dated);
        Assert.Equal(HttpStatusCode.OK, await door.GetAsync(Photo));

        await mounts.DoAsync("umount -l lib");
        long pulled = Stopwatch.GetTimestamp();
        // From the first moment on.
        while (Stopwatch.GetElapsedTime(pulled) < TimeSpan.FromSeconds(1)) Assert.Equal(HttpStatusCode.ServiceUnavailable, await door.GetAsync(Photo));
        JsonElement away = await daemon.IsAsync(Soon, "offline", "suspect");
        Assert.Equal(0, away.GetProperty("missing").GetInt64());
        Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output);
        Assert.Equal(dated, await door.ListAsync(Dated));
        Assert.Equal(HttpStatusCode.OK, await door.GetAsync(Small));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await door.GetAsync(Photo));
        Assert.Equal(3, (await daemon.AlbumenAsync("scan", "--wait")).Code);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await door.GetAsync(Photo));

        long reads = await daemon.ReadsAsync();
        await mounts.DoAsync("""mount "$1" lib""", disk);
        await daemon.IsAsync(Back, "online");
        await daemon.ScanAsync();
        Assert.Equal(reads, await daemon.ReadsAsync());
        Assert.Equal(HttpStatusCode.OK, await door.GetAsync(Photo));
        Assert.Equal(0, await daemon.StopAsync());
        FreshIndex.AssertSame(await FreshIndex.OfAsync(lib, mounts), await daemon.DumpAsync());
        Assert.Equal(before, await FreshIndex.ManifestAsync(lib, mounts));
    }

    [Fact]
    public async Task A_disk_pulled_out_again_and_again_during_the_first_index_changes_nothing()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 1);
        (string disk, string lib) = (mounts.Disks[0], $"{mounts.Folder}/lib");
        await mounts.DoAsync("""mkdir lib; mount "$1" lib; cp -a "$2/." lib; sync""", disk, library.Folder);
        string fresh = await FreshIndex.OfAsync(lib, mounts), before = await FreshIndex.ManifestAsync(lib, mounts);
        Random random = new(3);
        await using PrivateDaemon daemon = PrivateDaemon.Of(lib, within: mounts.Within);
        await daemon.StartAsync();
        for (int i = 0; i < 4; i++)
        {
            await Task.Delay(random.Next(50, 700), Stop);
            await mounts.DoAsync("umount -l lib");
            // Pulled out before anything was known of it, it is an empty folder.
            JsonElement away = await daemon.IsAsync(Soon, "offline", "suspect", "new", PrivateDaemon.Empty);
            Assert.Equal(0, away.GetProperty("missing").GetInt64());
            await mounts.DoAsync("""mount "$1" lib""", disk);
            await daemon.IsAsync(Back, "online");
        }
        await daemon.ScanAsync();
        Assert.Equal(0, await daemon.StopAsync());
        FreshIndex.AssertSame(fresh, await daemon.DumpAsync());
        Assert.Equal(before, await FreshIndex.ManifestAsync(lib, mounts));
    }

    [Fact]
    public async Task A_disk_mounted_elsewhere_and_named_otherwise_is_neither_read_nor_made_small_again()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 1);
        string lib = $"{mounts.Folder}/lib", other = $"{mounts.Folder}/other";
        await mounts.DoAsync("""mkdir lib other third; mount "$1" lib; cp -a "$2/2024" lib""", mounts.Disks[0], library.Folder);
        await using PrivateDaemon daemon = PrivateDaemon.Of(lib, within: mounts.Within);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        await daemon.StopAsync();
        string dump = await daemon.DumpAsync(), stamps = await StampsAsync(daemon);

        await mounts.DoAsync("mount --bind lib other; umount lib");
        daemon.Configure(other, "lib");
        await StartsUnreadAsync(daemon);
        Assert.Equal(dump, await daemon.DumpAsync());

        await mounts.DoAsync("mount --bind other third; umount other");
        daemon.Configure($"{mounts.Folder}/third", "holidays");
        await StartsUnreadAsync(daemon);
        Assert.Equal(dump.Replace("/Folders/lib", "/Folders/holidays", StringComparison.Ordinal), await daemon.DumpAsync());
        FreshIndex.AssertSame(await FreshIndex.OfAsync($"{mounts.Folder}/third", mounts, "holidays"), await daemon.DumpAsync());

        async Task StartsUnreadAsync(PrivateDaemon moved)
        {
            await moved.StartAsync();
            await moved.ScanAsync();
            Assert.Equal(0, await moved.ReadsAsync());
            Assert.Equal("online", (await moved.VolumeAsync()).GetProperty("state").GetString());
            Assert.Equal(0, await moved.StopAsync());
            Assert.Equal(stamps, await StampsAsync(moved));
        }
    }

    [Fact]
    public async Task An_emptied_root_is_suspect_until_the_files_are_back()
    {
        string folder = Directory.CreateTempSubdirectory("albumen-emptied-").FullName, lib = $"{folder}/lib", attic = $"{folder}/attic";
        try
        {
            Directory.CreateDirectory(attic);
            await ShellAsync($"mkdir {lib}; cp -a {library.Folder}/2024 {library.Folder}/2023 {lib}");
            string fresh = await FreshIndex.OfAsync(lib), before = await FreshIndex.ManifestAsync(lib);
            await using PrivateDaemon daemon = PrivateDaemon.Of(lib);
            await daemon.StartAsync();
            await daemon.ScanAsync();
            string listing = (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output;
            string id = JsonSerializer.Deserialize<JsonElement>((await daemon.AlbumenAsync("show", "--json", Photo)).Output).GetProperty("id").GetString()!;
            long reads = await daemon.ReadsAsync(), files = (await daemon.VolumeAsync()).GetProperty("files").GetInt64();

            await ShellAsync($"mv {lib}/* {attic}");
            Assert.Equal(0, (await daemon.IsAsync(Soon, "suspect")).GetProperty("missing").GetInt64());
            Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output);
            await ShellAsync($"mv {attic}/* {lib}");
            await daemon.IsAsync(Back, "online");
            Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output);

            await ShellAsync($"mv {lib}/* {attic}");
            await daemon.IsAsync(Soon, "suspect");
            Answer dry = await daemon.AlbumenAsync("volume", "confirm", "lib", "--dry-run", "--json");
            Assert.Equal((0, "suspect", 0), (dry.Code, Volume(dry).GetProperty("state").GetString(), Volume(dry).GetProperty("missing").GetInt64()));
            Answer sure = await daemon.AlbumenAsync("volume", "confirm", "lib", "--yes", "--json");
            Assert.Equal((0, "online", files), (sure.Code, Volume(sure).GetProperty("state").GetString(), Volume(sure).GetProperty("missing").GetInt64()));
            Answer show = await daemon.AlbumenAsync("show", "--json", id);
            Assert.True(show.Code == 0, show.Error);

            await ShellAsync($"mv {attic}/* {lib}");
            await UntilAsync(async () => (await daemon.VolumeAsync()).GetProperty("missing").GetInt64() == 0, Soon);
            await daemon.ScanAsync();
            Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output);
            Assert.Equal(reads, await daemon.ReadsAsync());
            Assert.Equal(0, await daemon.StopAsync());
            FreshIndex.AssertSame(fresh, await daemon.DumpAsync());
            Assert.Equal(before, await FreshIndex.ManifestAsync(lib));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_disk_in_its_place_is_a_stranger_of_which_nothing_is_shown(bool isTmpfs)
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 2);
        string lib = $"{mounts.Folder}/lib";
        await mounts.DoAsync("""
            mkdir lib other
            mount "$1" lib; cp -a "$3/2024" "$3/2023" lib
            if [ "$4" = True ]; then mount -t tmpfs tmpfs other; else mount "$2" other; fi
            mkdir -p other/2024/A; cp "$3/2024/A/IMG_0002.jpg" other/2024/A/IMG_0001.jpg; cp "$3/2024/A/IMG_0003.jpg" other/stranger.jpg
            """, mounts.Disks[0], mounts.Disks[1], library.Folder, $"{isTmpfs}");
        await using PrivateDaemon daemon = PrivateDaemon.Of(lib, within: mounts.Within);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        using Door door = await Door.OfAsync(daemon);
        string listing = (await daemon.AlbumenAsync("ls", "-r", "--json", "/")).Output;
        long reads = await daemon.ReadsAsync();

        // Over it, so that nothing is unmounted.
        await mounts.DoAsync("mount --bind other lib");
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1)) Assert.Equal(HttpStatusCode.ServiceUnavailable, await door.GetAsync(Photo));
        JsonElement suspect = await daemon.IsAsync(Soon, "suspect");
        Assert.Equal(0, suspect.GetProperty("missing").GetInt64());
        Assert.Equal(3, (await daemon.AlbumenAsync("scan", "--wait")).Code);
        Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/")).Output);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await door.GetAsync(Photo));
        Assert.Equal(HttpStatusCode.NotFound, await door.GetAsync("/Folders/lib/stranger.jpg"));
        Assert.Equal(HttpStatusCode.OK, await door.GetAsync(Small));

        // It was there at the start already.
        await daemon.StopAsync();
        await daemon.StartAsync();
        Assert.Equal(0, (await daemon.IsAsync(Soon, "suspect")).GetProperty("missing").GetInt64());
        Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/")).Output);
        Assert.Equal(0, await daemon.ReadsAsync());

        await mounts.DoAsync("umount -l lib");
        await daemon.IsAsync(Back, "online");
        await daemon.ScanAsync();
        Assert.True(reads > 0);
        Assert.Equal(0, await daemon.ReadsAsync());
        Assert.Equal(0, await daemon.StopAsync());
        FreshIndex.AssertSame(await FreshIndex.OfAsync(lib, mounts), await daemon.DumpAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disk_mounted_inside_the_volume_may_come_and_go(bool isRunning)
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 2);
        string lib = $"{mounts.Folder}/lib";
        const string Inner = "/Folders/lib/usb/2023/IMG_0001.jpg";
        await mounts.DoAsync("""mkdir lib; mount "$1" lib; cp -a "$3/2024" lib; mkdir lib/usb; mount "$2" lib/usb; cp -a "$3/2023" lib/usb""", mounts.Disks[0], mounts.Disks[1], library.Folder);
        string fresh = await FreshIndex.OfAsync(lib, mounts);
        await using PrivateDaemon daemon = PrivateDaemon.Of(lib, within: mounts.Within);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        using (Door door = await Door.OfAsync(daemon))
        {
            if (!isRunning) await daemon.StopAsync();
            await mounts.DoAsync("umount -l lib/usb");
            if (isRunning) Assert.Equal(HttpStatusCode.ServiceUnavailable, await door.GetAsync(Inner));
        }
        if (!isRunning) await daemon.StartAsync();
        await daemon.ScanAsync();
        using (Door door = await Door.OfAsync(daemon, "berta"))
        {
            Assert.Equal(0, (await daemon.VolumeAsync()).GetProperty("missing").GetInt64());
            Assert.Equal("online", (await daemon.VolumeAsync()).GetProperty("state").GetString());
            Assert.Contains("not mounted now", (await daemon.AlbumenAsync("problems", "--json")).Output, StringComparison.Ordinal);
            Assert.Equal(0, (await daemon.AlbumenAsync("ls", "--json", Inner)).Code);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await door.GetAsync(Inner));
            Assert.Equal(HttpStatusCode.OK, await door.GetAsync("/Small" + Inner));
            Assert.Equal(HttpStatusCode.OK, await door.GetAsync(Photo));
        }

        long reads = await daemon.ReadsAsync();
        if (!isRunning) await daemon.StopAsync();
        await mounts.DoAsync("""mount "$1" lib/usb""", mounts.Disks[1]);
        if (!isRunning) await daemon.StartAsync();
        await UntilAsync(async () => !(await daemon.AlbumenAsync("problems", "--json")).Output.Contains("not mounted now", StringComparison.Ordinal), Back);
        await daemon.ScanAsync();
        Assert.Equal(isRunning ? reads : 0, await daemon.ReadsAsync());
        Assert.Equal(0, await daemon.StopAsync());
        FreshIndex.AssertSame(fresh, await daemon.DumpAsync());
    }

    [Fact]
    public async Task A_disk_that_is_back_at_once_and_a_folder_put_in_place_of_the_root_are_watched_on()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 1);
        string lib = $"{mounts.Folder}/disk/lib";
        await mounts.DoAsync("""mkdir disk; mount "$1" disk; mkdir disk/lib; cp -a "$2/2024" disk/lib""", mounts.Disks[0], library.Folder);
        await using PrivateDaemon daemon = PrivateDaemon.Of(lib, within: mounts.Within);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        using Door door = await Door.OfAsync(daemon);

        await mounts.DoAsync("""umount -l disk; mount "$1" disk""", mounts.Disks[0]);
        await IsSeenAsync("first.jpg");
        await mounts.DoAsync("mv disk/lib disk/old; cp -a disk/old disk/lib");
        await IsSeenAsync("second.jpg");
        await UntilAsync(async () => await door.GetAsync(Photo) is HttpStatusCode.OK, Back);
        Assert.Equal("watched", (await daemon.VolumeAsync()).GetProperty("changes").GetString());
        Assert.Equal(0, (await daemon.VolumeAsync()).GetProperty("missing").GetInt64());

        async Task IsSeenAsync(string name)
        {
            // Long after the dust has settled.
            await Task.Delay(2000, Stop);
            await mounts.DoAsync("""cp "$1/2023/IMG_0001.jpg" "disk/lib/$2" """, library.Folder, name);
            await UntilAsync(async () => (await daemon.AlbumenAsync("ls", "--json", $"/Folders/lib/{name}")).Code == 0, Back);
        }
    }

    [Fact]
    public async Task A_volume_grown_thin_waits_for_a_word()
    {
        string folder = Directory.CreateTempSubdirectory("albumen-thin-").FullName, lib = $"{folder}/lib";
        try
        {
            await ShellAsync($"mkdir {lib} {folder}/attic; cp -a {library.Folder}/2024 {library.Folder}/2023 {lib}");
            string fresh = await FreshIndex.OfAsync(lib);
            await using PrivateDaemon daemon = PrivateDaemon.Of(lib);
            await daemon.StartAsync();
            await daemon.ScanAsync();
            using Door door = await Door.OfAsync(daemon);
            string listing = (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output;
            Assert.NotEqual(0, (await daemon.AlbumenAsync("volume", "confirm", "lib", "--yes")).Code);

            await ShellAsync($"mv {lib}/2024/A {folder}/attic");
            JsonElement thin = await daemon.IsAsync(Soon, "suspect");
            Assert.Equal((0, 8), (thin.GetProperty("missing").GetInt64(), thin.GetProperty("held").GetInt64()));
            Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await door.GetAsync(Photo));
            Assert.Equal(HttpStatusCode.OK, await door.GetAsync(Small));
            // What is there is served.
            Assert.Equal(HttpStatusCode.OK, await door.GetAsync("/Folders/lib/2024/B/IMG_0001.jpg"));

            Answer dry = await daemon.AlbumenAsync("volume", "reject", "lib", "--dry-run", "--json");
            Assert.Equal((0, "suspect"), (dry.Code, Volume(dry).GetProperty("state").GetString()));
            Answer no = await daemon.AlbumenAsync("volume", "reject", "lib", "--json");
            Assert.Equal((0, "rejected"), (no.Code, Volume(no).GetProperty("state").GetString()));
            Assert.Equal(3, (await daemon.AlbumenAsync("scan", "--wait")).Code);
            Assert.Equal(("rejected", 0), (await daemon.VolumeAsync() is var still ? (still.GetProperty("state").GetString(), still.GetProperty("missing").GetInt64()) : default));
            long reads = await daemon.ReadsAsync();
            await ShellAsync($"mv {folder}/attic/A {lib}/2024");
            await daemon.IsAsync(Back, "online");
            await daemon.ScanAsync();
            Assert.Equal(listing, (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders")).Output);
            Assert.Equal(reads, await daemon.ReadsAsync());

            await ShellAsync($"mv {lib}/2024/A {folder}/attic");
            await daemon.IsAsync(Soon, "suspect");
            Answer plan = await daemon.AlbumenAsync("volume", "confirm", "lib", "--dry-run");
            Assert.StartsWith("Would do this: 8 files of 'lib'", plan.Output, StringComparison.Ordinal);
            Assert.Equal("suspect", (await daemon.VolumeAsync()).GetProperty("state").GetString());
            Answer yes = await daemon.AlbumenAsync("volume", "confirm", "lib", "--yes", "--json");
            Assert.Equal((0, "online", 8), (yes.Code, Volume(yes).GetProperty("state").GetString(), Volume(yes).GetProperty("missing").GetInt64()));
            Assert.Equal(HttpStatusCode.NotFound, await door.GetAsync(Photo));
            await ShellAsync($"mv {folder}/attic/A {lib}/2024");
            await UntilAsync(async () => await door.GetAsync(Photo) is HttpStatusCode.OK, Back);
            await daemon.ScanAsync();
            Assert.Equal(reads, await daemon.ReadsAsync());
            Assert.Equal(0, await daemon.StopAsync());
            FreshIndex.AssertSame(fresh, await daemon.DumpAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static JsonElement Volume(Answer decision) => JsonSerializer.Deserialize<JsonElement>(decision.Output).GetProperty("volume");

    /// <summary>Every small version with its inode and time.</summary>
    static async Task<string> StampsAsync(PrivateDaemon daemon) => await ShellAsync($"cd {daemon.Cache}/derivatives; find . -type f -printf '%P %i %T@\\n' | LC_ALL=C sort");

    static async Task<string> ShellAsync(string script)
    {
        (int code, string output) = await WebDav.Clients.RunAsync("bash", ["-euc", script]);
        Assert.True(code == 0, script);
        return output;
    }

    static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan within)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < within, "It takes too long.");
            await Task.Delay(100, Stop);
        }
    }
}
