using System.Text;

namespace Albumen.Catalog.Metadata;

/// <summary>The text fields of an IPTC-IIM application record (IIM 4.2), as Photoshop and photo desks write them.</summary>
sealed class IptcRecord
{
    const int MostFields = 4096;

    readonly List<(byte Number, byte[] Value)> _fields = [];
    bool _utf8;

    /// <summary>Reads until the bytes stop making sense.</summary>
    public static IptcRecord Read(ReadOnlySpan<byte> bytes)
    {
        IptcRecord record = new();
        while (bytes.Length >= 5 && bytes[0] == 0x1C && record._fields.Count < MostFields)
        {
            int length = bytes[3] << 8 | bytes[4];
            // Lengths of 32 KB and more have a form of their own, which no text field needs.
            if (length > 0x7FFF || 5 + length > bytes.Length) break;
            ReadOnlySpan<byte> value = bytes.Slice(5, length);
            if (bytes[1] == 1 && bytes[2] == 90) record._utf8 = value.SequenceEqual((ReadOnlySpan<byte>)[0x1B, (byte)'%', (byte)'G']);
            if (bytes[1] == 2) record._fields.Add((bytes[2], value.ToArray()));
            bytes = bytes[(5 + length)..];
        }
        return record;
    }

    public string? Title => Text(5);

    public string? Caption => Text(120);

    public IEnumerable<string> Keywords => _fields.Where(f => f.Number == 25).Select(f => Decode(f.Value)).OfType<string>();

    /// <summary><c>20240714</c></summary>
    public string? DateCreated => Text(55);

    /// <summary><c>153012+0200</c></summary>
    public string? TimeCreated => Text(60);

    string? Text(byte number) => _fields.Find(f => f.Number == number).Value is { } value ? Decode(value) : null;

    // Without 1:90 the standard says Latin-1, but much software wrote UTF-8 and said nothing; what is valid UTF-8 is hardly ever anything else.
    string? Decode(byte[] value) => _utf8 ? Encoding.UTF8.GetString(value).Trim('\0', ' ') is { Length: > 0 } text ? text : null : TiffValue.Decode(value);
}
