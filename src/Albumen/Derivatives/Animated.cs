namespace Albumen.Derivatives;

/// <summary>Tells stills that move from those that do not, by their first bytes.</summary>
static class Animated
{
    public const int HeadLength = 4096;

    public static bool Is(ReadOnlySpan<byte> head, string mime) => mime switch
    {
        // The extension that says how often it is shown, which one that moves has (GIF89a with Netscape's looping, 1995).
        "image/gif" => head.IndexOf("NETSCAPE2.0"u8) >= 0,
        // PNG 3, 11.3.6.1: acTL comes before the picture.
        "image/png" or "image/apng" => head.IndexOf("acTL"u8) is > 0 and var at && (head.IndexOf("IDAT"u8) is var picture && (picture < 0 || at < picture)),
        // RFC 9649, 2.7.1.1: the flags of VP8X.
        "image/webp" => head.Length > 20 && head[12..].StartsWith("VP8X"u8) && (head[20] & 0x02) != 0,
        _ => false,
    };
}
