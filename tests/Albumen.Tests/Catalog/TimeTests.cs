using System.Globalization;
using System.Text;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Storage;
using Albumen.Tests.Catalog.Metadata;

namespace Albumen.Tests.Catalog;

/// <summary>
/// The time model, case by case, many of them reported by people whose photos lay in the wrong day elsewhere: what a file, its name, its time stamp, its
/// place and its volume say, and when the picture was taken then.
/// </summary>
public sealed class TimeTests : IDisposable
{
    readonly string _towns = Towns.Write(Path.GetTempFileName());

    public void Dispose() => File.Delete(_towns);

    static readonly GeoPoint Vienna = new(48.2, 16.4, null), Lisbon = new(38.7, -9.1, null), Bangkok = new(13.7, 100.5, null), Kathmandu = new(27.7, 85.3, null),
        Auckland = new(-36.8, 174.8, null), NewYork = new(40.7, -74, null), Atlantic = new(30, -40, null);

    static readonly Dictionary<string, (Shot Shot, string Taken)> Cases = new()
    {
        // EXIF with an offset.
        ["OffsetTimeOriginal"] = (new() { Original = "2024:07:14 15:30:12", OffsetOriginal = "+02:00" }, "2024-07-14T15:30:12+02:00 ExifIFD:DateTimeOriginal"),
        ["immich#15639: edited in winter, taken in summer"] = (new() { Original = "2024:07:14 15:30:12", OffsetOriginal = "+02:00", Modified = "2025:01:03 10:00:00", Offset = "+01:00" },
            "2024-07-14T15:30:12+02:00 ExifIFD:DateTimeOriginal"),
        ["immich#20839: developed in another zone"] = (new() { Original = "2024:12:21 23:39:24", OffsetOriginal = "+01:00", Modified = "2025:08:10 06:39:25", Offset = "+08:00" },
            "2024-12-21T23:39:24+01:00 ExifIFD:DateTimeOriginal"),
        ["OffsetTime of an edit alone says nothing of the picture"] = (new() { Original = "2024:07:14 15:30:12", Modified = "2025:01:03 10:00:00", Offset = "+01:00" },
            "2024-07-14T15:30:12 ExifIFD:DateTimeOriginal"),
        ["OffsetTime of the same day is the camera's"] = (new() { Original = "2024:07:14 15:30:12", Modified = "2024:07:14 15:30:12", Offset = "+02:00" },
            "2024-07-14T15:30:12+02:00 ExifIFD:DateTimeOriginal"),
        ["OffsetTime without a ModifyDate"] = (new() { Original = "2024:07:14 15:30:12", Offset = "+02:00" }, "2024-07-14T15:30:12+02:00 ExifIFD:DateTimeOriginal"),
        ["An offset of nonsense is none"] = (new() { Original = "2024:07:14 15:30:12", OffsetOriginal = "   :  " }, "2024-07-14T15:30:12 ExifIFD:DateTimeOriginal"),
        ["A stated offset wins over place and volume"] = (new() { Original = "2024:07:14 15:30:12", OffsetOriginal = "+09:00", Place = Vienna, Zone = "Europe/Lisbon" },
            "2024-07-14T15:30:12+09:00 ExifIFD:DateTimeOriginal"),
        ["A stated offset wins over the satellites"] = (new() { Original = "2024:07:14 15:30:12", OffsetOriginal = "+09:00", GpsUtc = "2024:07:14 13:30:12" },
            "2024-07-14T15:30:12+09:00 ExifIFD:DateTimeOriginal"),
        ["photoprism#1668: what is UTC and says so stays"] = (new() { Original = "2015:05:17 23:02:46", OffsetOriginal = "+00:00", Zone = "Europe/Helsinki" }, "2015-05-17T23:02:46+00:00 ExifIFD:DateTimeOriginal"),
        ["photoprism#2320: the camera's zone is not the place's"] = (new() { Original = "2022:05:14 12:00:00", OffsetOriginal = "+00:00", Place = NewYork }, "2022-05-14T12:00:00+00:00 ExifIFD:DateTimeOriginal"),
        ["A digitizing date with its own offset"] = (new() { Digitized = "2024:07:14 15:30:12", OffsetDigitized = "-03:30" }, "2024-07-14T15:30:12-03:30 ExifIFD:CreateDate"),
        // EXIF without one.
        ["immich#3154: no offset is no UTC"] = (new() { Name = "IMG_20221002_161817.jpg", Original = "2022:10:02 16:18:17" }, "2022-10-02T16:18:17 ExifIFD:DateTimeOriginal"),
        ["immich#6589: a Sony in UTC+8"] = (new() { Original = "2023:12:30 23:04:21", Zone = "Asia/Shanghai" }, "2023-12-30T23:04:21+08:00 ExifIFD:DateTimeOriginal volume"),
        ["The volume's zone in winter"] = (new() { Original = "2024:01:14 15:30:12", Zone = "Europe/Vienna" }, "2024-01-14T15:30:12+01:00 ExifIFD:DateTimeOriginal volume"),
        ["The hour that was shown twice is the first"] = (new() { Original = "2024:10:27 02:30:00", Zone = "Europe/Vienna" }, "2024-10-27T02:30:00+02:00 ExifIFD:DateTimeOriginal volume"),
        ["The hour that was left out"] = (new() { Original = "2024:03:31 02:30:00", Zone = "Europe/Vienna" }, "2024-03-31T02:30:00+01:00 ExifIFD:DateTimeOriginal volume"),
        // Satellites.
        ["The satellites tell the offset"] = (new() { Original = "2024:07:14 15:30:12", GpsUtc = "2024:07:14 13:30:05" }, "2024-07-14T15:30:12+02:00 ExifIFD:DateTimeOriginal gps"),
        ["The satellites win over place and volume"] = (new() { Original = "2024:07:14 15:30:12", GpsUtc = "2024:07:14 13:30:12", Place = Bangkok, Zone = "Asia/Tokyo" },
            "2024-07-14T15:30:12+02:00 ExifIFD:DateTimeOriginal gps"),
        ["Satellites across midnight"] = (new() { Original = "2024:07:15 00:30:12", GpsUtc = "2024:07:14 18:45:12" }, "2024-07-15T00:30:12+05:45 ExifIFD:DateTimeOriginal gps"),
        ["A stale fix tells nothing, the place does"] = (new() { Original = "2024:07:14 15:30:12", GpsUtc = "2024:07:14 13:21:12", Place = Vienna },
            "2024-07-14T15:30:12+02:00 ExifIFD:DateTimeOriginal place"),
        // Places.
        ["photoprism#1455: the place tells the offset"] = (new() { Original = "2021:08:29 19:55:00", Place = Vienna }, "2021-08-29T19:55:00+02:00 ExifIFD:DateTimeOriginal place"),
        ["The place wins over the volume"] = (new() { Original = "2024:07:14 15:30:12", Place = Lisbon, Zone = "Europe/Vienna" }, "2024-07-14T15:30:12+01:00 ExifIFD:DateTimeOriginal place"),
        ["A place of quarters of an hour"] = (new() { Original = "2024:07:14 15:30:12", Place = Kathmandu }, "2024-07-14T15:30:12+05:45 ExifIFD:DateTimeOriginal place"),
        ["Summer in the south"] = (new() { Original = "2024:01:14 15:30:12", Place = Auckland }, "2024-01-14T15:30:12+13:00 ExifIFD:DateTimeOriginal place"),
        ["On the high seas the volume's zone counts"] = (new() { Original = "2024:07:14 15:30:12", Place = Atlantic, Zone = "Europe/Vienna" }, "2024-07-14T15:30:12+02:00 ExifIFD:DateTimeOriginal volume"),
        ["On the high seas without a volume's zone nothing is known"] = (new() { Original = "2024:07:14 15:30:12", Place = Atlantic }, "2024-07-14T15:30:12 ExifIFD:DateTimeOriginal"),
        ["Without a file of towns places say nothing"] = (new() { Original = "2024:07:14 15:30:12", Place = Vienna, KnowsTowns = false }, "2024-07-14T15:30:12 ExifIFD:DateTimeOriginal"),
        // Scanned and imprecise.
        ["photoprism#625: zeros for what is not known"] = (new() { Original = "1993:00:00 12:00:00", Zone = "Europe/Vienna" }, "1993 ExifIFD:DateTimeOriginal year"),
        ["Blanks for what is not known"] = (new() { Original = "1993:06:      :  :  ", Zone = "Europe/Vienna" }, "1993-06 ExifIFD:DateTimeOriginal month"),
        ["XMP knows the year"] = (new() { Xmp = "1978" }, "1978 XMP-photoshop:DateCreated year"),
        ["immich#9310: XMP knows the month, the volume's zone is no matter"] = (new() { Xmp = "1978-06", Zone = "Europe/Vienna", Place = Vienna }, "1978-06 XMP-photoshop:DateCreated month"),
        ["A whole moment of the scanner's before a mere year"] = (new() { Xmp = "1978", Digitized = "2024:07:14 15:30:12" }, "2024-07-14T15:30:12 ExifIFD:CreateDate"),
        ["XMP with an offset"] = (new() { Xmp = "2024-07-14T15:30:12.5-05:00", Zone = "Europe/Vienna" }, "2024-07-14T15:30:12.5-05:00 XMP-photoshop:DateCreated"),
        ["XMP without one"] = (new() { Xmp = "2024-07-14T15:30:12", Zone = "Europe/Vienna" }, "2024-07-14T15:30:12+02:00 XMP-photoshop:DateCreated volume"),
        // Clips.
        ["A clip without a zone stays in UTC"] = (new() { QuickTime = "2024-07-13 22:30:12" }, "2024-07-13T22:30:12+00:00 QuickTime:CreateDate"),
        ["immich#6799: half past midnight is the day people lived"] = (new() { QuickTime = "2024-07-13 22:30:12", Zone = "Europe/Vienna" }, "2024-07-14T00:30:12+02:00 QuickTime:CreateDate volume"),
        ["A clip that knows its place"] = (new() { QuickTime = "2024-07-14 02:30:12", Place = NewYork, Zone = "Europe/Vienna" }, "2024-07-13T22:30:12-04:00 QuickTime:CreateDate place"),
        ["A clip in the second of two equal hours"] = (new() { QuickTime = "2024-10-27 01:30:00", Zone = "Europe/Vienna" }, "2024-10-27T02:30:00+01:00 QuickTime:CreateDate volume"),
        ["photoprism#727: Apple's own date knows better"] = (new() { QuickTime = "2020-12-22 09:02:49", Keys = "2020-12-22T10:02:49+0100", Zone = "Asia/Tokyo" }, "2020-12-22T10:02:49+01:00 Keys:CreationDate"),
        ["A clip on a volume in UTC"] = (new() { QuickTime = "2024-07-13 22:30:12", Zone = "UTC" }, "2024-07-13T22:30:12+00:00 QuickTime:CreateDate volume"),
        // Names.
        ["photoprism#3105: a date in the name"] = (new() { Name = "IMG_20130712_165427.jpg" }, "2013-07-12T16:54:27 filename"),
        ["A date in the name and the volume's zone"] = (new() { Name = "signal-2024-07-14-153012.jpg", Zone = "Europe/Vienna" }, "2024-07-14T15:30:12+02:00 filename volume"),
        ["photoprism#4036: a Pixel's name is in UTC, the new year was ours"] = (new() { Name = "PXL_20231231_220232177.jpg", Zone = "Australia/Sydney" }, "2024-01-01T09:02:32.177+11:00 filename volume"),
        ["A Pixel's name without a zone"] = (new() { Name = "PXL_20231231_220232177.jpg" }, "2023-12-31T22:02:32.177+00:00 filename"),
        ["photoprism#304: what the file says before its name"] = (new() { Name = "IMG_20200101_120000.jpg", Original = "2024:07:14 15:30:12" }, "2024-07-14T15:30:12 ExifIFD:DateTimeOriginal"),
        ["immich#5164: the name before a preserved time stamp"] = (new() { Name = "IMG-20240714-WA0003.jpg", Stamp = "2024-07-16T08:00:00Z" }, "2024-07-14 filename day"),
        // Time stamps.
        ["A preserved time stamp is a moment"] = (new() { Stamp = "2019-03-10T22:30:00Z" }, "2019-03-10T22:30:00+00:00 mtime"),
        ["A preserved time stamp by the volume's clock"] = (new() { Stamp = "2019-03-10T23:30:00Z", Zone = "Europe/Vienna" }, "2019-03-11T00:30:00+01:00 mtime volume"),
        ["photoprism#3854: the hour of a copy is no time"] = (new() { Stamp = "2025-12-31T20:00:00Z", Zone = "Europe/Vienna" }, ""),
        ["A camera's first date is no date"] = (new() { Original = "0000:00:00 00:00:00" }, ""),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_picture_was_taken_when_its_people_lived_it(string name)
    {
        (Shot shot, string taken) = Cases[name];

        Facts said = Verdict.Of(shot.Evidence);
        string? place = shot.KnowsTowns && said.Gps is { } gps ? PlaceZones.Load(_towns).Find(gps)?.Id : null;
        Facts facts = Layers.Effective(Layers.Of(shot.Name, shot.Stat.ModifiedNs, shot.Stat.BornNs, said, KnownZone.Of(place, shot.Zone)));

        Assert.Equal(taken, facts.Taken is { } time ? $"{time.Local}{time.Offset} {time.Source} {time.OffsetSource ?? (time.Precision is "exact" ? "" : time.Precision)}".TrimEnd() : "");
    }

    sealed record Shot
    {
        public string Name { get; init; } = "DSC_0001.JPG";
        public string? Original { get; init; }
        public string? OffsetOriginal { get; init; }
        public string? Digitized { get; init; }
        public string? OffsetDigitized { get; init; }
        public string? Modified { get; init; }
        public string? Offset { get; init; }
        public string? GpsUtc { get; init; }
        public GeoPoint? Place { get; init; }
        /// <summary>photoshop:DateCreated.</summary>
        public string? Xmp { get; init; }
        public string? QuickTime { get; init; }
        public string? Keys { get; init; }
        /// <summary>The file's modification time; it came to this disk on the first day of 2026.</summary>
        public string? Stamp { get; init; }
        public string? Zone { get; init; }
        public bool KnowsTowns { get; init; } = true;

        public FileStat Stat => new(1, Stamp is null ? 0 : Ns(Stamp), 0, Ns("2026-01-01T00:00:00Z"), 1, 1);

        public Evidence Evidence
        {
            get
            {
                Evidence evidence = new() { Place = Place };
                evidence.AddExif(new(Wrappings.Tiff([.. Text(0x0132, Modified), .. Text(0x010F, "Acme")],
                    [.. Text(0x9003, Original), .. Text(0x9011, OffsetOriginal), .. Text(0x9004, Digitized), .. Text(0x9012, OffsetDigitized), .. Text(0x9010, Offset)],
                    [.. Text(0x001D, GpsUtc?[..10]), .. GpsUtc is null ? [] : new[] { ((ushort)7, (ushort)5, 3, GpsUtc[11..].Split(':').SelectMany(Rational).ToArray()) }])));
                if (Xmp is not null)
                    evidence.AddXmp(Encoding.UTF8.GetBytes($"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' photoshop:DateCreated='{Xmp}'/></rdf:RDF></x:xmpmeta>"));
                if (QuickTime is not null) evidence.AddTime(TimeRank.QuickTimeCreated, CaptureTimes.Utc(DateTime.Parse(QuickTime, CultureInfo.InvariantCulture), "QuickTime:CreateDate"));
                if (Keys is not null) evidence.AddTime(TimeRank.KeysCreation, CaptureTimes.Read(Keys, "Keys:CreationDate"));
                return evidence;
            }
        }

        static long Ns(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() * 1_000_000;

        static List<(ushort, ushort, int, byte[])> Text(ushort tag, string? text) => text is null ? [] : [(tag, 2, text.Length + 1, Encoding.ASCII.GetBytes(text + "\0"))];

        static byte[] Rational(string number) => [.. BitConverter.GetBytes(int.Parse(number, CultureInfo.InvariantCulture)), .. BitConverter.GetBytes(1)];
    }
}
