using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>The hashes of one file, taken in one pass over its bytes.</summary>
public sealed record FileHashes(ContentHash Sha256, byte[] Sha1, byte[] Md5)
{
    /// <summary>Who sent it; empty where that does not matter.</summary>
    public string Person { get; init; } = "";
}

/// <summary>
/// What the bytes of the inbox's files hash to, noted when they were received. A row is good while the file has the same inode, birth, size and
/// modification time; a file put there by other means has none. No other code touches the <c>inbox_file</c> table.
/// </summary>
public sealed class InboxHashes(Database auth)
{
    public Task NoteAsync(FileStat stat, FileHashes hashes, CancellationToken cancellationToken) => NoteAsync([(stat, hashes)], cancellationToken);

    public Task NoteAsync(IReadOnlyList<(FileStat Stat, FileHashes Hashes)> files, CancellationToken cancellationToken) => files.Count == 0 ? Task.CompletedTask :
        auth.WriteAsync(connection => connection.Execute("""
            INSERT INTO inbox_file (inode, born_ns, size_in_bytes, modified_ns, sha256, sha1, md5, person) VALUES (@Inode, @Born, @Size, @Modified, @Sha256, @Sha1, @Md5, @Person)
            ON CONFLICT (inode) DO UPDATE SET born_ns = excluded.born_ns, size_in_bytes = excluded.size_in_bytes, modified_ns = excluded.modified_ns,
              sha256 = excluded.sha256, sha1 = excluded.sha1, md5 = excluded.md5, person = excluded.person
            """, files.Select(f => new
        {
            f.Stat.Inode,
            Born = f.Stat.BornNs ?? 0,
            Size = f.Stat.SizeInBytes,
            Modified = f.Stat.ModifiedNs,
            Sha256 = f.Hashes.Sha256.ToBytes(),
            f.Hashes.Sha1,
            f.Hashes.Md5,
            f.Hashes.Person,
        })), cancellationToken);

    /// <summary>Forgets files that are gone.</summary>
    public Task ForgetAsync(IReadOnlyCollection<FileStat> files, CancellationToken cancellationToken) => files.Count == 0 ? Task.CompletedTask :
        auth.WriteAsync(connection => connection.Execute(
            // Another file may have the inode by now.
            "DELETE FROM inbox_file WHERE inode = @Inode AND born_ns = @Born", files.Select(f => new { f.Inode, Born = f.BornNs ?? 0 })), cancellationToken);

    /// <summary>Forgets what does not lie on the disk any more. Nobody may be putting anything there meanwhile.</summary>
    /// <exception cref="FileFault">A folder cannot be read.</exception>
    public async Task ForgetOthersAsync(PlainDisk disk, CancellationToken cancellationToken)
    {
        HashSet<long> there = [];
        // What is just being received lies in the second.
        Stack<RelativePath> folders = new([RelativePath.Root, RelativePath.Parse(PlainDisk.StagingFolder)]);
        while (folders.TryPop(out RelativePath folder))
            foreach (FolderEntry entry in disk.List(folder))
                if (entry.Kind is EntryKind.Folder) folders.Push(folder.Child(entry.Name));
                else there.Add(entry.Stat.Inode);
        long[] gone;
        using (Database.Reader reader = auth.Read()) gone = [.. reader.Connection.Query<long>("SELECT inode FROM inbox_file").Where(inode => !there.Contains(inode))];
        if (gone.Length > 0) await auth.WriteAsync(connection => connection.Execute($"DELETE FROM inbox_file WHERE inode IN (SELECT value FROM {Dialect.JsonItems("@gone")})", new { gone = Dialect.JsonArray(gone) }), cancellationToken);
    }

    /// <summary>The hashes of files by their inodes, as far as they are known. One query.</summary>
    public IReadOnlyDictionary<long, FileHashes> Of(IReadOnlyCollection<FileStat> files)
    {
        Dictionary<long, FileHashes> found = [];
        if (files.Count == 0) return found;
        Dictionary<long, FileStat> stats = [];
        foreach (FileStat file in files) stats[file.Inode] = file;
        using Database.Reader reader = auth.Read();
        using DbDataReader row = (DbDataReader)reader.Connection.ExecuteReader($"""
            SELECT inode, born_ns, size_in_bytes, modified_ns, sha256, sha1, md5, person FROM inbox_file WHERE inode IN (SELECT value FROM {Dialect.JsonItems("@inodes")})
            """, new { inodes = Dialect.JsonArray(stats.Keys) });
        while (row.Read())
        {
            FileStat stat = stats[row.GetInt64(0)];
            if ((row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)) != (stat.BornNs ?? 0, stat.SizeInBytes, stat.ModifiedNs)) continue;
            found[stat.Inode] = new(ContentHash.FromBytes((byte[])row.GetValue(4)), (byte[])row.GetValue(5), (byte[])row.GetValue(6)) { Person = row.GetString(7) };
        }
        return found;
    }
}
