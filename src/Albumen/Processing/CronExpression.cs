using System.Globalization;

namespace Albumen.Processing;

/// <summary>
/// When something is done again and again, as crontab(5) writes it: minute, hour, day of the month, month and day of the week. Lists, ranges,
/// steps and English names are understood, and <c>@daily</c> and its like. Where both days are restricted, either of them is enough.
/// </summary>
public sealed record CronExpression
{
    /// <summary>A 29 February can be eight years away: 1896 to 1904, 2096 to 2104.</summary>
    const int FarthestInDays = (8 * 366) + 2;

    static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    static readonly Dictionary<string, string> Nicknames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
    };

    // Bit n stands for the value n.
    readonly ulong _minutes, _hours, _daysOfMonth, _months, _daysOfWeek;
    readonly bool _eitherDay;
    readonly string _text;

    CronExpression(string text, string[] fields)
    {
        _text = text;
        _minutes = Field("minute", fields[0], 0, 59, []);
        _hours = Field("hour", fields[1], 0, 23, []);
        _daysOfMonth = Field("day of the month", fields[2], 1, 31, []);
        _months = Field("month", fields[3], 1, 12, Months);
        ulong week = Field("day of the week", fields[4], 0, 7, Weekdays);
        _daysOfWeek = (week | (week >> 7)) & 0x7F;
        // crontab(5): a field that begins with an asterisk is not restricted, even with a step behind it.
        _eitherDay = fields[2][0] != '*' && fields[4][0] != '*';
    }

    /// <summary>Reads five fields or one of the nicknames.</summary>
    /// <exception cref="FormatException">It says which field is wrong and what may stand there.</exception>
    public static CronExpression Parse(string text)
    {
        string[] fields = Nicknames.GetValueOrDefault(text.Trim(), text).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length == 5) return new(text.Trim(), fields);
        throw new FormatException(text.TrimStart().StartsWith('@')
            ? $"write one of {string.Join(", ", Nicknames.Keys)}"
            : "write five fields, minute, hour, day of the month, month and day of the week: '0 3 1 * *' is at 3:00 on the first of each month");
    }

    /// <summary>
    /// The first time later than <paramref name="after"/>, in the zone's own clock. A time that a change to summer time leaves out counts as the
    /// first one that exists; a time that comes twice in autumn counts once.
    /// </summary>
    /// <returns>Null when there is none, as for 30 February.</returns>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        // From the day before: a time left out before midnight counts as one of the next day.
        DateTime first = TimeZoneInfo.ConvertTime(after, zone).Date;
        if (first > DateTime.MinValue) first = first.AddDays(-1);
        for (int day = 0; day <= FarthestInDays; day++)
        {
            if (DateTime.MaxValue.Date.AddDays(-2 - day) < first) return null;
            DateTime date = first.AddDays(day);
            if (!Has(_months, date.Month) || !IsDay(date)) continue;
            for (int hour = 0; hour < 24; hour++)
            {
                if (!Has(_hours, hour)) continue;
                for (int minute = 0; minute < 60; minute++)
                    if (Has(_minutes, minute) && Moment(date.AddMinutes((hour * 60) + minute), zone) is var moment && moment > after) return moment;
            }
        }
        return null;
    }

    /// <summary>As it was written.</summary>
    public override string ToString() => _text;

    bool IsDay(DateTime date)
    {
        bool isOfMonth = Has(_daysOfMonth, date.Day), isOfWeek = Has(_daysOfWeek, (int)date.DayOfWeek);
        return _eitherDay ? isOfMonth || isOfWeek : isOfMonth && isOfWeek;
    }

    static bool Has(ulong set, int value) => (set >> value & 1) != 0;

    static DateTimeOffset Moment(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        // Of the two offsets of a time that comes twice, the greater one is the earlier moment.
        return new(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local));
    }

    static ulong Field(string name, string text, int least, int most, string[] names)
    {
        ulong set = 0;
        foreach (string part in text.Split(','))
        {
            string[] range = part.Split('/');
            int step = 1;
            if (range.Length > 2 || (range.Length == 2 && !(int.TryParse(range[1], NumberStyles.None, CultureInfo.InvariantCulture, out step) && step > 0)))
                throw Wrong("a step is a whole number behind a slash, as in */2");
            string[] ends = range[0].Split('-');
            (int from, int to) = range[0] == "*" ? (least, most) : ends.Length switch
            {
                1 => (Value(ends[0]), Value(ends[0])),
                2 => (Value(ends[0]), Value(ends[1])),
                _ => throw Wrong($"write {Allowed()}"),
            };
            // SUN is 0, and in FRI-SUN it is the 7 that it is as well.
            if (most == 7 && to == 0 && from > 0) to = 7;
            if (from > to) throw Wrong("a range goes upwards");
            if (range.Length == 2 && range[0] != "*" && ends.Length == 1) throw Wrong("a step needs a range or * in front of it");
            // 7 is the Sunday that * has in its 0.
            if (range[0] == "*" && most == 7) to = 6;
            for (int value = from; value <= to; value += step) set |= 1UL << value;
        }
        return set;

        int Value(string word)
        {
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most) return number;
            int named = Array.FindIndex(names, n => n.Equals(word, StringComparison.OrdinalIgnoreCase));
            return named >= 0 ? named + (least == 1 ? 1 : 0) : throw Wrong($"write {Allowed()}");
        }

        string Allowed() => $"{least} to {most}{(names.Length > 0 ? $" or {names[0]} to {names[^1]}" : "")}, lists (1,5), ranges (1-5), steps (*/2) or *";

        FormatException Wrong(string instead) => new($"the {name} '{text}' makes no sense: {instead}");
    }
}
