namespace Albumen.Derivatives;

/// <summary>How much thumbnails and previews may weigh. A change concerns what is made from then on.</summary>
public sealed record DerivativeSettings
{
    /// <summary>JPEG quality of the 2048 px previews, 1 to 100. Default 82.</summary>
    public int PreviewQuality { get; init; } = 82;

    /// <summary>WebP quality of the 320 px thumbnails, 1 to 100. Default 78.</summary>
    public int ThumbnailQuality { get; init; } = 78;

    /// <summary>Whether pictures are made of SVG files, which are drawn by a program of some size. Default off.</summary>
    public bool Svg { get; init; }

    /// <summary>Whether pictures are made of the first pages of PDF files. Default off.</summary>
    public bool Pdf { get; init; }

    /// <summary>Clips that every browser plays. Default: when somebody asks for one.</summary>
    public MakeWhen Proxy { get; init; } = MakeWhen.OnDemand;

    /// <summary>Small moving pictures of animated stills and clips. Default: when somebody asks for one.</summary>
    public MakeWhen Animation { get; init; } = MakeWhen.OnDemand;

    /// <summary>Sheets of frames of long clips. Default: when somebody asks for one.</summary>
    public MakeWhen Contact { get; init; } = MakeWhen.OnDemand;

    /// <summary>The clips inside motion photos. Default: when somebody asks for one.</summary>
    public MakeWhen Motion { get; init; } = MakeWhen.OnDemand;
}
