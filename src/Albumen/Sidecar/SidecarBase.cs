using System.Data.Common;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Storage;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>Which file: beside an original in the folder, or where that would be in the mirror.</summary>
/// <param name="Name">Of the sidecar, beside the original.</param>
readonly record struct SidecarPlace(long Folder, byte[] Name, bool IsMirror);

/// <summary>
/// The base of the three-way comparison: what a sidecar said when it and the catalogue last agreed. No other code touches the <c>sidecar</c> table.
/// </summary>
/// <param name="Writing">What we were about to write into it when we were last heard of; null when nothing.</param>
/// <param name="Stat">The file then: size, time of modification, inode.</param>
sealed record SidecarBase(Facts Facts, IReadOnlyDictionary<string, string?>? Writing, FileStat Stat)
{
    public static SidecarBase? Find(DbConnection connection, SidecarPlace place) =>
        connection.QueryFirstOrDefault<(string Facts, string? Writing, long Size, long Modified, long Inode)?>("""
            SELECT facts, writing, coalesce(size_in_bytes, 0), coalesce(modified_ns, 0), coalesce(inode, 0) FROM sidecar
            WHERE folder_id = @Folder AND name = @Name AND is_mirror = @IsMirror
            """, place) is { } row
            ? new(JsonSerializer.Deserialize(row.Facts, FactsJson.Default.Facts)!,
                row.Writing is null ? null : JsonSerializer.Deserialize(row.Writing, SidecarJson.Default.IReadOnlyDictionaryStringString),
                new(row.Size, row.Modified, 0, null, row.Inode, 0))
            : null;

    /// <summary>Both agree: the file says this.</summary>
    public static void Agree(DbConnection connection, SidecarPlace place, Facts facts, FileStat stat) => connection.Execute("""
        INSERT INTO sidecar (folder_id, name, is_mirror, facts, size_in_bytes, modified_ns, inode) VALUES (@Folder, @Name, @IsMirror, @json, @SizeInBytes, @ModifiedNs, @Inode)
        ON CONFLICT (folder_id, name, is_mirror) DO UPDATE SET facts = excluded.facts, writing = NULL, size_in_bytes = excluded.size_in_bytes,
          modified_ns = excluded.modified_ns, inode = excluded.inode
        """, new { place.Folder, place.Name, place.IsMirror, json = JsonSerializer.Serialize(facts, FactsJson.Default.Facts), stat.SizeInBytes, stat.ModifiedNs, stat.Inode });

    /// <summary>Notes what will be written, before it is: after a crash it is known for our own.</summary>
    public static void Intend(DbConnection connection, SidecarPlace place, IReadOnlyDictionary<string, string?> writing) => connection.Execute("""
        INSERT INTO sidecar (folder_id, name, is_mirror, facts, writing) VALUES (@Folder, @Name, @IsMirror, '{}', @json)
        ON CONFLICT (folder_id, name, is_mirror) DO UPDATE SET writing = excluded.writing
        """, new { place.Folder, place.Name, place.IsMirror, json = JsonSerializer.Serialize(writing, SidecarJson.Default.IReadOnlyDictionaryStringString) });

    /// <summary>The file is gone from beside its photo: when one comes back there, what it says is news, whatever it said before.</summary>
    public static void Lose(DbConnection connection, SidecarPlace place)
    {
        if (place.IsMirror) Forget(connection, place);
        else Agree(connection, place, new(), default);
    }

    /// <summary>Nothing is known of the place any more.</summary>
    public static void Forget(DbConnection connection, SidecarPlace place) =>
        connection.Execute("DELETE FROM sidecar WHERE folder_id = @Folder AND name = @Name AND is_mirror = @IsMirror", place);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(IReadOnlyDictionary<string, string?>))]
sealed partial class SidecarJson : System.Text.Json.Serialization.JsonSerializerContext;
