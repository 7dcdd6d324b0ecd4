using System.Data.Common;
using Albumen.Storage;
using Dapper;

namespace Albumen.Derivatives;

/// <summary>A small version that was made.</summary>
public sealed record MadeDerivative(string Kind, int Recipe, long SizeInBytes);

/// <summary>
/// The cache of small versions, by content: <c>derivatives/ab/&lt;sha256&gt;.&lt;kind&gt;</c>. May be deleted at any time; what is missed
/// is made again. No other code touches the <c>derivative</c> table.
/// </summary>
public sealed class DerivativeStore(string cacheFolder)
{
    readonly string _folder = Path.Combine(cacheFolder, "derivatives");

    public string PathOf(ContentHash hash, string kind) => Path.Combine(_folder, hash.ToString()[..2], $"{hash}.{kind}");

    /// <summary>The file if it is there and written to its end, else null.</summary>
    internal byte[]? Find(ContentHash hash, DerivativeKind kind)
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

    /// <exception cref="IOException">The cache's disk is full or unwritable.</exception>
    internal void Put(ContentHash hash, DerivativeKind kind, byte[] bytes)
    {
        string path = PathOf(hash, kind.Name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"Cannot make a folder for {path}: {error.Message}", error);
        }
        // It can be made again, so it need not survive a power cut; it must only never be half there.
        AtomicWriter.Replace(path, bytes, durable: false);
    }

    /// <summary>Notes what was made of a content, in the caller's transaction.</summary>
    public static void Record(DbConnection connection, long content, IEnumerable<MadeDerivative> made)
    {
        foreach (MadeDerivative one in made)
            connection.Execute("""
                INSERT INTO derivative (content_id, kind, recipe, size_in_bytes) VALUES (@content, @Kind, @Recipe, @SizeInBytes)
                ON CONFLICT (content_id, kind) DO UPDATE SET recipe = excluded.recipe, size_in_bytes = excluded.size_in_bytes
                """, new { content, one.Kind, one.Recipe, one.SizeInBytes });
    }

    /// <summary>Contents that lack a small version they had: deleted from the cache, cut short, or of an older recipe.</summary>
    public IEnumerable<long> Lost(DbConnection connection, CancellationToken cancellationToken)
    {
        // One pass over the cache folder instead of a stat for each row.
        Dictionary<string, long> sizes = [];
        if (Directory.Exists(_folder))
            foreach (FileInfo file in new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                cancellationToken.ThrowIfCancellationRequested();
                sizes[file.Name] = file.Length;
            }
        HashSet<long> lost = [];
        foreach ((long content, byte[] hash, string kind, long recipe, long size) in connection.Query<(long, byte[], string, long, long)>("""
            SELECT d.content_id, c.sha256, d.kind, d.recipe, d.size_in_bytes FROM derivative d JOIN content c ON c.id = d.content_id
            """, buffered: false))
        {
            if (recipe != DerivativeKind.Named(kind).Recipe || sizes.GetValueOrDefault($"{Convert.ToHexStringLower(hash)}.{kind}", -1) != size) lost.Add(content);
        }
        return lost;
    }
}
