using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// The properties of an XMP packet, read as forgivingly as people's tools write it: any encoding, comments, several descriptions, a
/// missing <c>rdf:about</c>, an undeclared but usual prefix. Where the XML breaks off, what stood before counts. Size, depth and the
/// number of elements are bounded and there are no DTDs, so no packet costs more than a few milliseconds.
/// </summary>
sealed partial class XmpPacket
{
    public const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    public const string Dc = "http://purl.org/dc/elements/1.1/";
    public const string Xmp = "http://ns.adobe.com/xap/1.0/";
    public const string Exif = "http://ns.adobe.com/exif/1.0/";
    public const string ExifEx = "http://cipa.jp/exif/1.0/";
    public const string Tiff = "http://ns.adobe.com/tiff/1.0/";
    public const string Aux = "http://ns.adobe.com/exif/1.0/aux/";
    public const string Photoshop = "http://ns.adobe.com/photoshop/1.0/";
    public const string Lightroom = "http://ns.adobe.com/lightroom/1.0/";
    public const string DigiKam = "http://www.digikam.org/ns/1.0/";
    public const string MicrosoftPhoto = "http://ns.microsoft.com/photo/1.0/";
    public const string MicrosoftRegions = "http://ns.microsoft.com/photo/1.2/";
    public const string MicrosoftRegionInfo = MicrosoftRegions + "t/RegionInfo#";
    public const string MicrosoftRegion = MicrosoftRegions + "t/Region#";
    public const string MwgRegions = "http://www.metadataworkinggroup.com/schemas/regions/";
    public const string IptcCore = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/";
    public const string IptcExt = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
    public const string Area = "http://ns.adobe.com/xmp/sType/Area#";
    public const string GoogleCamera = "http://ns.google.com/photos/1.0/camera/";
    public const string GoogleContainer = "http://ns.google.com/photos/1.0/container/";
    public const string GoogleItem = "http://ns.google.com/photos/1.0/container/item/";
    public const string Dimensions = "http://ns.adobe.com/xap/1.0/sType/Dimensions#";

    /// <summary>Ours, for what no standard says.</summary>
    public const string Albumen = "urn:albumen:xmp:1.0:";


    readonly List<XmpNode> _properties = [];

    /// <summary>Never throws for anything in <paramref name="bytes"/>; what is wrong there becomes a warning.</summary>
    public static XmpPacket Read(ReadOnlySpan<byte> bytes, List<string> warnings)
    {
        if (bytes.Length <= XmpText.MostBytes) return Parse(XmpText.Decode(bytes), warnings);
        warnings.Add($"XMP of {bytes.Length >> 20} MB was not read");
        return new() { IsDamaged = true };
    }

    /// <inheritdoc cref="Read"/>
    /// <param name="isStrict">A character that XML does not have is damage.</param>
    public static XmpPacket Parse(string text, List<string> warnings, bool isStrict = false)
    {
        XmpPacket packet = new();
        // The padding of a packet and whatever follows it.
        int begin = text.IndexOf('<'), end = text.LastIndexOf('>');
        if (begin < 0 || end < begin) return packet;
        // Each attribute has one.
        if (text.AsSpan().Count('=') > XmpText.MostAttributes)
        {
            packet.IsDamaged = true;
            warnings.Add("XMP with more attributes than any photo has was not read");
            return packet;
        }
        // A declaration may stand at the very beginning only, and names an encoding that no longer matters.
        text = Declaration().Replace(text[begin..(end + 1)], "", 1);
        Element root = new(null!, "", "");
        try
        {
            ReadElements(text, root, isStrict);
        }
        catch (XmlException exception)
        {
            packet.IsDamaged = true;
            warnings.Add($"XMP is damaged: {exception.Message}");
        }
        packet.Gather(root, inRdf: false);
        return packet;
    }

    /// <summary>A packet of these properties.</summary>
    public static XmpPacket Of(IEnumerable<XmpNode> properties)
    {
        XmpPacket packet = new();
        packet._properties.AddRange(properties);
        return packet;
    }

    /// <summary>Only a part of it could be read, or nothing.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>It holds an <c>rdf:RDF</c>, though perhaps an empty one.</summary>
    public bool HasRdf { get; private set; }

    /// <summary>Not one property: no XMP, or none that could be understood.</summary>
    public bool SaysNothing => _properties.Count == 0;

    /// <summary>Adds what <paramref name="other"/> has and this packet has not.</summary>
    public void Add(XmpPacket other) => _properties.AddRange(other._properties);

    public XmpNode? this[string space, string name] => _properties.Find(p => p.Name == name && p.Space == space);

    /// <summary>A simple value, the default language of several, or the first of a list.</summary>
    public string? Text(string space, string name) => this[space, name]?.Value;

    /// <summary>The items of a list; a simple value is a list of one.</summary>
    public IEnumerable<string> Texts(string space, string name) =>
        this[space, name] is not { } node ? []
        : (node.Items.Count > 0 ? node.Items.Select(i => i.Value) : [node.Value]).Where(t => !string.IsNullOrWhiteSpace(t)).Select(t => t!.Trim());

    static void ReadElements(string text, Element root, bool isStrict)
    {
        NameTable names = new();
        XmlNamespaceManager usual = new(names);
        foreach ((string prefix, string space) in UsualPrefixes) usual.AddNamespace(prefix, space);
        XmlReaderSettings settings = new()
        {
            ConformanceLevel = ConformanceLevel.Fragment,
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            CheckCharacters = isStrict,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            NameTable = names,
        };
        using XmlReader reader = XmlReader.Create(new StringReader(text), settings, new XmlParserContext(names, usual, null, XmlSpace.None));
        Element current = root;
        int nodes = 0;
        while (reader.Read())
        {
            if (++nodes > XmpText.MostNodes) throw new XmlException("more elements than any photo has");
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (reader.Depth >= XmpText.MostDepth) throw new XmlException($"more than {XmpText.MostDepth} elements inside each other");
                    Element child = new(current, reader.NamespaceURI, reader.LocalName);
                    current.Children.Add(child);
                    bool empty = reader.IsEmptyElement;
                    while (reader.MoveToNextAttribute())
                        if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
                            child.Attributes.Add((reader.NamespaceURI, reader.LocalName, reader.Value));
                    if (!empty) current = child;
                    break;
                case XmlNodeType.EndElement:
                    current = current.Parent;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    current.Text.Append(reader.Value);
                    break;
            }
        }
    }

    void Gather(Element element, bool inRdf)
    {
        foreach (Element child in element.Children)
        {
            bool isRdf = child is { Space: Rdf, Name: "RDF" };
            HasRdf |= isRdf;
            if (inRdf) AddProperties(child, _properties);
            else Gather(child, isRdf);
        }
    }

    /// <summary>The properties of a description or structure: its attributes and its elements.</summary>
    static void AddProperties(Element element, List<XmpNode> into)
    {
        foreach ((string space, string name, string value) in element.Attributes)
            if (space is not (Rdf or XmlSpaceName) && space.Length > 0) into.Add(new XmpNode(space, name) { Text = value });
        foreach (Element child in element.Children) into.Add(Property(child));
    }

    static XmpNode Property(Element element)
    {
        XmpNode node = new(element.Space, element.Name) { Language = element.Attribute(XmlSpaceName, "lang") };
        Element? inner = element.Children.Count > 0 ? element.Children[0] : null;
        if (inner is { Space: Rdf, Name: "Bag" or "Seq" or "Alt" })
        {
            foreach (Element item in inner.Children) node.Items.Add(Property(item));
        }
        else if (inner is { Space: Rdf, Name: "Description" })
        {
            AddProperties(inner, node.Fields);
            // A value with qualifiers (XMP specification part 1, C.2.7).
            node.Text = node.Field(Rdf, "value")?.Text;
        }
        else
        {
            AddProperties(element, node.Fields);
            node.Text = node.Field(Rdf, "value")?.Text ?? element.Attribute(Rdf, "resource") ?? (inner is null ? element.Text.ToString() : null);
        }
        return node;
    }

    const string XmlSpaceName = "http://www.w3.org/XML/1998/namespace";

    static readonly (string Prefix, string Space)[] UsualPrefixes =
    [
        ("rdf", Rdf), ("x", "adobe:ns:meta/"), ("dc", Dc), ("xmp", Xmp), ("xap", Xmp), ("exif", Exif), ("exifEX", ExifEx), ("tiff", Tiff), ("aux", Aux),
        ("photoshop", Photoshop), ("lr", Lightroom), ("digiKam", DigiKam), ("MicrosoftPhoto", MicrosoftPhoto), ("mwg-rs", MwgRegions),
        ("MP", MicrosoftRegions), ("MPRI", MicrosoftRegionInfo), ("MPReg", MicrosoftRegion), ("Iptc4xmpExt", IptcExt),
        ("Iptc4xmpCore", IptcCore), ("stArea", Area), ("stDim", Dimensions), ("albumen", Albumen),
    ];

    [GeneratedRegex(@"<\?xml\s[^>]*\?>")]
    private static partial Regex Declaration();

    /// <summary>XML as it stands, before RDF gives it a meaning.</summary>
    sealed class Element(Element parent, string space, string name)
    {
        public Element Parent => parent;
        public string Space => space;
        public string Name => name;
        public StringBuilder Text { get; } = new();
        public List<(string Space, string Name, string Value)> Attributes { get; } = [];
        public List<Element> Children { get; } = [];

        public string? Attribute(string ofSpace, string called) => Attributes.Find(a => a.Name == called && a.Space == ofSpace).Value;
    }
}

/// <summary>A property: text, a list of items, or a structure of fields.</summary>
sealed class XmpNode(string space, string name)
{
    public string Space => space;
    public string Name => name;
    public string? Text { get; set; }
    public string? Language { get; init; }
    public List<XmpNode> Items { get; } = [];
    public List<XmpNode> Fields { get; } = [];

    public XmpNode? Field(string ofSpace, string called) => Fields.Find(f => f.Name == called && f.Space == ofSpace);

    /// <summary>Null when blank.</summary>
    public string? Value =>
        Items.Count > 0 ? (Items.Find(i => i.Language == "x-default" && i.Value is not null) ?? Items[0]).Value
        : string.IsNullOrWhiteSpace(Text) ? null
        : Text.Trim();
}
