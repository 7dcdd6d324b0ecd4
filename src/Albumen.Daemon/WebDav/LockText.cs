using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>Locks as XML (RFC 4918, 14.1 and 15.8).</summary>
static class LockText
{
    public static ReadOnlySpan<byte> Supported =>
        "<D:lockentry><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry><D:lockentry><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>"u8;

    /// <summary>The content of <c>lockdiscovery</c>.</summary>
    public static void Write(Utf8Writer to, IReadOnlyList<PathLock> locks, PathLocks all)
    {
        foreach (PathLock held in locks)
        {
            to.Raw("<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope>"u8);
            to.Raw(held.IsExclusive ? "<D:exclusive/>"u8 : "<D:shared/>"u8);
            to.Raw("</D:lockscope><D:depth>"u8);
            to.Raw(held.IsDeep ? "infinity"u8 : "0"u8);
            to.Raw("</D:depth>"u8);
            to.Raw(held.Owner);
            to.Raw("<D:timeout>Second-"u8);
            to.Number(Math.Max(1, (long)Math.Ceiling(all.Left(held).TotalSeconds)));
            to.Raw("</D:timeout><D:locktoken><D:href>"u8);
            to.Text(held.Token);
            to.Raw("</D:href></D:locktoken><D:lockroot><D:href>"u8);
            to.Href(held.Path, isFolder: false);
            to.Raw("</D:href></D:lockroot></D:activelock>"u8);
        }
    }
}
