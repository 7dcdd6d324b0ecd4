using System.Data.Common;
using Albumen.Configuration;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Daemon;

/// <summary>
/// What is made below volumes before the daemon gives up the right to: the marker files of those configured with <c>marker: true</c>, once, when the volume is there
/// for the first time; and of writable ones the folder in which new originals are written before they take their place.
/// </summary>
static class Markers
{
    /// <summary>Makes those that are wanted and lack.</summary>
    public static void Make(Layout layout, Settings settings)
    {
        foreach (VolumeSettings volume in settings.Volumes.Where(v => v.Marker))
            try
            {
                using VolumeFiles files = new(volume.Path);
                VolumeIdentity now = files.Identify();
                // Not on an empty folder, which may be a mount point, nor where another disk lies than before.
                if (now.Marker is not null || IsEmpty(files) || !MayBe(layout, volume, now)) continue;
                string folder = Path.Combine(volume.Path, VolumeIdentity.MarkerFolder);
                Directory.CreateDirectory(folder);
                // Asked without following links: it may lead out of the volume.
                if (files.StatFolder(RelativePath.Parse(VolumeIdentity.MarkerFolder)) is null) throw new IOException($"{folder} is a link.");
                AtomicWriter.Replace(Path.Combine(folder, VolumeIdentity.MarkerFile), System.Text.Encoding.UTF8.GetBytes($"{Guid.NewGuid()}\n"), mode: 0x1A4);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                if (error is not FileFault) Console.Error.WriteLine($"Volume '{volume.Name}' gets no marker file: {error.Message} It is known by its file system.");
            }
    }

    /// <summary>Makes the staging folders that lack, and empties those that a crash has left something in.</summary>
    /// <returns>The roots of the volumes that originals can be added to until the next start: those that are there and are what they were.</returns>
    public static List<string> MakeStaging(Layout layout, Settings settings)
    {
        List<string> ready = [];
        foreach (VolumeSettings volume in settings.Volumes.Where(v => v.Writable))
            try
            {
                using VolumeFiles files = new(volume.Path);
                if (Known(layout, volume) is { } known && !files.Identify().IsOnSameFileSystemAs(known)) throw new IOException("Another disk lies in its place.");
                Directory.CreateDirectory($"{volume.Path}/{AtomicWriter.Staging}");
                // Asked without following links: it may lead out of the volume.
                if (files.StatFolder(AtomicWriter.Staging) is null) throw new IOException($"{volume.Path}/{AtomicWriter.Staging} is a link.");
                AtomicWriter.SweepStaging(new(volume.Path, files.StatRoot()));
                ready.Add(volume.Path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DbException)
            {
                Console.Error.WriteLine($"Nothing can be added to volume '{volume.Name}' until albumend is restarted: {error.Message}");
            }
        return ready;
    }

    static VolumeIdentity? Known(Layout layout, VolumeSettings volume)
    {
        if (!File.Exists(Appliance.CatalogFile(layout))) return null;
        using Database catalog = Database.ForReading(Appliance.CatalogFile(layout), Appliance.DamagedCatalog);
        using Database.Reader reader = catalog.Read();
        return VolumeIdentity.FromJson(reader.Connection.QuerySingleOrDefault<string?>("SELECT identity FROM volume WHERE name = @Name", new { volume.Name }));
    }

    static bool IsEmpty(VolumeFiles files) => files.List(RelativePath.Root, out _).TrueForAll(entry => IgnoreRules.IsJunk(RelativePath.Show(entry.Name)));

    /// <summary>Whether this is the volume as far as the catalogue knows, and never had a marker.</summary>
    static bool MayBe(Layout layout, VolumeSettings volume, VolumeIdentity now)
    {
        try
        {
            return Known(layout, volume) is not { } known || (known.Marker is null && now.IsOnSameFileSystemAs(known));
        }
        catch (DbException)
        {
            // Of an older version, or damaged: the start will say so, and the next one may know more.
            return false;
        }
    }
}
