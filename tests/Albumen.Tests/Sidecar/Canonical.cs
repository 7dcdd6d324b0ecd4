using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

namespace Albumen.Tests.Sidecar;

/// <summary>A sidecar without the properties that may be ours, as canonical XML (with comments): equal before and after a merge.</summary>
static class Canonical
{
    const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

    // Written out once more on purpose: what FORMAT.md promises, not what the code happens to do.
    static readonly HashSet<(string, string)> Ours =
    [
        .. In("http://purl.org/dc/elements/1.1/", "title", "description", "subject"), .. In("http://ns.adobe.com/xap/1.0/", "Rating", "Label"), .. In("http://ns.microsoft.com/photo/1.0/", "Rating"),
        .. In("http://ns.adobe.com/lightroom/1.0/", "hierarchicalSubject"), .. In("http://www.digikam.org/ns/1.0/", "TagsList"),
        .. In("http://ns.adobe.com/exif/1.0/", "DateTimeOriginal", "GPSLatitude", "GPSLongitude", "GPSAltitude", "GPSAltitudeRef"), .. In("http://ns.adobe.com/photoshop/1.0/", "DateCreated", "Country", "State", "City"),
        .. In("http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/", "Location"), .. In("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "PersonInImage"),
        .. In("http://www.metadataworkinggroup.com/schemas/regions/", "Regions"), .. In("http://ns.microsoft.com/photo/1.2/", "RegionInfo"),
        .. In("urn:albumen:xmp:1.0:", "Favourite", "Archived", "Hidden", "Stack", "Trashed", "DateApproximate", "DateUnknown", "NotShown"),
    ];

    public static string Foreign(byte[] xmp)
    {
        XmlDocument document = new() { PreserveWhitespace = true, XmlResolver = null };
        using XmlReader reader = XmlReader.Create(new MemoryStream(xmp));
        document.Load(reader);
        foreach (XmlElement root in document.GetElementsByTagName("RDF", Rdf).Cast<XmlElement>().ToList())
            foreach (XmlElement description in root.ChildNodes.OfType<XmlElement>())
            {
                foreach (XmlAttribute attribute in description.Attributes.Cast<XmlAttribute>().Where(IsOurs).ToList()) description.Attributes.Remove(attribute);
                foreach (XmlElement element in description.ChildNodes.OfType<XmlElement>().Where(IsOurs).ToList()) description.RemoveChild(element);
            }
        document.Normalize();
        XmlDsigC14NWithCommentsTransform transform = new();
        transform.LoadInput(document);
        using MemoryStream bytes = (MemoryStream)transform.GetOutput(typeof(Stream));
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    static bool IsOurs(XmlNode node) => Ours.Contains((node.NamespaceURI, node.LocalName));

    static IEnumerable<(string, string)> In(string space, params string[] names) => names.Select(name => (space, name));
}
