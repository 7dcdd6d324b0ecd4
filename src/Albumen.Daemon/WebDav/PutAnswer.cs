using System.Globalization;
using Albumen.Storage;
using Albumen.Tree;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// PUT: everything that can be refused is refused before the first byte is read. What arrives goes beside its place and is checked against all the
/// client said of it; only then it gets its name. A broken upload leaves nothing, and what was there stays.
/// </summary>
sealed class PutAnswer(TreeWriter writer, WriteGuard guard, ShownTimes times)
{
    public async Task AnswerAsync(HttpContext context, RequestPath path, Viewer viewer)
    {
        HttpRequest request = context.Request;
        Spot spot = writer.Find(path.Text, viewer);
        long? expected = request.ContentLength ?? (long.TryParse(request.Headers["X-Expected-Entity-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out long told) ? told : null);
        if (writer.RefusePut(spot, expected, viewer) is { } refusal)
        {
            await TreeAnswers.SendAsync(context, refusal, spot.OwnKind);
            return;
        }
        // RFC 9110, 14.5: a server that does not know partial PUT must not take it for a whole one.
        if (request.Headers.ContentRange.Count > 0)
        {
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "A file is put whole, not in parts.");
            return;
        }
        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            await DavError.SendAsync(context, StatusCodes.Status415UnsupportedMediaType, "", "A file is put as it is, not compressed.");
            return;
        }
        // RFC 9112, 6.1: what we cannot take apart.
        if (request.Headers.TransferEncoding is { Count: > 0 } transfer && !transfer.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            await DavError.SendAsync(context, StatusCodes.Status501NotImplemented, "", "A file is put whole or in chunks, not compressed on its way.");
            return;
        }
        if (UploadDigests.Read(request.Headers) is not { } digests)
        {
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "A checksum in the headers cannot be read.");
            return;
        }
        if (await guard.AdmitAsync(context, path, spot.Node, viewer, new Touched(path.Text, Membership: spot.Node is null)) is not { } holds) return;

        // A clip may be as long as it wants, over a line as slow as it is.
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        context.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        await ReceiveAsync(context, path, spot, expected, digests, holds, viewer);
    }

    async Task ReceiveAsync(HttpContext context, RequestPath path, Spot spot, long? expected, UploadDigests digests, Func<Node?, bool> holds, Viewer viewer)
    {
        CancellationToken gone = context.RequestAborted;
        DateTimeOffset? modified = ClientTime.Of(context.Request);
        try
        {
            using Upload upload = writer.Receive(spot, digests.NeedSha512, expected ?? 0);
            await Receiver.ReceiveAsync(context.Request.Body, upload, gone);
            if (expected is { } length && length != upload.SizeInBytes)
            {
                await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", $"{upload.SizeInBytes} bytes came, and not the {length} that were told; nothing was kept.");
                return;
            }
            if (digests.Wrong(upload) is { } algorithm)
            {
                await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "<a:checksum-mismatch/>", $"The bytes that came have another {algorithm} than was told; nothing was kept.");
                return;
            }
            TreeAnswer answer = await writer.PutAsync(path.Text, upload, modified, holds, viewer, gone);
            if (answer is TreeAnswer.Done { Node: { } node } done)
            {
                // What the library has already keeps its own time, and is shown with the client's.
                if (modified is null) await times.ForgetAsync(node, gone);
                else if (Preconditions.WholeSeconds(node.Modified) != Preconditions.WholeSeconds(modified.Value) && await writer.SetModifiedAsync(node.Path, modified.Value, viewer, gone) is TreeAnswer.Done)
                    answer = done with { Node = node with { Modified = modified.Value } };
            }
            if (answer is TreeAnswer.Done && modified is not null) ClientTime.Accept(context.Response);
            await TreeAnswers.SendAsync(context, answer, spot.Kind);
        }
        catch (FileFault fault)
        {
            await TreeAnswers.SendAsync(context, fault.IsFull ? new TreeAnswer.NoSpace() : new TreeAnswer.Failed(fault.Message), spot.Kind);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && gone.IsCancellationRequested)
        {
        }
    }
}
