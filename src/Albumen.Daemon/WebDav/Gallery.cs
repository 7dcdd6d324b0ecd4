using Albumen.Tree;
using Microsoft.AspNetCore.WebUtilities;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// What a browser sees: a page for each folder, and one for each photo or clip. The same tree at the same addresses; a query tells the
/// picture's page and its small versions from the file. No script, nothing from elsewhere, and a policy that allows neither.
/// </summary>
sealed class Gallery(ArchiveTree tree)
{
    public const string ViewQuery = "?view", ThumbnailQuery = "?thumbnail", PreviewQuery = "?preview";

    const int EntriesPerPage = 200;

    static readonly string Policy =
        $"default-src 'none'; style-src '{PageStyle.Hash}'; img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task ShowFolderAsync(HttpContext context, Node folder, string query, Viewer viewer)
    {
        StartPage(context);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        string? after = QueryHelpers.ParseQuery(query).GetValueOrDefault("after");
        // A mark is not ours when it is not one a page ended with.
        if (after is not { Length: > 1 } || after[0] is not ('d' or 'f')) after = null;
        using StreamedAnswer answer = new(context);
        FolderPage.Write(answer.Body, folder, tree.List(folder, after, EntriesPerPage, Detail.Pictures, viewer), isFirst: after is null);
        await answer.FinishAsync(context.RequestAborted);
    }

    public static async Task ShowFileAsync(HttpContext context, Node file)
    {
        StartPage(context);
        if (HttpMethods.IsHead(context.Request.Method)) return;
        using StreamedAnswer answer = new(context);
        FilePage.Write(answer.Body, file);
        await answer.FinishAsync(context.RequestAborted);
    }

    static void StartPage(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentType = "text/html; charset=utf-8";
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "private, no-cache";
    }
}
