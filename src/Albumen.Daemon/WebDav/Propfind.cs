using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// PROPFIND (RFC 4918, 9.1): what lies here, and in this folder. A listing is written while it is read, a page at a time; when it cannot be
/// finished the connection is cut, so that half a folder never looks like a whole one.
/// </summary>
sealed class Propfind(ArchiveTree tree, PathLocks locks, PathProperties properties, ILogger logger)
{
    // The first page is short, so that the first byte is early.
    const int FirstPage = 200, OtherPages = 1000;

    /// <param name="only">What lies there, where the tree does not know it.</param>
    public async Task AnswerAsync(HttpContext context, RequestPath path, Viewer viewer, Node? only = null)
    {
        // RFC 4918, 9.1 reads a missing Depth as infinity; clients that send none mean the folder and what is in it.
        string depth = context.Request.Headers["Depth"].ToString().Trim().ToLowerInvariant();
        if (depth is not ("0" or "1" or "" or "infinity"))
        {
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", $"Depth is 0 or 1, not '{depth}'.");
            return;
        }
        if (await XmlBody.ParseAsync(context, body => body.Length == 0 ? PropfindRequest.Everything : PropfindRequest.Parse(body)) is not { } request) return;

        if ((only ?? tree.Find(path.Text, viewer)) is not { } node)
        {
            await DavError.SendAsync(context, StatusCodes.Status404NotFound, "", "Nothing is here.");
            return;
        }
        if (depth == "infinity" && node.IsFolder)
        {
            await DavError.SendAsync(context, StatusCodes.Status403Forbidden, "<D:propfind-finite-depth/>", "The whole tree is not listed in one answer; ask folder by folder, with Depth: 1.");
            return;
        }
        context.Response.StatusCode = StatusCodes.Status207MultiStatus;
        context.Response.ContentType = "application/xml; charset=utf-8";
        await WriteAsync(context, request, node, depth != "0" && node.IsFolder, viewer);
    }

    async Task WriteAsync(HttpContext context, PropfindRequest request, Node node, bool withChildren, Viewer viewer)
    {
        CancellationToken gone = context.RequestAborted;
        using StreamedAnswer answer = new(context);
        try
        {
            Utf8Writer body = answer.Body;
            body.Href(node.Path, isFolder: true);
            byte[] parent = body.Written.ToArray();
            body.Clear();

            DiskSpace? space = null;
            Extras extras = new(request, node, locks, properties);
            // What may be done with a file or folder is mostly the affair of the one it lies in.
            FolderKind above = TreePath.FolderOf(node.Path) is { } folder ? tree.Find(folder, viewer)?.Kind ?? FolderKind.Root : FolderKind.Root;
            ResponseTemplate own = new(request, node.IsFolder, above, () => space ??= tree.Space(node));
            ResponseTemplate? files = null, folders = null;
            Detail detail = LiveProperty.DetailOf(request);
            body.Raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">\n"u8);
            extras.Load([node]);
            own.Write(body, [], node, extras.Of(node));
            if (withChildren)
            {
                string? after = null;
                int most = FirstPage;
                do
                {
                    Page page = tree.List(node, after, most, detail, viewer);
                    extras.Load(page.Nodes);
                    foreach (Node child in page.Nodes)
                    {
                        Write(child, parent);
                        await answer.ContinueAsync(gone);
                    }
                    (after, most) = (page.Next, OtherPages);
                }
                while (after is not null);
            }
            body.Raw("</D:multistatus>\n"u8);
            await answer.FinishAsync(gone);

            void Write(Node child, ReadOnlySpan<byte> below)
            {
                ResponseTemplate template = child.IsFolder
                    ? folders ??= new(request, forFolders: true, node.Kind, () => space ??= tree.Space(node))
                    : files ??= new(request, forFolders: false, node.Kind, static () => null);
                template.Write(body, below, child, extras.Of(child));
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
        }
        catch (Exception error) when (context.Response.HasStarted)
        {
            logger.ListingCut(node.Path, error);
            context.Abort();
        }
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not list {Path} to its end; the connection was cut so that the client notices")]
    public static partial void ListingCut(this ILogger logger, string path, Exception exception);
}
