using System.Xml;

namespace Albumen.Daemon.WebDav;

/// <summary>What a LOCK asks for (RFC 4918, 14.11).</summary>
/// <param name="Owner">The whole owner element, or empty.</param>
sealed record LockRequest(bool IsExclusive, string Owner)
{
    const int LongestOwner = 8 * 1024;

    /// <exception cref="XmlException">No well-formed XML, a DTD, or no write lock.</exception>
    public static LockRequest Parse(Stream body)
    {
        using XmlReader xml = XmlBody.Open(body);
        bool isRoot = true, isWrite = false;
        bool? isExclusive = null;
        string owner = "", section = "";
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (isRoot && !Is("lockinfo")) throw new XmlException("The body is no DAV:lockinfo.");
            isRoot = false;
            if (xml.Depth > XmlBody.DeepestElement) throw new XmlException("The elements are nested too deeply.");
            if (xml.Depth == 1)
            {
                section = xml.NamespaceURI == PropertyName.Dav ? xml.LocalName : "";
                if (section == "owner") owner = XmlBody.Element(xml, out _);
            }
            else if (xml.Depth == 2 && section == "lockscope") isExclusive = Is("exclusive") ? true : Is("shared") ? false : isExclusive;
            else if (xml.Depth == 2 && section == "locktype") isWrite |= Is("write");
        }
        if (owner.Length > LongestOwner) throw new XmlException("The owner of a lock is told in at most 8 KiB.");
        return isWrite && isExclusive is { } scope ? new(scope, owner) : throw new XmlException("A lock is a write lock, exclusive or shared.");

        bool Is(string name) => xml.NamespaceURI == PropertyName.Dav && xml.LocalName == name;
    }

    /// <summary>The first of the wishes in a Timeout header (RFC 4918, 10.7) that can be read; null when there is none.</summary>
    public static TimeSpan? Timeout(string header)
    {
        foreach (string wish in header.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (wish.Equals("Infinite", StringComparison.OrdinalIgnoreCase)) return TimeSpan.MaxValue;
            if (wish.StartsWith("Second-", StringComparison.OrdinalIgnoreCase) && uint.TryParse(wish.AsSpan(7), out uint seconds)) return TimeSpan.FromSeconds(seconds);
        }
        return null;
    }
}
