using Albumen.Catalog.Metadata;

namespace Albumen.Derivatives;

/// <summary>
/// The picture a camera put into its RAW file for its own screen: the largest JPEG in it, found by its bytes wherever the maker keeps it, and so
/// also in a file of a camera that nobody knows yet, or one that was cut short.
/// </summary>
/// <param name="Offset">In the file, in bytes.</param>
/// <param name="Length">To the end of the picture.</param>
readonly record struct RawPreview(long Offset, long Length, int Width, int Height)
{
    const int ChunkInBytes = 1 << 20, MostCandidates = 256, MostSegments = 512;
    const int SmallestSide = 64;

    static ReadOnlySpan<byte> Start => [0xFF, 0xD8, 0xFF];

    static ReadOnlySpan<byte> End => [0xFF, 0xD9];

    public int LongestSideInPixels => Math.Max(Width, Height);

    /// <returns>Null when there is none.</returns>
    public static RawPreview? In(Stream raw)
    {
        ForeignBytes file = new(raw);
        RawPreview? largest = null;
        int candidates = 0;
        long behind = 0;
        foreach (long at in Places(raw, Start, 0))
        {
            // The thumbnail within a preview's own EXIF.
            if (at < behind) continue;
            if (++candidates > MostCandidates) break;
            if (Read(raw, file, at) is not { } found) continue;
            behind = found.Offset + found.Length;
            if (largest is not { } best || (long)found.Width * found.Height > (long)best.Width * best.Height) largest = found;
        }
        return largest;
    }

    /// <summary>ITU-T T.81, B.2: segments up to the start of scan, and among them a frame that is not lossless, which would be the sensor's data.</summary>
    static RawPreview? Read(Stream raw, ForeignBytes file, long start)
    {
        (int width, int height) = (0, 0);
        long at = start + 2;
        for (int n = 0; n < MostSegments; n++)
        {
            while (file.U8(at) == 0xFF && file.U8(at + 1) == 0xFF) at++;
            byte marker = file.U8(at + 1);
            if (file.U8(at) != 0xFF || marker is < 0xC0 or (>= 0xD0 and <= 0xD9) || file.U16(at + 2) is var length && length < 2) return null;
            if (marker is 0xC3 or >= 0xC5 and <= 0xC7 or >= 0xC9 and <= 0xCB or >= 0xCD and <= 0xCF) return null;
            if (marker is 0xC0 or 0xC1 or 0xC2)
            {
                if (file.U8(at + 4) != 8) return null;
                (height, width) = (file.U16(at + 5), file.U16(at + 7));
            }
            at += 2 + length;
            if (marker != 0xDA) continue;
            if (Math.Min(width, height) < SmallestSide || at >= file.Length) return null;
            // In entropy-coded data 0xFF is followed by 0.
            long end = Places(raw, End, at).FirstOrDefault(file.Length - End.Length) + End.Length;
            return new(start, end - start, width, height);
        }
        return null;
    }

    /// <summary>Where these bytes are, from a place on.</summary>
    static IEnumerable<long> Places(Stream raw, ReadOnlySpan<byte> wanted, long from)
    {
        return Find(raw, wanted.ToArray(), from);

        static IEnumerable<long> Find(Stream raw, byte[] wanted, long from)
        {
            byte[] chunk = new byte[ChunkInBytes];
            while (true)
            {
                // Others read of it between two answers.
                raw.Position = from;
                int read = raw.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
                for (int at = 0; at < read;)
                {
                    int next = chunk.AsSpan(at, read - at).IndexOf(wanted);
                    if (next < 0) break;
                    yield return from + at + next;
                    at += next + 1;
                }
                if (read < chunk.Length) yield break;
                // What stands across the end of a chunk.
                from += read - wanted.Length + 1;
            }
        }
    }
}
