using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tree;

/// <summary>
/// Gives every asset its place in the timeline. It keeps the name it got there until its file is renamed. Asks the catalogue "what changed since revision N?", so it can
/// stop anywhere and goes on. No other code touches <c>timeline_folder</c> and <c>timeline_entry</c>.
/// </summary>
public sealed class TimelineIndex(Database catalog, TimeProvider clock)
{
    const string Cursor = "timeline";
    /// <summary>Windows refuses listings much longer than this.</summary>
    const int EntriesPerFolder = 2000;
    const int AssetsPerTransaction = 500;

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
        foreach ((long id, string uid, string name, string? taken, _) in changed) Place(connection, id, uid, name, FolderOf(taken));
        connection.Execute("INSERT INTO cursor (name, position) VALUES (@Cursor, @last) ON CONFLICT (name) DO UPDATE SET position = @last", new { Cursor, last });
        return changed.Count == AssetsPerTransaction;
    }

    void Place(DbConnection connection, long asset, string uid, string name, string folder)
    {
        (string Folder, string Name)? entered = connection.Query<(string, string)?>("SELECT folder, entry_name FROM timeline_entry WHERE asset_id = @asset", new { asset }).SingleOrDefault();
        if (entered is { } there && IsPartOf(there.Folder, folder) && IsNameOf(there.Name, name, uid)) return;

        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (entered is { Folder: var present })
        {
            connection.Execute("DELETE FROM timeline_entry WHERE asset_id = @asset", new { asset });
            connection.Execute("UPDATE timeline_folder SET entries = entries - 1, modified = @now WHERE name = @present", new { present, now });
            connection.Execute("DELETE FROM timeline_folder WHERE name = @present AND entries = 0", new { present });
        }
        string part = folder;
        for (int number = 2; connection.ExecuteScalar<long?>("SELECT entries FROM timeline_folder WHERE name = @part", new { part }) >= EntriesPerFolder; number++)
            part = $"{folder}_{number}";

        EntryName entry = EntryName.From(name).Free(uid, IsTaken);
        connection.Execute("INSERT INTO timeline_entry (folder, entry_key, entry_name, asset_id) VALUES (@part, @Key, @Name, @asset)",
            new { part, entry.Key, entry.Name, asset });
        connection.Execute("""
            INSERT INTO timeline_folder (name, year, entries, modified) VALUES (@part, @year, 1, @now)
            ON CONFLICT (name) DO UPDATE SET entries = entries + 1, modified = @now
            """, new { part, year = char.IsAsciiDigit(folder[0]) ? folder[..4] : "", now });

        bool IsTaken(string key) => connection.ExecuteScalar<long>(
            "SELECT count(*) FROM timeline_entry WHERE folder = @part AND entry_key IN (@key, @key || '.jpg', @stem)",
            new { part, key, stem = key.EndsWith(".jpg", StringComparison.Ordinal) ? key[..^4] : key }) != 0;
    }

    /// <summary><c>2024-07-14</c>, or as much of it as is known; without a date <c>Undated</c>.</summary>
    static string FolderOf(string? taken) => taken is null ? "Undated" : taken[..Math.Min(taken.Length, 10)];

    /// <summary>Whether an entry's name was made from this one, alone or with a suffix.</summary>
    static bool IsNameOf(string entry, string name, string uid)
    {
        EntryName plain = EntryName.From(name);
        return entry == plain.Name || Enumerable.Range(4, uid.Length - 3).Any(length => entry == plain.WithSuffix(uid[..length]).Name);
    }

    static bool IsPartOf(string part, string folder) =>
        part == folder || (part.StartsWith(folder, StringComparison.Ordinal) && part.Length > folder.Length && part[folder.Length] == '_');
}
