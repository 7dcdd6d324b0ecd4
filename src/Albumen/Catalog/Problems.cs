using System.Data.Common;
using Albumen.Sql;
using Dapper;

namespace Albumen.Catalog;

/// <summary>Something a person should look at. <c>Path</c> is shown as <see cref="RelativePath.ToString()"/> writes it; times are Unix seconds.</summary>
public sealed record Problem(long Id, string Kind, string Volume, string Path, string Message, long FirstSeen, long LastSeen);

/// <summary>Untidy files, listed. Repeating one moves its last sight; it goes when what caused it goes. No other code touches the <c>problem</c> table.</summary>
public sealed class Problems(Database catalog)
{
    /// <summary>The kind of a folder that cannot be listed; the others are of files.</summary>
    public const string UnreadableFolder = "unreadable-folder";

    /// <param name="decoder">Which decoders failed; the file is tried again when they change. Null when decoding is not the matter.</param>
    public static void Note(DbConnection connection, string kind, string volume, string path, string message, string? decoder, long now) => connection.Execute("""
        INSERT INTO problem (kind, volume, path, message, decoder, first_seen, last_seen) VALUES (@kind, @volume, @path, @message, @decoder, @now, @now)
        ON CONFLICT (volume, path, kind) DO UPDATE SET message = excluded.message, decoder = excluded.decoder, last_seen = excluded.last_seen
        """, new { kind, volume, path, message, decoder, now });

    /// <summary>Forgets the problems of one file or folder, of one kind or of all.</summary>
    public static void Solve(DbConnection connection, string volume, string path, string? kind = null) => connection.Execute(
        "DELETE FROM problem WHERE volume = @volume AND path = @path AND (@kind IS NULL OR kind = @kind)", new { volume, path, kind });

    /// <summary>Forgets the problems of a kind that were not seen again since <paramref name="before"/>.</summary>
    public static void SolveUnseen(DbConnection connection, string volume, string kind, long before) => connection.Execute(
        "DELETE FROM problem WHERE volume = @volume AND kind = @kind AND last_seen < @before", new { volume, kind, before });

    /// <summary>Forgets the problems of files that are not there any more.</summary>
    public static void SolveGone(DbConnection connection, string volume)
    {
        foreach (string path in connection.Query<string>("SELECT DISTINCT path FROM problem WHERE volume = @volume AND kind <> @UnreadableFolder", new { volume, UnreadableFolder }).AsList())
            if (!IsThere(connection, volume, path)) Solve(connection, volume, path);
    }

    static bool IsThere(DbConnection connection, string volume, string path)
    {
        int slash = path.LastIndexOf('/');
        // Only a name that is UTF-8 says its bytes; others are compared as they are shown.
        return connection.Query<(byte[] Folder, byte[] Name)>("""
            SELECT f.path, l.name FROM volume v JOIN folder f ON f.volume_id = v.id JOIN location l ON l.folder_id = f.id
            WHERE v.name = @volume AND l.missing_since IS NULL AND (@isOdd OR (f.path = CAST(@folder AS BLOB) AND l.name = CAST(@name AS BLOB)))
            """, new { volume, isOdd = path.Contains("\\x", StringComparison.Ordinal), folder = slash < 0 ? "" : path[..slash], name = path[(slash + 1)..] }, buffered: false)
            .Any(row => RelativePath.FromBytes(row.Folder).Child(row.Name).ToString() == path);
    }

    /// <summary>A page, ordered by volume and path.</summary>
    public IReadOnlyList<Problem> List(int most, int skip = 0)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<Problem>("""
            SELECT id, kind, volume, path, message, first_seen, last_seen FROM problem ORDER BY volume, path, kind LIMIT @most OFFSET @skip
            """, new { most, skip })];
    }

    /// <summary>The problems of one file or folder.</summary>
    public IReadOnlyList<Problem> Of(string volume, string path)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<Problem>("""
            SELECT id, kind, volume, path, message, first_seen, last_seen FROM problem WHERE volume = @volume AND path = @path ORDER BY kind
            """, new { volume, path })];
    }

    public bool Any(string volume)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM problem WHERE volume = @volume)", new { volume });
    }

    public long Count()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM problem");
    }
}
