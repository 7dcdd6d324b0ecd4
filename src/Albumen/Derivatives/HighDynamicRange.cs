using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>
/// Brings a still that was encoded for bright screens (ITU-R BT.2100, primaries of BT.2020) to sRGB: what is as bright as paper in daylight stays
/// as it is, what is brighter is compressed instead of cut off.
/// </summary>
static class HighDynamicRange
{
    /// <summary>ITU-T H.273, table 3.</summary>
    public const int Pq = 16, Hlg = 18;

    // ITU-R BT.2408, 2.2: reference white. What is ten times as bright becomes white.
    const double WhiteInNits = 203, HlgPeakInNits = 1000, Brightest = 10;
    const int Levels = 4096;

    static readonly byte[] Srgb = MakeSrgb();

    /// <param name="picture">8 bits a sample, still encoded by the transfer function.</param>
    public static Vips.Picture ToSrgb(Vips.Picture picture, int transfer)
    {
        using Vips.Pixels pixels = Vips.PixelsOf(picture);
        if (pixels.Bands < 3) return Vips.FromPixels(pixels.Bytes, pixels.Width, pixels.Height);
        double[] light = [.. Enumerable.Range(0, 256).Select(code => (transfer == Pq ? PqToNits(code / 255.0) : HlgToScene(code / 255.0) * HlgPeakInNits) / WhiteInNits)];
        byte[] mapped = new byte[pixels.Width * pixels.Height * 3];
        ReadOnlySpan<byte> from = pixels.Bytes;
        for (int at = 0, to = 0; to < mapped.Length; at += pixels.Bands, to += 3)
        {
            (double red, double green, double blue) = (light[from[at]], light[from[at + 1]], light[from[at + 2]]);
            // ITU-R BT.2100, table 5: the system's gamma of 1.2 acts on luminance.
            double luminance = 0.2627 * red + 0.6780 * green + 0.0593 * blue;
            double scale = transfer == Hlg ? Math.Pow(luminance * WhiteInNits / HlgPeakInNits, 0.2) : 1;
            luminance *= scale;
            scale *= luminance > 0 ? Compress(luminance) / luminance : 1;
            // ITU-R BT.2087, 2: BT.2020 to BT.709.
            mapped[to] = Encode(scale * (1.6605 * red - 0.5876 * green - 0.0728 * blue));
            mapped[to + 1] = Encode(scale * (-0.1246 * red + 1.1329 * green - 0.0083 * blue));
            mapped[to + 2] = Encode(scale * (-0.0182 * red - 0.1006 * green + 1.1187 * blue));
        }
        return Vips.FromPixels(mapped, pixels.Width, pixels.Height);
    }

    /// <summary>Straight up to three quarters of white, then ever flatter.</summary>
    static double Compress(double luminance)
    {
        const double Knee = 0.75;
        if (luminance <= Knee) return luminance;
        double above = Math.Min(1, (luminance - Knee) / (Brightest - Knee));
        return Knee + (1 - Knee) * Math.Log(1 + 60 * above) / Math.Log(61);
    }

    static byte Encode(double linear) => Srgb[(int)(Math.Sqrt(Math.Clamp(linear, 0, 1)) * (Levels - 1) + 0.5)];

    // SMPTE ST 2084, 5.2.
    static double PqToNits(double code)
    {
        const double M1 = 2610.0 / 16384, M2 = 2523.0 / 4096 * 128, C1 = 3424.0 / 4096, C2 = 2413.0 / 4096 * 32, C3 = 2392.0 / 4096 * 32;
        double power = Math.Pow(code, 1 / M2);
        return 10000 * Math.Pow(Math.Max(power - C1, 0) / (C2 - C3 * power), 1 / M1);
    }

    // ITU-R BT.2100, table 5, the inverse of the OETF.
    static double HlgToScene(double code)
    {
        const double A = 0.17883277, B = 0.28466892, C = 0.55991073;
        return code <= 0.5 ? code * code / 3 : (Math.Exp((code - C) / A) + B) / 12;
    }

    // IEC 61966-2-1, 5.2; by the square root, so that the dark has steps enough.
    static byte[] MakeSrgb()
    {
        byte[] codes = new byte[Levels];
        for (int i = 0; i < Levels; i++)
        {
            double linear = Math.Pow((double)i / (Levels - 1), 2);
            codes[i] = (byte)Math.Round(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.Pow(linear, 1 / 2.4) - 0.055));
        }
        return codes;
    }
}
