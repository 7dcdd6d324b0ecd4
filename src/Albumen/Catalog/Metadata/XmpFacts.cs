using System.Globalization;

namespace Albumen.Catalog.Metadata;

/// <summary>What XMP says of each field, wherever it stands: in a photo or in a sidecar.</summary>
static class XmpFacts
{
    // What a person wrote fits; what a machine wrote must not swell every listing.
    const int LongestText = 16 * 1024, LongestList = 1000, LongestIdentifier = 200;

    public static string? Cut(string? text) => text is { Length: > LongestText } ? text[..LongestText] : text;

    /// <summary>Null when there is nothing in it.</summary>
    public static IReadOnlyList<string>? Cut(List<string> list) => list.Count == 0 ? null : [.. list.Take(LongestList).Select(text => Cut(text)!)];

    /// <param name="otherwise">What EXIF says where <c>xmp:Rating</c> says nothing.</param>
    public static int? Rating(XmpPacket xmp, double? otherwise = null)
    {
        double? stars = Fraction(xmp.Text(XmpPacket.Xmp, "Rating")) ?? otherwise;
        // Windows writes percents: 0, 1, 25, 50, 75, 99 for none to five stars.
        stars ??= Fraction(xmp.Text(XmpPacket.MicrosoftPhoto, "Rating")) switch { null => null, <= 0 => 0, < 25 => 1, < 50 => 2, < 75 => 3, < 99 => 4, _ => 5 };
        return stars is >= -1 and <= 5 ? (int)Math.Round(stars.Value) : null;
    }

    public static GeoPoint? Gps(XmpPacket xmp)
    {
        if (Degrees(xmp.Text(XmpPacket.Exif, "GPSLatitude")) is not { } lat || Degrees(xmp.Text(XmpPacket.Exif, "GPSLongitude")) is not { } lon) return null;
        double? alt = Fraction(xmp.Text(XmpPacket.Exif, "GPSAltitude"));
        // Adding zero leaves no negative one.
        return Math.Abs(lat) <= 90 && Math.Abs(lon) <= 180 ? new(lat, lon, (xmp.Text(XmpPacket.Exif, "GPSAltitudeRef") == "1" ? -alt : alt) + 0.0) : null;
    }

    public static PlaceNames? Place(XmpPacket xmp)
    {
        PlaceNames names = new(
            Cut(xmp.Text(XmpPacket.Photoshop, "Country")),
            Cut(xmp.Text(XmpPacket.Photoshop, "State")),
            Cut(xmp.Text(XmpPacket.Photoshop, "City")),
            Cut(xmp.Text(XmpPacket.IptcCore, "Location")));
        return names is { Country: null, Region: null, Town: null, Location: null } ? null : names;
    }

    /// <summary>
    /// Keywords and hierarchies. Programs that write <c>Animals|Dog</c> also write <c>Animals</c> and <c>Dog</c> for those that know no
    /// hierarchies; these are left out, being said already.
    /// </summary>
    /// <param name="more">Keywords from elsewhere.</param>
    public static List<string> Tags(XmpPacket xmp, IEnumerable<string> more)
    {
        List<string> paths = [];
        HashSet<string> seen = [];
        foreach (string path in xmp.Texts(XmpPacket.Lightroom, "hierarchicalSubject").Select(t => t.Replace('|', '/')).Concat(xmp.Texts(XmpPacket.DigiKam, "TagsList")))
            if (path.Trim('/') is { Length: > 0 } trimmed && seen.Add(trimmed)) paths.Add(trimmed);
        paths = Lowest(paths);
        HashSet<string> said = [.. seen, .. seen.SelectMany(p => p.Split('/'))];
        List<string> tags = [];
        foreach (string keyword in xmp.Texts(XmpPacket.Dc, "subject").Concat(more))
            if (said.Add(keyword)) tags.Add(keyword);
        tags.AddRange(paths);
        return tags;
    }

    /// <summary>Without those that are said by another below them.</summary>
    public static List<string> Lowest(IEnumerable<string> paths)
    {
        List<string> all = [.. paths];
        HashSet<string> parents = [];
        foreach (string path in all)
            for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
                parents.Add(path[..slash]);
        all.RemoveAll(parents.Contains);
        return all;
    }

    /// <summary>
    /// Names of faces (MWG, Microsoft) and IPTC's list of persons shown. A name that only a face gives and that
    /// <c>albumen:NotShown</c> lists is left out: a person took it out of the list without touching the faces.
    /// </summary>
    public static List<string> People(XmpPacket xmp)
    {
        List<string> listed = [.. xmp.Texts(XmpPacket.IptcExt, "PersonInImage")];
        HashSet<string> notShown = [.. xmp.Texts(XmpPacket.Albumen, "NotShown").Except(listed)];
        return [.. XmpRegions.Names(xmp).Where(name => !notShown.Contains(name)).Concat(listed).Distinct()];
    }

    /// <summary>Google's camera.</summary>
    public static BurstShot? Burst(XmpPacket xmp) => xmp.Text(XmpPacket.GoogleCamera, "BurstID") is { Length: <= LongestIdentifier } id ? new(id) : null;

    /// <summary>XMP's <c>50,26.385N</c> and <c>50,26,23N</c>; plain degrees are accepted too.</summary>
    public static double? Degrees(string? text)
    {
        if (text is null) return null;
        char side = char.ToUpperInvariant(text[^1]);
        string[] parts = (char.IsLetter(side) ? text[..^1] : text).Split(',');
        double sum = 0, unit = 1;
        foreach (string part in parts)
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) return null;
            sum += number / unit;
            unit *= 60;
        }
        return Math.Round(side is 'S' or 'W' ? -sum : sum, 8) + 0.0;
    }

    /// <summary>XMP writes numbers as text, and fractions as <c>1/60</c>.</summary>
    public static double? Fraction(string? text)
    {
        if (text is null) return null;
        string[] parts = text.Split('/');
        if (parts.Length > 2 || !double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double above)) return null;
        double below = 1;
        if (parts.Length == 2 && !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out below)) return null;
        return double.IsFinite(above / below) ? above / below : null;
    }
}
