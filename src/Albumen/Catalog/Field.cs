using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Albumen.Catalog.Metadata;

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
    public static readonly Field Tags = new Of<IReadOnlyList<string>>("tags", FactsJson.Default.IReadOnlyListString, f => f.Tags, (f, v) => f with { Tags = v }, (a, b) => XmpFacts.Lowest(a).ToHashSet().SetEquals(XmpFacts.Lowest(b)));
    public static readonly Field Taken = new Of<CaptureTime>("taken", FactsJson.Default.CaptureTime, f => f.Taken, (f, v) => f with { Taken = v }, AreSame);
    public static readonly Field Gps = new Of<GeoPoint>("gps", FactsJson.Default.GeoPoint, f => f.Gps, (f, v) => f with { Gps = v }, AreSame);
    public static readonly Field Place = new Of<PlaceNames>("place", FactsJson.Default.PlaceNames, f => f.Place, (f, v) => f with { Place = v });
    public static readonly Field People = new Of<IReadOnlyList<string>>("people", FactsJson.Default.IReadOnlyListString, f => f.People, (f, v) => f with { People = v }, (a, b) => a.ToHashSet().SetEquals(b));
    public static readonly Field Regions = new Of<IReadOnlyList<Region>>("regions", FactsJson.Default.IReadOnlyListRegion, f => f.Regions, (f, v) => f with { Regions = v }, AreSame);
    public static readonly Field Favourite = new Of<bool?>("favourite", FactsJson.Default.NullableBoolean, f => f.Favourite, (f, v) => f with { Favourite = v });
    public static readonly Field Archived = new Of<bool?>("archived", FactsJson.Default.NullableBoolean, f => f.Archived, (f, v) => f with { Archived = v });
    public static readonly Field Hidden = new Of<bool?>("hidden", FactsJson.Default.NullableBoolean, f => f.Hidden, (f, v) => f with { Hidden = v });
    public static readonly Field Stack = new Of<string>("stack", FactsJson.Default.String, f => f.Stack, (f, v) => f with { Stack = v });
    public static readonly Field Trashed = new Of<string>("trashed", FactsJson.Default.String, f => f.Trashed, (f, v) => f with { Trashed = v }, isValue: Moment.IsOne);

    /// <summary>All there are, in the order they are shown.</summary>
    public static IReadOnlyList<Field> All { get; } = [Title, Caption, Rating, Label, Tags, Taken, Gps, Place, People, Regions, Favourite, Archived, Hidden, Stack, Trashed];

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

    /// <summary>
    /// True when two values say the same, though perhaps not in the same words: lists in another order, a place within a millionth of a degree and a centimetre,
    /// regions within a ten-thousandth of the picture, a moment within its second whoever states it. Null, <see cref="Cleared"/> and an empty list all say nothing.
    /// </summary>
    /// <exception cref="JsonException">One is no value of this field.</exception>
    public abstract bool AreSame(string? a, string? b);

    public override string ToString() => name;

    static bool AreSame(CaptureTime a, CaptureTime b) =>
        ToSecond(a.Local) == ToSecond(b.Local) && a.Precision == b.Precision && (a.Offset is null || b.Offset is null || a.Offset == b.Offset) && a.Approximate is true == b.Approximate is true;

    static string ToSecond(string local) => local.Split('.')[0];

    static bool AreSame(GeoPoint a, GeoPoint b) =>
        Math.Abs(a.Lat - b.Lat) <= 1e-6 && Math.Abs(a.Lon - b.Lon) <= 1e-6 && (a.Alt is { } over && b.Alt is { } under ? Math.Abs(over - under) <= 0.01 : a.Alt is null && b.Alt is null);

    static bool AreSame(IReadOnlyList<Region> a, IReadOnlyList<Region> b)
    {
        if (a.Count != b.Count) return false;
        List<Region> others = [.. b];
        foreach (Region region in a)
        {
            if (others.FindIndex(other => AreSame(region, other)) is not (var at and >= 0)) return false;
            others.RemoveAt(at);
        }
        return true;
    }

    static bool AreSame(Region a, Region b) =>
        a.Name == b.Name && a.Type == b.Type && Math.Abs(a.X - b.X) <= 1e-4 && Math.Abs(a.Y - b.Y) <= 1e-4 && Math.Abs(a.W - b.W) <= 1e-4 && Math.Abs(a.H - b.H) <= 1e-4;

    sealed class Of<T>(string name, JsonTypeInfo<T> type, Func<Facts, T?> get, Func<Facts, T?, Facts> set, Func<T, T, bool>? areSame = null, Func<T, bool>? isValue = null) : Field(name)
    {
        public override string? Read(Facts facts) => get(facts) is { } value ? JsonSerializer.Serialize(value, type) : null;

        public override Facts Write(Facts facts, string? value) => set(facts, Parse(value));

        public override bool AreSame(string? a, string? b)
        {
            if (a == b) return true;
            T? left = Parse(a), right = Parse(b);
            if (SaysNothing(left) || SaysNothing(right)) return SaysNothing(left) && SaysNothing(right);
            return areSame is null ? EqualityComparer<T>.Default.Equals(left, right) : areSame(left!, right!);
        }

        static bool SaysNothing(T? value) => value is null or System.Collections.ICollection { Count: 0 };

        T? Parse(string? value)
        {
            if (value is null or Cleared) return default;
            T? parsed = JsonSerializer.Deserialize(value, type);
            return parsed is null || isValue is null || isValue(parsed) ? parsed : throw new JsonException($"{value} is no value of {Name}");
        }
    }
}
