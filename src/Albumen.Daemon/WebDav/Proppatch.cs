using Albumen.Catalog;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// PROPPATCH (RFC 4918, 9.2): all or nothing. What we compute cannot be set, but the modification time can, and what people say of a photo
/// (<see cref="PhotoProperty"/>), which becomes one operation of the journal; everything else is kept as it came and told again.
/// </summary>
sealed class Proppatch(TreeWriter writer, PathProperties properties, WriteGuard guard)
{
    static readonly PropertyName Win32Modified = new(SetTime.Namespace, SetTime.Name);
    // The second is what rclone sets when a server does not take X-OC-Mtime.
    static readonly PropertyName[] Modified = [new(PropertyName.Dav, "getlastmodified"), new(PropertyName.Dav, "lastmodified"), Win32Modified];

    static readonly Verdict Fine = new("200 OK", null);
    static readonly Verdict Protected = new("403 Forbidden", "<D:cannot-modify-protected-property/>");
    static readonly Verdict NoValue = new("409 Conflict", null);
    static readonly Verdict NoRoom = new("507 Insufficient Storage", null) { Message = $"All that clients keep at one path has at most {PathProperties.MostBytes} bytes." };
    static readonly Verdict Dependent = new("424 Failed Dependency", null);

    public async Task AnswerAsync(HttpContext context, RequestPath path, Viewer viewer)
    {
        Spot spot = writer.Find(path.Text, viewer);
        TreeAnswer.Refused? noProperties = FolderRules.Refusal(spot.OwnKind, TreeOperation.SetProperties), noFacts = FolderRules.Refusal(spot.OwnKind, TreeOperation.SetFacts);
        if (noProperties is not null && noFacts is not null)
        {
            await TreeAnswers.SendAsync(context, noProperties, spot.Kind);
            return;
        }
        if (spot.Node is not { } node)
        {
            await TreeAnswers.SendAsync(context, noProperties ?? (TreeAnswer)new TreeAnswer.Missing(), spot.Kind);
            return;
        }
        if (await XmlBody.ParseAsync(context, PropertyUpdate.Parse) is not { } update) return;
        if (await guard.AdmitAsync(context, path, node, viewer, new Touched(path.Text)) is not { } holds) return;
        if (noProperties is not null && !update.Changes.Any(c => PhotoProperty.Find(c.Name) is not null && node.Asset is not null))
        {
            await TreeAnswers.SendAsync(context, noProperties, spot.Kind);
            return;
        }

        Verdict[] verdicts = [.. update.Changes.Select(c => Judge(c, node, noProperties, noFacts))];
        if (!properties.HasRoom(TreePath.KeyOf(node.Path), Kept(update))) verdicts = [.. update.Changes.Zip(verdicts, (c, v) => v == Fine && IsKept(c) && c.Element is not null ? NoRoom : v)];
        if (!Array.TrueForAll(verdicts, v => v == Fine))
            // RFC 4918, 9.2.1: what would have been done depends on what could not.
            verdicts = [.. verdicts.Select(v => v == Fine ? Dependent : v)];
        else if (await DoAsync(path, update, holds, viewer, context.RequestAborted) is var answer and not TreeAnswer.Done)
        {
            await TreeAnswers.SendAsync(context, answer, spot.Kind);
            return;
        }
        await SendAsync(context, node, update, verdicts);
    }

    Task<TreeAnswer> DoAsync(RequestPath path, PropertyUpdate update, Func<Node?, bool> holds, Viewer viewer, CancellationToken cancellationToken) => writer.DescribeAsync(
        path.Text,
        Kept(update),
        update.Changes.LastOrDefault(c => Modified.Contains(c.Name)) is { } last ? PropertyUpdate.Date(last.Text) : null,
        [.. update.Changes.Select(c => PhotoProperty.Find(c.Name)?.ToEdit(c)).OfType<Edit>()],
        holds, viewer, cancellationToken);

    static (string Namespace, string Name, string? Element)[] Kept(PropertyUpdate update) => [.. update.Changes.Where(IsKept).Select(c => (c.Name.Namespace, c.Name.Local, c.Element))];

    static bool IsKept(PropertyChange change) => !Modified.Contains(change.Name) && PhotoProperty.Find(change.Name) is null;

    static Verdict Judge(PropertyChange change, Node node, TreeAnswer.Refused? noProperties, TreeAnswer.Refused? noFacts)
    {
        if (PhotoProperty.Find(change.Name) is { } property)
        {
            if (noFacts is not null) return Refused(noFacts);
            if (property.Field is null) return Protected;
            if (node.Asset is null) return Refused(TreeAnswer.NoPhoto);
            try
            {
                property.ToEdit(change);
                return Fine;
            }
            catch (FormatException error)
            {
                return NoValue with { Message = error.Message };
            }
        }
        if (noProperties is not null) return Refused(noProperties);
        if (Modified.Contains(change.Name)) return change.Element is null ? Protected : PropertyUpdate.Date(change.Text) is null ? NoValue : Fine;
        return change.Name.Namespace != PropertyName.Win32 && LiveProperty.IsKnown(change.Name) ? Protected : Fine;
    }

    static Verdict Refused(TreeAnswer.Refused refusal) => Protected with { Condition = $"<a:{refusal.Code} xmlns:a=\"{PropertyName.Albumen}\"/>", Message = refusal.Sentence };

    static async Task SendAsync(HttpContext context, Node node, PropertyUpdate update, Verdict[] verdicts)
    {
        context.Response.StatusCode = StatusCodes.Status207MultiStatus;
        context.Response.ContentType = "application/xml; charset=utf-8";
        using Utf8Writer body = new(1024);
        body.Raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\"><D:response><D:href>"u8);
        body.Href(node.Path, node.IsFolder);
        body.Raw("</D:href>"u8);
        foreach (IGrouping<Verdict, PropertyName> same in update.Changes.Zip(verdicts).GroupBy(c => c.Second, c => c.First.Name))
        {
            body.Raw("<D:propstat><D:prop>"u8);
            foreach (PropertyName name in same.Distinct()) body.Raw(ResponseTemplate.Element(name));
            body.Raw($"</D:prop><D:status>HTTP/1.1 {same.Key.Line}</D:status>");
            if (same.Key.Condition is { } condition) body.Raw($"<D:error>{condition}</D:error>");
            if (same.Key.Message is { } message)
            {
                body.Raw("<D:responsedescription>"u8);
                body.Text(message);
                body.Raw("</D:responsedescription>"u8);
            }
            body.Raw("</D:propstat>"u8);
        }
        body.Raw("</D:response></D:multistatus>\n"u8);
        context.Response.ContentLength = body.Count;
        await context.Response.Body.WriteAsync(body.Written, context.RequestAborted);
    }

    /// <summary>What becomes of one change.</summary>
    /// <param name="Line">The status.</param>
    /// <param name="Condition">The element that names the reason; null for none.</param>
    sealed record Verdict(string Line, string? Condition)
    {
        /// <summary>For people.</summary>
        public string? Message { get; init; }
    }
}
