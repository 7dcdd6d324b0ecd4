namespace Albumen.Tests.Acceptance;

/// <summary>The plug is pulled: what the file system had not written yet is lost, as after a power cut.</summary>
[Collection(SurvivalTests.Name)]
public sealed class PowerCutTests(MixedLibrary library)
{
    static readonly int Rounds = Thorough.Times(3);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_state_survives_power_cuts_during_an_index_with_edits_going_on()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync();
        await mounts.DoAsync(MakeDisk + """mkdir lib; cp -a "$1/2024" "$1/2023" "$1/copies" lib""", library.Folder);
        await RunAsync(mounts, $"{mounts.Folder}/lib",
            """mount -o loop image disk; mkdir -p disk/lib disk/cache "$1/var/lib" "$1/var/cache"; mount --bind disk/lib "$1/var/lib"; mount --bind disk/cache "$1/var/cache" """,
            "$1/var/lib $1/var/cache disk");
    }

    [Fact]
    public async Task A_library_that_loses_its_last_writes_is_indexed_as_it_is()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync();
        await mounts.DoAsync(MakeDisk + """mount -o loop image disk; mkdir disk/lib; cp -a "$1/2024" "$1/2023" "$1/copies" disk/lib; umount disk""", library.Folder);
        await RunAsync(mounts, $"{mounts.Folder}/disk/lib", "mount -o loop image disk", "disk");
    }

    [Fact]
    public async Task What_was_answered_before_a_power_cut_is_there_after_it()
    {
        const string Mount = """mount -o loop image disk; mkdir -p disk/lib "$1/var/lib"; mount --bind disk/lib "$1/var/lib" """;
        await using OwnMounts mounts = await OwnMounts.OpenAsync();
        await mounts.DoAsync(MakeDisk + """mkdir lib; cp "$1"/2024/A/IMG_000*.jpg lib""", library.Folder);
        await using PrivateDaemon daemon = PrivateDaemon.Of($"{mounts.Folder}/lib", "sidecars: { placement: off }", within: mounts.Within);
        await mounts.DoAsync(Mount, daemon.Root);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Assert.Equal(0, (await daemon.AlbumenAsync("user", "add", "anna")).Code);
        Random random = new(1851);
        List<string> titles = [], labels = [];
        for (int round = 0; round < Rounds; round++)
        {
            if (round > 0) await daemon.StartAsync();
            using CancellationTokenSource cut = new();
            Task people = ActAsync(daemon, round, titles, labels, cut.Token);
            await Task.Delay(random.Next(1500, 5000), Stop);
            await CutAsync(mounts, daemon, people, Mount, "$1/var/lib disk", cut);
        }
        await daemon.StartAsync();
        string passwords = (await daemon.AlbumenAsync("app-password", "list", "anna", "--json")).Output;
        Assert.Equal(0, await daemon.StopAsync());
        string dump = await daemon.DumpAsync();

        Assert.True(titles.Count >= Rounds && labels.Count >= Rounds, $"Only {titles.Count} edits and {labels.Count} app passwords were answered.");
        Assert.All(labels, label => Assert.Contains($"\"{label}\"", passwords, StringComparison.Ordinal));
        Assert.All(titles, title => Assert.Contains($"{title}\\u0022", dump, StringComparison.Ordinal));
    }

    /// <summary>Edits, and makes app passwords, until the power is gone; notes what was answered.</summary>
    static async Task ActAsync(PrivateDaemon daemon, int round, List<string> titles, List<string> labels, CancellationToken cut)
    {
        for (int i = 0; !cut.IsCancellationRequested; i++)
        {
            string name = $"round {round} number {i}";
            if ((await daemon.AlbumenAsync("set", $"title={name}", $"/Folders/lib/IMG_000{(i % 5) + 1}.jpg")).Code == 0) titles.Add(name);
            if ((await daemon.AlbumenAsync("app-password", "create", "anna", "--label", name)).Code == 0) labels.Add(name);
        }
    }

    const string MakeDisk = "truncate -s 48M image; mkfs.ext4 -q -F image; mkdir disk; ";

    /// <summary>
    /// EXT4_IOC_SHUTDOWN without flushing the journal (linux/ext4.h): every access fails from now on, and what the disk holds is put aside. What
    /// the kernel still does at unmounting does not count.
    /// </summary>
    const string Cut = """
        python3 -c 'import fcntl, os, struct; fcntl.ioctl(os.open("disk", os.O_RDONLY), 0x8004587D, struct.pack("I", 2))'
        cp --sparse=always image image.cut
        """;

    /// <param name="meanwhile">Who writes, and ends when that is refused, or the daemon gone.</param>
    static async Task CutAsync(OwnMounts mounts, PrivateDaemon daemon, Task meanwhile, string mount, string mounted, CancellationTokenSource? cut = null)
    {
        await mounts.DoAsync(Cut);
        if (cut is not null) await cut.CancelAsync();
        await daemon.KillAsync(withWorkers: true);
        await meanwhile;
        await daemon.NoWorkerIsLeftAsync();
        // What a killed worker had started may take a moment to end.
        await mounts.DoAsync($"""
            for at in {mounted}; do n=0; until umount "$at" 2> /dev/null; do [ $((n += 1)) -lt 100 ]; sleep 0.1; done; done
            mv image.cut image
            {mount}
            """, daemon.Root);
    }

    /// <param name="mount">Shell: mounts the disk, perhaps in the daemon's root <c>$1</c>.</param>
    /// <param name="mounted">Where it is mounted then, in shell words.</param>
    static async Task RunAsync(OwnMounts mounts, string lib, string mount, string mounted)
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(lib, within: mounts.Within);
        await mounts.DoAsync(mount, daemon.Root);
        Random random = new(1850);
        for (int round = 0; round < Rounds; round++)
        {
            daemon.Launch();
            Task edits = mounts.DoAsync("""
                cd "$2"
                for i in 1 2 3 4 5 6 7 8 9; do
                    cp 2024/A/IMG_000$((i % 5 + 1)).jpg "copies/round$1-$i.jpg" || exit 0
                    echo "$1 $i" >> "copies/copy$((i % 8 + 1)).jpg" || exit 0
                    [ $((i % 3)) != 0 ] || mv 2023 2023x || exit 0
                    sleep 0.0$((RANDOM % 9 + 1))
                    [ ! -d 2023x ] || mv 2023x 2023 || exit 0
                done 2> /dev/null
                """, $"{round}", lib);
            await Task.Delay(random.Next(200, 2500), Stop);
            await CutAsync(mounts, daemon, edits, mount, mounted);
        }
        await daemon.StartAsync();
        // So much may be lost of a library that somebody must say it is right.
        if ((await daemon.AlbumenAsync("scan", "--wait")).Code != 0) Assert.Equal(0, (await daemon.AlbumenAsync("volume", "confirm", "lib", "--yes")).Code);
        await daemon.ScanAsync();
        Assert.Equal(0, await daemon.StopAsync());
        FreshIndex.AssertSame(FreshIndex.WithoutHistory(await FreshIndex.OfAsync(lib, mounts)), FreshIndex.WithoutHistory(await daemon.DumpAsync()));
        // A small version is there whole or not at all.
        Assert.Equal("", await mounts.DoAsync("""cd "$1/derivatives"; find . -type f -empty; find . -name '*.preview' -exec sh -c 'vipsheader "$1" > /dev/null 2>&1 || echo "$1"' sh {} \;""", daemon.Cache));
    }
}
