using System.Security.Cryptography;
using System.Text;
using Albumen.Tree;
using Microsoft.AspNetCore.WebUtilities;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// What a browser sees: a page for each folder, and one for each photo, clip or file. The same tree at the same addresses; a query tells the
/// page and the small versions from the file. Nothing comes from elsewhere, and a policy allows nothing else.
/// </summary>
/// <param name="watched">Told of the contents of clips that are about to be watched, of which no small version is there to play.</param>
sealed class Gallery(ArchiveTree tree, FileAnswer files, Func<long, Task> watched)
{
    public const string ViewQuery = "?view", ThumbnailQuery = "?thumbnail", PreviewQuery = "?preview", PlayQuery = "?play";

    const string CoverQuery = "?cover", FirstQuery = "?first", LastQuery = "?last";

    // As many as a computed folder has at most. A page is written in parts, so that it begins at once and costs the same memory however long it is.
    const int EntriesPerPage = 2000, EntriesPerPart = 100;

    // The address has the version in it, so what it gives never changes.
    const string ForEver = "private, max-age=31536000, immutable", ForAWhile = "private, max-age=600";

    static readonly byte[] NoPicture = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>"u8.ToArray();

    /// <summary>Whether a query asks for something else than a file's bytes.</summary>
    public static bool IsAsked(string query) => query == ViewQuery || IsSmall(query, ThumbnailQuery) || IsSmall(query, PreviewQuery) || IsSmall(query, PlayQuery);

    public async Task AnswerAsync(HttpContext context, Node node, string query, Viewer viewer)
    {
        if (!node.IsFolder) node = tree.Illustrate([node], viewer)[0];
        if (node.IsFolder)
            await (query switch
            {
                CoverQuery => SendPictureAsync(context, tree.Cover(node, viewer) is { } cover ? ArchiveTree.Thumbnail(cover) : null, ForAWhile, viewer, isCover: true),
                FirstQuery or LastQuery => LeadAsync(context, node, tree.Beside(node, null, query == FirstQuery, viewer)),
                _ => ShowFolderAsync(context, node, query, viewer),
            });
        else if (query == ViewQuery) await ShowFileAsync(context, node, viewer);
        else if (IsSmall(query, PlayQuery)) await files.AnswerAsync(context, ArchiveTree.Proxy(node) ?? node, viewer, "private, no-cache");
        else
        {
            bool isThumbnail = IsSmall(query, ThumbnailQuery);
            Node? small = isThumbnail ? ArchiveTree.Thumbnail(node) : ArchiveTree.Preview(node);
            string asked = query[(isThumbnail ? ThumbnailQuery : PreviewQuery).Length..];
            await SendPictureAsync(context, small, asked.Length > 1 && asked[1..] == ArchiveTree.PictureVersion(node) ? ForEver : ForAWhile, viewer, isCover: false);
        }
    }

    async Task ShowFolderAsync(HttpContext context, Node folder, string query, Viewer viewer)
    {
        StartPage(context);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        string? mark = QueryHelpers.ParseQuery(query).GetValueOrDefault("after");
        // A mark is not ours when it is not one a page ended with.
        if (mark is not { Length: > 1 } || mark[0] is not ('d' or 'f')) mark = null;
        using StreamedAnswer answer = new(context);
        FolderPage page = new(answer.Body, folder);
        page.Begin(tree.Words(folder, viewer));
        string? next = mark;
        int entries = 0;
        do
        {
            Page part = tree.List(folder, next, EntriesPerPart, Detail.Facts, viewer);
            page.Add(tree.Illustrate(part.Nodes, viewer));
            (next, entries) = (part.Next, entries + EntriesPerPart);
            if (next is not null) await answer.ContinueAsync(context.RequestAborted);
        }
        while (next is not null && entries < EntriesPerPage);
        page.End(isFirst: mark is null, next);
        if (entries <= EntriesPerPart && IsKnown(context, answer.Body)) return;
        await answer.FinishAsync(context.RequestAborted);
    }

    async Task ShowFileAsync(HttpContext context, Node file, Viewer viewer)
    {
        StartPage(context);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        if (file is { Asset: { Kind: "video", Preview.ContentId: var content } } && ArchiveTree.Proxy(file) is null) await watched(content);
        Node? folder = tree.Find(TreePath.FolderOf(file.Path)!, viewer);
        using StreamedAnswer answer = new(context);
        new FilePage(
            file, folder is null ? null : tree.Beside(folder, file, isNext: false, viewer), folder is null ? null : tree.Beside(folder, file, isNext: true, viewer),
            tree.WhereaboutsOf(file, viewer)).Write(answer.Body);
        if (IsKnown(context, answer.Body)) return;
        await answer.FinishAsync(context.RequestAborted);
    }

    async Task SendPictureAsync(HttpContext context, Node? picture, string cacheControl, Viewer viewer, bool isCover)
    {
        if (picture is not null) await files.AnswerAsync(context, picture, viewer, cacheControl);
        else if (isCover)
        {
            context.Response.ContentType = "image/svg+xml";
            context.Response.Headers.CacheControl = cacheControl;
            context.Response.ContentLength = NoPicture.Length;
            if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(NoPicture, context.RequestAborted);
        }
        else await DavError.SendAsync(context, StatusCodes.Status404NotFound, "", "There is no picture of it.");
    }

    /// <summary>To a photo; to its folder when there is none.</summary>
    static Task LeadAsync(HttpContext context, Node folder, Node? photo)
    {
        using Utf8Writer to = new(1024);
        to.Href((photo ?? folder).Path, isFolder: photo is null);
        if (photo is not null) to.Raw(ViewQuery);
        context.Response.Headers.CacheControl = "private, no-cache";
        context.Response.Redirect(Encoding.ASCII.GetString(to.Written.Span));
        return Task.CompletedTask;
    }

    /// <summary>Answers with 304 when the browser has this very page; else gives the page its ETag. Weak, because it goes out compressed or not.</summary>
    static bool IsKnown(HttpContext context, Utf8Writer page)
    {
        string tag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(page.Written.Span).AsSpan(0, 16))}\"";
        context.Response.Headers.ETag = tag;
        if (!context.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal)) return false;
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }

    static bool IsSmall(string query, string kind) => query.StartsWith(kind, StringComparison.Ordinal) && (query.Length == kind.Length || query[kind.Length] == '=');

    static void StartPage(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentType = "text/html; charset=utf-8";
        headers.ContentSecurityPolicy = PageCode.Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "private, no-cache";
    }
}
