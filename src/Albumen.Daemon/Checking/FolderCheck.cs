using Albumen.Storage;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>Folders lie in one another as their paths say, and everything is found by the name it is shown under.</summary>
sealed class FolderCheck : Check
{
    public override string Name => "folder";

    public override string Reads => "the folders of the catalogue and the names in them";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        examined.Progress("folders");
        foreach (Row row in examined.Catalog.Query<Row>("""
            SELECT v.name AS volume, f.path, p.path AS above, p.volume_id IS NOT f.volume_id AND p.id IS NOT NULL AS is_elsewhere, f.parent_id IS NULL AS is_top, f.entry_name, f.entry_key
            FROM folder f JOIN volume v ON v.id = f.volume_id LEFT JOIN folder p ON p.id = f.parent_id WHERE f.missing_since IS NULL
            """, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string where = $"/Folders/{row.Volume}/{RelativePath.Show(row.Path)}";
            if (row.IsTop != 0)
            {
                if (row.Path.Length > 0) yield return Wrong(where, "It lies in no folder.");
                continue;
            }
            RelativePath path = RelativePath.FromBytes(row.Path);
            if (row.IsElsewhere != 0 || row.Above is null || path.Folder != RelativePath.FromBytes(row.Above)) yield return Wrong(where, "It stands in another folder than its path says.");
            if (!IsKey(row.EntryName, row.EntryKey)) yield return Wrong(where, $"It is shown as {row.EntryName}, and its key is {row.EntryKey}.");
        }
        foreach ((string volume, byte[] path, byte[] name, string entry, string key) in examined.Catalog.Query<(string, byte[], byte[], string, string)>("""
            SELECT v.name, f.path, l.name, l.entry_name, l.entry_key FROM location l JOIN folder f ON f.id = l.folder_id JOIN volume v ON v.id = f.volume_id WHERE l.missing_since IS NULL
            """, buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsKey(entry, key)) yield return Wrong($"/Folders/{volume}/{RelativePath.Show(path)}/{RelativePath.Show(name)}", $"It is shown as {entry}, and its key is {key}.");
        }
    }

    static bool IsKey(string name, string key) => key == EntryName.KeyOf(name) || key == EntryName.TwinKeyOf(name);

    sealed record Row
    {
        public string Volume { get; init; } = "";
        public byte[] Path { get; init; } = [];
        public byte[]? Above { get; init; }
        public long IsElsewhere { get; init; }
        public long IsTop { get; init; }
        public string EntryName { get; init; } = "";
        public string EntryKey { get; init; } = "";
    }
}
