using System.Xml;
using System.Xml.Linq;

namespace Albumen.Sidecar;

/// <summary>
/// Keeps which prefix each name was written with, for a file that has several for one namespace: the tree itself only knows the namespace, and
/// canonical XML would differ.
/// </summary>
static class XmpPrefixes
{
    /// <param name="again">Reads the text from which the document was loaded.</param>
    public static void Note(XDocument document, XmlReader again)
    {
        using (again)
            foreach (XElement element in document.Descendants())
            {
                while (again.Read() && again.NodeType is not XmlNodeType.Element) { }
                element.AddAnnotation(again.Prefix);
                foreach (XAttribute attribute in element.Attributes())
                {
                    again.MoveToNextAttribute();
                    attribute.AddAnnotation(again.Prefix);
                }
            }
    }

    /// <summary>As <see cref="XNode.WriteTo"/> does, but for the prefixes.</summary>
    public static void Write(XContainer container, XmlWriter writer)
    {
        foreach (XNode node in container.Nodes())
        {
            if (node is not XElement element)
            {
                node.WriteTo(writer);
                continue;
            }
            writer.WriteStartElement(element.Annotation<string>() ?? element.GetPrefixOfNamespace(element.Name.Namespace) ?? "", element.Name.LocalName, element.Name.NamespaceName);
            foreach (XAttribute attribute in element.Attributes()) Write(attribute, writer);
            Write(element, writer);
            if (element.IsEmpty) writer.WriteEndElement();
            else writer.WriteFullEndElement();
        }
    }

    static void Write(XAttribute attribute, XmlWriter writer)
    {
        (string space, string name) = (attribute.Name.NamespaceName, attribute.Name.LocalName);
        if (space.Length == 0) writer.WriteAttributeString("", name, name == "xmlns" ? XNamespace.Xmlns.NamespaceName : "", attribute.Value);
        else writer.WriteAttributeString(attribute.Annotation<string>() ?? attribute.Parent!.GetPrefixOfNamespace(attribute.Name.Namespace), name, space, attribute.Value);
    }
}
