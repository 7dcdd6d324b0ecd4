using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>What a worker is asked: the pixels of a small version that lies in the cache, fitted into a box.</summary>
/// <param name="Hash">Of the original's bytes.</param>
/// <param name="Kind">Name of a still kind.</param>
sealed record RasterRequest(string Hash, string Kind, int WidthInPixels, int HeightInPixels);

/// <summary>That as one of the things a worker can be asked.</summary>
sealed record RasterQuestion(RasterRequest Raster);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RasterQuestion))]
sealed partial class RasterJson : JsonSerializerContext;

/// <summary>
/// A picture as plain pixels, for whoever cannot decode one: a binary PPM (netpbm.sourceforge.net/doc/ppm.html), red, green and blue, a byte each, transparency
/// on white. Never larger than the small version it is made of.
/// </summary>
static class Raster
{
    /// <summary>Of a box's side.</summary>
    public const int LongestSideInPixels = 2048;

    const int Colours = 3;
    // "P6\n2048 2048\n255\n"
    const int LongestHeader = 17;

    /// <summary>In a worker. What cannot be made is empty: the file is not there, not whole, or no picture.</summary>
    public static byte[] Make(DerivativeStore store, RasterRequest request)
    {
        try
        {
            if (StillKind.Stills.FirstOrDefault(k => k.Name == request.Kind) is not { } kind || store.Find(ContentHash.Parse(request.Hash), kind) is not { } encoded) return [];
            using Vips.Picture picture = Vips.Fit(encoded, request.WidthInPixels, request.HeightInPixels);
            using Vips.Pixels pixels = Vips.PixelsOf(picture);
            return Write(pixels);
        }
        catch (PictureException)
        {
            return [];
        }
    }

    /// <summary>Whether this is such a picture, and in the box. What comes from a process that decodes is foreign.</summary>
    public static bool IsOne(ReadOnlySpan<byte> bytes, int widthInPixels, int heightInPixels)
    {
        string[] head = Encoding.ASCII.GetString(bytes[..Math.Min(bytes.Length, LongestHeader)]).Split('\n', 4);
        if (head is not ["P6", var size, "255", _] || size.Split(' ') is not [var across, var down]) return false;
        return int.TryParse(across, NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width > 0 && width <= widthInPixels
            && int.TryParse(down, NumberStyles.None, CultureInfo.InvariantCulture, out int height) && height > 0 && height <= heightInPixels
            && bytes.Length == Header(width, height).Length + (width * height * Colours);
    }

    static byte[] Write(Vips.Pixels pixels)
    {
        byte[] header = Header(pixels.Width, pixels.Height);
        byte[] picture = new byte[header.Length + (pixels.Width * pixels.Height * Colours)];
        header.CopyTo(picture, 0);
        Span<byte> to = picture.AsSpan(header.Length);
        ReadOnlySpan<byte> from = pixels.Bytes;
        int bands = pixels.Bands;
        if (bands == Colours)
        {
            from.CopyTo(to);
            return picture;
        }
        for (int at = 0, sample = 0; at < to.Length; at += Colours, sample += bands)
        {
            int opacity = bands is 2 or 4 ? from[sample + bands - 1] : byte.MaxValue;
            for (int colour = 0; colour < Colours; colour++)
                to[at + colour] = (byte)(((from[sample + (bands < Colours ? 0 : colour)] * opacity) + (byte.MaxValue * (byte.MaxValue - opacity)) + 127) / byte.MaxValue);
        }
        return picture;
    }

    static byte[] Header(int width, int height) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"P6\n{width} {height}\n255\n"));
}
