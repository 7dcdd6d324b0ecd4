using Albumen.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Daemon.Checking;

/// <summary>The names that the timeline keeps stand in the file from which they would come back.</summary>
sealed class NameCheck : Check
{
    public override string Name => "names";

    public override string Reads => "layer/names.jsonl, against the kept names of the catalogue";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        examined.Progress("kept names");
        string path = Appliance.NamesFile(examined.Layout);
        Dictionary<string, KeptName> written = [];
        long number = 0;
        foreach ((byte[] line, _) in File.Exists(path) ? AppendFile.Read(path, 0) : [])
        {
            number++;
            if (NameFile.Foreign(line) is { } name) written[name.Asset] = name;
            else yield return Wrong($"{path}, line {number}", "It makes no sense; the photo it names gets a name anew after a rebuild.", "Put a backup of the file in its place, or take the line out.");
        }
        foreach (KeptName kept in examined.Catalog.Query<KeptName>("SELECT asset, folder, entry_key, entry_name FROM kept_name ORDER BY asset", buffered: false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (kept.EntryKey != EntryName.KeyOf(kept.EntryName)) yield return Wrong($"the name {kept.EntryName} of {kept.Asset}", $"Its key is {kept.EntryKey}.");
            if (!written.TryGetValue(kept.Asset, out KeptName? there) || there != kept)
                yield return Wrong(path, $"{kept.Folder}/{kept.EntryName} of {kept.Asset} stands in the catalogue and {(there is null ? "not in the file" : $"as {there.Folder}/{there.EntryName} in the file")}.", "Start albumend: it writes down what only the catalogue knows.");
        }
    }
}
