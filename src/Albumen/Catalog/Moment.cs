using System.Globalization;

namespace Albumen.Catalog;

/// <summary>A moment as statements write it: <c>2024-07-14T13:30:12.250Z</c>, which sorts as text does.</summary>
public static class Moment
{
    const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    public static bool IsOne(string text) => DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    /// <summary>A time with its offset, as other programs may write it; null when it is none.</summary>
    public static string? Read(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? Of(time) : null;
}
