using System.Globalization;
using System.Xml.Linq;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Sidecar;

/// <summary>
/// Writes what a person stated into a sidecar, existing or new, and touches the properties of these fields only. What other programs wrote stays:
/// other properties, edit stacks, unknown namespaces, comments, the packet around it. Merging the same once more gives the same bytes.
/// </summary>
static class XmpMerge
{
    /// <param name="existing">The file as it is; null when there is none.</param>
    /// <param name="values">Values in the shape of <see cref="Field"/>; null and <see cref="Field.Cleared"/> remove the field's properties.</param>
    /// <param name="stored">The photo's size, for its regions; null when it is not known.</param>
    /// <exception cref="XmpDamagedException">The file cannot be understood whole. It must be left alone.</exception>
    /// <exception cref="System.Text.Json.JsonException">A value is none of its field.</exception>
    public static byte[] Merge(ReadOnlyMemory<byte>? existing, IReadOnlyDictionary<Field, string?> values, PixelSize? stored)
    {
        XmpTree tree = existing is { } bytes ? XmpTree.Parse(bytes.Span) : XmpTree.New();
        Facts facts = values.Aggregate(new Facts(), (all, value) => value.Key.Write(all, value.Value));
        // In the order of all fields, so that the order of the values makes no difference; people after regions, whose names they take into account.
        foreach (Field field in Field.All.Where(values.ContainsKey).OrderBy(field => field == Field.People)) Write(tree, field, facts, stored);
        return tree.IsChanged || existing is null ? tree.ToBytes() : existing.Value.ToArray();
    }

    static void Write(XmpTree tree, Field field, Facts facts, PixelSize? stored)
    {
        if (field == Field.Title) tree.SetDefault(XmpNames.Title, facts.Title);
        else if (field == Field.Caption) tree.SetDefault(XmpNames.Caption, facts.Caption);
        else if (field == Field.Rating) WriteRating(tree, facts.Rating);
        else if (field == Field.Label) tree.SetText(XmpNames.Label, facts.Label);
        else if (field == Field.Tags) WriteTags(tree, facts.Tags ?? []);
        else if (field == Field.Taken) WriteTaken(tree, facts.Taken);
        else if (field == Field.Gps) WriteGps(tree, facts.Gps);
        else if (field == Field.Place) WritePlace(tree, facts.Place);
        else if (field == Field.People) WritePeople(tree, facts.People ?? []);
        else if (field == Field.Regions) XmpRegionMerge.Write(tree, facts.Regions ?? [], stored);
        else if (field == Field.Favourite) WriteFlag(tree, XmpNames.Favourite, facts.Favourite);
        else if (field == Field.Archived) WriteFlag(tree, XmpNames.Archived, facts.Archived);
        else if (field == Field.Hidden) WriteFlag(tree, XmpNames.Hidden, facts.Hidden);
        else if (field == Field.Stack) tree.SetText(XmpNames.Stack, facts.Stack);
        else if (field == Field.Trashed) tree.SetText(XmpNames.Trashed, facts.Trashed, Moment.Read);
        else throw new ArgumentOutOfRangeException(nameof(field), $"Nobody decided how {field} stands in XMP.");
    }

    static void WriteRating(XmpTree tree, int? stars)
    {
        tree.SetText(XmpNames.Rating, stars is { } number ? Text(number) : null, text => XmpFacts.Fraction(text));
        // Windows knows one to five stars, in percents of its own.
        tree.SetText(XmpNames.MicrosoftRating, stars switch { 1 => "1", 2 => "25", 3 => "50", 4 => "75", 5 => "99", _ => null });
    }

    /// <summary>
    /// Every tag in the lists of paths, even one that is a single word: who knows paths reads them alone, and then a word is no leftover of a path.
    /// <c>dc:subject</c> has the last names, for all others.
    /// </summary>
    static void WriteTags(XmpTree tree, IReadOnlyList<string> tags)
    {
        List<string> paths = XmpFacts.Lowest(tags.Select(tag => XmpValues.Clean(tag)?.Trim('/')).OfType<string>().Where(tag => tag.Length > 0).Distinct());
        tree.SetList(XmpNames.Subject, [.. paths.Select(path => path[(path.LastIndexOf('/') + 1)..]).Distinct()]);
        // A bar in a name would be taken for a step of the path.
        tree.SetList(XmpNames.HierarchicalSubject, [.. paths.Where(path => !path.Contains('|')).Select(path => path.Replace('/', '|'))]);
        tree.SetList(XmpNames.TagsList, paths);
    }

    static void WriteTaken(XmpTree tree, CaptureTime? taken)
    {
        string? moment = taken is null ? null : taken.Precision == "exact" ? taken.Local + taken.Offset : taken.Local;
        // XMP's dates may be a year or a month only (part 1, 8.2.1.2).
        tree.SetText(XmpNames.DateTimeOriginal, moment, Meaning);
        tree.SetText(XmpNames.DateCreated, moment, Meaning);
        tree.SetText(XmpNames.DateApproximate, taken?.Approximate is true ? CaptureTimes.Read(moment, "")?.Local : null);
        tree.SetText(XmpNames.DateUnknown, taken is null && CaptureTimes.Read(tree.Read(XmpNames.CreateDate)?.Value, "") is not null ? "True" : null);

        static object? Meaning(string text) => CaptureTimes.Read(text, "");
    }

    static void WriteGps(XmpTree tree, GeoPoint? point)
    {
        tree.SetText(XmpNames.Latitude, point is null ? null : Degrees(point.Lat, 'N', 'S'), Meaning);
        tree.SetText(XmpNames.Longitude, point is null ? null : Degrees(point.Lon, 'E', 'W'), Meaning);
        tree.SetText(XmpNames.Altitude, point?.Alt is { } metres ? Rational(Math.Abs(metres)) : null, text => XmpFacts.Fraction(text));
        tree.SetText(XmpNames.AltitudeRef, point?.Alt is { } height ? height < 0 ? "1" : "0" : null);

        static object? Meaning(string text) => XmpFacts.Degrees(text);
    }

    static void WritePlace(XmpTree tree, PlaceNames? place)
    {
        tree.SetText(XmpNames.Country, place?.Country);
        tree.SetText(XmpNames.State, place?.Region);
        tree.SetText(XmpNames.City, place?.Town);
        tree.SetText(XmpNames.Location, place?.Location);
    }

    static void WritePeople(XmpTree tree, IReadOnlyList<string> people)
    {
        tree.SetList(XmpNames.PersonInImage, people);
        tree.SetList(XmpNames.NotShown, [.. XmpRegionMerge.Names(tree).Except(people.Select(XmpValues.Clean).OfType<string>())]);
    }

    static void WriteFlag(XmpTree tree, XName name, bool? value) =>
        tree.SetText(name, value switch { true => "True", false => "False", null => null }, text => bool.TryParse(text, out bool said) ? said : null);

    /// <summary>Degrees and minutes with eight decimals (XMP specification part 2, GPSCoordinate): a hundredth of a millimetre.</summary>
    static string Degrees(double value, char plus, char minus)
    {
        decimal exact = Math.Round((decimal)Math.Abs(value), 8), whole = decimal.Floor(exact);
        return string.Create(CultureInfo.InvariantCulture, $"{whole:0},{(exact - whole) * 60:0.0#######}{(value < 0 && exact > 0 ? minus : plus)}");
    }

    /// <summary>A fraction that gives this number again, with at most six decimals.</summary>
    static string Rational(double value)
    {
        long below = 1;
        while (below < 1_000_000 && Math.Round(value * below) / below != value) below *= 10;
        return Text(Math.Round(value * below)) + "/" + Text(below);
    }

    static string Text(double number) => number.ToString("0", CultureInfo.InvariantCulture);
}
