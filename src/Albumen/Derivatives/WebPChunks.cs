using System.Buffers.Binary;

namespace Albumen.Derivatives;

/// <summary>
/// Takes what is not picture out of a WebP (RFC 9649, 2.7): place, owner and camera stay with the original. libvips 8.14 writes EXIF, XMP
/// and the colour profile whatever its option <c>strip</c> says.
/// </summary>
static class WebPChunks
{
    const int HeaderInBytes = 12, ChunkHeaderInBytes = 8;
    // VP8X: profile, EXIF and XMP are announced by these bits; transparency by another that stays.
    const byte Announced = 0x20 | 0x08 | 0x04;

    /// <param name="webP">As an encoder wrote it, whole.</param>
    public static byte[] WithoutMetadata(ReadOnlySpan<byte> webP)
    {
        byte[] bare = new byte[webP.Length];
        webP[..HeaderInBytes].CopyTo(bare);
        int length = HeaderInBytes;
        for (int at = HeaderInBytes; at + ChunkHeaderInBytes <= webP.Length;)
        {
            // Chunks are padded to an even length.
            long size = BinaryPrimitives.ReadUInt32LittleEndian(webP[(at + 4)..]);
            ReadOnlySpan<byte> chunk = webP.Slice(at, (int)Math.Min(ChunkHeaderInBytes + size + (size & 1), webP.Length - at));
            at += chunk.Length;
            if (chunk.StartsWith("EXIF"u8) || chunk.StartsWith("XMP "u8) || chunk.StartsWith("ICCP"u8)) continue;
            chunk.CopyTo(bare.AsSpan(length));
            if (chunk.StartsWith("VP8X"u8)) bare[length + ChunkHeaderInBytes] &= unchecked((byte)~Announced);
            length += chunk.Length;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(bare.AsSpan(4), (uint)length - ChunkHeaderInBytes);
        return bare[..length];
    }
}
