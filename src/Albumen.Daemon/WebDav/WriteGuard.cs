using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>What of a path a request changes, and so which locks stand in its way.</summary>
/// <param name="Path">Absolute, decoded.</param>
/// <param name="Membership">The name appears or goes, so the folder's own lock counts too (RFC 4918, 7.4).</param>
/// <param name="Deep">All that is below goes with it.</param>
sealed record Touched(string Path, bool Membership = false, bool Deep = false);

/// <summary>
/// Asked before each change: does the If header hold, do the ETags and dates, and has this person the locks? It answers 400, 412 or 423 in that
/// order. What it decided can be asked again at the last moment, when nobody else is changing anything.
/// </summary>
sealed class WriteGuard(ArchiveTree tree, TreeWriter writer, PathLocks locks, ShownTimes times)
{
    /// <summary>The locks a path is under, however it is written.</summary>
    public IReadOnlyList<PathLock> LocksOn(string path, Viewer viewer) => locks.IsEmpty ? [] : locks.On(path, writer.Find(path, viewer).LockedAt);

    /// <returns>Null when it was answered; otherwise whether it still holds, for the node that then lies at the path.</returns>
    public async Task<Func<Node?, bool>?> AdmitAsync(HttpContext context, RequestPath path, Node? node, Viewer viewer, params Touched[] touched)
    {
        IfHeader? condition = null;
        string header = context.Request.Headers["If"].ToString();
        if (header.Length > 0 && !IfHeader.TryParse(header, out condition))
        {
            await DavError.SendAsync(context, StatusCodes.Status400BadRequest, "", "The If header is none of RFC 4918, 10.4.");
            return null;
        }
        if (!Holds(node))
        {
            await DavError.SendAsync(context, StatusCodes.Status412PreconditionFailed, "", "What is here is not what the request expects.");
            return null;
        }
        if (InTheWay() is { } held)
        {
            await SendLockedAsync(context, "lock-token-submitted", held);
            return null;
        }
        return now => Holds(now) && InTheWay() is null;

        bool Holds(Node? now) => (condition is null || IsTrue(condition, context.Request, path, now, viewer)) && Preconditions.AllowWriting(context.Request, now is not null && context.Request.Headers.IfUnmodifiedSince.Count > 0 ? times.Of(now) : now);

        PathLock? InTheWay()
        {
            if (locks.IsEmpty) return null;
            HashSet<string> tokens = condition is null ? [] : [.. condition.Tokens];
            return touched.SelectMany(t => PathLocks.KeysOf(t.Path, writer.Find(t.Path, viewer).LockedAt).Select(key => InTheWayOf(t, key, tokens, viewer))).FirstOrDefault(l => l is not null);
        }
    }

    public static async Task SendLockedAsync(HttpContext context, string condition, PathLock held)
    {
        using Utf8Writer href = new(256);
        href.Raw($"<D:{condition}><D:href>");
        href.Href(held.Path, isFolder: false);
        href.Raw($"</D:href></D:{condition}>");
        await DavError.SendAsync(context, StatusCodes.Status423Locked, System.Text.Encoding.UTF8.GetString(href.Written.Span), "It is locked.");
    }

    bool IsTrue(IfHeader condition, HttpRequest request, RequestPath own, Node? node, Viewer viewer)
    {
        return condition.Holds(
            tag => tag is null ? node?.ETag : PathOf(tag) is { } path ? tree.Find(path.Text, viewer)?.ETag : null,
            (tag, token) => (tag is null ? own : PathOf(tag)) is { } path && LocksOn(path.Text, viewer).Any(l => l.Token == token));

        RequestPath? PathOf(string tag) => Destination.Parse(tag, request, out _);
    }

    PathLock? InTheWayOf(Touched touched, string key, HashSet<string> tokens, Viewer viewer)
    {
        if (Unmet(locks.On(key)) is { } own) return own;
        if (touched.Membership && TreePath.FolderOf(key) is { } folder && Unmet(locks.On(folder)) is { } above) return above;
        return touched.Deep ? locks.Below(key).GroupBy(l => l.Key).Select(g => Unmet([.. g])).FirstOrDefault(l => l is not null) : null;

        // Of shared locks one is enough (RFC 4918, 6.2).
        PathLock? Unmet(IReadOnlyList<PathLock> held) => held.Count == 0 || held.Any(l => l.Person == viewer.Name && tokens.Contains(l.Token)) ? null : held[0];
    }
}
