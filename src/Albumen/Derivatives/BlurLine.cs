using System.Globalization;

namespace Albumen.Derivatives;

/// <summary>Below which sharpness a photo counts as blurred, for one person. What is blurred is stored nowhere: another line, and it is other photos.</summary>
/// <remarks>Clips are neither: their poster says little of them. Conditions are over a content <c>c</c>.</remarks>
/// <param name="Threshold">In the unit of <see cref="Analysis.Sharpness"/>.</param>
/// <param name="Volumes">Those of volumes that have one of their own; it counts for photos of which the first copy lies there.</param>
public sealed record BlurLine(double Threshold, IReadOnlyList<(long Volume, double Threshold)> Volumes)
{
    public static BlurLine Usual { get; } = new(QualitySettings.UsualThreshold, []);

    /// <summary>Whether the person chose it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>When the person last chose; null for those who never did.</summary>
    public DateTimeOffset? Changed { get; init; }

    public const string IsPhoto = "c.kind IN ('image', 'raw')";

    public const string Sharpness = "(SELECT sharpness FROM analysis WHERE content_id = c.id)";

    public const string IsUnprocessed = $"({IsPhoto} AND NOT EXISTS (SELECT 1 FROM analysis WHERE content_id = c.id))";

    public string IsBlurred => $"({IsPhoto} AND {Sharpness} < {Sql})";

    public string IsClear => $"({IsPhoto} AND {Sharpness} >= {Sql})";

    /// <summary>The threshold for a content.</summary>
    public string Sql => Volumes.Count == 0 ? Number(Threshold) : $"""
        coalesce((SELECT CASE d.volume_id {string.Join(' ', Volumes.Select(v => string.Create(CultureInfo.InvariantCulture, $"WHEN {v.Volume} THEN {Number(v.Threshold)}")))} END
          FROM location p JOIN folder d ON d.id = p.folder_id WHERE p.content_id = c.id AND p.missing_since IS NULL ORDER BY d.volume_id, d.path, p.name LIMIT 1), {Number(Threshold)})
        """;

    static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
