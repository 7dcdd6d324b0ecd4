using System.Globalization;
using Albumen.Client;

namespace Albumen.Admin;

/// <summary>How quantities are put for people.</summary>
static class Words
{
    static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>Three digits that count: <c>4.12 MB</c>.</summary>
    public static string Size(long bytes)
    {
        double size = bytes;
        int unit = 0;
        while (size >= 999.5 && unit + 1 < Units.Length)
        {
            size /= 1000;
            unit++;
        }
        string digits = unit == 0 || size >= 99.95 ? "0" : size >= 9.995 ? "0.0" : "0.00";
        return $"{size.ToString(digits, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset? time) => time is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "";

    public static string Minute(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => $"{(int)time.TotalDays} d {time.Hours} h",
        { TotalHours: >= 1 } => $"{time.Hours}:{time.Minutes:D2}:{time.Seconds:D2}",
        _ => $"{time.Minutes}:{time.Seconds:D2}",
    };

    public static string Taken(CaptureTime? taken) => taken is null ? "" : taken.Local.Replace('T', ' ') + taken.Offset;

    public static string? Camera(Camera? camera) =>
        camera is null ? null : string.Join(' ', new[] { camera.Make, camera.Model }.Where(part => part is not null));
}
