using System.Globalization;
using System.Text;

namespace Albumen.Admin.Terminal;

/// <summary>How many colours a terminal has.</summary>
enum ColourDepth
{
    None,
    /// <summary>The sixteen of its theme.</summary>
    Sixteen,
    /// <summary>A palette of 256.</summary>
    Palette,
    /// <summary>Red, green and blue.</summary>
    True,
}

/// <summary>The terminal's own colour, one of the sixteen of its theme, or red, green and blue.</summary>
readonly record struct Colour
{
    // 0: the terminal's own; 1 to 16: of the theme; with this bit: red, green and blue.
    const int IsRgb = 1 << 24;

    readonly int _code;

    Colour(int code) => _code = code;

    public static Colour OfTheme(int number) => new(number + 1);

    public static Colour Of(byte red, byte green, byte blue) => new(IsRgb | (red << 16) | (green << 8) | blue);

    /// <summary>Adds the parameters of SGR (ECMA-48, 8.3.117; ITU-T T.416 for more than sixteen), if it is not the terminal's own.</summary>
    /// <param name="ground">30 for the ink, 40 for the paper.</param>
    public void AddTo(StringBuilder sgr, int ground, ColourDepth depth)
    {
        if (_code == 0 || depth is ColourDepth.None) return;
        if ((_code & IsRgb) == 0) sgr.Append(CultureInfo.InvariantCulture, $";{(_code > 8 ? ground + 60 + _code - 9 : ground + _code - 1)}");
        else if (depth is ColourDepth.True) sgr.Append(CultureInfo.InvariantCulture, $";{ground + 8};2;{_code >> 16 & 255};{_code >> 8 & 255};{_code & 255}");
        // The cube of 6 x 6 x 6 begins at 16 in the palette; a theme's sixteen are of no use for a picture.
        else sgr.Append(CultureInfo.InvariantCulture, $";{ground + 8};5;{16 + 36 * Step(_code >> 16 & 255) + 6 * Step(_code >> 8 & 255) + Step(_code & 255)}");
    }

    // The steps of the cube are 0, 95, 135, 175, 215 and 255.
    static int Step(int value) => value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}

[Flags]
enum Weight
{
    None,
    Bold = 1,
    Dim = 2,
    Underline = 4,
    Reverse = 8,
}

/// <summary>How a character looks. Each <see cref="Look"/> differs from the others by its weight too, so that nothing is told by colour alone.</summary>
readonly record struct Style(Colour Ink = default, Colour Paper = default, Weight Weight = Weight.None)
{
    /// <summary>The sequence that sets it, whatever was set before.</summary>
    public void AddTo(StringBuilder output, ColourDepth depth)
    {
        output.Append("\e[0");
        if (Weight.HasFlag(Weight.Bold)) output.Append(";1");
        if (Weight.HasFlag(Weight.Dim)) output.Append(";2");
        if (Weight.HasFlag(Weight.Underline)) output.Append(";4");
        if (Weight.HasFlag(Weight.Reverse)) output.Append(";7");
        Ink.AddTo(output, 30, depth);
        Paper.AddTo(output, 40, depth);
        output.Append('m');
    }
}

/// <summary>The styles of the console, in the sixteen colours of the person's own theme.</summary>
static class Look
{
    public static readonly Style
        Plain = new(Weight: Weight.None),
        Faint = new(Weight: Weight.Dim),
        Strong = new(Weight: Weight.Bold),
        Heading = new(Ink: Colour.OfTheme(6), Weight: Weight.Bold),
        Chosen = new(Weight: Weight.Reverse),
        Marked = new(Ink: Colour.OfTheme(3), Weight: Weight.Bold),
        Good = new(Ink: Colour.OfTheme(2)),
        Caution = new(Ink: Colour.OfTheme(3), Weight: Weight.Bold),
        Bad = new(Ink: Colour.OfTheme(1), Weight: Weight.Bold),
        Accent = new(Ink: Colour.OfTheme(6)),
        KeyName = new(Ink: Colour.OfTheme(6), Weight: Weight.Underline);

    public static Style With(this Style style, Weight weight) => style with { Weight = style.Weight | weight };
}
