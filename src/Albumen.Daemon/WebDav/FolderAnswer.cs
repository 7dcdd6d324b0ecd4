using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>MKCOL and DELETE (RFC 4918, 9.3 and 9.6).</summary>
sealed class FolderAnswer(TreeWriter writer, WriteGuard guard)
{
    public async Task MakeAsync(HttpContext context, RequestPath path, Viewer viewer)
    {
        Spot spot = writer.Find(path.Text, viewer);
        if (await HasBodyAsync(context.Request))
        {
            TreeAnswer? refusal = FolderRules.Refusal(spot.Kind, TreeOperation.MakeFolder);
            if (refusal is not null) await TreeAnswers.SendAsync(context, refusal, spot.Kind);
            else await DavError.SendAsync(context, StatusCodes.Status415UnsupportedMediaType, "", "A folder is made without a body.");
            return;
        }
        Touched[] touched = spot.Node is null ? [new(path.Text, Membership: true)] : [];
        if (await guard.AdmitAsync(context, path, spot.Node, viewer, touched) is not { } holds) return;
        TreeAnswer answer = await writer.MakeFolderAsync(path.Text, holds, viewer, context.RequestAborted);
        await ClientTime.SetAsync(context, writer, path.Text, answer, viewer);
        await TreeAnswers.SendAsync(context, answer, spot.OwnKind);
    }

    public async Task DeleteAsync(HttpContext context, RequestPath path, Viewer viewer)
    {
        Spot spot = writer.Find(path.Text, viewer);
        // What can never be done is said before who holds a lock.
        if (writer.RefuseDelete(spot) is { } refusal)
        {
            await TreeAnswers.SendAsync(context, refusal, spot.Kind);
            return;
        }
        // RFC 4918, 9.6.1: a folder goes with all that is in it.
        if (spot.Node is { IsFolder: true } && context.Request.Headers["Depth"].ToString().Trim().ToLowerInvariant() is not ("" or "infinity"))
        {
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "A folder is deleted with all that is in it.");
            return;
        }
        if (await guard.AdmitAsync(context, path, spot.Node, viewer, new Touched(path.Text, Membership: true, Deep: true)) is not { } holds) return;
        await TreeAnswers.SendAsync(context, await writer.DeleteAsync(path.Text, holds, viewer, context.RequestAborted), spot.Kind);
    }

    static async ValueTask<bool> HasBodyAsync(HttpRequest request)
    {
        if (request.ContentLength is { } length) return length > 0;
        if (request.Headers.TransferEncoding.Count == 0) return false;
        System.IO.Pipelines.ReadResult first = await RequestBody.ReadAsync(request.BodyReader, request.HttpContext.RequestAborted);
        request.BodyReader.AdvanceTo(first.Buffer.Start);
        return !first.Buffer.IsEmpty;
    }
}
