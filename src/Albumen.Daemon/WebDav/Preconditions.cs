using Albumen.Tree;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Albumen.Daemon.WebDav;

enum Verdict { Proceed, NotModified, Failed }

/// <summary>Conditional GET and HEAD, in the order of RFC 9110, 13.2.2. An ETag says more than a date, so a date counts only where no ETag is given.</summary>
static class Preconditions
{
    public static Verdict Judge(HttpRequest request, EntityTagHeaderValue? tag, DateTimeOffset modified)
    {
        IHeaderDictionary headers = request.Headers;
        RequestHeaders typed = request.GetTypedHeaders();
        if (headers.IfMatch.Count > 0)
        {
            // One that cannot be read (no quotes) matches nothing: a lost update would be worse.
            if (!Matches(typed.IfMatch, tag, strongly: true)) return Verdict.Failed;
        }
        else if (typed.IfUnmodifiedSince is { } unmodified && modified > unmodified) return Verdict.Failed;

        if (headers.IfNoneMatch.Count > 0) return Matches(typed.IfNoneMatch, tag, strongly: false) ? Verdict.NotModified : Verdict.Proceed;
        return typed.IfModifiedSince is { } since && modified <= since ? Verdict.NotModified : Verdict.Proceed;
    }

    /// <summary>Whether what lies there (null: nothing) is what a request to change it expects: RFC 9110, 13.1.</summary>
    public static bool AllowWriting(HttpRequest request, Node? node)
    {
        IHeaderDictionary headers = request.Headers;
        if (headers.IfMatch.Count == 0 && headers.IfNoneMatch.Count == 0 && headers.IfUnmodifiedSince.Count == 0) return true;
        RequestHeaders typed = request.GetTypedHeaders();
        EntityTagHeaderValue? tag = EntityTagHeaderValue.TryParse(node?.ETag, out EntityTagHeaderValue? parsed) ? parsed : null;
        if (headers.IfMatch.Count > 0)
        {
            if (node is null || !Matches(typed.IfMatch, tag, strongly: true)) return false;
        }
        else if (typed.IfUnmodifiedSince is { } unmodified && node is not null && WholeSeconds(node.Modified) > unmodified) return false;
        return headers.IfNoneMatch.Count == 0 || node is null || !Matches(typed.IfNoneMatch, tag, strongly: false);
    }

    /// <summary>Dates in headers have whole seconds (RFC 9110, 5.6.7).</summary>
    public static DateTimeOffset WholeSeconds(DateTimeOffset time) => new(time.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    /// <summary>Whether the client's part belongs to these bytes, so that a range may follow it (RFC 9110, 13.1.5).</summary>
    public static bool RangeHolds(HttpRequest request, EntityTagHeaderValue? tag, DateTimeOffset modified)
    {
        if (request.Headers.IfRange.Count == 0) return true;
        RangeConditionHeaderValue? condition = request.GetTypedHeaders().IfRange;
        return condition?.EntityTag is { } wanted ? tag is not null && wanted.Compare(tag, useStrongComparison: true) : condition?.LastModified == modified;
    }

    static bool Matches(IEnumerable<EntityTagHeaderValue> tags, EntityTagHeaderValue? tag, bool strongly) =>
        tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || (tag is not null && t.Compare(tag, strongly)));
}

/// <summary>A part of a file that a Range header asks for (RFC 9110, 14). First and length in bytes.</summary>
readonly record struct ByteRange(long First, long Length)
{
    // Who asks for more crumbs than that is better served with the loaf.
    const int MostParts = 16;

    /// <summary>
    /// The parts to send, in the order they are asked for; those that touch are one (RFC 9110, 15.3.7.2). Null, for the whole file, when the header is absent, malformed, in
    /// another unit, or names very many parts: a server may always send everything (RFC 9110, 14.2).
    /// </summary>
    /// <returns>Empty when no part of it lies within the file: 416.</returns>
    public static IReadOnlyList<ByteRange>? Choose(StringValues header, long sizeInBytes)
    {
        if (header.Count != 1 || !RangeHeaderValue.TryParse(header.ToString(), out RangeHeaderValue? parsed) || !parsed.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)) return null;
        List<(long First, long End, int Asked)> wanted = [];
        foreach (RangeItemHeaderValue range in parsed.Ranges)
        {
            // "-500" is the last 500; "500-" all from there.
            long first = range.From ?? Math.Max(0, sizeInBytes - range.To!.Value);
            long end = range.From is null || range.To is null ? sizeInBytes : Math.Min(sizeInBytes, range.To.Value == long.MaxValue ? long.MaxValue : range.To.Value + 1);
            if (first < end) wanted.Add((first, end, wanted.Count));
        }
        wanted.Sort();
        List<(long First, long End, int Asked)> parts = [];
        foreach ((long first, long end, int asked) in wanted)
            if (parts.Count > 0 && first <= parts[^1].End) parts[^1] = (parts[^1].First, Math.Max(end, parts[^1].End), Math.Min(asked, parts[^1].Asked));
            else parts.Add((first, end, asked));
        return parts.Count > MostParts ? null : [.. parts.OrderBy(part => part.Asked).Select(part => new ByteRange(part.First, part.End - part.First))];
    }

    public long End => First + Length;

    /// <summary>As Content-Range has it.</summary>
    public string Of(long sizeInBytes) => $"bytes {First}-{End - 1}/{sizeInBytes}";
}
