using System.Globalization;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// Draws the facts from the evidence: the one place that says which statement is believed before which. The order is exiftool's and the
/// Metadata Working Group's: EXIF before XMP before IPTC for what the camera knew, XMP before IPTC before EXIF for what a person wrote.
/// </summary>
static class Verdict
{
    public static Facts Of(Evidence evidence)
    {
        Ifd? first = Directory(evidence, "IFD0"), exif = Directory(evidence, "ExifIFD"), gps = Directory(evidence, "GPS");
        XmpPacket xmp = evidence.Xmp;
        string? make = first?[0x010F]?.Text ?? evidence.Make ?? xmp.Text(XmpPacket.Tiff, "Make");
        foreach (TiffBlock block in evidence.Exif) MakerNotes.Read(block, make, evidence);
        GeoPoint? place = Place(gps) ?? evidence.Place ?? XmpFacts.Gps(xmp);
        int? orientation = Orientation(evidence, first);
        int? width = evidence.Width ?? Whole(first?[0x0100]?.Number), height = evidence.Height ?? Whole(first?[0x0101]?.Number);
        return new Facts
        {
            Width = width,
            Height = height,
            Orientation = orientation,
            Taken = Taken(evidence, first, exif, gps),
            Gps = place,
            Camera = NullIfEmpty(new Camera(
                make,
                first?[0x0110]?.Text ?? evidence.Model ?? xmp.Text(XmpPacket.Tiff, "Model"),
                exif?[0xA434]?.Text ?? xmp.Text(XmpPacket.Aux, "Lens") ?? xmp.Text(XmpPacket.ExifEx, "LensModel") ?? evidence.Lens)),
            Exposure = NullIfEmpty(new Exposure(
                Either(exif, first, 0x829A) ?? evidence.Exposure?.Time ?? XmpFacts.Fraction(xmp.Text(XmpPacket.Exif, "ExposureTime")),
                Either(exif, first, 0x829D) ?? evidence.Exposure?.F ?? XmpFacts.Fraction(xmp.Text(XmpPacket.Exif, "FNumber")),
                Iso(exif, first) ?? evidence.Exposure?.Iso ?? XmpFacts.Fraction(xmp.Text(XmpPacket.Exif, "ISOSpeedRatings") ?? xmp.Text(XmpPacket.ExifEx, "PhotographicSensitivity")),
                Either(exif, first, 0x920A) ?? evidence.Exposure?.Focal ?? XmpFacts.Fraction(xmp.Text(XmpPacket.Exif, "FocalLength")))),
            Rating = XmpFacts.Rating(xmp, first?[0x4746]?.Number),
            Label = XmpFacts.Cut(xmp.Text(XmpPacket.Xmp, "Label")),
            Title = XmpFacts.Cut(xmp.Text(XmpPacket.Dc, "title") ?? evidence.Iptc?.Title ?? evidence.Title),
            Caption = XmpFacts.Cut(xmp.Text(XmpPacket.Dc, "description") ?? evidence.Iptc?.Caption ?? first?[0x010E]?.Text ?? evidence.Caption),
            Tags = XmpFacts.Cut(Tags(evidence, first)),
            People = XmpFacts.Cut(XmpFacts.People(xmp)),
            Regions = XmpRegions.Read(xmp, width is { } w && height is { } h ? new(w, h, orientation) : null),
            Place = XmpFacts.Place(xmp),
            Duration = evidence.DurationInSeconds,
            ContentId = evidence.ContentId,
            Motion = evidence.Motion,
            Burst = evidence.Burst ?? XmpFacts.Burst(xmp),
        };
    }

    static Ifd? Directory(Evidence evidence, string name) =>
        evidence.Exif.Select(e => e[name]).FirstOrDefault(d => d is { IsEmpty: false });

    static int? Orientation(Evidence evidence, Ifd? first)
    {
        double? stated = first?[0x0112]?.Number ?? XmpFacts.Fraction(evidence.Xmp.Text(XmpPacket.Tiff, "Orientation")) ?? evidence.Orientation
            ?? evidence.Exif.SelectMany(e => e.Directories).Select(d => d[0x0112]?.Number).FirstOrDefault(n => n is not null);
        return stated is >= 1 and <= 8 && stated == Math.Floor(stated.Value) ? (int)stated : null;
    }

    static CaptureTime? Taken(Evidence evidence, Ifd? first, Ifd? exif, Ifd? gps)
    {
        XmpPacket xmp = evidence.Xmp;
        string? Text(ushort tag) => exif?[tag]?.Text;
        // OffsetTime belongs to ModifyDate (EXIF 2.31, 4.6.5). It is the picture's own too, unless it was edited in the other half of the year, when clocks may be set otherwise.
        string? OfModification(string? taken) => first?[0x0132]?.Text is not { } modified || IsSummer(modified) is not { } edited || IsSummer(taken) == edited ? Text(0x9010) : null;
        evidence.AddTime(TimeRank.ExifOriginal, CaptureTimes.Read(Text(0x9003), "ExifIFD:DateTimeOriginal", Text(0x9291), CaptureTimes.Offset(Text(0x9011)) ?? OfModification(Text(0x9003))));
        evidence.AddTime(TimeRank.XmpOriginal, CaptureTimes.Read(xmp.Text(XmpPacket.Exif, "DateTimeOriginal"), "XMP-exif:DateTimeOriginal"));
        evidence.AddTime(TimeRank.ExifDigitized, CaptureTimes.Read(Text(0x9004), "ExifIFD:CreateDate", Text(0x9292), CaptureTimes.Offset(Text(0x9012)) ?? OfModification(Text(0x9004))));
        evidence.AddTime(TimeRank.PhotoshopCreated, CaptureTimes.Read(xmp.Text(XmpPacket.Photoshop, "DateCreated"), "XMP-photoshop:DateCreated"));
        evidence.AddTime(TimeRank.XmpCreated, CaptureTimes.Read(xmp.Text(XmpPacket.Xmp, "CreateDate"), "XMP-xmp:CreateDate"));
        evidence.AddTime(TimeRank.IptcCreated, Taken(evidence.Iptc));
        // NEF and TIFF/EP have it in the first directory.
        evidence.AddTime(TimeRank.OtherOriginal, CaptureTimes.Read(first?[0x9003]?.Text, "IFD0:DateTimeOriginal"));
        if (evidence.Times.Count == 0) return null;
        // A whole moment before a mere day, whoever states it.
        CaptureTime best = evidence.Times.OrderBy(t => t.Time.Precision != "exact").ThenBy(t => t.Rank).First().Time;
        return GpsMoment(gps) is { } utc ? CaptureTimes.WithOffsetFromGps(best, utc) : best;
    }

    /// <summary>Whether an EXIF date lies in the months that may have summer time north of the equator, or winter time south of it; null when it is none.</summary>
    static bool? IsSummer(string? date) =>
        date is { Length: >= 7 } && int.TryParse(date.AsSpan(5, 2), NumberStyles.None, CultureInfo.InvariantCulture, out int month) ? month is >= 4 and <= 10 : null;

    static CaptureTime? Taken(IptcRecord? iptc)
    {
        if (iptc?.DateCreated is not { Length: 8 } date) return null;
        string day = $"{date[..4]}-{date[4..6]}-{date[6..]}";
        return iptc.TimeCreated is { Length: >= 6 } time
            ? CaptureTimes.Read($"{day} {time[..2]}:{time[2..4]}:{time[4..6]}{time[6..]}", "Composite:DateTimeCreated")
            : CaptureTimes.Read(day, "IPTC:DateCreated");
    }

    /// <summary>GPSDateStamp and GPSTimeStamp, which are UTC.</summary>
    static DateTime? GpsMoment(Ifd? gps)
    {
        if (CaptureTimes.Read(gps?[0x001D]?.Text, "") is not { Precision: "day" } day || gps![0x0007]?.Numbers(3) is not [var h, var m, var s]) return null;
        double seconds = h * 3600 + m * 60 + s;
        return seconds is >= 0 and < 86_400 ? DateTime.Parse(day.Local, CultureInfo.InvariantCulture).AddSeconds(seconds) : null;
    }

    static GeoPoint? Place(Ifd? gps)
    {
        if (Degrees(gps?[0x0002], gps?[0x0001], 'N', 'S') is not { } lat || Degrees(gps?[0x0004], gps?[0x0003], 'E', 'W') is not { } lon) return null;
        if (Math.Abs(lat) > 90 || Math.Abs(lon) > 180) return null;
        double? alt = gps![0x0006]?.Number;
        return new(lat, lon, alt is { } metres ? Math.Round(gps[0x0005]?.Number == 1 ? -metres : metres, 3) : null);
    }

    static double? Degrees(TiffValue? value, TiffValue? reference, char plus, char minus)
    {
        if (value?.Numbers(3) is not [var degrees, ..] parts || !double.IsFinite(degrees)) return null;
        double Part(int index) => index < parts.Length && double.IsFinite(parts[index]) ? parts[index] : 0;
        double sum = degrees + Part(1) / 60 + Part(2) / 3600;
        char side = reference?.Text is [var letter, ..] ? char.ToUpperInvariant(letter) : ' ';
        return side == plus ? Math.Round(sum, 8) : side == minus ? Math.Round(-sum, 8) : null;
    }

    static double? Iso(Ifd? exif, Ifd? first)
    {
        // 0x0017 of the first directory is Panasonic's own.
        double? iso = Either(exif, first, 0x8827) ?? first?[0x0017]?.Number;
        // 65535 means "more than this field can hold": the speed stands in ISOSpeed or RecommendedExposureIndex.
        return iso == ushort.MaxValue ? exif?[0x8833]?.Number ?? exif?[0x8832]?.Number ?? exif?[0x8831]?.Number ?? iso : iso;
    }

    static double? Either(Ifd? exif, Ifd? first, ushort tag) => exif?[tag]?.Number ?? first?[tag]?.Number;

    static List<string> Tags(Evidence evidence, Ifd? first)
    {
        List<string> tags = XmpFacts.Tags(evidence.Xmp, evidence.Iptc?.Keywords ?? []);
        // XPKeywords, Windows' own tag: UTF-16, separated by semicolons.
        if (tags.Count == 0 && first?[0x9C9E] is { } windows)
            tags.AddRange(System.Text.Encoding.Unicode.GetString(windows.Raw.Span).Split([';', '\0'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct());
        return tags;
    }

    static int? Whole(double? number) => number is > 0 and <= int.MaxValue ? (int)number : null;

    static Camera? NullIfEmpty(Camera camera) => camera is { Make: null, Model: null, Lens: null } ? null : camera;

    static Exposure? NullIfEmpty(Exposure exposure) => exposure is { Time: null, F: null, Iso: null, Focal: null } ? null : exposure;
}
