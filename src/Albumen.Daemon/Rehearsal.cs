using Albumen.Backups;
using Albumen.Configuration;
using Albumen.Daemon.Checking;
using Albumen.Derivatives;
using Albumen.Native;
using Albumen.Processing;
using Albumen.Sql;
using Albumen.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Daemon;

/// <summary>
/// <c>albumend rehearse</c>: what a new version does at its first start, tried on copies while the old one may still be running: it reads the configuration, brings copies of the
/// databases up to date and holds them against themselves, and has a worker decode a picture. Nothing but its own folder is written, and that goes.
/// </summary>
static class Rehearsal
{
    const string Folder = "rehearsal-";

    /// <summary>Noise of 16 x 12 pixels, a JPEG.</summary>
    const string Picture = """
        /9j/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/wAALCAAMABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0Kx
        wRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AFRi7GRUcDHX078D+lN4UgDBL4XGRjIx
        6/54qeOJXcbsnpxn17VXtz5luMgDBz06nn/9df/Z
        """;

    /// <returns>0 when all is well, 1 when something was found, 3 when a newer version wrote the databases.</returns>
    public static async Task<int> RunAsync(Layout layout)
    {
        Settings settings;
        try
        {
            settings = ConfigurationReader.Read(layout);
        }
        catch (ConfigurationException error)
        {
            Console.Error.WriteLine(error.Message);
            return 1;
        }
        if (!Directory.Exists(layout.StateFolder))
        {
            Console.WriteLine($"{layout.StateFolder} is not there: nothing was indexed yet, so there is nothing to rehearse with.");
            return 0;
        }
        Landlock.RestrictAndRestart([layout.StateFolder, "/dev/null"], [], network: false, SmallRuntime.Variables);
        // Octal 027.
        _ = Libc.SetUserMask(0x17);
        Sweep(layout);
        string folder = Path.Combine(layout.StateFolder, $"{Folder}{Environment.ProcessId}");
        Layout scratch = Layout.Below(folder);
        try
        {
            int found = await CheckDatabasesAsync(layout, scratch, settings);
            if (await DecodeAsync(scratch, settings) is { } fault)
            {
                Console.Error.WriteLine(fault);
                found = 1;
            }
            Console.WriteLine(found == 0 ? $"Albumen {Appliance.Version} can take over." : $"Albumen {Appliance.Version} should not take over yet.");
            return found;
        }
        finally
        {
            AtomicWriter.RemoveAll(folder);
        }
    }

    static async Task<int> CheckDatabasesAsync(Layout layout, Layout scratch, Settings settings)
    {
        string catalogFile = Appliance.CatalogFile(layout), authFile = Appliance.AuthFile(layout);
        MakeFolders(scratch.LayerFolder);
        if (!File.Exists(catalogFile) || !File.Exists(authFile)) return 0;
        bool changesThem = false;
        foreach ((string file, string schema) in ((string, string)[])[(catalogFile, "catalog"), (authFile, "auth")])
        {
            DatabaseLook look = DatabaseLook.At(file, LookDepth.Surface, hasLived: false, CancellationToken.None);
            Recovery.RequireKnown(layout, file, schema, look);
            changesThem |= look.Version < Database.NewestOf(schema);
        }
        using Database catalog = Database.ForReading(catalogFile, Appliance.DamagedCatalog), auth = Database.ForReading(authFile, Appliance.DamagedAuth);
        RequireRoom(layout, catalogFile, authFile);
        // The same steps, and the same order, as of a backup: the journal has at least what the catalogue has.
        using BackupMaker maker = new(Recovery.Sources(layout, catalog, auth, Appliance.Version), new(Path.Combine(scratch.StateFolder, "copies")), settings.Backup, TimeProvider.System, NullLogger.Instance);
        Backup copy;
        try
        {
            copy = await maker.MakeAsync(BackupReason.Asked, bytesPerSecond: 0, name: "copy", CancellationToken.None);
        }
        catch (BackupException error)
        {
            Console.Error.WriteLine(error.Message);
            return 1;
        }
        AtomicWriter.Move(copy.Catalog, Appliance.CatalogFile(scratch));
        AtomicWriter.Move(copy.Auth, Appliance.AuthFile(scratch));
        foreach (string file in Directory.EnumerateFiles($"{copy.Path}/{Backup.LayerName}")) AtomicWriter.Move(file, $"{scratch.LayerFolder}/{Path.GetFileName(file)}");
        try
        {
            new Database(Appliance.CatalogFile(scratch), "catalog").Dispose();
            new Database(Appliance.AuthFile(scratch), "auth").Dispose();
        }
        catch (DatabaseException error)
        {
            Console.Error.WriteLine($"On a copy: {error.Message.Replace(scratch.StateFolder, layout.StateFolder, StringComparison.Ordinal)}");
            return 1;
        }
        if (DeepCheck.Run(scratch, settings, asJson: false, readsBytes: false, check => check is DatabaseCheck) != 0) return 1;
        // What lies on the volumes and in the cache is the same for both versions.
        if (DeepCheck.Run(scratch, settings, asJson: false, readsBytes: false, check => check is not (DatabaseCheck or DerivativeCheck or OriginalCheck)) == 0) return 0;
        if (changesThem) return 1;
        Console.WriteLine("It was so before, and this version changes nothing in the databases.");
        return 0;
    }

    /// <summary>Has a worker make small versions of a picture, so that a library that is missing or broken is found.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    static async Task<string?> DecodeAsync(Layout scratch, Settings settings)
    {
        MakeFolders(Path.Combine(scratch.CacheFolder, "derivatives"));
        string picture = Path.Combine(scratch.CacheFolder, "picture.jpg");
        byte[] bytes = Convert.FromBase64String(Picture);
        AtomicWriter.Replace(picture, bytes, durable: false);
        using WorkerPool workers = new(Appliance.WorkerCommand(scratch, settings), settings.Workers with { Count = 1 }, NullLogger<WorkerPool>.Instance);
        try
        {
            VisitAnswer answer = await workers.VisitAsync(new(scratch.CacheFolder, System.Text.Encoding.UTF8.GetBytes("picture.jpg"), VisitDepth.Everything), bytes.Length, CancellationToken.None);
            return answer switch
            {
                { End: not VisitEnd.Read } => $"A worker cannot read a picture: {answer.Fault ?? $"{answer.End}"}",
                { DecodeFault: { } fault } => $"A worker cannot decode a JPEG: {fault}",
                { Made.Count: 0 } => "A worker made no small version of a JPEG.",
                _ => null,
            };
        }
        catch (Exception error) when (error is WorkersUnavailableException or WorkerFault)
        {
            return $"No worker can be used, so nothing new would be shown: {error.Message}";
        }
    }

    static void RequireRoom(Layout layout, params string[] files)
    {
        long needed = 2 * files.Sum(file => new FileInfo(file).Length) + (64 << 20);
        if (DiskSpace.Of(layout.StateFolder) is { } space && space.Available < needed)
            throw new StartException($"There is no room to rehearse: {needed / 1e6:0} MB are needed in {layout.StateFolder} for a while, and {space.Available / 1e6:0} MB are free.");
    }

    /// <summary>What one that was killed has left.</summary>
    static void Sweep(Layout layout)
    {
        foreach (string left in Directory.EnumerateDirectories(layout.StateFolder, $"{Folder}*"))
            if (!Directory.Exists($"/proc/{Path.GetFileName(left)[Folder.Length..]}")) AtomicWriter.RemoveAll(left);
    }

    static void MakeFolders(string folder)
    {
        if (Directory.Exists(folder)) return;
        MakeFolders(Path.GetDirectoryName(folder)!);
        AtomicWriter.MakeFolder(folder);
    }
}
