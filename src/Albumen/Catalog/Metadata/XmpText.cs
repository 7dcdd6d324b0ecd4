using System.Text;
using System.Text.RegularExpressions;

namespace Albumen.Catalog.Metadata;

/// <summary>The text of an XMP file: UTF-8, UTF-16 or, where it says so, Western European.</summary>
static partial class XmpText
{
    /// <summary>More bytes than any XMP has; what is larger is not read.</summary>
    public const int MostBytes = 16 << 20;

    /// <summary>More attributes than any XMP has. An XML reader takes all of an element at once, in time that grows with their square.</summary>
    public const int MostAttributes = 30_000;

    /// <summary>More elements inside each other than any XMP has.</summary>
    public const int MostDepth = 48;

    /// <summary>More elements, texts and comments than any XMP has.</summary>
    public const int MostNodes = 100_000;

    static readonly Encoding Western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>As forgiving as possible: what cannot be decoded becomes U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes) => Utf16(bytes) is { } isBigEndian
        ? (isBigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode).GetString(bytes)
        : IsWestern(Declared(Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 200)]))) ? Western.GetString(bytes)
        : Encoding.UTF8.GetString(bytes);

    /// <summary>Every character as its writer meant it, without the byte order mark.</summary>
    /// <exception cref="FormatException">The bytes are not what they should be, or are too many; the message is a sentence without full stop.</exception>
    public static string DecodeStrictly(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes) throw new FormatException($"it has {bytes.Length >> 20} MB; a sidecar has at most {MostBytes >> 20}");
        string? declared = Declared(Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 200)]).Replace("\0", "", StringComparison.Ordinal));
        string text;
        try
        {
            if (Utf16(bytes) is { } isBigEndian)
            {
                if (declared?.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) is false) throw Disagrees(declared);
                text = new UnicodeEncoding(isBigEndian, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes);
            }
            else if (IsWestern(declared))
            {
                if (HasUtf8Mark(bytes)) throw Disagrees(declared!);
                text = Western.GetString(bytes);
            }
            else
            {
                if (declared is not null && !declared.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !declared.Equals("utf8", StringComparison.OrdinalIgnoreCase)) throw Disagrees(declared);
                text = StrictUtf8.GetString(bytes);
            }
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException($"byte {error.Index} is not {(Utf16(bytes) is null ? "UTF-8" : "UTF-16")}, as all of it should be");
        }
        if (text.AsSpan().Count('=') > MostAttributes) throw new FormatException("it has more attributes than any photo has");
        return text.StartsWith('\uFEFF') ? text[1..] : text;
    }

    public static bool HasUtf8Mark(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]);

    /// <summary>True for big endian, null for no UTF-16.</summary>
    static bool? Utf16(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith("<\0"u8) ? false
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || bytes.StartsWith("\0<"u8) ? true
        : null;

    static string? Declared(string head) => DeclaredEncoding().Match(head) is { Success: true } match ? match.Groups["name"].Value : null;

    static bool IsWestern(string? name) => name is not null && WesternNames().IsMatch(name);

    static FormatException Disagrees(string declared) => new($"it says it were {declared}, and it is not");

    [GeneratedRegex("""<\?xml\s[^>]*?encoding\s*=\s*["'](?<name>[^"'<>]*)["']""", RegexOptions.IgnoreCase)]
    private static partial Regex DeclaredEncoding();

    [GeneratedRegex("^(windows-1252|iso-8859-1|latin-?1|us-ascii)$", RegexOptions.IgnoreCase)]
    private static partial Regex WesternNames();
}
