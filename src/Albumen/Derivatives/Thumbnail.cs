using System.Buffers.Binary;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>The picture in a folder listing: WebP, at most 320 px on its longer side, upright, sRGB, without metadata.</summary>
sealed class Thumbnail : StillKind
{
    public override string Name => "thumbnail";
    public override int Recipe => 3;
    public override int LongestSideInPixels => 320;
    public override string MediaType => "image/webp";
    public override bool Suits(MediaType type, Facts facts) => type.Kind is MediaKind.Image or MediaKind.Raw or MediaKind.Video;
    public override byte[] Encode(Vips.Picture picture, DerivativeSettings settings) => WebPChunks.WithoutMetadata(Vips.ToWebP(picture, settings.ThumbnailQuality));

    // RFC 9649, 2.4: the RIFF header carries the length of what follows it.
    public override bool IsWhole(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + 8 == bytes.Length;
}
