using System.Data.Common;
using Albumen.Processing;
using Dapper;

namespace Albumen.Storage;

public readonly record struct KnownFolder(long Id, RelativePath Path, long ModifiedNs, bool IsMissing);

/// <summary>Something a scan found to be different from what the catalogue says.</summary>
abstract record Change;
sealed record FolderAppeared(KnownFolder Folder, long? ParentId, EntryName Entry) : Change;
sealed record FolderSeen(long Id, long ModifiedNs) : Change;
sealed record FolderGone(RelativePath Path) : Change;
sealed record FileAppeared(long FolderId, byte[] Name, FileStat Stat, EntryName Entry) : Change;
sealed record FileChanged(long FolderId, byte[] Name, FileStat Stat) : Change;
sealed record FileReturned(long FolderId, byte[] Name) : Change;
sealed record FileGone(long FolderId, byte[] Name) : Change;

/// <summary>Where files lie. Only this class writes the <c>folder</c> and <c>location</c> tables, except for the content a location is found to have.</summary>
sealed class LocationIndex(DbConnection connection) : IDisposable
{
    /// <summary>The kind of job that has a file read.</summary>
    public const string ReadJob = "read";

    readonly List<DbCommand> _commands = [];
    KnownFiles? _files;
    Statement? _folders;

    public long LastFolderId() => connection.ExecuteScalar<long>("SELECT coalesce(max(id), 0) FROM folder");

    public KnownFolder? Root(long volume) => connection.Query<(long Id, long Modified, bool Missing)?>(
        "SELECT id, modified_ns, missing_since IS NOT NULL FROM folder WHERE volume_id = @volume AND parent_id IS NULL", new { volume })
        .SingleOrDefault() is { } row ? new(row.Id, RelativePath.Root, row.Modified, row.Missing) : null;

    public bool HasAnythingIn(long volume) => connection.ExecuteScalar<bool>("""
        SELECT EXISTS (SELECT 1 FROM folder f JOIN location l ON l.folder_id = f.id WHERE f.volume_id = @volume AND l.missing_since IS NULL)
        """, new { volume });

    /// <summary>The files of a folder, in byte order of their names. One folder is looked at at a time.</summary>
    public KnownFiles FilesOf(long folder) => (_files ??= new(connection)).Of(folder);

    /// <summary>The subfolders of a folder, in byte order of their names.</summary>
    public void ReadFolders(long folder, List<KnownFolder> folders)
    {
        _folders ??= new(this, "SELECT id, path, modified_ns, missing_since IS NOT NULL FROM folder WHERE parent_id = @folder ORDER BY path", "@folder");
        folders.Clear();
        using DbDataReader row = _folders.Read(folder);
        while (row.Read())
            folders.Add(new(row.GetInt64(0), RelativePath.FromBytes((byte[])row.GetValue(1)), row.GetInt64(2), row.GetInt64(3) != 0));
    }

    /// <summary>The keys and names given in a folder so far.</summary>
    public IEnumerable<KeyValuePair<string, string>> Entries(long folder) => connection.Query<(string Key, string Name)>("""
        SELECT entry_key, entry_name FROM location WHERE folder_id = @folder UNION ALL SELECT entry_key, entry_name FROM folder WHERE parent_id = @folder
        """, new { folder }).Select(row => KeyValuePair.Create(row.Key, row.Name));

    /// <summary>Writes what a scan found. Every file that must be read becomes a job, once it has kept still for <paramref name="settle"/>.</summary>
    public void Apply(long volume, IEnumerable<Change> changes, long now, TimeSpan settle)
    {
        Statement
            addFolder = new(this, """
                INSERT INTO folder (id, volume_id, parent_id, path, entry_name, entry_key, modified_ns) VALUES (@id, @volume, @parent, @path, @name, @key, @modified)
                """, "@id", "@volume", "@parent", "@path", "@name", "@key", "@modified"),
            seeFolder = new(this, "UPDATE folder SET modified_ns = @modified, missing_since = NULL WHERE id = @id", "@modified", "@id"),
            addFile = new(this, """
                INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key)
                VALUES (@folder, @name, @size, @modified, @changed, @inode, @entry, @key)
                """, "@folder", "@name", "@size", "@modified", "@changed", "@inode", "@entry", "@key"),
            changeFile = new(this, """
                UPDATE location SET size_in_bytes = @size, modified_ns = @modified, changed_ns = @changed, inode = @inode, missing_since = NULL,
                  previous_content_id = CASE WHEN size_in_bytes = @size AND modified_ns = @modified THEN previous_content_id ELSE coalesce(content_id, previous_content_id) END,
                  content_id = CASE WHEN size_in_bytes = @size AND modified_ns = @modified THEN content_id END
                WHERE folder_id = @folder AND name = @name AND NOT (
                  content_id IS NOT NULL AND size_in_bytes = @size AND modified_ns = @modified AND changed_ns = @changed AND inode = @inode)
                """, "@size", "@modified", "@changed", "@inode", "@folder", "@name"),
            returnFile = new(this, "UPDATE location SET missing_since = NULL WHERE folder_id = @folder AND name = @name", "@folder", "@name"),
            loseFile = new(this, "UPDATE location SET missing_since = @now WHERE folder_id = @folder AND name = @name", "@now", "@folder", "@name");

        foreach (Change change in changes)
            switch (change)
            {
                case FolderAppeared(var folder, var parent, var entry):
                    addFolder.Run(folder.Id, volume, (object?)parent ?? DBNull.Value, folder.Path.Bytes.ToArray(), entry.Name, entry.Key, folder.ModifiedNs);
                    break;
                case FolderSeen(var id, var modified):
                    seeFolder.Run(modified, id);
                    break;
                case FolderGone(var path):
                    LoseFolder(volume, path, now);
                    break;
                case FileAppeared(var folder, var name, var stat, var entry):
                    addFile.Run(folder, name, stat.SizeInBytes, stat.ModifiedNs, stat.ChangedNs, stat.Inode, entry.Name, entry.Key);
                    AddJob(folder, name, stat);
                    break;
                case FileChanged(var folder, var name, var stat):
                    // Nothing to do where the indexer has read it since the walk passed by.
                    if (changeFile.Run(stat.SizeInBytes, stat.ModifiedNs, stat.ChangedNs, stat.Inode, folder, name) > 0) AddJob(folder, name, stat);
                    break;
                case FileReturned(var folder, var name):
                    returnFile.Run(folder, name);
                    break;
                case FileGone(var folder, var name):
                    loseFile.Run(now, folder, name);
                    break;
            }

        void AddJob(long folder, byte[] name, FileStat stat)
        {
            // A time stamp in the future says nothing about when the file was last written.
            long modified = stat.ModifiedNs / 1_000_000_000, quiet = modified > now ? now : modified + (long)Math.Ceiling(settle.TotalSeconds);
            JobQueue.Add(connection, ReadJob, Subject(folder, name), quiet > now ? quiet : 0);
        }
    }

    /// <summary>How a job names a location.</summary>
    public static string Subject(long folder, ReadOnlySpan<byte> name) => $"{folder}/{Convert.ToBase64String(name)}";

    /// <inheritdoc cref="Subject"/>
    public static (long Folder, byte[] Name) FromSubject(string subject)
    {
        int slash = subject.IndexOf('/');
        return (long.Parse(subject.AsSpan(0, slash)), Convert.FromBase64String(subject[(slash + 1)..]));
    }

    /// <summary>A folder and all that lay below it.</summary>
    void LoseFolder(long volume, RelativePath path, long now)
    {
        // Paths below 'a' are those between 'a/' and 'a0': '0' follows '/' in byte order.
        object range = new { volume, now, path = path.Bytes.ToArray(), from = (byte[])[.. path.Bytes, (byte)'/'], to = (byte[])[.. path.Bytes, (byte)'0'] };
        const string Below = "(SELECT id FROM folder WHERE volume_id = @volume AND (path = @path OR (path >= @from AND path < @to)))";
        connection.Execute($"UPDATE location SET missing_since = @now WHERE missing_since IS NULL AND folder_id IN {Below}", range);
        connection.Execute($"UPDATE folder SET missing_since = @now WHERE missing_since IS NULL AND id IN {Below}", range);
    }

    public void Dispose()
    {
        _files?.Dispose();
        foreach (DbCommand command in _commands) command.Dispose();
    }

    /// <summary>A command prepared once and run for each row.</summary>
    sealed class Statement
    {
        readonly DbCommand _command;

        public Statement(LocationIndex owner, string sql, params string[] parameters)
        {
            _command = owner.AddCommand(sql);
            foreach (string name in parameters)
            {
                DbParameter parameter = _command.CreateParameter();
                parameter.ParameterName = name;
                _command.Parameters.Add(parameter);
            }
        }

        public int Run(params ReadOnlySpan<object> values)
        {
            Bind(values);
            return _command.ExecuteNonQuery();
        }

        public DbDataReader Read(params ReadOnlySpan<object> values)
        {
            Bind(values);
            return _command.ExecuteReader();
        }

        void Bind(ReadOnlySpan<object> values)
        {
            for (int i = 0; i < values.Length; i++) _command.Parameters[i].Value = values[i];
        }
    }

    DbCommand AddCommand(string sql)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        _commands.Add(command);
        return command;
    }
}
