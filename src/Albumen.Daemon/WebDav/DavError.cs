namespace Albumen.Daemon.WebDav;

/// <summary>An answer that says no, and why: for programs an element (RFC 4918, 16), for people a sentence.</summary>
static class DavError
{
    /// <param name="condition">The element that names the reason, with prefix <c>D</c> (DAV:) or <c>a</c> (urn:albumen); may be empty.</param>
    public static async Task SendAsync(HttpContext context, int status, string condition, string message)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        // RFC 9110, 10.1.1: who waits to be asked for the body will not send it, and what comes next on this connection would be taken for it.
        if (context.Request.Headers.Expect.Count > 0) response.Headers.Connection = "close";
        response.ContentType = "application/xml; charset=utf-8";
        using Utf8Writer body = new(1024);
        body.Raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:error xmlns:D=\"DAV:\" xmlns:a=\"urn:albumen\">"u8);
        body.Raw(condition);
        body.Raw("<a:message>"u8);
        body.Text(message);
        body.Raw("</a:message></D:error>\n"u8);
        response.ContentLength = body.Count;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(body.Written, context.RequestAborted);
    }
}
