using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Tree;

/// <summary>Files that have lost their names to a purge that was interrupted, and are there still: see <see cref="AtomicWriter.LeftoverOf"/>. A scan does not see them.</summary>
sealed class PurgeLeftovers(Database catalog, Volumes volumes)
{
    /// <summary>On the volumes that are there.</summary>
    /// <returns>Each as it lies there now, and whether its photo was purged since it was put into the trash; else it is to have its name again.</returns>
    public List<(PurgeFile File, bool Goes)> Find()
    {
        using Database.Reader reader = catalog.Read();
        return [.. from row in reader.Connection.Query<PurgeRow>($"""
            SELECT {Columns} FROM statement s CROSS JOIN asset a ON a.uid = s.asset CROSS JOIN content k ON k.asset_id = a.id
            CROSS JOIN location l ON l.content_id = k.id JOIN folder f ON f.id = l.folder_id WHERE s.kind = 9
            UNION
            SELECT {Columns} FROM location l CROSS JOIN content k ON k.id = coalesce(l.content_id, l.previous_content_id) JOIN asset a ON a.id = k.asset_id
            JOIN folder f ON f.id = l.folder_id WHERE l.missing_since IS NOT NULL AND EXISTS (SELECT 1 FROM change c WHERE c.asset = a.uid AND c.kind = 9)
            """).AsList()
            let volume = volumes.Find(row.VolumeId)
            where volume is not null && volumes.TrustIn(volume) is Trust.Online
            let path = RelativePath.FromBytes(row.Path).Child(row.Name)
            where StatOf(volume, path) is null
            let left = StatOf(volume, AtomicWriter.LeftoverOf(path))
            where left is { } && (left.Value.SizeInBytes, left.Value.ModifiedNs, left.Value.Inode) == (row.SizeInBytes, row.ModifiedNs, row.Inode)
            select (new PurgeFile(row.Uid, volume, row.FolderId, path, left.Value, ContentHash.FromBytes(row.Sha256), row.Trashed), row.Goes != 0)];
    }

    /// <summary>Photos that were to be purged, were taken out of the trash and have files.</summary>
    public static List<string> Restored(DbConnection connection) => connection.Query<string>("""
        SELECT a.uid FROM statement s CROSS JOIN asset a ON a.uid = s.asset WHERE s.kind = 9 AND a.trashed IS NULL
        AND EXISTS (SELECT 1 FROM content k JOIN location l ON l.content_id = k.id WHERE k.asset_id = a.id AND l.missing_since IS NULL)
        """).AsList();

    /// <summary>Whether it has lost its name.</summary>
    public static bool IsNameless(PurgeFile file) => StatOf(file.Volume, file.Path) is null
        && StatOf(file.Volume, AtomicWriter.LeftoverOf(file.Path)) is { } left && (left.Inode, left.SizeInBytes) == (file.Stat.Inode, file.Stat.SizeInBytes);

    /// <summary>A file as it is now; null when it is not there.</summary>
    public static FileStat? StatOf(Volume volume, RelativePath path)
    {
        try
        {
            using VolumeFiles files = new(volume.Settings.Path);
            using SafeFileHandle open = files.OpenRead(path, out FileStat stat);
            return stat with { BornNs = null };
        }
        catch (FileFault)
        {
            return null;
        }
    }

    const string Columns = """
        a.uid, coalesce(a.trashed, '') AS trashed, f.volume_id, l.folder_id, f.path, l.name, l.size_in_bytes, l.modified_ns, l.inode, k.sha256,
        EXISTS (SELECT 1 FROM statement p WHERE p.asset = a.uid AND p.kind = 9 AND trim(p.value, '"') >= a.trashed) AS goes
        """;
}
