using System.Data.Common;
using Albumen.Configuration;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Daemon;

/// <summary>
/// The marker files of volumes that are configured with <c>marker: true</c>: written once, when the volume is there for the first time, before
/// the daemon gives up the right to write anywhere but in its own folders. Nothing else is ever written to a volume here.
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

    static bool IsEmpty(VolumeFiles files) => files.List(RelativePath.Root, out _).TrueForAll(entry => IgnoreRules.IsJunk(RelativePath.Show(entry.Name)));

    /// <summary>Whether this is the volume as far as the catalogue knows, and never had a marker.</summary>
    static bool MayBe(Layout layout, VolumeSettings volume, VolumeIdentity now)
    {
        if (!File.Exists(Appliance.CatalogFile(layout))) return true;
        try
        {
            using Database catalog = Database.ForReading(Appliance.CatalogFile(layout), Appliance.DamagedCatalog);
            using Database.Reader reader = catalog.Read();
            return VolumeIdentity.FromJson(reader.Connection.QuerySingleOrDefault<string?>("SELECT identity FROM volume WHERE name = @Name", new { volume.Name }))
                is not { } known || (known.Marker is null && now.IsOnSameFileSystemAs(known));
        }
        catch (DbException)
        {
            // Of an older version, or damaged: the start will say so, and the next one may know more.
            return false;
        }
    }
}
