using System.Text.Json.Serialization;

namespace Albumen.Catalog;

/// <summary>
/// What is known of a photo or clip. One record for one layer (what the file itself says, what its name says) and for the effective
/// values alike; its JSON is the shape the API and <c>albumen ls --json</c> publish. Unknown values are absent.
/// </summary>
public sealed record Facts
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
    /// <summary>XMP rating: -1 rejected, 0 to 5.</summary>
    public int? Rating { get; init; }
    public string? Label { get; init; }
    public string? Title { get; init; }
    public string? Caption { get; init; }
    /// <summary>Keywords; a hierarchy is written with slashes (<c>Animals/Dog</c>).</summary>
    public IReadOnlyList<string>? Tags { get; init; }
    public IReadOnlyList<string>? People { get; init; }
    /// <summary>Who or what is where in the picture.</summary>
    public IReadOnlyList<Region>? Regions { get; init; }
    public PlaceNames? Place { get; init; }
    public bool? Favourite { get; init; }
    /// <summary>Out of the way, and found when it is looked for.</summary>
    public bool? Archived { get; init; }
    public bool? Hidden { get; init; }
    /// <summary>Photos and clips with the same text here belong together.</summary>
    public string? Stack { get; init; }
    /// <summary>Since when it lies in the trash: <c>2024-07-14T13:30:12.250Z</c>.</summary>
    public string? Trashed { get; init; }
    /// <summary>Seconds, of a clip.</summary>
    public double? Duration { get; init; }
    /// <summary>Ties the still and the clip of an Apple live photo together.</summary>
    [JsonPropertyName("content_id")]
    public string? ContentId { get; init; }
    /// <summary>The clip inside a motion photo.</summary>
    public MotionClip? Motion { get; init; }
    /// <summary>One of a row of shots that the camera took for one.</summary>
    public BurstShot? Burst { get; init; }
}

/// <summary>An MP4 inside a photo's own file. Both in bytes.</summary>
public sealed record MotionClip([property: JsonPropertyName("video_offset")] long VideoOffset, [property: JsonPropertyName("video_bytes")] long VideoBytes);

/// <param name="Id">What all shots of a burst have in common; null where the maker only counts them.</param>
/// <param name="Number">Which shot it is, from 1.</param>
public sealed record BurstShot(string? Id, int? Number = null);

/// <summary>When the picture was taken, as the photographer's clock showed it.</summary>
/// <param name="Local">ISO 8601 without zone, as precise as it is known: <c>2024-07-14T15:30:12.25</c>, <c>2024-07</c>, <c>1978</c>.</param>
/// <param name="Offset">From UTC, <c>+02:00</c>; absent when nothing says it. Never guessed as UTC.</param>
/// <param name="Source">Which tag or rule said so: <c>ExifIFD:DateTimeOriginal</c>, <c>filename</c>, <c>mtime</c>, <c>person</c>.</param>
/// <param name="Precision"><c>exact</c>, <c>day</c>, <c>month</c>, <c>year</c> or <c>decade</c>, whose first year <paramref name="Local"/> is then.</param>
public sealed record CaptureTime(string Local, string? Offset, string Source, string Precision)
{
    /// <summary>Who stated the offset, when it was not stated beside the time: <c>gps</c>, <c>place</c>, <c>volume</c>.</summary>
    [JsonPropertyName("offset_source")]
    public string? OffsetSource { get; init; }

    /// <summary>True of a date that somebody remembers about so: <c>~1978</c>.</summary>
    public bool? Approximate { get; init; }
}

/// <summary>Decimal degrees (WGS 84; south and west negative) and metres above sea level.</summary>
public sealed record GeoPoint(double Lat, double Lon, double? Alt);

/// <summary>Where a picture was taken, in words (IPTC Core: country, province or state, city, sublocation).</summary>
public sealed record PlaceNames(string? Country, string? Region, string? Town, string? Location);

/// <summary>
/// A part of the picture and what it shows (MWG guidelines 2.0, 5.9). The area is in parts of the width and height of the picture as stored,
/// before orientation: <paramref name="X"/> and <paramref name="Y"/> are its centre.
/// </summary>
/// <param name="Type"><c>Face</c>, <c>Pet</c>, <c>Focus</c> or <c>BarCode</c>.</param>
public sealed record Region(string? Name, string Type, double X, double Y, double W, double H);

public sealed record Camera(string? Make, string? Model, string? Lens);

/// <param name="Time">Seconds.</param>
/// <param name="F">F-number.</param>
/// <param name="Iso">ISO 12232 speed.</param>
/// <param name="Focal">Millimetres, not converted to 35 mm.</param>
public sealed record Exposure(double? Time, double? F, double? Iso, double? Focal);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Facts))]
[JsonSerializable(typeof(IReadOnlyList<Region>))]
sealed partial class FactsJson : JsonSerializerContext;
