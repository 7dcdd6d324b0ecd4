using System.Xml;
using Albumen.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>What programs that mount the archive have left in auth.db: locks, properties, and the receipts of the inbox.</summary>
sealed class PathCheck : Check
{
    static readonly TimeSpan LongAgo = TimeSpan.FromDays(1);

    public override string Name => "path";

    public override string Reads => "the locks, properties and receipts of auth.db";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        examined.Progress("locks, properties and receipts");
        foreach ((string path, string key, long expires) in examined.Auth.Query<(string, string, long)>("SELECT path, path_key, expires FROM path_lock", buffered: false))
        {
            if (key != TreePath.KeyOf(path)) yield return Wrong($"the lock on {path}", $"Its key is {key}.", RestoreAuth);
            if (DateTimeOffset.FromUnixTimeSeconds(expires) < DateTimeOffset.UtcNow - LongAgo) yield return Note($"the lock on {path}", $"It expired at {DateTimeOffset.FromUnixTimeSeconds(expires):u}.", "It goes with the next lock that is taken; nothing need be done.");
        }
        foreach ((string key, string space, string name, string element) in examined.Auth.Query<(string, string, string, string)>("SELECT path_key, namespace, name, element FROM path_property", buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (key != TreePath.KeyOf(key)) yield return Wrong($"the property {name} of {key}", "Its path is no key.", RestoreAuth);
            if (!IsElement(element, space, name)) yield return Wrong($"the property {name} of {key}", "It cannot be read as XML.", RestoreAuth);
        }
        foreach ((string folder, string key, string name, byte[] hash, string asset) in examined.Auth.Query<(string, string, string, byte[], string)>("SELECT folder_key, entry_key, name, sha256, asset FROM inbox_receipt", buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string where = $"the receipt {folder}/{name}";
            if (key != EntryName.KeyOf(name) || folder != TreePath.KeyOf(folder)) yield return Wrong(where, $"Its key is {folder}/{key}.", RestoreAuth);
            if (hash.Length != 32) yield return Wrong(where, "Its hash is none.", RestoreAuth);
            else if (!examined.Catalog.ExecuteScalar<bool>("""
                SELECT EXISTS (SELECT 1 FROM content c JOIN location l ON l.content_id = c.id WHERE c.sha256 = @hash AND l.missing_since IS NULL)
                """, new { hash }))
                yield return Note(where, $"The photo that it stands for ({asset}) lies nowhere any more.", "Delete the receipt, or put the photo back from a backup.");
        }
    }

    static bool IsElement(string element, string space, string name)
    {
        try
        {
            using XmlReader reader = XmlReader.Create(new StringReader(element), new() { DtdProcessing = DtdProcessing.Prohibit, ConformanceLevel = ConformanceLevel.Document });
            if (reader.MoveToContent() is not XmlNodeType.Element || reader.LocalName != name || reader.NamespaceURI != space) return false;
            while (reader.Read()) { }
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
