using System.Globalization;
using System.Text.Json;
using System.Xml;
using Albumen.Catalog;
using Albumen.Tree;

namespace Albumen.Daemon.WebDav;

/// <summary>What is known of a photo, as a property of its file. <see cref="All"/> is the one list; a new one is one line there.</summary>
/// <param name="Field">What is stated by setting it; null where only the file can say it.</param>
/// <param name="Read">Its values; null where nothing is known. Several only where <paramref name="Item"/> is set.</param>
/// <param name="Item">The element each value of a list stands in; null for a single value.</param>
sealed record PhotoProperty(PropertyName Name, Field? Field, Func<Node, IReadOnlyList<string>?> Read, string? Item)
{
    public static IReadOnlyList<PhotoProperty> All { get; } =
    [
        Own("rating", Field.Rating, f => f.Rating?.ToString(CultureInfo.InvariantCulture)),
        Own("title", Field.Title, f => f.Title),
        Own("caption", Field.Caption, f => f.Caption),
        Own("label", Field.Label, f => f.Label),
        Own("favourite", Field.Favourite, f => f.Favourite switch { true => "true", false => "false", _ => null }),
        new(Albumen("tags"), Field.Tags, node => node.Asset?.Facts.Tags, "tag"),
        new(Albumen("people"), null, node => node.Asset?.Facts.People, "person"),
        Own("taken", null, f => f.Taken is { } taken ? taken.Local + taken.Offset : null),
        Own("width", null, f => f.Width?.ToString(CultureInfo.InvariantCulture)),
        Own("height", null, f => f.Height?.ToString(CultureInfo.InvariantCulture)),
        Own("duration", null, f => f.Duration?.ToString("0.###", CultureInfo.InvariantCulture)),
        // Latitude and longitude in degrees, and the altitude in metres where it is known.
        Own("gps", null, f => f.Gps is { } at ? string.Create(CultureInfo.InvariantCulture, $"{at.Lat},{at.Lon}") + (at.Alt is { } alt ? string.Create(CultureInfo.InvariantCulture, $",{alt}") : "") : null),
        new(Albumen("sha256"), null, node => node.Hash is { } hash ? [hash.ToString()] : null, null),
        // ownCloud's, which its clients set too.
        new(new(PropertyName.OwnCloud, "favorite"), Field.Favourite, node => node.Asset is { } asset ? [asset.Facts.Favourite is true ? "1" : "0"] : null, null),
        new(new(PropertyName.OwnCloud, "tags"), Field.Tags, node => node.Asset?.Facts.Tags, "tag"),
    ];

    static readonly Dictionary<PropertyName, PhotoProperty> ByName = All.ToDictionary(p => p.Name);

    public static PhotoProperty? Find(PropertyName name) => ByName.GetValueOrDefault(name);

    public LiveProperty ToLive() => new(Name, Holder.Files, false, Write) { IsThere = node => Read(node) is { Count: > 0 }, Needs = Detail.Facts };

    /// <summary>What setting or removing it states. Removed is the same as set to nothing: whatever the file says, there shall be none.</summary>
    /// <exception cref="FormatException">It is no value of it; the message says what to write.</exception>
    public Edit ToEdit(PropertyChange change)
    {
        if (Field is null) throw new InvalidOperationException($"{Name.Local} cannot be set.");
        if (change.Element is null) return Edit.Set(Field, Field.Cleared);
        if (Item is null || Items(change.Element) is not { Count: > 0 } items) return Edit.Parse($"{Field.Name}={change.Text.ReplaceLineEndings("\n")}");
        return Edit.Set(Field, JsonSerializer.Serialize<IReadOnlyList<string>>([.. items.Select(Edit.Tag).Distinct()], FactsJson.Default.IReadOnlyListString));
    }

    void Write(Utf8Writer to, Node node)
    {
        foreach (string value in Read(node) ?? [])
        {
            if (Item is not null) to.Raw($"<Z:{Item}>");
            to.Text(value);
            if (Item is not null) to.Raw($"</Z:{Item}>");
        }
    }

    /// <summary>The texts of the elements right in one; empty when its text is all there is.</summary>
    static List<string> Items(string element)
    {
        List<string> items = [];
        using XmlReader xml = XmlReader.Create(new StringReader(element), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        xml.MoveToContent();
        for (bool isMore = xml.Read(); isMore && !xml.EOF;)
            if (xml is { NodeType: XmlNodeType.Element, Depth: 1 })
            {
                XmlBody.Element(xml, out string text);
                if (text.Trim().Length > 0) items.Add(text.Trim());
                isMore = xml.Read();
            }
            else isMore = xml.Read();
        return items;
    }

    static PhotoProperty Own(string name, Field? field, Func<Facts, string?> read) =>
        new(Albumen(name), field, node => node.Asset is { } asset && read(asset.Facts) is { } value ? [value] : null, null);

    static PropertyName Albumen(string name) => new(PropertyName.Albumen, name);
}
