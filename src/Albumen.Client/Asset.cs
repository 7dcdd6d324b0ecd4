using System.Text.Json.Serialization;

namespace Albumen.Client;

/// <summary>A photo or clip, however many copies of it lie about.</summary>
public record Asset : Facts
{
    /// <summary>32 hexadecimal digits, the same after a rebuild.</summary>
    [JsonPropertyOrder(-3)]
    public required string Id { get; init; }

    /// <summary><c>image</c>, <c>raw</c> or <c>video</c>.</summary>
    [JsonPropertyOrder(-2)]
    public required string Kind { get; init; }

    /// <summary>Media type, from the bytes.</summary>
    [JsonPropertyOrder(-1)]
    public required string Mime { get; init; }

    /// <summary>What it is in its stack; absent where it is in none.</summary>
    [JsonPropertyOrder(1)]
    public InStack? Stacked { get; init; }

    /// <summary>Small versions that exist: <c>thumbnail</c>, <c>preview</c>.</summary>
    [JsonPropertyOrder(1)]
    public IReadOnlyList<string> Derivatives { get; init; } = [];

    /// <summary>How sharp its picture is: the variance of the Laplacian at 1024 pixels, of which more is sharper. Absent while it was not analysed.</summary>
    [JsonPropertyOrder(1)]
    public double? Blur { get; init; }
}

/// <summary>What a photo or clip is in its stack: of those that belong together one stands for all in computed views.</summary>
/// <param name="Id">The same for all members.</param>
/// <param name="Role"><c>edited</c>, <c>version</c> (put over another), <c>still</c>, <c>raw</c>, <c>clip</c>, or <c>shot</c> (of a burst).</param>
/// <param name="Rule">Why it is in it: <c>raw_jpeg</c>, <c>live_photos</c>, <c>bursts</c>, <c>edited</c>, or <c>person</c>.</param>
/// <param name="Cover">It is the one that stands for all.</param>
public sealed record InStack(string Id, string Role, string Rule, bool Cover);

/// <summary>An asset as listings of assets and searches show it.</summary>
public record ListedAsset : Asset
{
    /// <summary>SHA-256 of its current bytes, hexadecimal.</summary>
    [JsonPropertyOrder(2)]
    public required string Sha256 { get; init; }

    /// <summary>Of the original, in bytes.</summary>
    [JsonPropertyOrder(3)]
    public required long Size { get; init; }

    /// <summary>Where its first copy lies in the tree; absent when no copy is there.</summary>
    [JsonPropertyOrder(4)]
    public string? Path { get; init; }

    /// <summary>When its last copy vanished; absent while one is there.</summary>
    [JsonPropertyOrder(5)]
    public DateTimeOffset? MissingSince { get; init; }
}

/// <summary>A photo or clip of which no copy is left. It is not forgotten: it is back as soon as a scan finds its bytes anywhere.</summary>
public sealed record MissingAsset : ListedAsset
{
    /// <summary>Where in the tree its last copy lay.</summary>
    [JsonPropertyOrder(6)]
    public required string LastPath { get; init; }

    /// <summary>The name of the volume of that copy.</summary>
    [JsonPropertyOrder(7)]
    public required string Volume { get; init; }
}

/// <summary>All that is known of one asset.</summary>
public sealed record AssetDetail : ListedAsset
{
    /// <summary>Every place its bytes were seen, present and missing ones.</summary>
    [JsonPropertyOrder(6)]
    public required IReadOnlyList<Location> Locations { get; init; }

    /// <summary>Who said what, lowest first; for each field the last layer that has it counts.</summary>
    [JsonPropertyOrder(7)]
    public required IReadOnlyList<Layer> Layers { get; init; }

    /// <summary>What is the matter with its files.</summary>
    [JsonPropertyOrder(8)]
    public required IReadOnlyList<Problem> Problems { get; init; }

    /// <summary>Every content it has had, the oldest first; an edit adds one.</summary>
    [JsonPropertyOrder(8)]
    public required IReadOnlyList<Version> History { get; init; }
}

/// <param name="Sha256">Of its bytes, hexadecimal.</param>
/// <param name="Size">In bytes.</param>
/// <param name="FirstSeen">Absent when that was before it was noted.</param>
/// <param name="Current">Whether it is the one the asset has now.</param>
public sealed record Version(string Sha256, long Size, DateTimeOffset? FirstSeen, bool Current);

/// <param name="Path">In the tree: <c>/Folders/photos/2024/a.jpg</c>.</param>
/// <param name="Volume">The volume's name.</param>
/// <param name="File">Below the volume's folder, as on disk; a byte that is not UTF-8 shows as <c>\xE9</c>.</param>
/// <param name="Sha256">What lies there; it differs from the asset's for an earlier content.</param>
/// <param name="Modified">The file's modification time.</param>
/// <param name="MissingSince">Absent while the file is there.</param>
public sealed record Location(string Path, string Volume, string File, string Sha256, DateTimeOffset Modified, DateTimeOffset? MissingSince);

/// <summary>What one source says.</summary>
/// <param name="Source"><c>mtime</c>, <c>filename</c>, <c>embedded</c>, <c>sidecar</c>, <c>person</c>.</param>
/// <param name="Cleared">Fields of which a person said that there is no value, whatever lower layers say; absent when there are none.</param>
public sealed record Layer(string Source, Facts Facts, IReadOnlyList<string>? Cleared = null);
