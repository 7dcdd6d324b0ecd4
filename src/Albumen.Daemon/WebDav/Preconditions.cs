using Microsoft.AspNetCore.Http.Headers;
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
