using System.Text;
using Albumen.Backups;
using Albumen.Sql;
using Albumen.Tests.WebDav;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Backups;

public sealed class BackupMakerTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("albumen-backups-").FullName;
    readonly Database _catalog, _auth;
    readonly BackupClock _clock = new(new(2026, 11, 21, 4, 45, 0, TimeSpan.Zero));
    readonly List<BackupMaker> _makers = [];

    public BackupMakerTests()
    {
        _catalog = new(Path.Combine(_root, "catalog.db"), "catalog");
        _auth = new(Path.Combine(_root, "auth.db"), "auth");
        Directory.CreateDirectory(Path.Combine(_root, "layer"));
        File.WriteAllText(Path.Combine(_root, "layer/albums.json"), "{}");
        File.WriteAllText(Path.Combine(_root, "layer/journal.jsonl"), "not committed yet\n");
        File.WriteAllText(Path.Combine(_root, "albumen.yaml"), "volumes: []");
        File.SetUnixFileMode(Path.Combine(_root, "albumen.yaml"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    string Folder => Path.Combine(_root, "backups");

    public void Dispose()
    {
        foreach (BackupMaker maker in _makers) maker.Dispose();
        _catalog.Dispose();
        _auth.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_backup_has_everything_in_one_file_each_and_nobody_else_may_read_it()
    {
        await AddAsync("one");

        Backup made = await MakeAsync(Maker());

        Assert.Equal(["auth.db", "catalog.db", "configuration/albumen.yaml", "layer/albums.json", "layer/journal.jsonl", "manifest.json"],
            Directory.EnumerateFiles(made.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(made.Path, file)).Order(StringComparer.Ordinal));
        Assert.Null(BackupFolder.Fault(made, Cancelled));
        Assert.Equal(["one"], VolumesOf(made));
        // What is not committed may be taken back.
        Assert.Empty(File.ReadAllBytes($"{made.Path}/layer/journal.jsonl"));
        Assert.All(Directory.EnumerateFiles(made.Path, "*", SearchOption.AllDirectories), file => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)));
    }

    [Fact]
    public async Task The_keys_that_devices_trust_are_in_it_and_remain_for_their_owner_alone()
    {
        string key = Path.Combine(_root, "authority.key");
        await File.WriteAllTextAsync(key, "secret", Cancelled);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Backup made = await MakeAsync(Maker(keys: [key]));

        Assert.Contains(made.Manifest!.Files, file => file.Path == "tls/authority.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode($"{made.Path}/tls/authority.key"));
    }

    [Fact]
    public async Task While_others_write_it_is_as_of_one_moment_and_they_wait_for_nothing()
    {
        await _catalog.WriteAsync(c => c.Execute("CREATE TABLE much (a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO much SELECT i, hex(randomblob(40)) FROM n"), Cancelled);
        BackupMaker maker = Maker();
        Task<Backup> making = maker.MakeAsync(BackupReason.Asked, 20_000_000, null, Cancelled);
        TimeSpan longest = TimeSpan.Zero;
        int written = 0;
        for (; !making.IsCompleted; written++)
        {
            long started = System.Diagnostics.Stopwatch.GetTimestamp();
            // Always together.
            await _catalog.WriteAsync(c => c.Execute($"INSERT INTO volume (name) VALUES ('a{written}'); INSERT INTO volume (name) VALUES ('b{written}'); UPDATE much SET b = 'x' WHERE a = {written}"), Cancelled);
            if (System.Diagnostics.Stopwatch.GetElapsedTime(started) is var took && took > longest) longest = took;
        }
        Backup made = await making;

        Assert.InRange(written, 3, int.MaxValue);
        Assert.InRange(longest, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Null(BackupFolder.Fault(made, Cancelled));
        string[] volumes = VolumesOf(made);
        Assert.Equal(0, volumes.Length % 2);
        Assert.InRange(volumes.Length, 0, (2 * written) - 1);
    }

    [Fact]
    public async Task What_a_crash_has_left_is_no_backup_and_goes()
    {
        Directory.CreateDirectory($"{Folder}/.unfinished-1/layer");
        File.WriteAllText($"{Folder}/.unfinished-1/catalog.db", "half");
        Directory.CreateDirectory($"{Folder}/by hand");
        BackupMaker maker = Maker();
        Assert.Equal("it has no manifest", Assert.Single(maker.Folder.List()).Fault);

        Backup made = await MakeAsync(maker);

        Assert.Equal([made.Path, $"{Folder}/by hand"], Directory.GetDirectories(Folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_room_none_is_made_and_none_goes()
    {
        BackupMaker maker = Maker(new() { Daily = 1, Weekly = 0, Monthly = 0 });
        Backup first = await MakeAsync(maker);
        // A file of terabytes that takes no room itself.
        using (FileStream huge = File.Create(Path.Combine(_root, "layer/huge.json"))) huge.SetLength(1L << 43);
        _clock.Pass(TimeSpan.FromDays(1));

        BackupException error = await Assert.ThrowsAsync<BackupException>(() => MakeAsync(maker));

        Assert.Contains($"there is no room for it in {Folder}", error.Message, StringComparison.Ordinal);
        Assert.Equal([first.Path], Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public async Task One_that_fails_leaves_nothing_and_the_older_ones_stay()
    {
        BackupMaker maker = Maker(new() { Daily = 1, Weekly = 0, Monthly = 0 });
        Backup first = await MakeAsync(maker);
        _clock.Pass(TimeSpan.FromDays(1));
        // Nobody can read its beginning.
        BackupMaker failing = Maker(configuration: "/proc/self/mem");

        await Assert.ThrowsAsync<BackupException>(() => MakeAsync(failing));

        Assert.Equal([first.Path], Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public async Task A_damaged_database_is_not_backed_up_and_whoever_keeps_it_is_told()
    {
        string told = "";
        _catalog.OnDamage(fault => told = fault);
        await _catalog.WriteAsync(c => c.Execute("CREATE TABLE much (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO much SELECT randomblob(100) FROM n"), Cancelled);
        string file = Path.Combine(_root, "catalog.db");
        using (Database.Reader reader = _catalog.Read()) reader.Connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        using (FileStream bytes = new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            bytes.Position = bytes.Length - (20 * 4096);
            bytes.Write(new byte[3 * 4096]);
        }

        BackupException error = await Assert.ThrowsAsync<BackupException>(() => MakeAsync(Maker()));

        Assert.Contains("catalog.db is damaged", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(told);
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public async Task Backups_go_as_the_rotation_says_and_those_before_migrations_are_counted_apart()
    {
        BackupMaker maker = Maker(new() { Daily = 2, Weekly = 0, Monthly = 0 });
        for (int day = 0; day < 4; day++)
        {
            await maker.MakeAsync(BackupReason.Migration, 0, $"before-0.{day}.0", Cancelled);
            await MakeAsync(maker);
            _clock.Pass(TimeSpan.FromDays(1));
        }

        Assert.Equal(["20261123T044500Z", "20261124T044500Z", "before-0.2.0", "before-0.3.0"], maker.Folder.List().Select(b => b.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_before_the_same_version_takes_the_place_of_the_last_if_that_has_the_same_schemas()
    {
        BackupMaker maker = Maker();
        await maker.MakeAsync(BackupReason.Migration, 0, "before-0.2.0", Cancelled);
        await AddAsync("later");

        Backup made = await maker.MakeAsync(BackupReason.Migration, 0, "before-0.2.0", Cancelled);

        Assert.Equal([made.Path], Directory.GetFileSystemEntries(Folder));
        Assert.Equal(["later"], VolumesOf(made));
    }

    [Theory]
    [InlineData("catalog")]
    [InlineData("auth")]
    public async Task One_from_before_a_database_was_changed_stays_when_the_same_version_asks_again(string changed)
    {
        Database database = changed is "auth" ? _auth : _catalog;
        BackupMaker maker = Maker();
        await database.WriteAsync(c => c.Execute("PRAGMA user_version = 1"), Cancelled);
        await maker.MakeAsync(BackupReason.Migration, 0, "before-0.2.0", Cancelled);
        await database.WriteAsync(c => c.Execute($"PRAGMA user_version = {Database.NewestOf(changed)}"), Cancelled);
        await AddAsync("later");

        Backup kept = await maker.MakeAsync(BackupReason.Migration, 0, "before-0.2.0", Cancelled);

        Assert.Equal([kept.Path], Directory.GetFileSystemEntries(Folder));
        Assert.Equal((1, 1), (kept.Manifest!.Number, changed is "auth" ? kept.Manifest.AuthSchema : kept.Manifest.CatalogSchema));
        Assert.Empty(VolumesOf(kept));

        // One that is not whole has no such right.
        File.AppendAllText(kept.Auth, "x");
        Assert.Equal(["later"], VolumesOf(await maker.MakeAsync(BackupReason.Migration, 0, "before-0.2.0", Cancelled)));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("layer//x")]
    [InlineData("layer/./x")]
    [InlineData("")]
    public void A_manifest_that_leads_out_of_its_folder_is_none(string path) =>
        Assert.Throws<FormatException>(() => BackupManifest.FromBytes(new BackupManifest(1, 1, BackupReason.Asked, "0.1.0", 1, 1, default, 0, [new(path, 1, "")]).ToBytes()));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"format":1,"number":1,"reason":"asked","albumen":"0.1.0","catalog_schema":1,"auth_schema":1,"made":"2026-01-01T00:00:00Z","operations":0,"files":[null]}""")]
    [InlineData("""{"format":1,"number":1,"reason":"asked","albumen":"0.1.0","catalog_schema":1,"auth_schema":1,"made":"2026-01-01T00:00:00Z","operations":0,"files":[{"path":"auth.db","size_in_bytes":1}]}""")]
    [InlineData("""{"format":2,"number":1,"reason":"asked","albumen":"9.0.0","catalog_schema":1,"auth_schema":1,"made":"2026-01-01T00:00:00Z","operations":0,"files":[]}""")]
    public void What_is_no_manifest_is_said_to_be_none(string text) => Assert.Throws<FormatException>(() => BackupManifest.FromBytes(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task A_byte_that_changed_is_found()
    {
        Backup made = await MakeAsync(Maker());
        byte[] bytes = await File.ReadAllBytesAsync(made.Auth, Cancelled);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(made.Auth, bytes, Cancelled);

        Assert.Null(BackupFolder.At(made.Path).Fault);
        Assert.Equal("the bytes of auth.db are not what they were", BackupFolder.Fault(BackupFolder.At(made.Path), Cancelled));
    }

    [Fact]
    public async Task The_first_is_made_soon_after_the_start_and_then_each_night()
    {
        BackupSchedule schedule = Schedule();

        Assert.False(await schedule.CheckAsync(Cancelled));
        Assert.Equal(4, await RunsAsync(schedule, TimeSpan.FromDays(3)));
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 2, 30, 0, TimeSpan.Zero), schedule.Next);
    }

    [Fact]
    public async Task A_machine_that_was_off_at_night_makes_up_for_it_once()
    {
        await RunsAsync(Schedule(), TimeSpan.FromMinutes(5));
        _clock.Step(TimeSpan.FromDays(10));

        Assert.Equal(1, await RunsAsync(Schedule(), TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task A_clock_that_jumps_makes_no_storm_and_no_silence()
    {
        BackupSchedule schedule = Schedule();
        await RunsAsync(schedule, TimeSpan.FromMinutes(5));
        _clock.Step(TimeSpan.FromDays(3650));
        Assert.InRange(await RunsAsync(schedule, TimeSpan.FromHours(12)), 0, 1);
        _clock.Step(TimeSpan.FromDays(-3650));

        Assert.InRange(await RunsAsync(schedule, TimeSpan.FromDays(3)), 2, 4);
    }

    [Fact]
    public async Task One_from_the_future_does_not_silence_a_machine_that_is_switched_off_each_night()
    {
        _clock.Step(TimeSpan.FromDays(3650));
        await RunsAsync(Schedule(), TimeSpan.FromMinutes(5));
        _clock.Step(TimeSpan.FromDays(-3650) + TimeSpan.FromHours(6));
        int runs = 0;
        for (int day = 0; day < 3; day++)
        {
            runs += await RunsAsync(Schedule(), TimeSpan.FromHours(2));
            _clock.Step(TimeSpan.FromHours(22));
        }

        Assert.Equal(3, runs);
    }

    [Fact]
    public async Task One_that_cannot_be_removed_says_nothing_against_the_new_one()
    {
        BackupMaker maker = Maker(new() { Daily = 1, Weekly = 0, Monthly = 0 });
        Backup first = await MakeAsync(maker);
        Assert.SkipUnless((await Clients.RunAsync("chattr", ["+i", first.Auth])).Code == 0, "No file can be made immutable here.");
        try
        {
            _clock.Pass(TimeSpan.FromDays(1));

            Backup second = await MakeAsync(maker);

            Assert.Null(BackupFolder.Fault(second, Cancelled));
            Assert.False(File.Exists(first.Catalog));
        }
        finally
        {
            await Clients.RunAsync("chattr", ["-R", "-i", Path.GetDirectoryName(first.Path)!]);
        }
    }

    [Fact]
    public async Task One_that_fails_is_a_problem_until_one_succeeds()
    {
        BackupSchedule schedule = Schedule();
        string huge = Path.Combine(_root, "layer/huge.json");
        using (FileStream file = File.Create(huge)) file.SetLength(1L << 43);

        Assert.InRange(await RunsAsync(schedule, TimeSpan.FromHours(3)), 3, 4);
        Assert.Contains("no room", schedule.Trouble, StringComparison.Ordinal);
        Assert.Equal(["backup"], new Albumen.Catalog.Problems(_catalog).List(10).Select(p => p.Kind));

        File.Delete(huge);
        Assert.Equal(1, await RunsAsync(schedule, TimeSpan.FromHours(3)));
        Assert.Null(schedule.Trouble);
        Assert.Empty(new Albumen.Catalog.Problems(_catalog).List(10));
    }

    [Theory]
    [InlineData("abc", "abc", Continuation.Later)]
    [InlineData("abcd", "abc", Continuation.Later)]
    [InlineData("ab", "abc", Continuation.Earlier)]
    [InlineData(null, "abc", Continuation.Earlier)]
    [InlineData("abx", "abc", Continuation.Other)]
    [InlineData("abxdef", "abc", Continuation.Other)]
    public void A_journal_goes_on_where_another_ends_or_does_not(string? file, string copy, Continuation expected)
    {
        string one = Path.Combine(_root, "one"), other = Path.Combine(_root, "other");
        if (file is not null) File.WriteAllText(one, file);
        File.WriteAllText(other, copy);

        Assert.Equal(expected, GrowingFiles.Compare(one, other));
    }

    BackupMaker Maker(BackupSettings? settings = null, string? configuration = null, string[]? keys = null)
    {
        BackupSources sources = new(_catalog, Path.Combine(_root, "catalog.db"), _auth, Path.Combine(_root, "auth.db"), Path.Combine(_root, "layer"), [(configuration ?? Path.Combine(_root, "albumen.yaml"), "albumen.yaml")], "0.1.0") { Keys = keys ?? [] };
        BackupMaker maker = new(sources, new(Folder), settings ?? new(), _clock, NullLogger.Instance);
        _makers.Add(maker);
        return maker;
    }

    BackupSchedule Schedule() => new(Maker(), _catalog, new(), _clock, NullLogger<BackupSchedule>.Instance);

    static Task<Backup> MakeAsync(BackupMaker maker) => maker.MakeAsync(BackupReason.Asked, 0, null, Cancelled);

    async Task<int> RunsAsync(BackupSchedule schedule, TimeSpan time)
    {
        int runs = 0;
        TimeSpan tick = TimeSpan.FromMinutes(5);
        for (TimeSpan passed = TimeSpan.Zero; passed <= time; passed += tick)
        {
            if (await schedule.CheckAsync(Cancelled)) runs++;
            _clock.Pass(tick);
        }
        return runs;
    }

    Task AddAsync(string name) => _catalog.WriteAsync(connection => connection.Execute("INSERT INTO volume (name) VALUES (@name)", new { name }), Cancelled);

    static string[] VolumesOf(Backup backup)
    {
        using Database catalog = Database.ForReading(backup.Catalog, "");
        using Database.Reader reader = catalog.Scratch();
        return [.. reader.Connection.Query<string>("SELECT name FROM volume")];
    }

    sealed class BackupClock(DateTimeOffset now) : TimeProvider
    {
        TimeSpan _passed;

        public override DateTimeOffset GetUtcNow() => now;

        public override long GetTimestamp() => _passed.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public void Pass(TimeSpan time) => (now, _passed) = (now + time, _passed + time);

        public void Step(TimeSpan time) => now += time;
    }
}
