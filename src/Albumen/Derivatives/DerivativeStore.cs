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
    static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true };

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
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"Cannot make the folder {Path.GetDirectoryName(path)}: permission denied.");
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

    /// <summary>
    /// Contents that lack a small version they had: deleted from the cache, cut short, or of an older recipe.
    /// What killed workers left half written is cleared away on the same pass, so no worker may be at work meanwhile.
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
                SELECT d.content_id, c.sha256, d.kind, d.recipe, d.size_in_bytes FROM content c JOIN derivative d ON d.content_id = c.id
                WHERE c.sha256 BETWEEN @first AND @last
                """, new { first = (byte[])[(byte)part], last = (byte[])[(byte)part, .. Enumerable.Repeat((byte)0xFF, 32)] }))
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
