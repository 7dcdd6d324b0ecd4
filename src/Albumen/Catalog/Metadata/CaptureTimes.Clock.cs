using System.Globalization;

namespace Albumen.Catalog.Metadata;

/// <summary>Moves capture times: a clock that was wrong, a zone nobody had stated.</summary>
static partial class CaptureTimes
{
    /// <summary>
    /// The time that a clock should have shown that was wrong by so much. What is known to the day only moves by whole days. The offset stays, but one that the satellites told
    /// moves along, because they knew the moment: it is the clock's distance to theirs.
    /// </summary>
    /// <exception cref="FormatException">The time is known to the month or less, or would leave the years 1 to 9999; the message says so.</exception>
    public static CaptureTime Shift(CaptureTime time, TimeSpan by)
    {
        if (by == TimeSpan.Zero) return time;
        if (time.Precision is not ("exact" or "day"))
            throw new FormatException($"{time.Local} is known to the {time.Precision} only and cannot be shifted; set the date anew");
        if (time.Precision is "day" && by.Ticks % TimeSpan.TicksPerDay != 0)
            throw new FormatException($"{time.Local} is known to the day only; shift it by whole days");
        CaptureTime shifted = At(time, Plus(Local(time), by, time)) with { Source = Person };
        if (time is { OffsetSource: "gps", Offset: { } offset } && by.Ticks % TimeSpan.FromMinutes(15).Ticks == 0 && (Span(offset) + by).Duration() <= TimeSpan.FromHours(14))
            return shifted with { Offset = Show(Span(offset) + by) };
        return shifted;
    }

    /// <summary>The same local time with the offset this zone had then.</summary>
    /// <exception cref="FormatException">No time of day is known.</exception>
    public static CaptureTime InZone(CaptureTime time, TimeZoneInfo zone) =>
        OfMoment(time) with { Offset = OffsetAt(Local(time), zone), OffsetSource = null, Source = Person };

    /// <summary>The same moment as the clocks of this zone showed it.</summary>
    /// <exception cref="FormatException">The moment is not known: there is no time of day, or no offset.</exception>
    public static CaptureTime MoveToZone(CaptureTime time, TimeZoneInfo zone)
    {
        if (OfMoment(time).Offset is not { } offset) throw new FormatException($"{time.Local} has no offset from UTC; say its zone first");
        DateTime utc = Plus(Local(time), -Span(offset), time);
        TimeSpan there = zone.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
        return At(time, Plus(utc, there, time)) with { Offset = Show(there), OffsetSource = null, Source = Person };
    }

    /// <summary>
    /// The offset of a zone's clocks at this local time. An hour that they showed twice, in autumn, is the first one; in the hour that they
    /// left out, in spring, a camera still showed the time of before.
    /// </summary>
    public static string OffsetAt(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsAmbiguousTime(local)) return Show(zone.GetAmbiguousTimeOffsets(local).Max());
        // No zone ever left out more than a day; four hours before is before every gap of daylight saving.
        return Show(zone.GetUtcOffset(zone.IsInvalidTime(local) ? local.AddHours(-4) : local));
    }

    /// <summary>The local time of an exact or whole day's time, without fractions of a second.</summary>
    public static DateTime Local(CaptureTime time) =>
        DateTime.Parse(time.Local.Length > 19 ? time.Local.AsSpan(0, 19) : time.Local, CultureInfo.InvariantCulture, DateTimeStyles.None);

    /// <summary><c>+02:00</c>.</summary>
    public static string Show(TimeSpan offset) => $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}";

    static TimeSpan Span(string offset) => TimeSpan.ParseExact(offset.AsSpan(1), "hh\\:mm", CultureInfo.InvariantCulture) * (offset[0] == '-' ? -1 : 1);

    static CaptureTime OfMoment(CaptureTime time) =>
        time.Precision is "exact" ? time : throw new FormatException($"{time.Local} is known to the {time.Precision} only; a zone belongs to a time of day");

    static DateTime Plus(DateTime moment, TimeSpan by, CaptureTime time)
    {
        long ticks = moment.Ticks + by.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new(ticks, DateTimeKind.Unspecified) : throw new FormatException($"{time.Local} would leave the years 1 to 9999");
    }

    /// <summary>With the fraction it had: nobody shifts by less than a second.</summary>
    static CaptureTime At(CaptureTime time, DateTime local) => time with
    {
        Local = time.Precision is "day"
            ? local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : local.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + (time.Local.Length > 19 ? time.Local[19..] : ""),
    };
}
