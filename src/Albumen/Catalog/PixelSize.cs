namespace Albumen.Catalog;

/// <summary>A picture as stored, before orientation, in pixels.</summary>
/// <param name="Orientation">EXIF 0x0112, 1 to 8; null when nobody said it.</param>
public readonly record struct PixelSize(int Width, int Height, int? Orientation = null);
