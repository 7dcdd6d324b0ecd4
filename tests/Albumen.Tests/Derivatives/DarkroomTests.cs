using System.Buffers.Binary;
using Albumen.Derivatives;
using Albumen.Native;

namespace Albumen.Tests.Derivatives;

public sealed class DarkroomTests : IDisposable
{
    readonly Studio _studio = new();

    public void Dispose() => _studio.Dispose();

    [Theory]
    [InlineData(1, 1600, 1200, "red")]
    [InlineData(3, 1600, 1200, "blue")]
    [InlineData(6, 1200, 1600, "white")]
    [InlineData(8, 1200, 1600, "green")]
    public void A_RAW_file_shows_the_largest_preview_in_it_as_the_camera_was_held(int orientation, int width, int height, string topLeft)
    {
        byte[] small = File.ReadAllBytes(_studio.Quarters("small.jpg", 160, 120)), large = File.ReadAllBytes(_studio.Quarters("large.jpg", 1600, 1200));
        // Bytes of a sensor, which begin like a JPEG here and there.
        byte[] noise = new byte[300_000];
        new Random(1850).NextBytes(noise);
        File.WriteAllBytes(_studio["a.dng"], [.. Dng(orientation, 4000, 3000), .. small, .. noise, .. large, .. noise]);

        VisitAnswer answer = _studio.Visit("a.dng");

        Assert.Equal(("raw", null, null), (answer.Kind, answer.DecodeFault, answer.Doubt));
        Assert.Equal($"{width} {height} 3", Studio.Shape(_studio.PathOf(answer, "preview")));
        Assert.Equal(topLeft, Name(Studio.Pixel(_studio.PathOf(answer, "preview"), 0.25, 0.25)));
    }

    [Fact]
    public void A_RAW_file_too_large_to_be_held_shows_its_preview_too()
    {
        byte[] large = File.ReadAllBytes(_studio.Quarters("large.jpg", 1600, 1200)), noise = new byte[20_000_000];
        new Random(1850).NextBytes(noise);
        File.WriteAllBytes(_studio["a.dng"], [.. Dng(6, 4000, 3000), .. noise, .. large]);

        VisitAnswer answer = _studio.Visit("a.dng");

        Assert.Equal("1200 1600 3", Studio.Shape(_studio.PathOf(answer, "preview")));
    }

    [Fact]
    public void A_RAW_file_without_any_picture_says_so()
    {
        File.WriteAllBytes(_studio["a.dng"], [.. Dng(1, 4000, 3000), .. new byte[1000]]);

        VisitAnswer answer = _studio.Visit("a.dng");

        Assert.NotNull(answer.DecodeFault);
        Assert.Empty(answer.Made);
    }

    [Fact]
    public void A_JPEG_that_was_cut_short_shows_what_there_is_and_is_doubted()
    {
        byte[] whole = File.ReadAllBytes(_studio.Quarters("a.jpg", 640, 480));
        File.WriteAllBytes(_studio["a.jpg"], whole[..(whole.Length * 2 / 3)]);

        VisitAnswer answer = _studio.Visit("a.jpg");

        Assert.Equal(2, answer.Made.Count);
        Assert.Contains("damaged", answer.Doubt, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_small_picture_that_an_editor_left_behind_is_not_believed()
    {
        _studio.Quarters("other.jpg", 160, 120);
        Studio.Run("vips", "perlin", _studio["soft.v"], "1600", "1200", "--uchar");
        Studio.Run("vips", "copy", _studio["soft.v"], _studio["a.jpg"]);
        Studio.Run("exiftool", "-q", "-overwrite_original", $"-ThumbnailImage<={_studio["other.jpg"]}", _studio["a.jpg"]);

        VisitAnswer answer = _studio.Visit("a.jpg");

        Assert.Equal((2, null), (answer.Made.Count, answer.Doubt));
    }

    [Fact]
    public void Adobe_RGB_is_known_by_what_the_EXIF_says()
    {
        Studio.Run("vips", "black", _studio["black.v"], "300", "200", "--bands", "3");
        Studio.Run("vips", "linear", _studio["black.v"], _studio["grey.v"], "1", "120 150 120", "--uchar");
        Studio.Run("vips", "copy", _studio["grey.v"], $"{_studio["a.jpg"]}[Q=98]", "--interpretation", "srgb");
        int[] asSrgb = Studio.Pixel(_studio.PathOf(_studio.Visit("a.jpg"), "preview"), 0.5, 0.5);
        Studio.Run("exiftool", "-q", "-overwrite_original", "-ColorSpace=Uncalibrated", "-InteropIndex=R03 - DCF option file (Adobe RGB)", _studio["a.jpg"]);

        int[] asAdobeRgb = Studio.Pixel(_studio.PathOf(_studio.Visit("a.jpg"), "preview"), 0.5, 0.5);

        Assert.InRange(asSrgb[0], 116, 124);
        // The same green lies further from grey in sRGB.
        Assert.InRange(asAdobeRgb[0], 98, 113);
        Assert.InRange(asAdobeRgb[1], 145, 155);
    }

    [Theory]
    [InlineData(HighDynamicRange.Pq, 0, 0, 0)]
    [InlineData(HighDynamicRange.Pq, 148, 200, 245)]
    [InlineData(HighDynamicRange.Pq, 192, 240, 255)]
    [InlineData(HighDynamicRange.Hlg, 0, 0, 0)]
    [InlineData(HighDynamicRange.Hlg, 191, 200, 245)]
    [InlineData(HighDynamicRange.Hlg, 255, 235, 255)]
    public void Reference_white_of_a_picture_for_bright_screens_is_nearly_white_and_what_is_brighter_is_not_much_brighter(int transfer, byte code, int least, int most)
    {
        using Vips.Picture picture = Vips.FromPixels([.. Enumerable.Repeat(code, 4 * 4 * 3)], 4, 4);

        using Vips.Picture mapped = HighDynamicRange.ToSrgb(picture, transfer);

        using Vips.Pixels pixels = Vips.PixelsOf(mapped);
        Assert.All(pixels.Bytes.ToArray(), sample => Assert.InRange(sample, least, most));
    }

    [Fact]
    public void A_picture_looks_like_a_smaller_copy_of_itself_and_not_like_another()
    {
        Studio.Run("vips", "perlin", _studio["a.v"], "1600", "1200", "--seed", "1", "--uchar");
        Studio.Run("vips", "perlin", _studio["c.v"], "1600", "1200", "--seed", "2", "--uchar");
        Studio.Run("vips", "copy", _studio["a.v"], $"{_studio["a.jpg"]}[Q=95]");
        Studio.Run("vipsthumbnail", "-s", "300", "-o", $"{_studio["b.jpg"]}[Q=50]", _studio["a.jpg"]);
        Studio.Run("vips", "copy", _studio["c.v"], _studio["c.jpg"]);

        Analysis a = _studio.Visit("a.jpg").Analysis!, b = _studio.Visit("b.jpg").Analysis!, c = _studio.Visit("c.jpg").Analysis!;

        Assert.InRange(System.Numerics.BitOperations.PopCount((ulong)(a.Look ^ b.Look)), 0, 4);
        Assert.False(Darkroom.AreAlike(a, c));
    }

    [Fact]
    public void A_picture_of_one_colour_looks_like_nothing_and_has_that_colour()
    {
        Studio.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=0x3060A0:320x200", "-frames:v", "1", _studio["a.png"]);

        Analysis analysis = _studio.Visit("a.png").Analysis!;

        Assert.Equal((0, 0), (analysis.Look, (int)analysis.Sharpness));
        foreach ((int shift, int expected) in ((int, int)[])[(16, 0x30), (8, 0x60), (0, 0xA0)]) Assert.InRange(analysis.Colour >> shift & 0xFF, expected - 3, expected + 3);
    }

    /// <summary>TIFF 6.0, section 2: a header and one directory with the size, the orientation and what makes it a DNG (1.6.0.0, DNGVersion).</summary>
    static byte[] Dng(int orientation, int width, int height)
    {
        (ushort Tag, ushort Type, int Count, int Value)[] entries = [(0x0100, 4, 1, width), (0x0101, 4, 1, height), (0x0112, 3, 1, orientation), (0xC612, 1, 4, 0x00000601)];
        byte[] bytes = new byte[8 + 2 + entries.Length * 12 + 4];
        "II*\0"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), 8);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(8), (short)entries.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> entry = bytes.AsSpan(10 + i * 12, 12);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], entries[i].Type);
            BinaryPrimitives.WriteInt32LittleEndian(entry[4..], entries[i].Count);
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], entries[i].Value);
        }
        return bytes;
    }

    static string Name(int[] pixel) => (pixel[0] > 128, pixel[1] > 128, pixel[2] > 128) switch
    {
        (true, true, true) => "white",
        (true, _, _) => "red",
        (_, true, _) => "green",
        _ => "blue",
    };
}
