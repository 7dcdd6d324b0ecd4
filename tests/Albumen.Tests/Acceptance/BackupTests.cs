using System.Reflection;
using System.Text.Json;
using Albumen.Backups;
using Albumen.Configuration;
using Albumen.Daemon;
using Albumen.Daemon.Tls;
using Albumen.Sql;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Albumen.Tests.Acceptance;

/// <summary>Backups that the real daemon makes, puts back and takes before it changes anything; killed at any moment.</summary>
public sealed class BackupTests(EditedArchive archive) : IClassFixture<EditedArchive>
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_is_made_when_asked_and_listed()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false);
        await daemon.StartAsync();
        Assert.Empty((await EditedArchive.DoAsync(daemon, "backup", "--json")).Output);
        Assert.StartsWith("Would copy", (await EditedArchive.DoAsync(daemon, "backup", "now", "--dry-run")).Output, StringComparison.Ordinal);

        JsonElement made = JsonElement.Parse((await EditedArchive.DoAsync(daemon, "backup", "now", "--wait", "--json")).Output);

        Assert.Null(BackupFolder.Fault(BackupFolder.At(made.GetProperty("path").GetString()!), Cancelled));
        Assert.Equal(made.GetProperty("name").GetString(), JsonElement.Parse((await EditedArchive.DoAsync(daemon, "backup", "--json")).Output).GetProperty("name").GetString());
        Assert.Contains("The last good backup is 0 minutes old", (await daemon.AlbumenAsync("doctor")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_goes_to_the_folder_that_is_configured_although_nothing_else_there_can_be_written()
    {
        string disk = Directory.CreateTempSubdirectory("albumen-disk-").FullName;
        try
        {
            await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false, $"backup: {{ folder: {disk} }}");
            await daemon.StartAsync();
            await EditedArchive.DoAsync(daemon, "backup", "now", "--wait");
            await daemon.StopAsync();

            Assert.Null(BackupFolder.Fault(Assert.Single(new BackupFolder(disk).List()), Cancelled));

            // And the start finds it there.
            await File.WriteAllTextAsync(Path.Combine(daemon.State, "auth.db"), "damaged", Cancelled);
            await daemon.StartAsync();
            Assert.Contains("anna", (await EditedArchive.DoAsync(daemon, "user", "list")).Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(disk, recursive: true);
        }
    }

    [Fact]
    public async Task A_restore_puts_back_what_was_and_keeps_the_edits_that_were_made_since()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        await File.WriteAllTextAsync(Path.Combine(daemon.State, "catalog.db"), "broken", Cancelled);
        await File.WriteAllTextAsync(Path.Combine(daemon.State, "auth.db"), "broken", Cancelled);

        Answer rehearsed = await daemon.AlbumendAsync("restore", "--dry-run");
        Assert.Equal("broken", await File.ReadAllTextAsync(Path.Combine(daemon.State, "catalog.db"), Cancelled));
        Answer done = await daemon.AlbumendAsync("restore", "--yes");

        Assert.Equal((0, 0), (rehearsed.Code, done.Code));
        Assert.Contains("would be put", rehearsed.Output, StringComparison.Ordinal);
        Assert.Contains("what was done since is done again", done.Output, StringComparison.Ordinal);
        string aside = Assert.Single(Directory.GetDirectories(daemon.State, "replaced-*"));
        Assert.Equal("broken", await File.ReadAllTextAsync(Path.Combine(aside, "catalog.db"), Cancelled));
        await daemon.StartAsync();
        Assert.Contains("anna", (await EditedArchive.DoAsync(daemon, "user", "list")).Output, StringComparison.Ordinal);
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task A_restore_onto_an_empty_machine_needs_nothing_but_the_backup()
    {
        await using PrivateDaemon old = await archive.OpenAsync();
        await old.StartAsync();
        string folder = JsonElement.Parse((await EditedArchive.DoAsync(old, "backup", "now", "--wait", "--json")).Output).GetProperty("path").GetString()!;
        await old.StopAsync();
        await using PrivateDaemon empty = PrivateDaemon.Of(archive.Library);
        File.Delete(Path.Combine(empty.Root, "etc/albumen/albumen.yaml"));

        Answer none = await empty.AlbumendAsync("restore", "--yes"), done = await empty.AlbumendAsync("restore", "--from", folder, "--yes");

        Assert.Equal(1, none.Code);
        Assert.Contains("albumend restore --from FOLDER", none.Error, StringComparison.Ordinal);
        Assert.True(done.Code == 0, done.Error);
        await empty.StartAsync();
        Assert.Contains("anna", (await EditedArchive.DoAsync(empty, "user", "list")).Output, StringComparison.Ordinal);
        await archive.AssertWholeAsync(empty);
    }

    [Fact]
    public async Task A_restore_refuses_what_it_cannot_use_and_changes_nothing()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string backup = Assert.Single(Directory.GetDirectories(Path.Combine(daemon.State, "backups"))), name = Path.GetFileName(backup);
        string before = await HashesAsync(daemon);

        Answer unknown = await daemon.AlbumendAsync("restore", "--from", "nonsense", "--yes"), alone = await daemon.AlbumendAsync("restore", "--nonsense");
        Assert.Equal((1, 2), (unknown.Code, alone.Code));
        Assert.Contains($"There are: {name}", unknown.Error, StringComparison.Ordinal);

        await ShellAsync("printf rot! | dd of=$1/auth.db bs=1 seek=9000 conv=notrunc status=none", backup);
        Answer changed = await daemon.AlbumendAsync("restore", "--yes");
        Assert.Equal(1, changed.Code);
        Assert.Contains($"{backup}: the bytes of auth.db are not what they were", changed.Error, StringComparison.Ordinal);

        await ShellAsync("sed -i 's/\"catalog_schema\": [0-9]*/\"catalog_schema\": 999/; s/\"albumen\": \"[^\"]*\"/\"albumen\": \"9.1.0\"/' $1/manifest.json", backup);
        Answer newer = await daemon.AlbumendAsync("restore", "--from", name, "--yes");
        Assert.Equal(3, newer.Code);
        Assert.Contains("made by Albumen 9.1.0", newer.Error, StringComparison.Ordinal);
        Assert.Equal(before, await HashesAsync(daemon));

        await daemon.StartAsync();
        Answer running = await daemon.AlbumendAsync("restore", "--yes");
        Assert.Equal(1, running.Code);
        Assert.Contains("running already", running.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_that_says_something_else_is_set_aside_with_all_it_has()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string journal = Path.Combine(daemon.State, "layer/journal.jsonl");
        await ShellAsync("sed -i '1s/Am See/Am Meer/' $1", journal);
        byte[] other = await File.ReadAllBytesAsync(journal, Cancelled);

        Answer done = await daemon.AlbumendAsync("restore", "--yes");

        Assert.True(done.Code == 0, done.Error);
        Assert.Contains("albumen import-layer", done.Output, StringComparison.Ordinal);
        Assert.Equal(other, await File.ReadAllBytesAsync(Path.Combine(Assert.Single(Directory.GetDirectories(daemon.State, "replaced-*")), "layer/journal.jsonl"), Cancelled));
        await daemon.StartAsync();
        Assert.Contains("Am See", (await EditedArchive.DoAsync(daemon, "show", "/Folders/lib/a1.jpg", "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_that_is_killed_at_any_step_leaves_what_was_or_what_a_second_one_mends()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        int kills = 0, refused = 0;
        foreach (string call in (string[])["renameat2", "unlinkat"])
            for (int at = 1; ; at++)
            {
                await using PrivateDaemon daemon = await archive.OpenAsync();
                Answer killed = await TracedAsync(daemon, call, at);
                if (killed.Code == 0) break;
                kills++;
                Layout layout = Layout.Below(daemon.Root);
                if (RestoreProgram.IsUnfinished(layout))
                {
                    refused++;
                    if (refused == 1) Assert.Contains("Run 'albumend restore' again", (await daemon.FailAsync()).Error, StringComparison.Ordinal);
                    // Wherever a second one is killed, nobody takes what it leaves for whole.
                    await TracedAsync(daemon, call, 1 + (at % 4));
                    Assert.True(RestoreProgram.IsUnfinished(layout), $"{call} {at}");
                    Answer again = await daemon.AlbumendAsync("restore", "--yes");
                    Assert.True(again.Code == 0, $"{call} {at}: {again.Error}");
                }
                Assert.False(RestoreProgram.IsUnfinished(layout));
                if (at % 5 != 1) continue;
                await daemon.StartAsync();
                Assert.Contains("anna", (await EditedArchive.DoAsync(daemon, "user", "list")).Output, StringComparison.Ordinal);
                await archive.AssertWholeAsync(daemon);
            }
        Assert.InRange(kills, 5, 200);
        Assert.InRange(refused, 2, kills);
    }

    [Fact]
    public async Task A_restore_that_was_interrupted_goes_on_with_the_same_backup()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string elsewhere = Path.Combine(daemon.Root, "elsewhere");
        await ShellAsync("cp -a \"$1\"/var/lib/albumen/backups/* \"$1/elsewhere\"", daemon.Root);
        for (int at = 1; !RestoreProgram.IsUnfinished(Layout.Below(daemon.Root)); at++) Assert.NotEqual(0, (await TracedAsync(daemon, "renameat2", at, "--from", elsewhere)).Code);

        Answer done = await daemon.AlbumendAsync("restore", "--yes");

        Assert.True(done.Code == 0, done.Error);
        Assert.Contains("Going on with the restore that was interrupted", done.Output, StringComparison.Ordinal);
        Assert.Contains($"The backup {elsewhere} of", done.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_is_found_by_its_name_in_the_folder_that_is_configured_and_in_the_default_one()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string disk = Path.Combine(daemon.Root, "disk"), name = Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(daemon.State, "backups"))));
        await ShellAsync($"mkdir $1/disk; cp -a $1/var/lib/albumen/backups/{name} $1/disk/by-hand", daemon.Root);
        daemon.Configure(archive.Library, "lib", $"backup: {{ folder: {disk} }}");

        Answer configured = await daemon.AlbumendAsync("restore", "--from", "by-hand", "--dry-run"), usual = await daemon.AlbumendAsync("restore", "--from", name, "--dry-run");

        Assert.Contains($"The backup {disk}/by-hand of", configured.Output, StringComparison.Ordinal);
        Assert.Contains($"The backup {daemon.State}/backups/{name} of", usual.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configuration_that_sets_nothing_is_replaced_and_stays_out_of_the_daemons_hands()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can give files away.");
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string file = Path.Combine(daemon.Root, "etc/albumen/albumen.yaml"), shipped = "# Every key stands here.\n\nvolumes:\n  #- name: photos\nscan:\n";
        await File.WriteAllTextAsync(file, shipped, Cancelled);
        await ShellAsync("chown -R nobody: $1", daemon.State);

        Answer done = await daemon.AlbumendAsync("restore", "--yes");

        Assert.True(done.Code == 0, done.Error);
        Assert.Contains(archive.Library, await File.ReadAllTextAsync(file, Cancelled), StringComparison.Ordinal);
        string aside = Assert.Single(Directory.GetDirectories(daemon.State, "replaced-*"));
        Assert.Equal(shipped, await File.ReadAllTextAsync(Path.Combine(aside, "configuration/albumen.yaml"), Cancelled));
        Assert.Equal("640 root nogroup", (await Clients.RunAsync("stat", ["-c", "%a %U %G", file])).Output.Trim());
        Assert.Equal("nobody", (await Clients.RunAsync("stat", ["-c", "%U", Path.Combine(daemon.State, "catalog.db")])).Output.Trim());
    }

    [Fact]
    public async Task Configuration_that_somebody_wrote_stays_and_the_last_line_says_so()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync(more: "verify: { schedule: off }");
        string file = Path.Combine(daemon.Root, "etc/albumen/albumen.yaml"), written = await File.ReadAllTextAsync(file, Cancelled);

        Answer done = await daemon.AlbumendAsync("restore", "--yes");

        Assert.True(done.Code == 0, done.Error);
        Assert.StartsWith($"Not put back: {file}.", done.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(written, await File.ReadAllTextAsync(file, Cancelled));
    }

    [Fact]
    public async Task A_restore_asks_nothing_of_what_is_there_not_even_that_it_can_be_read()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string journal = Path.Combine(daemon.State, "layer/journal.jsonl"), configuration = Path.Combine(daemon.Root, "etc/albumen/conf.d/more.yaml");
        await ShellAsync("mkdir $1/etc/albumen/conf.d; printf 'verify: { schedule: off }\\n' > $1/etc/albumen/conf.d/more.yaml", daemon.Root);

        (int code, string output) = await Clients.RunAsync("strace", ["-f", "-qq", "-P", journal, "-e", "trace=pread64", "-e", "inject=pread64:error=EIO", "-o", "/dev/null", Programs.Albumend, "--root", daemon.Root, "restore", "--yes"]);

        Assert.True(code == 0, output);
        Assert.Contains("the one there cannot be read", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Assert.Single(Directory.GetDirectories(daemon.State, "replaced-*")), "layer/journal.jsonl")));
        Assert.True(File.Exists(configuration));
    }

    [Fact]
    public async Task Devices_that_trust_the_authority_go_on_to_after_a_restore()
    {
        await using PrivateDaemon old = await archive.OpenAsync();
        OwnCertificate.Keep(Layout.Below(old.Root));
        await old.StartAsync();
        string folder = JsonElement.Parse((await EditedArchive.DoAsync(old, "backup", "now", "--wait", "--json")).Output).GetProperty("path").GetString()!;
        await using PrivateDaemon anew = PrivateDaemon.Of(archive.Library);
        OwnCertificate.Keep(Layout.Below(anew.Root));

        Answer done = await anew.AlbumendAsync("restore", "--from", folder, "--yes");

        Assert.True(done.Code == 0, done.Error);
        Assert.Equal("600 600", (await Clients.RunAsync("stat", ["-c", "%a", $"{folder}/tls/authority.key", $"{anew.State}/tls/authority.key"])).Output.Trim().ReplaceLineEndings(" "));
        string restored = OwnCertificate.AuthorityFile(Layout.Below(anew.Root));
        Assert.Equal(await File.ReadAllTextAsync(OwnCertificate.AuthorityFile(Layout.Below(old.Root)), Cancelled), await File.ReadAllTextAsync(restored, Cancelled));
        Assert.True(File.Exists(Path.Combine(Assert.Single(Directory.GetDirectories(anew.State, "replaced-*")), "tls/authority.key")));
        // It is as good as before.
        Assert.Null(OwnCertificate.Keep(Layout.Below(anew.Root)));
    }

    [Fact]
    public async Task A_daemon_that_is_killed_while_it_backs_up_leaves_no_half_backup()
    {
        Random random = new(1850);
        await using PrivateDaemon daemon = await archive.OpenAsync();
        int before = 1, interrupted = 0;
        for (int kill = 0; kill < Thorough.Times(8); kill++)
        {
            await daemon.StartAsync();
            await EditedArchive.DoAsync(daemon, "backup", "now");
            await Task.Delay(random.Next(250), Cancelled);
            await daemon.KillAsync(withWorkers: true);
            IReadOnlyList<Backup> all = new BackupFolder(Path.Combine(daemon.State, "backups")).List();
            Assert.All(all, backup => Assert.Null(BackupFolder.Fault(backup, Cancelled)));
            Assert.InRange(all.Count, 1, before + 1);
            if (Directory.GetDirectories(Path.Combine(daemon.State, "backups"), ".*").Length > 0) interrupted++;
            before = all.Count;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{interrupted} were interrupted");

        await daemon.StartAsync();
        await EditedArchive.DoAsync(daemon, "backup", "now", "--wait");
        Assert.Empty(Directory.GetDirectories(Path.Combine(daemon.State, "backups"), ".*"));
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task Before_a_migration_everything_is_backed_up_and_then_it_is_served()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false);
        string auth = Path.Combine(daemon.State, "auth.db");
        long newest = Database.NewestOf("auth");
        MakeOld(auth, newest - 1);

        await daemon.StartAsync();

        Backup before = Assert.Single(new BackupFolder(Path.Combine(daemon.State, "backups")).List());
        Assert.Equal(($"before-{Appliance.Version}", newest - 1, BackupReason.Migration), (before.Name, before.Manifest!.AuthSchema, before.Manifest.Reason));
        Assert.Null(BackupFolder.Fault(before, Cancelled));
        await archive.AssertWholeAsync(daemon);
        Assert.Equal(newest, VersionOf(auth));
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_database_as_it_was_and_says_where_the_backup_lies()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false);
        string catalog = Path.Combine(daemon.State, "catalog.db");
        // What the last migration makes is there already.
        long newest = Database.NewestOf("catalog");
        await ShellAsync($"sqlite3 $1 'PRAGMA user_version = {newest - 1}'", catalog);

        Answer rehearsed = await daemon.AlbumendAsync("rehearse"), failed = await daemon.FailAsync();

        Assert.Equal((1, 1), (rehearsed.Code, failed.Code));
        Assert.Contains($"{catalog} cannot be brought from schema {newest - 1} to {newest}", rehearsed.Error, StringComparison.Ordinal);
        Assert.Contains($"{catalog} cannot be brought from schema {newest - 1} to {newest}", failed.Error, StringComparison.Ordinal);
        Assert.Contains($"{daemon.State}/backups/before-{Appliance.Version}", failed.Error, StringComparison.Ordinal);
        Assert.Equal(newest - 1, VersionOf(catalog));
        await ShellAsync($"sqlite3 $1 'PRAGMA user_version = {newest}'", catalog);
        await daemon.StartAsync();
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task Where_the_second_database_cannot_be_changed_the_backup_from_before_the_first_was_stays()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false);
        string catalog = Path.Combine(daemon.State, "catalog.db"), auth = Path.Combine(daemon.State, "auth.db");
        long newest = Database.NewestOf("catalog");
        MakeOld(catalog, newest - 1, "catalog");
        // What the last migration makes is there already.
        await ShellAsync($"sqlite3 $1 'PRAGMA user_version = {Database.NewestOf("auth") - 1}'", auth);

        Answer first = await daemon.FailAsync();
        Assert.Equal(newest, VersionOf(catalog));
        Answer second = await daemon.FailAsync();

        Assert.Contains($"{auth} cannot be brought from schema", first.Error, StringComparison.Ordinal);
        Assert.Contains($"{auth} cannot be brought from schema", second.Error, StringComparison.Ordinal);
        Backup before = Assert.Single(new BackupFolder(Path.Combine(daemon.State, "backups")).List());
        Assert.Equal((newest - 1, 1), (before.Manifest!.CatalogSchema, before.Manifest.Number));
        Assert.Contains($"{before.Path} is kept", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dump_changes_no_database_of_an_older_version_and_neither_it_nor_a_rebuild_touches_a_half_restored_one()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false);
        string catalog = Path.Combine(daemon.State, "catalog.db");
        MakeOld(catalog, Database.NewestOf("catalog") - 1, "catalog");
        await daemon.AlbumendAsync("dump");
        Assert.Equal(Database.NewestOf("catalog") - 1, VersionOf(catalog));

        await File.WriteAllTextAsync(Path.Combine(daemon.State, "restore-unfinished"), "", Cancelled);
        foreach (string verb in (string[])["dump", "rebuild"])
        {
            Answer refused = await daemon.AlbumendAsync(verb);
            Assert.Equal(1, refused.Code);
            Assert.Contains("Run 'albumend restore' again", refused.Error, StringComparison.Ordinal);
        }
        Assert.True(File.Exists(catalog));
    }

    [Fact]
    public async Task The_backup_before_a_migration_takes_the_place_of_the_last_where_names_cannot_be_exchanged()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false);
        string auth = Path.Combine(daemon.State, "auth.db"), before = $"{daemon.State}/backups/before-{Appliance.Version}";
        MakeOld(auth, Database.NewestOf("auth") - 1);
        await daemon.StartAsync();
        await daemon.StopAsync();
        MakeOld(auth, Database.NewestOf("auth") - 1);

        daemon.Launch("strace", "-D", "-f", "-qq", "-P", before, "-e", "trace=renameat2", "-e", "inject=renameat2:error=EINVAL:when=1", "-o", $"{daemon.Root}/calls");
        await daemon.SaysAsync("http://127.0.0.1:");

        Assert.Contains("RENAME_EXCHANGE", await File.ReadAllTextAsync($"{daemon.Root}/calls", Cancelled), StringComparison.Ordinal);
        Backup made = Assert.Single(new BackupFolder($"{daemon.State}/backups").List());
        Assert.Equal((before, 2), (made.Path, made.Manifest!.Number));
        Assert.Null(BackupFolder.Fault(made, Cancelled));
        Assert.Empty(Directory.GetDirectories($"{daemon.State}/backups", ".*"));
    }

    [Fact]
    public async Task Damage_that_only_the_backup_before_a_migration_finds_is_mended_at_once()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        string catalog = Path.Combine(daemon.State, "catalog.db");
        MakeOld(Path.Combine(daemon.State, "auth.db"), Database.NewestOf("auth") - 1);
        await ShellAsync("""
            sqlite3 $1 'CREATE TABLE much (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO much SELECT randomblob(100) FROM n'
            dd if=/dev/zero of=$1 bs=4096 seek=$(($(stat -c %s $1) / 4096 - 20)) count=3 conv=notrunc status=none
            """, catalog);

        await daemon.StartAsync();

        Assert.Contains($"{catalog} was damaged", daemon.Log, StringComparison.Ordinal);
        Assert.Null(BackupFolder.Fault(BackupFolder.At($"{daemon.State}/backups/before-{Appliance.Version}"), Cancelled));
        await archive.AssertWholeAsync(daemon);
    }

    [Fact]
    public async Task A_migration_does_not_begin_without_room_for_its_backup()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync();
        await using PrivateDaemon daemon = await archive.OpenAsync(hasBackup: false, within: mounts.Within);
        long newest = Database.NewestOf("auth");
        MakeOld(Path.Combine(daemon.State, "auth.db"), newest - 1);
        await mounts.DoAsync("cp -a $1 $1.kept; mount -t tmpfs -o size=20M tmpfs $1; cp -a $1.kept/. $1; rm -rf $1.kept", daemon.State);

        Answer refused = await daemon.FailAsync();

        Assert.Equal(1, refused.Code);
        Assert.Contains("there is no room for it", refused.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", refused.Error, StringComparison.Ordinal);
        Assert.Equal($"{newest - 1}", (await mounts.DoAsync("sqlite3 $1/auth.db 'PRAGMA user_version'", daemon.State)).Trim());
    }

    [Fact]
    public async Task A_rehearsal_beside_a_running_daemon_finds_nothing_and_leaves_nothing()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        await daemon.StartAsync();

        Answer rehearsed = await daemon.AlbumendAsync("rehearse");

        Assert.True(rehearsed.Code == 0, rehearsed.Output + rehearsed.Error);
        Assert.Contains("can take over", rehearsed.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(daemon.State, "rehearsal-*"));
        await EditedArchive.DoAsync(daemon, "set", "rating=3", "/Folders/lib/a4.jpg");
    }

    [Fact]
    public async Task A_rehearsal_finds_a_library_that_is_missing()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can hide a library.");
        const string Library = "/usr/lib/x86_64-linux-gnu/libvips.so.42";
        Assert.SkipUnless(File.Exists(Library), $"{Library} is not there to be hidden");
        await using PrivateDaemon daemon = await archive.OpenAsync(within: ["unshare", "-m", "--", "sh", "-c", $"mount --bind /dev/null {Library} && exec \"$@\"", "sh"]);

        Answer rehearsed = await daemon.AlbumendAsync("rehearse");

        Assert.Equal(1, rehearsed.Code);
        Assert.Contains("libvips is not installed", rehearsed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rehearsal_finds_a_catalogue_that_contradicts_itself_and_a_configuration_that_cannot_be_read()
    {
        await using PrivateDaemon daemon = await archive.OpenAsync();
        await ShellAsync("sqlite3 $1/catalog.db \"DELETE FROM change WHERE operation = 2\"", daemon.State);
        // It was so before: a version that changes nothing there has nothing to do with it, and may be the one that mends it.
        Answer rehearsed = await daemon.AlbumendAsync("rehearse");
        Assert.Equal(0, rehearsed.Code);
        Assert.Contains("It was so before", rehearsed.Output, StringComparison.Ordinal);
        MakeOld(Path.Combine(daemon.State, "auth.db"), Database.NewestOf("auth") - 1);
        Assert.Equal(1, (await daemon.AlbumendAsync("rehearse")).Code);

        daemon.Configure("volumes: [");
        rehearsed = await daemon.AlbumendAsync("rehearse");
        Assert.Equal(1, rehearsed.Code);
        Assert.Contains("albumen.yaml", rehearsed.Error, StringComparison.Ordinal);
    }

    /// <summary>A database of an older version, made as that made it, with nobody in it.</summary>
    static void MakeOld(string file, long version, string schema = "auth")
    {
        foreach (string suffix in (string[])["", "-wal", "-shm"]) File.Delete(file + suffix);
        Assembly assembly = typeof(Database).Assembly;
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        foreach (string name in assembly.GetManifestResourceNames().Where(n => n.StartsWith($"Albumen.Sql.Migrations.{schema}.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take((int)version))
        {
            using StreamReader text = new(assembly.GetManifestResourceStream(name)!);
            connection.Execute(text.ReadToEnd());
        }
        connection.Execute($"PRAGMA user_version = {version}");
    }

    static long VersionOf(string file)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection.ExecuteScalar<long>("PRAGMA user_version");
    }

    static async Task<Answer> TracedAsync(PrivateDaemon daemon, string call, int at, params string[] more)
    {
        (int code, string output) = await Clients.RunAsync("strace", ["-f", "-qq", "-e", $"trace={call}", "-e", $"inject={call}:signal=KILL:when={at}", "-o", "/dev/null", Programs.Albumend, "--root", daemon.Root, "restore", "--yes", .. more]);
        return new(code, output, "");
    }

    static async Task<string> HashesAsync(PrivateDaemon daemon) =>
        (await Clients.RunAsync("bash", ["-euc", "cd \"$0\"; sha256sum catalog.db auth.db layer/*", daemon.State])).Output;

    static async Task ShellAsync(string script, string word) => Assert.Equal(0, (await Clients.RunAsync("bash", ["-euc", script, "bash", word])).Code);
}
