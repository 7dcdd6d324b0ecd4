using System.Text.Json;
using System.Text.Json.Serialization;

namespace Albumen.Catalog;

/// <summary>A person and another program changed the same field since both last agreed. What the person said stands, here; neither is written over the other.</summary>
/// <param name="Base">What both started from; null is nothing.</param>
/// <param name="Theirs">What the sidecar says.</param>
/// <param name="File">Volume and path of the sidecar.</param>
public sealed record Conflict(JsonElement? Base, JsonElement? Theirs, string File, DateTimeOffset Since)
{
    /// <summary>With the values as JSON.</summary>
    public static Conflict Of(string? common, string? theirs, string file, DateTimeOffset since) => new(Element(common), Element(theirs), file, since);

    public static Conflict FromJson(string json) => JsonSerializer.Deserialize(json, ConflictJson.Default.Conflict)!;

    public string ToJson() => JsonSerializer.Serialize(this, ConflictJson.Default.Conflict);

    static JsonElement? Element(string? json) => json is null ? null : JsonElement.Parse(json);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Conflict))]
sealed partial class ConflictJson : JsonSerializerContext;
