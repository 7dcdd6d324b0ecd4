namespace Albumen.Daemon.WebDav;

/// <summary>URLs in headers, which may be whole or begin with the path (RFC 4918, 8.3): Destination, and the tags of If.</summary>
static class Destination
{
    /// <summary>The path it names on this server.</summary>
    /// <param name="isForeign">It is another server's.</param>
    /// <returns>Null for what is no path of ours.</returns>
    public static RequestPath? Parse(string url, HttpRequest request, out bool isForeign)
    {
        isForeign = false;
        if (!url.StartsWith('/'))
        {
            int authority = url.IndexOf("://", StringComparison.Ordinal);
            if (authority < 0) return null;
            string scheme = url[..authority].ToLowerInvariant();
            int slash = url.IndexOf('/', authority + 3);
            string host = slash < 0 ? url[(authority + 3)..] : url[(authority + 3)..slash];
            isForeign = scheme is not ("http" or "https") || !IsSame(host, scheme, request.Host);
            if (isForeign) return null;
        }
        return RequestPath.TryParse(url, out RequestPath? path) ? path : null;
    }

    /// <summary>A proxy in front may take https off, so of the schemes only their usual ports count.</summary>
    static bool IsSame(string host, string scheme, HostString own)
    {
        if (host.Contains('@')) host = host[(host.IndexOf('@') + 1)..];
        HostString other = new(host);
        int usual = scheme == "https" ? 443 : 80;
        return string.Equals(other.Host, own.Host, StringComparison.OrdinalIgnoreCase) && (other.Port == own.Port || ((other.Port ?? usual) == usual && own.Port is null or 80 or 443));
    }
}
