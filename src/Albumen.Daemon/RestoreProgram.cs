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
    /// <summary>The guard holds the path of the backup; it comes before the first file is replaced and goes last.</summary>
    const string Staging = "restoring", Guard = "restore-unfinished";

    /// <summary>Whether one was killed after it began to replace files.</summary>
    public static bool IsUnfinished(Layout layout) => File.Exists(GuardOf(layout));

    static string GuardOf(Layout layout) => Path.Combine(layout.StateFolder, Guard);

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
        try
        {
            return Restore(layout, from, isDryRun, isAgreed);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{error.Message} {(IsUnfinished(layout) ? "The restore is not finished: see to that, and run 'albumend restore' again." : "Nothing was changed.")}");
        }
    }

    static int Restore(Layout layout, string? from, bool isDryRun, bool isAgreed)
    {
        IReadOnlyList<Backup> known = Recovery.Backups(layout, SettingsIfReadable(layout));
        // Half of one backup and half of another would fit nobody.
        if (from is null && IsUnfinished(layout)) Console.WriteLine("Going on with the restore that was interrupted; 'albumend restore --from NAME' takes another backup.");
        Backup backup = (from ?? Interrupted(layout)) is { } name ? Named(known, name) : Newest(known);
        IReadOnlyList<RestoreStep> steps = RestorePlan.Of(layout, backup);
        Console.WriteLine($"The backup {backup.Path} of {backup.Manifest!.Made.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} (Albumen {backup.Manifest.Albumen}, {backup.Manifest.SizeInBytes / 1e6:0.0} MB) is whole.");
        foreach (RestoreStep step in steps) Console.WriteLine($"  {(step.From is null ? "stays" : isDryRun ? "would be put" : "is put")}: {step.To}{(step.What.Length > 0 ? $" ({step.What})" : "")}");
        if (isDryRun) return 0;
        if (!isAgreed && !Agrees()) return 1;
        AtomicWriter.RemoveAll(Path.Combine(layout.StateFolder, Staging));
        RequireRoom(layout, backup);
        Put(layout, backup, [.. steps.Where(step => step.From is not null)]);
        string[] stayed = [.. steps.Where(step => step is { From: null, IsConfiguration: true }).Select(step => step.To)];
        if (stayed.Length > 0) Console.WriteLine($"Not put back: {string.Join(", ", stayed)}. What the backup has instead lies in {backup.Path}/{Backup.ConfigurationName}.");
        return 0;
    }

    static string? Interrupted(Layout layout) => IsUnfinished(layout) ? File.ReadAllText(GuardOf(layout)).TrimEnd('\n') : null;

    /// <summary>From here on this process can change nothing but Albumen's own folders.</summary>
    static void Restrict(Layout layout)
    {
        // Octal 027.
        _ = Libc.SetUserMask(0x17);
        string configuration = Path.GetDirectoryName(layout.ConfigurationFile)!;
        foreach (string folder in (string[])[layout.StateFolder, configuration])
            try
            {
                if (Directory.Exists(folder)) continue;
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
                AtomicWriter.GiveTo(folder, layout.StateFolder, onlyGroup: true);
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
        return FaultOf(backup) is { } fault ? throw new StartException($"The backup {backup.Path} cannot be used: {fault}. Another one: albumend restore --from NAME. Nothing was changed.") : backup;
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

    static void Put(Layout layout, Backup backup, IReadOnlyList<RestoreStep> steps)
    {
        string staging = Path.Combine(layout.StateFolder, Staging);
        AtomicWriter.MakeFolder(staging);
        List<(string Copy, RestoreStep Step)> copies = [];
        foreach (RestoreStep step in steps)
        {
            string copy = $"{staging}/{copies.Count}";
            int mode = (int)File.GetUnixFileMode(step.From!) & BackupFolder.MostOpenMode;
            if (AtomicWriter.CopyFile(step.From!, copy, null, mode | BackupFolder.PrivateMode, CancellationToken.None) != step.Hash)
                throw new StartException($"The bytes of {step.From} changed while they were read; look at its disk. No file was replaced.");
            AtomicWriter.GiveTo(copy, layout.StateFolder);
            copies.Add((copy, step));
        }
        AtomicWriter.SyncPath(staging);

        string aside = TimedName.Free($"{layout.StateFolder}/replaced-", DateTimeOffset.UtcNow);
        AtomicWriter.Replace(GuardOf(layout), System.Text.Encoding.UTF8.GetBytes($"{backup.Path}\n"));
        foreach ((string copy, RestoreStep step) in copies)
            if (step.IsConfiguration) PutConfiguration(layout, copy, step.To, $"{aside}/{Backup.ConfigurationName}");
            else
            {
                SetAside(layout, step.To, aside);
                MakeFolders(Path.GetDirectoryName(step.To)!, layout.StateFolder);
                AtomicWriter.Move(copy, step.To);
            }
        AtomicWriter.RemoveAll(staging);
        AtomicWriter.RemoveAll(GuardOf(layout));
        AtomicWriter.SyncPath(layout.StateFolder);
        Console.WriteLine($"Done.{(Directory.Exists(aside) ? $" What was there is in {aside}; remove it when nobody misses anything." : "")} Start albumend now: the scan finds what happened to the files since.");
    }

    /// <summary>Configuration may lie on another disk. The daemon may read it and no more, from the moment it has its name.</summary>
    static void PutConfiguration(Layout layout, string copy, string to, string aside)
    {
        string partial = $"{to}{AtomicWriter.PartialSuffix}";
        MakeFolders(Path.GetDirectoryName(to)!, layout.StateFolder, onlyGroup: true);
        AtomicWriter.RemoveAll(partial);
        AtomicWriter.CopyFile(copy, partial, null, BackupFolder.MostOpenMode, CancellationToken.None);
        AtomicWriter.GiveTo(partial, layout.StateFolder, onlyGroup: true);
        if (File.Exists(to))
        {
            string old = Path.Combine(aside, Path.GetRelativePath(Path.GetDirectoryName(layout.ConfigurationFile)!, to));
            MakeFolders(Path.GetDirectoryName(old)!, layout.StateFolder);
            AtomicWriter.CopyFile(to, old, null, BackupFolder.MostOpenMode, CancellationToken.None);
            AtomicWriter.SyncPath(Path.GetDirectoryName(old)!);
            AtomicWriter.RemoveAll(to);
        }
        AtomicWriter.Move(partial, to);
    }

    static void SetAside(Layout layout, string file, string aside)
    {
        foreach (string suffix in DatabaseFile.Suffixes)
        {
            if (!Path.Exists(file + suffix)) continue;
            string old = Path.Combine(aside, Path.GetRelativePath(layout.StateFolder, file + suffix));
            MakeFolders(Path.GetDirectoryName(old)!, layout.StateFolder);
            AtomicWriter.Move(file + suffix, old);
        }
    }

    static void MakeFolders(string folder, string ownerOf, bool onlyGroup = false)
    {
        if (Directory.Exists(folder)) return;
        MakeFolders(Path.GetDirectoryName(folder)!, ownerOf, onlyGroup);
        AtomicWriter.MakeFolder(folder);
        AtomicWriter.GiveTo(folder, ownerOf, onlyGroup);
    }
}
