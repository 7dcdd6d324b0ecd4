using System.Globalization;
using Albumen.Backups;
using Albumen.Configuration;
using Albumen.Native;
using Albumen.Sql;
using Albumen.Storage;

namespace Albumen.Daemon;

/// <summary>
/// <c>albumend restore</c>: puts a backup in the place of what is there, while the daemon is stopped; nothing of what is there need be readable. It is copied and checked first, then
/// what is there is set aside and the copies get its names. Killed at any point it leaves what was there, or something that running it again makes right. Nothing is deleted.
/// </summary>
/// <remarks>
/// A journal that goes on where that of the backup ends stays: the next start does what stands in it, so edits that were made after the backup are not lost. One that says
/// something else is set aside, and can be taken over by <c>albumen import-layer</c>.
/// </remarks>
static class RestoreProgram
{
    const string Staging = "restoring", Begun = "begun";

    /// <summary>One file of the backup.</summary>
    /// <param name="From">Null: what is there stays.</param>
    /// <param name="What">For the admin.</param>
    sealed record Step(string? From, string To, string What, ContentHash Hash);

    /// <summary>Whether one was killed after it began to replace files.</summary>
    public static bool IsUnfinished(Layout layout) => File.Exists(Path.Combine(layout.StateFolder, Staging, Begun));

    /// <returns>0 when it is done, or would be; 1 when there is no good backup; 2 when it is not clear what is meant; 3 when a newer version made it.</returns>
    public static int Run(Layout layout, string[] options)
    {
        string? from = null;
        bool isDryRun = false, isAgreed = false;
        for (int i = 0; i < options.Length; i++)
            switch (options[i])
            {
                case "--from" when i + 1 < options.Length:
                    from = options[++i];
                    break;
                case "--dry-run":
                    isDryRun = true;
                    break;
                case "--yes" or "-y":
                    isAgreed = true;
                    break;
                default:
                    throw new StartException($"'{options[i]}' is not understood; write: albumend restore [--from NAME|FOLDER] [--dry-run] [--yes]", 2);
            }
        Restrict(layout);
        using FileStream alone = Appliance.Claim(layout);
        IReadOnlyList<Backup> known = Recovery.Backups(layout, SettingsIfReadable(layout));
        Backup backup = from is null ? Newest(known) : Named(known, from);
        IReadOnlyList<Step> steps = Plan(layout, backup);
        Console.WriteLine($"The backup {backup.Path} of {backup.Manifest!.Made.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} (Albumen {backup.Manifest.Albumen}, {backup.Manifest.SizeInBytes / 1e6:0.0} MB) is whole.");
        foreach (Step step in steps) Console.WriteLine($"  {(step.From is null ? "stays" : isDryRun ? "would be put" : "is put")}: {step.To}{(step.What.Length > 0 ? $" ({step.What})" : "")}");
        if (isDryRun) return 0;
        if (!isAgreed && !Agrees()) return 1;
        RequireRoom(layout, backup);
        Put(layout, backup, [.. steps.Where(step => step.From is not null)]);
        return 0;
    }

    /// <summary>From here on this process can change nothing but Albumen's own folders.</summary>
    static void Restrict(Layout layout)
    {
        // Octal 027.
        _ = Libc.SetUserMask(0x17);
        string configuration = Path.GetDirectoryName(layout.ConfigurationFile)!;
        foreach (string folder in (string[])[layout.StateFolder, configuration])
            try
            {
                if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new StartException($"Cannot make the folder {folder}: {error.Message} Run albumend as a user who may, or choose another place with --root.");
            }
        Landlock.RestrictAndRestart([layout.StateFolder, configuration, "/dev/null"], [], network: false);
    }

    static Settings? SettingsIfReadable(Layout layout)
    {
        try
        {
            return ConfigurationReader.Read(layout);
        }
        catch (ConfigurationException)
        {
            // On an empty machine there is none.
            return null;
        }
    }

    static Backup Newest(IReadOnlyList<Backup> known)
    {
        List<string> faults = [];
        foreach (Backup backup in known)
        {
            if (FaultOf(backup) is not { } fault) return backup;
            faults.Add($"  {backup.Path}: {fault}");
        }
        throw new StartException(faults.Count == 0
            ? "There is no backup where backups lie. If you have one elsewhere: albumend restore --from FOLDER. Nothing was changed."
            : $"No backup can be used. Nothing was changed. Those there are:\n{string.Join('\n', faults)}");
    }

    static Backup Named(IReadOnlyList<Backup> known, string name)
    {
        Backup? backup = name.Contains('/') || Directory.Exists(name) ? BackupFolder.At(Path.GetFullPath(name).TrimEnd('/')) : known.FirstOrDefault(b => b.Name == name);
        if (backup is null)
            throw new StartException($"There is no backup '{name}'. {(known.Count == 0 ? "There is none at all where backups lie; a folder elsewhere is given with its path." : $"There are: {string.Join(", ", known.Select(b => b.Name))}.")} Nothing was changed.");
        if (backup.Manifest is { } manifest && IsNewer(manifest))
            throw new StartException($"The backup {backup.Path} was made by Albumen {manifest.Albumen}; this is Albumen {Appliance.Version}, which does not know its databases. Install that version first. Nothing was changed.", StartException.Newer);
        return FaultOf(backup) is { } fault ? throw new StartException($"The backup {backup.Path} cannot be used: {fault}. Nothing was changed.") : backup;
    }

    static bool IsNewer(BackupManifest manifest) => manifest.CatalogSchema > Database.NewestOf("catalog") || manifest.AuthSchema > Database.NewestOf("auth");

    /// <summary>What is wrong with it, after all of it was read.</summary>
    static string? FaultOf(Backup backup)
    {
        if (BackupFolder.Fault(backup, CancellationToken.None) is { } fault) return fault;
        if (IsNewer(backup.Manifest!)) return $"it was made by Albumen {backup.Manifest!.Albumen}, which is newer than this one";
        try
        {
            foreach (string file in (string[])[backup.Catalog, backup.Auth])
                if (DatabaseLook.At(file, LookDepth.EveryPage, hasLived: false, CancellationToken.None).Fault is { } damage) return $"{Path.GetFileName(file)} is damaged: {damage}";
            return null;
        }
        catch (DatabaseException error)
        {
            return error.Message;
        }
    }

    static IReadOnlyList<Step> Plan(Layout layout, Backup backup)
    {
        List<Step> steps = [];
        foreach (BackedUpFile file in backup.Manifest!.Files)
        {
            string from = $"{backup.Path}/{file.Path}", name = Path.GetFileName(file.Path);
            ContentHash hash = ContentHash.Parse(file.Sha256);
            switch (file.Path.Split('/'))
            {
                case [Backup.CatalogName or Backup.AuthName]:
                    steps.Add(new(from, $"{layout.StateFolder}/{name}", "", hash));
                    break;
                case [Backup.LayerName, _] when name.EndsWith(".jsonl", StringComparison.Ordinal):
                    string there = $"{layout.LayerFolder}/{name}";
                    steps.Add(GrowingFiles.Compare(there, from) switch
                    {
                        Continuation.Later when File.Exists(there) => new(null, there, new FileInfo(there).Length == file.SizeInBytes ? "it is the same" : "it goes on where that of the backup ends; what was done since is done again at the next start", hash),
                        Continuation.Other => new(from, there, "the one there says something else; what it has and this has not, 'albumen import-layer' takes over", hash),
                        _ => new(from, there, "", hash),
                    });
                    break;
                case [Backup.LayerName, _]:
                    steps.Add(new(from, $"{layout.LayerFolder}/{name}", "", hash));
                    break;
                case [Backup.ConfigurationName, .. var rest]:
                    string place = rest is ["conf.d", _] ? $"{layout.ConfigurationFolder}/{name}" : layout.ConfigurationFile;
                    if (!File.Exists(place)) steps.Add(new(from, place, "", hash));
                    else if (BackupFolder.HashOf(place, CancellationToken.None) != hash) steps.Add(new(null, place, $"it differs from {from}", hash));
                    break;
            }
        }
        return steps;
    }

    static bool Agrees()
    {
        if (Console.IsInputRedirected) throw new StartException("Nobody is there to ask: add --yes to do it, or --dry-run to only see it. Nothing was changed.", 2);
        Console.Write("What is there is set aside, and nothing is deleted. Do it? [y/N] ");
        if (Console.ReadLine()?.Trim() is "y" or "Y" or "yes") return true;
        Console.WriteLine("Nothing was changed.");
        return false;
    }

    static void RequireRoom(Layout layout, Backup backup)
    {
        if (DiskSpace.Of(layout.StateFolder) is { } space && space.Available < backup.Manifest!.SizeInBytes + (16 << 20))
            throw new StartException($"There is no room for it: {backup.Manifest.SizeInBytes / 1e6:0} MB are needed in {layout.StateFolder}, and {space.Available / 1e6:0} MB are free. Nothing was changed.");
    }

    static void Put(Layout layout, Backup backup, IReadOnlyList<Step> steps)
    {
        string staging = Path.Combine(layout.StateFolder, Staging), begun = Path.Combine(staging, Begun);
        // Of one that was killed.
        AtomicWriter.RemoveAll(begun);
        AtomicWriter.RemoveAll(staging);
        AtomicWriter.MakeFolder(staging);
        List<(string Copy, Step Step)> copies = [];
        foreach (Step step in steps)
        {
            string copy = $"{staging}/{copies.Count}";
            int mode = (int)File.GetUnixFileMode(step.From!) & BackupFolder.MostOpenMode;
            if (AtomicWriter.CopyFile(step.From!, copy, null, mode | BackupFolder.PrivateMode, CancellationToken.None) != step.Hash)
                throw new StartException($"The bytes of {step.From} changed while they were read; look at its disk. Nothing was changed.");
            AtomicWriter.GiveTo(copy, layout.StateFolder);
            copies.Add((copy, step));
        }
        AtomicWriter.SyncPath(staging);

        string aside = FreeFolder(layout);
        AtomicWriter.Replace(begun, System.Text.Encoding.UTF8.GetBytes($"{backup.Path}\n"));
        foreach ((string copy, Step step) in copies)
        {
            SetAside(layout, step.To, aside);
            MakeFolders(Path.GetDirectoryName(step.To)!, layout.StateFolder);
            Name(copy, step.To, layout);
        }
        AtomicWriter.RemoveAll(begun);
        AtomicWriter.RemoveAll(staging);
        Console.WriteLine($"Done.{(Directory.Exists(aside) ? $" What was there is in {aside}; remove it when nobody misses anything." : "")} Start albumend now: the scan finds what happened to the files since.");
    }

    /// <summary>Configuration and state may lie on different disks; a file of the configuration is put where there is none.</summary>
    static void Name(string copy, string to, Layout layout)
    {
        if (to.StartsWith($"{layout.StateFolder}/", StringComparison.Ordinal)) AtomicWriter.Move(copy, to);
        else
        {
            AtomicWriter.Replace(to, File.ReadAllBytes(copy), mode: BackupFolder.MostOpenMode);
            AtomicWriter.GiveTo(to, layout.StateFolder);
        }
    }

    static void SetAside(Layout layout, string file, string aside)
    {
        // The log first: with another database under its name SQLite would take it into that.
        foreach (string suffix in (string[])["-wal", "-shm", ""])
        {
            if (!File.Exists(file + suffix)) continue;
            string folder = file.StartsWith($"{layout.LayerFolder}/", StringComparison.Ordinal) ? $"{aside}/{Backup.LayerName}" : aside;
            MakeFolders(folder, layout.StateFolder);
            AtomicWriter.Move(file + suffix, $"{folder}/{Path.GetFileName(file)}{suffix}");
        }
    }

    static string FreeFolder(Layout layout)
    {
        string path = $"{layout.StateFolder}/replaced-{DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}", free = path;
        for (int n = 2; Directory.Exists(free); n++) free = $"{path}.{n}";
        return free;
    }

    static void MakeFolders(string folder, string ownerOf)
    {
        if (Directory.Exists(folder)) return;
        MakeFolders(Path.GetDirectoryName(folder)!, ownerOf);
        AtomicWriter.MakeFolder(folder);
        AtomicWriter.GiveTo(folder, ownerOf);
    }
}
