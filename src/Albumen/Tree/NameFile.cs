using System.Text.Json;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary><c>layer/names.jsonl</c>: the names that the timeline gave and that cannot be told from the files. Sidecar/FORMAT.md describes its lines.</summary>
public static class NameFile
{
    /// <summary>Adds lines. Not synced: what a power cut takes here it takes from the catalogue too.</summary>
    public static void Append(AppendFile file, IReadOnlyList<KeptName> names)
    {
        using MemoryStream lines = new();
        using Utf8JsonWriter json = new(lines);
        foreach (KeptName name in names)
        {
            json.WriteStartObject();
            json.WriteString("asset", name.Asset);
            json.WriteString("folder", name.Folder);
            json.WriteString("name", name.EntryName);
            json.WriteEndObject();
            json.Flush();
            lines.WriteByte((byte)'\n');
            json.Reset();
        }
        file.Append(lines.ToArray(), durable: false);
    }

    /// <summary>All of them, the oldest first; lines that make no sense are left out, for a name can always be given anew.</summary>
    public static IEnumerable<KeptName> Read(AppendFile file) => file.ReadFrom(0).Select(line => Parse(line.Line)).OfType<KeptName>();

    static KeptName? Parse(byte[] line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            string name = root.GetProperty("name").GetString()!;
            return new(root.GetProperty("asset").GetString()!, root.GetProperty("folder").GetString()!, EntryName.KeyOf(name), name);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
