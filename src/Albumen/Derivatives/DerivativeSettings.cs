namespace Albumen.Derivatives;

/// <summary>How much thumbnails and previews may weigh. A change concerns what is made from then on.</summary>
public sealed record DerivativeSettings
{
    /// <summary>JPEG quality of the 2048 px previews, 1 to 100. Default 82.</summary>
    public int PreviewQuality { get; init; } = 82;

    /// <summary>WebP quality of the 320 px thumbnails, 1 to 100. Default 78.</summary>
    public int ThumbnailQuality { get; init; } = 78;
}
