using System.Globalization;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>What is known of a photo or clip, put for people.</summary>
static class FactWords
{
    /// <summary>Each field with its value, null where nothing is known.</summary>
    public static IEnumerable<(string Name, string? Value)> Of(Facts facts) =>
    [
        ("Pixels", facts.Width is { } width ? $"{width} x {facts.Height}" : null),
        ("Orientation", facts.Orientation?.ToString(CultureInfo.InvariantCulture)),
        ("Taken", facts.Taken is { } taken ? $"{Words.Taken(taken)} ({taken.Precision}, {taken.Source})" : null),
        ("Position", facts.Gps is { } gps ? Words.Place(gps) : null),
        ("Place", facts.Place is { } place ? Words.Place(place) : null),
        ("Camera", Words.Camera(facts.Camera)),
        ("Lens", facts.Camera?.Lens),
        ("Exposure", facts.Exposure is { } exposure ? Describe(exposure) : null),
        ("Length", facts.Duration is { } seconds ? Words.Seconds(seconds) : null),
        ("Rating", facts.Rating?.ToString(CultureInfo.InvariantCulture)),
        ("Label", facts.Label),
        ("Title", facts.Title),
        ("Caption", facts.Caption),
        ("Tags", facts.Tags is { } tags ? string.Join(", ", tags) : null),
        ("People", facts.People is { } people ? string.Join(", ", people) : null),
        ("Regions", facts.Regions is { } regions ? string.Join(", ", regions.Select(Words.Region)) : null),
        ("Favourite", YesOrNo(facts.Favourite)),
        ("Archived", YesOrNo(facts.Archived)),
        ("Hidden", YesOrNo(facts.Hidden)),
        ("Stack", facts.Stack),
        ("Motion clip", facts.Motion is { } motion ? Words.Size(motion.VideoBytes) : null),
        ("In the trash since", facts.Trashed),
    ];

    static string Describe(Exposure exposure) => string.Join(", ", new[]
    {
        exposure.Time switch { null => null, > 0 and < 0.3 and var time => $"1/{Math.Round(1 / time)} s", var time => $"{time} s" },
        exposure.F is { } f ? $"f/{f}" : null,
        exposure.Iso is { } iso ? $"ISO {iso}" : null,
        exposure.Focal is { } focal ? $"{focal} mm" : null,
    }.Where(part => part is not null));

    static string? YesOrNo(bool? set) => set switch { null => null, true => "yes", false => "no" };

    /// <summary>Fields of which a person said that there is nothing.</summary>
    public static IEnumerable<(string Name, string? Value)> Cleared(Layer layer) => (layer.Cleared ?? []).Select(field => (Called(field), (string?)"none"));

    static string Called(string field) => field is "gps" ? "Position" : $"{char.ToUpperInvariant(field[0])}{field[1..]}";

    /// <summary>Who says what a layer says, in words.</summary>
    public static string Source(string source) => source switch
    {
        "sidecar" => "its sidecars",
        "person" => "people who use Albumen",
        "embedded" => "the file itself",
        "filename" => "its name",
        "mtime" => "its modification time",
        _ => Printable.Show(source),
    };

    /// <summary>Each field that has a value, who said it, and what others say instead, who count for less.</summary>
    public static IEnumerable<(string Name, string Value, string Source, IReadOnlyList<(string Source, string Value)> Others)> WithSources(AssetDetail asset)
    {
        // Lowest first: for each field the last layer that has it counts.
        var said = asset.Layers.Select(l => (l.Source, Fields: Of(l.Facts).Concat(Cleared(l)).Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value))).Reverse().ToList();
        foreach ((string name, string? value) in Of(asset))
        {
            if (value is null) continue;
            List<(string Source, string Value)> sources = [.. from layer in said let there = layer.Fields.GetValueOrDefault(name) where there is not null select (layer.Source, there)];
            yield return sources is [var first, .. var others] ? (name, value, Source(first.Source), others.ConvertAll(o => (Source(o.Source), o.Value))) : (name, value, "", []);
        }
    }
}
