using System.Globalization;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// Regions of the picture as XMP has them: <c>mwg-rs:Regions</c> (MWG guidelines 2.0, 5.9) and Microsoft's <c>MP:RegionInfo</c>, which only
/// knows faces. A face that stands in both is one region.
/// </summary>
/// <remarks>
/// MWG's areas belong to the picture as stored, before orientation; digiKam, Lightroom and exiftool write them so, and Immich and PiGallery turn
/// them by the orientation before they show them. Some programs work on the picture as shown and say so by <c>AppliedToDimensions</c> with the sides
/// swapped; there, and only there, the areas are turned back. What Microsoft's list says is taken to be in the same frame, having no size of its own.
/// </remarks>
static class XmpRegions
{
    /// <summary>What a region can show.</summary>
    public static readonly IReadOnlyList<string> Types = ["Face", "Pet", "Focus", "BarCode"];

    // Digits of a part of a side: a hundredth of a pixel of the largest picture, and no noise from adding.
    const int Digits = 8;

    const int Most = 1000;

    /// <summary>Null when there are none.</summary>
    public static IReadOnlyList<Region>? Read(XmpPacket xmp, PixelSize? stored)
    {
        bool isAsShown = IsAsShown(xmp, stored, out int orientation);
        List<Region> regions = [.. WorkingGroup(xmp).Select(OfWorkingGroup).OfType<Region>().Take(Most)];
        int own = regions.Count;
        foreach (Region face in Microsoft(xmp).Select(OfMicrosoft).OfType<Region>().Take(Most))
            if (!regions.Take(own).Any(known => known.Type == "Face" && AreOneFace(known, face))) regions.Add(face);
        if (regions.Count == 0) return null;
        return isAsShown ? [.. regions.Select(region => TurnBack(region, orientation))] : regions;
    }

    /// <summary>All names of faces, with or without an area.</summary>
    public static IEnumerable<string> Names(XmpPacket xmp) =>
        WorkingGroup(xmp).Where(r => r.Field(XmpPacket.MwgRegions, "Type")?.Value is null or "Face").Select(r => r.Field(XmpPacket.MwgRegions, "Name")?.Value)
            .Concat(Microsoft(xmp).Select(r => r.Field(XmpPacket.MicrosoftRegion, "PersonDisplayName")?.Value)).OfType<string>();

    /// <summary>One item of the list; null when it is of another type, or its area is none in parts of the sides.</summary>
    public static Region? OfWorkingGroup(XmpNode item)
    {
        string? Text(XmpNode? node, string space, string name) => node?.Field(space, name)?.Value;
        XmpNode? area = item.Field(XmpPacket.MwgRegions, "Area");
        string type = Text(item, XmpPacket.MwgRegions, "Type") ?? "Face";
        if (!Types.Contains(type) || Text(area, XmpPacket.Area, "unit") is not (null or "normalized")) return null;
        if (Number(Text(area, XmpPacket.Area, "x")) is not { } x || Number(Text(area, XmpPacket.Area, "y")) is not { } y
            || Number(Text(area, XmpPacket.Area, "w")) is not { } w || Number(Text(area, XmpPacket.Area, "h")) is not { } h) return null;
        return new(XmpFacts.Cut(Text(item, XmpPacket.MwgRegions, "Name")), type, x, y, w, h);
    }

    /// <summary>One item of Microsoft's list, whose rectangle is left, top, width and height; null without one.</summary>
    public static Region? OfMicrosoft(XmpNode item)
    {
        string[] parts = item.Field(XmpPacket.MicrosoftRegion, "Rectangle")?.Value?.Split(',') ?? [];
        if (parts.Length != 4 || Number(parts[0]) is not { } left || Number(parts[1]) is not { } top || Number(parts[2]) is not { } w || Number(parts[3]) is not { } h) return null;
        return new(XmpFacts.Cut(item.Field(XmpPacket.MicrosoftRegion, "PersonDisplayName")?.Value), "Face", Math.Round(left + w / 2, Digits), Math.Round(top + h / 2, Digits), w, h);
    }

    /// <summary>True when the areas are those of the picture as it is shown, turned by <paramref name="orientation"/> (5 to 8).</summary>
    public static bool IsAsShown(XmpPacket xmp, PixelSize? stored, out int orientation)
    {
        orientation = stored?.Orientation ?? (int)(Number(xmp.Text(XmpPacket.Tiff, "Orientation")) ?? 1);
        XmpNode? applied = xmp[XmpPacket.MwgRegions, "Regions"]?.Field(XmpPacket.MwgRegions, "AppliedToDimensions");
        return orientation is >= 5 and <= 8 && stored is { } size && size.Width != size.Height
            && Number(applied?.Field(XmpPacket.Dimensions, "w")?.Value) == size.Height && Number(applied?.Field(XmpPacket.Dimensions, "h")?.Value) == size.Width;
    }

    /// <summary>From the picture as shown to the picture as stored.</summary>
    /// <param name="orientation">5 to 8: the ones that swap the sides.</param>
    public static Region TurnBack(Region shown, int orientation)
    {
        (double x, double y) = orientation switch
        {
            5 => (shown.Y, shown.X),
            6 => (shown.Y, 1 - shown.X),
            7 => (1 - shown.Y, 1 - shown.X),
            _ => (1 - shown.Y, shown.X),
        };
        return shown with { X = Math.Round(x, Digits), Y = Math.Round(y, Digits), W = shown.H, H = shown.W };
    }

    /// <summary>The same name, or one of them without, in about the same place.</summary>
    public static bool AreOneFace(Region a, Region b) => (a.Name is null || b.Name is null || a.Name == b.Name) && AreOnePlace(a, b);

    /// <summary>The areas share more than half of what both cover.</summary>
    public static bool AreOnePlace(Region a, Region b)
    {
        if (Math.Abs(a.X - b.X) < 0.01 && Math.Abs(a.Y - b.Y) < 0.01 && Math.Abs(a.W - b.W) < 0.01 && Math.Abs(a.H - b.H) < 0.01) return true;
        double width = Math.Min(a.X + a.W / 2, b.X + b.W / 2) - Math.Max(a.X - a.W / 2, b.X - b.W / 2);
        double height = Math.Min(a.Y + a.H / 2, b.Y + b.H / 2) - Math.Max(a.Y - a.H / 2, b.Y - b.H / 2);
        if (width <= 0 || height <= 0) return false;
        double shared = width * height;
        return shared > 0.5 * (a.W * a.H + b.W * b.H - shared);
    }

    static List<XmpNode> WorkingGroup(XmpPacket xmp) => xmp[XmpPacket.MwgRegions, "Regions"]?.Field(XmpPacket.MwgRegions, "RegionList")?.Items ?? [];

    static List<XmpNode> Microsoft(XmpPacket xmp) => xmp[XmpPacket.MicrosoftRegions, "RegionInfo"]?.Field(XmpPacket.MicrosoftRegionInfo, "Regions")?.Items ?? [];

    static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && Math.Abs(number) < 1e6 ? Math.Round(number, Digits) + 0.0 : null;
}
