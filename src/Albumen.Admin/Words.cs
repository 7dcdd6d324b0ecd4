using System.Globalization;
using System.Text.Json;
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

    /// <summary>The same of what a file says, which can be anything.</summary>
    public static string Seconds(double seconds) => Duration(TimeSpan.FromSeconds(double.IsNaN(seconds) ? 0 : Math.Clamp(seconds, 0, 1e9)));

    public static string Taken(CaptureTime? taken) => taken is null ? "" : $"{(taken.Approximate is true ? "~" : "")}{taken.Local.Replace('T', ' ')}{(taken.Precision is "decade" ? "s" : "")}{taken.Offset}";

    /// <summary><c>1 file</c>, <c>2 files</c>.</summary>
    public static string Many(long count, string noun) => count == 1 ? $"1 {noun}" : $"{Count(count)} {noun}s";

    /// <summary><c>1 photo</c>, <c>132 photos</c>; clips are among them.</summary>
    public static string Photos(long count) => Many(count, "photo");

    public static string Place(GeoPoint gps) => string.Create(CultureInfo.InvariantCulture, $"{gps.Lat}, {gps.Lon}{(gps.Alt is { } alt ? $", {alt:0} m" : "")}");

    public static string Place(PlaceNames place) => string.Join(", ", new[] { place.Location, place.Town, place.Region, place.Country }.Where(part => part is not null));

    /// <summary><c>Anna (Face)</c>.</summary>
    public static string Region(Region region) => region.Name is null ? region.Type : $"{region.Name} ({region.Type})";

    /// <summary>What is said of a field, in the shape it has in an asset. What nobody says is empty; that there shall be none is <c>none</c>.</summary>
    public static string Value(JsonElement? value) => value is not { } json ? "" : json.ValueKind switch
    {
        JsonValueKind.Undefined => "",
        JsonValueKind.Null => "none",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.String => json.GetString()!,
        JsonValueKind.Array => string.Join(", ", json.EnumerateArray().Select(item => Value(item))),
        JsonValueKind.Object when json.TryGetProperty("local", out _) => Taken(json.Deserialize(ApiJson.Default.CaptureTime)),
        JsonValueKind.Object when json.TryGetProperty("lat", out _) => Place(json.Deserialize(ApiJson.Default.GeoPoint)!),
        JsonValueKind.Object when json.TryGetProperty("w", out _) => Region(json.Deserialize(ApiJson.Default.Region)!),
        JsonValueKind.Object when json.TryGetProperty("asset", out _) => json.GetProperty("name").GetString()!,
        JsonValueKind.Object => Place(json.Deserialize(ApiJson.Default.PlaceNames)!),
        _ => json.GetRawText(),
    };

    public static string? Camera(Camera? camera) =>
        camera is null ? null : string.Join(' ', new[] { camera.Make, camera.Model }.Where(part => part is not null));
}
