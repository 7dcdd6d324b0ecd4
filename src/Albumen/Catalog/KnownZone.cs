using Albumen.Catalog.Metadata;

namespace Albumen.Catalog;

/// <summary>
/// The zone that a photo was taken in, as far as anybody knows: that of its place, else its volume's. It gives the offset that no file states, and the day
/// people lived to a moment that is only known in UTC. Nothing is ever taken for UTC because nobody knows better.
/// </summary>
/// <param name="Source"><c>place</c> or <c>volume</c>, as in <see cref="CaptureTime.OffsetSource"/>.</param>
public sealed record KnownZone(TimeZoneInfo Zone, string Source)
{
    /// <summary>Null when neither is known.</summary>
    /// <param name="place">The name of the zone that the photo's place is in.</param>
    /// <param name="volume">The name of the volume's own zone.</param>
    public static KnownZone? Of(string? place, string? volume) => Find(place, "place") ?? Find(volume, "volume");

    /// <summary>As <see cref="ToString"/> writes it; null when this machine does not know the zone.</summary>
    public static KnownZone? Parse(string text) => text.IndexOf(' ') is var space and > 0 ? Find(text[(space + 1)..], text[..space]) : null;

    /// <summary><c>place Europe/Vienna</c>.</summary>
    public override string ToString() => $"{Source} {Zone.Id}";

    static KnownZone? Find(string? name, string source) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? new(zone, source) : null;

    /// <summary>
    /// A time of day without offset gets the one of this zone. One that was written in UTC, whatever the clock on the wall showed, becomes local.
    /// What states its offset is left alone, and so is what has no time of day.
    /// </summary>
    public CaptureTime Complete(CaptureTime time)
    {
        if (time is not { Precision: "exact", OffsetSource: null }) return time;
        if (IsInUtc(time)) return CaptureTimes.MoveToZone(time, Zone) with { OffsetSource = Source, Source = time.Source };
        return time.Offset is null ? time with { Offset = CaptureTimes.OffsetAt(CaptureTimes.Local(time), Zone), OffsetSource = Source } : time;
    }

    /// <summary>
    /// QuickTime's and Matroska's clocks are in UTC by their definition, the names that Pixel phones give by their maker's, and a file's time
    /// stamp because it is a moment. Their offset says nothing of where the picture was taken.
    /// </summary>
    static bool IsInUtc(CaptureTime time) => time.Offset == "+00:00"
        && (time.Source is Layers.FileName or Layers.FileTime or "QuickTime:CreateDate" or "Track1:TrackCreateDate" or "Matroska:DateTimeOriginal");
}
