using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>Questions about the volumes as they lie on disk.</summary>
sealed partial class TreeReader
{
    // The folders that were walked through last.
    (string Root, string[] Names, List<Node> Folders)? _way;

    /// <summary>What lies at these names below a volume's root, however they are written; of two that differ only in case the exact one is meant. One query, however deep it lies.</summary>
    /// <param name="root">The path of the volume's folder in the tree.</param>
    public Node? Original(Volume volume, string root, params string[] names)
    {
        // Who asks for a file asks for its folder, too.
        if (_way is var (top, walked, there) && top == root && there.Count > names.Length && walked.AsSpan().StartsWith(names)) return there[names.Length];
        string last = names is [.., var end] ? end : "";
        List<Node> way = [];
        Node? file = null;
        using DbCommand command = Command($"""
            WITH RECURSIVE way (depth, id, name, modified_ns, path) AS (
              SELECT 0, id, '', modified_ns, path FROM folder WHERE volume_id = @volume AND parent_id IS NULL
              UNION ALL
              SELECT w.depth + 1, f.id, f.entry_name, f.modified_ns, f.path FROM way w JOIN {Dialect.JsonItems("@keys")} k ON k.key = w.depth JOIN {Dialect.JsonItems("@twins")} t ON t.key = w.depth
              JOIN folder f ON f.parent_id = w.id AND f.entry_key = (SELECT max(entry_key) FROM folder WHERE parent_id = w.id AND entry_key IN (k.value, t.value) AND missing_since IS NULL))
            SELECT {FileColumns(Detail.Facts)}, w.id, w.name, w.modified_ns, w.path FROM way w
            LEFT JOIN location l ON w.depth = @last AND l.folder_id = w.id
              AND l.entry_key = (SELECT max(entry_key) FROM location WHERE folder_id = w.id AND entry_key IN (@key, @twin) AND missing_since IS NULL)
            {FileTables(Detail.Facts)} ORDER BY w.depth
            """,
            ("@volume", volume.Id), ("@keys", Dialect.JsonArray(names.Select(EntryName.KeyOf))), ("@twins", Dialect.JsonArray(names.Select(EntryName.TwinKeyOf))),
            ("@last", names.Length - 1), ("@key", EntryName.KeyOf(last)), ("@twin", EntryName.TwinKeyOf(last)));
        using DbDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            int at = row.FieldCount - 4;
            Node folder = Folder(way.Count == 0 ? root : way[^1].Child(row.GetString(at + 1)), row.GetInt64(at + 2), new DiskFolder(volume, row.GetInt64(at)));
            way.Add(folder);
            if (!row.IsDBNull(0)) file = File(row, folder, volume, RelativePath.FromBytes((byte[])row.GetValue(at + 3)), Detail.Facts);
        }
        // It was never walked.
        if (way.Count == 0) return names.Length == 0 ? Folder(root, 0, new DiskFolder(volume, -1)) : null;
        _way = (root, names, way);
        return way.Count > names.Length ? way[names.Length] : file;
    }

    /// <summary>Adds subfolders behind <paramref name="after"/>; gives the last key when there may be more.</summary>
    public string? Subfolders(DiskFolder parent, Node parentNode, string after, int most, List<Node> nodes)
    {
        string? last = null;
        int count = 0;
        foreach ((long id, string name, string key, long modified) in connection.Query<(long, string, string, long)>("""
            SELECT id, entry_name, entry_key, modified_ns FROM folder
            WHERE parent_id = @parent AND entry_key > @after AND missing_since IS NULL ORDER BY entry_key LIMIT @most
            """, new { parent = parent.FolderId, after, most }))
        {
            nodes.Add(Folder(parentNode.Child(name), modified, parent with { FolderId = id }));
            (last, count) = (key, count + 1);
        }
        return count < most ? null : last;
    }

    /// <inheritdoc cref="Subfolders"/>
    public string? Files(DiskFolder folder, Node parent, string after, int most, Detail detail, List<Node> nodes) =>
        ReadFiles(folder, parent, "l.entry_key > @key", after, most, detail, nodes);

    string? ReadFiles(DiskFolder folder, Node parent, string condition, string key, int most, Detail detail, List<Node> nodes)
    {
        if (most <= 0) return key;
        RelativePath path = RelativePath.FromBytes(connection.ExecuteScalar<byte[]>("SELECT path FROM folder WHERE id = @id", new { id = folder.FolderId }) ?? []);
        // "" sorts before every key, so the first page needs no query of its own.
        using DbCommand command = Command($"""
            SELECT {FileColumns(detail)} FROM location l {FileTables(detail)}
            WHERE l.folder_id = @folder AND {condition} AND l.missing_since IS NULL ORDER BY l.entry_key LIMIT @most
            """, ("@folder", folder.FolderId), ("@key", key), ("@most", most));
        using DbDataReader row = command.ExecuteReader();
        for (int count = 0; row.Read();)
        {
            nodes.Add(File(row, parent, folder.Volume, path, detail));
            if (++count == most) return row.GetString(1);
        }
        return null;
    }

    static string FileColumns(Detail detail) => $"l.entry_name, l.entry_key, l.size_in_bytes, l.modified_ns, l.name, l.changed_ns, {ContentColumns(detail)}";

    static string FileTables(Detail detail) => $"LEFT JOIN content c ON c.id = l.content_id LEFT JOIN asset a ON a.id = c.asset_id AND a.content_id = c.id {PreviewTable(detail)}";

    static Node File(DbDataReader row, Node folder, Volume volume, RelativePath path, Detail detail)
    {
        const int Content = 6;
        long size = row.GetInt64(2), modified = row.GetInt64(3);
        bool isRead = !row.IsDBNull(Content);
        return new(folder.Path, row.GetString(0))
        {
            IsFolder = false,
            SizeInBytes = size,
            Modified = Rows.Time(modified),
            ETag = isRead ? null : Rows.WeakETag(size, modified),
            Hash = isRead ? Hash(row, Content) : null,
            MediaType = isRead ? row.GetString(Content + 2) : Node.UnknownMedia,
            TakenText = row.IsDBNull(Content + 3) ? null : row.GetString(Content + 3),
            Asset = isRead ? Asset(row, Content, detail) : null,
            Source = new DiskFile(volume, path, (byte[])row.GetValue(4), size, modified, row.GetInt64(5)),
        };
    }

    /// <summary>Whether a folder lay on another file system than its volume's root when it was last listed.</summary>
    public bool IsElsewhere(long volume, RelativePath folder) => connection.ExecuteScalar<bool>(
        "SELECT EXISTS (SELECT 1 FROM folder WHERE volume_id = @volume AND path = @path AND is_elsewhere = 1)", new { volume, path = folder.Bytes.ToArray() });
}
