using Albumen.Derivatives;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>The small versions that are said to exist do, to their end.</summary>
sealed class DerivativeCheck : Check
{
    const string Remake = "Start albumend, or run 'albumend rebuild': what is missed in the cache is made again.";

    public override string Name => "derivative";

    public override string Reads => "every small version in the cache";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        DerivativeStore store = new(examined.Layout.CacheFolder);
        long number = 0, all = examined.Catalog.ExecuteScalar<long>("SELECT count(*) FROM derivative WHERE state = 'made'");
        foreach ((byte[] hash, string name, long recipe, long size) in examined.Catalog.Query<(byte[], string, long, long)>("""
            SELECT c.sha256, d.kind, d.recipe, d.size_in_bytes FROM content c JOIN derivative d ON d.content_id = c.id WHERE d.state = 'made' ORDER BY c.sha256
            """, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++number % 100 == 0) examined.Progress($"small versions: {number} of {all}");
            ContentHash content = ContentHash.FromBytes(hash);
            string path = store.PathOf(content, name);
            if (DerivativeKind.All.FirstOrDefault(k => k.Name == name) is not { } kind) yield return Wrong(path, $"There is no kind '{name}' of small versions.", Remake);
            else if (recipe > kind.Recipe) yield return Wrong(path, $"It was made by a newer Albumen (recipe {recipe}).", Remake);
            else if (!File.Exists(path)) yield return Wrong(path, "It is not there.", Remake);
            else if (new FileInfo(path).Length is var length && length != size) yield return Wrong(path, $"It has {length} bytes, and had {size} when it was made.", Remake);
            else if (examined.ReadsBytes && kind is StillKind still && store.Find(content, still) is null) yield return Wrong(path, "It was not written to its end, or cannot be read.", Remake);
        }
    }
}
