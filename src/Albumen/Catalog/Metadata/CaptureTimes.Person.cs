using System.Text.RegularExpressions;

namespace Albumen.Catalog.Metadata;

/// <summary>Reads what people type for a date, and for how far one is to be moved.</summary>
static partial class CaptureTimes
{
    /// <summary>The <see cref="CaptureTime.Source"/> of what somebody said.</summary>
    public const string Person = "person";

    const string DateForms = "write 1978, 1978-06, 1978-06-03, 2024-07-14 15:30, 2024-07-14T15:30:12+02:00 or 1970s; ~ in front means about";
    const string ShiftForms = "write weeks, days, hours, minutes and seconds, such as +1h, -30m or -1d2h30m";

    /// <summary>
    /// <c>1978</c>, <c>1978-06</c>, <c>1978-06-03</c>, a day with a time of day and, with or without it, an offset, each with <c>~</c> in front when it is not certain.
    /// <c>1970s</c> has the precision <c>decade</c> and its first year as local time, so it is shown before that year's months.
    /// </summary>
    /// <exception cref="FormatException">It is anything else; the message says what to write.</exception>
    public static CaptureTime FromPerson(string text)
    {
        Match match = Said().Match(text);
        if (!match.Success) throw new FormatException($"'{Quoted(text)}' is no date: {DateForms}");
        bool? approximate = match.Groups["about"].Success ? true : null;
        int year = Number(match, "year");
        if (year == 0) throw new FormatException("there is no year 0");
        if (match.Groups["decade"].Success)
            return year % 10 == 0 ? new($"{year:0000}", null, Person, "decade") { Approximate = approximate } : throw new FormatException($"a decade begins with a round year: {year / 10 * 10:0000}s");
        if (match.Groups["month"].Success && Number(match, "month") is < 1 or > 12) throw new FormatException($"there is no month {match.Groups["month"].Value}");
        if (match.Groups["day"].Success && (Number(match, "day") is var day && (day < 1 || day > DateTime.DaysInMonth(year, Number(match, "month")))))
            throw new FormatException($"{match.Groups["year"].Value}-{match.Groups["month"].Value} has no day {match.Groups["day"].Value}");
        if (match.Groups["hour"].Success && (Number(match, "hour") > 23 || Number(match, "minute") > 59 || Number(match, "second") > 59))
            throw new FormatException($"'{match.Groups["time"].Value}' is no time of day");
        string zone = match.Groups["offset"].Value;
        string? offset = zone.Length == 0 ? null : Offset(zone) ?? throw new FormatException($"'{zone}' is no offset from UTC; write +02:00 or Z");
        return Read($"{match.Groups["date"].Value} {match.Groups["time"].Value}".TrimEnd(), Person, offset: offset)! with { Approximate = approximate };
    }

    /// <summary><c>+1h</c>, <c>-1d2h30m</c>: weeks, days, hours, minutes and seconds, in this order; without a sign it is later.</summary>
    /// <exception cref="FormatException">It is anything else, months and years included, for they are not all equally long, or more than 200 years.</exception>
    public static TimeSpan ReadShift(string text)
    {
        Match match = Distance().Match(text);
        if (!match.Success || match.Length < 2)
            throw new FormatException(HasCalendarUnit().IsMatch(text)
                ? $"months and years are not all equally long: {ShiftForms}, or set the date anew"
                : $"'{Quoted(text)}' is no distance in time: {ShiftForms}");
        // At most nine digits each, so the sum of seconds fits.
        long seconds = ((((Number(match, "weeks") * 7L) + Number(match, "days")) * 24 + Number(match, "hours")) * 60 + Number(match, "minutes")) * 60 + Number(match, "seconds");
        const long Farthest = 200L * 366 * 24 * 3600;
        if (seconds > Farthest) throw new FormatException("that is more than 200 years");
        return TimeSpan.FromSeconds(match.Groups["sign"].ValueSpan is "-" ? -seconds : seconds);
    }

    static string Quoted(string text) => text.Length <= 60 ? text : text[..60] + "...";

    [GeneratedRegex("""
        ^\s*(?<about>~)?\s*
        (?:(?<year>[0-9]{4})(?<decade>s)
        |(?<date>(?<year>[0-9]{4})(?:-(?<month>[0-9]{2})(?:-(?<day>[0-9]{2}))?)?)
         (?<=-[0-9]{2}-[0-9]{2})(?:T|\ +)(?<time>(?<hour>[0-9]{2}):(?<minute>[0-9]{2})(?::(?<second>[0-9]{2})(?:\.[0-9]{1,9})?)?)\ *(?<offset>Z|[+-][0-9:]{1,6})?
        |(?<date>(?<year>[0-9]{4})(?:-(?<month>[0-9]{2})(?:-(?<day>[0-9]{2}))?)?))\s*$
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Said();

    [GeneratedRegex("""
        ^(?<sign>[+-])?(?:(?<weeks>[0-9]{1,9})w)?(?:(?<days>[0-9]{1,9})d)?(?:(?<hours>[0-9]{1,9})h)?(?:(?<minutes>[0-9]{1,9})m)?(?:(?<seconds>[0-9]{1,9})s)?\z
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Distance();

    [GeneratedRegex("""[0-9]\s*(?:y|mo|M)""", RegexOptions.CultureInvariant)]
    private static partial Regex HasCalendarUnit();
}
