using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>LOCK and UNLOCK (RFC 4918, 9.10 and 9.11). A lock where nothing is makes an empty file there.</summary>
sealed class LockAnswer(TreeWriter writer, PathLocks locks, WriteGuard guard)
{
    public async Task LockAsync(HttpContext context, RequestPath path, Viewer viewer)
    {
        HttpRequest request = context.Request;
        Spot spot = writer.Find(path.Text, viewer);
        if (FolderRules.Refusal(spot.OwnKind, TreeOperation.Lock) is { } refusal)
        {
            await TreeAnswers.SendAsync(context, refusal, spot.Kind);
            return;
        }
        TimeSpan? timeout = LockRequest.Timeout(request.Headers["Timeout"].ToString());
        if (await XmlBody.ReadAsync(request.BodyReader, context.RequestAborted) is not { } body)
        {
            await DavError.SendAsync(context, StatusCodes.Status413PayloadTooLarge, "", $"A body of XML has at most {XmlBody.LimitInBytes} bytes.");
            return;
        }
        if (body.Length == 0) await RefreshAsync(context, path, spot, timeout, viewer);
        else await TakeAsync(context, path, spot, body, timeout, viewer);
    }

    public async Task UnlockAsync(HttpContext context, RequestPath path, Viewer viewer)
    {
        Spot spot = writer.Find(path.Text, viewer);
        if (FolderRules.Refusal(spot.OwnKind, TreeOperation.Lock) is { } refusal)
        {
            await TreeAnswers.SendAsync(context, refusal, spot.Kind);
            return;
        }
        // Some clients leave out the brackets.
        string token = context.Request.Headers["Lock-Token"].ToString().Trim().TrimStart('<').TrimEnd('>');
        if (token.Length == 0) await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "UNLOCK needs a Lock-Token header.");
        else if (guard.LocksOn(path.Text, viewer).FirstOrDefault(l => l.Token == token) is not { } held)
            await DavError.SendAsync(context, StatusCodes.Status409Conflict, "<D:lock-token-matches-request-uri/>", "Nothing is locked with this token here.");
        else if (held.Person != viewer.Name) await DavError.SendAsync(context, StatusCodes.Status403Forbidden, "<a:lock-of-another-person/>", "This lock is another person's.");
        else
        {
            await locks.ReleaseAsync(held);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    async Task RefreshAsync(HttpContext context, RequestPath path, Spot spot, TimeSpan? timeout, Viewer viewer)
    {
        if (!IfHeader.TryParse(context.Request.Headers["If"].ToString(), out IfHeader? condition))
        {
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "A lock is asked for with a body, and renewed with an If header.");
            return;
        }
        if (await guard.AdmitAsync(context, path, spot.Node, viewer) is null) return;
        HashSet<string> tokens = [.. condition.Tokens];
        if (guard.LocksOn(path.Text, viewer).FirstOrDefault(l => tokens.Contains(l.Token) && l.Person == viewer.Name) is { } held
            && await locks.RefreshAsync(held.Token, timeout) is { } renewed)
            await SendAsync(context, renewed, StatusCodes.Status200OK, isNew: false);
        else await DavError.SendAsync(context, StatusCodes.Status412PreconditionFailed, "<D:lock-token-matches-request-uri/>", "Nothing is locked with this token here.");
    }

    async Task TakeAsync(HttpContext context, RequestPath path, Spot spot, Stream body, TimeSpan? timeout, Viewer viewer)
    {
        bool? isDeep = context.Request.Headers["Depth"].ToString().Trim().ToLowerInvariant() switch { "0" => false, "" or "infinity" => true, _ => null };
        if (isDeep is null)
        {
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "The Depth of a lock is 0 or infinity.");
            return;
        }
        LockRequest wanted;
        try
        {
            wanted = LockRequest.Parse(body);
        }
        catch (System.Xml.XmlException error)
        {
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", error.Message);
            return;
        }
        if (spot.Node is null && writer.RefusePut(spot, 0, viewer) is { } cannot)
        {
            await TreeAnswers.SendAsync(context, cannot, spot.Kind);
            return;
        }
        // A new name in a folder is the folder's affair too.
        Touched[] touched = spot.Node is null && TreePath.FolderOf(path.Text) is { } folder ? [new(folder)] : [];
        if (await guard.AdmitAsync(context, path, spot.Node, viewer, touched) is not { } holds) return;

        // A lock on a file has nothing below it, so a deep one is the same.
        string shown = spot.Node is { IsFolder: true } there ? there.Path + "/" : spot.LockedAt;
        (PathLock? taken, IReadOnlyList<PathLock> inTheWay) = await locks.TakeAsync(
            shown, wanted.IsExclusive, isDeep.Value, viewer.Name, wanted.Owner, timeout);
        if (taken is null)
        {
            await SendConflictAsync(context, shown, inTheWay);
            return;
        }
        bool isNew = spot.Node is null;
        try
        {
            if (isNew)
            {
                using Upload empty = writer.Receive(spot);
                if (await writer.PutAsync(path.Text, empty, null, now => now is null, viewer, context.RequestAborted) is var made and not TreeAnswer.Done)
                {
                    await locks.ReleaseAsync(taken);
                    await TreeAnswers.SendAsync(context, made, spot.Kind);
                    return;
                }
            }
            await SendAsync(context, taken, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, isNew: true);
        }
        catch
        {
            // Nobody has heard its token.
            await locks.ReleaseAsync(taken);
            throw;
        }
    }

    static async Task SendConflictAsync(HttpContext context, string path, IReadOnlyList<PathLock> inTheWay)
    {
        if (inTheWay.Count == 0)
        {
            await DavError.SendAsync(context, StatusCodes.Status503ServiceUnavailable, "", "There are too many locks; some programs do not unlock.");
            return;
        }
        string key = TreePath.KeyOf(path);
        if (inTheWay.Any(l => !TreePath.IsAbove(key, l.Key)))
        {
            await WriteGuard.SendLockedAsync(context, "no-conflicting-lock", inTheWay[0]);
            return;
        }
        // RFC 4918, 9.10.6: something below is locked, and the answer names it.
        context.Response.StatusCode = StatusCodes.Status207MultiStatus;
        context.Response.ContentType = "application/xml; charset=utf-8";
        using Utf8Writer body = new(1024);
        body.Raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">"u8);
        foreach (string locked in inTheWay.Select(l => l.Path).Distinct().Take(100)) Response(locked, "423 Locked");
        Response(path, "424 Failed Dependency");
        body.Raw("</D:multistatus>\n"u8);
        context.Response.ContentLength = body.Count;
        await context.Response.Body.WriteAsync(body.Written, context.RequestAborted);

        void Response(string href, string status)
        {
            body.Raw("<D:response><D:href>"u8);
            body.Href(href, isFolder: false);
            body.Raw($"</D:href><D:status>HTTP/1.1 {status}</D:status></D:response>");
        }
    }

    async Task SendAsync(HttpContext context, PathLock held, int status, bool isNew)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml; charset=utf-8";
        // RFC 4918, 9.10.1: only a new lock's token stands in the header.
        if (isNew) context.Response.Headers["Lock-Token"] = $"<{held.Token}>";
        using Utf8Writer body = new(1024);
        body.Raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:prop xmlns:D=\"DAV:\"><D:lockdiscovery>"u8);
        LockText.Write(body, [held], locks);
        body.Raw("</D:lockdiscovery></D:prop>\n"u8);
        context.Response.ContentLength = body.Count;
        await context.Response.Body.WriteAsync(body.Written, context.RequestAborted);
    }
}
