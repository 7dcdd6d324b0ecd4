using System.Security.Cryptography;
using Albumen.Catalog;
using Albumen.Storage;
using Albumen.Tests.Storage;
using Dapper;

namespace Albumen.Tests.Catalog;

/// <summary>Indexes a shelf without workers: every file is a photo whose bytes are its text.</summary>
static class PhotoShelf
{
    /// <summary>Scans, and takes each waiting file as read.</summary>
    public static async Task IndexAsync(this Shelf shelf)
    {
        await shelf.ScanAsync();
        await shelf.Catalog.WriteAsync(connection =>
        {
            connection.Execute("UPDATE volume SET state = 'online'; DELETE FROM job");
            foreach ((long folder, byte[] path, byte[] name) in connection.Query<(long, byte[], byte[])>(
                "SELECT f.id, f.path, l.name FROM location l JOIN folder f ON f.id = l.folder_id WHERE l.content_id IS NULL AND l.missing_since IS NULL ORDER BY f.id, l.name").AsList())
            {
                RelativePath file = RelativePath.FromBytes(path).Child(name);
                using VolumeFiles files = new(shelf.Disk);
                using Microsoft.Win32.SafeHandles.SafeFileHandle handle = files.OpenRead(file, out FileStat stat);
                ContentHash hash = ContentHash.FromBytes(SHA256.HashData(File.ReadAllBytes(Path.Combine(shelf.Disk, file.ToString()))));
                AssetIndex.Record(connection, new(folder, name, hash, stat, "image", "image/jpeg", new()), 0);
            }
        }, TestContext.Current.CancellationToken);
    }
}
