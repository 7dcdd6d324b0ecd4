using Dapper;

namespace Albumen.Storage;

// Files that we added ourselves: they get their row at once, and need not be found by a walk.
sealed partial class LocationIndex
{
    /// <summary>Notes a file that was added, as a walk would that finds it. To be called in the volume's <see cref="Turns"/>.</summary>
    /// <param name="newFolderId">For folders that were made for it.</param>
    /// <param name="made">Takes the folders that a walk has not seen.</param>
    /// <returns>The id of its folder; null when the volume was never walked.</returns>
    public long? Add(long volume, RelativePath path, FileStat stat, Func<long> newFolderId, List<long> made)
    {
        if (FolderFor(volume, path.Folder, newFolderId, made) is not { } folder) return null;
        byte[] name = path.Name.ToArray();
        bool? isMissing = connection.QuerySingleOrDefault<bool?>("SELECT missing_since IS NOT NULL FROM location WHERE folder_id = @folder AND name = @name", new { folder, name });
        EntryName? entry = isMissing is false ? null : EntryName.ForFile(name, Entries(folder));
        object file = new { folder, name, stat.SizeInBytes, stat.ModifiedNs, stat.ChangedNs, stat.Inode, entry = entry?.Name, key = entry?.Key };
        if (isMissing is null)
            connection.Execute("""
                INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key)
                VALUES (@folder, @name, @SizeInBytes, @ModifiedNs, @ChangedNs, @Inode, @entry, @key)
                """, file);
        else Differs(connection, folder, name, stat, entry);
        return folder;
    }

    long? FolderFor(long volume, RelativePath path, Func<long> newFolderId, List<long> made)
    {
        if (path.IsRoot) return Root(volume)?.Id;
        if (FolderFor(volume, path.Folder, newFolderId, made) is not { } parent) return null;
        byte[] bytes = path.Bytes.ToArray();
        if (Folder("volume_id = @volume AND path = @bytes", new { volume, bytes }) is { } known)
        {
            if (!known.IsAbsent) return known.Id;
            EntryName? again = known.IsMissing ? EntryName.ForFile(path.Name, Entries(parent)) : null;
            connection.Execute("""
                UPDATE folder SET missing_since = NULL, unseen_since = NULL, entry_name = coalesce(@Name, entry_name), entry_key = coalesce(@Key, entry_key) WHERE id = @Id
                """, new { again?.Name, again?.Key, known.Id });
            made.Add(known.Id);
            return known.Id;
        }
        EntryName entry = EntryName.ForFile(path.Name, Entries(parent));
        long id = newFolderId();
        connection.Execute("""
            INSERT INTO folder (id, volume_id, parent_id, path, entry_name, entry_key, modified_ns) VALUES (@id, @volume, @parent, @bytes, @Name, @Key, 0)
            """, new { id, volume, parent, bytes, entry.Name, entry.Key });
        made.Add(id);
        return id;
    }
}
