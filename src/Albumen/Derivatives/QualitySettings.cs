namespace Albumen.Derivatives;

/// <summary>What counts as a good picture, as long as nobody says otherwise.</summary>
public sealed record QualitySettings
{
    public const double UsualThreshold = 300;

    /// <summary>Of the <see cref="Analysis.Sharpness"/>: photos below it are blurred. Default 300.</summary>
    public double Threshold { get; init; } = UsualThreshold;
}
