using System.Globalization;
using System.Text.RegularExpressions;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// The date that phones, cameras, messengers, screenshots and people with scanners put into a file's name. Only forms that cannot well
/// mean anything else count: <c>IMG_20991399</c>, <c>DSC_12345678</c> and telephone numbers are no dates.
/// </summary>
static partial class FileNameDate
{
    const string Source = "filename";

    /// <summary>Takes a name without its folder, with or without extension; null when it says no date.</summary>
    public static CaptureTime? Read(string name)
    {
        if (name.Length > 255) return null;
        int dot = name.LastIndexOf('.');
        bool hasExtension = dot > 0 && name.Length - dot <= 6 && name.AsSpan(dot + 1).ContainsAnyExceptInRange('0', '9');
        string stem = hasExtension ? name[..dot] : name;
        foreach (Match match in Moment().Matches(stem).Concat(Dashcam().Matches(stem)))
            if (ReadMoment(match, stem) is { } moment) return moment;
        foreach (Match match in Day().Matches(stem).Concat(GermanDay().Matches(stem)).Concat(CompactDay().Matches(stem)))
            if (Date(match) is { } day && CaptureTimes.Read(day, Source) is { } found) return found;
        Match month = Month().Match(stem);
        return month.Success ? CaptureTimes.Read($"{month.Groups["year"].Value}-{month.Groups["month"].Value}", Source) : null;
    }

    static CaptureTime? ReadMoment(Match match, string stem)
    {
        int hour = Number(match, "hour"), second = Number(match, "second");
        if (match.Groups["half"].Success)
        {
            if (hour is < 1 or > 12) return null;
            hour = hour % 12 + (match.Groups["half"].ValueSpan[0] is 'P' or 'p' ? 12 : 0);
        }
        if (second > 59 || Date(match) is not { } date) return null;
        // Pixel phones name their pictures in UTC.
        bool utc = stem.AsSpan(0, match.Index).EndsWith("PXL_", StringComparison.Ordinal);
        return CaptureTimes.Read($"{date} {hour:00}:{match.Groups["minute"].Value}:{second:00}", Source, match.Groups["milli"].Value, utc ? "+00:00" : null);
    }

    /// <summary>ISO 8601, for a year between the first photograph and one our grandchildren will see.</summary>
    static string? Date(Match match) =>
        Number(match, "year") is >= 1826 and < 2100 ? $"{match.Groups["year"].Value}-{match.Groups["month"].Value}-{match.Groups["day"].Value}" : null;

    static int Number(Match match, string group) => int.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, null, out int number) ? number : 0;

    // Digits in a row without a separator must include the seconds: IMG_20140714_0001 ends with a counter.
    [GeneratedRegex("""
        (?<!\d)(?<year>(?:19|20)\d\d)(?<s>[-_.:]?)(?<month>\d\d)\k<s>(?<day>\d\d)
        (?:
            (?:[-_T.]|,?\ (?:(?:at|um|à|a\ las|às|alle|om|kl\.|klo|kello|o|в|-)\ )?|_at_|(?<=\d{8}))
            (?:(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)[-_.]?(?<milli>\d{3})?(?!\d)
            |(?<hour>\d\d?)(?<t>[-_.:h])(?<minute>\d\d)(?:[-_.:m](?<second>\d\d)(?:[-_.,](?<milli>\d{3})(?!\d))?)?(?!\d)(?:[\ \u202F\u00A0]?(?<half>[AaPp])[Mm])?)
        )
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Moment();

    // Viofo and its like: 2024_0714_153012_001F.MP4.
    [GeneratedRegex("""(?<!\d)(?<year>20\d\d)_(?<month>\d\d)(?<day>\d\d)_(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)(?!\d)""", RegexOptions.CultureInvariant)]
    private static partial Regex Dashcam();

    [GeneratedRegex("""(?<!\d|\d[-_.])(?<year>1[89]\d\d|20\d\d)(?<s>[-_.])(?<month>\d\d)\k<s>(?<day>\d\d)(?!\d)""", RegexOptions.CultureInvariant)]
    private static partial Regex Day();

    // With full stops the day always comes first; with slashes or hyphens it would be a guess.
    [GeneratedRegex("""(?<!\d|\d\.)(?<day>\d\d)\.(?<month>\d\d)\.(?<year>1[89]\d\d|20\d\d)(?!\d|\.\d)""", RegexOptions.CultureInvariant)]
    private static partial Regex GermanDay();

    // Eight digits in a row are a date only where a known maker of names puts them, or at the very beginning.
    [GeneratedRegex("""
        (?:^|(?<![a-z])(?:IMG|VID|PXL|MVIMG|PANO|BURST|AUD|PTT|STK|Screenshot|Scan|Photo|Video|WP|WIN|signal|received|DJI|C360|threema|P)[-_\ ])
        (?<year>19\d\d|20\d\d)(?<month>\d\d)(?<day>\d\d)(?=$|[-_\ .(~])
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex CompactDay();

    // At the beginning, alone or before words or a counter: 1978-06.jpg, "1978-06 Rügen.jpg", 1978-06_001.jpg.
    [GeneratedRegex("""^(?<year>1[89]\d\d|20\d\d)[-_.](?<month>0[1-9]|1[0-2])(?=$|[ _-]\D|[ _-]\d{1,3}$)""", RegexOptions.CultureInvariant)]
    private static partial Regex Month();
}
