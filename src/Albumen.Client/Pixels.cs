using System.Text;

namespace Albumen.Client;

/// <summary>A picture ready to be drawn.</summary>
/// <param name="Samples">Row by row from the top left: red, green and blue, a byte each.</param>
public sealed record Pixels(int WidthInPixels, int HeightInPixels, ReadOnlyMemory<byte> Samples)
{
    /// <summary>How it is sent: binary PPM (netpbm.sourceforge.net/doc/ppm.html).</summary>
    public const string MediaType = "image/x-portable-pixmap";

    const int Colours = 3, LongestHeader = 20;

    /// <summary>Reads what <c>/api/v1/assets/{id}/pixels</c> sends.</summary>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static Pixels Parse(ReadOnlyMemory<byte> bytes)
    {
        string[] head = Encoding.ASCII.GetString(bytes.Span[..Math.Min(bytes.Length, LongestHeader)]).Split('\n', 4);
        if (head is not ["P6", var size, "255", _] || size.Split(' ') is not [var across, var down]
            || !int.TryParse(across, out int width) || !int.TryParse(down, out int height) || width < 1 || height < 1) throw new FormatException("These are no pixels.");
        int length = head[0].Length + size.Length + head[2].Length + 3;
        return bytes.Length - length == (long)width * height * Colours ? new(width, height, bytes[length..]) : throw new FormatException("These are not all the pixels.");
    }
}
