using System.Data.Common;
using System.Text;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>
/// Keeps what programs put into albums and tags besides photos: droppings of desktops, unfinished files, names that are still empty. Each is there for the person who
/// brought it, and for a while. No other code touches the <c>shadow</c> table and the disk with the bytes.
/// </summary>
public sealed class Shadows : IDisposable
{
    /// <summary>For each person.</summary>
    public const long MostBytes = 8L * 1024 * 1024 * 1024;
    const int MostFiles = 20_000, MostListed = 1000, EvictedAtOnce = 1000;

    static readonly TimeSpan Passing = TimeSpan.FromHours(24), Empty = TimeSpan.FromMinutes(10), ExpireEvery = TimeSpan.FromMinutes(1);

    const string Columns = "person, folder_key, entry_key, name, kind, file, size_in_bytes, modified_ns, is_dated, sha256, sha1, md5, asset, was_key, expires";

    // 0 follows the slash: everything below a folder sorts between the two.
    const string Within = "(folder_key = @folder OR (folder_key > @folder || '/' AND folder_key < @folder || '0'))";

    readonly Database _auth;
    readonly PathLocks _locks;
    readonly TimeProvider _clock;
    long _looked;
    volatile bool _isEmpty;

    /// <param name="path">The folder for the bytes, absolute; the one above it exists.</param>
    /// <param name="locks">What is locked does not end.</param>
    /// <exception cref="FileFault">It cannot be made or opened.</exception>
    public Shadows(Database auth, string path, PathLocks locks, TimeProvider clock)
    {
        (_auth, _locks, _clock, Disk) = (auth, locks, clock, new(path));
        using Database.Reader reader = auth.Read();
        HashSet<string> known = [.. reader.Connection.Query<string>("SELECT file FROM shadow WHERE file IS NOT NULL")];
        _isEmpty = !reader.Connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM shadow)");
        // A crash between the two has left bytes that nothing tells of.
        foreach (byte[] name in Disk.Names(RelativePath.Root).Where(n => Encoding.UTF8.GetString(n) is var file && file != PlainDisk.StagingFolder && !known.Contains(file)))
            Disk.Discard(Disk.TakeAway(RelativePath.Root.Child(name)));
    }

    internal PlainDisk Disk { get; }

    /// <summary>Nothing was kept since the start, and nothing before; so that most requests need ask nothing further.</summary>
    internal bool IsEmpty => _isEmpty;

    /// <inheritdoc cref="Database.Writes"/>
    internal long Writes => _auth.Writes;

    internal Shadow? Find(string person, string folder, string key) =>
        _isEmpty ? null : Read("person = @person AND folder_key = @folder AND entry_key = @key", new { person, folder, key }).SingleOrDefault(IsAlive);

    /// <summary>Those of a folder that are shown in it.</summary>
    internal IReadOnlyList<Shadow> In(string person, string folder) => _isEmpty ? [] :
        [.. Read($"person = @person AND folder_key = @folder AND kind IN (0, 1) ORDER BY entry_key LIMIT {MostListed}", new { person, folder }).Where(s => IsAlive(s) && !PassingNames.IsJunk(s.Name))];

    /// <summary>The photo that had this name in the folder before it was put aside.</summary>
    internal string? AsideOf(string person, string folder, string key) => _isEmpty ? null :
        Read("person = @person AND folder_key = @folder AND kind = 3 AND was_key = @key ORDER BY expires DESC LIMIT 1", new { person, folder, key }).FirstOrDefault(IsAlive)?.Asset;

    /// <summary>Whether a person may keep so much more.</summary>
    internal bool HasRoom(string person, long sizeInBytes)
    {
        using Database.Reader reader = _auth.Read();
        return reader.Connection.ExecuteScalar<long>("SELECT coalesce(sum(size_in_bytes), 0) FROM shadow WHERE person = @person", new { person }) + sizeInBytes <= MostBytes;
    }

    /// <summary>Keeps a finished upload, in place of what has its name.</summary>
    /// <exception cref="FileFault">The disk is full or failing.</exception>
    internal async Task<Shadow> KeepAsync(string person, string folder, string name, Upload upload, bool isDated, CancellationToken cancellationToken)
    {
        string file = Guid.NewGuid().ToString("N");
        Disk.Place(upload.File, RelativePath.Parse(file), replace: false);
        Disk.SyncFolder(RelativePath.Root);
        ShadowKind kind = KindOf(name, upload.SizeInBytes);
        Shadow kept = new(person, folder, EntryName.KeyOf(name), name, kind, file, upload.SizeInBytes, upload.Stat.ModifiedNs, isDated, upload.Hashes, null, null, Until(kind));
        try
        {
            await WriteAsync(kept, cancellationToken);
        }
        catch
        {
            Discard(file);
            throw;
        }
        return kept;
    }

    /// <summary>Notes that a photo that was put under a name is called otherwise, or that one was put aside.</summary>
    internal Task NoteAsync(ShadowKind kind, string person, string folder, string name, string asset, string? wasKey, CancellationToken cancellationToken) =>
        WriteAsync(new(person, folder, EntryName.KeyOf(name), name, kind, null, 0, 0, false, null, asset, wasKey, Until(kind)), cancellationToken);

    /// <summary>It gets another name or folder, in place of what has that.</summary>
    internal async Task MoveAsync(Shadow shadow, string folder, string name, CancellationToken cancellationToken)
    {
        Shadow moved = shadow with { Folder = folder, Key = EntryName.KeyOf(name), Name = name, Kind = KindOf(name, shadow.SizeInBytes) };
        await WriteAsync(moved, cancellationToken, from: shadow);
    }

    /// <exception cref="FileFault">Its bytes are gone.</exception>
    internal async Task<Shadow> SetModifiedAsync(Shadow shadow, long nanoseconds, CancellationToken cancellationToken)
    {
        if (shadow.File is { } file) Disk.SetModified(RelativePath.Parse(file), nanoseconds);
        Shadow dated = shadow with { ModifiedNs = nanoseconds, IsDated = true };
        await WriteAsync(dated, cancellationToken);
        return dated;
    }

    internal async Task RemoveAsync(Shadow shadow, CancellationToken cancellationToken)
    {
        await _auth.WriteAsync(connection => Delete(connection, shadow), cancellationToken);
        Discard(shadow.File);
    }

    /// <summary>A folder is gone, with all below it.</summary>
    internal async Task RemoveAllAsync(string folder, CancellationToken cancellationToken)
    {
        if (!_isEmpty) await RemoveAsync(Read(Within, new { folder }), cancellationToken);
    }

    /// <summary>A folder goes elsewhere, with all below it.</summary>
    internal async Task MoveAllAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (_isEmpty || from == to || Read($"{Within} LIMIT 1", new { folder = from }).Count == 0) return;
        await RemoveAllAsync(to, cancellationToken);
        await _auth.WriteAsync(connection => connection.Execute($"UPDATE shadow SET folder_key = @to || substr(folder_key, length(@folder) + 1) WHERE {Within}", new { folder = from, to }), cancellationToken);
    }

    /// <summary>Forgets what has ended. Asked often, it looks now and then.</summary>
    public async Task ExpireAsync(CancellationToken cancellationToken)
    {
        if (_isEmpty || (_looked != 0 && _clock.GetElapsedTime(_looked) < ExpireEvery)) return;
        _looked = _clock.GetTimestamp();
        const string Ended = "expires <= @now";
        if (!Read(Ended, new { now = Now }).Exists(s => !IsAlive(s))) return;
        List<Shadow> gone = [];
        // Read again where nothing comes between: what was put over it meanwhile stays.
        await _auth.WriteAsync(connection =>
        {
            gone = Read(connection, Ended, new { now = Now }).FindAll(s => !IsAlive(s));
            foreach (Shadow shadow in gone) Delete(connection, shadow);
        }, cancellationToken);
        foreach (Shadow shadow in gone) Discard(shadow.File);
    }

    public void Dispose() => Disk.Dispose();

    long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    bool IsAlive(Shadow shadow) => shadow.Expires > Now || _locks.On(shadow.LockKey).Count > 0;

    static ShadowKind KindOf(string name, long sizeInBytes) => sizeInBytes == 0 && !PassingNames.IsPassing(name) ? ShadowKind.Empty : ShadowKind.Passing;

    long Until(ShadowKind kind) => (_clock.GetUtcNow() + (kind is ShadowKind.Empty ? Empty : Passing)).ToUnixTimeSeconds();

    /// <param name="from">Where it lay; null when it is new, or lies there still.</param>
    async Task WriteAsync(Shadow shadow, CancellationToken cancellationToken, Shadow? from = null)
    {
        string? old = null;
        List<Shadow> evicted = [];
        _isEmpty = false;
        await _auth.WriteAsync(connection =>
        {
            if (from is not null) Delete(connection, from);
            old = connection.QuerySingleOrDefault<string?>("SELECT file FROM shadow WHERE person = @Person AND folder_key = @Folder AND entry_key = @Key", shadow);
            connection.Execute($"""
                INSERT OR REPLACE INTO shadow ({Columns})
                VALUES (@Person, @Folder, @Key, @Name, @Kind, @File, @SizeInBytes, @ModifiedNs, @IsDated, @sha256, @Sha1, @Md5, @Asset, @WasKey, @Expires)
                """, new
            {
                shadow.Person,
                shadow.Folder,
                shadow.Key,
                shadow.Name,
                Kind = (long)shadow.Kind,
                shadow.File,
                shadow.SizeInBytes,
                shadow.ModifiedNs,
                IsDated = shadow.IsDated ? 1L : 0,
                sha256 = shadow.Hashes?.Sha256.ToBytes(),
                shadow.Hashes?.Sha1,
                shadow.Hashes?.Md5,
                shadow.Asset,
                shadow.WasKey,
                shadow.Expires,
            });
            if (connection.ExecuteScalar<long>("SELECT count(*) FROM shadow WHERE person = @Person", shadow) <= MostFiles) return;
            // A copy of a large folder must not fail for what desktops drop beside each file.
            evicted = [.. Read(connection, "person = @Person AND NOT (folder_key = @Folder AND entry_key = @Key) ORDER BY expires", shadow).Where(s => _locks.On(s.LockKey).Count == 0).Take(EvictedAtOnce)];
            foreach (Shadow oldest in evicted) Delete(connection, oldest);
        }, cancellationToken, durable: true);
        if (old != shadow.File) Discard(old);
        foreach (Shadow gone in evicted) Discard(gone.File);
    }

    async Task RemoveAsync(IReadOnlyList<Shadow> gone, CancellationToken cancellationToken)
    {
        if (gone.Count == 0) return;
        await _auth.WriteAsync(connection =>
        {
            foreach (Shadow shadow in gone) Delete(connection, shadow);
        }, cancellationToken);
        foreach (Shadow shadow in gone) Discard(shadow.File);
    }

    static void Delete(DbConnection connection, Shadow shadow) => connection.Execute("DELETE FROM shadow WHERE person = @Person AND folder_key = @Folder AND entry_key = @Key", shadow);

    void Discard(string? file)
    {
        try
        {
            if (file is not null) Disk.Discard(Disk.TakeAway(RelativePath.Parse(file)));
        }
        catch (FileFault fault) when (fault.IsGone)
        {
            // Then there is nothing to be done.
        }
    }

    List<Shadow> Read(string condition, object parameters)
    {
        using Database.Reader reader = _auth.Read();
        return Read(reader.Connection, condition, parameters);
    }

    static List<Shadow> Read(DbConnection connection, string condition, object parameters) =>
        [.. connection.Query<Row>($"SELECT {Columns} FROM shadow WHERE {condition}", parameters).Select(r => new Shadow(
            r.Person, r.FolderKey, r.EntryKey, r.Name, (ShadowKind)r.Kind, r.File, r.SizeInBytes, r.ModifiedNs, r.IsDated != 0,
            r.Sha256 is null ? null : new(ContentHash.FromBytes(r.Sha256), r.Sha1!, r.Md5!), r.Asset, r.WasKey, r.Expires))];

    sealed record Row(
        string Person, string FolderKey, string EntryKey, string Name, long Kind, string? File, long SizeInBytes, long ModifiedNs, long IsDated, byte[]? Sha256, byte[]? Sha1, byte[]? Md5, string? Asset, string? WasKey, long Expires);
}
