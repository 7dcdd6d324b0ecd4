using System.Collections.Frozen;
using System.Data.Common;
using Albumen.Identity;
using Albumen.Storage;
using Albumen.Tree;
using Microsoft.AspNetCore.Http.Features;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// The archive as a network folder: WebDAV class 1, 2 and 3 (RFC 4918). It takes every request that no other endpoint wants.
/// All that is decided here is who asks, what for, and which part answers.
/// </summary>
sealed class WebDavDoor
{
    // Of protocols we do not speak; told apart from no method at all.
    static readonly FrozenSet<string> Foreign = FrozenSet.Create("PATCH", "POST", "ACL", "MKCALENDAR", "BIND", "UNBIND", "REBIND");

    readonly ArchiveTree _tree;
    readonly TreeWriter _writer;
    readonly BasicAuthentication _authentication;
    readonly Propfind _propfind;
    readonly FileAnswer _files;
    readonly Gallery _gallery;
    readonly PutAnswer _put;
    readonly FolderAnswer _folders;
    readonly TransferAnswer _transfer;
    readonly LockAnswer _locking;
    readonly Proppatch _proppatch;
    readonly ShownTimes _times;
    readonly ILogger _logger;

    /// <param name="remake">Queues the remaking of a content's small versions.</param>
    /// <param name="watched">Told of the contents of clips that somebody is about to watch, of which no small version is there to play.</param>
    public WebDavDoor(ArchiveTree tree, TreeWriter writer, PathLocks locks, PathProperties properties, SignIn signIn, Func<long, Task> remake, ILogger<WebDavDoor> logger, Func<long, Task>? watched = null)
    {
        (_tree, _writer, _logger) = (tree, writer, logger);
        _times = new(properties);
        WriteGuard guard = new(tree, writer, locks, _times);
        _authentication = new(signIn, logger);
        _propfind = new(tree, locks, properties, logger);
        _files = new(tree, remake, logger);
        _gallery = new(tree, _files, watched ?? (_ => Task.CompletedTask));
        _put = new(writer, guard, _times);
        _folders = new(writer, guard);
        _transfer = new(writer, guard);
        _locking = new(writer, locks, guard);
        _proppatch = new(writer, properties, guard);
    }

    /// <summary>Told when a database failed a request.</summary>
    public Action<DbException> Failed { get; init; } = _ => { };

    public async Task InvokeAsync(HttpContext context)
    {
        Begin(context.Response.Headers);
        try
        {
            await AnswerAsync(context);
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            // Who cut the connection does not hear it.
            await DavError.SendAsync(context, error.StatusCode, "", $"{error.Message} Nothing was kept.");
        }
        catch (Exception error) when (error is FileFault or DbException && !context.Response.HasStarted)
        {
            _logger.CouldNotAnswer(context.Request.Method, context.Request.Path, error);
            if (error is DbException fault) Failed(fault);
            // Of the other answer something may be told already.
            context.Response.Clear();
            Begin(context.Response.Headers);
            await (error switch
            {
                FileFault { IsGone: true } => TreeAnswers.SendAsync(context, new TreeAnswer.Missing(), FolderKind.Root),
                FileFault { IsFull: true } => TreeAnswers.SendAsync(context, new TreeAnswer.NoSpace(), FolderKind.Root),
                _ => TreeAnswers.NotNowAsync(context),
            });
        }
    }

    static void Begin(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        // Browsers send Basic credentials along by themselves; nobody else's page may show our pictures with them.
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    async Task AnswerAsync(HttpContext context)
    {
        string method = context.Request.Method, target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

        bool isPath = RequestPath.TryParse(target, out RequestPath? path);
        // What we can do is no secret, and some clients ask before they have a password. A wrong one is told apart even so.
        if (HttpMethods.IsOptions(method) && context.Request.Headers.Authorization.Count == 0)
        {
            // Of what lies deeper nothing is told to strangers.
            Options(context, _writer.Find(path is { Names: [var top, ..] } ? "/" + top : "/", Viewer.Admin));
            return;
        }
        if (await _authentication.IdentifyAsync(context) is not { } person) return;
        Viewer viewer = new(person.Name);

        if (HttpMethods.IsOptions(method)) Options(context, _writer.Find(path?.Text ?? "/", viewer));
        else if (!isPath)
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "This is no path: it must be UTF-8, percent-encoded, without '.' and '..'.");
        else
            await (method switch
            {
                "GET" or "HEAD" when IsMark(path!) => MarkAsync(context),
                "PROPFIND" when IsMark(path!) => _propfind.AnswerAsync(context, path!, viewer, Mark),
                "GET" or "HEAD" => HasJunk(path!) ? NothingAsync(context) : GetAsync(context, path!, viewer),
                "PROPFIND" => HasJunk(path!) ? NothingAsync(context) : _propfind.AnswerAsync(context, path!, viewer),
                "PUT" => _put.AnswerAsync(context, path!, viewer),
                "MKCOL" => _folders.MakeAsync(context, path!, viewer),
                "DELETE" => _folders.DeleteAsync(context, path!, viewer),
                "COPY" => _transfer.AnswerAsync(context, path!, viewer, isMove: false),
                "MOVE" => _transfer.AnswerAsync(context, path!, viewer, isMove: true),
                "LOCK" => _locking.LockAsync(context, path!, viewer),
                "UNLOCK" => _locking.UnlockAsync(context, path!, viewer),
                "PROPPATCH" => _proppatch.AnswerAsync(context, path!, viewer),
                _ => OtherAsync(context, method, path!, viewer),
            });
    }

    void Options(HttpContext context, Spot spot)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["DAV"] = "1, 2, 3";
        headers["MS-Author-Via"] = "DAV";
        headers.Allow = Methods.AllowedAt(spot, _writer.DeletesIntoTrash);
        headers.AcceptRanges = "bytes";
        context.Response.ContentLength = 0;
    }

    async Task OtherAsync(HttpContext context, string method, RequestPath path, Viewer viewer)
    {
        Spot spot = _writer.Find(path.Text, viewer);
        if (Foreign.Contains(method) && FolderRules.Refusal(spot.Kind, TreeOperation.PutOver) is { } refusal)
        {
            await TreeAnswers.SendAsync(context, refusal, spot.Kind);
            return;
        }
        context.Response.Headers.Allow = Methods.AllowedAt(spot, _writer.DeletesIntoTrash);
        // RFC 9110, 15.5.6 and 15.6.2: known and not allowed here, or not known at all. TRACE would send back the password.
        bool isKnown = HttpMethods.IsTrace(method) || HttpMethods.IsConnect(method) || method is "REPORT" or "SEARCH" || Foreign.Contains(method);
        await DavError.SendAsync(context, isKnown ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status501NotImplemented, "", $"{method} is not possible here.");
    }

    async Task GetAsync(HttpContext context, RequestPath path, Viewer viewer)
    {
        if (_tree.Find(path.Text, viewer) is not { } node) await NothingAsync(context);
        else if (node.IsFolder || Gallery.IsAsked(path.Query)) await _gallery.AnswerAsync(context, node, path.Query, viewer);
        else await _files.AnswerAsync(context, _times.Of(node), viewer, "private, no-cache");
    }

    /// <summary>Desktops look for their droppings in every folder; what a scan never takes in is not looked up at all, but where people can put it.</summary>
    static bool HasJunk(RequestPath path) => path.Names.Any(IgnoreRules.IsJunk) && EntryName.KeyOf(path.Names[0]) switch
    {
        "inbox" => false,
        "albums" or "tags" => path.Names.Take(path.Names.Count - 1).Any(IgnoreRules.IsJunk),
        _ => true,
    };

    /// <summary>A file at the top that is not listed: it tells macOS not to read the whole archive for its own index.</summary>
    static Node Mark { get; } = new() { Path = "/.metadata_never_index", IsFolder = false, ETag = "\"empty\"", Modified = DateTimeOffset.UnixEpoch };

    static bool IsMark(RequestPath path) => path.Names is [".metadata_never_index"];

    static Task MarkAsync(HttpContext context)
    {
        (context.Response.Headers.ETag, context.Response.ContentLength) = (Mark.ETag, 0);
        return Task.CompletedTask;
    }

    static Task NothingAsync(HttpContext context) => DavError.SendAsync(context, StatusCodes.Status404NotFound, "", "Nothing is here.");
}

static class WebDavExtensions
{
    /// <summary>Gives the door every request that no endpoint takes.</summary>
    public static void UseWebDav(this IApplicationBuilder app, WebDavDoor door) =>
        app.Use((context, next) => context.GetEndpoint() is null ? door.InvokeAsync(context) : next(context));
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not answer {Method} {Path}")]
    public static partial void CouldNotAnswer(this ILogger logger, string method, string path, Exception exception);
}
