using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Albumen.Admin.Terminal;
using Albumen.Client;
using FsCheck;
using FsCheck.Fluent;

namespace Albumen.Tests.Admin.Terminal;

public sealed partial class PictureTests
{
    [Fact]
    public void A_pixmap_is_read()
    {
        Pixels pixels = Pixels.Parse((byte[])[.. "P6\n2 1\n255\n"u8, 1, 2, 3, 4, 5, 6]);
        Assert.Equal((2, 1), (pixels.WidthInPixels, pixels.HeightInPixels));
        Assert.Equal([1, 2, 3, 4, 5, 6], pixels.Samples.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("P6")]
    [InlineData("P6\n2 1\n255")]
    [InlineData("P6\n2 1\n255\n12345")]
    [InlineData("P5\n2 1\n255\n123456")]
    [InlineData("P6\n2 1\n65535\n123456")]
    [InlineData("P6\n0 1\n255\n123456")]
    [InlineData("P6\n-2 1\n255\n123456")]
    [InlineData("P6\n99999999999 1\n255\n123456")]
    [InlineData("P6\n4096 4096\n255\n123456")]
    [InlineData("P6\n40000 40000\n255\n123456")]
    [InlineData("P6\n# a comment\n2 1\n255\n123456")]
    public void What_is_no_pixmap_is_refused(string text) => Assert.Throws<FormatException>(() => Pixels.Parse(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Any_bytes_are_a_pixmap_or_refused() =>
        Gen.Elements("P6", "P", " ", "\n", "2", "1", "255", "9", "xyz", "\0", "\xFF").ListOf().Holds(parts =>
        {
            try
            {
                Pixels pixels = Pixels.Parse(Encoding.Latin1.GetBytes(string.Concat(parts)));
                return pixels.Samples.Length == 3 * pixels.WidthInPixels * pixels.HeightInPixels;
            }
            catch (FormatException)
            {
                return true;
            }
        });

    static Gen<Picture> Pictures =>
        from width in Gen.Choose(1, 23)
        from height in Gen.Choose(1, 20)
        from plain in Gen.Elements(true, false)
        from seed in Gen.Choose(0, 1_000_000)
        select Of(width, height, plain, seed);

    static Picture Of(int width, int height, bool isPlain, int seed)
    {
        byte[] pixels = new byte[3 * width * height];
        if (isPlain) Array.Fill(pixels, (byte)(seed % 256));
        else new Random(seed).NextBytes(pixels);
        return new(1, width, height, pixels);
    }

    [Fact]
    public void A_sixel_picture_has_a_colour_for_each_pixel_and_is_as_bright_as_the_original() =>
        Pictures.Holds(picture =>
        {
            StringBuilder output = new();
            PictureCode.AddSixel(output, picture);
            byte[] shown = Sixels(output.ToString(), picture.Width, picture.Height);
            // Errors are spread over the neighbours, so it is right on the whole: within a step of the cube, less in larger pictures.
            double difference = Math.Abs(shown.Average(b => b) - picture.Pixels.Average(b => b));
            return difference <= 26 + 1 && (picture.Width * picture.Height < 200 || difference < 8);
        }, 300);

    /// <summary>Takes it apart again (VT330/VT340 Programmer Reference, volume 2, 14.3). Each pixel is set exactly once.</summary>
    static byte[] Sixels(string text, int width, int height)
    {
        Match whole = Sixel().Match(text);
        Assert.True(whole.Success && whole.Length == text.Length, text);
        Assert.Equal((width, height), (Number(whole.Groups["width"]), Number(whole.Groups["height"])));
        Dictionary<int, (int, int, int)> colours = [];
        byte[] pixels = new byte[3 * width * height];
        bool[] isSet = new bool[width * height];
        int x = 0, top = 0, colour = 0;
        foreach (Match word in Word().Matches(whole.Groups["body"].Value))
            switch (word.Value)
            {
                case "$": x = 0; break;
                case "-": (x, top) = (0, top + 6); break;
                case ['#', ..] when word.Groups["r"].Success: colours[Number(word.Groups["c"])] = (Number(word.Groups["r"]), Number(word.Groups["g"]), Number(word.Groups["b"])); break;
                case ['#', ..]: colour = Number(word.Groups["c"]); break;
                default:
                    for (int count = word.Groups["n"].Success ? Number(word.Groups["n"]) : 1; count > 0; count--, x++)
                        for (int bit = 0; bit < 6; bit++)
                            if ((word.Value[^1] - '?' >> bit & 1) != 0)
                            {
                                int at = (top + bit) * width + x;
                                Assert.True(x < width && top + bit < height && !isSet[at], $"{x}, {top + bit}");
                                (isSet[at], (int red, int green, int blue)) = (true, colours[colour]);
                                (pixels[3 * at], pixels[3 * at + 1], pixels[3 * at + 2]) = ((byte)(red * 255 / 100), (byte)(green * 255 / 100), (byte)(blue * 255 / 100));
                            }
                    break;
            }
        Assert.DoesNotContain(false, isSet);
        return pixels;
    }

    [Fact]
    public void A_kitty_picture_comes_in_chunks_and_whole() =>
        Gen.Choose(1, 70).Zip(Gen.Choose(1, 70)).Select(s => Of(s.Item1, s.Item2, isPlain: false, s.Item1)).Holds(picture =>
        {
            StringBuilder output = new();
            PictureCode.AddKitty(output, new(picture, 3, 4, 5, 6), isSent: false);
            string[] chunks = output.ToString().Split("\e\\")[..^1];
            Assert.All(chunks, c => Assert.StartsWith("\e_G", c, StringComparison.Ordinal));
            Assert.All(chunks, c => Assert.InRange(c[(c.IndexOf(';') + 1)..].Length, 1, 4096));
            Assert.All(chunks[..^1], c => Assert.Contains("m=1;", c, StringComparison.Ordinal));
            Assert.Contains("m=0;", chunks[^1], StringComparison.Ordinal);
            Assert.Contains($"a=T,f=24,s={picture.Width},v={picture.Height},", chunks[0], StringComparison.Ordinal);
            return Convert.FromBase64String(string.Concat(chunks.Select(c => c[(c.IndexOf(';') + 1)..]))).AsSpan().SequenceEqual(picture.Pixels);
        }, 200);

    [Fact]
    public void Without_colour_a_picture_is_shades()
    {
        byte[] pixels = [.. Enumerable.Range(0, 5).SelectMany(i => Enumerable.Repeat((byte)(i * 63), 3)), .. Enumerable.Range(0, 5).SelectMany(i => Enumerable.Repeat((byte)(i * 63), 3))];
        Canvas canvas = new(5, 1);
        PictureCode.DrawBlocks(canvas.Whole, new(1, 5, 2, pixels), ColourDepth.None);
        Assert.Equal(" ░▒▓█", string.Concat(canvas.Line(0).ToArray().Select(c => c.Text)));
    }

    static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("""^\eP0;1q"1;1;(?<width>\d+);(?<height>\d+)(?<body>(#\d+;2;\d+;\d+;\d+|#\d+|!\d+[?-~]|[?-~]|\$|-)*)\e\\$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Sixel();

    [GeneratedRegex(@"#(?<c>\d+)(;2;(?<r>\d+);(?<g>\d+);(?<b>\d+))?|!(?<n>\d+)[?-~]|[?-~]|\$|-", RegexOptions.ExplicitCapture)]
    private static partial Regex Word();
}
