using System.Globalization;
using Albumen.Catalog;

namespace Albumen.Daemon.WebDav;

/// <summary>What is known of a photo in the words of a page.</summary>
static class PhotoText
{
    /// <summary><c>14 July 2024, 15:30:12</c>, as precise as it is known.</summary>
    public static string Taken(CaptureTime taken)
    {
        DateTime local = default;
        bool isRead = taken.Local.Length >= 10 && DateTime.TryParse(taken.Local, CultureInfo.InvariantCulture, DateTimeStyles.None, out local);
        string text = taken.Precision switch
        {
            "exact" when isRead => $"{local:d MMMM yyyy, HH:mm:ss}",
            "day" when isRead => $"{local:d MMMM yyyy}",
            "month" when DateTime.TryParseExact(taken.Local, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime month) => $"{month:MMMM yyyy}",
            "decade" => taken.Local + "s",
            _ => taken.Local,
        };
        return taken.Approximate is true ? "about " + text : text;
    }

    /// <summary>Who said when it was taken, and in which time zone.</summary>
    public static string TakenFrom(CaptureTime taken)
    {
        string time = taken.Source switch
        {
            "filename" => "from the file's name",
            "mtime" => "from the file's modification time",
            "person" => "stated by a person",
            "sidecar" => "from the sidecar",
            var tag => "from " + tag,
        };
        if (taken.Precision != "exact") return time;
        string zone = taken.Offset is null ? "time zone unknown" : $"UTC{taken.Offset}" + taken.OffsetSource switch
        {
            null => "",
            "gps" => " from GPS",
            "place" => " from where it was taken",
            "volume" => " from the volume's settings",
            var source => " from " + source,
        };
        return $"{zone} · {time}";
    }

    /// <summary>Many makers write their name into the model too.</summary>
    public static string Camera(Camera camera) => Joined(" ", camera.Make,
        camera is { Make: { } make, Model: { } model } && model.StartsWith(make, StringComparison.OrdinalIgnoreCase) ? model[make.Length..].Trim() : camera.Model);

    public static string Exposure(Exposure exposure) => Joined(" · ",
        exposure.Time is { } time and > 0 ? time < 0.4 ? $"1/{Math.Round(1 / time)} s" : $"{time:0.#} s" : null,
        exposure.F is { } f and > 0 ? $"f/{f:0.#}" : null,
        exposure.Iso is { } iso and > 0 ? $"ISO {iso:0}" : null,
        exposure.Focal is { } focal and > 0 ? $"{focal:0.#} mm" : null);

    public static string Size(int width, int height) =>
        $"{width} × {height} pixels" + ((long)width * height is var pixels and >= 100_000 ? $" · {pixels / 1e6:0.#} MP" : "");

    public static string Length(double seconds) => TimeSpan.FromSeconds(Math.Clamp(Math.Round(seconds), 0, 359_999)) is var span && span.TotalHours >= 1 ? $"{span:h\\:mm\\:ss}" : $"{span:m\\:ss}";

    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} bytes",
        < 1_000_000 => $"{bytes / 1e3:0} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.0} GB",
    };

    static string Joined(string separator, params string?[] parts) => string.Join(separator, parts.Where(p => !string.IsNullOrEmpty(p)));
}
