using System.Globalization;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>When the client's file was changed, in seconds since 1970: ownCloud's header <c>X-OC-Mtime</c>, which sync programs send.</summary>
static class ClientTime
{
    const string Header = "X-OC-Mtime";

    /// <returns>Null where it is not told, or is no time.</returns>
    public static DateTimeOffset? Of(HttpRequest request) =>
        request.Headers[Header].ToString() is { Length: > 0 } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is > -60_000_000_000 and < 250_000_000_000
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    /// <summary>Dates what was done at a path, where the client told a time.</summary>
    public static async Task SetAsync(HttpContext context, TreeWriter writer, string path, TreeAnswer answer, Viewer viewer)
    {
        if (answer is TreeAnswer.Done && Of(context.Request) is { } modified && await writer.SetModifiedAsync(path, modified, viewer, context.RequestAborted) is TreeAnswer.Done) Accept(context.Response);
    }

    /// <summary>Tells the client that its time is kept.</summary>
    public static void Accept(HttpResponse response) => response.Headers[Header] = "accepted";
}
