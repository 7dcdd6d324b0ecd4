using System.Diagnostics;
using System.Text;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Tests.Catalog.Metadata;

public sealed class EmbeddedMetadataTests(ITestOutputHelper output) : IDisposable
{
    const string NoFile = "/nonexistent/clip";

    readonly EmbeddedMetadata _metadata = new();

    public void Dispose() => _metadata.Dispose();

    public static TheoryData<string> Names => [.. Wrappings.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_container_gives_up_the_same_EXIF_and_XMP(string name)
    {
        EmbeddedReading reading = await ReadAsync(Wrappings.All[name], name);

        Facts facts = reading.Facts;
        Assert.Empty(reading.Warnings);
        Assert.Equal((640, 480, 6), (facts.Width, facts.Height, facts.Orientation));
        Assert.Equal(new CaptureTime("2024-07-14T15:30:12.25", "+02:00", "ExifIFD:DateTimeOriginal", "exact"), facts.Taken);
        Assert.Equal(new GeoPoint(48.2, -16.5, null), facts.Gps);
        Assert.Equal(new Camera("Acme", null, "50/1.8"), facts.Camera);
        Assert.Equal(0.004, facts.Exposure?.Time);
        Assert.Equal((4, "Red", "Dog"), (facts.Rating, facts.Label, facts.Title));
        Assert.Equal(["Wien", "Animals/Dog"], facts.Tags);
    }

    [Fact]
    public async Task A_clip_is_dated_by_Apples_key_and_turned_by_its_matrix()
    {
        Facts facts = (await ReadAsync(Wrappings.Clip, "a.mov")).Facts;

        Assert.Equal(new CaptureTime("2024-07-14T15:30:12", "+02:00", "Keys:CreationDate", "exact"), facts.Taken);
        Assert.Equal((640, 480, 6, 60.0), (facts.Width, facts.Height, facts.Orientation, facts.Duration));
        Assert.Equal(new GeoPoint(48.2, -16.5, 171), facts.Gps);
        Assert.Equal("ABCD-1234", facts.ContentId);
    }

    [Fact]
    public async Task A_clip_without_pictures_is_a_recording()
    {
        byte[] clip = [.. Wrappings.Box("ftyp", "isom\0\0\0\0isom"u8), .. Wrappings.Box("moov", Wrappings.Box("trak", Wrappings.Box("mdia", Wrappings.Box("hdlr", [.. new byte[8], .. "soun"u8, .. new byte[12]]))))];

        Assert.Equal(MediaKind.Audio, (await ReadAsync(clip, "a.mp4")).Type.Kind);
    }

    [Fact]
    public async Task What_makers_hide_in_their_own_boxes_is_found()
    {
        byte[] nikon = [0, 0, 0, 1, 0, 2, 0, 6, .. "NIKON\0"u8, 0, 0, 0, 0x12, 0, 2, 0, 20, .. "2012:03:04 05:06:07\0"u8];
        byte[] sony = Wrappings.Box("xml ", [0, 0, 0, 0, .. """<NonRealTimeMeta><CreationDate value="2024-07-14T15:30:12+02:00"/><Device manufacturer="Sony" modelName="ILCE-7M4"/></NonRealTimeMeta>"""u8]);

        Facts fromNikon = (await ReadAsync(Film(Wrappings.Box("NCDT", Wrappings.Box("NCTG", nikon))), "a.mov")).Facts;
        Facts fromPanasonic = (await ReadAsync(Film(Wrappings.Box("PANA", [.. new byte[200], .. "Exif\0\0"u8, .. Wrappings.Exif()])), "a.mp4")).Facts;
        Facts fromSony = (await ReadAsync([.. Film([]), .. Wrappings.Box("meta", [0, 0, 0, 0, .. Wrappings.Box("hdlr", new byte[24]), .. sony])], "a.mp4")).Facts;
        Facts fromGoPro = (await ReadAsync(Film(Wrappings.Box("GPMF", [.. "DEVC\0\x01\0\x10MINFc\x05\0\x01HERO7"u8, 0, 0, 0])), "a.mp4")).Facts;

        Assert.Equal(("NIKON", "2012-03-04T05:06:07"), (fromNikon.Camera?.Make, fromNikon.Taken?.Local));
        Assert.Equal(("Acme", "2024-07-14T15:30:12.25"), (fromPanasonic.Camera?.Make, fromPanasonic.Taken?.Local));
        Assert.Equal(("ILCE-7M4", "+02:00"), (fromSony.Camera?.Model, fromSony.Taken?.Offset));
        Assert.Equal("HERO7", fromGoPro.Camera?.Model);
    }

    [Fact]
    public async Task A_missing_ffprobe_is_named_with_its_package()
    {
        using EmbeddedMetadata bare = new("/nonexistent/ffprobe", "/nonexistent/exiftool");
        byte[] matroska = [0x1A, 0x45, 0xDF, 0xA3, .. new byte[100]];

        EmbeddedReading reading = await bare.ReadAsync(new MemoryStream(matroska), MediaType.Sniff(matroska, "a.mkv"), NoFile, TestContext.Current.CancellationToken);

        Assert.Contains(reading.Warnings, w => w.Contains("Debian package ffmpeg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_exiftool_is_named_with_its_package()
    {
        using EmbeddedMetadata bare = new("/nonexistent/ffprobe", "/nonexistent/exiftool");
        byte[] sigma = [.. "FOVb"u8, .. new byte[100]];

        EmbeddedReading reading = await bare.ReadAsync(new MemoryStream(sigma), MediaType.Sniff(sigma, "a.x3f"), NoFile, TestContext.Current.CancellationToken);

        Assert.Contains(reading.Warnings, w => w.Contains("libimage-exiftool-perl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Damaged_XMP_counts_as_far_as_it_goes()
    {
        string whole = Encoding.UTF8.GetString(Wrappings.Xmp);
        byte[] half = Encoding.UTF8.GetBytes(whole[..whole.IndexOf("<lr:", StringComparison.Ordinal)]);

        EmbeddedReading reading = await ReadAsync(WithXmp(half), "a.jpg");

        Assert.Equal(4, reading.Facts.Rating);
        Assert.Contains(reading.Warnings, w => w.StartsWith("XMP is damaged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public async Task XMP_may_be_in_UTF_16(string encoding)
    {
        byte[] packet = Encoding.GetEncoding(encoding).GetBytes(Encoding.UTF8.GetString(Wrappings.Xmp));
        Assert.Equal("Dog", (await ReadAsync(WithXmp(packet), "a.jpg")).Facts.Title);
    }

    [Fact]
    public async Task Extended_XMP_is_put_together_in_order()
    {
        byte[] tags = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Wrappings.Xmp).Replace("Wien", "Graz", StringComparison.Ordinal));
        byte[] Part(int from, int length) => Wrappings.Segment(0xE1, "http://ns.adobe.com/xmp/extension/\0"u8,
            [.. "0123456789ABCDEF0123456789ABCDEF"u8, 0, 0, (byte)(tags.Length >> 8), (byte)tags.Length, 0, 0, (byte)(from >> 8), (byte)from, .. tags.AsSpan(from, length)]);

        Facts facts = (await ReadAsync([0xFF, 0xD8, .. Part(300, tags.Length - 300), .. Part(0, 300), 0xFF, 0xD9], "a.jpg")).Facts;

        Assert.Equal(["Graz", "Animals/Dog"], facts.Tags);
    }

    [Fact]
    public void An_offset_is_told_by_GPS_only_when_it_is_a_zone_people_live_in()
    {
        CaptureTime local = new("2022-03-04T23:30:00", null, "ExifIFD:DateTimeOriginal", "exact");

        CaptureTime india = CaptureTimes.WithOffsetFromGps(local, new(2022, 3, 4, 18, 0, 40, DateTimeKind.Utc));
        CaptureTime staleFix = CaptureTimes.WithOffsetFromGps(local, new(2022, 3, 4, 18, 5, 0, DateTimeKind.Utc));
        CaptureTime otherDay = CaptureTimes.WithOffsetFromGps(local, new(2022, 3, 3, 18, 0, 0, DateTimeKind.Utc));

        Assert.Equal(("+05:30", "gps"), (india.Offset, india.OffsetSource));
        Assert.Null(staleFix.Offset);
        Assert.Null(otherDay.Offset);
    }

    [Theory]
    [InlineData("2024:07:14 15:30:12", "2024-07-14T15:30:12", null, "exact")]
    [InlineData("2024-07-14T15:30:12.5+0200", "2024-07-14T15:30:12.5", "+02:00", "exact")]
    [InlineData("2024-07-14T15:30Z", "2024-07-14T15:30:00", "+00:00", "exact")]
    [InlineData("2024-07-14", "2024-07-14", null, "day")]
    [InlineData("1978-06", "1978-06", null, "month")]
    [InlineData("1978", "1978", null, "year")]
    [InlineData("1993:00:00 12:00:00", "1993", null, "year")]
    [InlineData("1993 12:00:00", "1993", null, "year")]
    [InlineData("1993-06-00 12:00:00", "1993-06", null, "month")]
    [InlineData("1993:06:  ", "1993-06", null, "month")]
    [InlineData("Sun, 14 Jul 2024 15:30:12 +0200", "2024-07-14T15:30:12", "+02:00", "exact")]
    [InlineData("Sun Jul 14 15:30:12 2024", "2024-07-14T15:30:12", null, "exact")]
    public void A_date_is_as_precise_as_it_is_written(string text, string local, string? offset, string precision) =>
        Assert.Equal(new CaptureTime(local, offset, "x", precision), CaptureTimes.Read(text, "x"));

    [Theory]
    [InlineData("0000:00:00 00:00:00")]
    [InlineData("    :  :     :  :  ")]
    [InlineData("2024:02:30 12:00:00")]
    [InlineData("2024:13:01 12:00:00")]
    [InlineData("2024:01:01 25:00:00")]
    [InlineData("yesterday")]
    public void A_zero_or_impossible_date_is_none(string text) => Assert.Null(CaptureTimes.Read(text, "x"));

    [Fact]
    public async Task Hostile_files_cost_little_time()
    {
        byte[] nested = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<a>", 100_000)));
        byte[] laughs = """<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>"""u8.ToArray();
        byte[] attributes = Encoding.UTF8.GetBytes("<a " + string.Join(' ', Enumerable.Range(0, 200_000).Select(n => $"b{n}='c'")) + "/>");
        byte[] bomb = Wrappings.Chunk("iTXt", [.. "XML:com.adobe.xmp\0\x01\0\0\0"u8, .. Wrappings.Deflate(new byte[8 << 20])]);
        byte[] bombs = [.. Wrappings.PngHead, .. Enumerable.Repeat(bomb, 2000).SelectMany(b => b)];
        // A directory of 65,535 entries, each of which claims to be the whole file.
        byte[] entry = [0x02, 0x01, 7, 0, 0xFF, 0xFF, 0x0F, 0, 0, 0, 0, 0];
        byte[] directory = [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0, 0xFF, 0xFF, .. Enumerable.Repeat(entry, 65_535).SelectMany(e => e), .. new byte[1 << 20]];
        byte[] segments = [0xFF, 0xD8, .. Enumerable.Repeat((byte[])[0xFF, 0xE1, 0, 2], 1_000_000).SelectMany(s => s)];
        byte[] boxes = [.. Wrappings.Box("ftyp", "heic\0\0\0\0heic"u8), .. Enumerable.Repeat(Wrappings.Box("meta", []), 1_000_000).SelectMany(b => b)];
        (string, byte[])[] files =
        [
            ("nested.png", [.. Wrappings.PngHead, .. Wrappings.Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. nested])]),
            ("laughs.png", [.. Wrappings.PngHead, .. Wrappings.Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. laughs])]),
            ("attributes.png", [.. Wrappings.PngHead, .. Wrappings.Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. attributes])]),
            ("bombs.png", bombs), ("directory.tif", directory), ("segments.jpg", segments), ("boxes.heic", boxes),
        ];
        foreach ((string name, byte[] bytes) in files)
        {
            long begin = Stopwatch.GetTimestamp(), before = GC.GetAllocatedBytesForCurrentThread();
            EmbeddedReading reading = await ReadAsync(bytes, name);
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before >> 20;
            output.WriteLine($"{name}: {seconds:0.00} s, {allocated} MB");
            Assert.True(seconds < 2 && allocated < 600, $"{name}: {seconds:0.00} s, {allocated} MB");
            AssertNothingEscaped(reading, name);
        }
    }

    [Fact]
    public async Task No_flipped_or_missing_byte_makes_a_reader_throw()
    {
        Random random = new(1850);
        (string Name, byte[] Bytes)[] seeds = [.. Wrappings.All.Select(w => (w.Key, w.Value))];
        long end = Stopwatch.GetTimestamp() + 3 * Stopwatch.Frequency;
        for (int round = 0; Stopwatch.GetTimestamp() < end; round++)
        {
            (string name, byte[] original) = seeds[round % seeds.Length];
            byte[] bytes = [.. original];
            MediaType type = MediaType.Sniff(bytes, name);
            for (int flips = random.Next(1, 8); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = random.Next(4) switch { 0 => 0, 1 => 0xFF, 2 => 0x80, _ => (byte)random.Next(256) };
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            _ = MediaType.Sniff(bytes, name);

            long begin = Stopwatch.GetTimestamp();
            EmbeddedReading reading = await _metadata.ReadAsync(new MemoryStream(bytes), type, NoFile, TestContext.Current.CancellationToken);

            AssertNothingEscaped(reading, $"{name}, round {round}");
            Assert.True(Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(1), $"{name}, round {round}: {Stopwatch.GetElapsedTime(begin)}");
        }
    }

    static byte[] Film(ReadOnlySpan<byte> cameraItem) => [.. Wrappings.Box("ftyp", "qt  \0\0\0\0qt  "u8), .. Wrappings.Box("moov", Wrappings.Box("udta", cameraItem))];

    static byte[] WithXmp(ReadOnlySpan<byte> packet) => [0xFF, 0xD8, .. Wrappings.Segment(0xE1, "http://ns.adobe.com/xap/1.0/\0"u8, packet), 0xFF, 0xD9];

    static void AssertNothingEscaped(EmbeddedReading reading, string name) =>
        Assert.False(reading.Warnings.Any(w => w.StartsWith("Reading the metadata stopped", StringComparison.Ordinal)), $"{name}: {string.Join("; ", reading.Warnings)}");

    Task<EmbeddedReading> ReadAsync(byte[] bytes, string name) =>
        _metadata.ReadAsync(new MemoryStream(bytes), MediaType.Sniff(bytes.AsSpan(0, Math.Min(bytes.Length, MediaType.HeadLength)), name), NoFile, TestContext.Current.CancellationToken);
}
