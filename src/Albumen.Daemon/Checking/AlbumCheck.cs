using Albumen.Catalog;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>Albums, smart albums and tags say what can be said, albums lie in albums, and what is in them is a photo.</summary>
sealed class AlbumCheck : Check
{
    const string Undo = "Look for the operation that stated it ('albumen log') and take it back ('albumen undo').";

    public override string Name => "album";

    public override string Reads => "the albums, what is in them, the smart albums and the tags";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        examined.Progress("albums");
        foreach ((string subject, long kind, string field, string value) in examined.Catalog.Query<(string, long, string, string)>("""
            SELECT asset, kind, field, value FROM statement WHERE kind >= 5 ORDER BY asset, kind, field
            """, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string? fault = null;
            try
            {
                _ = Arranged.Read((StatementKind)kind, field, value);
            }
            catch (FormatException error)
            {
                fault = error.Message;
            }
            if (fault is not null) yield return Wrong($"{Operation.NameOf((StatementKind)kind)} {subject}", $"It cannot be so: {fault}.", Undo);
        }
        foreach (Finding finding in OfParents(examined)) yield return finding;
        foreach ((string album, string entry) in examined.Catalog.Query<(string, string)>("""
            SELECT s.asset, json_extract(s.value, '$.name') FROM statement s WHERE s.kind = 6 AND NOT EXISTS (SELECT 1 FROM statement a WHERE a.asset = s.asset AND a.kind = 5 AND a.field = 'name')
            """, buffered: false))
            yield return Wrong($"album {album}", $"There is none, and {entry} stands in it.", Undo);
        foreach ((string album, string entry, string asset) in examined.Catalog.Query<(string, string, string)>("""
            SELECT s.asset, json_extract(s.value, '$.name'), json_extract(s.value, '$.asset') FROM statement s
            WHERE s.kind = 6 AND NOT EXISTS (SELECT 1 FROM asset a WHERE a.uid = json_extract(s.value, '$.asset'))
            """, buffered: false))
            yield return Note($"album {album}", $"{entry} is the photo {asset}, which lies nowhere.", "It is shown again when a scan finds its file; nothing need be done.");
    }

    IEnumerable<Finding> OfParents(Examined examined)
    {
        // Albums are few.
        Dictionary<string, string?> parents = examined.Catalog.Query<(string Id, string? Parent)>("""
            SELECT n.asset, (SELECT p.value FROM statement p WHERE p.asset = n.asset AND p.kind = 5 AND p.field = 'parent') FROM statement n WHERE n.kind = 5 AND n.field = 'name'
            """).ToDictionary(a => a.Id, a => a.Parent is { } json && json.StartsWith('"') ? Arranged.Text(json) : null);
        foreach ((string id, string? parent) in parents)
        {
            if (parent is null) continue;
            if (!parents.ContainsKey(parent))
            {
                yield return Wrong($"album {id}", $"It lies in {parent}, which is no album; it is shown at the top.", Undo);
                continue;
            }
            HashSet<string> above = [id];
            string? at = parent;
            while (at is not null && above.Add(at)) at = parents.GetValueOrDefault(at);
            if (at == id) yield return Wrong($"album {id}", "It lies in itself, through the albums it lies in.", Undo);
        }
    }
}
