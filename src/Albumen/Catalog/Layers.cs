using System.Collections.ObjectModel;
using Albumen.Catalog.Metadata;

namespace Albumen.Catalog;

/// <summary>What one source says of an asset.</summary>
/// <param name="Source">One of <see cref="Layers.Order"/>.</param>
public sealed record Layer(string Source, Facts Facts);

/// <summary>The layers of an asset, lowest first, and the one function that says which value counts.</summary>
public static class Layers
{
    public const string Embedded = "embedded", FileName = "filename", FileTime = "mtime", Sidecar = "sidecar", Import = "import", Plugin = "plugin", Person = "person";

    /// <summary>Which source is believed before which, the least first.</summary>
    public static readonly string[] Order = [FileTime, FileName, Embedded, Sidecar, Import, Plugin, Person];

    const long NanosecondsPerDay = 86_400_000_000_000;
    static readonly long EarliestPlausible = new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000_000;

    /// <summary>Everything the file itself can tell.</summary>
    /// <param name="name">What the file is called.</param>
    /// <param name="modifiedNs">When it was last written to, in nanoseconds since 1970.</param>
    /// <param name="bornNs">When it came to this file system; null where that does not tell.</param>
    /// <param name="said">What its bytes say; null when they could not be looked into.</param>
    public static IReadOnlyList<Layer> Of(string name, long modifiedNs, long? bornNs, Facts? said, KnownZone? zone)
    {
        List<Layer> layers = [];
        if (FromFileTime(modifiedNs, bornNs) is { } time) layers.Add(new(FileTime, new Facts { Taken = Complete(time) }));
        if (FileNameDate.Read(name) is { } date) layers.Add(new(FileName, new Facts { Taken = Complete(date) }));
        if (said is { } embedded) layers.Add(new(Embedded, embedded.Taken is { } taken ? embedded with { Taken = Complete(taken) } : embedded));
        return layers;

        CaptureTime Complete(CaptureTime taken) => zone?.Complete(taken) ?? taken;
    }

    /// <summary>
    /// The values that count: for each field what a person stated, else the last source of <see cref="Order"/> that says anything. A date in the
    /// file's name fills the gap where the file itself states none, and its time stamp the gap where neither does; so both stand below what is embedded.
    /// </summary>
    /// <param name="personal">JSON by the name of the <see cref="Field"/>; <see cref="Field.Cleared"/> overrules lower layers with nothing.</param>
    public static Facts Effective(IEnumerable<Layer> layers, IReadOnlyDictionary<string, string>? personal = null)
    {
        Facts facts = layers.OrderBy(layer => Array.IndexOf(Order, layer.Source)).Aggregate(new Facts(), (below, layer) => Over(below, layer.Facts));
        foreach ((string name, string value) in personal ?? ReadOnlyDictionary<string, string>.Empty)
            if (Field.Find(name) is { } field)
                facts = field == Field.Taken && value != Field.Cleared ? facts with { Taken = Over(facts.Taken, field.Write(new(), value).Taken!) } : field.Write(facts, value);
        // Whoever is marked in the picture is in the picture.
        if (facts.Regions?.Where(r => r is { Type: "Face", Name: not null }).Select(r => r.Name!).Except(facts.People ?? []).ToList() is { Count: > 0 } marked)
            facts = facts with { People = [.. facts.People ?? [], .. marked] };
        return facts;
    }

    /// <summary>The facts of one source on those of a lower one.</summary>
    public static Facts Over(Facts below, Facts above) => new()
    {
        Width = above.Width ?? below.Width,
        Height = above.Height ?? below.Height,
        Orientation = above.Orientation ?? below.Orientation,
        Taken = above.Taken is { } taken ? Over(below.Taken, taken) : below.Taken,
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
        Trashed = above.Trashed ?? below.Trashed,
        Duration = above.Duration ?? below.Duration,
        ContentId = above.ContentId ?? below.ContentId,
        Motion = above.Motion ?? below.Motion,
        Burst = above.Burst ?? below.Burst,
    };

    /// <summary>Whoever repeats a time without its offset, as many programs do, does not deny it.</summary>
    static CaptureTime Over(CaptureTime? below, CaptureTime above) =>
        above.Offset is null && below?.Offset is not null && above is { Precision: "exact" } && below.Precision is "exact" && ToSecond(above) == ToSecond(below)
            ? above with { Offset = below.Offset, OffsetSource = below.OffsetSource }
            : above;

    static string ToSecond(CaptureTime time) => time.Local[..Math.Min(time.Local.Length, 19)];

    /// <summary>
    /// A modification time tells something only when it was preserved: when it lies at least a day before the file came to this file system.
    /// Otherwise it is the hour of a copy or a download.
    /// </summary>
    static CaptureTime? FromFileTime(long modifiedNs, long? bornNs)
    {
        if (bornNs is not { } born || modifiedNs > born - NanosecondsPerDay || modifiedNs < EarliestPlausible) return null;
        return CaptureTimes.Utc(DateTime.UnixEpoch.AddSeconds(modifiedNs / 1_000_000_000), FileTime);
    }
}
