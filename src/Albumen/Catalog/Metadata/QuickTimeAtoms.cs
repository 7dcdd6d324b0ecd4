using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Albumen.Catalog.Metadata;

/// <summary>
/// What MP4, MOV and 3GP say of a clip: the film's header, the first picture track, Apple's <c>keys</c>, iTunes' and cameras' items.
/// QuickTime File Format Specification; ISO/IEC 14496-12; 3GPP TS 26.244.
/// </summary>
static partial class QuickTimeAtoms
{
    const int MostText = 4096;

    public static void Read(ForeignBytes bytes, Evidence evidence)
    {
        bool found = false;
        foreach (IsoBox box in IsoBox.In(bytes))
        {
            if (box.Type == "moov")
            {
                found = true;
                ReadMovie(box.Content, evidence);
            }
            else if (box.IsXmp)
            {
                evidence.AddXmp(box.Content.Read(16, box.Content.Length));
            }
            else if (box.Type == "meta")
            {
                ReadMeta(box.Content, evidence);
            }
        }
        if (!found) evidence.Warn("The clip has no film header (moov): it was cut off or never finished");
    }

    static void ReadMovie(ForeignBytes movie, Evidence evidence)
    {
        HashSet<string> handlers = [];
        foreach (IsoBox box in IsoBox.In(movie))
        {
            switch (box.Type)
            {
                case "mvhd":
                    bool wide = box.Content.U8(0) == 1;
                    long created = wide ? box.Content.I64(4) : box.Content.U32(4);
                    evidence.AddTime(TimeRank.QuickTimeCreated, CaptureTimes.QuickTime(created, "QuickTime:CreateDate"));
                    uint scale = box.Content.U32(wide ? 20 : 12);
                    long duration = wide ? box.Content.I64(24) : box.Content.U32(16);
                    if (scale > 0 && duration is > 0 and not uint.MaxValue and not long.MaxValue) evidence.DurationInSeconds ??= Math.Round((double)duration / scale, 3);
                    break;
                case "trak":
                    if (IsoBox.Find(box.Content, "mdia", "hdlr") is { } handler) handlers.Add(handler.Latin1(8, 4));
                    ReadTrack(box.Content, evidence);
                    break;
                case "meta":
                    ReadMeta(box.Content, evidence);
                    break;
                case "udta":
                    ReadUserItems(box.Content, evidence);
                    break;
                case "uuid" when box.IsXmp:
                    evidence.AddXmp(box.Content.Read(16, box.Content.Length));
                    break;
                case "uuid" when box.IsCanon:
                    ReadCanon(box.Content.Part(16), evidence);
                    break;
            }
        }
        evidence.IsSoundOnly = handlers.Contains("soun") && !handlers.Contains("vide");
    }

    static void ReadTrack(ForeignBytes track, Evidence evidence)
    {
        if (IsoBox.Find(track, "tkhd") is not { } header) return;
        bool wide = header.U8(0) == 1;
        long created = wide ? header.I64(4) : header.U32(4);
        // Version 0 is 84 bytes, version 1 is 96; both end with the matrix and two 16.16 numbers.
        int matrix = wide ? 52 : 40;
        uint width = header.U32(matrix + 36) >> 16, height = header.U32(matrix + 40) >> 16;
        if (width == 0 || height == 0) return;
        evidence.AddTime(TimeRank.TrackCreated, CaptureTimes.QuickTime(created, "Track1:TrackCreateDate"));
        if (evidence.Width is not null) return;
        evidence.SetSize(width, height);
        evidence.Orientation ??= ((int)header.U32(matrix), (int)header.U32(matrix + 4)) switch
        {
            ( < 0, 0) => 3,
            (0, > 0) => 6,
            (0, < 0) => 8,
            _ => null,
        };
    }

    /// <summary>Apple's <c>mdta</c> keys with their values, iTunes' items, or Sony's XML.</summary>
    static void ReadMeta(ForeignBytes meta, Evidence evidence)
    {
        // QuickTime's is a plain box, MPEG-4's begins with version and flags.
        if (meta.Latin1(4, 4) is not ("hdlr" or "keys" or "ilst")) meta = meta.Part(4);
        if (IsoBox.Find(meta, "xml ") is { } xml) ReadSony(Encoding.UTF8.GetString(xml.Read(4, 256 << 10).Span), evidence);
        List<string> keys = [];
        if (IsoBox.Find(meta, "keys") is { } table)
            foreach (IsoBox key in IsoBox.In(table, 8)) keys.Add(key.Content.Latin1(0, MostText));
        if (IsoBox.Find(meta, "ilst") is not { } items) return;
        foreach (IsoBox item in IsoBox.In(items))
        {
            if (IsoBox.Find(item.Content, "data") is not { } value || value.U32(0) is not (1 or 2) || Text(value.Part(8)) is not { } text) continue;
            uint index = item.Type.Aggregate(0u, (number, c) => number << 8 | c);
            AddItem(index >= 1 && index <= keys.Count ? keys[(int)index - 1] : item.Type, text, evidence);
        }
    }

    /// <summary>NonRealTimeMeta, whose few facts stand in attributes: the only place where a Sony's clip tells its local time.</summary>
    static void ReadSony(string xml, Evidence evidence)
    {
        if (!xml.Contains("NonRealTimeMeta", StringComparison.Ordinal)) return;
        evidence.AddTime(TimeRank.ItemListCreated, CaptureTimes.Read(SonyDate().Match(xml).Groups[1].Value, "XML:CreationDateValue"));
        if (SonyDevice().Match(xml) is { Success: true } device)
        {
            evidence.Make ??= device.Groups[1].Value;
            evidence.Model ??= device.Groups[2].Value;
        }
    }

    static void AddItem(string key, string text, Evidence evidence)
    {
        const string apple = "com.apple.quicktime.";
        switch (key.StartsWith(apple, StringComparison.Ordinal) ? key[apple.Length..] : key)
        {
            case "creationdate":
                evidence.AddTime(TimeRank.KeysCreation, CaptureTimes.Read(text, "Keys:CreationDate"));
                break;
            case "©day":
                evidence.AddTime(TimeRank.ItemListCreated, CaptureTimes.Read(text, "ItemList:ContentCreateDate"));
                break;
            case "location.ISO6709" or "©xyz":
                evidence.Place ??= ReadPlace(text);
                break;
            case "make" or "com.android.manufacturer" or "©mak":
                evidence.Make ??= text;
                break;
            case "model" or "com.android.model" or "©mod":
                evidence.Model ??= text;
                break;
            case "camera.lens_model":
                evidence.Lens ??= text;
                break;
            case "content.identifier":
                evidence.ContentId ??= text;
                break;
            case "title" or "displayname" or "©nam":
                evidence.Title ??= text;
                break;
            case "description" or "desc" or "©des":
                evidence.Caption ??= text;
                break;
        }
    }

    /// <summary>Cameras' own items: QuickTime's international text (length, language, text) or what the maker liked.</summary>
    static void ReadUserItems(ForeignBytes items, Evidence evidence)
    {
        foreach (IsoBox box in IsoBox.In(items))
        {
            switch (box.Type)
            {
                case "meta":
                    ReadMeta(box.Content, evidence);
                    break;
                case "XMP_":
                    evidence.AddXmp(box.Content.Read(0, box.Content.Length));
                    break;
                case "©xyz":
                    evidence.Place ??= ReadPlace(International(box.Content));
                    break;
                case "©day":
                    evidence.AddTime(TimeRank.UserContentCreated, CaptureTimes.Read(International(box.Content), "UserData:ContentCreateDate"));
                    break;
                case "date":
                    evidence.AddTime(TimeRank.OtherOriginal, CaptureTimes.Read(Text(box.Content), "UserData:DateTimeOriginal"));
                    break;
                case "©mak":
                    evidence.Make ??= International(box.Content);
                    break;
                case "©mod" or "©mdl":
                    evidence.Model ??= International(box.Content);
                    break;
                case "manu" or "modl":
                    // 3GPP's form: version, flags and language before the text; some write it without.
                    string? text = Text(box.Content.U32(0) == 0 ? box.Content.Part(6) : box.Content);
                    if (box.Type == "manu") evidence.Make ??= text;
                    else evidence.Model ??= text;
                    break;
                case "CNTH":
                    // Canon's clips carry a small JPEG with the EXIF of the first frame.
                    if (IsoBox.Find(box.Content, "CNDA") is { } still) ReadInnerJpeg(still, evidence);
                    break;
                case "loci":
                    evidence.Place ??= ReadPlaceBox(box.Content);
                    break;
                case "NCDT":
                    if (IsoBox.Find(box.Content, "NCTG") is { } nikon) ReadNikon(nikon, evidence);
                    break;
                case "GPMF":
                    // GoPro: "MINF", a type, a size and a count, then the model.
                    ReadOnlySpan<byte> stream = box.Content.Read(0, 64 << 10).Span;
                    if (stream.IndexOf("MINFc"u8) is >= 0 and var model) evidence.Model ??= Text(box.Content.Part(model + 8, box.Content.U8(model + 5) * box.Content.U16(model + 6)));
                    break;
                default:
                    // Panasonic, Pentax, Fujifilm and others hide an EXIF block somewhere in a box of their own.
                    ReadOnlySpan<byte> hay = box.Content.Read(0, 1 << 20).Span;
                    if (evidence.Exif.Count == 0 && hay.IndexOf("Exif\0\0"u8) is >= 0 and var exif) evidence.AddExif(box.Content.Part(exif));
                    break;
            }
        }
    }

    /// <summary>Nikon's fields: a number, a type as in EXIF, a count, the value.</summary>
    static void ReadNikon(ForeignBytes fields, Evidence evidence)
    {
        long at = 0;
        for (int n = 0; n < 256 && at + 8 <= fields.Length; n++)
        {
            uint number = fields.U32(at);
            ushort type = fields.U16(at + 4), count = fields.U16(at + 6);
            TiffValue value = new(fields, BigEndian: true, type, count, at + 8);
            switch (number)
            {
                case 1:
                    evidence.Make ??= value.Text;
                    break;
                case 2:
                    evidence.Model ??= value.Text;
                    break;
                case 0x12:
                    evidence.AddTime(TimeRank.OtherOriginal, CaptureTimes.Read(value.Text, "Nikon:DateTimeOriginal"));
                    break;
            }
            at += 8 + count * TiffValue.WidthOf(type);
        }
    }

    /// <summary>The EXIF of a JPEG inside another file, whose size is not the file's.</summary>
    public static void ReadInnerJpeg(ForeignBytes jpeg, Evidence evidence)
    {
        (int? width, int? height) = (evidence.Width, evidence.Height);
        JpegSegments.Read(jpeg, evidence);
        (evidence.Width, evidence.Height) = (width, height);
    }

    /// <summary>CR3: IFD0, ExifIFD, maker's note and GPS each as a TIFF block of its own.</summary>
    static void ReadCanon(ForeignBytes boxes, Evidence evidence)
    {
        foreach (IsoBox box in IsoBox.In(boxes))
        {
            string? name = box.Type switch { "CMT1" => "IFD0", "CMT2" => "ExifIFD", "CMT4" => "GPS", _ => null };
            if (name is not null) evidence.AddExif(box.Content, name);
        }
    }

    static string? Text(ForeignBytes bytes)
    {
        ReadOnlySpan<byte> raw = bytes.Read(0, MostText).Span;
        if (raw.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Encoding.BigEndianUnicode.GetString(raw[2..]).Trim('\0', ' ') is { Length: > 0 } wide ? wide : null;
        int nul = raw.IndexOf((byte)0);
        return TiffValue.Decode(nul < 0 ? raw : raw[..nul]);
    }

    static string? International(ForeignBytes bytes) =>
        bytes.Length > 4 && bytes.U16(0) is > 0 and var length && length <= bytes.Length - 4 ? Text(bytes.Part(4, length)) : Text(bytes);

    /// <summary>ISO 6709: <c>+48.8125+002.4862+035.0/</c>, also with minutes (<c>+4848.75</c>) and seconds before the point.</summary>
    public static GeoPoint? ReadPlace(string? text)
    {
        Match match = Iso6709().Match(text ?? "");
        if (!match.Success || Degrees(match.Groups["lat"].Value, 2) is not { } lat || Degrees(match.Groups["lon"].Value, 3) is not { } lon) return null;
        double? alt = match.Groups["alt"].Success ? double.Parse(match.Groups["alt"].Value, CultureInfo.InvariantCulture) : null;
        return Math.Abs(lat) <= 90 && Math.Abs(lon) <= 180 ? new(lat, lon, alt) : null;
    }

    static double? Degrees(string text, int digits)
    {
        string number = text[1..];
        int whole = number.IndexOf('.') is >= 0 and var point ? point : number.Length;
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)) return null;
        if (whole >= digits + 4) value = Math.Floor(value / 10000) + Math.Floor(value % 10000 / 100) / 60 + value % 100 / 3600;
        else if (whole >= digits + 2) value = Math.Floor(value / 100) + value % 100 / 60;
        return text[0] == '-' ? -value : value;
    }

    // TS 26.244, 8.9: a name, a role, then longitude, latitude and altitude as 16.16.
    static GeoPoint? ReadPlaceBox(ForeignBytes bytes)
    {
        ReadOnlySpan<byte> name = bytes.Read(6, MostText).Span;
        int nul = name.IndexOf((byte)0);
        if (nul < 0) return null;
        long at = 6 + nul + 2;
        if (at + 12 > bytes.Length) return null;
        double Fixed(long place) => Math.Round((int)bytes.U32(place) / 65536.0, 6);
        GeoPoint place = new(Fixed(at + 4), Fixed(at), Fixed(at + 8));
        return Math.Abs(place.Lat) <= 90 && Math.Abs(place.Lon) <= 180 ? place : null;
    }

    [GeneratedRegex("""<CreationDate value="([^"<]{10,40})""")]
    private static partial Regex SonyDate();

    [GeneratedRegex("""<Device manufacturer="([^"<]{1,64})" modelName="([^"<]{1,64})""")]
    private static partial Regex SonyDevice();

    [GeneratedRegex(@"^\s*(?<lat>[+-]\d{1,6}(?:\.\d{1,12})?)(?<lon>[+-]\d{1,7}(?:\.\d{1,12})?)(?<alt>[+-]\d{1,7}(?:\.\d{1,12})?)?")]
    private static partial Regex Iso6709();
}
