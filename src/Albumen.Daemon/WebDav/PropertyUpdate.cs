using System.Globalization;
using System.Xml;

namespace Albumen.Daemon.WebDav;

/// <summary>One thing a PROPPATCH does.</summary>
/// <param name="Element">The whole element that is set; null to remove it.</param>
/// <param name="Text">The text in it.</param>
sealed record PropertyChange(PropertyName Name, string? Element, string Text);

/// <summary>What a PROPPATCH asks for (RFC 4918, 14.19), in document order.</summary>
sealed record PropertyUpdate(IReadOnlyList<PropertyChange> Changes)
{
    const int MostChanges = 256, LongestName = 512;

    /// <exception cref="XmlException">No well-formed XML, a DTD, nested too deeply, or no propertyupdate.</exception>
    public static PropertyUpdate Parse(Stream body)
    {
        using XmlReader xml = XmlBody.Open(body, keepSpace: true);
        List<PropertyChange> changes = [];
        bool isRoot = true;
        bool? isSet = null;
        bool isInProp = false;
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (isRoot && !Is("propertyupdate")) throw new XmlException("The body is no DAV:propertyupdate.");
            isRoot = false;
            switch (xml.Depth)
            {
                case 1:
                    isSet = Is("set") ? true : Is("remove") ? false : null;
                    break;
                case 2:
                    isInProp = isSet is not null && Is("prop");
                    break;
                case 3 when isInProp && isSet is { } set:
                    if (xml.NamespaceURI.Length + xml.LocalName.Length > LongestName) throw new XmlException("The name of a property is too long.");
                    PropertyName name = new(xml.NamespaceURI, xml.LocalName);
                    string element = XmlBody.Element(xml, out string text);
                    changes.Add(new(name, set ? element : null, text));
                    if (changes.Count > MostChanges) throw new XmlException($"More than {MostChanges} properties.");
                    break;
            }
            if (xml.Depth > XmlBody.DeepestElement) throw new XmlException("The elements are nested too deeply.");
        }
        return changes.Count > 0 ? new(changes) : throw new XmlException("The DAV:propertyupdate changes nothing.");

        bool Is(string name) => xml.NamespaceURI == PropertyName.Dav && xml.LocalName == name;
    }

    /// <summary>A date as clients write it into a property: as in a header, RFC 3339, or seconds since 1970.</summary>
    public static DateTimeOffset? Date(string text)
    {
        text = text.Trim();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds))
            return seconds is > -62_000_000_000 and < 250_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;
    }
}
