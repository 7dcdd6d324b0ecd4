using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Albumen.Daemon.WebDav;

/// <summary>Collects an answer's bytes in one pooled buffer that grows: constants are copied, values encoded in place, nothing becomes a string on the way.</summary>
sealed class Utf8Writer(int capacityInBytes) : IDisposable
{
    // RFC 3986, 3.3: what may stand unencoded in a segment, less the characters that XML, HTML or careless clients treat specially (& ' + ;).
    static readonly SearchValues<char> PlainInHref = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$()*,:@=");
    static readonly SearchValues<char> SpecialInText = SearchValues.Create("&<>\"'\uFFFE\uFFFF");

    byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacityInBytes);

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Count);

    public void Clear() => Count = 0;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Count += bytes.Length;
    }

    /// <summary>As it is; for text that needs no escape.</summary>
    public void Raw(string text) => Count += Encoding.UTF8.GetBytes(text, Room(text.Length * 3));

    /// <summary>Escaped for XML and HTML, in content and in quoted attributes.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        for (int special; (special = text.IndexOfAny(SpecialInText)) >= 0; text = text[(special + 1)..])
        {
            Count += Encoding.UTF8.GetBytes(text[..special], Room(special * 3));
            Raw(text[special] switch
            {
                '&' => "&amp;"u8,
                '<' => "&lt;"u8,
                '>' => "&gt;"u8,
                '"' => "&quot;"u8,
                '\'' => "&#39;"u8,
                // XML 1.0, 2.2: no characters at all, not even escaped.
                _ => "\uFFFD"u8,
            });
        }
        Count += Encoding.UTF8.GetBytes(text, Room(text.Length * 3));
    }

    /// <summary>One name as a segment of a URL's path, with upper-case escapes.</summary>
    public void Segment(ReadOnlySpan<char> name)
    {
        int special = name.IndexOfAnyExcept(PlainInHref);
        if (special < 0)
        {
            Count += Encoding.ASCII.GetBytes(name, Room(name.Length));
            return;
        }
        Span<byte> utf8 = stackalloc byte[256];
        if (name.Length * 3 > utf8.Length) utf8 = new byte[name.Length * 3];
        utf8 = utf8[..Encoding.UTF8.GetBytes(name, utf8)];
        Span<byte> room = Room(utf8.Length * 3);
        int at = 0;
        foreach (byte b in utf8)
        {
            if (b < 0x80 && PlainInHref.Contains((char)b)) room[at++] = b;
            else
            {
                (room[at], room[at + 1], room[at + 2]) = ((byte)'%', Hex(b >> 4), Hex(b & 15));
                at += 3;
            }
        }
        Count += at;

        static byte Hex(int digit) => "0123456789ABCDEF"u8[digit];
    }

    /// <summary>An absolute path of the tree as a URL's path.</summary>
    /// <param name="isFolder">Adds the slash at the end.</param>
    public void Href(string path, bool isFolder)
    {
        foreach (Range range in path.AsSpan(1).Split('/'))
        {
            if (path.Length == 1) break;
            Raw("/"u8);
            Segment(path.AsSpan(1)[range]);
        }
        if (isFolder) Raw("/"u8);
    }

    /// <summary>The ETag of an original, with its quotes: half of the SHA-256.</summary>
    public void Hash(ContentHash hash)
    {
        Span<byte> bytes = stackalloc byte[32], room = Room(34);
        hash.CopyTo(bytes);
        room[0] = room[33] = (byte)'"';
        Convert.TryToHexStringLower(bytes[..16], room[1..], out _);
        Count += 34;
    }

    public void Number(long number)
    {
        Utf8Formatter.TryFormat(number, Room(20), out int written);
        Count += written;
    }

    /// <summary><c>Sun, 14 Jul 2024 13:30:12 GMT</c> (RFC 9110, 5.6.7).</summary>
    public void HttpDate(DateTimeOffset time)
    {
        time.UtcDateTime.TryFormat(Room(29), out int written, "R");
        Count += written;
    }

    /// <summary><c>2024-07-14T13:30:12Z</c> (RFC 3339).</summary>
    public void IsoDate(DateTimeOffset time)
    {
        Span<byte> room = Room(20);
        // "u" is the same but for the T, and needs no format to be interpreted.
        time.UtcDateTime.TryFormat(room, out int written, "u");
        room[10] = (byte)'T';
        Count += written;
    }

    Span<byte> Room(int length)
    {
        if (_bytes.Length - Count < length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Count + length));
            _bytes.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        return _bytes.AsSpan(Count);
    }
}
