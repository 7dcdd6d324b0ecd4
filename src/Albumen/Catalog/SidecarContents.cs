using System.Data.Common;
using System.Text.Json;
using Albumen.Processing;
using Albumen.Storage;
using Dapper;

namespace Albumen.Catalog;

/// <summary>
/// What the sidecars on the volumes say, as it was read; and the jobs of holding it against the catalogue, which a higher rung does. No other
/// code writes <c>sidecar_content</c>.
/// </summary>
public static class SidecarContents
{
    /// <summary>Notes what a sidecar says, in the caller's transaction.</summary>
    internal static void Record(DbConnection connection, Sighting sighting, long content)
    {
        connection.Execute("""
            INSERT INTO sidecar_content (content_id, facts) VALUES (@content, @facts) ON CONFLICT (content_id) DO UPDATE SET facts = excluded.facts
            """, new { content, facts = sighting.Embedded is { } facts ? JsonSerializer.Serialize(facts, FactsJson.Default.Facts) : null });
        JobQueue.Add(connection, LocationIndex.SidecarJob, LocationIndex.Subject(sighting.FolderId, sighting.Name));
    }

    /// <summary>What lies beside a photo that is new there may speak of it: <c>a.jpg.xmp</c> and <c>a.xmp</c> beside <c>a.jpg</c>.</summary>
    internal static void AskBeside(DbConnection connection, long folder, byte[] name)
    {
        foreach (byte[] sidecar in Beside(connection, folder, name)) JobQueue.Add(connection, LocationIndex.SidecarJob, LocationIndex.Subject(folder, sidecar));
        // What sidecars were noted to say counts where none lies any more, too; and what people say is to be written, if the photo lay nowhere when its turn came.
        if (connection.ExecuteScalar<bool>("""
            SELECT EXISTS (SELECT 1 FROM location l JOIN content c ON c.id = l.content_id JOIN asset a ON a.id = c.asset_id JOIN statement s ON s.asset = a.uid AND s.kind IN (0, 1)
            WHERE l.folder_id = @folder AND l.name = @name)
            """, new { folder, name })) JobQueue.Add(connection, LocationIndex.SidecarJob, LocationIndex.Subject(folder, name));
    }

    // Ordered by the key, here and below, so that SQLite walks the keys and not the whole folder.

    /// <summary>The names of the sidecars that lie beside a photo or clip, <c>a.jpg.xmp</c> before <c>a.xmp</c>. Lower and upper case are the same.</summary>
    public static IReadOnlyList<byte[]> Beside(DbConnection connection, long folder, byte[] name)
    {
        string key = EntryName.KeyOf(RelativePath.Show(name));
        int dot = key.LastIndexOf('.');
        return [.. connection.Query<(string Key, byte[] Name)>("""
            SELECT entry_key, name FROM location WHERE folder_id = @folder AND entry_key IN (@own, @group) AND missing_since IS NULL ORDER BY entry_key
            """, new { folder, own = key + ".xmp", group = dot > 0 ? key[..dot] + ".xmp" : "" }).OrderByDescending(s => s.Key.Length).Select(s => s.Name)];
    }

    /// <summary>The photos and clips a sidecar speaks of: the one it is named after, else all that share its stem.</summary>
    /// <param name="sidecar">Its name: <c>a.jpg.xmp</c> or <c>a.xmp</c>.</param>
    /// <returns>The name of the original and the uid of its asset, in the order of their keys.</returns>
    public static IReadOnlyList<(byte[] Name, string Asset)> Originals(DbConnection connection, long folder, byte[] sidecar)
    {
        string key = EntryName.KeyOf(RelativePath.Show(sidecar));
        if (!key.EndsWith(".xmp", StringComparison.Ordinal)) return [];
        string stem = key[..^".xmp".Length];
        List<(string Key, byte[] Name, string Asset)> found = connection.Query<(string, byte[], string)>("""
            SELECT l.entry_key, l.name, a.uid FROM location l JOIN content c ON c.id = l.content_id JOIN asset a ON a.id = c.asset_id
            WHERE l.folder_id = @folder AND l.entry_key >= @stem AND l.entry_key < @end AND l.missing_since IS NULL ORDER BY l.entry_key
            """, new { folder, stem, end = stem + "/" }).AsList();
        // '/' follows '.', so those between are the stem and whatever continues it with a character up to a full stop.
        List<(string Key, byte[] Name, string Asset)> named = found.FindAll(f => f.Key == stem);
        if (named.Count == 0) named = found.FindAll(f => f.Key.LastIndexOf('.') == stem.Length && f.Key.StartsWith(stem, StringComparison.Ordinal));
        return [.. named.Select(f => (f.Name, f.Asset))];
    }

    /// <summary>What a sidecar says as it was last read.</summary>
    /// <returns>Facts: null when it could not be understood. The whole is null when it does not lie there, or was not read yet.</returns>
    public static (Facts? Facts, FileStat Stat)? Find(DbConnection connection, long folder, byte[] name)
    {
        if (connection.QueryFirstOrDefault<(string? Facts, long Size, long Modified, long Changed, long Inode)?>("""
            SELECT s.facts, l.size_in_bytes, l.modified_ns, l.changed_ns, l.inode FROM location l JOIN sidecar_content s ON s.content_id = l.content_id
            WHERE l.folder_id = @folder AND l.name = @name AND l.missing_since IS NULL
            """, new { folder, name }) is not { } row) return null;
        return (row.Facts is null ? null : JsonSerializer.Deserialize(row.Facts, FactsJson.Default.Facts), new(row.Size, row.Modified, row.Changed, null, row.Inode, 0));
    }

    /// <summary>Notes what a sidecar says when it is read together with its photo, in the caller's transaction.</summary>
    public static void Correct(DbConnection connection, long folder, byte[] name, Facts facts) => connection.Execute("""
        UPDATE sidecar_content SET facts = @facts WHERE content_id = (SELECT content_id FROM location WHERE folder_id = @folder AND name = @name)
        """, new { folder, name, facts = JsonSerializer.Serialize(facts, FactsJson.Default.Facts) });

    /// <summary>Whether a sidecar lies there, read or not.</summary>
    public static bool Exists(DbConnection connection, long folder, byte[] name) => connection.ExecuteScalar<bool>(
        "SELECT EXISTS (SELECT 1 FROM location WHERE folder_id = @folder AND name = @name AND missing_since IS NULL)", new { folder, name });
}
