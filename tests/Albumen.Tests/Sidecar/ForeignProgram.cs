using System.Text.Json;
using System.Xml.Linq;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Tests.Sidecar;

/// <summary>Another program that keeps sidecars: it writes XMP in a way of its own, and a counter that is nobody else's.</summary>
static class ForeignProgram
{
    static readonly XNamespace Meta = "adobe:ns:meta/", Rdf = XmpPacket.Rdf, Dc = XmpPacket.Dc, Xmp = XmpPacket.Xmp, DigiKam = XmpPacket.DigiKam, Lightroom = XmpPacket.Lightroom, IptcExt = XmpPacket.IptcExt,
        Windows = XmpPacket.MicrosoftPhoto, Own = "http://example.org/other/1.0/";

    /// <summary>The fields it knows.</summary>
    public static IReadOnlyList<Field> Fields { get; } = [Field.Title, Field.Caption, Field.Rating, Field.Label, Field.Tags, Field.People];

    /// <summary>Sets one field, or takes it out, and leaves the rest as it is.</summary>
    public static void Write(string path, Field field, string? value)
    {
        XDocument document = File.Exists(path) ? XDocument.Load(path, LoadOptions.PreserveWhitespace) : New();
        XElement description = document.Descendants(Rdf + "Description").First();
        Facts facts = field.Write(new(), value);
        if (field == Field.Title) Text(document, description, Dc + "title", facts.Title);
        else if (field == Field.Caption) Text(document, description, Dc + "description", facts.Caption);
        else if (field == Field.Rating)
        {
            Plain(document, description, Xmp + "Rating", facts.Rating?.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Plain(document, description, Windows + "Rating", null);
        }
        else if (field == Field.Label) Plain(document, description, Xmp + "Label", facts.Label);
        else if (field == Field.People)
        {
            List(document, description, IptcExt + "PersonInImage", facts.People);
            List(document, description, (XNamespace)XmpPacket.Albumen + "NotShown", null);
        }
        else
        {
            List(document, description, Dc + "subject", facts.Tags);
            List(document, description, Lightroom + "hierarchicalSubject", facts.Tags);
            List(document, description, DigiKam + "TagsList", facts.Tags);
        }
        int count = int.Parse(description.Attribute(Own + "Saved")?.Value ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        description.SetAttributeValue(Own + "Saved", count + 1);
        File.WriteAllText(path + ".new", document.ToString(SaveOptions.DisableFormatting));
        File.Move(path + ".new", path, overwrite: true);
    }

    static XDocument New() => new(new XElement(Meta + "xmpmeta", new XAttribute(XNamespace.Xmlns + "x", Meta),
        new XElement(Rdf + "RDF", new XAttribute(XNamespace.Xmlns + "rdf", Rdf), new XElement(Rdf + "Description", new XAttribute(Rdf + "about", "")))));

    static void Remove(XDocument document, XName name)
    {
        document.Descendants(name).Remove();
        foreach (XElement description in document.Descendants(Rdf + "Description")) description.SetAttributeValue(name, null);
    }

    static void Plain(XDocument document, XElement description, XName name, string? value)
    {
        Remove(document, name);
        if (value is not null) description.SetAttributeValue(name, value);
    }

    static void Text(XDocument document, XElement description, XName name, string? value)
    {
        Remove(document, name);
        if (value is not null) description.Add(new XElement(name, new XElement(Rdf + "Alt", new XElement(Rdf + "li", new XAttribute(XNamespace.Xml + "lang", "x-default"), value))));
    }

    static void List(XDocument document, XElement description, XName name, IReadOnlyList<string>? items)
    {
        Remove(document, name);
        if (items is { Count: > 0 }) description.Add(new XElement(name, new XElement(Rdf + "Bag", items.Select(item => new XElement(Rdf + "li", item)))));
    }

    /// <summary>A list as the value of a field.</summary>
    public static string Json(params IReadOnlyList<string> items) => JsonSerializer.Serialize(items, FactsJson.Default.IReadOnlyListString);
}
