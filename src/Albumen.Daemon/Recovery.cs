using System.Globalization;
using Albumen.Backups;
using Albumen.Configuration;
using Albumen.Daemon.Tls;
using Albumen.Sql;
using Albumen.Storage;

namespace Albumen.Daemon;

/// <summary>A database that was damaged or gone at the start, and what was done about it.</summary>
/// <param name="Path">Where the damaged file lies now; where it should have been, if it was gone.</param>
/// <param name="Message">For the log and the list of problems.</param>
sealed record Replacement(string Path, string Message);

/// <summary>
/// What is done before the databases are opened for writing: one that is damaged is set aside and another takes its place; before this version changes any, both are backed up.
/// Only what SQLite says twice of a file whose every byte could be read counts as damage: a disk that gives errors makes the same answers.
/// </summary>
/// <remarks>
/// The catalogue could always be made from the files. It is taken from the newest backup all the same, when there is one that the journal continues: what happened since is in the
/// journal and on the volumes, so nothing is missing after the next scan; and the photos of a volume that is away now, whose files nobody could ask, stay known.
/// </remarks>
sealed class Recovery(Layout layout, Settings settings, ILogger logger)
{
    /// <summary>The kind of the problem.</summary>
    public const string Problem = "replaced-database";

    static readonly TimeSpan BeforeAnotherLook = TimeSpan.FromMilliseconds(300);

    readonly List<Replacement> _replaced = [];

    public IReadOnlyList<Replacement> Replaced => _replaced;

    /// <summary>The backup that was made because this version changes the databases; null when it need not.</summary>
    public Backup? Before { get; private set; }

    /// <exception cref="StartException">The databases cannot be used, and the message says why and what to do.</exception>
    /// <exception cref="DatabaseException">One cannot be read, or another process holds it.</exception>
    public async Task PrepareAsync()
    {
        RequireRestored(layout);
        bool hasLived = StateFile.Read(layout) is not null, isThorough = Suspicion.IsNoted(layout);
        FinishReplacements();
        bool isOlder = await MendAsync(isThorough ? LookDepth.EveryPage : LookDepth.Surface, hasLived);
        if (isThorough) Suspicion.Clear(layout);
        try
        {
            if (isOlder) await BackUpBeforeAsync(isThorough);
        }
        catch (BackupException error) when (error.IsDamage && !isThorough)
        {
            // A backup reads every page, and the look above did not.
            if (await MendAsync(LookDepth.EveryPage, hasLived)) await BackUpBeforeAsync(isLast: true);
        }
    }

    /// <returns>Whether this version will change any.</returns>
    async Task<bool> MendAsync(LookDepth depth, bool hasLived)
    {
        if (depth is LookDepth.EveryPage) Native.Systemd.Notify("STATUS=Looking at every page of the databases\nEXTEND_TIMEOUT_USEC=1800000000");
        string catalogFile = Appliance.CatalogFile(layout), authFile = Appliance.AuthFile(layout);
        DatabaseLook catalog = await LookAsync(catalogFile, depth, hasLived), auth = await LookAsync(authFile, depth, hasLived);
        RequireKnown(layout, catalogFile, "catalog", catalog);
        RequireKnown(layout, authFile, "auth", auth);
        if (auth.Fault is not null || (hasLived && !File.Exists(authFile))) auth = MendAuth(authFile, auth.Fault);
        if (catalog.Fault is not null) catalog = MendCatalog(catalogFile, catalog.Fault);
        return IsOlder("catalog", catalog) || IsOlder("auth", auth);
    }

    /// <summary>Lists what was done, and what of an earlier time is still lying there; forgets what somebody has taken away since.</summary>
    public async Task NoteAsync(Database catalog, TimeProvider clock)
    {
        string[] lying = [.. DatabaseFile.SetAsideIn(layout.StateFolder)];
        await catalog.WriteAsync(connection =>
        {
            foreach (Replacement replaced in _replaced) Catalog.Problems.Note(connection, new(Problem, "", replaced.Path, replaced.Message), clock.GetUtcNow().ToUnixTimeSeconds());
            HashSet<string> listed = [.. Catalog.Problems.PathsOf(connection, "", Problem)];
            foreach (string gone in listed.Except(lying).Except(_replaced.Select(replaced => replaced.Path))) Catalog.Problems.Solve(connection, "", gone, Problem);
            foreach (string file in lying.Where(file => !listed.Contains(file)))
                Catalog.Problems.Note(connection, new(Problem, "", file, $"{file} was found damaged at a start and set aside. Remove it when nobody wants to look into it any more."), clock.GetUtcNow().ToUnixTimeSeconds());
        }, CancellationToken.None);
    }

    /// <summary>Where backups may lie: the folder that is configured, and the one that they lie in by default.</summary>
    public static IReadOnlyList<BackupFolder> BackupFolders(Layout layout, Settings? settings) =>
        [.. new[] { settings?.Backup.Folder, layout.BackupFolder }.OfType<string>().Distinct().Select(path => new BackupFolder(path))];

    /// <summary>All that there are, the newest first.</summary>
    public static IReadOnlyList<Backup> Backups(Layout layout, Settings? settings)
    {
        List<IReadOnlyList<Backup>> lists = [.. BackupFolders(layout, settings).Select(folder => folder.List()).Where(list => list.Count > 0)];
        // Their numbers count within one folder.
        return lists.Count == 1 ? lists[0] : [.. lists.SelectMany(list => list).OrderByDescending(backup => backup.Manifest?.Made ?? default)];
    }

    /// <summary>Where the authority lies that devices trust.</summary>
    public static string KeysFolder(Layout layout) => Path.GetDirectoryName(OwnCertificate.AuthorityFile(layout))!;

    public static BackupSources Sources(Layout layout, Database? catalog, Database? auth, string version) => new(catalog, Appliance.CatalogFile(layout), auth, Appliance.AuthFile(layout), layout.LayerFolder,
        [
            (layout.ConfigurationFile, "albumen.yaml"),
            .. Directory.Exists(layout.ConfigurationFolder) ? Directory.EnumerateFiles(layout.ConfigurationFolder, "*.yaml").Select(file => (file, $"conf.d/{Path.GetFileName(file)}")) : [],
        ], version)
    {
        Keys = Directory.Exists(KeysFolder(layout)) ? [.. Directory.EnumerateFiles(KeysFolder(layout)).Where(file => Path.GetExtension(file) is ".crt" or ".key")] : [],
    };

    async Task<DatabaseLook> LookAsync(string file, LookDepth depth, bool hasLived)
    {
        DatabaseLook look = DatabaseLook.At(file, depth, hasLived, CancellationToken.None);
        if (look.Fault is not { } fault) return look;
        try
        {
            // What lies in memory may be what a failing disk gave once.
            foreach (string part in (string[])[file, $"{file}-wal"])
            {
                if (!File.Exists(part)) continue;
                AtomicWriter.SyncPath(part);
                BackupFolder.HashOf(part, CancellationToken.None);
            }
        }
        catch (IOException error)
        {
            throw new StartException($"{file} cannot be read to its end: {error.Message} Its disk gives errors, which says nothing of what is in it; nothing was changed. Look at the kernel's log: journalctl -k");
        }
        await Task.Delay(BeforeAnotherLook);
        look = DatabaseLook.At(file, depth, hasLived, CancellationToken.None);
        if (look.Fault is null) logger.OnlyOnce(file, fault);
        return look;
    }

    /// <summary>For those who use the catalogue and are no start: that it is whole as it lies there is not looked at.</summary>
    /// <exception cref="StartException">A restore was interrupted, or a newer version wrote a database.</exception>
    public static void RequireUsable(Layout layout)
    {
        RequireRestored(layout);
        foreach ((string file, string schema) in ((string, string)[])[(Appliance.CatalogFile(layout), "catalog"), (Appliance.AuthFile(layout), "auth")])
            if (File.Exists(file)) RequireKnown(layout, file, schema, new(SchemaOf(file), null));
    }

    /// <summary>0 where it is damaged.</summary>
    public static long SchemaOf(string file)
    {
        try
        {
            using Database database = Database.ForReading(file, "");
            return database.Schema();
        }
        catch (DatabaseException error) when (Database.IsDamage(error))
        {
            return 0;
        }
    }

    /// <exception cref="StartException">A restore was killed after it began to replace files.</exception>
    static void RequireRestored(Layout layout)
    {
        if (RestoreProgram.IsUnfinished(layout))
            throw new StartException($"'albumend restore' was interrupted, and {layout.StateFolder} is neither as it was before nor as it is to be. Run 'albumend restore' again.");
    }

    /// <exception cref="StartException">A newer version wrote it.</exception>
    public static void RequireKnown(Layout layout, string file, string schema, DatabaseLook look)
    {
        if (look.Version <= Database.NewestOf(schema)) return;
        string writer = StateFile.Read(layout)?.Albumen is { } version && version != Appliance.Version ? $"Albumen {version}" : "a newer Albumen";
        throw new StartException($"{file} was written by {writer} and has schema {look.Version}; this is Albumen {Appliance.Version}, which knows {Database.NewestOf(schema)}. Install {writer} again, or put back what was backed up before with 'albumend restore'. Nothing was changed.",
            StartException.Newer);
    }

    DatabaseLook MendAuth(string file, string? fault)
    {
        string what = fault is null ? $"{file} was gone" : $"{file} was damaged ({fault})";
        // Accounts cannot be made from anything else.
        foreach (Backup backup in Whole(Backup.AuthName, "auth", b => b.AuthSchema))
        {
            string? aside = Replace(file, backup.Auth, what);
            Note(aside ?? file, $"{what}. People, app passwords and what their programs noted are as they were in the backup {backup.Path} of {Time(backup.Manifest!.Made)}: {LookThrough}{Kept(aside)}");
            return new(backup.Manifest.AuthSchema, null);
        }
        IReadOnlyList<BackupFolder> folders = BackupFolders(layout, settings);
        const string Holds = "It holds the people, their app passwords, and what their programs noted, which nothing else does.";
        foreach (BackupFolder folder in folders.Where(folder => folder.Path == settings.Backup.Folder || Directory.Exists(folder.Path)))
            if (folder.Obstacle() is { } obstacle)
                throw new StartException($"{what}, and {folder.Path}, where its backups lie, {obstacle}. {Holds} Make it readable and start albumend again. If the backups are lost as well, name another folder with backup.folder in {layout.ConfigurationFile}. Nothing was changed.");
        bool hasUseless = Backups(layout, settings).Any(backup => backup.Manifest is not { } manifest || manifest.Files.Any(f => f.Path == Backup.AuthName));
        string without = hasUseless ? "none of its backups can be used ('albumend restore --dry-run' says why)" : $"there is no backup of it in {string.Join(" or ", folders.Select(folder => folder.Path))}";
        if (fault is not null || hasUseless)
            throw new StartException($"{what}, and {without}. {Holds} Put a backup of it in its place: 'albumend restore --from FOLDER'. Or move {(fault is null ? "the useless ones" : "it")} away and add the people anew: photos, edits and albums are not concerned. Nothing was changed.");
        MoveAside(file, what);
        Note(file, $"{what}, and {without}, so an empty one was made: add the people anew with 'albumen user add'. Photos, edits and albums are not concerned.");
        return new(0, null);
    }

    DatabaseLook MendCatalog(string file, string fault)
    {
        Backup? from = Whole(Backup.CatalogName, "catalog", b => b.CatalogSchema).FirstOrDefault(backup => !IsOtherJournal(backup));
        string what = $"{file} was damaged ({fault})";
        string? aside = from is not null ? Replace(file, from.Catalog, what) : MoveAside(file, what);
        Note(aside ?? file, $"{what}. {(from is null
            ? "The catalogue is made anew from the files; until all were read, not everything is shown"
            : $"The catalogue is that of the backup {from.Path} of {Time(from.Manifest!.Made)}, with all that was edited since; what happened to the files since is found by the next scan")}. No edit is lost.{Kept(aside)}");
        return new(from?.Manifest!.CatalogSchema ?? 0, null);
    }

    /// <summary>What a start had begun that was interrupted.</summary>
    void FinishReplacements()
    {
        foreach (string path in (string[])[Appliance.CatalogFile(layout), Appliance.AuthFile(layout)])
        {
            DatabaseFile file = new(path);
            file.RemoveRemains();
            if (!file.IsUnfinished) continue;
            string? aside = Do($"A start was interrupted while a backup took the place of {path}", file.Finish);
            Note(aside ?? path, $"{path} was damaged or gone, and is that of a backup since, although a start was interrupted meanwhile. {(path == Appliance.AuthFile(layout) ? LookThrough : "No edit is lost.")}{Kept(aside)}");
        }
    }

    const string LookThrough = "look through 'albumen user list' and 'albumen app-password list' for what was added or revoked since.";

    static string? Replace(string file, string backup, string what) => Do(what, () => new DatabaseFile(file).ReplaceWith(backup));

    static string? MoveAside(string file, string what) => Do(what, new DatabaseFile(file).SetAside);

    static string? Do(string what, Func<string?> step)
    {
        try
        {
            return step();
        }
        catch (IOException error)
        {
            throw new StartException($"{what}, and nothing can take its place: {error.Message} See to that, and start albumend again.");
        }
    }

    bool IsOtherJournal(Backup backup)
    {
        try
        {
            return GrowingFiles.Compare(Appliance.JournalFile(layout), $"{backup.Path}/{Backup.LayerName}/journal.jsonl") is Continuation.Other;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Backups that have a database this version can use, the newest first; each is read to its end only when the one before it was of no use.</summary>
    IEnumerable<Backup> Whole(string name, string schema, Func<BackupManifest, long> version) => Backups(layout, settings)
        .Where(b => b.Manifest is { } manifest && manifest.Files.Any(f => f.Path == name) && version(manifest) <= Database.NewestOf(schema) && BackupFolder.Fault(b, CancellationToken.None) is null);

    /// <summary>Whether a file with such a name is a database, and not what lies beside one.</summary>
    public static bool IsSetAside(string file) => !file.EndsWith("-wal", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal);

    void Note(string path, string message)
    {
        logger.Replaced(message);
        _replaced.Add(new(path, message));
    }

    /// <param name="isLast">Damage is not looked into once more.</param>
    /// <exception cref="BackupException">A database is damaged.</exception>
    async Task BackUpBeforeAsync(bool isLast)
    {
        Native.Systemd.Notify("STATUS=Backing up the databases before a new version changes them\nEXTEND_TIMEOUT_USEC=1800000000");
        string old = StateFile.Read(layout)?.Albumen ?? "unknown";
        using Database? catalog = Open(Appliance.CatalogFile(layout)), auth = Open(Appliance.AuthFile(layout));
        BackupFolder folder = BackupFolders(layout, settings).First(f => f.Path == settings.Backup.Folder ? Directory.Exists(f.Path) : true);
        using BackupMaker maker = new(Sources(layout, catalog, auth, old), folder, settings.Backup, TimeProvider.System, logger);
        try
        {
            Before = await maker.MakeAsync(BackupReason.Migration, bytesPerSecond: 0, $"{BackupFolder.Before}{Appliance.Version}", CancellationToken.None);
        }
        catch (BackupException error) when (isLast || !error.IsDamage)
        {
            throw new StartException($"{error.Message} Before a new version changes the databases they are backed up; nothing was changed.");
        }

        static Database? Open(string file) => File.Exists(file) ? Database.ForReading(file, "") : null;
    }

    static bool IsOlder(string schema, DatabaseLook look) => look.Version > 0 && look.Version < Database.NewestOf(schema);

    static string Kept(string? aside) => aside is null ? "" : $" The damaged file is {aside}; remove it when nobody wants to look into it any more.";

    static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{What}")]
    public static partial void Replaced(this ILogger logger, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} answered as if it were damaged ({Fault}), and did not when it was read again; it is used as it is. Its disk may be failing: journalctl -k")]
    public static partial void OnlyOnce(this ILogger logger, string file, string fault);
}
