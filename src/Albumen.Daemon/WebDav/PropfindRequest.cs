using System.Xml;

namespace Albumen.Daemon.WebDav;

enum PropfindKind { AllProperties, Names, Some }

/// <summary>What a PROPFIND asks for (RFC 4918, 14.20).</summary>
/// <param name="Names">For <see cref="PropfindKind.Some"/> all of them, for <see cref="PropfindKind.AllProperties"/> those of <c>include</c>; each once.</param>
sealed record PropfindRequest(PropfindKind Kind, IReadOnlyList<PropertyName> Names)
{
    // Each one that we do not know comes back for each file of the folder.
    const int MostNames = 128;
    const int LongestName = 512;
    const int DeepestElement = 16;

    /// <summary>An empty body means this.</summary>
    public static PropfindRequest Everything { get; } = new(PropfindKind.AllProperties, []);

    /// <exception cref="XmlException">No well-formed XML, a DTD, nested too deeply, or no propfind of RFC 4918.</exception>
    public static PropfindRequest Parse(Stream body)
    {
        using XmlReader xml = XmlBody.Open(body);
        PropfindKind? kind = null;
        HashSet<PropertyName> names = [];
        bool isRoot = true;
        string? section = null;
        while (xml.Read())
        {
            if (xml.Depth > DeepestElement) throw new XmlException("The elements are nested too deeply.");
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (isRoot && !Is("propfind")) throw new XmlException("The body is no DAV:propfind.");
            isRoot = false;
            if (xml.Depth == 1)
            {
                section = xml.NamespaceURI == PropertyName.Dav ? xml.LocalName : null;
                // RFC 4918, 17: what we do not know is as if it were not there.
                PropfindKind? found = section switch { "allprop" => PropfindKind.AllProperties, "propname" => PropfindKind.Names, "prop" => PropfindKind.Some, _ => null };
                if (found is not null && kind is not null) throw new XmlException("A DAV:propfind asks for one thing.");
                kind ??= found;
            }
            else if (xml.Depth == 2 && xml.NamespaceURI.Length + xml.LocalName.Length > LongestName)
                throw new XmlException("The name of a property is too long.");
            else if (xml.Depth == 2 && section is "prop" or "include" && names.Add(new(xml.NamespaceURI, xml.LocalName)) && names.Count > MostNames)
                throw new XmlException($"More than {MostNames} properties.");
        }
        return new(kind ?? throw new XmlException("The DAV:propfind asks for nothing."), [.. names]);

        bool Is(string name) => xml.NamespaceURI == PropertyName.Dav && xml.LocalName == name;
    }
}
