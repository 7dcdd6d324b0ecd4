using System.Buffers.Binary;

namespace Albumen.Benchmarks;

/// <summary>Makes many photos from one.</summary>
static class JpegComment
{
    /// <summary>The same picture with a comment of its own (ITU-T T.81, B.2.4.5), so that its bytes are its own too.</summary>
    public static byte[] Numbered(byte[] jpeg, int number)
    {
        Span<byte> comment = [0xFF, 0xFE, 0, 6, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(comment[4..], number);
        return [.. jpeg.AsSpan(0, 2), .. comment, .. jpeg.AsSpan(2)];
    }
}
