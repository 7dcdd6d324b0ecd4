using System.Collections.Frozen;
using Albumen.Identity;
using Albumen.Storage;
using Albumen.Tree;
using Microsoft.AspNetCore.Http.Features;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// The archive as a network folder: WebDAV class 1 and 3 (RFC 4918), for reading. It takes every request that no other endpoint wants.
/// All that is decided here is who asks, what for, and which part answers.
/// </summary>
sealed class WebDavDoor(ArchiveTree tree, SignIn signIn, Func<long, Task> remake, ILogger<WebDavDoor> logger)
{
    const string Allowed = "OPTIONS, GET, HEAD, PROPFIND";

    static readonly FrozenSet<string> Writing = FrozenSet.Create(
        "PUT", "DELETE", "MKCOL", "COPY", "MOVE", "PROPPATCH", "LOCK", "UNLOCK", "PATCH", "POST", "ACL", "MKCALENDAR", "BIND", "UNBIND", "REBIND");

    readonly BasicAuthentication _authentication = new(signIn, logger);
    readonly Propfind _propfind = new(tree, logger);
    readonly FileAnswer _files = new(tree, remake, logger);
    readonly Gallery _gallery = new(tree);

    public async Task InvokeAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        // Browsers send Basic credentials along by themselves; nobody else's page may show our pictures with them.
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        string method = context.Request.Method, target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

        // What we can do is no secret, and some clients ask before they have a password. A wrong one is told apart even so.
        if (HttpMethods.IsOptions(method) && context.Request.Headers.Authorization.Count == 0)
        {
            Options(context);
            return;
        }
        if (await _authentication.IdentifyAsync(context) is not { } person) return;

        if (HttpMethods.IsOptions(method)) Options(context);
        else if (!RequestPath.TryParse(target, out RequestPath? path))
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "This is no path: it must be UTF-8, percent-encoded, without '.' and '..'.");
        else if (method == "PROPFIND")
        {
            if (await HasJunkAsync(context, path)) return;
            await _propfind.AnswerAsync(context, path, new(person.Name));
        }
        else if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method))
        {
            if (await HasJunkAsync(context, path)) return;
            await GetAsync(context, path, new(person.Name));
        }
        else if (Writing.Contains(method))
            await DavError.SendAsync(context, StatusCodes.Status403Forbidden, "<a:read-only/>", ReasonFor(path));
        else
        {
            headers.Allow = Allowed;
            // RFC 9110, 15.5.6 and 15.6.2: known and not allowed here, or not known at all. TRACE would send back the password.
            bool isKnown = HttpMethods.IsTrace(method) || HttpMethods.IsConnect(method) || method is "REPORT" or "SEARCH";
            await DavError.SendAsync(context, isKnown ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status501NotImplemented, "", $"{method} is not possible here.");
        }
    }

    static void Options(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["DAV"] = "1, 3";
        headers["MS-Author-Via"] = "DAV";
        headers.Allow = Allowed;
        headers.AcceptRanges = "bytes";
        context.Response.ContentLength = 0;
    }

    async Task GetAsync(HttpContext context, RequestPath path, Viewer viewer)
    {
        if (tree.Find(path.Text, viewer) is not { } node) await NothingAsync(context);
        else if (node.IsFolder) await _gallery.ShowFolderAsync(context, node, path.Query, viewer);
        else if (path.Query == Gallery.ViewQuery) await Gallery.ShowFileAsync(context, node);
        else if (path.Query is Gallery.ThumbnailQuery or Gallery.PreviewQuery)
        {
            Node? small = path.Query == Gallery.ThumbnailQuery ? ArchiveTree.Thumbnail(node) : ArchiveTree.Preview(node);
            await (small is null ? NothingAsync(context) : _files.AnswerAsync(context, small, viewer, "private, max-age=600"));
        }
        else await _files.AnswerAsync(context, node, viewer, "private, no-cache");
    }

    /// <summary>Desktops look for their droppings in every folder; what a scan never takes in is not looked up at all.</summary>
    static async ValueTask<bool> HasJunkAsync(HttpContext context, RequestPath path)
    {
        if (!path.Names.Any(IgnoreRules.IsJunk)) return false;
        await NothingAsync(context);
        return true;
    }

    static Task NothingAsync(HttpContext context) => DavError.SendAsync(context, StatusCodes.Status404NotFound, "", "Nothing is here.");

    static string ReasonFor(RequestPath path) => EntryName.KeyOf(path.Names is [var view, ..] ? view : "") switch
    {
        "folders" => "Originals are shown as they lie on disk, and never changed, added or deleted from here.",
        "timeline" => "The timeline is computed from the dates of the photos; nothing can be put into it or taken out.",
        "small" => "These are previews, made from the originals; they can be read only.",
        _ => "The archive can be read here, not changed.",
    };
}

static class WebDavExtensions
{
    /// <summary>Gives the door every request that no endpoint takes.</summary>
    public static void UseWebDav(this IApplicationBuilder app, WebDavDoor door) =>
        app.Use((context, next) => context.GetEndpoint() is null ? door.InvokeAsync(context) : next(context));
}
