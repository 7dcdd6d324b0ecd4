using System.Xml.Linq;
using Albumen.Catalog.Metadata;

namespace Albumen.Sidecar;

/// <summary>Reads and sets values in the tree of a sidecar, in whichever of RDF's forms they stand. What already says the same is left as it is.</summary>
static class XmpValues
{
    /// <summary>A property as readers understand it; null when there is none.</summary>
    public static XmpNode? Read(this XmpTree tree, XName name) => tree.Find(name).FirstOrDefault() switch
    {
        XAttribute attribute => new XmpNode(name.NamespaceName, name.LocalName) { Text = attribute.Value },
        XElement element => Node(element),
        _ => null,
    };

    /// <summary>The same meaning as <see cref="XmpPacket"/> gives it.</summary>
    public static XmpNode Node(XElement element)
    {
        XmpNode node = new(element.Name.NamespaceName, element.Name.LocalName) { Language = element.Attribute(XmpNames.Language)?.Value };
        XElement? inner = element.Elements().FirstOrDefault();
        if (inner is not null && IsList(inner))
        {
            node.Items.AddRange(inner.Elements().Select(Node));
            return node;
        }
        XElement fields = Fields(element);
        node.Fields.AddRange(fields.Attributes().Where(a => !a.IsNamespaceDeclaration && a.Name.Namespace != XmpNames.Rdf && a.Name.Namespace != XNamespace.Xml && a.Name.NamespaceName.Length > 0)
            .Select(a => new XmpNode(a.Name.NamespaceName, a.Name.LocalName) { Text = a.Value }));
        node.Fields.AddRange(fields.Elements().Select(Node));
        node.Text = node.Field(XmpPacket.Rdf, "value")?.Text ?? (fields == element ? element.Attribute(XmpNames.Resource)?.Value ?? (inner is null ? element.Value : null) : null);
        return node;
    }

    /// <summary>The container of a list's items; null when it is no list.</summary>
    public static XElement? List(this XElement element) => element.Elements().FirstOrDefault() is { } inner && IsList(inner) ? inner : null;

    /// <summary>Where the fields of a structure stand: in the element itself or in the description inside.</summary>
    public static XElement Fields(this XElement element) => element.Elements().FirstOrDefault() is { } inner && inner.Name == XmpNames.Description ? inner : element;

    /// <summary>Sets a simple property, or removes it.</summary>
    /// <param name="means">What the text stands for: a property that means the same is left as it is.</param>
    public static void SetText(this XmpTree tree, XName name, string? value, Func<string, object?>? means = null)
    {
        value = Clean(value);
        if (value is null)
        {
            tree.Remove(name);
            return;
        }
        List<XObject> found = tree.Find(name);
        if (found.Count == 1 && tree.Read(name)?.Value is { } old && (means is null ? old == value : Equals(means(old), means(value)))) return;
        if (found.Count == 1 && found[0] is XAttribute attribute) attribute.Value = value;
        else tree.Element(name).SetText(value);
    }

    /// <summary>Gives an element this text. Qualifiers of a value stay, any other content goes.</summary>
    public static void SetText(this XElement element, string value)
    {
        if (element.Fields().Element(XmpNames.Value) is { HasElements: false } qualified)
        {
            if (qualified.Value != value) qualified.Value = value;
            return;
        }
        if (!element.HasElements && element.Value == value && element.Attribute(XmpNames.Resource) is null) return;
        element.Attributes().Where(a => !a.IsNamespaceDeclaration && a.Name != XmpNames.Language).Remove();
        element.Value = value;
    }

    /// <summary>Sets the default text of a property in several languages, or removes it with all of them. The other languages stay.</summary>
    public static void SetDefault(this XmpTree tree, XName name, string? value)
    {
        value = Clean(value);
        if (value is null)
        {
            tree.Remove(name);
            return;
        }
        List<XObject> found = tree.Find(name);
        if (found.Count == 1 && XmpFacts.Cut(tree.Read(name)?.Value) == value) return;
        List<XElement> others = [.. found.OfType<XElement>().Skip(1).SelectMany(more => more.List()?.Elements() ?? []).Where(item => Language(item) is not (null or "x-default"))];
        XElement element = tree.Element(name);
        XElement list = element.List() is { } existing && existing.Name == XmpNames.Alt ? existing : element.Replace(XmpNames.Alt);
        foreach (XElement other in others)
            if (list.Elements().All(item => Language(item) != Language(other))) list.Add(other);
        XElement? item = list.Elements().FirstOrDefault(i => Language(i) == "x-default") ?? list.Elements().FirstOrDefault(i => Language(i) is null);
        if (item is null) list.AddFirst(item = new XElement(XmpNames.Item));
        if (Language(item) is null) item.SetAttributeValue(XmpNames.Language, "x-default");
        item.SetText(value);

        static string? Language(XElement item) => item.Attribute(XmpNames.Language)?.Value;
    }

    /// <summary>Sets an unordered list, or removes it. Items that stay keep their place and their qualifiers.</summary>
    public static void SetList(this XmpTree tree, XName name, IReadOnlyList<string> values)
    {
        List<string> wanted = [.. values.Select(Clean).OfType<string>().Distinct()];
        if (wanted.Count == 0)
        {
            tree.Remove(name);
            return;
        }
        List<XObject> found = tree.Find(name);
        if (found.Count == 1 && tree.Read(name) is { } node && IsThisList(node, wanted)) return;
        XElement element = tree.Element(name);
        XElement list = element.List() is { } existing && existing.Name != XmpNames.Alt ? existing : element.Replace(XmpNames.Bag);
        HashSet<string> missing = [.. wanted];
        foreach (XElement item in list.Elements().ToList())
            if (Node(item).Value is not { } text || !missing.Remove(text)) item.RemoveWithSpace();
        foreach (string value in wanted.Where(missing.Contains)) list.AddItem(new XElement(XmpNames.Item, value));
    }

    /// <summary>Sets a field of a structure, in the form in which its other fields stand; null removes it.</summary>
    public static void SetField(this XElement structure, XName name, string? value)
    {
        XElement fields = structure.Fields();
        if (fields.Attribute(name) is { } attribute)
        {
            if (value is null) attribute.Remove();
            else if (attribute.Value != value) attribute.Value = value;
        }
        else if (fields.Element(name) is { } element)
        {
            if (value is null) element.RemoveWithSpace();
            else element.SetText(value);
        }
        else if (value is not null)
        {
            // Elements in a property element need parseType="Resource"; one without holds its fields as attributes (RDF/XML 2.12).
            if (fields.Name == XmpNames.Description || fields.HasElements || fields.Attribute(XmpNames.ParseType) is not null) XmpTree.Add(fields, name).Value = value;
            else
            {
                XmpTree.Declare(fields, name.Namespace);
                fields.SetAttributeValue(name, value);
            }
        }
    }

    /// <summary>A structure inside a structure, made when it is missing.</summary>
    public static XElement Structure(this XElement structure, XName name)
    {
        if (structure.Fields().Element(name) is { } element) return element;
        XElement made = XmpTree.Add(structure.Fields(), name);
        return made.AsStructure();
    }

    public static XElement AsStructure(this XElement element)
    {
        XmpTree.Declare(element, XmpNames.Rdf);
        element.SetAttributeValue(XmpNames.ParseType, "Resource");
        return element;
    }

    /// <summary>Throws away what an element holds, in whatever form, for an empty list.</summary>
    public static XElement Replace(this XElement element, XName container)
    {
        element.Attributes().Where(a => !a.IsNamespaceDeclaration).Remove();
        element.RemoveNodes();
        return XmpTree.Add(element, container);
    }

    /// <summary>At the end of a list, indented as its last item is.</summary>
    public static void AddItem(this XElement list, XElement item)
    {
        if (list.Elements().LastOrDefault() is not { } last) list.AddFirst(item);
        else if (last.PreviousNode is XText { Value: var space } && string.IsNullOrWhiteSpace(space)) last.AddAfterSelf(new XText(space), item);
        else last.AddAfterSelf(item);
    }

    /// <summary>Takes an item out of a list, and the indentation before it.</summary>
    public static void RemoveWithSpace(this XElement item)
    {
        if (item.PreviousNode is XText space && string.IsNullOrWhiteSpace(space.Value)) space.Remove();
        item.Remove();
    }

    /// <summary>Without what XML cannot hold and without blanks around it; null when nothing is left.</summary>
    public static string? Clean(string? text)
    {
        if (text is null) return null;
        bool isClean = true;
        for (int at = 0; at < text.Length && isClean; at++) isClean = System.Xml.XmlConvert.IsXmlChar(text[at]) && !char.IsSurrogate(text[at]);
        if (!isClean) text = string.Concat(text.EnumerateRunes().Where(rune => rune.Value > 0xFFFF || System.Xml.XmlConvert.IsXmlChar((char)rune.Value)));
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    static bool IsList(XElement element) => element.Name == XmpNames.Bag || element.Name == XmpNames.Seq || element.Name == XmpNames.Alt;

    static bool IsThisList(XmpNode node, List<string> wanted)
    {
        List<string> said = node.Items.Count > 0 ? [.. node.Items.Select(item => item.Value).OfType<string>()] : node.Value is { } one ? [one] : [];
        return said.Count == wanted.Count && said.ToHashSet().SetEquals(wanted);
    }
}
