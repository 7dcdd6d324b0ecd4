using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Albumen.Catalog.Metadata;

namespace Albumen.Sidecar;

/// <summary>
/// A sidecar as the XML it is: every node that nobody changes is written back as it stood. Whitespace outside of our own properties is neither added nor
/// taken away, so the file without them has the same canonical XML before and after.
/// </summary>
sealed partial class XmpTree
{
    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    readonly XDocument _document;
    readonly string _declaration = "";
    readonly bool _hasMark;
    readonly bool _isNew;
    bool _isAmbiguous;
    List<XElement>? _descriptions;

    XmpTree(XDocument document, string declaration, bool hasMark, bool isNew)
    {
        (_document, _declaration, _hasMark, _isNew) = (document, declaration, hasMark, isNew);
        _document.Changed += (_, _) => IsChanged = true;
    }

    /// <summary>Something differs from what was parsed.</summary>
    public bool IsChanged { get; private set; }

    /// <exception cref="XmpDamagedException">It is not well-formed XML with an <c>rdf:RDF</c> in it, or beyond all bounds.</exception>
    public static XmpTree Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            string text = XmpText.DecodeStrictly(bytes);
            string declaration = Declaration().Match(text).Value;
            text = text[declaration.Length..];
            Measure(text, out bool isAmbiguous);
            using XmlReader reader = Reader(text);
            XDocument document = XDocument.Load(reader, LoadOptions.PreserveWhitespace);
            if (isAmbiguous) XmpPrefixes.Note(document, Reader(text));
            if (!document.Descendants(XmpNames.Root).Any()) throw new XmpDamagedException("The sidecar is damaged: it holds no XMP");
            return new(document, OtherEncoding().Replace(declaration, "${before}UTF-8${after}", 1), XmpText.HasUtf8Mark(bytes), isNew: false) { _isAmbiguous = isAmbiguous };
        }
        catch (Exception error) when (error is FormatException or XmlException)
        {
            throw new XmpDamagedException($"The sidecar is damaged: {error.Message}");
        }
    }

    /// <summary>An empty packet.</summary>
    public static XmpTree New()
    {
        XElement description = new(XmpNames.Description, new XAttribute(XmpNames.About, ""));
        foreach ((XNamespace space, string prefix) in XmpNames.Prefixes.OrderBy(p => p.Value, StringComparer.OrdinalIgnoreCase))
            if (space != XmpNames.Rdf) description.Add(new XAttribute(XNamespace.Xmlns + prefix, space.NamespaceName));
        XNamespace meta = "adobe:ns:meta/";
        XDocument document = new(
            // XMP specification part 1, 7.3.2: the id is the same for all packets.
            new XProcessingInstruction("xpacket", "begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\""),
            new XElement(meta + "xmpmeta", new XAttribute(XNamespace.Xmlns + "x", meta.NamespaceName), new XAttribute(meta + "xmptk", "Albumen"),
                new XElement(XmpNames.Root, new XAttribute(XNamespace.Xmlns + "rdf", XmpPacket.Rdf), description)),
            new XProcessingInstruction("xpacket", "end=\"w\""));
        return new(document, "", hasMark: false, isNew: true);
    }

    /// <summary>UTF-8, whatever it was before.</summary>
    public byte[] ToBytes()
    {
        if (_isNew) DropUnusedPrefixes();
        using MemoryStream bytes = new();
        if (_hasMark) bytes.Write([0xEF, 0xBB, 0xBF]);
        bytes.Write(Utf8.GetBytes(_declaration));
        XmlWriterSettings settings = new() { Encoding = Utf8, OmitXmlDeclaration = true, Indent = _isNew, IndentChars = " ", NewLineChars = "\n", NewLineHandling = NewLineHandling.Entitize };
        using (XmlWriter writer = XmlWriter.Create(bytes, settings))
        {
            if (_isAmbiguous) XmpPrefixes.Write(_document, writer);
            else _document.WriteTo(writer);
        }
        if (_isNew) bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>Everywhere this property stands, as an attribute or an element, in the order in which readers come upon it.</summary>
    public List<XObject> Find(XName name)
    {
        List<XObject> found = [];
        foreach (XElement description in Descriptions())
        {
            if (description.Attribute(name) is { } attribute) found.Add(attribute);
            found.AddRange(description.Elements(name));
        }
        return found;
    }

    public void Remove(XName name)
    {
        foreach (XObject occurrence in Find(name)) Remove(occurrence);
    }

    /// <summary>The one element of this name: the first there is, or a new one. What is said a second time goes; of a property there is one.</summary>
    public XElement Element(XName name)
    {
        List<XObject> found = Find(name);
        foreach (XObject more in found.Skip(1)) Remove(more);
        if (found.FirstOrDefault() is XElement element) return element;
        if (found.Count > 0) Remove(found[0]);
        XElement parent = Descriptions().FirstOrDefault(d => d.Name == XmpNames.Description) ?? Describe();
        return Add(parent, name);
    }

    /// <summary>As the last child: what already stands there keeps its place and its whitespace.</summary>
    public static XElement Add(XElement parent, XName name)
    {
        XElement element = new(name);
        parent.Add(element);
        Declare(element, name.Namespace);
        return element;
    }

    /// <summary>Makes a prefix for this namespace known at this element, where there is none.</summary>
    public static void Declare(XElement element, XNamespace space)
    {
        if (element.GetPrefixOfNamespace(space) is null && XmpNames.Prefixes.TryGetValue(space, out string? prefix))
            element.Add(new XAttribute(XNamespace.Xmlns + prefix, space.NamespaceName));
    }

    List<XElement> Descriptions() => _descriptions ??= [.. Roots(_document.Root!).SelectMany(rdf => rdf.Elements())];

    static IEnumerable<XElement> Roots(XElement element) => element.Name == XmpNames.Root ? [element] : element.Elements().SelectMany(Roots);

    XElement Describe()
    {
        XElement description = Add(Roots(_document.Root!).First(), XmpNames.Description);
        Declare(description, XmpNames.Rdf);
        description.SetAttributeValue(XmpNames.About, "");
        _descriptions = null;
        return description;
    }

    static void Remove(XObject occurrence)
    {
        if (occurrence is XAttribute attribute) attribute.Remove();
        else ((XElement)occurrence).Remove();
    }

    void DropUnusedPrefixes()
    {
        HashSet<string> used = [.. _document.Descendants().SelectMany(e => e.Attributes().Where(a => !a.IsNamespaceDeclaration).Select(a => a.Name.NamespaceName).Append(e.Name.NamespaceName))];
        _document.Descendants(XmpNames.Description).First().Attributes().Where(a => a.IsNamespaceDeclaration && !used.Contains(a.Value)).Remove();
    }

    /// <summary>Depth and number of nodes, before a tree of them is built.</summary>
    /// <param name="isAmbiguous">A namespace goes by more than one prefix.</param>
    static void Measure(string text, out bool isAmbiguous)
    {
        using XmlReader reader = Reader(text);
        Dictionary<string, string> prefixes = [];
        int nodes = 0;
        isAmbiguous = false;
        while (reader.Read())
        {
            bool isElement = reader.NodeType is XmlNodeType.Element;
            if (isElement && reader.Depth >= XmpText.MostDepth) throw new FormatException($"there are more than {XmpText.MostDepth} elements inside each other in line {((IXmlLineInfo)reader).LineNumber}");
            if (++nodes > XmpText.MostNodes) throw new FormatException($"there are more elements than any photo has in line {((IXmlLineInfo)reader).LineNumber}");
            if (!isElement) continue;
            while (reader.MoveToNextAttribute())
                if (reader.Prefix == "xmlns" || reader.Name == "xmlns")
                    isAmbiguous |= !prefixes.TryAdd(reader.Value, reader.Name) && prefixes[reader.Value] != reader.Name;
        }
    }

    static XmlReader Reader(string text) => XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });

    [GeneratedRegex("""^<\?xml\s+version\s*=\s*(["'])1\.0\1[^>]*?\?>""")]
    private static partial Regex Declaration();

    [GeneratedRegex("""(?<before>encoding\s*=\s*["'])(?!utf-?8["'])[^"']*(?<after>["'])""", RegexOptions.IgnoreCase)]
    private static partial Regex OtherEncoding();
}
