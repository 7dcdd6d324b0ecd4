namespace Albumen.Configuration;

/// <summary>What can only be judged when all files were read: the daemon may write everything below the folder of backups, so no photos may lie there, and nothing of its own.</summary>
static class BackupChecks
{
    public static void NoteConflicts(Settings settings, IReadOnlyList<PlacedVolume> volumes, Place? place, Layout layout, List<ConfigurationError> errors)
    {
        if (settings.Backup.Folder is not { } folder || place is not { } written) return;
        string real = RealPath.Of(folder), state = RealPath.Of(layout.StateFolder);
        foreach (PlacedVolume volume in volumes)
            if (RealPath.Overlap(real, RealPath.Of(volume.Settings.Path)))
                errors.Add(written.Error($"{folder} and the volume '{volume.Settings.Name}' ({volume.Settings.Path}) overlap; originals would not be guarded there. Name a folder outside of it"));
        foreach ((string what, string own) in ((string, string)[])[("cache", RealPath.Of(layout.CacheFolder)), ("run", RealPath.Of(layout.RunFolder))])
            if (RealPath.Overlap(real, own))
                errors.Add(written.Error($"{folder} overlaps Albumen's own {what} folder {own}"));
        if (RealPath.Overlap(real, state) && !RealPath.IsWithin(real, RealPath.Of(layout.BackupFolder)))
            errors.Add(written.Error($"{folder} overlaps Albumen's own state folder {state}, in which backups lie in {layout.BackupFolder}"));
    }
}
