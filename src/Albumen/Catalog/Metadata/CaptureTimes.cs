using System.Globalization;
using System.Text.RegularExpressions;

namespace Albumen.Catalog.Metadata;

/// <summary>Reads the many ways files write a moment. A zero or impossible date is no date.</summary>
static partial class CaptureTimes
{
    // The seconds between QuickTime's zero, 1904, and Unix', 1970.
    const long QuickTimeEpoch = (66 * 365 + 17) * 24L * 3600;

    /// <summary>
    /// EXIF's <c>2024:07:14 15:30:12</c>, XMP's and ISO 8601's forms with or without fraction and offset, bare dates, months and years
    /// (also as <c>1993:00:00</c>), and the dates of mail headers.
    /// </summary>
    /// <remarks>
    /// <paramref name="subSeconds"/> (digits behind the decimal point) and <paramref name="offset"/> come from tags of their own and win over those
    /// in the text; an offset that does not look like <c>+02:00</c> or <c>Z</c> is ignored.
    /// </remarks>
    public static CaptureTime? Read(string? text, string source, string? subSeconds = null, string? offset = null)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > 64) return null;
        Match match = Moment().Match(text);
        if (!match.Success) return ReadMail(text, source);
        int year = Number(match, "year"), month = Number(match, "month"), day = Number(match, "day");
        // People write zeros, or nothing, for what they do not know: 1993:00:00 12:00:00 is a year and no noon.
        if (year == 0 || (month == 0 && day > 0)) return null;
        if (month == 0) return new($"{year:0000}", null, source, "year");
        if (month > 12) return null;
        if (day == 0) return new($"{year:0000}-{month:00}", null, source, "month");
        if (day > DateTime.DaysInMonth(year, month)) return null;
        string local = $"{year:0000}-{month:00}-{day:00}";
        if (!match.Groups["hour"].Success) return new(local, null, source, "day");
        // A leap second has no place in most software; 24:00 is no time of the day.
        int hour = Number(match, "hour"), minute = Number(match, "minute"), second = Math.Min(59, Number(match, "second"));
        if (hour > 23 || minute > 59) return null;
        local += $"T{hour:00}:{minute:00}:{second:00}";
        string fraction = Fraction(subSeconds) ?? match.Groups["fraction"].Value;
        if (fraction.Length > 0) local += "." + (fraction.Length > 9 ? fraction[..9] : fraction);
        return new(local, Offset(offset) ?? Offset(match.Groups["offset"].Value), source, "exact");
    }

    /// <summary>A moment in UTC, as the file's format defines its clock.</summary>
    public static CaptureTime Utc(DateTime moment, string source) =>
        new(moment.ToString(moment.Millisecond == 0 ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture), "+00:00", source, "exact");

    /// <summary>QuickTime counts seconds from 1904 in UTC; what would lie before 1970 was counted from there by mistake.</summary>
    public static CaptureTime? QuickTime(long seconds, string source)
    {
        if (seconds <= 0) return null;
        if (seconds >= QuickTimeEpoch) seconds -= QuickTimeEpoch;
        // Year 9999.
        return seconds is 0 or > 253_402_300_799 ? null : Utc(DateTime.UnixEpoch.AddSeconds(seconds), source);
    }

    /// <summary>
    /// A time without offset whose GPS fix (<paramref name="utc"/>) tells it: the difference to UTC, when it is a zone people live in (quarters of an hour, at most 14 h)
    /// but for less than two minutes.
    /// </summary>
    public static CaptureTime WithOffsetFromGps(CaptureTime time, DateTime utc)
    {
        if (time is not { Offset: null, Precision: "exact" }) return time;
        if (!DateTime.TryParse(time.Local, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local)) return time;
        TimeSpan difference = local - utc;
        double quarters = Math.Round(difference.TotalMinutes / 15);
        if (Math.Abs(quarters) > 14 * 4 || Math.Abs(difference.TotalMinutes - quarters * 15) >= 2) return time;
        TimeSpan offset = TimeSpan.FromMinutes(quarters * 15);
        return time with { Offset = Show(offset), OffsetSource = "gps" };
    }

    /// <summary><c>+02:00</c> from that, <c>+0200</c> or <c>Z</c>; null from anything else or farther than 14 hours.</summary>
    public static string? Offset(string? text)
    {
        if (text is null) return null;
        text = text.Trim();
        if (text is "Z" or "z") return "+00:00";
        Match match = Zone().Match(text);
        if (!match.Success) return null;
        int hours = Number(match, "hours"), minutes = Number(match, "minutes");
        if (minutes > 59 || hours * 60 + minutes > 14 * 60) return null;
        string sign = hours + minutes == 0 ? "+" : match.Groups["sign"].Value;
        return $"{sign}{hours:00}:{minutes:00}";
    }

    static string? Fraction(string? digits) => digits?.Trim() is { Length: > 0 } trimmed && trimmed.All(char.IsAsciiDigit) ? trimmed : null;

    static CaptureTime? ReadMail(string text, string source)
    {
        Match match = Mail().Match(text);
        if (!match.Success) return null;
        int month = "janfebmaraprmayjunjulaugsepoctnovdec".IndexOf(match.Groups["name"].Value.ToLowerInvariant(), StringComparison.Ordinal) / 3 + 1;
        string time = match.Groups["time"].Success ? " " + match.Groups["time"].Value : "";
        return Read($"{match.Groups["year"].Value}-{month:00}-{Number(match, "day"):00}{time}{match.Groups["offset"].Value}", source);
    }

    static int Number(Match match, string group) => int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, null, out int number) ? number : 0;

    [GeneratedRegex("""
        ^\s*(?<year>\d{4})(?:[:\-/.](?<month>\d\d)(?:[:\-/.](?<day>\d\d)
        (?:(?:T|\s+)(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?\s*(?<offset>Z|[+-]\d\d:?\d\d)?)?)?)?(?!\d)
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Moment();

    [GeneratedRegex("""
        (?:^|[\s,])(?:(?<day>\d{1,2})\s+(?<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(?<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+(?<day>\d{1,2}))
        (?:,?\s+(?<year>\d{4}))?(?:\s+(?<time>\d\d:\d\d:\d\d))?(?:\s*(?<offset>[+-]\d{4}))?(?:\s+(?<year>\d{4}))?\s*(?:GMT|UTC)?\s*$
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Mail();

    [GeneratedRegex(@"^(?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d)$")]
    private static partial Regex Zone();
}
