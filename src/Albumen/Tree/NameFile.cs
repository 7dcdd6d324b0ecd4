using System.Text.Json;
using System.Text.RegularExpressions;
using Albumen.Storage;

namespace Albumen.Tree;

/// <summary><c>layer/names.jsonl</c>: the names that the timeline gave and that cannot be told from the files. Sidecar/FORMAT.md describes its lines.</summary>
public static partial class NameFile
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

    /// <summary>A line of a file that anybody may have written; null when it makes no sense.</summary>
    public static KeptName? Foreign(ReadOnlyMemory<byte> line) =>
        Parse(line) is { } name && name.Asset is { Length: 32 } && name.Asset.All(char.IsAsciiHexDigitLower) && Folder().IsMatch(name.Folder) && EntryName.From(name.EntryName).Name == name.EntryName
            ? name
            : null;

    static KeptName? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            return root.GetProperty("name").GetString() is { } name && root.GetProperty("asset").GetString() is { } asset && root.GetProperty("folder").GetString() is { } folder
                ? new(asset, folder, EntryName.KeyOf(name), name)
                : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|Undated)(_[0-9]{1,9})?\z")]
    private static partial Regex Folder();
}
