using System.Text.Json;
using System.Text.Json.Serialization;

namespace Albumen.Catalog;

/// <summary>A photo or clip in an album, under a name that was decided once.</summary>
/// <param name="Name">In the album's folder.</param>
/// <param name="Asset">Its uid.</param>
/// <param name="Added">When, as the journal writes times: <c>2024-07-14T13:30:12.250Z</c>.</param>
public sealed record AlbumEntry(string Name, string Asset, string Added)
{
    /// <exception cref="FormatException">It is none.</exception>
    public static AlbumEntry FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ArrangedJson.Default.AlbumEntry) is { Name.Length: > 0, Asset.Length: 32, Added: not null } entry && entry.Asset.All(char.IsAsciiHexDigitLower)
                ? entry
                : throw new FormatException($"{json} is no entry of an album");
        }
        catch (JsonException error)
        {
            throw new FormatException($"{json} is no entry of an album: {error.Message}", error);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, ArrangedJson.Default.AlbumEntry);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlbumEntry))]
[JsonSerializable(typeof(string))]
sealed partial class ArrangedJson : JsonSerializerContext;
