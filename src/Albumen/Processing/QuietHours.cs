using System.Globalization;

namespace Albumen.Processing;

/// <summary>
/// Times of the day in which nobody wants to hear the disks, as the clock on the wall shows them: <c>22:00-06:00, 12:30-13:30</c>. An hour
/// that a change of the clocks repeats is quiet both times; one that it skips is not missed.
/// </summary>
public sealed class QuietHours : IEquatable<QuietHours>
{
    const int MinutesPerDay = 24 * 60;

    readonly (int From, int To)[] _spans;

    QuietHours((int, int)[] spans) => _spans = spans;

    public static QuietHours None { get; } = new([]);

    /// <summary>Reads spans parted by commas; <c>off</c> is none.</summary>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static QuietHours Parse(string text) =>
        text is "off" ? None : new([.. text.Split(',', StringSplitOptions.TrimEntries).Select(Span)]);

    /// <summary>When the quiet that reigns at this moment ends; null when it is not quiet.</summary>
    public DateTimeOffset? Until(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (!IsQuiet(Wall(now))) return null;
        // Spans may touch, and clocks change: the end is where the wall's clock first shows a minute that is not quiet.
        DateTimeOffset minute = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute));
        for (int i = 1; i <= 2 * MinutesPerDay; i++)
            if (!IsQuiet(Wall(minute.AddMinutes(i)))) return TimeZoneInfo.ConvertTime(minute.AddMinutes(i), zone);
        return DateTimeOffset.MaxValue;

        int Wall(DateTimeOffset at) => (int)TimeZoneInfo.ConvertTime(at, zone).TimeOfDay.TotalMinutes;
    }

    public bool Equals(QuietHours? other) => other is not null && _spans.AsSpan().SequenceEqual(other._spans);

    public override bool Equals(object? obj) => Equals(obj as QuietHours);

    public override int GetHashCode() => _spans.Length;

    public override string ToString() => _spans.Length == 0 ? "off" : string.Join(", ", _spans.Select(span => $"{Show(span.From)}-{Show(span.To)}"));

    bool IsQuiet(int minute) => _spans.Any(span => span.From < span.To ? minute >= span.From && minute < span.To : minute >= span.From || minute < span.To);

    static (int From, int To) Span(string text)
    {
        string[] ends = text.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length != 2 || Minute(ends[0]) is not { } from || Minute(ends[1]) is not { } to)
            throw new FormatException("write off, or from and to: 22:00-06:00, or several with commas between");
        return from != to ? (from, to) : throw new FormatException("from and to are the same time");
    }

    static int? Minute(string text) => text is "24:00" ? 0
        : TimeOnly.TryParseExact(text, "H:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time) ? time.Hour * 60 + time.Minute : null;

    static string Show(int minute) => $"{minute / 60:00}:{minute % 60:00}";
}
