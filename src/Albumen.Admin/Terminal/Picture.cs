using System.Globalization;
using System.Text;

namespace Albumen.Admin.Terminal;

/// <summary>A picture as pixels, three bytes each: red, green, blue; the rows one after the other.</summary>
/// <param name="Id">Others have other numbers.</param>
sealed record Picture(int Id, int Width, int Height, byte[] Pixels);

/// <summary>A picture and the cells it covers.</summary>
readonly record struct Placement(Picture Picture, int X, int Y, int Columns, int Lines);

/// <summary>How a terminal shows pictures.</summary>
enum PictureMode
{
    None,
    /// <summary>Two pixels a cell, as ▀ in two colours; shades of grey where there is no colour.</summary>
    Blocks,
    /// <summary>DEC's sixel graphics (VT330/VT340 Programmer Reference, volume 2, chapter 14).</summary>
    Sixel,
    /// <summary>kitty's graphics protocol.</summary>
    Kitty,
}

/// <summary>Puts pictures into what a terminal understands.</summary>
static class PictureCode
{
    const string Shades = " ░▒▓█";
    const int KittyChunk = 4096;

    /// <summary>Draws it as cells; the picture is at most as wide as the area, and twice as high.</summary>
    public static void DrawBlocks(Area area, Picture picture, ColourDepth depth)
    {
        int left = (area.Width - picture.Width) / 2, top = (area.Height - (picture.Height + 1) / 2) / 2;
        for (int y = 0; y < picture.Height; y += 2)
            for (int x = 0; x < picture.Width; x++)
            {
                (byte r, byte g, byte b) = At(picture, x, y);
                (byte r2, byte g2, byte b2) = y + 1 < picture.Height ? At(picture, x, y + 1) : default;
                if (depth is not ColourDepth.None)
                    area.Write(left + x, top + y / 2, "▀", new(Colour.Of(r, g, b), y + 1 < picture.Height ? Colour.Of(r2, g2, b2) : default));
                else
                    // Rec. ITU-R BT.709 luma of both.
                    area.Write(left + x, top + y / 2, Shades[(int)Math.Min(4, (0.2126 * (r + r2) + 0.7152 * (g + g2) + 0.0722 * (b + b2)) / 2 * 5 / 256)].ToString());
            }
    }

    /// <summary>The sequences that show it at the cursor, over these cells, without moving the cursor.</summary>
    /// <param name="isSent">The terminal has the picture at another place, and only puts it here too.</param>
    public static void AddKitty(StringBuilder output, Placement placement, bool isSent)
    {
        if (isSent)
        {
            output.Append(CultureInfo.InvariantCulture, $"\e_Ga=p,i={placement.Picture.Id},p={KittyPlace(placement)},q=2,C=1\e\\");
            return;
        }
        string pixels = Convert.ToBase64String(placement.Picture.Pixels);
        for (int at = 0; at < pixels.Length; at += KittyChunk)
        {
            output.Append("\e_G");
            if (at == 0) output.Append(CultureInfo.InvariantCulture, $"a=T,f=24,s={placement.Picture.Width},v={placement.Picture.Height},i={placement.Picture.Id},p={KittyPlace(placement)},q=2,C=1,");
            output.Append(at + KittyChunk < pixels.Length ? "m=1;" : "m=0;").Append(pixels, at, Math.Min(KittyChunk, pixels.Length - at)).Append("\e\\");
        }
    }

    public static void RemoveKitty(StringBuilder output, Placement placement) =>
        output.Append(CultureInfo.InvariantCulture, $"\e_Ga=d,d=I,i={placement.Picture.Id},p={KittyPlace(placement)},q=2\e\\");

    static int KittyPlace(Placement placement) => 1 + placement.Y * 1000 + placement.X;

    /// <summary>The sequence that shows it at the cursor, in the 216 colours of a cube, errors spread over the neighbours (Floyd and Steinberg).</summary>
    public static void AddSixel(StringBuilder output, Picture picture)
    {
        byte[] colours = Dither(picture);
        output.Append(CultureInfo.InvariantCulture, $"\eP0;1q\"1;1;{picture.Width};{picture.Height}");
        bool[] isUsed = new bool[216];
        foreach (byte colour in colours) isUsed[colour] = true;
        for (int colour = 0; colour < 216; colour++)
            if (isUsed[colour]) output.Append(CultureInfo.InvariantCulture, $"#{colour};2;{colour / 36 * 20};{colour / 6 % 6 * 20};{colour % 6 * 20}");
        for (int top = 0; top < picture.Height; top += 6)
        {
            Array.Clear(isUsed);
            for (int at = top * picture.Width; at < Math.Min(picture.Height, top + 6) * picture.Width; at++) isUsed[colours[at]] = true;
            for (int colour = 0; colour < 216; colour++)
                if (isUsed[colour]) AddBand(output, picture, colours, top, colour);
            output.Append('-');
        }
        output.Append("\e\\");
    }

    static void AddBand(StringBuilder output, Picture picture, byte[] colours, int top, int colour)
    {
        output.Append(CultureInfo.InvariantCulture, $"#{colour}");
        char last = '\0';
        int count = 0;
        for (int x = 0; x <= picture.Width; x++)
        {
            char sixel = '\0';
            if (x < picture.Width)
            {
                int bits = 0;
                for (int y = 0; y < 6 && top + y < picture.Height; y++)
                    if (colours[(top + y) * picture.Width + x] == colour) bits |= 1 << y;
                sixel = (char)('?' + bits);
            }
            if (sixel == last && x < picture.Width) count++;
            else
            {
                if (count > 3) output.Append(CultureInfo.InvariantCulture, $"!{count}{last}");
                else output.Append(last, count);
                (last, count) = (sixel, 1);
            }
        }
        output.Append('$');
    }

    static byte[] Dither(Picture picture)
    {
        int width = picture.Width;
        byte[] colours = new byte[width * picture.Height];
        // Errors of this row and the next, in sixteenths, with a column to spare at both ends.
        int[] now = new int[3 * (width + 2)], next = new int[3 * (width + 2)];
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int colour = 0;
                for (int channel = 0; channel < 3; channel++)
                {
                    int at = 3 * (x + 1) + channel;
                    int wanted = Math.Clamp(picture.Pixels[3 * (y * width + x) + channel] + now[at] / 16, 0, 255), step = (wanted * 5 + 127) / 255, error = wanted - step * 51;
                    colour = colour * 6 + step;
                    now[at + 3] += 7 * error;
                    next[at - 3] += 3 * error;
                    next[at] += 5 * error;
                    next[at + 3] += error;
                }
                colours[y * width + x] = (byte)colour;
            }
            (now, next) = (next, now);
            Array.Clear(next);
        }
        return colours;
    }

    static (byte, byte, byte) At(Picture picture, int x, int y)
    {
        int at = 3 * (y * picture.Width + x);
        return (picture.Pixels[at], picture.Pixels[at + 1], picture.Pixels[at + 2]);
    }
}
