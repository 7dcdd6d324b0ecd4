using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sidecar;
using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Daemon.Checking;

/// <summary>The documents of the layer can be read, and so can the copies that volumes carry.</summary>
sealed class LayerCheck : Check
{
    const string Rewrite = "Move the file away: albumend writes it anew within a minute of the next change.";

    public override string Name => "layer";

    public override string Reads => "the documents of the layer folder, and the copies in .albumen/layer of the volumes that carry one";

    public override IEnumerable<Finding> Find(Examined examined, CancellationToken cancellationToken)
    {
        examined.Progress("layer");
        IEnumerable<string> copies = examined.Settings.Volumes.Where(v => v.Layer).Select(v => $"{v.Path}/{ScribeRules.LayerFolder}");
        foreach (string file in copies.Prepend(examined.Layout.LayerFolder).Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder)).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file == Appliance.JournalFile(examined.Layout) || file == Appliance.NamesFile(examined.Layout)) continue;
            if (Fault(file) is { } fault) yield return Wrong(file, fault, Rewrite);
        }
    }

    static string? Fault(string file)
    {
        try
        {
            if (file.EndsWith(".json", StringComparison.Ordinal))
            {
                using JsonDocument _ = JsonDocument.Parse(File.ReadAllBytes(file));
                return null;
            }
            if (!file.EndsWith(".jsonl", StringComparison.Ordinal)) return null;
            bool isJournal = Path.GetFileName(file).StartsWith("journal", StringComparison.Ordinal);
            long number = 0;
            foreach ((byte[] line, _) in AppendFile.Read(file, 0))
            {
                number++;
                if (isJournal) _ = Operation.FromLine(line);
                else if (NameFile.Foreign(line) is null) return $"Line {number} makes no sense.";
            }
            return null;
        }
        catch (Exception error) when (error is FormatException or JsonException or IOException or UnauthorizedAccessException)
        {
            return $"It cannot be read: {error.Message}";
        }
    }
}
