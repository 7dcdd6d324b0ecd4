using System.Data.Common;
using System.Numerics;
using Albumen.Native;
using Dapper;

namespace Albumen.Derivatives;

/// <summary>What the picture alone tells, computed from its preview and the same whenever that is. No other code writes the <c>analysis</c> table.</summary>
/// <param name="Recipe">Of how it was computed; older ones are computed anew.</param>
/// <param name="Sharpness">
/// The variance of the Laplacian of the luma (0 to 255) of the picture at <see cref="LongestSideInPixels"/>, in the sharpest of its tiles: a sharp face before a
/// soft background is sharp. Below 200 as a rule what is blurred, above 400 what is not.
/// </param>
/// <param name="Look">The perceptual hash: pictures that look alike differ in few of its 64 bits. 0 of a picture without structure (one colour, a black frame, a plain gradient), of which they would mean nothing.</param>
/// <param name="Colour">The most frequent colour, 0xRRGGBB.</param>
public sealed record Analysis(int Recipe, double Sharpness, long Look, int Colour)
{
    /// <summary>Raised whenever the figures would be others.</summary>
    public const int CurrentRecipe = 1;

    /// <summary>Width by height, as the picture is shown.</summary>
    public double Ratio { get; init; } = 1;

    public const int LongestSideInPixels = 1024;

    /// <summary>All of one brightness: a photo never is.</summary>
    internal bool IsPlain { get; init; }

    /// <summary>Whether there is anything to compare with other pictures.</summary>
    internal bool HasLook => Look != 0;

    const int TilesAcross = 4;
    const int LookSide = 32, LookBits = 8;

    /// <summary>
    /// Half of the frequencies are stronger than this where a picture has structure: as if each of 32 x 32 cells differed from the others by little more than one
    /// of 255 steps. Photos, blurred ones too, have 50 to some thousands; black frames, plain colours and their noise stay below 17.
    /// </summary>
    const float LeastStructure = 20;

    static readonly float[] Cosines = MakeCosines();

    /// <exception cref="PictureException">The preview cannot be decoded.</exception>
    internal static Analysis Of(byte[] preview)
    {
        using Vips.Picture picture = Vips.Shrink(preview, LongestSideInPixels);
        return OfShrunk(picture);
    }

    /// <inheritdoc cref="Of(byte[])"/>
    internal static Analysis Of(Vips.Picture decoded)
    {
        using Vips.Picture picture = Vips.Shrink(decoded, LongestSideInPixels);
        return OfShrunk(picture);
    }

    static Analysis OfShrunk(Vips.Picture picture)
    {
        using Vips.Pixels pixels = Vips.PixelsOf(picture);
        byte[] luma = Luma(pixels);
        return new(CurrentRecipe, Math.Round(SharpnessOf(luma, pixels.Width, pixels.Height), 2), LookOf(luma, pixels.Width, pixels.Height), ColourOf(pixels))
        {
            Ratio = Math.Round((double)pixels.Width / pixels.Height, 3),
            IsPlain = luma.AsSpan().IndexOfAnyExceptInRange((byte)Math.Max(0, luma[0] - 1), (byte)Math.Min(255, luma[0] + 1)) < 0,
        };
    }

    /// <summary>Notes it, in the caller's transaction.</summary>
    /// <param name="now">Unix seconds.</param>
    public static void Record(DbConnection connection, long content, Analysis analysis, long now)
    {
        BlurLines.NoteAnalysis(connection, now);
        connection.Execute("""
            INSERT INTO analysis (content_id, recipe, sharpness, look, colour, ratio) VALUES (@content, @Recipe, @Sharpness, @Look, @Colour, @Ratio)
            ON CONFLICT (content_id) DO UPDATE SET recipe = excluded.recipe, sharpness = excluded.sharpness, look = excluded.look, colour = excluded.colour, ratio = excluded.ratio
            """, new { content, analysis.Recipe, analysis.Sharpness, analysis.Look, analysis.Colour, analysis.Ratio });
    }

    // ITU-R BT.601, 2.5.1, in 1/256.
    static byte[] Luma(Vips.Pixels pixels)
    {
        byte[] luma = new byte[pixels.Width * pixels.Height];
        ReadOnlySpan<byte> from = pixels.Bytes;
        if (pixels.Bands < 3)
            for (int i = 0; i < luma.Length; i++) luma[i] = from[i * pixels.Bands];
        else
            for (int i = 0, at = 0; i < luma.Length; i++, at += pixels.Bands) luma[i] = (byte)((77 * from[at] + 150 * from[at + 1] + 29 * from[at + 2] + 128) >> 8);
        return luma;
    }

    static double SharpnessOf(byte[] luma, int width, int height)
    {
        double sharpest = 0;
        for (int row = 0; row < TilesAcross; row++)
            for (int column = 0; column < TilesAcross; column++)
            {
                (int left, int right) = Part(column, width);
                (int top, int bottom) = Part(row, height);
                long sum = 0, squares = 0;
                for (int y = top; y < bottom; y++) Add(luma, width, y, left, right, ref sum, ref squares);
                double count = Math.Max(1, (double)(right - left) * (bottom - top)), mean = sum / count;
                sharpest = Math.Max(sharpest, squares / count - mean * mean);
            }
        return sharpest;

        // The outermost pixels have no neighbours on one side.
        static (int From, int To) Part(int part, int length) => (1 + part * (length - 2) / TilesAcross, 1 + (part + 1) * (length - 2) / TilesAcross);
    }

    static void Add(byte[] luma, int width, int y, int left, int right, ref long sum, ref long squares)
    {
        int x = left, wide = Vector<short>.Count;
        int at = y * width;
        // Four times 255 squared, summed over a tile's row, fits an int.
        Vector<int> sums = default, squared = default;
        for (; x + wide <= right; x += wide)
        {
            Vector<short> laplacian = Wide(luma, at + x - width) + Wide(luma, at + x + width) + Wide(luma, at + x - 1) + Wide(luma, at + x + 1) - (Wide(luma, at + x) << 2);
            Vector.Widen(laplacian, out Vector<int> low, out Vector<int> high);
            sums += low + high;
            squared += low * low + high * high;
        }
        sum += Vector.Sum(sums);
        squares += Vector.Sum(squared);
        for (; x < right; x++)
        {
            int laplacian = luma[at + x - width] + luma[at + x + width] + luma[at + x - 1] + luma[at + x + 1] - 4 * luma[at + x];
            sum += laplacian;
            squares += laplacian * laplacian;
        }

        static Vector<short> Wide(byte[] luma, int at)
        {
            Vector<byte> bytes = at + Vector<byte>.Count <= luma.Length ? new(luma, at) : Last(luma, at);
            Vector.Widen(bytes, out Vector<ushort> low, out _);
            return Vector.AsVectorInt16(low);
        }

        static Vector<byte> Last(byte[] luma, int at)
        {
            Span<byte> bytes = stackalloc byte[Vector<byte>.Count];
            luma.AsSpan(at).CopyTo(bytes);
            return new(bytes);
        }
    }

    /// <summary>The signs of the lowest 8 x 8 frequencies, without the average, against their median (Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010, 3.2.1).</summary>
    static long LookOf(byte[] luma, int width, int height)
    {
        Span<float> small = stackalloc float[LookSide * LookSide];
        for (int row = 0; row < LookSide; row++)
            for (int column = 0; column < LookSide; column++)
            {
                int left = column * width / LookSide, right = Math.Max(left + 1, (column + 1) * width / LookSide);
                int top = row * height / LookSide, bottom = Math.Max(top + 1, (row + 1) * height / LookSide);
                long sum = 0;
                for (int y = top; y < bottom; y++)
                    foreach (byte value in luma.AsSpan(y * width + left, right - left)) sum += value;
                small[row * LookSide + column] = (float)sum / ((right - left) * (bottom - top));
            }

        Span<float> rows = stackalloc float[LookSide * LookBits], frequencies = stackalloc float[LookBits * LookBits];
        for (int row = 0; row < LookSide; row++)
            for (int u = 0; u < LookBits; u++)
                for (int column = 0; column < LookSide; column++) rows[row * LookBits + u] += small[row * LookSide + column] * Cosines[u * LookSide + column];
        for (int v = 0; v < LookBits; v++)
            for (int u = 0; u < LookBits; u++)
                for (int row = 0; row < LookSide; row++) frequencies[v * LookBits + u] += rows[row * LookBits + u] * Cosines[v * LookSide + row];

        Span<float> sorted = stackalloc float[LookBits * LookBits - 1];
        frequencies[1..].CopyTo(sorted);
        sorted.Sort();
        float median = sorted[sorted.Length / 2];
        for (int i = 0; i < sorted.Length; i++) sorted[i] = Math.Abs(frequencies[i + 1]);
        sorted.Sort();
        if (sorted[sorted.Length / 2] < LeastStructure) return 0;
        long look = 0;
        for (int i = 1; i < frequencies.Length; i++)
            if (frequencies[i] > median) look |= 1L << i;
        return look;
    }

    /// <summary>The mean of the fullest of 4 x 4 x 4 boxes, of every fourth pixel in both directions.</summary>
    static int ColourOf(Vips.Pixels pixels)
    {
        const int Step = 4;
        Span<(int Count, int Red, int Green, int Blue)> boxes = stackalloc (int, int, int, int)[64];
        ReadOnlySpan<byte> bytes = pixels.Bytes;
        for (int y = 0; y < pixels.Height; y += Step)
            for (int x = 0; x < pixels.Width; x += Step)
            {
                ReadOnlySpan<byte> pixel = bytes.Slice((y * pixels.Width + x) * pixels.Bands, pixels.Bands);
                (byte red, byte green, byte blue) = pixel.Length < 3 ? (pixel[0], pixel[0], pixel[0]) : (pixel[0], pixel[1], pixel[2]);
                ref var box = ref boxes[(red >> 6) << 4 | (green >> 6) << 2 | blue >> 6];
                box = (box.Count + 1, box.Red + red, box.Green + green, box.Blue + blue);
            }
        var fullest = boxes[0];
        foreach (var box in boxes)
            if (box.Count > fullest.Count) fullest = box;
        int count = Math.Max(1, fullest.Count);
        return fullest.Red / count << 16 | fullest.Green / count << 8 | fullest.Blue / count;
    }

    static float[] MakeCosines()
    {
        float[] cosines = new float[LookBits * LookSide];
        for (int u = 0; u < LookBits; u++)
            for (int x = 0; x < LookSide; x++) cosines[u * LookSide + x] = (float)Math.Cos((2 * x + 1) * u * Math.PI / (2 * LookSide));
        return cosines;
    }
}
