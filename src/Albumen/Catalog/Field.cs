using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Albumen.Catalog;

/// <summary>
/// One of the facts a person can state. Its value travels as JSON in the shape it has in <see cref="Facts"/>, canonically written, so that two
/// equal values are equal texts; <see cref="Cleared"/> says that there shall be none, whatever lower layers say.
/// </summary>
public abstract class Field(string name)
{
    /// <summary>A person's statement that there is no value.</summary>
    public const string Cleared = "null";

    public static readonly Field Title = new Of<string>("title", FactsJson.Default.String, f => f.Title, (f, v) => f with { Title = v });
    public static readonly Field Caption = new Of<string>("caption", FactsJson.Default.String, f => f.Caption, (f, v) => f with { Caption = v });
    public static readonly Field Rating = new Of<int?>("rating", FactsJson.Default.NullableInt32, f => f.Rating, (f, v) => f with { Rating = v });
    public static readonly Field Label = new Of<string>("label", FactsJson.Default.String, f => f.Label, (f, v) => f with { Label = v });
    public static readonly Field Tags = new Of<IReadOnlyList<string>>("tags", FactsJson.Default.IReadOnlyListString, f => f.Tags, (f, v) => f with { Tags = v });
    public static readonly Field Taken = new Of<CaptureTime>("taken", FactsJson.Default.CaptureTime, f => f.Taken, (f, v) => f with { Taken = v });
    public static readonly Field Gps = new Of<GeoPoint>("gps", FactsJson.Default.GeoPoint, f => f.Gps, (f, v) => f with { Gps = v });
    public static readonly Field Place = new Of<PlaceNames>("place", FactsJson.Default.PlaceNames, f => f.Place, (f, v) => f with { Place = v });
    public static readonly Field People = new Of<IReadOnlyList<string>>("people", FactsJson.Default.IReadOnlyListString, f => f.People, (f, v) => f with { People = v });
    public static readonly Field Regions = new Of<IReadOnlyList<Region>>("regions", FactsJson.Default.IReadOnlyListRegion, f => f.Regions, (f, v) => f with { Regions = v });
    public static readonly Field Favourite = new Of<bool?>("favourite", FactsJson.Default.NullableBoolean, f => f.Favourite, (f, v) => f with { Favourite = v });
    public static readonly Field Archived = new Of<bool?>("archived", FactsJson.Default.NullableBoolean, f => f.Archived, (f, v) => f with { Archived = v });
    public static readonly Field Hidden = new Of<bool?>("hidden", FactsJson.Default.NullableBoolean, f => f.Hidden, (f, v) => f with { Hidden = v });
    public static readonly Field Stack = new Of<string>("stack", FactsJson.Default.String, f => f.Stack, (f, v) => f with { Stack = v });

    /// <summary>All there are, in the order they are shown.</summary>
    public static IReadOnlyList<Field> All { get; } = [Title, Caption, Rating, Label, Tags, Taken, Gps, Place, People, Regions, Favourite, Archived, Hidden, Stack];

    static readonly Dictionary<string, Field> ByName = All.ToDictionary(f => f.Name);

    /// <summary>As in the JSON of <see cref="Facts"/>.</summary>
    public string Name => name;

    /// <summary>Null when there is none of that name.</summary>
    public static Field? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>What these facts say of it; null when nothing.</summary>
    public abstract string? Read(Facts facts);

    /// <summary>These facts with another value; null and <see cref="Cleared"/> are none.</summary>
    /// <exception cref="JsonException">It is no value of this field.</exception>
    public abstract Facts Write(Facts facts, string? value);

    public override string ToString() => name;

    sealed class Of<T>(string name, JsonTypeInfo<T> type, Func<Facts, T?> get, Func<Facts, T?, Facts> set) : Field(name)
    {
        public override string? Read(Facts facts) => get(facts) is { } value ? JsonSerializer.Serialize(value, type) : null;

        public override Facts Write(Facts facts, string? value) => set(facts, value is null or Cleared ? default : JsonSerializer.Deserialize(value, type));
    }
}
