using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Derivatives;

/// <summary>What a visit says of a small version that is made afterwards.</summary>
/// <param name="IsNeedless">The original is as good.</param>
/// <param name="SizeInBytes">Of the one that is in the cache already; else null.</param>
public sealed record LaterDerivative(string Kind, int Recipe, bool IsNeedless, long? SizeInBytes);

/// <summary>One small version that is to be made.</summary>
public sealed record WantedDerivative(long Content, string Kind);

/// <summary>How many of a kind are in a state.</summary>
public sealed record DerivativeCount(string Kind, string State, long Count, long SizeInBytes);

/// <summary>The part of it that concerns what the <see cref="Maker"/> makes.</summary>
public sealed partial class DerivativeStore
{
    const string Needless = "needless", Wanted = "wanted", Made = "made";

    static readonly string[] LaterNames = [.. LaterKind.Later.Select(k => k.Name)];

    /// <summary>Notes what can be made of a content, in the caller's transaction.</summary>
    internal static void Note(DbConnection connection, long content, IReadOnlyList<LaterDerivative> later)
    {
        foreach (LaterDerivative one in later)
            connection.Execute("""
                INSERT INTO derivative (content_id, kind, recipe, size_in_bytes, state) VALUES (@content, @Kind, @recipe, @size, @state)
                ON CONFLICT (content_id, kind) DO UPDATE SET recipe = excluded.recipe, size_in_bytes = excluded.size_in_bytes, state = excluded.state
                WHERE derivative.state = 'needless' OR (derivative.state = 'wanted' AND derivative.size_in_bytes = 0)
                """, new { content, one.Kind, recipe = one.SizeInBytes is null ? 0 : one.Recipe, size = one.SizeInBytes ?? 0, state = one.IsNeedless ? Needless : one.SizeInBytes is null ? Wanted : Made });
    }

    /// <summary>Notes that one cannot be made, in the caller's transaction.</summary>
    internal static void NoteFailed(DbConnection connection, WantedDerivative wanted, int recipe) => connection.Execute(
        "UPDATE derivative SET state = 'failed', recipe = @recipe, size_in_bytes = 0 WHERE content_id = @Content AND kind = @Kind", new { wanted.Content, wanted.Kind, recipe });

    /// <summary>Has those of a kind made again whose recipe is older, in the caller's transaction.</summary>
    internal static int WantOutdated(DbConnection connection, LaterKind kind) => connection.Execute(
        "UPDATE derivative SET state = 'wanted' WHERE kind = @Name AND state IN ('made', 'failed', 'dropped') AND recipe < @Recipe", new { kind.Name, kind.Recipe });

    /// <summary>What could not be made of these, also where it was to be tried again and was not yet.</summary>
    internal static IReadOnlyList<WantedDerivative> Unmade(DbConnection connection, IEnumerable<long> contents) => [.. connection.Query<WantedDerivative>(
        $"SELECT content_id AS content, kind FROM derivative WHERE state IN ('failed', 'wanted') AND content_id IN (SELECT value FROM {Dialect.JsonItems("@contents")})", new { contents = Dialect.JsonArray(contents) })];

    /// <summary>Has what failed tried again, in the caller's transaction.</summary>
    internal static void WantFailed(DbConnection connection, IEnumerable<long> contents) => connection.Execute(
        $"UPDATE derivative SET state = 'wanted' WHERE state = 'failed' AND content_id IN (SELECT value FROM {Dialect.JsonItems("@contents")})", new { contents = Dialect.JsonArray(contents) });

    /// <summary>Has all of a kind made again, or only those that failed or were dropped, in the caller's transaction.</summary>
    internal static int Want(DbConnection connection, string kind, bool remake) => connection.Execute(
        "UPDATE derivative SET state = 'wanted' WHERE kind = @kind AND (state IN ('failed', 'dropped') OR (@remake AND state = 'made'))", new { kind, remake });

    /// <summary>Has one made again, in the caller's transaction, unless it cannot be.</summary>
    internal static void Want(DbConnection connection, WantedDerivative wanted) => connection.Execute(
        "UPDATE derivative SET state = 'wanted' WHERE content_id = @Content AND kind = @Kind AND state IN ('made', 'dropped')", wanted);

    /// <summary>The next ones that are missing; the cheaper kinds first.</summary>
    internal static IEnumerable<WantedDerivative> Missing(DbConnection connection, IReadOnlyList<string> kinds, int most)
    {
        List<WantedDerivative> missing = [];
        foreach (string kind in kinds)
            if (missing.Count < most)
                missing.AddRange(connection.Query<WantedDerivative>("SELECT content_id AS content, kind FROM derivative WHERE state = 'wanted' AND kind = @kind ORDER BY content_id LIMIT @most", new { kind, most = most - missing.Count }));
        return missing;
    }

    internal static string? StateOf(DbConnection connection, long content, string kind) =>
        connection.QuerySingleOrDefault<string>("SELECT state FROM derivative WHERE content_id = @content AND kind = @kind", new { content, kind });

    /// <summary>What is known of a small version of these bytes; null when nothing is.</summary>
    public static (long Content, string State, long Recipe, long SizeInBytes)? Find(DbConnection connection, ContentHash hash, string kind) =>
        connection.QuerySingleOrDefault<(long, string, long, long)?>("""
            SELECT c.id, d.state, d.recipe, d.size_in_bytes FROM content c JOIN derivative d ON d.content_id = c.id WHERE c.sha256 = @hash AND d.kind = @kind
            """, new { hash = hash.ToBytes(), kind });

    /// <summary>How many there are, by kind and state.</summary>
    public static IReadOnlyList<DerivativeCount> Count(DbConnection connection) => [.. connection.Query<DerivativeCount>(
        "SELECT kind, state, count(*) AS count, sum(size_in_bytes) AS size_in_bytes FROM derivative GROUP BY kind, state ORDER BY kind, state")];

    /// <summary>Those that are said to be made, of one content or of all, and are not in the cache.</summary>
    internal IReadOnlyList<WantedDerivative> LostLater(DbConnection connection, long? content = null) =>
    [
        .. from row in connection.Query<(long Content, byte[] Hash, string Kind, long Size)>($"""
               SELECT d.content_id, c.sha256, d.kind, d.size_in_bytes FROM derivative d CROSS JOIN content c ON c.id = d.content_id
               WHERE d.state = 'made' AND d.kind IN @LaterNames {(content is null ? "" : "AND d.content_id = @content")}
               """, new { LaterNames, content })
           where new FileInfo(PathOf(ContentHash.FromBytes(row.Hash), row.Kind)) is not { Exists: true } file || file.Length != row.Size
           select new WantedDerivative(row.Content, row.Kind),
    ];

    /// <summary>Bytes; null when it is not in the cache.</summary>
    internal long? LengthOf(ContentHash hash, DerivativeKind kind) => new FileInfo(PathOf(hash, kind.Name)) is { Exists: true, Length: > 0 and var length } ? length : null;

    /// <summary>Where a small version is written until it is whole.</summary>
    /// <exception cref="IOException">The cache's folder cannot be made.</exception>
    internal string PartialOf(ContentHash hash, DerivativeKind kind)
    {
        string path = PathOf(hash, kind.Name), folder = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"Cannot make the folder {folder}: permission denied.");
        }
        // One is made at a time: what a killed worker left is written over by the next.
        return Path.Combine(folder, $".{Path.GetFileName(path)}{AtomicWriter.PartialSuffix}");
    }

    /// <summary>Begins to write such a file.</summary>
    /// <exception cref="IOException">The disk is full or unwritable.</exception>
    internal static FileStream Begin(string partial)
    {
        try
        {
            return new(partial, FileMode.Create, FileAccess.Write);
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"Cannot write {partial}: permission denied.");
        }
    }

    /// <summary>What was written to its end takes its place.</summary>
    /// <returns>Bytes.</returns>
    internal long Keep(ContentHash hash, DerivativeKind kind, string partial)
    {
        long length = new FileInfo(partial).Length;
        File.Move(partial, PathOf(hash, kind.Name), overwrite: true);
        return length;
    }

    internal static void Discard(string partial) => File.Delete(partial);
}
