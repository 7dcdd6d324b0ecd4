using System.Globalization;
using System.Xml.Linq;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Sidecar;

/// <summary>
/// Writes regions as MWG's list and, faces only, as Microsoft's. A region that was there before is found again by name and area and keeps whatever else is
/// said of it; one that we cannot read as ours (another type, a circle, pixels) stays.
/// </summary>
static class XmpRegionMerge
{
    public static void Write(XmpTree tree, IReadOnlyList<Region> regions, PixelSize? stored)
    {
        List<Region> wanted = [.. regions.Select(region => region with { Name = XmpValues.Clean(region.Name) })];
        if (IsAsShown(tree, stored, out int orientation)) TurnBack(tree, stored!.Value, orientation);
        WriteWorkingGroup(tree, wanted, stored);
        WriteMicrosoft(tree, [.. wanted.Where(region => region.Type == "Face")]);
    }

    /// <summary>All names of faces there are now.</summary>
    public static IEnumerable<string> Names(XmpTree tree) => XmpRegions.Names(Packet(tree)).Distinct();

    static void WriteWorkingGroup(XmpTree tree, List<Region> wanted, PixelSize? stored)
    {
        if (WriteList(tree, XmpNames.Regions, XmpNames.RegionList, wanted, XmpRegions.OfWorkingGroup, SetWorkingGroup) is not { } property) return;
        XElement fields = property.Fields();
        if (stored is { } size && fields.Element(XmpNames.AppliedToDimensions) is null && fields.Attribute(XmpNames.AppliedToDimensions) is null)
            SetDimensions(property.Structure(XmpNames.AppliedToDimensions), size);
    }

    static void WriteMicrosoft(XmpTree tree, List<Region> faces) =>
        WriteList(tree, XmpNames.MicrosoftRegionInfo, XmpNames.MicrosoftRegions, faces, XmpRegions.OfMicrosoft, SetMicrosoft);

    /// <returns>The property, when it has regions now.</returns>
    static XElement? WriteList(XmpTree tree, XName name, XName listName, List<Region> wanted, Func<XmpNode, Region?> read, Action<XElement, Region> set)
    {
        XElement? list = ListOf(tree, name, listName);
        List<Region> added = Sort(list, wanted, read, set);
        if (added.Count == 0)
        {
            if (list is null) return null;
            if (list.HasElements) return tree.Element(name);
            tree.Remove(name);
            return null;
        }
        XElement property = tree.Element(name);
        if (list is null)
        {
            if (!property.HasElements || property.List() is not null) property.Replace(XmpNames.Description);
            list = (property.Fields().Element(listName) ?? XmpTree.Add(property.Fields(), listName)).Replace(XmpNames.Bag);
        }
        foreach (Region region in added)
        {
            XElement item = new(XmpNames.Item);
            list.AddItem(item);
            set(item.AsStructure(), region);
        }
        return property;
    }

    /// <summary>
    /// Finds the wanted regions among those that are there: first the same ones, then those of the same name (the nearest), then those in the same place.
    /// Found ones are corrected, readable ones that nobody wants go. Returns those that are still to be added.
    /// </summary>
    static List<Region> Sort(XElement? list, List<Region> wanted, Func<XmpNode, Region?> read, Action<XElement, Region> set)
    {
        List<Region> missing = [.. wanted];
        if (list is null) return missing;
        List<(XElement Item, Region Region)> there = [.. list.Elements().Select(item => (item, read(XmpValues.Node(item)))).Where(pair => pair.Item2 is not null).Select(pair => (pair.item, pair.Item2!))];
        Match((a, b) => AreEqual(a, b));
        Match((a, b) => a.Type == b.Type && a.Name == b.Name && a.Name is not null);
        Match((a, b) => a.Type == b.Type && XmpRegions.AreOnePlace(a, b));
        foreach ((XElement item, _) in there) item.RemoveWithSpace();
        return missing;

        void Match(Func<Region, Region, bool> isSame)
        {
            for (int at = 0; at < missing.Count && there.Count > 0; at++)
            {
                Region region = missing[at];
                int best = -1;
                for (int candidate = 0; candidate < there.Count; candidate++)
                    if (isSame(there[candidate].Region, region) && (best < 0 || Distance(there[candidate].Region, region) < Distance(there[best].Region, region))) best = candidate;
                if (best < 0) continue;
                if (!AreEqual(there[best].Region, region)) set(there[best].Item, region);
                there.RemoveAt(best);
                missing.RemoveAt(at--);
            }
        }
    }

    /// <summary>But for what sums of decimals lose.</summary>
    static bool AreEqual(Region a, Region b) =>
        a.Name == b.Name && a.Type == b.Type && Math.Abs(a.X - b.X) < 1e-7 && Math.Abs(a.Y - b.Y) < 1e-7 && Math.Abs(a.W - b.W) < 1e-7 && Math.Abs(a.H - b.H) < 1e-7;

    static double Distance(Region a, Region b) => Math.Abs(a.X - b.X) + Math.Abs(a.Y - b.Y) + Math.Abs(a.W - b.W) + Math.Abs(a.H - b.H);

    static void SetWorkingGroup(XElement item, Region region)
    {
        Region? old = XmpRegions.OfWorkingGroup(XmpValues.Node(item));
        if (old is null || !AreEqual(old with { Name = region.Name, Type = region.Type }, region)) SetArea(item, region);
        item.SetField(XmpNames.RegionName, region.Name);
        if (old?.Type != region.Type) item.SetField(XmpNames.RegionType, region.Type);
    }

    static void SetArea(XElement item, Region region)
    {
        XElement? area = item.Fields().Element(XmpNames.RegionArea);
        if (area is null)
        {
            // Without a field yet, it is the form in which Adobe's tools write it.
            area = XmpTree.Add(item.Fields(), XmpNames.RegionArea);
            XmpTree.Declare(area, XmpNames.X.Namespace);
        }
        area.SetField(XmpNames.X, Text(region.X));
        area.SetField(XmpNames.Y, Text(region.Y));
        area.SetField(XmpNames.W, Text(region.W));
        area.SetField(XmpNames.H, Text(region.H));
        area.SetField(XmpNames.AreaUnit, "normalized");
    }

    static void SetMicrosoft(XElement item, Region face)
    {
        item.SetField(XmpNames.Rectangle, $"{Text(face.X - face.W / 2)}, {Text(face.Y - face.H / 2)}, {Text(face.W)}, {Text(face.H)}");
        item.SetField(XmpNames.PersonDisplayName, face.Name);
    }

    static void SetDimensions(XElement dimensions, PixelSize size)
    {
        dimensions.SetField(XmpNames.Width, size.Width.ToString(CultureInfo.InvariantCulture));
        dimensions.SetField(XmpNames.Height, size.Height.ToString(CultureInfo.InvariantCulture));
        dimensions.SetField(XmpNames.DimensionUnit, "pixel");
    }

    /// <summary>A list in the frame of the picture as shown becomes one in ours: every area of it, and the size they apply to.</summary>
    static void TurnBack(XmpTree tree, PixelSize stored, int orientation)
    {
        SetDimensions(tree.Element(XmpNames.Regions).Structure(XmpNames.AppliedToDimensions), stored);
        foreach (XElement item in ListOf(tree, XmpNames.Regions, XmpNames.RegionList)?.Elements() ?? [])
            if (AnyArea(item) is { } shown) SetArea(item, XmpRegions.TurnBack(shown, orientation));
        foreach (XElement item in ListOf(tree, XmpNames.MicrosoftRegionInfo, XmpNames.MicrosoftRegions)?.Elements() ?? [])
            if (XmpRegions.OfMicrosoft(XmpValues.Node(item)) is { } shown) SetMicrosoft(item, XmpRegions.TurnBack(shown, orientation));
    }

    /// <summary>Its area, whatever its type.</summary>
    static Region? AnyArea(XElement item)
    {
        XmpNode node = XmpValues.Node(item);
        node.Fields.RemoveAll(field => field.Name == XmpNames.RegionType.LocalName && field.Space == XmpNames.RegionType.NamespaceName);
        return XmpRegions.OfWorkingGroup(node);
    }

    static bool IsAsShown(XmpTree tree, PixelSize? stored, out int orientation) => XmpRegions.IsAsShown(Packet(tree), stored, out orientation);

    /// <summary>The properties that have to do with regions.</summary>
    static XmpPacket Packet(XmpTree tree) => XmpPacket.Of(
        [.. new[] { XmpNames.Regions, XmpNames.MicrosoftRegionInfo, XmpNames.Orientation }.Select(tree.Read).OfType<XmpNode>()]);

    static XElement? ListOf(XmpTree tree, XName property, XName list) => (tree.Find(property).FirstOrDefault() as XElement)?.Fields().Element(list)?.List();

    static string Text(double part) => (Math.Round(part, 8) + 0.0).ToString("0.0#######", CultureInfo.InvariantCulture);
}
