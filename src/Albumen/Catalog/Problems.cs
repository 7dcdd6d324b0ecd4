using System.Data.Common;
using Albumen.Sql;
using Dapper;

namespace Albumen.Catalog;

/// <summary>Something a person should look at. <c>Path</c> is shown as <see cref="RelativePath.ToString()"/> writes it; times are Unix seconds.</summary>
public sealed record Problem(long Id, string Kind, string Volume, string Path, string Message, long FirstSeen, long LastSeen);

/// <summary>How many problems of a kind there are.</summary>
public sealed record ProblemCount(string Kind, long Count);

/// <summary>Where a problem lies.</summary>
/// <param name="FolderId">With <paramref name="Name"/> the location of a file; null for a folder.</param>
/// <param name="Content">Of that file; null where it was never read.</param>
/// <param name="Asset">The id of its asset.</param>
sealed record ProblemPlace(long Id, string Kind, string Volume, string Path, long? FolderId, byte[]? Name, long? Content, string? Asset);

/// <summary>What was found wrong with a file or folder.</summary>
/// <param name="FolderId">With <paramref name="Name"/> the location of a file; null for a folder.</param>
/// <param name="Decoder">Which decoders failed; the file is tried again when they change. Null when decoding is not the matter.</param>
public sealed record Finding(string Kind, string Volume, string Path, string Message, long? FolderId = null, byte[]? Name = null, string? Decoder = null);

/// <summary>Untidy files, listed. Repeating one moves its last sight; it goes when what caused it goes. No other code writes the <c>problem</c> table.</summary>
public sealed class Problems(Database catalog)
{
    /// <summary>The kind of what could not be read when it was last tried.</summary>
    public const string Unreadable = "unreadable";

    public static void Note(DbConnection connection, Finding finding, long now) => connection.Execute("""
        INSERT INTO problem (kind, volume, path, message, folder_id, name, decoder, first_seen, last_seen)
        VALUES (@Kind, @Volume, @Path, @Message, @FolderId, @Name, @Decoder, @now, @now)
        ON CONFLICT (volume, path, kind) DO UPDATE SET message = excluded.message, folder_id = excluded.folder_id, name = excluded.name,
          decoder = excluded.decoder, last_seen = excluded.last_seen
        """, new { finding.Kind, finding.Volume, finding.Path, finding.Message, finding.FolderId, finding.Name, finding.Decoder, now });

    /// <summary>Forgets the problems of one file or folder.</summary>
    /// <param name="but">A kind that stays.</param>
    public static void SolveAll(DbConnection connection, string volume, string path, string but) =>
        connection.Execute("DELETE FROM problem WHERE volume = @volume AND path = @path AND kind <> @but", new { volume, path, but });

    /// <summary>Forgets one of them.</summary>
    public static void Solve(DbConnection connection, string volume, string path, string kind) =>
        connection.Execute("DELETE FROM problem WHERE volume = @volume AND path = @path AND kind = @kind", new { volume, path, kind });

    /// <summary>Forgets those of a kind that other decoders than these had.</summary>
    public static void SolveOther(DbConnection connection, string kind, string decoder) =>
        connection.Execute("DELETE FROM problem WHERE kind = @kind AND decoder <> @decoder", new { kind, decoder });

    /// <summary>Forgets the problems of a kind that were not noted at just this time. Others may also lie in the future: the clock can have been set back.</summary>
    public static void SolveUnseen(DbConnection connection, string volume, string kind, long now) => connection.Execute(
        "DELETE FROM problem WHERE volume = @volume AND kind = @kind AND last_seen <> @now", new { volume, kind, now });

    /// <summary>Forgets the problems of files that are not there any more.</summary>
    public static void SolveGone(DbConnection connection) => connection.Execute("""
        DELETE FROM problem WHERE folder_id IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM location l WHERE l.folder_id = problem.folder_id AND l.name = problem.name AND l.missing_since IS NULL)
        """);

    /// <summary>Gives problems the paths their files have after a folder was renamed.</summary>
    public static void FollowMoved(DbConnection connection, long volume)
    {
        foreach ((long id, string path, byte[] folder, byte[] name) in connection.Query<(long, string, byte[], byte[])>("""
            SELECT p.id, p.path, f.path, p.name FROM problem p JOIN folder f ON f.id = p.folder_id WHERE f.volume_id = @volume AND p.name IS NOT NULL
            """, new { volume }).AsList())
            if (RelativePath.FromBytes(folder).Child(name).ToString() is var now && now != path)
                connection.Execute("UPDATE OR REPLACE problem SET path = @now WHERE id = @id", new { now, id });
    }

    /// <summary>The name of a volume was changed in the configuration.</summary>
    public static void Rename(DbConnection connection, string old, string name) =>
        connection.Execute("UPDATE OR REPLACE problem SET volume = @name WHERE volume = @old", new { old, name });

    /// <summary>The location of a file that has a problem of this kind; null when it has none.</summary>
    public static (long FolderId, byte[] Name)? Place(DbConnection connection, string volume, string path, string kind) =>
        connection.QuerySingleOrDefault<(long, byte[])?>("""
            SELECT folder_id, name FROM problem WHERE volume = @volume AND path = @path AND kind = @kind AND folder_id IS NOT NULL
            """, new { volume, path, kind });

    /// <summary>Where there are problems of a kind.</summary>
    public static IReadOnlyList<string> PathsOf(DbConnection connection, string volume, string kind) =>
        connection.Query<string>("SELECT path FROM problem WHERE volume = @volume AND kind = @kind", new { volume, kind }).AsList();

    /// <summary>Contents that other decoders than these could not read.</summary>
    public IReadOnlyList<long> FailedWithOther(string decoder, params string[] kinds)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<long>("""
            SELECT DISTINCT l.content_id FROM problem p JOIN location l ON l.folder_id = p.folder_id AND l.name = p.name
            WHERE p.decoder <> @decoder AND p.kind IN @kinds AND l.content_id IS NOT NULL
            """, new { decoder, kinds })];
    }

    /// <summary>A page, ordered by volume and path.</summary>
    /// <param name="of">Of this kind; null is all.</param>
    public IReadOnlyList<Problem> List(int most, int skip = 0, string? of = null)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<Problem>("""
            SELECT id, kind, volume, path, message, first_seen, last_seen FROM problem WHERE @of IS NULL OR kind = @of ORDER BY volume, path, kind LIMIT @most OFFSET @skip
            """, new { most, skip, of })];
    }

    /// <summary>One line a kind of which there is any.</summary>
    public IReadOnlyList<ProblemCount> Summary()
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<(string Kind, long Count)>("SELECT kind, count(*) FROM problem GROUP BY kind ORDER BY kind").Select(row => new ProblemCount(row.Kind, row.Count))];
    }

    /// <summary>Where problems lie, in the order they were found.</summary>
    /// <param name="kind">Of this kind; null is all.</param>
    /// <param name="at">At these places, by volume and path; null is all.</param>
    /// <param name="after">Behind this one.</param>
    internal IReadOnlyList<ProblemPlace> Places(string? kind, IReadOnlyCollection<(string Volume, string Path)>? at, long after, int most)
    {
        string chosen = at is null ? "" : $"""
             AND p.id IN (SELECT q.id FROM {Dialect.JsonItems("@places")} j JOIN problem q ON q.volume = {Dialect.Json("j.value", "volume")} AND q.path = {Dialect.Json("j.value", "path")})
            """;
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<ProblemPlace>($"""
            SELECT p.id, p.kind, p.volume, p.path, p.folder_id, p.name, l.content_id AS content, a.uid AS asset FROM problem p
            LEFT JOIN location l ON l.folder_id = p.folder_id AND l.name = p.name LEFT JOIN content c ON c.id = l.content_id LEFT JOIN asset a ON a.id = c.asset_id
            WHERE p.id > @after AND (@kind IS NULL OR p.kind = @kind){chosen} ORDER BY p.id LIMIT @most
            """, new { kind, after, most, places = at is null ? null : Dialect.JsonArray(at.Select(place => new Dictionary<string, string> { ["volume"] = place.Volume, ["path"] = place.Path })) })];
    }

    /// <summary>The problems of one file or folder.</summary>
    public IReadOnlyList<Problem> Of(string volume, string path)
    {
        using Database.Reader reader = catalog.Read();
        return [.. reader.Connection.Query<Problem>("""
            SELECT id, kind, volume, path, message, first_seen, last_seen FROM problem WHERE volume = @volume AND path = @path ORDER BY kind
            """, new { volume, path })];
    }

    public long Count(string? of = null)
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM problem WHERE @of IS NULL OR kind = @of", new { of });
    }
}
