using System.Text;
using System.Xml;
using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>
/// One <c>D:response</c> with its values left out, made once for a request: between two values everything is a constant, so writing a file's
/// entry is copying a few constants and encoding a few numbers. Files and folders have one each.
/// </summary>
sealed class ResponseTemplate
{
    readonly List<(byte[] Before, Action<Utf8Writer, Node> Write)> _values = [];
    readonly byte[] _end;
    readonly bool _namesOnly, _all;
    // Each node has all of the properties, so what is between their values is the same for each.
    readonly bool _isAlike = true;
    readonly List<(LiveProperty Property, Action<Utf8Writer, Node>? Write)> _chosen = [];
    readonly List<PropertyName> _unknown = [];

    /// <param name="within">Of the folder it lies in: what may be done with it there.</param>
    /// <param name="space">Asked when the quota of a folder is; null when unknown.</param>
    public ResponseTemplate(PropfindRequest request, bool forFolders, FolderKind within, Func<DiskSpace?> space)
    {
        List<byte> pending = [.. "</D:href><D:propstat><D:prop>"u8];
        (_namesOnly, _all) = (request.Kind == PropfindKind.Names, request.Kind != PropfindKind.Some);
        List<PropertyName> unknown = _unknown;
        foreach (LiveProperty? property in Chosen(request, forFolders, unknown))
        {
            Action<Utf8Writer, Node>? write = property.Write;
            if (property.IsLockable && FolderRules.Allows(within, TreeOperation.Lock)) write = static (to, _) => to.Raw(LockText.Supported);
            if (property.Name == LiveProperty.Permissions) write = (to, node) => to.Raw(LiveProperty.PermissionsOf(node, within));
            if (property.Quota is { } quota)
            {
                if (space() is not (var used, var available))
                {
                    unknown.Add(property.Name);
                    continue;
                }
                long bytes = quota(used, available);
                write = (to, _) => to.Number(bytes);
            }
            _isAlike &= property.IsThere is null;
            _chosen.Add((property, write));
            if (write is null || _namesOnly) pending.AddRange(property.Empty);
            else
            {
                pending.AddRange(property.Opening);
                _values.Add(([.. pending], write));
                pending.Clear();
                pending.AddRange(property.Closing);
            }
        }
        bool hasFound = _values.Count > 0 || pending.Count > "</D:href><D:propstat><D:prop>"u8.Length || unknown.Count == 0;
        if (hasFound) pending.AddRange("</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"u8);
        else pending = [.. "</D:href>"u8];
        if (unknown.Count > 0)
        {
            pending.AddRange("<D:propstat><D:prop>"u8);
            foreach (PropertyName name in unknown) pending.AddRange(Element(name));
            pending.AddRange("</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>"u8);
        }
        pending.AddRange("</D:response>\n"u8);
        _end = [.. pending];
    }

    /// <param name="parent">The encoded path of the folder it lies in, with its slash; empty to take the node's own path.</param>
    /// <param name="extras">What this node has and others do not; null as a rule.</param>
    public void Write(Utf8Writer to, ReadOnlySpan<byte> parent, Node node, NodeExtras? extras)
    {
        to.Raw("<D:response><D:href>"u8);
        if (parent.IsEmpty) to.Href(node.Path, node.IsFolder);
        else
        {
            to.Raw(parent);
            to.Segment(node.Name);
            if (node.IsFolder) to.Raw("/"u8);
        }
        if (extras is not null || !_isAlike)
        {
            WriteWith(to, extras?.Modified is { } modified ? node with { Modified = modified } : node, extras ?? NodeExtras.None);
            return;
        }
        foreach ((byte[] before, Action<Utf8Writer, Node> write) in _values)
        {
            to.Raw(before);
            write(to, node);
        }
        to.Raw(_end);
    }

    /// <summary>Property by property, because what clients set stands in the place of what we would say.</summary>
    void WriteWith(Utf8Writer to, Node node, NodeExtras extras)
    {
        PropertyName[] others = [.. _all ? extras.Properties.Select(p => new PropertyName(p.Namespace, p.Name)).Where(n => _chosen.TrueForAll(c => c.Property.Name != n)) : _unknown];
        PropertyName[] missing = [.. _unknown.Where(n => extras.Element(n) is null)];
        PropertyName[] found = [.. others.Except(missing)];
        if (!_isAlike) missing = [.. missing, .. _chosen.Where(c => !Has(c.Property)).Select(c => c.Property.Name)];
        to.Raw("</D:href>"u8);
        if (found.Length > 0 || missing.Length == 0 || _chosen.Exists(c => Has(c.Property)))
        {
            to.Raw("<D:propstat><D:prop>"u8);
            foreach ((LiveProperty property, Action<Utf8Writer, Node>? write) in _chosen)
            {
                if (!Has(property)) continue;
                Action<Utf8Writer>? content = property.Name == LiveProperty.LockDiscovery ? extras.WriteLocks : write is null ? null : t => write(t, node);
                if (!_namesOnly && extras.Element(property.Name) is { } set) to.Raw(set);
                else if (_namesOnly || content is null) to.Raw(property.Empty);
                else
                {
                    to.Raw(property.Opening);
                    content(to);
                    to.Raw(property.Closing);
                }
            }
            foreach (PropertyName name in found)
                if (_namesOnly) to.Raw(Element(name));
                else to.Raw(extras.Element(name)!);
            to.Raw("</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"u8);
        }
        if (missing.Length > 0 && !_namesOnly)
        {
            to.Raw("<D:propstat><D:prop>"u8);
            foreach (PropertyName name in missing) to.Raw(Element(name));
            to.Raw("</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>"u8);
        }
        to.Raw("</D:response>\n"u8);

        bool Has(LiveProperty property) => property.IsThere?.Invoke(node) is not false;
    }

    static IEnumerable<LiveProperty> Chosen(PropfindRequest request, bool forFolders, List<PropertyName> unknown)
    {
        IEnumerable<LiveProperty> present = LiveProperty.All.Where(p => p.IsOn(forFolders));
        if (request.Kind == PropfindKind.Names) return present;
        Dictionary<PropertyName, LiveProperty> byName = present.ToDictionary(p => p.Name);
        List<LiveProperty> chosen = request.Kind == PropfindKind.AllProperties ? [.. byName.Values.Where(p => p.InAll)] : [];
        foreach (PropertyName name in request.Names)
            if (!byName.TryGetValue(name, out LiveProperty? property)) unknown.Add(name);
            else if (!chosen.Contains(property)) chosen.Add(property);
        return chosen;
    }

    /// <summary>An empty element of a name that came from the client.</summary>
    public static byte[] Element(PropertyName name)
    {
        if (name.Namespace == PropertyName.Dav) return Encoding.UTF8.GetBytes($"<D:{name.Local}/>");
        using MemoryStream bytes = new();
        using (XmlWriter xml = XmlWriter.Create(bytes, new() { Encoding = new UTF8Encoding(false), OmitXmlDeclaration = true, ConformanceLevel = ConformanceLevel.Fragment }))
        {
            // A prefix of its own, because "no namespace" cannot be declared for one (Namespaces in XML 1.0, 6.2).
            if (name.Namespace.Length == 0) xml.WriteStartElement(name.Local);
            // This one has its prefix and no other (Namespaces in XML 1.0, 3).
            else if (name.Namespace == XmlBody.XmlSpace) xml.WriteStartElement("xml", name.Local, name.Namespace);
            else xml.WriteStartElement("x", name.Local, name.Namespace);
            xml.WriteEndElement();
        }
        return bytes.ToArray();
    }
}
