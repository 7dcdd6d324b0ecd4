using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// PROPPATCH (RFC 4918, 9.2): all or nothing. What we compute cannot be set, but the modification time can; everything else is kept as it came
/// and told again.
/// </summary>
sealed class Proppatch(TreeWriter writer, PathProperties properties, WriteGuard guard)
{
    static readonly PropertyName Win32Modified = new(PropertyName.Win32, "Win32LastModifiedTime");
    // The second is what rclone sets when a server does not take X-OC-Mtime.
    static readonly PropertyName[] Modified = [new(PropertyName.Dav, "getlastmodified"), new(PropertyName.Dav, "lastmodified"), Win32Modified];

    public async Task AnswerAsync(HttpContext context, RequestPath path, Viewer viewer)
    {
        Spot spot = writer.Find(path.Text, viewer);
        if (FolderRules.Refusal(spot.OwnKind, TreeOperation.SetProperties) is { } refusal)
        {
            await TreeAnswers.SendAsync(context, refusal, spot.Kind);
            return;
        }
        if (spot.Node is not { } node)
        {
            await TreeAnswers.SendAsync(context, new TreeAnswer.Missing(), spot.Kind);
            return;
        }
        if (await guard.AdmitAsync(context, path, node, viewer, new Touched(path.Text)) is null) return;
        if (await XmlBody.ParseAsync(context, PropertyUpdate.Parse) is not { } update) return;

        int[] verdicts = [.. update.Changes.Select(Judge)];
        bool isFine = Array.TrueForAll(verdicts, v => v == StatusCodes.Status200OK);
        if (isFine)
        {
            await properties.SetAsync(TreePath.KeyOf(node.Path), [.. update.Changes.Where(IsKept).Select(c => (c.Name.Namespace, c.Name.Local, c.Element))], context.RequestAborted);
            if (update.Changes.LastOrDefault(c => Modified.Contains(c.Name)) is { } last
                && await writer.SetModifiedAsync(path.Text, PropertyUpdate.Date(last.Text)!.Value, viewer, context.RequestAborted) is var answer and not TreeAnswer.Done)
            {
                await TreeAnswers.SendAsync(context, answer, spot.Kind);
                return;
            }
        }
        else
            // RFC 4918, 9.2.1: what would have been done depends on what could not.
            for (int i = 0; i < verdicts.Length; i++)
                if (verdicts[i] == StatusCodes.Status200OK) verdicts[i] = StatusCodes.Status424FailedDependency;
        await SendAsync(context, node, update, verdicts);
    }

    static bool IsKept(PropertyChange change) => !Modified.Contains(change.Name);

    static int Judge(PropertyChange change)
    {
        if (Modified.Contains(change.Name))
            return change.Element is null ? StatusCodes.Status403Forbidden : PropertyUpdate.Date(change.Text) is null ? StatusCodes.Status409Conflict : StatusCodes.Status200OK;
        return change.Name.Namespace != PropertyName.Win32 && LiveProperty.IsKnown(change.Name) ? StatusCodes.Status403Forbidden : StatusCodes.Status200OK;
    }

    static async Task SendAsync(HttpContext context, Node node, PropertyUpdate update, int[] verdicts)
    {
        context.Response.StatusCode = StatusCodes.Status207MultiStatus;
        context.Response.ContentType = "application/xml; charset=utf-8";
        using Utf8Writer body = new(1024);
        body.Raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\"><D:response><D:href>"u8);
        body.Href(node.Path, node.IsFolder);
        body.Raw("</D:href>"u8);
        foreach (IGrouping<int, PropertyName> same in update.Changes.Zip(verdicts).GroupBy(c => c.Second, c => c.First.Name))
        {
            body.Raw("<D:propstat><D:prop>"u8);
            foreach (PropertyName name in same.Distinct()) body.Raw(ResponseTemplate.Element(name));
            body.Raw("</D:prop><D:status>HTTP/1.1 "u8);
            body.Raw(same.Key switch
            {
                StatusCodes.Status200OK => "200 OK"u8,
                StatusCodes.Status403Forbidden => "403 Forbidden"u8,
                StatusCodes.Status409Conflict => "409 Conflict"u8,
                _ => "424 Failed Dependency"u8,
            });
            body.Raw("</D:status>"u8);
            if (same.Key == StatusCodes.Status403Forbidden) body.Raw("<D:error><D:cannot-modify-protected-property/></D:error>"u8);
            body.Raw("</D:propstat>"u8);
        }
        body.Raw("</D:response></D:multistatus>\n"u8);
        context.Response.ContentLength = body.Count;
        await context.Response.Body.WriteAsync(body.Written, context.RequestAborted);
    }
}
