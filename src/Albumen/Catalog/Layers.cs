using Albumen.Catalog.Metadata;

namespace Albumen.Catalog;

/// <summary>What one source says of an asset.</summary>
/// <param name="Source">embedded, filename or mtime; later also sidecar, import, plugin and person.</param>
public sealed record Layer(string Source, Facts Facts);

/// <summary>The layers of an asset, lowest first, and the one function that says which value counts.</summary>
public static class Layers
{
    public const string Embedded = "embedded", FileName = "filename", FileTime = "mtime";

    const long NanosecondsPerDay = 86_400_000_000_000;
    static readonly long EarliestPlausible = new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000_000;

    /// <summary>Everything the file itself can tell.</summary>
    /// <param name="name">What the file is called.</param>
    public static IReadOnlyList<Layer> Of(Sighting sighting, string name)
    {
        List<Layer> layers = [];
        if (FromFileTime(sighting) is { } time) layers.Add(new(FileTime, new Facts { Taken = time }));
        if (FileNameDate.Read(name) is { } date) layers.Add(new(FileName, new Facts { Taken = WithZone(date, sighting.Timezone) }));
        if (sighting.Embedded is { } embedded)
            layers.Add(new(Embedded, embedded.Taken is { } taken ? embedded with { Taken = WithZone(taken, sighting.Timezone) } : embedded));
        return layers;
    }

    /// <summary>
    /// The values that count: for each field the last layer that has one. A date in the file's name fills the gap where the file itself
    /// states none, and its time stamp the gap where neither does; so both stand below what is embedded.
    /// </summary>
    public static Facts Effective(IReadOnlyList<Layer> lowestFirst) => lowestFirst.Aggregate(new Facts(), (below, layer) => Over(below, layer.Facts));

    static Facts Over(Facts below, Facts above) => new()
    {
        Width = above.Width ?? below.Width,
        Height = above.Height ?? below.Height,
        Orientation = above.Orientation ?? below.Orientation,
        Taken = above.Taken ?? below.Taken,
        Gps = above.Gps ?? below.Gps,
        Camera = above.Camera ?? below.Camera,
        Exposure = above.Exposure ?? below.Exposure,
        Rating = above.Rating ?? below.Rating,
        Label = above.Label ?? below.Label,
        Title = above.Title ?? below.Title,
        Caption = above.Caption ?? below.Caption,
        Tags = above.Tags ?? below.Tags,
        People = above.People ?? below.People,
        Regions = above.Regions ?? below.Regions,
        Place = above.Place ?? below.Place,
        Favourite = above.Favourite ?? below.Favourite,
        Archived = above.Archived ?? below.Archived,
        Hidden = above.Hidden ?? below.Hidden,
        Stack = above.Stack ?? below.Stack,
        Duration = above.Duration ?? below.Duration,
        ContentId = above.ContentId ?? below.ContentId,
    };

    /// <summary>
    /// A modification time tells something only when it was preserved: when it lies at least a day before the file came to this file system.
    /// Otherwise it is the hour of a copy or a download.
    /// </summary>
    static CaptureTime? FromFileTime(Sighting sighting)
    {
        long modifiedNs = sighting.Stat.ModifiedNs;
        if (sighting.Stat.BornNs is not { } born || modifiedNs > born - NanosecondsPerDay || modifiedNs < EarliestPlausible) return null;
        DateTimeOffset modified = DateTimeOffset.FromUnixTimeMilliseconds(modifiedNs / 1_000_000);
        if (Zone(sighting.Timezone) is { } zone) modified = TimeZoneInfo.ConvertTime(modified, zone);
        return new($"{modified:yyyy-MM-ddTHH:mm:ss}", Show(modified.Offset), FileTime, "exact");
    }

    /// <summary>Adds the volume's own zone where nothing else states an offset.</summary>
    static CaptureTime WithZone(CaptureTime taken, string? timezone) =>
        taken is { Offset: null, Precision: "exact" } && Zone(timezone) is { } zone && DateTime.TryParse(taken.Local, out DateTime local)
            ? taken with { Offset = Show(zone.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified))), OffsetSource = "volume" }
            : taken;

    static TimeZoneInfo? Zone(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone : null;

    static string Show(TimeSpan offset) => $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}";
}
