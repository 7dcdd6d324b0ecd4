using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Albumen.Catalog;

namespace Albumen.Tests.Sidecar;

/// <summary>What exiftool and exiv2 must find in a sidecar that says these facts.</summary>
static class OtherReaders
{
    public static void AssertExifTool(JsonElement said, Facts facts, string what)
    {
        string? Text(string tag) => said.TryGetProperty(tag, out JsonElement value) ? value.ToString() : null;
        string[] List(string tag) => said.TryGetProperty(tag, out JsonElement value) ? value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.ToString())] : [value.ToString()] : [];
        void Equal(string? expected, string? actual, string tag) => Assert.True(expected == actual, $"{what}: exiftool reads {tag} as {actual}, not {expected}");
        void Near(double expected, string? actual, string tag) => Assert.True(actual is not null && Math.Abs(double.Parse(actual, CultureInfo.InvariantCulture) - expected) < 1e-6, $"{what}: exiftool reads {tag} as {actual}, not {expected}");

        Equal(facts.Title, Text("XMP-dc:Title"), "title");
        Equal(facts.Caption, Text("XMP-dc:Description"), "description");
        Equal($"{facts.Rating}", Text("XMP-xmp:Rating"), "rating");
        Equal(facts.Label, Text("XMP-xmp:Label"), "label");
        foreach (string tag in facts.Tags ?? [])
        {
            if (facts.Tags!.Any(other => other.StartsWith(tag + "/", StringComparison.Ordinal))) continue;
            Assert.Contains(tag, List("XMP-digiKam:TagsList"));
            Assert.Contains(tag.Replace('/', '|'), List("XMP-lr:HierarchicalSubject"));
            Assert.Contains(tag.Split('/')[^1], List("XMP-dc:Subject"));
        }
        Equal((facts.Taken!.Local + facts.Taken.Offset).Replace("+00:00", "Z", StringComparison.Ordinal), Iso(Text("XMP-exif:DateTimeOriginal")!), "date");
        Equal(Text("XMP-exif:DateTimeOriginal"), Text("XMP-photoshop:DateCreated"), "date created");
        Near(facts.Gps!.Lat, Text("XMP-exif:GPSLatitude"), "latitude");
        Near(facts.Gps.Lon, Text("XMP-exif:GPSLongitude"), "longitude");
        if (facts.Gps.Alt is { } alt) Near(Math.Abs(alt), Text("XMP-exif:GPSAltitude"), "altitude");
        Equal(facts.Place!.Country, Text("XMP-photoshop:Country"), "country");
        Equal(facts.Place.Town, Text("XMP-photoshop:City"), "city");
        Equal(facts.Place.Location, Text("XMP-iptcCore:Location"), "location");
        Assert.Equal(facts.People!.Order(StringComparer.Ordinal), List("XMP-iptcExt:PersonInImage").Order(StringComparer.Ordinal));

        JsonElement[] regions = [.. said.GetProperty("XMP-mwg-rs:RegionInfo").GetProperty("RegionList").EnumerateArray()];
        foreach (Region region in facts.Regions!)
            Assert.True(regions.Any(r => (r.TryGetProperty("Name", out JsonElement name) ? name.ToString() : null) == region.Name && r.TryGetProperty("Type", out JsonElement type) && type.GetString() == region.Type
                && IsAt(r.GetProperty("Area"), "X", region.X) && IsAt(r.GetProperty("Area"), "Y", region.Y) && IsAt(r.GetProperty("Area"), "W", region.W) && IsAt(r.GetProperty("Area"), "H", region.H)), $"{what}: exiftool does not find {region}");
        int faces = facts.Regions.Count(region => region.Type == "Face");
        Assert.Equal(faces, said.TryGetProperty("XMP-MP:RegionInfoMP", out JsonElement microsoft) ? microsoft.GetProperty("Regions").EnumerateArray().Count(r => r.TryGetProperty("Rectangle", out _)) : 0);
    }

    public static void AssertExiv2(string file, Facts facts, string what)
    {
        ILookup<string, string> said = Exiv2(file);
        Assert.True(said["Xmp.xmp.Rating"].SequenceEqual([$"{facts.Rating}"]), $"{what}: exiv2 reads the rating as {string.Join(',', said["Xmp.xmp.Rating"])}");
        Assert.True(facts.Regions!.Count <= said.Count(line => line.Key.StartsWith("Xmp.mwg-rs.Regions/mwg-rs:RegionList[", StringComparison.Ordinal) && line.Key.EndsWith("/mwg-rs:Area", StringComparison.Ordinal)), $"{what}: exiv2 misses regions");
        Assert.NotEmpty(said["Xmp.exif.GPSLatitude"]);
        Assert.Single(said["Xmp.digiKam.TagsList"]);
        foreach (Region region in facts.Regions.Where(r => r.Name is not null && !r.Name.Any(char.IsControl)))
            Assert.True(said.Any(line => line.Key.EndsWith("/mwg-rs:Name", StringComparison.Ordinal) && line.Contains(region.Name!)), $"{what}: exiv2 does not find {region.Name}");
    }

    /// <summary>Keys and values; a value of several lines loses all but its first.</summary>
    public static ILookup<string, string> Exiv2(string file) => Output(file).Split('\n').Where(line => line.StartsWith("Xmp.", StringComparison.Ordinal))
        .Select(line => line.Split(' ', 2)).ToLookup(parts => parts[0], parts => parts.Length > 1 ? parts[1].TrimStart(' ') : "");

    /// <summary>It ends with 1 where it finds nothing.</summary>
    static string Output(string file)
    {
        using Process process = Process.Start(new ProcessStartInfo("exiv2", ["-q", "-PXkt", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    static bool IsAt(JsonElement area, string name, double value) => Math.Abs(double.Parse(area.GetProperty(name).ToString(), CultureInfo.InvariantCulture) - value) < 1e-6;

    // 1978:06:05 15:30:12+02:00 or any beginning of it.
    static string Iso(string text) => text.Length <= 10 ? text.Replace(':', '-') : (text[..10].Replace(':', '-') + "T" + text[11..]).Replace("+00:00", "Z", StringComparison.Ordinal);
}
