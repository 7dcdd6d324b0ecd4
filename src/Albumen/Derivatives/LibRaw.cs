using System.Globalization;
using System.Text;
using Albumen.Native;

namespace Albumen.Derivatives;

/// <summary>Develops the data of a sensor with LibRaw's own program: as the camera balanced white, in sRGB, upright, at half the size.</summary>
static class LibRaw
{
    const string Program = "dcraw_emu", Package = "libraw-bin";
    const int LargestSide = 1 << 16;
    const ulong AddressSpaceInBytes = 1536UL << 20;

    static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    /// <exception cref="PictureException">LibRaw does not know this camera, or the file is damaged.</exception>
    public static Vips.Picture Develop(string path, int longestSideInPixels)
    {
        (int width, int height) = (0, 0);
        byte[] samples = [];
        (_, string said) = DecoderChild.Run(Program, Package, ["-w", "-h", "-Z", "-", path], TimeLimit, AddressSpaceInBytes, ReadPpm);
        // Of what is missing in a damaged file LibRaw makes something, and says so.
        if (said.Length > 0) throw new PictureException($"{Program}: {string.Join("; ", said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(2)).Replace(path, "the file", StringComparison.Ordinal)}");
        if (samples.Length == 0) throw new PictureException($"{Program} gave no picture");
        using Vips.Picture picture = Vips.FromPixels(samples, width, height);
        return Vips.Shrink(picture, longestSideInPixels);

        // "P6", width, height and the greatest value, each ended by one white space, then three bytes a pixel (netpbm, ppm(5)).
        void ReadPpm(Stream stream)
        {
            if (Word(stream) != "P6" || !TryNumber(stream, out width) || !TryNumber(stream, out height) || Word(stream) != "255" || (long)width * height * 3 > int.MaxValue) return;
            byte[] all = new byte[width * height * 3];
            if (stream.ReadAtLeast(all, all.Length, throwOnEndOfStream: false) == all.Length) samples = all;
        }
    }

    static bool TryNumber(Stream stream, out int number) => int.TryParse(Word(stream), CultureInfo.InvariantCulture, out number) && number is > 0 and < LargestSide;

    static string Word(Stream stream)
    {
        StringBuilder word = new();
        while (word.Length < 16 && stream.ReadByte() is > ' ' and var letter) word.Append((char)letter);
        return word.ToString();
    }
}
