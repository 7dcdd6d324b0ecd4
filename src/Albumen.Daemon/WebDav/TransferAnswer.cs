using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>COPY and MOVE (RFC 4918, 9.8 and 9.9).</summary>
sealed class TransferAnswer(TreeWriter writer, WriteGuard guard)
{
    public async Task AnswerAsync(HttpContext context, RequestPath path, Viewer viewer, bool isMove)
    {
        HttpRequest request = context.Request;
        Spot source = writer.Find(path.Text, viewer);
        // Two of them would be read as one.
        string url = request.Headers["Destination"] is { Count: 1 } told ? told.ToString() : "";
        string depth = request.Headers["Depth"].ToString().Trim().ToLowerInvariant();
        bool? overwrite = request.Headers["Overwrite"].ToString().Trim().ToUpperInvariant() switch { "" or "T" => true, "F" => false, _ => null };
        RequestPath? to = Destination.Parse(url, request, out bool isForeign);
        if (isForeign) await DavError.SendAsync(context, StatusCodes.Status502BadGateway, "", "The destination is on another server.");
        else if (to is null) await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "The Destination header names no path.");
        else if (overwrite is null) await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "Overwrite is T or F.");
        else if (!(depth is "" or "infinity" || (depth == "0" && !(isMove && source.Node is { IsFolder: true }))))
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", isMove ? "A folder is moved with all that is in it." : "The Depth of a copy is 0 or infinity.");
        else
        {
            Spot target = writer.Find(to.Text, viewer);
            if (TreeWriter.RefuseTransfer(source, target, isMove) is { } refusal)
            {
                await TreeAnswers.SendAsync(context, refusal, target.Kind);
                return;
            }
            Touched there = new(to.Text, Membership: target.Node is null, Deep: true);
            Touched[] touched = isMove ? [new(path.Text, Membership: true, Deep: true), there] : [there];
            if (await guard.AdmitAsync(context, path, source.Node, viewer, touched) is not { } holds) return;
            TreeAnswer answer = isMove
                ? await writer.MoveAsync(path.Text, to.Text, overwrite.Value, holds, viewer, context.RequestAborted)
                : await writer.CopyAsync(path.Text, to.Text, isDeep: depth != "0", overwrite.Value, holds, viewer, context.RequestAborted);
            await ClientTime.SetAsync(context, writer, to.Text, answer, viewer);
            await TreeAnswers.SendAsync(context, answer, target.Kind, exists: StatusCodes.Status412PreconditionFailed);
        }
    }
}
