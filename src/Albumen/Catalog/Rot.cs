using System.Data.Common;
using System.Globalization;
using Dapper;

namespace Albumen.Catalog;

/// <summary>
/// Bytes that changed by themselves: size and modification time are as they were, and the hash is not. The catalogue keeps what was known, and
/// nothing is repaired; a person learns where a good copy lies.
/// </summary>
public static class Rot
{
    /// <summary>Of the problem.</summary>
    public const string Kind = "rotted";

    /// <summary>What a person should know of a rotted file, in the caller's transaction.</summary>
    public static string Describe(DbConnection connection, long folder, byte[] name)
    {
        (long content, byte[] hash, long? good) = connection.QuerySingle<(long, byte[], long?)>("""
            SELECT c.id, c.sha256, coalesce(l.verified, c.first_seen) FROM location l JOIN content c ON c.id = l.content_id
            WHERE l.folder_id = @folder AND l.name = @name
            """, new { folder, name });
        return $"""
            Its bytes changed by themselves: size and modification time are as before, and the SHA-256 is not {ContentHash.FromBytes(hash)} any more. {(good is { } at ? $"It was last known to be good on {Date(at)}" : "It is not known when it was last good")}. {Copies(connection, content, folder, name)} Nothing was changed: put a good copy in its place, or take it as it is with 'albumen verify --accept PATH'.
            """;
    }

    /// <summary>Where the same content lies elsewhere and is not rotted too, the one verified last in front.</summary>
    static string Copies(DbConnection connection, long content, long folder, byte[] name)
    {
        const int Shown = 3;
        List<string> copies = [.. connection.Query<(string Volume, byte[] Folder, byte[] Name, long? Verified)>("""
            SELECT v.name, f.path, l.name, l.verified FROM location l JOIN folder f ON f.id = l.folder_id JOIN volume v ON v.id = f.volume_id
            WHERE l.content_id = @content AND NOT (l.folder_id = @folder AND l.name = @name) AND l.missing_since IS NULL AND l.unseen_since IS NULL
            AND NOT EXISTS (SELECT 1 FROM problem p WHERE p.folder_id = l.folder_id AND p.name = l.name AND p.kind = @Kind)
            ORDER BY coalesce(l.verified, 0) DESC, f.volume_id, f.path, l.name LIMIT @Shown
            """, new { content, folder, name, Kind, Shown }).Select(row =>
                $"/Folders/{row.Volume}/{RelativePath.FromBytes(row.Folder).Child(row.Name)}{(row.Verified is { } at ? $" (good on {Date(at)})" : "")}")];
        return copies.Count == 0 ? "Albumen knows no other copy." : $"Copies: {string.Join(", ", copies)}.";
    }

    static string Date(long seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
