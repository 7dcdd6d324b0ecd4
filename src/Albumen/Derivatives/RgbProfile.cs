using System.Buffers.Binary;
using System.Text;

namespace Albumen.Derivatives;

/// <summary>Colour profiles for pictures that only name their colours, and bring none: as ICC.1:2001-04 has profiles of displays.</summary>
static class RgbProfile
{
    const int HeaderInBytes = 128, EntryInBytes = 12;

    // Gamma 2 and 51/256, as a power in 1/256.
    static readonly byte[] Gamma = [.. "curv\0\0\0\0"u8, 0, 0, 0, 1, 2, 51, 0, 0];

    /// <summary>Adobe RGB (1998), annex B: what DCF 2.0 lets cameras announce by "R03" in the EXIF.</summary>
    public static byte[] AdobeRgb { get; } = Make("Adobe RGB (1998)", Gamma, (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457));

    /// <summary>SMPTE EG 432-1 with the curve of sRGB: what HEIF announces by its primaries.</summary>
    public static byte[] DisplayP3 { get; } = Make("Display P3", SrgbCurve(), (0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407));

    /// <summary>From the primaries, adapted to D50, as all profiles are.</summary>
    static byte[] Make(string name, byte[] curve, (double X, double Y, double Z) red, (double X, double Y, double Z) green, (double X, double Y, double Z) blue)
    {
        (string Tag, byte[] Content)[] tags =
        [
            ("desc", Description(name)), ("cprt", [.. "text\0\0\0\0none\0"u8, .. new byte[3]]), ("wtpt", Xyz(White)),
            ("rXYZ", Xyz(red)), ("gXYZ", Xyz(green)), ("bXYZ", Xyz(blue)), ("rTRC", curve), ("gTRC", curve), ("bTRC", curve),
        ];
        byte[] profile = new byte[HeaderInBytes + 4 + tags.Length * EntryInBytes + tags.Sum(t => t.Content.Length)];
        Span<byte> all = profile;
        BinaryPrimitives.WriteInt32BigEndian(all, profile.Length);
        BinaryPrimitives.WriteInt32BigEndian(all[8..], 0x02400000);
        "mntrRGB XYZ "u8.CopyTo(all[12..]);
        "acsp"u8.CopyTo(all[36..]);
        Xyz(White).AsSpan(8).CopyTo(all[68..]);
        BinaryPrimitives.WriteInt32BigEndian(all[HeaderInBytes..], tags.Length);
        int entry = HeaderInBytes + 4, at = entry + tags.Length * EntryInBytes;
        foreach ((string tag, byte[] content) in tags)
        {
            Encoding.ASCII.GetBytes(tag, all[entry..]);
            BinaryPrimitives.WriteInt32BigEndian(all[(entry + 4)..], at);
            BinaryPrimitives.WriteInt32BigEndian(all[(entry + 8)..], content.Length);
            content.CopyTo(all[at..]);
            entry += EntryInBytes;
            at += content.Length;
        }
        return profile;
    }

    static (double X, double Y, double Z) White => (0.9642, 1, 0.8249);

    static byte[] SrgbCurve()
    {
        const int Entries = 1024;
        byte[] content = new byte[12 + Entries * 2];
        "curv"u8.CopyTo(content);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(8), Entries);
        for (int i = 0; i < Entries; i++)
        {
            double code = (double)i / (Entries - 1), linear = code <= 0.04045 ? code / 12.92 : Math.Pow((code + 0.055) / 1.055, 2.4);
            BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(12 + i * 2), (ushort)Math.Round(linear * ushort.MaxValue));
        }
        return content;
    }

    static byte[] Xyz((double X, double Y, double Z) colour)
    {
        byte[] content = new byte[20];
        "XYZ "u8.CopyTo(content);
        // Numbers of 16 bits before the point and 16 behind it.
        foreach ((int at, double value) in ((int, double)[])[(8, colour.X), (12, colour.Y), (16, colour.Z)])
            BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(at), (int)Math.Round(value * 65536));
        return content;
    }

    static byte[] Description(string text)
    {
        // ASCII with its length, then no Unicode and no script code.
        byte[] content = new byte[(12 + text.Length + 1 + 8 + 3 + 67 + 3) & ~3];
        "desc"u8.CopyTo(content);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(8), text.Length + 1);
        Encoding.ASCII.GetBytes(text, content.AsSpan(12));
        return content;
    }
}
