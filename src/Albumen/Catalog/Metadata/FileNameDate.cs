using System.Text.RegularExpressions;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// The date that phones, cameras, messengers, screenshots and people with scanners put into a file's name. Only forms that cannot well
/// mean anything else count: <c>IMG_20991399</c>, <c>DSC_12345678</c> and telephone numbers are no dates.
/// </summary>
static partial class FileNameDate
{
    /// <param name="name">Without its folder, with or without extension.</param>
    public static CaptureTime? Read(string name)
    {
        if (name.Length > 255) return null;
        int dot = name.LastIndexOf('.');
        string stem = dot > 0 && name.Length - dot <= 6 && name.AsSpan(dot + 1).ContainsAnyExceptInRange('0', '9') ? name[..dot] : name;
        foreach (Match match in Moment().Matches(stem))
        {
            // Pixel phones name their pictures in UTC.
            bool utc = stem.AsSpan(0, match.Index).EndsWith("PXL_", StringComparison.Ordinal);
            string time = $"{match.Groups["hour"].Value}:{match.Groups["minute"].Value}:{(match.Groups["second"].Success ? match.Groups["second"].Value : "00")}";
            if (int.Parse(match.Groups["second"].Success ? match.Groups["second"].Value : "0") > 59) continue;
            if (At(match, $" {time}", match.Groups["milli"].Value, utc ? "+00:00" : null) is { } moment) return moment;
        }
        foreach (Match match in Day().Matches(stem))
            if (At(match, "", "", null) is { } day) return day;
        foreach (Match match in CompactDay().Matches(stem))
            if (At(match, "", "", null) is { } day) return day;
        Match month = Month().Match(stem);
        return month.Success && IsYear(month) ? CaptureTimes.Read($"{month.Groups["year"].Value}-{month.Groups["month"].Value}", "filename") : null;
    }

    static CaptureTime? At(Match match, string time, string milliseconds, string? offset) =>
        IsYear(match) ? CaptureTimes.Read($"{match.Groups["year"].Value}-{match.Groups["month"].Value}-{match.Groups["day"].Value}{time}", "filename", milliseconds, offset) : null;

    /// <summary>From the first photograph to a child's old age.</summary>
    static bool IsYear(Match match) => int.Parse(match.Groups["year"].Value) is >= 1826 and <= 2100;

    // A whole moment: the separators between date and time may be anything that people and programs use.
    [GeneratedRegex("""
        (?<!\d)(?<year>(?:19|20)\d\d)(?<s>[-_.:]?)(?<month>\d\d)\k<s>(?<day>\d\d)
        (?:[-_T\ .]|\ at\ |,\ |_at_|\ um\ |\ à\ )\ ?
        (?<hour>\d\d)(?<t>[-_.:h]?)(?<minute>\d\d)(?:[-_.:m]?(?<second>\d\d)(?:[-_.]?(?<milli>\d{3})(?!\d))?)?(?!\d)
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Moment();

    [GeneratedRegex("""(?<!\d|\d[-_.])(?<year>1[89]\d\d|20\d\d)(?<s>[-_.])(?<month>\d\d)\k<s>(?<day>\d\d)(?!\d)""", RegexOptions.CultureInvariant)]
    private static partial Regex Day();

    // Eight digits in a row are a date only where a known maker of names puts them, or at the very beginning.
    [GeneratedRegex("""(?:^|(?:IMG|VID|PXL|MVIMG|PANO|BURST|AUD|PTT|STK|WA|Screenshot|Scan|Photo|Video|WP|signal|received|C360|P|DSC)[-_ ])(?<year>19\d\d|20\d\d)(?<month>\d\d)(?<day>\d\d)(?=$|[-_ .(])""",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex CompactDay();

    // The whole name, or its beginning before words: 1978-06.jpg, "1978-06 Rügen.jpg".
    [GeneratedRegex("""^(?<year>1[89]\d\d|20\d\d)[-_.](?<month>0[1-9]|1[0-2])(?=$|[ _-]\D|[ _-]\d{1,3}$)""", RegexOptions.CultureInvariant)]
    private static partial Regex Month();
}
