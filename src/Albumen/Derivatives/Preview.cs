using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>The picture on a screen and under <c>/Small</c>: JPEG, at most 2048 px on its longer side, upright, sRGB, without metadata.</summary>
class Preview : StillKind
{
    const int SmallSide = 640, SmallQuality = 92;

    public override string Name => "preview";
    public override int Recipe => 2;
    public override int LongestSideInPixels => 2048;
    public override string MediaType => "image/jpeg";
    public override bool Suits(MediaType type, Facts facts) => type.Kind is MediaKind.Image or MediaKind.Raw;
    // What is small weighs nothing and shows every artefact; from 90 on libvips keeps all of the colour.
    public override byte[] Encode(Vips.Picture picture, DerivativeSettings settings) =>
        Vips.ToJpeg(picture, picture.LongestSideInPixels <= SmallSide ? Math.Max(SmallQuality, settings.PreviewQuality) : settings.PreviewQuality);

    // ITU-T T.81, B.1.1.3: start and end of image.
    public override bool IsWhole(ReadOnlySpan<byte> bytes) => bytes is [0xFF, 0xD8, .., 0xFF, 0xD9];
}
