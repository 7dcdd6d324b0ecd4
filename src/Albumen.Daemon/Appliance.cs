using System.Data.Common;
using Albumen.Backups;
using Albumen.Catalog;
using Albumen.Catalog.Stacks;
using Albumen.Configuration;
using Albumen.Derivatives;
using Albumen.Identity;
using Albumen.Organization;
using Albumen.Processing;
using Albumen.Sidecar;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Daemon;

/// <summary>Everything the daemon is made of, wired once. Only <see cref="Program"/> and the doors see it whole.</summary>
sealed class Appliance : IDisposable
{
    /// <summary>What to do about it.</summary>
    public const string DamagedCatalog = "Everything in it comes from the files and the journal: start albumend anew, which takes it from the newest backup or makes it anew.";
    public const string DamagedAuth = "It holds the people, their app passwords, and what their programs noted: start albumend anew, which takes it from the newest backup; or put one back with 'albumend restore'.";

    readonly FileStream _lock;
    readonly AppendFile _journalFile, _nameFile;
    readonly InboxAlbums _inboxAlbums;
    readonly WorkerPool _rasterWorkers;
    readonly bool _hasLayer;

    Appliance(FileStream alone, Layout layout, Settings settings, ILoggerFactory loggers)
    {
        TimeProvider clock = TimeProvider.System;
        _lock = alone;
        Layout = layout;
        Settings = settings;
        Catalog = new(CatalogFile(layout), "catalog", DamagedCatalog);
        Auth = new(AuthFile(layout), "auth", DamagedAuth);
        Suspicion = new(layout, Catalog, Auth, loggers.CreateLogger<Suspicion>());
        Catalog.OnDamage(Suspicion.Note);
        Auth.OnDamage(Suspicion.Note);
        Volumes = new(Catalog, settings.Volumes);
        FreeSpace = new(clock);
        Jobs = new(Catalog, clock);
        SettleGate = new(clock);
        Workers = new(WorkerCommand(layout, settings), settings.Workers, loggers.CreateLogger<WorkerPool>());
        Derivatives = new(layout.CacheFolder);
        Problems = new(Catalog);
        _hasLayer = File.Exists(JournalFile(layout)) || File.Exists(NamesFile(layout));
        _journalFile = new(JournalFile(layout));
        Journal = new(Catalog, _journalFile, settings.Sidecars.Delay, clock);
        Editor = new(Catalog, Journal);
        Organizer = new(Catalog, Journal);
        Albums = new(clock);
        AlbumReader = new(Catalog);
        Trash = new(clock);
        TrashReader = new(Catalog, settings.Trash, clock);
        SmartAlbums = new(clock);
        Conflicts = new(Catalog, Journal);
        Tags = new(Catalog);
        Duplicates = new(Catalog, Volumes);
        Stacks = new(Catalog, Volumes, settings.Stacks);
        StackReader = new(Catalog);
        StackRehearsal = new(Catalog, Volumes);
        NearDuplicates = new(Catalog, Volumes);
        Courtesy = new(settings.Io, new(own: Pressure.OwnFolder()), clock, new(Auth, clock));
        Indexer = new(Catalog, Jobs, Volumes, SettleGate, settings.Scan, Workers, Derivatives, Problems, Journal, Courtesy, clock, loggers.CreateLogger<Indexer>())
        {
            Places = LoadPlaces(settings.Time, loggers.CreateLogger<PlaceZones>()),
        };
        MakeWorkers = new(WorkerCommand(layout, settings), settings.Workers with { Count = 1 }, loggers.CreateLogger<WorkerPool>());
        Maker = new(Catalog, Volumes, MakeWorkers, Derivatives, settings.Derivatives, Courtesy, Indexer, Problems, clock, loggers.CreateLogger<Maker>());
        // Somebody looks at a screen meanwhile.
        _rasterWorkers = new(WorkerCommand(layout, settings with { Io = settings.Io with { Nice = 0, Class = IoClass.None } }), settings.Workers with { Count = 1 }, loggers.CreateLogger<WorkerPool>());
        Rasters = new(_rasterWorkers);
        Watcher = new(SettleGate);
        Scanner scanner = new(Catalog, settings.Scan, clock, loggers.CreateLogger<Scanner>());
        Scanning = new(Catalog, Volumes, scanner, Indexer, Watcher, Courtesy, settings.Scan, clock, loggers.CreateLogger<Scanning>());
        VerifyWorkers = new(WorkerCommand(layout, settings), settings.Workers with { Count = 1 }, loggers.CreateLogger<WorkerPool>());
        Verification = new(Catalog, Volumes, VerifyWorkers, Courtesy, settings.Verify, Indexer.Wake, clock, loggers.CreateLogger<Verification>());
        VerificationSchedule = new(Catalog, Volumes, Verification, settings.Verify, clock, loggers.CreateLogger<VerificationSchedule>());
        _nameFile = new(NamesFile(layout));
        Timeline = new(Catalog, clock, names => NameFile.Append(_nameFile, names));
        SidecarFiles = new(layout.StateFolder, Volumes, settings.Sidecars, Scribe.Inherited, clock);
        Sidecars = new(Catalog, Jobs, Volumes, new(Catalog, Jobs, Volumes, Journal, Workers, settings.Sidecars, clock), new(Catalog, Jobs, Volumes, Journal, SidecarFiles, Workers, settings.Sidecars, clock),
            new(Catalog, Journal, SidecarFiles, Workers, settings.Sidecars, clock), clock, loggers.CreateLogger<Sidecars>());
        SidecarMover = new(Catalog, Volumes, SidecarFiles, Workers);
        Scanning.Walked = (volume, isWhole) =>
        {
            if (isWhole)
            {
                Sidecars.Walked(volume);
                Purge!.Wake();
            }
            else Sidecars.Wake();
        };
        LayerFiles layer = new(_journalFile, _nameFile, Journal.CommittedLength);
        Layer = new(Catalog, layout.LayerFolder, layer, Volumes, SidecarFiles, clock, loggers.CreateLogger<LayerKeeper>());
        Export = new(Catalog, layer, Volumes, SidecarFiles, Workers, layout.CacheFolder, clock);
        SidecarImport = new(Catalog, Volumes, SidecarFiles);
        CacheKeeper = new(Catalog, Derivatives, settings.Cache, clock, loggers.CreateLogger<CacheKeeper>());
        Journal.Committed = Sidecars.Committed = FollowAsync;
        Indexer.Committed = cancellationToken =>
        {
            CacheKeeper.Wake();
            return FollowAsync(cancellationToken);
        };
        Backups = new(Recovery.Sources(layout, Catalog, Auth, Version), Recovery.BackupFolders(layout, settings)[0], settings.Backup, clock, loggers.CreateLogger<BackupMaker>());
        BackupSchedule = new(Backups, Catalog, settings.Backup, clock, loggers.CreateLogger<BackupSchedule>());
        People = new(Auth, clock);
        Blur = new(settings.Quality, Volumes, new(Auth, People, clock), clock);
        QualityReader = new(Catalog);
        QualityList = new(Catalog);
        Analyst = new(Catalog, Volumes, Indexer, clock);
        InboxHashes inboxHashes = new(Auth);
        Inbox = new(Path.Combine(layout.StateFolder, "inbox"));
        Locks = new(Auth, clock);
        Shadows = new(Auth, Path.Combine(layout.StateFolder, "shadow"), Locks, clock);
        InboxReceipts receipts = new(Auth);
        Tree = new(Catalog, Volumes, Derivatives, (Inbox, inboxHashes, receipts), clock, Organizer.Shelves) { Shadows = Shadows, Blur = Blur };
        PathProperties = new(Auth);
        Ingest = new(Catalog, Volumes, scanner, Indexer, Journal, settings.Inbox, clock)
        {
            // They are to be watched.
            FoldersMade = (volume, folders) => Scanning.KeeperOf(volume).Tell(new FoldersChanged(volume.Id, folders.ToHashSet(), new HashSet<long>())),
        };
        TreeWriter = new(Tree, inboxHashes, Locks, PathProperties, Organizer, Albums, Ingest, settings.WebDav);
        _inboxAlbums = new(Organizer, Albums, loggers.CreateLogger<InboxAlbums>());
        InboxKeeper = new(Tree, TreeWriter, Ingest, inboxHashes, Locks, _inboxAlbums, Catalog, Courtesy, settings.Inbox, settings.Workers.Count, () => Scanning.HasSeenAll, clock, loggers.CreateLogger<InboxKeeper>());
        TreeWriter.Changed = InboxKeeper.Wake;
        Purge = new(Catalog, Volumes, SidecarFiles, scanner, Journal, TreeWriter, receipts, TrashReader, settings.Trash, clock)
        {
            NamedAgain = (volume, folder) => Scanning.KeeperOf(volume).Tell(new FoldersChanged(volume.Id, new HashSet<long> { folder }, new HashSet<long>())),
        };
        Assets = new(Catalog, Volumes, clock, Blur);
        Selector = new(Catalog, Tree, clock, Blur);
        SignIn = new(People, settings.SignIn, clock);
    }

    public Layout Layout { get; }
    public Settings Settings { get; }
    public Database Catalog { get; }
    public Database Auth { get; }
    public Suspicion Suspicion { get; }
    public Volumes Volumes { get; }
    public FreeSpace FreeSpace { get; }
    public JobQueue Jobs { get; }
    public SettleGate SettleGate { get; }
    public WorkerPool Workers { get; }
    public DerivativeStore Derivatives { get; }
    public CacheKeeper CacheKeeper { get; }
    public Courtesy Courtesy { get; }
    public Indexer Indexer { get; }
    public WorkerPool MakeWorkers { get; }
    public Maker Maker { get; }
    public Rasters Rasters { get; }
    public Watcher Watcher { get; }
    public WorkerPool VerifyWorkers { get; }
    public Verification Verification { get; }
    public VerificationSchedule VerificationSchedule { get; }
    public BackupMaker Backups { get; }
    public BackupSchedule BackupSchedule { get; }
    public Scanning Scanning { get; }
    public TimelineIndex Timeline { get; }
    public SidecarFiles SidecarFiles { get; }
    public Sidecars Sidecars { get; }
    public SidecarMover SidecarMover { get; }
    public LayerKeeper Layer { get; }
    public Export Export { get; }
    public SidecarImport SidecarImport { get; }
    public Problems Problems { get; }
    public Journal Journal { get; }
    public Editor Editor { get; }
    public Organizer Organizer { get; }
    public Albums Albums { get; }
    public AlbumReader AlbumReader { get; }
    public Trash Trash { get; }
    public TrashReader TrashReader { get; }
    public Purge Purge { get; }
    public SmartAlbums SmartAlbums { get; }
    public Conflicts Conflicts { get; }
    public Tags Tags { get; }
    public Duplicates Duplicates { get; }
    public StackIndex Stacks { get; }
    public StackReader StackReader { get; }
    public StackRehearsal StackRehearsal { get; }
    public NearDuplicates NearDuplicates { get; }
    public BlurLines Blur { get; }
    public QualityReader QualityReader { get; }
    public QualityList QualityList { get; }
    public Analyst Analyst { get; }
    public PlainDisk Inbox { get; }
    public Shadows Shadows { get; }
    public Ingest Ingest { get; }
    public InboxKeeper InboxKeeper { get; }
    public ArchiveTree Tree { get; }
    public TreeWriter TreeWriter { get; }
    public PathLocks Locks { get; }
    public PathProperties PathProperties { get; }
    public AssetReader Assets { get; }
    public AssetSelector Selector { get; }
    public People People { get; }
    public SignIn SignIn { get; }

    /// <summary>See <see cref="NewCatalogue"/>.</summary>
    public bool IsNew { get; private set; }

    /// <summary>What was done about databases that were damaged.</summary>
    public Recovery? Recovery { get; private init; }

    /// <summary>This program's.</summary>
    public static string Version { get; } = typeof(Appliance).Assembly.GetName().Version!.ToString(3);

    public static string AuthFile(Layout layout) => Path.Combine(layout.StateFolder, "auth.db");

    public static string CatalogFile(Layout layout) => Path.Combine(layout.StateFolder, "catalog.db");

    public static string JournalFile(Layout layout) => Path.Combine(layout.LayerFolder, "journal.jsonl");

    public static string NamesFile(Layout layout) => Path.Combine(layout.LayerFolder, "names.jsonl");

    /// <summary>Claims the state folder for this process alone and opens the databases; those that are damaged are replaced first, see <see cref="Daemon.Recovery"/>.</summary>
    /// <exception cref="StartException">Another daemon has it.</exception>
    /// <exception cref="DatabaseException">A database cannot be used.</exception>
    public static Task<Appliance> OpenAsync(Layout layout, Settings settings, ILoggerFactory loggers) => OpenAsync(Claim(layout), layout, settings, loggers);

    /// <param name="alone">The <see cref="Claim"/>, which is the appliance's from now on, or released.</param>
    /// <inheritdoc cref="OpenAsync(Layout, Settings, ILoggerFactory)"/>
    public static async Task<Appliance> OpenAsync(FileStream alone, Layout layout, Settings settings, ILoggerFactory loggers)
    {
        Recovery recovery = new(layout, settings, loggers.CreateLogger<Recovery>());
        try
        {
            await recovery.PrepareAsync();
            Appliance appliance = new(alone, layout, settings, loggers) { Recovery = recovery };
            StateFile.Write(layout);
            return appliance;
        }
        catch (DatabaseException error) when (error.HasFailedToMigrate && recovery.Before is { } before)
        {
            alone.Dispose();
            throw new StartException($"{error.Message} As both databases were before, they lie in {before.Path}. To go back, install Albumen {before.Manifest!.Albumen} and run 'albumend restore --from {before.Name}'.");
        }
        catch
        {
            alone.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a second daemon from the same state.</summary>
    /// <exception cref="StartException">One is running.</exception>
    public static FileStream Claim(Layout layout)
    {
        string path = Path.Combine(layout.StateFolder, "albumend.lock");
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw StartException.CannotWrite(path, "permission denied");
        }
        catch (IOException error) when (File.Exists(path) && error is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new StartException($"albumend is running already with the state in {layout.StateFolder}. Stop that one first, or use another --root.");
        }
    }

    /// <summary>What to tell somebody whose request a database failed, whichever of both it was; what says that the file is damaged is noted.</summary>
    public string Explain(DbException error)
    {
        if (Database.IsDamage(error)) Suspicion.Note(error.Message);
        return error is DatabaseException ? error.Message : $"The database does not answer: {error.Message}";
    }

    /// <summary>Where a journal lies now that was shorter than what the catalogue knows of it; null when all was well.</summary>
    public string? ReplacedJournal => _journalFile.Replaced;

    /// <summary>
    /// Brings the catalogue up to the files it can be made from: a new one, or one that a crash left behind them. Before anything is served or read.
    /// </summary>
    /// <exception cref="JournalException">The journal is damaged; the message says where and what to do.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        IsNew = await Catalog.WriteAsync(connection =>
        {
            NewCatalogue.Begin(connection, _hasLayer);
            return NewCatalogue.IsNew(connection);
        }, cancellationToken);
        await Volumes.NoteZonesAsync(cancellationToken);
        await Blur.NoteConfiguredAsync(Catalog, cancellationToken);
        await Journal.CatchUpAsync(cancellationToken);
        await Timeline.TakeBackAsync(NameFile.Read(_nameFile), cancellationToken);
        await FollowAsync(cancellationToken);
    }

    /// <summary>After each change of the catalogue: who follows it.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await Stacks.CatchUpAsync(cancellationToken);
        if (IsNew && Scanning.HasSeenAll && !Sidecars.HasMirrorsToSee && !Indexer.HasLeft()) await SettleAsync(cancellationToken);
        else if (!IsNew || !NewCatalogue.IsMadeAgain(Catalog)) await Timeline.CatchUpAsync(cancellationToken);
        Sidecars.Wake();
        Maker.Wake();
    }

    /// <summary>The catalogue is not new any more: every volume that is there was scanned and every file read. What was held back until then happens now.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await Catalog.WriteAsync(NewCatalogue.End, cancellationToken);
        IsNew = false;
        await Timeline.CatchUpAsync(cancellationToken);
    }

    public void Dispose()
    {
        Workers.Dispose();
        MakeWorkers.Dispose();
        Maker.Dispose();
        _rasterWorkers.Dispose();
        Rasters.Dispose();
        Watcher.Dispose();
        VerifyWorkers.Dispose();
        Verification.Dispose();
        Scanning.Dispose();
        Indexer.Dispose();
        SignIn.Dispose();
        NearDuplicates.Dispose();
        CacheKeeper.Dispose();
        Catalog.Dispose();
        Sidecars.Dispose();
        _journalFile.Dispose();
        _nameFile.Dispose();
        InboxKeeper.Dispose();
        _inboxAlbums.Dispose();
        Ingest.Dispose();
        Purge.Dispose();
        TreeWriter.Dispose();
        Inbox.Dispose();
        Backups.Dispose();
        Shadows.Dispose();
        Auth.Dispose();
        _lock.Dispose();
    }

    /// <summary>This program, and the words before its own where it was started as <c>dotnet albumend.dll</c>, as under a debugger.</summary>
    public static (string Program, string[] Words) Self()
    {
        string program = Environment.ProcessPath!;
        return (program, Path.GetFileNameWithoutExtension(program) is "dotnet" ? [typeof(Appliance).Assembly.Location] : []);
    }

    /// <summary>What is wrong with the file was said with the other findings.</summary>
    static PlaceZones? LoadPlaces(TimeSettings time, ILogger<PlaceZones> logger)
    {
        try
        {
            if (time.Places is not { } path) return null;
            PlaceZones places = PlaceZones.Load(path);
            logger.TownsKnown(places.Count, path, places.Skipped);
            return places;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>How a worker is started.</summary>
    public static WorkerCommand WorkerCommand(Layout layout, Settings settings)
    {
        string[] words =
        [
            "worker", layout.CacheFolder, $"{settings.Derivatives.PreviewQuality}", $"{settings.Derivatives.ThumbnailQuality}", $"{settings.Workers.MegapixelLimit}",
            .. settings.Derivatives.Svg ? ["svg"] : Array.Empty<string>(), .. settings.Derivatives.Pdf ? ["pdf"] : Array.Empty<string>(),
        ];
        (string program, string[] self) = Self();
        return new(program, [.. self, .. words], new Dictionary<string, string>(WorkerManners.Variables(settings.Io))
        {
            // The worker is restricted further than the daemon, so it restarts itself once more.
            ["ALBUMEN_RESTRICTED"] = "",
            [Worker.WorkerProgram.BuildVariable] = Worker.WorkerProgram.Build,
            // One arena, and pixel buffers outside it, so that what a large picture took is given back after it (mallopt(3)).
            ["MALLOC_ARENA_MAX"] = "1",
            ["MALLOC_MMAP_THRESHOLD_"] = "2097152",
            // Its hours are spent in native code; what was compiled ahead is good enough for long.
            ["DOTNET_TC_CallCountingDelayMs"] = "EA60",
        });
    }
}

/// <summary>The daemon cannot start; the message says why and what to do, and is shown without a stack trace.</summary>
sealed class StartException(string message, int exitCode = 1) : Exception(message)
{
    /// <summary>The exit code when a newer version wrote the state.</summary>
    public const int Newer = 3;

    public int ExitCode => exitCode;

    public static StartException CannotWrite(string path, string reason) =>
        new($"Cannot write {path}: {reason}. Run albumend as the user it belongs to, or choose another place with --root.");
}

/// <summary>
/// What the .NET runtime reads only from the environment, in hexadecimal: a guest on a small machine collects after 4 MB of new objects instead of a cache's
/// size, and does not begin to compile again what was compiled ahead before it is a second at rest, which halves what a start costs.
/// </summary>
static class SmallRuntime
{
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["DOTNET_GCgen0size"] = "400000",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCountingDelayMs"] = "3E8",
    };
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Photos that know their place get the zone of the nearest of {Towns} towns from {File}; {Skipped} lines there are no towns and were skipped")]
    public static partial void TownsKnown(this ILogger logger, int towns, string file, int skipped);
}
