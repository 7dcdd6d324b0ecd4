using System.IO.Pipelines;
using System.Text;
using Albumen.Storage;
using Albumen.Tree;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

namespace Albumen.Daemon.WebDav;

/// <summary>GET and HEAD of a file: validators, conditions, ranges, and its bytes from an open handle in parts, never a file in memory.</summary>
/// <param name="remake">Queues the remaking of a content's small versions.</param>
sealed class FileAnswer(ArchiveTree tree, Func<long, Task> remake, ILogger logger)
{
    const int PartInBytes = 256 * 1024;

    // An HTML or SVG original is somebody else's program; it may be looked at, and run nothing in our name.
    const string Harmless = "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'";

    /// <param name="cacheControl">How long a client may go without asking again.</param>
    public async Task AnswerAsync(HttpContext context, Node file, Viewer viewer, string cacheControl)
    {
        SafeFileHandle handle;
        try
        {
            (handle, file) = tree.Open(file, viewer);
        }
        catch (FileFault fault) when (fault.IsGone)
        {
            await DavError.SendAsync(context, StatusCodes.Status404NotFound, "", "The file is not on its disk any more; the next scan will note that.");
            return;
        }
        catch (FileFault fault)
        {
            logger.Unreadable(file.Path, fault);
            context.Response.Headers.RetryAfter = "30";
            await DavError.SendAsync(context, StatusCodes.Status503ServiceUnavailable, "<a:volume-offline/>", "The file cannot be read now; its disk may be away.");
            return;
        }
        catch (DerivativeGoneException gone)
        {
            await remake(gone.ContentId);
            context.Response.Headers.RetryAfter = "2";
            await DavError.SendAsync(context, StatusCodes.Status503ServiceUnavailable, "<a:being-made/>", gone.Message);
            return;
        }
        using (handle) await SendAsync(context, file, handle, cacheControl);
    }

    static async Task SendAsync(HttpContext context, Node file, SafeFileHandle handle, string cacheControl)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        IHeaderDictionary headers = response.Headers;
        EntityTagHeaderValue? tag = EntityTagHeaderValue.TryParse(file.ETag, out EntityTagHeaderValue? parsed) ? parsed : null;
        DateTimeOffset modified = Preconditions.WholeSeconds(file.Modified);
        headers.ETag = file.ETag;
        headers.LastModified = modified.ToString("R");
        headers.CacheControl = cacheControl;

        switch (Preconditions.Judge(request, tag, modified))
        {
            case Verdict.NotModified:
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            case Verdict.Failed:
                await DavError.SendAsync(context, StatusCodes.Status412PreconditionFailed, "", "The file is another one than the request expects.");
                return;
        }

        headers.AcceptRanges = "bytes";
        // RFC 9110, 14.2: a range means something for GET only.
        IReadOnlyList<ByteRange>? parts = HttpMethods.IsGet(request.Method) && request.Headers.Range.Count > 0 && Preconditions.RangeHolds(request, tag, modified)
            ? ByteRange.Choose(request.Headers.Range, file.SizeInBytes)
            : null;
        if (parts is [])
        {
            headers.ContentRange = $"bytes */{file.SizeInBytes}";
            await DavError.SendAsync(context, StatusCodes.Status416RangeNotSatisfiable, "", $"The file has {file.SizeInBytes} bytes.");
            return;
        }
        headers.ContentSecurityPolicy = Harmless;
        if (parts is not null) response.StatusCode = StatusCodes.Status206PartialContent;
        if (parts is { Count: > 1 })
        {
            await SendPartsAsync(context, file, handle, parts);
            return;
        }
        ByteRange part = parts?[0] ?? new(0, file.SizeInBytes);
        if (parts is not null) headers.ContentRange = part.Of(file.SizeInBytes);
        response.ContentType = file.MediaType;
        response.ContentLength = part.Length;
        if (HttpMethods.IsGet(request.Method)) await CopyAsync(context, handle, part);
    }

    /// <summary>Several parts in one body (RFC 9110, 14.6). Its length is told, because some clients resume only what has one.</summary>
    static async Task SendPartsAsync(HttpContext context, Node file, SafeFileHandle handle, IReadOnlyList<ByteRange> parts)
    {
        string boundary = $"part-{Guid.NewGuid():N}";
        byte[] end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        byte[][] heads = [.. parts.Select(part => Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\nContent-Type: {file.MediaType}\r\nContent-Range: {part.Of(file.SizeInBytes)}\r\n\r\n"))];
        context.Response.ContentType = $"multipart/byteranges; boundary={boundary}";
        context.Response.ContentLength = heads.Sum(head => head.Length) + parts.Sum(part => part.Length) + end.Length;
        try
        {
            foreach ((byte[] head, ByteRange part) in heads.Zip(parts))
            {
                await context.Response.Body.WriteAsync(head, context.RequestAborted);
                await CopyAsync(context, handle, part);
            }
            await context.Response.Body.WriteAsync(end, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
    }

    /// <summary>Reads straight into the memory that is sent, so that the bytes are copied once.</summary>
    static async Task CopyAsync(HttpContext context, SafeFileHandle handle, ByteRange part)
    {
        PipeWriter body = context.Response.BodyWriter;
        try
        {
            (long at, long end) = (part.First, part.End);
            while (at < end)
            {
                int wanted = (int)Math.Min(PartInBytes, end - at);
                // Asynchronous reading of a file is a thread that waits; this is one already.
                int read = RandomAccess.Read(handle, body.GetSpan(wanted)[..wanted], at);
                if (read == 0)
                {
                    // It became shorter since its length was told. Only a cut connection says so.
                    context.Abort();
                    return;
                }
                body.Advance(read);
                at += read;
                if ((await body.FlushAsync(context.RequestAborted)).IsCompleted) return;
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
        catch (IOException) when (context.Response.HasStarted)
        {
            context.Abort();
        }
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot read {Path}; clients are told to try again later")]
    public static partial void Unreadable(this ILogger logger, string path, Exception exception);
}
