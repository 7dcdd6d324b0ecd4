namespace Albumen.Client;

/// <summary>What is known of a photo or clip. What is unknown is absent.</summary>
public record Facts
{
    /// <summary>As stored, before orientation, in pixels.</summary>
    public int? Width { get; init; }
    /// <inheritdoc cref="Width"/>
    public int? Height { get; init; }
    /// <summary>EXIF 0x0112, 1 to 8.</summary>
    public int? Orientation { get; init; }
    public CaptureTime? Taken { get; init; }
    public GeoPoint? Gps { get; init; }
    public Camera? Camera { get; init; }
    public Exposure? Exposure { get; init; }
    /// <summary>-1 rejected, 0 to 5.</summary>
    public int? Rating { get; init; }
    public string? Label { get; init; }
    public string? Title { get; init; }
    public string? Caption { get; init; }
    /// <summary>A hierarchy is written with slashes (<c>Animals/Dog</c>).</summary>
    public IReadOnlyList<string>? Tags { get; init; }
    public IReadOnlyList<string>? People { get; init; }
    /// <summary>Seconds, of a clip.</summary>
    public double? Duration { get; init; }
    /// <summary>Ties the still and the clip of a live photo together.</summary>
    public string? ContentId { get; init; }
}

/// <summary>When the picture was taken, as the photographer's clock showed it.</summary>
/// <param name="Local">ISO 8601 without zone, as precise as it is known: <c>2024-07-14T15:30:12.25</c>, <c>2024-07</c>, <c>1978</c>.</param>
/// <param name="Offset">From UTC, <c>+02:00</c>; absent when nothing says it.</param>
/// <param name="Source">Which tag or rule said so.</param>
/// <param name="Precision"><c>exact</c>, <c>day</c>, <c>month</c> or <c>year</c>.</param>
/// <param name="OffsetSource">Who stated the offset, when it did not stand beside the time: <c>gps</c>, <c>volume</c>.</param>
public sealed record CaptureTime(string Local, string? Offset, string Source, string Precision, string? OffsetSource = null);

/// <summary>Decimal degrees (WGS 84; south and west negative) and metres above sea level.</summary>
public sealed record GeoPoint(double Lat, double Lon, double? Alt);

public sealed record Camera(string? Make, string? Model, string? Lens);

/// <param name="Time">Seconds.</param>
/// <param name="F">F-number.</param>
/// <param name="Iso">ISO 12232 speed.</param>
/// <param name="Focal">Millimetres, not converted to 35 mm.</param>
public sealed record Exposure(double? Time, double? F, double? Iso, double? Focal);
