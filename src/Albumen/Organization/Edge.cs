using System.Globalization;

namespace Albumen.Organization;

/// <summary>The beginning or the end of a stretch of time: of a year, a month, a day, a minute, or of a day counted from today.</summary>
/// <param name="Text">The stretch as ISO 8601 writes it, to its precision; null when it is counted.</param>
/// <param name="Back">So many units before today.</param>
/// <param name="Unit"><c>d</c>, <c>w</c>, <c>m</c> or <c>y</c>.</param>
/// <param name="Then">Days to add after that.</param>
sealed record Edge(string? Text, int Back, char Unit, int Then, bool IsEnd)
{
    const int MostBack = 100_000;

    static readonly string[] Formats = ["yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss"];

    /// <summary>The beginning of what is written; null when it is no time.</summary>
    public static Edge? Parse(string text)
    {
        if (text.Equals("today", StringComparison.OrdinalIgnoreCase)) return Ago(0, 'd');
        if (text.Equals("yesterday", StringComparison.OrdinalIgnoreCase)) return Ago(1, 'd');
        if (text.Length > 2 && text[0] == '-' && char.ToLowerInvariant(text[^1]) is 'd' or 'w' or 'm' or 'y')
            return IsCount(text[1..^1], out int back) ? Ago(back, char.ToLowerInvariant(text[^1])) : null;
        return DateTime.TryParseExact(text.ToUpperInvariant(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? new(text.ToUpperInvariant(), 0, 'd', 0, false) : null;
    }

    /// <summary><c>last-30-days</c>: so many with today. Null when it is nothing of that kind.</summary>
    public static (Edge From, Edge Until)? ParseLast(string text)
    {
        string[] parts = text.ToLowerInvariant().Split('-');
        if (parts is not ["last", var count, var unit] || !IsCount(count, out int back) || back == 0
            || unit is not ("day" or "days" or "week" or "weeks" or "month" or "months" or "year" or "years")) return null;
        return (Ago(back, unit[0]) with { Then = 1 }, Ago(0, 'd').ToEnd());
    }

    public Edge ToEnd() => this with { IsEnd = true };

    /// <summary>
    /// What a capture time as the catalogue writes it is compared with, byte by byte: all that lies in the stretch begins with its text, and <c>~</c>
    /// follows everything that can come behind.
    /// </summary>
    public string ToText(DateOnly today) => (Text ?? $"{DayOf(today):yyyy-MM-dd}") + (IsEnd ? "~" : "");

    static Edge Ago(int count, char unit) => new(null, count, unit, 0, false);

    static bool IsCount(string digits, out int count) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= MostBack;

    DateOnly DayOf(DateOnly today)
    {
        try
        {
            DateOnly day = Unit switch
            {
                'd' => today.AddDays(-Back),
                'w' => today.AddDays(-7 * Back),
                'm' => today.AddMonths(-Back),
                _ => today.AddYears(-Back),
            };
            return day.AddDays(Then);
        }
        catch (ArgumentOutOfRangeException)
        {
            return DateOnly.MinValue;
        }
    }
}
