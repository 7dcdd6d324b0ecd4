using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Albumen.Daemon.WebDav;

/// <summary>The part of a file that a Range header asks for (RFC 9110, 14). First and length in bytes.</summary>
readonly record struct ByteRange(long First, long Length)
{
    /// <summary>
    /// The part to send. Null, for the whole file, when the header is absent, malformed, in another unit, or names parts with gaps between
    /// them: we do not make multipart answers, and a server may always send everything (RFC 9110, 14.2).
    /// </summary>
    /// <param name="isUnsatisfiable">No part of it lies within the file: 416.</param>
    public static ByteRange? Choose(StringValues header, long sizeInBytes, out bool isUnsatisfiable)
    {
        isUnsatisfiable = false;
        if (header.Count != 1 || !RangeHeaderValue.TryParse(header.ToString(), out RangeHeaderValue? parsed) || !parsed.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)) return null;
        List<(long First, long End)> parts = [];
        foreach (RangeItemHeaderValue range in parsed.Ranges)
        {
            // "-500" is the last 500; "500-" all from there.
            long first = range.From ?? Math.Max(0, sizeInBytes - range.To!.Value);
            long end = range.From is null || range.To is null ? sizeInBytes : Math.Min(sizeInBytes, range.To.Value == long.MaxValue ? long.MaxValue : range.To.Value + 1);
            if (first < end) parts.Add((first, end));
        }
        if (parts.Count == 0)
        {
            isUnsatisfiable = true;
            return null;
        }
        parts.Sort();
        (long from, long to) = parts[0];
        foreach ((long first, long end) in parts)
        {
            if (first > to) return null;
            to = Math.Max(to, end);
        }
        return new(from, to - from);
    }
}
