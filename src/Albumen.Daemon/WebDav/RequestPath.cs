using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// Where a request points: read from the request line as it was sent, split at its slashes first and then decoded, each segment exactly once.
/// So <c>%2F</c> never becomes a separator, and nothing that was decoded is looked at again.
/// </summary>
/// <remarks>Not from <c>HttpRequest.Path</c>: there dot segments are gone, <c>%5C</c> is decoded, <c>%2F</c> and bytes that are no UTF-8 are not.</remarks>
sealed class RequestPath
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    RequestPath(IReadOnlyList<string> names, string query) => (Names, Query) = (names, query);

    public IReadOnlyList<string> Names { get; }

    /// <summary>With its question mark, or empty.</summary>
    public string Query { get; }

    /// <summary>Decoded, absolute, without a slash at its end; the root is <c>/</c>.</summary>
    public string Text => "/" + string.Join('/', Names);

    /// <summary>Reads a request target (RFC 9112, 3.2: <c>/path?query</c>, or a whole URL).</summary>
    /// <returns>False for what no path can be: torn escapes, no UTF-8, a NUL, an encoded slash, <c>.</c> and <c>..</c>.</returns>
    public static bool TryParse(string target, [NotNullWhen(true)] out RequestPath? path)
    {
        path = null;
        if (!target.StartsWith('/'))
        {
            int authority = target.IndexOf("://", StringComparison.Ordinal);
            if (authority is not (4 or 5)) return false;
            int slash = target.IndexOf('/', authority + 3);
            target = slash < 0 ? "/" : target[slash..];
        }
        int mark = target.IndexOf('?');
        (string raw, string query) = mark < 0 ? (target, "") : (target[..mark], target[mark..]);
        if (raw.Contains('#')) return false;

        List<string> names = [];
        foreach (string segment in raw.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Decode(segment) is not { } name || name is "." or ".." || name.AsSpan().ContainsAny('/', '\0')) return false;
            names.Add(name);
        }
        path = new(names, query);
        return true;
    }

    static string? Decode(string segment)
    {
        if (!segment.Contains('%')) return segment;
        byte[] bytes = new byte[segment.Length];
        int count = 0;
        for (int i = 0; i < segment.Length; i++)
        {
            if (segment[i] != '%') bytes[count++] = (byte)segment[i];
            else if (i + 2 < segment.Length && char.IsAsciiHexDigit(segment[i + 1]) && char.IsAsciiHexDigit(segment[i + 2]))
            {
                bytes[count++] = Convert.ToByte(segment.Substring(i + 1, 2), 16);
                i += 2;
            }
            else return null;
        }
        try
        {
            return Strict.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
