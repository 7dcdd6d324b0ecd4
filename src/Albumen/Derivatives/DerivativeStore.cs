using System.Data.Common;
using System.Text;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Derivatives;

/// <summary>A small version that was made.</summary>
public sealed record MadeDerivative(string Kind, int Recipe, long SizeInBytes);

/// <summary>A small version that lies in the cache.</summary>
sealed record StoredDerivative(long Content, byte[] Sha256, string Kind, long SizeInBytes);

/// <summary>
/// The cache of small versions, by content: <c>derivatives/ab/&lt;sha256&gt;.&lt;kind&gt;</c>. May be deleted at any time; what is missed
/// is made again. No other code touches the <c>derivative</c> table.
/// </summary>
/// <param name="clock">Tells when something was looked at; null is the machine's own.</param>
public sealed partial class DerivativeStore(string cacheFolder, TimeProvider? clock = null)
{
    const string DoubtName = "doubt";

    static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true };

    readonly string _folder = Path.Combine(cacheFolder, "derivatives");

    /// <summary>What people look at.</summary>
    public CacheUse Use { get; } = new(clock ?? TimeProvider.System);

    public string PathOf(ContentHash hash, string kind) => Path.Combine(_folder, hash.ToString()[..2], $"{hash}.{kind}");

    /// <summary>The file if it is there and written to its end, else null.</summary>
    internal byte[]? Find(ContentHash hash, StillKind kind)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(PathOf(hash, kind.Name));
            return kind.IsWhole(bytes) ? bytes : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What was doubtful about the picture, which who finds it in the cache would not know; null when nothing was.</summary>
    internal string? Doubt(ContentHash hash) => File.Exists(PathOf(hash, DoubtName)) ? File.ReadAllText(PathOf(hash, DoubtName)) : null;

    /// <summary>Keeps what is doubtful, or that nothing is, before the picture itself is put.</summary>
    /// <exception cref="IOException">The cache's disk is full or unwritable.</exception>
    internal void KeepDoubt(ContentHash hash, string? doubt)
    {
        if (doubt is not null) Put(hash, DoubtName, Encoding.UTF8.GetBytes(doubt));
        else if (File.Exists(PathOf(hash, DoubtName))) File.Delete(PathOf(hash, DoubtName));
    }

    /// <exception cref="IOException">The cache's disk is full or unwritable.</exception>
    internal void Put(ContentHash hash, DerivativeKind kind, byte[] bytes) => Put(hash, kind.Name, bytes);

    void Put(ContentHash hash, string name, byte[] bytes)
    {
        string path = PathOf(hash, name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"Cannot make the folder {Path.GetDirectoryName(path)}: permission denied.");
        }
        // It can be made again, so it need not survive a power cut; it must only never be half there.
        AtomicWriter.Replace(path, bytes, durable: false);
    }

    /// <summary>Of what the catalogue says of the small versions of a content (<c>preview 2,thumbnail 3</c>), the stills of an older recipe.</summary>
    internal static string[] Outdated(string? known) =>
        [.. from one in (known ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries) let kind = one.Split(' ') join still in StillKind.Stills on kind[0] equals still.Name where kind[1] != $"{still.Recipe}" select still.Name];

    /// <summary>Has the stills of these made anew, as if by a newer recipe, in the caller's transaction.</summary>
    internal static void Outdate(DbConnection connection, IEnumerable<long> contents) => connection.Execute(
        $"UPDATE derivative SET recipe = 0 WHERE content_id IN (SELECT value FROM {Dialect.JsonItems("@contents")}) AND kind IN @names",
        new { contents = Dialect.JsonArray(contents), names = StillKind.Stills.Select(k => k.Name) });

    /// <summary>Notes that no picture can be made of a content, in the caller's transaction: nothing is missed then.</summary>
    internal static void RecordNone(DbConnection connection, long content) => connection.Execute(
        "DELETE FROM derivative WHERE content_id = @content AND kind IN @names", new { content, names = StillKind.Stills.Select(k => k.Name) });

    /// <summary>Notes what was made of a content, in the caller's transaction.</summary>
    public static void Record(DbConnection connection, long content, IEnumerable<MadeDerivative> made)
    {
        foreach (MadeDerivative one in made)
            connection.Execute("""
                INSERT INTO derivative (content_id, kind, recipe, size_in_bytes) VALUES (@content, @Kind, @Recipe, @SizeInBytes)
                ON CONFLICT (content_id, kind) DO UPDATE SET recipe = excluded.recipe, size_in_bytes = excluded.size_in_bytes, state = excluded.state
                """, new { content, one.Kind, one.Recipe, one.SizeInBytes });
    }

    /// <summary>Notes the day on which small versions were last looked at, in the caller's transaction.</summary>
    internal static void NoteUse(DbConnection connection, IEnumerable<(long Content, string Kind)> looked, long day) => connection.Execute(
        "UPDATE derivative SET used = @day WHERE content_id = @Content AND kind = @Kind AND used <> @day", looked.Select(l => new { l.Content, l.Kind, day }));

    /// <summary>Bytes of all that was made, and of the thumbnails among them.</summary>
    internal static (long All, long Thumbnails) Sizes(DbConnection connection) => connection.QuerySingle<(long, long)>(
        "SELECT coalesce(sum(size_in_bytes), 0), coalesce(sum(CASE WHEN kind = 'thumbnail' THEN size_in_bytes END), 0) FROM derivative WHERE state = 'made'");

    /// <summary>What may be dropped, those that nobody looked at for longest first.</summary>
    internal static IEnumerable<StoredDerivative> LeastUsed(DbConnection connection) => connection.Query<(long Content, byte[] Hash, string Kind, long Size)>("""
        SELECT d.content_id, c.sha256, d.kind, d.size_in_bytes FROM derivative d CROSS JOIN content c ON c.id = d.content_id
        WHERE d.state = 'made' AND d.kind <> 'thumbnail' ORDER BY d.used, d.size_in_bytes DESC
        """, buffered: false).Select(row => new StoredDerivative(row.Content, row.Hash, row.Kind, row.Size));

    /// <summary>Removes files from the cache and notes that they can be made again, in the caller's transaction.</summary>
    /// <returns>The bytes that are free then.</returns>
    internal long Drop(DbConnection connection, IEnumerable<StoredDerivative> derivatives)
    {
        long freed = 0;
        foreach (StoredDerivative one in derivatives)
        {
            if (connection.Execute("UPDATE derivative SET state = 'dropped' WHERE content_id = @Content AND kind = @Kind AND state = 'made'", new { one.Content, one.Kind }) == 0) continue;
            // Who reads it now has it open. If the transaction is not kept, it is one of those that got lost.
            try
            {
                File.Delete(PathOf(ContentHash.FromBytes(one.Sha256), one.Kind));
            }
            catch (DirectoryNotFoundException)
            {
                // Somebody has cleared the cache.
            }
            freed += one.SizeInBytes;
        }
        return freed;
    }

    /// <summary>
    /// Contents that lack a small version they had (deleted from the cache, cut short, or of an older recipe) or of which the picture was not analysed.
    /// What was dropped is not missed. What killed workers left half written is cleared away on the same pass, so no worker may be at work meanwhile.
    /// </summary>
    public IEnumerable<long> Lost(DbConnection connection, CancellationToken cancellationToken)
    {
        HashSet<long> lost = [];
        // One part of the cache at a time, and one listing for each instead of a stat for each row.
        for (int part = 0; part < 256; part++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Dictionary<string, long> sizes = Sizes(Path.Combine(_folder, $"{part:x2}"));
            foreach ((long content, byte[] hash, string kind, long recipe, long size) in connection.Query<(long, byte[], string, long, long)>("""
                SELECT d.content_id, c.sha256, d.kind, CASE WHEN a.recipe = @analysed OR c.kind = 'video' THEN d.recipe ELSE -1 END, d.size_in_bytes
                FROM content c JOIN derivative d ON d.content_id = c.id LEFT JOIN analysis a ON a.content_id = c.id
                WHERE c.sha256 BETWEEN @first AND @last AND d.state = 'made' AND d.kind NOT IN @later
                """, new { analysed = Analysis.CurrentRecipe, later = LaterNames, first = (byte[])[(byte)part], last = (byte[])[(byte)part, .. Enumerable.Repeat((byte)0xFF, 32)] }))
                if (DerivativeKind.All.FirstOrDefault(k => k.Name == kind)?.Recipe != recipe || sizes.GetValueOrDefault($"{Convert.ToHexStringLower(hash)}.{kind}", -1) != size)
                    lost.Add(content);
        }
        return lost;
    }

    static Dictionary<string, long> Sizes(string folder)
    {
        Dictionary<string, long> sizes = [];
        if (!Directory.Exists(folder)) return sizes;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", Everything))
            if (file.Name.EndsWith(AtomicWriter.PartialSuffix, StringComparison.Ordinal)) file.Delete();
            else sizes[file.Name] = file.Length;
        return sizes;
    }
}
