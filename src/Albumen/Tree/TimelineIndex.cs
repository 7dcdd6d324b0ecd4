using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>
/// Gives every asset its place in the timeline. It keeps the name it got there until its file is renamed. Asks the catalogue "what changed since revision N?", so it can
/// stop anywhere and goes on. No other code touches <c>timeline_folder</c>, <c>timeline_entry</c> and <c>kept_name</c>; <see cref="Facets"/> goes with it.
/// </summary>
/// <remarks>
/// Names are given first come, first served, and a rebuild meets the files in another order. So whatever was given but the plain name in a day's first folder is
/// kept: the asset gets it again, and nobody else does, even while the asset is away or its file is gone. What is not kept follows from the files alone.
/// </remarks>
/// <param name="keep">Writes kept names down, inside the transaction that gives them. Of several for one asset the last counts.</param>
public sealed class TimelineIndex(Database catalog, TimeProvider clock, Action<IReadOnlyList<KeptName>>? keep = null)
{
    internal const string Cursor = "timeline";
    const int AssetsPerTransaction = 500;

    /// <summary>Windows refuses listings much longer than this.</summary>
    internal int EntriesPerFolder { get; init; } = 2000;

    /// <summary>
    /// Takes back what was written down, the oldest first: before anything is placed in a new catalogue, and at every start, because a catalogue may have
    /// lost its last moments where the file has not. What only the catalogue knows is written down again, for the file may have been lost.
    /// </summary>
    public Task TakeBackAsync(IEnumerable<KeptName> names, CancellationToken cancellationToken) => catalog.WriteAsync(connection =>
    {
        Dictionary<string, KeptName> written = [];
        foreach (KeptName name in names) written[name.Asset] = name;
        List<KeptName> keptNow = [.. connection.Query<KeptName>("SELECT asset, folder, entry_key, entry_name FROM kept_name ORDER BY asset").Where(name => !written.ContainsKey(name.Asset))];
        List<string> changed = [];
        foreach (KeptName name in written.Values)
            if (name != FindKept(connection, name.Asset))
            {
                Note(connection, name);
                changed.Add(name.Asset);
            }
        foreach (string uid in changed)
            if (connection.QuerySingleOrDefault<(long, string, string?)?>("""
                SELECT a.id, a.name, a.taken FROM asset a JOIN timeline_entry e ON e.asset_id = a.id WHERE a.uid = @uid
                """, new { uid }) is (var id, var name, var taken))
                Place(connection, id, uid, name, FolderOf(taken), keptNow);
        if (keptNow.Count > 0) keep?.Invoke(keptNow);
    }, cancellationToken);

    /// <summary>Takes over names that another copy of the library kept. An asset that has a kept name here keeps that one.</summary>
    /// <returns>How many were taken; in a rehearsal, would be.</returns>
    public Task<int> TakeOverAsync(IReadOnlyList<KeptName> names, bool isDryRun, CancellationToken cancellationToken) => catalog.WriteAsync(connection =>
    {
        List<KeptName> fresh = [.. names.GroupBy(n => n.Asset).Select(ofOne => ofOne.Last()).Where(n => FindKept(connection, n.Asset) is null)];
        if (isDryRun || fresh.Count == 0) return fresh.Count;
        List<(long Id, string Uid, string Name, string? Taken)> placed = [];
        foreach (KeptName name in fresh)
        {
            Note(connection, name);
            if (connection.QuerySingleOrDefault<(long Id, string Name, string? Taken, string? Folder)?>("""
                SELECT a.id, a.name, a.taken, e.folder FROM asset a LEFT JOIN timeline_entry e ON e.asset_id = a.id WHERE a.uid = @Asset
                """, new { name.Asset }) is not { } asset) continue;
            // All leave first: they may exchange their names.
            if (asset.Folder is not null) Leave(connection, asset.Id, asset.Folder);
            placed.Add((asset.Id, name.Asset, asset.Name, asset.Taken));
        }
        List<KeptName> keptNow = [.. fresh];
        foreach ((long id, string uid, string name, string? taken) in placed) Place(connection, id, uid, name, FolderOf(taken), keptNow);
        keep?.Invoke(keptNow);
        return fresh.Count;
    }, cancellationToken);

    /// <summary>Places what changed since the last time.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        while (await catalog.WriteAsync(CatchUp, cancellationToken)) { }
    }

    /// <returns>True when there may be more.</returns>
    bool CatchUp(DbConnection connection)
    {
        long since = connection.ExecuteScalar<long?>("SELECT position FROM cursor WHERE name = @Cursor", new { Cursor }) ?? 0;
        List<(long Id, string Uid, string Name, string? Taken, long Revision)> changed = connection.Query<(long, string, string, string?, long)>("""
            SELECT id, uid, name, taken, revision FROM asset WHERE revision > @since ORDER BY revision LIMIT @most
            """, new { since, most = AssetsPerTransaction }).AsList();
        if (changed.Count == 0) return false;

        long last = changed[^1].Revision;
        // By id, the order in which assets were found: so names do not depend on how the changes were cut into batches.
        changed.Sort((a, b) => a.Id.CompareTo(b.Id));
        List<KeptName> keptNow = [];
        foreach ((long id, string uid, string name, string? taken, _) in changed) Place(connection, id, uid, name, FolderOf(taken), keptNow);
        connection.Execute("INSERT INTO cursor (name, position) VALUES (@Cursor, @last) ON CONFLICT (name) DO UPDATE SET position = @last", new { Cursor, last });
        if (keptNow.Count > 0) keep?.Invoke(keptNow);
        return changed.Count == AssetsPerTransaction;
    }

    void Place(DbConnection connection, long asset, string uid, string name, string folder, List<KeptName> keptNow)
    {
        (string Folder, string Name)? entered = connection.Query<(string, string)?>("SELECT folder, entry_name FROM timeline_entry WHERE asset_id = @asset", new { asset }).SingleOrDefault();
        KeptName? kept = FindKept(connection, uid) is { } found && IsPartOf(found.Folder, folder) && IsNameOf(found.EntryName, name, uid) ? found : null;
        KeptName given;
        if (entered is { } there && IsPartOf(there.Folder, folder) && IsNameOf(there.Name, name, uid)) given = new(uid, there.Folder, EntryName.From(there.Name).Key, there.Name);
        else
        {
            if (entered is { Folder: var present }) Leave(connection, asset, present);
            given = kept is not null && HasRoom(connection, kept.Folder) && !IsTaken(connection, kept.Folder, kept.EntryKey, uid) ? kept : Choose(connection, uid, name, folder);
            Enter(connection, asset, given, folder);
        }
        Facets.Note(connection, asset, given);
        // What anybody would expect who knows the files and what is kept need not be kept.
        if (given == (kept ?? new(uid, folder, EntryName.From(name).Key, EntryName.From(name).Name))) return;
        Note(connection, given);
        keptNow.Add(given);
    }

    KeptName Choose(DbConnection connection, string uid, string name, string folder)
    {
        string part = folder;
        for (int number = 2; !HasRoom(connection, part); number++) part = $"{folder}_{number}";
        EntryName entry = EntryName.From(name).Free(uid, key => IsTaken(connection, part, key, uid));
        return new(uid, part, entry.Key, entry.Name);
    }

    void Enter(DbConnection connection, long asset, KeptName given, string folder)
    {
        connection.Execute("INSERT INTO timeline_entry (folder, entry_key, entry_name, asset_id) VALUES (@Folder, @EntryKey, @EntryName, @asset)",
            new { given.Folder, given.EntryKey, given.EntryName, asset });
        connection.Execute("""
            INSERT INTO timeline_folder (name, year, entries, modified) VALUES (@Folder, @year, 1, @now)
            ON CONFLICT (name) DO UPDATE SET entries = entries + 1, modified = @now
            """, new { given.Folder, year = char.IsAsciiDigit(folder[0]) ? folder[..4] : "", now = clock.GetUtcNow().ToUnixTimeSeconds() });
    }

    void Leave(DbConnection connection, long asset, string present)
    {
        Facets.Forget(connection, asset);
        connection.Execute("DELETE FROM timeline_entry WHERE asset_id = @asset", new { asset });
        connection.Execute("UPDATE timeline_folder SET entries = entries - 1, modified = @now WHERE name = @present", new { present, now = clock.GetUtcNow().ToUnixTimeSeconds() });
        connection.Execute("DELETE FROM timeline_folder WHERE name = @present AND entries = 0", new { present });
    }

    bool HasRoom(DbConnection connection, string part) =>
        !(connection.ExecuteScalar<long?>("SELECT entries FROM timeline_folder WHERE name = @part", new { part }) >= EntriesPerFolder);

    /// <summary>By an entry, or by a name kept for another; /Small shows <c>a.heic</c> as <c>a.heic.jpg</c>, so the two never stand side by side.</summary>
    static bool IsTaken(DbConnection connection, string part, string key, string uid) => connection.ExecuteScalar<bool>("""
        SELECT EXISTS (SELECT 1 FROM timeline_entry WHERE folder = @part AND entry_key IN (@key, @key || '.jpg', @stem))
            OR EXISTS (SELECT 1 FROM kept_name WHERE folder = @part AND entry_key IN (@key, @key || '.jpg', @stem) AND asset <> @uid)
        """, new { part, key, stem = key.EndsWith(".jpg", StringComparison.Ordinal) ? key[..^4] : key, uid });

    static KeptName? FindKept(DbConnection connection, string asset) => connection.QuerySingleOrDefault<(string Folder, string Key, string Name)?>(
        "SELECT folder, entry_key, entry_name FROM kept_name WHERE asset = @asset", new { asset }) is { } row ? new(asset, row.Folder, row.Key, row.Name) : null;

    static void Note(DbConnection connection, KeptName name) => connection.Execute("""
        INSERT INTO kept_name (asset, folder, entry_key, entry_name) VALUES (@Asset, @Folder, @EntryKey, @EntryName)
        ON CONFLICT (asset) DO UPDATE SET folder = excluded.folder, entry_key = excluded.entry_key, entry_name = excluded.entry_name
        """, name);

    /// <summary><c>2024-07-14</c>, or as much of it as is known; without a date <c>Undated</c>.</summary>
    internal static string FolderOf(string? taken) => taken is null ? "Undated" : taken[..Math.Min(taken.Length, 10)];

    /// <summary>Whether an entry's name was made from this one, alone or with a suffix.</summary>
    static bool IsNameOf(string entry, string name, string uid)
    {
        EntryName plain = EntryName.From(name);
        return entry == plain.Name || Enumerable.Range(4, uid.Length - 3).Any(length => entry == plain.WithSuffix(uid[..length]).Name);
    }

    internal static bool IsPartOf(string part, string folder) =>
        part == folder || (part.StartsWith(folder, StringComparison.Ordinal) && part.Length > folder.Length && part[folder.Length] == '_');
}

/// <summary>A name that an asset has in the timeline and shall have again.</summary>
/// <param name="Asset">Its public id.</param>
/// <param name="Folder">The day, or as much as is known of it, and which of its parts: <c>2024-07-14</c>, <c>2024-07-14_2</c>, <c>1978</c>, <c>Undated</c>.</param>
/// <param name="EntryKey">By which it is found (see <see cref="Storage.EntryName"/>).</param>
public sealed record KeptName(string Asset, string Folder, string EntryKey, string EntryName);
