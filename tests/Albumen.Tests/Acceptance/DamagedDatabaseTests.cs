using System.Diagnostics;
using Albumen.Configuration;
using Albumen.Daemon;
using Albumen.Daemon.Checking;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Acceptance;

/// <summary>Whatever became of the databases, the daemon starts or says why it does not, and no edit is lost.</summary>
public sealed class DamagedDatabaseTests(EditedArchive archive) : IClassFixture<EditedArchive>
{
    const int PageInBytes = 4096;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>What is done to the file, in shell; <c>$1</c> is it.</summary>
    public static TheoryData<string, bool> Damages
    {
        get
        {
            TheoryData<string, bool> data = [];
            foreach (string damage in (string[])["truncate -s -5000 $1", ": > $1", "size=$(stat -c %s $1); truncate -s 0 $1; truncate -s $size $1", "echo 'not a database, but a text of some length' > $1", "head -c 100000 /dev/urandom > $1"])
                foreach (bool hasBackup in (bool[])[true, false]) data.Add(damage, hasBackup);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_catalogue_is_set_aside_and_another_takes_its_place(string damage, bool hasBackup)
    {
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup);
        string file = Path.Combine(daemon.State, "catalog.db");
        await ShellAsync(damage, file);
        byte[] damaged = await File.ReadAllBytesAsync(file, Cancelled);

        await daemon.StartAsync();

        string aside = Assert.Single(Directory.GetFiles(daemon.State, "catalog.db.damaged-*"), Recovery.IsSetAside);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(aside, Cancelled));
        string warning = Assert.Single(daemon.Log.Split('\n'), line => line.Contains(" WARN ", StringComparison.Ordinal));
        Assert.Contains($"{file} was damaged", warning, StringComparison.Ordinal);
        Assert.Contains(hasBackup ? "The catalogue is that of the backup" : "made anew from the files", warning, StringComparison.Ordinal);
        Assert.Contains(aside, (await EditedArchive.DoAsync(daemon, "problems", "--json")).Output, StringComparison.Ordinal);
        await archive.AssertWholeAsync(daemon);

        // The next start has nothing to say of it, and forgets it when the file is gone.
        File.Delete(aside);
        await daemon.StartAsync();
        Assert.DoesNotContain("WARN", daemon.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("replaced-database", (await EditedArchive.DoAsync(daemon, "problems", "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_accounts_are_taken_from_the_backup_and_loudly()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string file = Path.Combine(daemon.State, "auth.db");
        await ShellAsync("dd if=/dev/urandom of=$1 bs=4096 seek=0 count=3 conv=notrunc status=none", file);

        await daemon.StartAsync();

        Assert.Contains("albumen app-password list", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("anna", (await EditedArchive.DoAsync(daemon, "user", "list")).Output, StringComparison.Ordinal);
        Assert.Contains("replaced-database", (await EditedArchive.DoAsync(daemon, "problems", "--json")).Output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(daemon.State, "auth.db.damaged-*"), Recovery.IsSetAside);
        await archive.AssertWholeAsync(daemon);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Accounts_that_are_gone_are_taken_from_the_backup(bool isStateReadable)
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        File.Delete(Path.Combine(daemon.State, "auth.db"));
        if (!isStateReadable) await File.WriteAllTextAsync(Path.Combine(daemon.State, "state.json"), "{", Cancelled);

        await daemon.StartAsync();

        Assert.Contains("auth.db was gone", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("anna", (await EditedArchive.DoAsync(daemon, "user", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stands_in_the_log_of_accounts_that_are_gone_does_not_get_into_those_of_the_backup()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        await daemon.StartAsync();
        await EditedArchive.DoAsync(daemon, "user", "add", "berta");
        await daemon.KillAsync(withWorkers: true);
        string file = Path.Combine(daemon.State, "auth.db");
        Assert.NotEqual(0, new FileInfo($"{file}-wal").Length);
        File.Delete(file);

        await daemon.StartAsync();

        string people = (await EditedArchive.DoAsync(daemon, "user", "list")).Output;
        Assert.Contains("anna", people, StringComparison.Ordinal);
        Assert.DoesNotContain("berta", people, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(daemon.State, "auth.db.damaged-*-wal"));
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task Accounts_that_are_gone_are_not_made_anew_while_nobody_can_say_whether_there_is_a_backup()
    {
        string disk = Path.Combine(Path.GetTempPath(), $"albumen-disk-{Guid.NewGuid():N}");
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false, $"backup: {{ folder: {disk} }}");
        string file = Path.Combine(daemon.State, "auth.db");
        File.Delete(file);

        Answer refused = await daemon.FailAsync();

        Assert.Equal(1, refused.Code);
        Assert.Contains($"{file} was gone, and {disk}, where its backups lie, is not there", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));

        // As the message says.
        daemon.Configure(archive.Library, "lib", "sidecars: { placement: off }");
        await daemon.StartAsync();
        Assert.Contains($"{file} was gone, and there is no backup of it", daemon.Log, StringComparison.Ordinal);
        Assert.Contains("albumen user add", (await EditedArchive.DoAsync(daemon, "problems", "--json")).Output, StringComparison.Ordinal);
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task Accounts_that_are_gone_are_not_made_anew_while_there_is_a_backup_that_cannot_be_used()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string file = Path.Combine(daemon.State, "auth.db");
        File.Delete(file);
        await ShellAsync("printf x >> $1/backups/*/auth.db", daemon.State);

        Answer refused = await daemon.FailAsync();

        Assert.Equal(1, refused.Code);
        Assert.Contains($"{file} was gone, and none of its backups can be used", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("catalog.db", true)]
    [InlineData("auth.db", false)]
    public async Task A_start_that_is_killed_while_a_backup_takes_its_place_is_finished_by_the_next(string name, bool isThere)
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        int kills = 0;
        for (int at = 1; ; at++)
        {
            await using PrivateDaemon daemon = await archive.OpenAsync();
            string file = Path.Combine(daemon.State, name);
            if (isThere) await File.WriteAllTextAsync(file, "broken", Cancelled);
            else File.Delete(file);
            await File.WriteAllTextAsync($"{file}-wal", "broken", Cancelled);
            daemon.Launch("strace", "-D", "-f", "-qq", "-P", file, "-P", $"{file}-wal", "-P", $"{file}.partial", "-e", "trace=renameat2", "-P", $"{file}.replacement", "-e", $"inject=renameat2:signal=KILL:when={at}", "-o", "/dev/null");
            if (!await daemon.EndsAsync(TimeSpan.FromSeconds(15))) break;
            kills++;

            await daemon.StartAsync();

            Assert.Contains(name, daemon.Log, StringComparison.Ordinal);
            Assert.Contains("anna", (await EditedArchive.DoAsync(daemon, "user", "list")).Output, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(daemon.State, "*.partial").Concat(Directory.GetFiles(daemon.State, "*.replacement")));
            await archive.AssertWholeAsync(daemon);
        }
        Assert.InRange(kills, 3, 6);
    }

    [Fact]
    public async Task A_damaged_catalogue_stays_where_it_is_until_there_is_room_for_another()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync();
        await using PrivateDaemon daemon = await archive.OpenAsync(within: mounts.Within);
        await File.WriteAllTextAsync(Path.Combine(daemon.State, "catalog.db"), "broken", Cancelled);
        await mounts.DoAsync("cp -a $1 $1.kept; mount -t tmpfs -o size=40M tmpfs $1; cp -a $1.kept/. $1; rm -rf $1.kept; head -c 60M /dev/zero > $1/filler || true; truncate -s -4M $1/filler", daemon.State);

        Answer refused = await daemon.FailAsync();

        Assert.Equal(1, refused.Code);
        Assert.Contains("there is no room for it", refused.Error, StringComparison.Ordinal);
        Assert.Equal("broken", await mounts.DoAsync("cat $1/catalog.db", daemon.State));
        await mounts.DoAsync("rm $1/filler", daemon.State);
        await daemon.StartAsync();
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task Damaged_accounts_without_a_backup_stop_the_start_and_are_left_alone()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false);
        string file = Path.Combine(daemon.State, "auth.db");
        await ShellAsync("truncate -s 5000 $1", file);

        Answer refused = await daemon.FailAsync();

        Assert.Equal(1, refused.Code);
        Assert.Contains($"{file} was damaged", refused.Error, StringComparison.Ordinal);
        Assert.Contains("there is no backup of it", refused.Error, StringComparison.Ordinal);
        Assert.Contains("albumend restore --from", refused.Error, StringComparison.Ordinal);
        Assert.Equal(5000, new FileInfo(file).Length);
        Assert.Empty(Directory.GetFiles(daemon.State, "*damaged*"));

        // As the message says.
        File.Move(file, file + ".old");
        await daemon.StartAsync();
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task Damage_found_while_it_runs_ends_the_daemon_and_the_next_start_mends_it()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        await daemon.StartAsync();
        // All but the first page.
        await ShellAsync("size=$(stat -c %s $1); dd if=/dev/urandom of=$1 bs=4096 seek=1 count=$((size / 4096 - 1)) conv=notrunc status=none", Path.Combine(daemon.State, "catalog.db"));
        long started = Stopwatch.GetTimestamp();
        while (!daemon.Process!.HasExited && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(40))
        {
            await daemon.AlbumenAsync("ls", "-r", "/");
            await daemon.AlbumenAsync("search", "rating:>3");
            await daemon.AlbumenAsync("log");
            await Task.Delay(500, Cancelled);
        }
        Assert.True(daemon.Process.HasExited, daemon.Log);
        Assert.Equal(1, daemon.Process.ExitCode);
        Assert.Contains("stopping, so that it can be started afresh", daemon.Log, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(daemon.State, "suspect")));

        await daemon.StartAsync();

        Assert.Contains("catalog.db was damaged", daemon.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(daemon.State, "suspect")));
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task A_disk_that_gives_errors_at_the_start_is_no_damage()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string file = Path.Combine(daemon.State, "catalog.db");
        byte[] before = await File.ReadAllBytesAsync(file, Cancelled);

        daemon.Launch("strace", "-D", "-f", "-qq", "-P", file, "-e", "trace=pread64", "-e", "inject=pread64:error=EIO", "-o", "/dev/null");
        Assert.True(await daemon.EndsAsync(TimeSpan.FromSeconds(30)), daemon.Log);

        Assert.Contains("gives errors", daemon.Log, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(file, Cancelled));
        Assert.Empty(Directory.GetFiles(daemon.State, "*damaged*"));
        await daemon.StartAsync();
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task A_database_that_another_process_holds_is_said_to_be_held_by_it()
    {
        Assert.SkipUnless(Clients.Has("sqlite3"), "sqlite3 is not installed");
        await using PrivateDaemon daemon = await archive.OpenAsync();
        using Process other = Process.Start(new ProcessStartInfo("sqlite3", [Path.Combine(daemon.State, "catalog.db")]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await other.StandardInput.WriteLineAsync("BEGIN IMMEDIATE; SELECT 'held';");
        await other.StandardInput.FlushAsync(Cancelled);
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync(Cancelled));

        Answer refused = await daemon.FailAsync(), rebuilt = await daemon.AlbumendAsync("rebuild");

        Assert.Equal((1, 1), (refused.Code, rebuilt.Code));
        Assert.Contains($"catalog.db is locked by another process: sqlite3 ({other.Id}).", refused.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(daemon.State, "catalog.db")));
        other.StandardInput.Close();
        await other.WaitForExitAsync(Cancelled);
        await daemon.StartAsync();
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task A_state_that_a_newer_version_wrote_is_left_alone_and_its_version_named()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        await ShellAsync("sqlite3 $1/catalog.db 'PRAGMA user_version = 999'; echo '{\"albumen\":\"9.1.0\"}' > $1/state.json", daemon.State);

        Answer refused = await daemon.FailAsync(), rehearsed = await daemon.AlbumendAsync("rehearse"), rebuilt = await daemon.AlbumendAsync("rebuild"), dumped = await daemon.AlbumendAsync("dump");

        Assert.Equal((3, 3, 3, 3), (refused.Code, rehearsed.Code, rebuilt.Code, dumped.Code));
        foreach (string said in (string[])[refused.Error, rehearsed.Error, rebuilt.Error, dumped.Error])
        {
            Assert.Contains("written by Albumen 9.1.0 and has schema 999", said, StringComparison.Ordinal);
            Assert.Contains($"this is Albumen {Appliance.Version}", said, StringComparison.Ordinal);
        }
        await ShellAsync($"sqlite3 $1/catalog.db 'PRAGMA user_version = {Database.NewestOf("catalog")}'", daemon.State);
        await daemon.StartAsync();
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task On_a_full_disk_edits_are_refused_what_is_there_is_shown_and_a_start_says_why_it_fails()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync();
        await using PrivateDaemon daemon = await archive.OpenAsync(within: mounts.Within);
        await mounts.DoAsync("cp -a $1 $1.kept; mount -t tmpfs -o size=8M tmpfs $1; cp -a $1.kept/. $1; rm -rf $1.kept", daemon.State);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Task FillAsync() => mounts.DoAsync("head -c 20M /dev/zero >> $1/filler || true; head -c 20k /dev/zero >> $1/filler || true", daemon.State);
        await FillAsync();

        Answer edit = await daemon.AlbumenAsync("set", "rating=1", "/Folders/lib/a4.jpg");
        Answer seen = await daemon.AlbumenAsync("ls", "/Folders/lib");
        await daemon.StopAsync();
        // Stopping may have freed what the databases' logs took.
        await FillAsync();
        Answer refused = await daemon.FailAsync();

        Assert.NotEqual(0, edit.Code);
        Assert.Contains("a1.jpg", seen.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("full", refused.Error, StringComparison.Ordinal);
        await mounts.DoAsync("rm $1/filler", daemon.State);
        await daemon.StartAsync();
        await archive.AssertWholeAsync(daemon);
    }

    /// <summary>Without a daemon, for there are many: each start looks at every page, as after damage was met.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cut_at_any_place_the_catalogue_comes_back_with_every_edit(bool hasBackup)
    {
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup);
        string file = Path.Combine(daemon.State, "catalog.db");
        byte[] whole = await File.ReadAllBytesAsync(file, Cancelled);
        IReadOnlyList<string> expected = await StatementsAsync(daemon);
        Random random = new(1850);
        for (int cut = 0; cut < 20; cut++)
        {
            int length = cut switch { 0 => 0, 1 => 1, 2 => 100, 3 => PageInBytes, 4 => whole.Length - 1, 5 => whole.Length - PageInBytes, _ => random.Next(whole.Length) };
            await File.WriteAllBytesAsync(file, whole[..length], Cancelled);

            Recovery recovery = await PrepareAsync(daemon, isSuspect: false);

            Assert.True(recovery.Replaced.Count == 1, $"Cut to {length} bytes it was taken for whole.");
            Assert.Equal(expected, await StatementsAsync(daemon));
            foreach (string aside in Directory.GetFiles(daemon.State, "catalog.db*")) File.Delete(aside);
        }
    }

    [Fact]
    public async Task A_byte_that_flips_costs_no_edit()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string file = Path.Combine(daemon.State, "catalog.db"), journal = Path.Combine(daemon.State, "layer/journal.jsonl");
        byte[] whole = await File.ReadAllBytesAsync(file, Cancelled), written = await File.ReadAllBytesAsync(journal, Cancelled);
        IReadOnlyList<string> expected = await StatementsAsync(daemon);
        Random random = new(1978);
        int found = 0, times = Thorough.Times(100);
        for (int flip = 0; flip < times; flip++)
        {
            byte[] flipped = [.. whole];
            int at = random.Next(whole.Length);
            flipped[at] ^= (byte)random.Next(1, 256);
            await File.WriteAllBytesAsync(file, flipped, Cancelled);

            Recovery recovery = await PrepareAsync(daemon, isSuspect: true);

            found += recovery.Replaced.Count;
            // SQLite keeps no checksums: of a value that became another it says nothing, but the check that holds it against the journal does.
            bool isWhole;
            try
            {
                isWhole = expected.SequenceEqual(await StatementsAsync(daemon));
            }
            catch (Exception error) when (error is System.Data.Common.DbException or FormatException)
            {
                isWhole = false;
            }
            Assert.True(isWhole || DeepCheck.Run(LayoutOf(daemon), SettingsOf(daemon), asJson: true, readsBytes: false, check => check is StatementCheck or JournalCheck) == 1, $"The flip at {at} changed an edit, and nothing finds it.");
            Assert.Equal(written, await File.ReadAllBytesAsync(journal, Cancelled));
            foreach (string aside in Directory.GetFiles(daemon.State, "catalog.db*")) File.Delete(aside);
        }
        Assert.InRange(found, 1, times);
        TestContext.Current.TestOutputHelper?.WriteLine($"{found} of {times} were found by SQLite");
    }

    static async Task<Recovery> PrepareAsync(PrivateDaemon daemon, bool isSuspect)
    {
        if (isSuspect) await File.WriteAllTextAsync(Path.Combine(daemon.State, "suspect"), "", Cancelled);
        Recovery recovery = new(LayoutOf(daemon), SettingsOf(daemon), NullLogger.Instance);
        await recovery.PrepareAsync();
        return recovery;
    }

    /// <summary>What people stated, after what stands in the journal only was done.</summary>
    static async Task<IReadOnlyList<string>> StatementsAsync(PrivateDaemon daemon)
    {
        using Database catalog = new(Path.Combine(daemon.State, "catalog.db"), "catalog");
        using AppendFile journal = new(Path.Combine(daemon.State, "layer/journal.jsonl"));
        await new Albumen.Catalog.Journal(catalog, journal, TimeSpan.Zero, TimeProvider.System).CatchUpAsync(Cancelled);
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<string>("SELECT asset || ' ' || kind || ' ' || field || ' ' || coalesce(value, '') FROM statement WHERE kind <> 3 ORDER BY 1")];
    }

    static Layout LayoutOf(PrivateDaemon daemon) => Layout.Below(daemon.Root);

    static Settings SettingsOf(PrivateDaemon daemon) => ConfigurationReader.Read(LayoutOf(daemon));

    static async Task ShellAsync(string script, string word) => Assert.Equal(0, (await Clients.RunAsync("bash", ["-euc", script, "bash", word])).Code);
}
