using System.Data.Common;
using Albumen.Processing;
using Albumen.Sql;
using Dapper;

namespace Albumen.Storage;

/// <param name="IsElsewhere">It lies on another file system than the volume's root: something is mounted there or above it.</param>
/// <param name="IsMissing">Gone for good.</param>
/// <param name="IsUnseen">An earlier scan did not find it, and it stands open what that means.</param>
public readonly record struct KnownFolder(
    long Id, RelativePath Path, long ModifiedNs, long? Inode, long? BornNs, bool IsElsewhere, bool IsMissing, bool IsUnseen, string Key)
{
    public bool IsAbsent => IsMissing || IsUnseen;
}

/// <summary>Something a scan found to be different from what the catalogue says.</summary>
abstract record Change;
sealed record FolderAppeared(KnownFolder Folder, long? ParentId, EntryName Entry) : Change;
/// <param name="Entry">Its name when it was missing, which it lost then.</param>
sealed record FolderSeen(long Id, FileStat Self, bool IsElsewhere, EntryName? Entry) : Change;
sealed record FolderMoved(long Id, RelativePath To, long ParentId, EntryName Entry) : Change;
/// <param name="IsLeftOut">It is there, but the rules ignore it now.</param>
sealed record FolderGone(RelativePath Path, bool IsLeftOut) : Change;
/// <param name="QuietNs">When it and its group were last written to.</param>
sealed record FileAppeared(long FolderId, byte[] Name, FileStat Stat, EntryName Entry, long QuietNs) : Change;
sealed record FileChanged(long FolderId, byte[] Name, FileStat Stat, EntryName? Entry, long QuietNs) : Change;
/// <summary>It is as it was, and was not read yet.</summary>
sealed record FileWaits(long FolderId, byte[] Name, long QuietNs) : Change;
sealed record FileReturned(long FolderId, byte[] Name, EntryName? Entry) : Change;
/// <inheritdoc cref="FolderGone"/>
sealed record FileGone(long FolderId, byte[] Name, bool IsLeftOut) : Change;

/// <summary>What became of files that a scan did not find.</summary>
/// <param name="Moved">Found at another place.</param>
/// <param name="Missing">Gone.</param>
/// <param name="Held">More than may vanish at once: nothing was decided about them.</param>
public readonly record struct Vanished(long Moved, long Missing, long Held, long OutOf);

/// <summary>Where files lie. Only this class writes the <c>folder</c> and <c>location</c> tables, except for the content a location is found to have.</summary>
sealed partial class LocationIndex(DbConnection connection) : IDisposable
{
    /// <summary>The kind of job that has a file read.</summary>
    public const string ReadJob = "read";

    /// <summary>
    /// The kind of job that has a sidecar held against the catalogue: one that was read, or is gone. Its subject may be a photo too, whose sidecars are
    /// others since it was moved.
    /// </summary>
    public const string SidecarJob = "take-in";

    /// <summary>The kind of job that has the new place of what lies in a folder (its id) and below it noted where places are searched.</summary>
    public const string PlaceJob = "place";

    readonly List<DbCommand> _commands = [];
    KnownFiles? _files;
    Statement? _folders;

    public long LastFolderId() => connection.ExecuteScalar<long>("SELECT coalesce(max(id), 0) FROM folder");

    const string FolderColumns = "id, path, modified_ns, inode, born_ns, is_elsewhere, missing_since IS NOT NULL, unseen_since IS NOT NULL, entry_key";

    public KnownFolder? Root(long volume) => Folder("volume_id = @volume AND parent_id IS NULL", new { volume });

    public KnownFolder? Folder(long volume, long id) => Folder("volume_id = @volume AND id = @id", new { volume, id });

    /// <summary>Folders that had this inode when they were last listed.</summary>
    public IReadOnlyList<(KnownFolder Folder, long? ParentId)> FoldersByInode(long volume, long inode) =>
        [.. connection.Query<(long Id, byte[] Path, long Modified, long? Inode, long? Born, long Elsewhere, long Missing, long Unseen, string Key, long? Parent)>(
                $"SELECT {FolderColumns}, parent_id FROM folder WHERE inode = @inode AND volume_id = @volume AND parent_id IS NOT NULL", new { volume, inode })
            .Select(row => (Known(row.Id, row.Path, row.Modified, row.Inode, row.Born, row.Elsewhere, row.Missing, row.Unseen, row.Key), row.Parent))];

    KnownFolder? Folder(string condition, object parameters) =>
        connection.Query<(long Id, byte[] Path, long Modified, long? Inode, long? Born, long Elsewhere, long Missing, long Unseen, string Key)?>(
                $"SELECT {FolderColumns} FROM folder WHERE {condition}", parameters)
            .SingleOrDefault() is { } row ? Known(row.Id, row.Path, row.Modified, row.Inode, row.Born, row.Elsewhere, row.Missing, row.Unseen, row.Key) : null;

    static KnownFolder Known(long id, byte[] path, long modified, long? inode, long? born, long elsewhere, long missing, long unseen, string key) =>
        new(id, RelativePath.FromBytes(path), modified, inode, born, elsewhere != 0, missing != 0, unseen != 0, key);

    public bool HasAnythingIn(long volume) => connection.ExecuteScalar<bool>("""
        SELECT EXISTS (SELECT 1 FROM folder f JOIN location l ON l.folder_id = f.id WHERE f.volume_id = @volume AND l.missing_since IS NULL)
        """, new { volume });

    /// <summary>Folders that are gone or left out, by id.</summary>
    public HashSet<long> MissingFolders(long volume) =>
        [.. connection.Query<long>("SELECT id FROM folder WHERE volume_id = @volume AND missing_since IS NOT NULL", new { volume })];

    public bool HasAnythingBelow(long volume, RelativePath folder) => connection.ExecuteScalar<bool>(
        $"SELECT EXISTS (SELECT 1 FROM location WHERE missing_since IS NULL AND folder_id IN {Below})", Subtree(volume, folder, 0));

    public bool HasUnseenIn(long volume) => connection.ExecuteScalar<bool>("""
        SELECT EXISTS (SELECT 1 FROM location l JOIN folder f ON f.id = l.folder_id WHERE l.unseen_since IS NOT NULL AND f.volume_id = @volume)
          OR EXISTS (SELECT 1 FROM folder WHERE unseen_since IS NOT NULL AND volume_id = @volume)
        """, new { volume });

    /// <summary>The files of a folder, in byte order of their names. One folder is looked at at a time.</summary>
    public KnownFiles FilesOf(long folder) => (_files ??= new(connection)).Of(folder);

    /// <summary>The subfolders of a folder, in byte order of their names, at the place the folder has now.</summary>
    public void ReadFolders(KnownFolder folder, List<KnownFolder> folders)
    {
        _folders ??= new(this, $"SELECT {FolderColumns} FROM folder WHERE parent_id = @folder ORDER BY path", "@folder");
        folders.Clear();
        using DbDataReader row = _folders.Read(folder.Id);
        while (row.Read())
        {
            KnownFolder known = Known(row.GetInt64(0), (byte[])row.GetValue(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt64(3), row.IsDBNull(4) ? null : row.GetInt64(4),
                row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetString(8));
            folders.Add(known with { Path = folder.Path.Child(known.Path.Name) });
        }
    }

    /// <summary>The keys and names given in a folder so far.</summary>
    public Dictionary<string, string> Entries(long folder) => new(connection.Query<(string Key, string Name)>("""
        SELECT entry_key, entry_name FROM location WHERE folder_id = @folder AND missing_since IS NULL
        UNION ALL SELECT entry_key, entry_name FROM folder WHERE parent_id = @folder AND missing_since IS NULL
        """, new { folder }).Select(row => KeyValuePair.Create(row.Key, row.Name)));

    /// <summary>Writes what a scan found. Every file that must be read becomes a job, once it has kept still for <paramref name="settle"/>.</summary>
    public void Apply(long volume, IEnumerable<Change> changes, DateTimeOffset time, TimeSpan settle)
    {
        long now = time.ToUnixTimeSeconds();
        Statement
            addFolder = new(this, """
                INSERT INTO folder (id, volume_id, parent_id, path, entry_name, entry_key, modified_ns) VALUES (@id, @volume, @parent, @path, @name, @key, @modified)
                """, "@id", "@volume", "@parent", "@path", "@name", "@key", "@modified"),
            seeFolder = new(this, """
                UPDATE folder SET modified_ns = @modified, inode = @inode, born_ns = @born, is_elsewhere = @elsewhere, missing_since = NULL, unseen_since = NULL,
                  entry_name = coalesce(@name, entry_name), entry_key = coalesce(@key, entry_key)
                WHERE id = @id
                """, "@modified", "@inode", "@born", "@elsewhere", "@name", "@key", "@id"),
            addFile = new(this, """
                INSERT INTO location (folder_id, name, size_in_bytes, modified_ns, changed_ns, inode, entry_name, entry_key)
                VALUES (@folder, @name, @size, @modified, @changed, @inode, @entry, @key)
                """, "@folder", "@name", "@size", "@modified", "@changed", "@inode", "@entry", "@key"),
            changeFile = new(this, ChangeFile, "@size", "@modified", "@changed", "@inode", "@folder", "@name", "@entry", "@key"),
            returnFile = new(this, """
                UPDATE location SET missing_since = NULL, unseen_since = NULL, entry_name = coalesce(@entry, entry_name), entry_key = coalesce(@key, entry_key)
                WHERE folder_id = @folder AND name = @name
                """, "@entry", "@key", "@folder", "@name"),
            loseFile = new(this, "UPDATE location SET unseen_since = @now WHERE folder_id = @folder AND name = @name", "@now", "@folder", "@name"),
            leaveOutFile = new(this, $"UPDATE location SET {GoneNow} WHERE folder_id = @folder AND name = @name AND missing_since IS NULL", "@now", "@folder", "@name");

        foreach (Change change in changes)
            switch (change)
            {
                case FolderAppeared(var folder, var parent, var entry):
                    addFolder.Run(folder.Id, volume, Value(parent), folder.Path.Bytes.ToArray(), entry.Name, entry.Key, folder.ModifiedNs);
                    break;
                case FolderSeen(var id, var self, var isElsewhere, var entry):
                    seeFolder.Run(self.ModifiedNs, self.Inode, Value(self.BornNs), isElsewhere ? 1 : 0, Value(entry?.Name), Value(entry?.Key), id);
                    break;
                case FolderMoved moved:
                    MoveFolder(volume, moved);
                    break;
                case FolderGone(var path, var isLeftOut):
                    LoseFolder(volume, path, now, isLeftOut);
                    break;
                case FileAppeared(var folder, var name, var stat, var entry, var quiet):
                    addFile.Run(folder, name, stat.SizeInBytes, stat.ModifiedNs, stat.ChangedNs, stat.Inode, entry.Name, entry.Key);
                    AddJob(folder, name, quiet);
                    break;
                case FileChanged(var folder, var name, var stat, var entry, var quiet):
                    // Nothing to do where the indexer has read it since the walk passed by.
                    if (changeFile.Run(stat.SizeInBytes, stat.ModifiedNs, stat.ChangedNs, stat.Inode, folder, name, Value(entry?.Name), Value(entry?.Key)) > 0)
                        AddJob(folder, name, quiet);
                    break;
                case FileWaits(var folder, var name, var quiet):
                    JobQueue.Ensure(connection, ReadJob, Subject(folder, name), Due(quiet));
                    break;
                case FileReturned(var folder, var name, var entry):
                    returnFile.Run(Value(entry?.Name), Value(entry?.Key), folder, name);
                    break;
                case FileGone(var folder, var name, var isLeftOut):
                    (isLeftOut ? leaveOutFile : loseFile).Run(now, folder, name);
                    break;
            }

        void AddJob(long folder, byte[] name, long quietNs) => JobQueue.Add(connection, ReadJob, Subject(folder, name), Due(quietNs));

        long Due(long quietNs)
        {
            // A time stamp in the future says nothing about when the file was last written; whoever reads it looks twice.
            double written = quietNs / 1e9, exactly = (time - DateTimeOffset.UnixEpoch).TotalSeconds;
            return written <= exactly && written + settle.TotalSeconds > exactly ? (long)Math.Ceiling(written + settle.TotalSeconds) : 0;
        }
    }

    // What was read before is remembered, so that its asset goes on. Where only the inode or the change time is another, it stands until it was
    // read again; and nothing is to be done where the file was read since. One that is missing comes back with a name, which only a walk gives.
    const string ChangeFile = """
        UPDATE location SET
          previous_content_id = CASE WHEN size_in_bytes = @size AND modified_ns = @modified THEN previous_content_id ELSE coalesce(content_id, previous_content_id) END,
          content_id = CASE WHEN size_in_bytes = @size AND modified_ns = @modified THEN content_id END,
          size_in_bytes = @size, modified_ns = @modified, changed_ns = @changed, inode = @inode, verified = NULL, missing_since = NULL, unseen_since = NULL,
          entry_name = coalesce(@entry, entry_name), entry_key = coalesce(@key, entry_key)
        WHERE folder_id = @folder AND name = @name
          AND (missing_since IS NULL OR @key IS NOT NULL)
          AND NOT (content_id IS NOT NULL AND size_in_bytes = @size AND modified_ns = @modified AND changed_ns = @changed AND inode = @inode)
        """;

    // A name that is gone must not keep others from it; no entry's key begins so.
    const string GoneNow = "missing_since = @now, unseen_since = NULL, entry_key = char(1) || hex(name)";

    /// <summary>
    /// Decides about the files that were not found: one that lies elsewhere now was moved, and what is left is missing, unless there are more of
    /// them than <paramref name="limit"/> allows. Then nothing is decided.
    /// </summary>
    /// <param name="limit">How many may vanish at once, of so many.</param>
    public Vanished Resolve(long volume, long now, Func<long, long> limit)
    {
        long moved = FollowFiles(volume, now);
        const string Unseen = "unseen_since IS NOT NULL AND folder_id IN (SELECT id FROM folder WHERE volume_id = @volume)";
        long gone = connection.ExecuteScalar<long>($"SELECT count(*) FROM location WHERE {Unseen}", new { volume });
        long total = gone == 0 ? 0 : connection.ExecuteScalar<long>(
            "SELECT count(*) FROM folder f JOIN location l ON l.folder_id = f.id WHERE f.volume_id = @volume AND l.missing_since IS NULL", new { volume });
        if (gone > 0 && gone > limit(total)) return new(moved, 0, gone, total);

        foreach ((long folder, byte[] name) in connection.Query<(long, byte[])>($"SELECT folder_id, name FROM location WHERE {Unseen} AND lower(CAST(substr(name, -4) AS TEXT)) = '.xmp'", new { volume }).AsList())
            JobQueue.Add(connection, SidecarJob, Subject(folder, name));
        connection.Execute($"UPDATE location SET {GoneNow} WHERE {Unseen}", new { volume, now });
        connection.Execute("""
            UPDATE folder SET missing_since = @now, unseen_since = NULL, entry_key = char(1) || hex(path) WHERE volume_id = @volume AND unseen_since IS NOT NULL
            """, new { volume, now });
        // Nobody misses what lies elsewhere too, or was never read.
        if (gone > 0)
            connection.Execute("""
                DELETE FROM location WHERE missing_since = @now AND folder_id IN (SELECT id FROM folder WHERE volume_id = @volume) AND (
                  (content_id IS NULL AND previous_content_id IS NULL)
                  OR EXISTS (SELECT 1 FROM location o WHERE o.content_id = location.content_id AND o.missing_since IS NULL AND o.unseen_since IS NULL))
                """, new { volume, now });
        return new(moved, gone, 0, total);
    }

    /// <summary>Files that vanished here and appeared there, known by inode, size and modification time.</summary>
    long FollowFiles(long volume, long now)
    {
        const int Hour = 3600;
        HashSet<(long, string)> followed = [];
        HashSet<long> unread = [];
        foreach ((long fromFolder, byte[] fromName, long? content, long? previous, long? verified, long changed, long toFolder, byte[] toName, long toChanged) in
            connection.Query<(long, byte[], long?, long?, long?, long, long, byte[], long)>("""
                SELECT o.folder_id, o.name, o.content_id, o.previous_content_id, o.verified, o.changed_ns, n.folder_id, n.name, n.changed_ns
                FROM location o
                JOIN location n ON n.inode = o.inode AND n.size_in_bytes = o.size_in_bytes AND n.modified_ns = o.modified_ns
                JOIN folder f ON f.id = o.folder_id JOIN folder g ON g.id = n.folder_id
                WHERE (o.unseen_since IS NOT NULL OR o.missing_since >= @lately) AND n.unseen_since IS NULL AND n.missing_since IS NULL
                  AND f.volume_id = @volume AND g.volume_id = @volume AND f.is_elsewhere = g.is_elsewhere
                  AND (n.content_id IS NULL OR n.content_id = o.content_id)
                ORDER BY o.folder_id, o.name
                """, new { volume, lately = now - Hour }))
        {
            if (!followed.Add((fromFolder, Convert.ToBase64String(fromName)))) continue;
            object from = new { folder = fromFolder, name = fromName };
            connection.Execute("DELETE FROM location WHERE folder_id = @folder AND name = @name", from);
            JobQueue.Cancel(connection, ReadJob, Subject(fromFolder, fromName));
            if (content is null) continue;
            // What is known of a sidecar belongs to its place.
            if (IsSidecar(fromName)) JobQueue.Add(connection, SidecarJob, Subject(fromFolder, fromName));
            JobQueue.Add(connection, SidecarJob, Subject(toFolder, toName));
            connection.Execute("""
                UPDATE location SET content_id = @content, previous_content_id = @previous, verified = @verified WHERE folder_id = @folder AND name = @name
                """, new { content, previous, verified = changed == toChanged ? verified : null, folder = toFolder, name = toName });
            // A rename changes the change time, so the file is read once more to be sure; below a folder that was renamed nothing changed.
            if (changed != toChanged) continue;
            JobQueue.Cancel(connection, ReadJob, Subject(toFolder, toName));
            unread.Add(toFolder);
        }
        foreach (long folder in unread) JobQueue.Add(connection, PlaceJob, $"{folder}");
        return followed.Count;
    }

    static bool IsSidecar(byte[] name) => RelativePath.Show(name).EndsWith(".xmp", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gives entries that had to give way their own names, where those became free: after <c>a.jpg</c> was renamed <c>A.jpg</c>.</summary>
    public void NameAgain(IEnumerable<(long Folder, byte[] Name)> entries)
    {
        foreach ((long folder, byte[] name) in entries)
        {
            byte[] path = RelativePath.FromBytes(connection.QuerySingle<byte[]>("SELECT path FROM folder WHERE id = @folder", new { folder })).Child(name).Bytes.ToArray();
            foreach ((string table, string condition) in ((string, string)[])[("location", "folder_id = @folder AND name = @name"), ("folder", "parent_id = @folder AND path = @path")])
            {
                object entry = new { folder, name, path };
                if (connection.QuerySingleOrDefault<string?>($"SELECT entry_key FROM {table} WHERE {condition} AND missing_since IS NULL", entry) is not { } key) continue;
                Dictionary<string, string> given = Entries(folder);
                given.Remove(key);
                EntryName plain = EntryName.ForFile(name, given);
                if (plain.Key != key)
                    connection.Execute($"UPDATE {table} SET entry_name = @EntryName, entry_key = @Key WHERE {condition}", new { EntryName = plain.Name, plain.Key, folder, name, path });
            }
        }
    }

    static object Value(object? value) => value ?? DBNull.Value;

    /// <summary>Has the jobs of a volume that is away wait until it is back, with one statement rather than one failure each.</summary>
    public static void Park(DbConnection connection, long volume) => connection.Execute("""
        UPDATE job SET not_before = @Never WHERE kind = @ReadJob AND CAST(subject AS INTEGER) IN (SELECT id FROM folder WHERE volume_id = @volume)
        """, new { volume, JobQueue.Never, ReadJob });

    /// <summary>Has the jobs of a volume that could not be read wait a little, all of them, so that their order stays.</summary>
    public static void PutOff(DbConnection connection, long volume, long notBefore) => connection.Execute("""
        UPDATE job SET not_before = max(not_before, @notBefore) WHERE kind = @ReadJob AND CAST(subject AS INTEGER) IN (SELECT id FROM folder WHERE volume_id = @volume)
        """, new { volume, notBefore, ReadJob });

    /// <summary>The jobs of a volume that is back may run.</summary>
    public static void Unpark(DbConnection connection, long volume) => connection.Execute("""
        UPDATE job SET not_before = 0, attempts = 0, error = NULL
        WHERE kind = @ReadJob AND (not_before > 0 OR attempts > 0) AND CAST(subject AS INTEGER) IN (SELECT id FROM folder WHERE volume_id = @volume)
        """, new { volume, ReadJob });

    /// <summary>Has jobs tried at once that failed or wait for a time, in the caller's transaction. Those of volumes that are away stay as they are.</summary>
    /// <param name="ids">Among these; null is all.</param>
    /// <param name="kind">Of this kind; null is any.</param>
    public static (long Tried, long Away) TryAgain(DbConnection connection, IEnumerable<long>? ids, string? kind, IEnumerable<long> away, long now, bool isDryRun)
    {
        object words = new { ids = ids is null ? null : Dialect.JsonArray(ids), kind, away = Dialect.JsonArray(away), now, ReadJob };
        string chosen = $"""
            FROM job WHERE (attempts > 0 OR not_before > @now){(ids is null ? "" : $" AND id IN (SELECT value FROM {Dialect.JsonItems("@ids")})")}{(kind is null ? "" : " AND kind = @kind")}
            """;
        string isAway = $"(kind = @ReadJob AND CAST(subject AS INTEGER) IN (SELECT id FROM folder WHERE volume_id IN (SELECT value FROM {Dialect.JsonItems("@away")})))";
        long left = connection.ExecuteScalar<long>($"SELECT count(*) {chosen} AND {isAway}", words);
        return (isDryRun ? connection.ExecuteScalar<long>($"SELECT count(*) {chosen} AND NOT {isAway}", words)
            : connection.Execute($"UPDATE job SET not_before = 0, attempts = 0, error = NULL WHERE id IN (SELECT id {chosen} AND NOT {isAway})", words), left);
    }

    /// <summary>Forgets the places where this content was and is not any more, because it lies elsewhere now.</summary>
    public static void ForgetMissing(DbConnection connection, long content) =>
        connection.Execute("DELETE FROM location WHERE content_id = @content AND missing_since IS NOT NULL", new { content });

    /// <summary>Forgets a file that was removed on purpose: nobody misses it.</summary>
    public static void Forget(DbConnection connection, long folder, byte[] name)
    {
        JobQueue.Cancel(connection, ReadJob, Subject(folder, name));
        connection.Execute("DELETE FROM location WHERE folder_id = @folder AND name = @name", new { folder, name });
    }

    /// <summary>How a job names a location.</summary>
    public static string Subject(long folder, ReadOnlySpan<byte> name) => $"{folder}/{Convert.ToBase64String(name)}";

    /// <inheritdoc cref="Subject"/>
    public static (long Folder, byte[] Name) FromSubject(string subject)
    {
        int slash = subject.IndexOf('/');
        return (long.Parse(subject.AsSpan(0, slash)), Convert.FromBase64String(subject[(slash + 1)..]));
    }

    // Paths below 'a' are those between 'a/' and 'a0': '0' follows '/' in byte order.
    const string Below = "(SELECT id FROM folder WHERE volume_id = @volume AND (path = @path OR (path >= @from AND path < @to)))";

    static object Subtree(long volume, RelativePath path, long now) =>
        new { volume, now, path = path.Bytes.ToArray(), from = (byte[])[.. path.Bytes, (byte)'/'], to = (byte[])[.. path.Bytes, (byte)'0'] };

    /// <summary>A folder and all that lay below it.</summary>
    void LoseFolder(long volume, RelativePath path, long now, bool isLeftOut)
    {
        object subtree = Subtree(volume, path, now);
        string files = isLeftOut ? GoneNow : "unseen_since = coalesce(unseen_since, @now)";
        string folders = isLeftOut ? GoneNow.Replace("hex(name)", "hex(path)", StringComparison.Ordinal) : files;
        connection.Execute($"UPDATE location SET {files} WHERE missing_since IS NULL AND folder_id IN {Below}", subtree);
        connection.Execute($"UPDATE folder SET {folders} WHERE missing_since IS NULL AND id IN {Below}", subtree);
    }

    /// <summary>A folder has another name or parent; its files and their jobs stay as they are.</summary>
    void MoveFolder(long volume, FolderMoved moved)
    {
        // Where the catalogue has it by now: a folder above it may have been moved just before.
        RelativePath before = RelativePath.FromBytes(connection.QuerySingle<byte[]>("SELECT path FROM folder WHERE id = @Id", new { moved.Id }));
        object subtree = Subtree(volume, before, 0);
        // It may have been found gone from there already.
        connection.Execute($"UPDATE location SET unseen_since = NULL WHERE unseen_since IS NOT NULL AND folder_id IN {Below}", subtree);
        connection.Execute($"UPDATE folder SET unseen_since = NULL WHERE unseen_since IS NOT NULL AND id IN {Below}", subtree);
        connection.Execute($"UPDATE folder SET path = CAST(@target || substr(path, length(@path) + 1) AS BLOB) WHERE id IN {Below}", new
        {
            volume,
            target = moved.To.Bytes.ToArray(),
            path = before.Bytes.ToArray(),
            from = (byte[])[.. before.Bytes, (byte)'/'],
            to = (byte[])[.. before.Bytes, (byte)'0'],
        });
        connection.Execute("UPDATE folder SET parent_id = @ParentId, entry_name = @Name, entry_key = @Key, missing_since = NULL WHERE id = @Id",
            new { moved.ParentId, moved.Entry.Name, moved.Entry.Key, moved.Id });
        JobQueue.Add(connection, PlaceJob, $"{moved.Id}");
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

    /// <summary>A file was written, or read past the index: what was read of it before is old, and it is to be read again. In the caller's transaction.</summary>
    internal static void Overtake(DbConnection connection, long folder, byte[] name, FileStat stat)
    {
        if (!connection.ExecuteScalar<bool>("""
            SELECT EXISTS (SELECT 1 FROM location WHERE folder_id = @folder AND name = @name AND missing_since IS NULL AND changed_ns < @ChangedNs)
            """, new { folder, name, stat.ChangedNs })) return;
        Differs(connection, folder, name, stat);
        JobQueue.Ensure(connection, ReadJob, Subject(folder, name));
    }

    /// <summary>A file was opened and found to be another than the last scan saw, so its content is not known any more.</summary>
    /// <param name="again">The name it gets anew, because it was missing.</param>
    internal static void Differs(DbConnection connection, long folder, byte[] name, FileStat stat, EntryName? again = null) => connection.Execute(ChangeFile, new
    {
        folder,
        name,
        size = stat.SizeInBytes,
        modified = stat.ModifiedNs,
        changed = stat.ChangedNs,
        inode = stat.Inode,
        entry = again?.Name,
        key = again?.Key,
    });
}
