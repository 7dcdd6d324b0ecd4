using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>What became of a change, as a status and a reason (RFC 4918, 9).</summary>
static class TreeAnswers
{
    /// <param name="exists">The status where something is in the way: 405 for PUT and MKCOL, 412 for COPY and MOVE.</param>
    public static Task SendAsync(HttpContext context, TreeAnswer answer, FolderKind kind, int exists = StatusCodes.Status405MethodNotAllowed)
    {
        switch (answer)
        {
            case TreeAnswer.Done done:
                return DoneAsync(context, done);
            case TreeAnswer.Refused refused:
                return DavError.SendAsync(context, StatusCodes.Status403Forbidden, $"<a:{refused.Code}/>", refused.Sentence);
            case TreeAnswer.Missing:
                return DavError.SendAsync(context, StatusCodes.Status404NotFound, "", "Nothing is here.");
            case TreeAnswer.NoParent:
                return DavError.SendAsync(context, StatusCodes.Status409Conflict, "", "The folder it should lie in is not there.");
            case TreeAnswer.Exists:
                // RFC 9110, 15.5.6: with what would be allowed.
                if (exists == StatusCodes.Status405MethodNotAllowed) context.Response.Headers.Allow = Methods.AllowedIn(kind, but: context.Request.Method);
                return DavError.SendAsync(context, exists, "", "Something is here already.");
            case TreeAnswer.Changed:
                return DavError.SendAsync(context, StatusCodes.Status412PreconditionFailed, "", "It was changed meanwhile.");
            case TreeAnswer.NoSpace:
                return DavError.SendAsync(context, StatusCodes.Status507InsufficientStorage, "<D:sufficient-disk-space/>", "There is no room for it on the disk.");
            case TreeAnswer.Failed failed:
                context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(TreeAnswers)).NotNow(context.Request.Method, context.Request.Path, failed.Sentence);
                return NotNowAsync(context);
            default:
                throw new InvalidOperationException($"{answer} has no status.");
        }
    }

    /// <summary>Says that something fails here, but not what: that names folders and disks of the server, and stands in the log.</summary>
    public static Task NotNowAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "30";
        return DavError.SendAsync(context, StatusCodes.Status503ServiceUnavailable, "", "This cannot be done at the moment; try again later. The server's log says why.");
    }

    static Task DoneAsync(HttpContext context, TreeAnswer.Done done)
    {
        HttpResponse response = context.Response;
        response.StatusCode = done.IsNew ? StatusCodes.Status201Created : StatusCodes.Status204NoContent;
        if (done.Node is { IsFolder: false } node)
        {
            response.Headers.ETag = node.ETag;
            response.Headers.LastModified = node.Modified.ToString("R");
        }
        if (done is { IsElsewhere: true, Node: { } other })
        {
            // RFC 9110, 8.7 and 10.2.2: it got another name than was asked for.
            using Utf8Writer href = new(256);
            href.Href(other.Path, other.IsFolder);
            response.Headers.ContentLocation = System.Text.Encoding.UTF8.GetString(href.Written.Span);
            if (done.IsNew) response.Headers.Location = response.Headers.ContentLocation;
        }
        if (done.Node?.Id is { } id) response.Headers["OC-FileId"] = id;
        if (done.IsNew) response.ContentLength = 0;
        return Task.CompletedTask;
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot do {Method} {Path}; clients are told to try again later: {Reason}")]
    public static partial void NotNow(this ILogger logger, string method, string path, string reason);
}
