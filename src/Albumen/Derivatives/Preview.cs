using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>The picture on a screen and under <c>/Small</c>: JPEG, at most 2048 px on its longer side, upright, sRGB, without metadata.</summary>
sealed class Preview : DerivativeKind
{
    public override string Name => "preview";
    public override int Recipe => 1;
    public override int LongestSideInPixels => 2048;
    public override string MediaType => "image/jpeg";
    public override byte[] Encode(Vips.Picture picture, DerivativeSettings settings) => Vips.ToJpeg(picture, settings.PreviewQuality);

    // ITU-T T.81, B.1.1.3: start and end of image.
    public override bool IsWhole(ReadOnlySpan<byte> bytes) => bytes is [0xFF, 0xD8, .., 0xFF, 0xD9];
}
