using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;

namespace Albumen.Tests.Catalog.Metadata;

/// <summary>Holds what we read against what exiftool and ffprobe say of the same files, field by field, as far as they say anything.</summary>
public sealed class TruthTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Nearly_every_field_that_exiftool_reads_is_read_the_same()
    {
        using EmbeddedMetadata metadata = new();
        int asked = 0, right = 0;
        SortedDictionary<string, List<string>> misses = [];
        foreach (JsonElement truth in Corpus.Files())
        {
            string path = truth.GetProperty("path").GetString()!;
            if (truth.GetProperty("kind").GetString() is not ("image" or "raw" or "video") || path.StartsWith("malformed/", StringComparison.Ordinal)) continue;
            EmbeddedReading reading = await ReadAsync(metadata, path);
            foreach ((string field, string? want, string? got) in Pairs(truth, reading.Facts))
            {
                // Blanks in a fixed field are no caption.
                if (string.IsNullOrWhiteSpace(want)) continue;
                asked++;
                if (Same(want, got)) right++;
                else (misses.TryGetValue(field, out List<string>? list) ? list : misses[field] = []).Add($"{path}: {want} / {got}");
            }
        }
        foreach ((string field, List<string> list) in misses) output.WriteLine($"{list.Count,4} {field}\n       " + string.Join("\n       ", list.Take(6)));
        output.WriteLine($"{100.0 * right / asked:0.00} % of {asked} fields");
        Assert.True(right >= 0.98 * asked, $"Only {right} of {asked} fields are right.");
    }

    [Fact]
    public async Task Every_file_is_recognised_as_what_exiftool_takes_it_for()
    {
        using EmbeddedMetadata metadata = new();
        List<string> misses = [];
        foreach (JsonElement truth in Corpus.Files())
        {
            string path = truth.GetProperty("path").GetString()!, kind = truth.GetProperty("kind").GetString()!;
            string? mime = truth.GetProperty("mime").GetString();
            if (path.StartsWith("malformed/", StringComparison.Ordinal)) continue;
            MediaType type = (await ReadAsync(metadata, path)).Type;
            string expected = kind is "json" or "unknown" ? "other" : kind;
            if (!expected.Equals(type.Kind.ToString(), StringComparison.OrdinalIgnoreCase)) misses.Add($"{path}: {expected} / {type.Kind}");
            if (expected != "other" && mime != type.Mime) misses.Add($"{path}: {mime} / {type.Mime}");
        }
        Assert.Empty(misses);
    }

    [Fact]
    public async Task Malformed_files_are_read_quickly_and_without_exceptions()
    {
        using EmbeddedMetadata metadata = new();
        foreach (JsonElement truth in Corpus.Files())
        {
            string path = truth.GetProperty("path").GetString()!;
            if (!path.StartsWith("malformed/", StringComparison.Ordinal)) continue;
            long begin = Stopwatch.GetTimestamp();
            EmbeddedReading reading = await ReadAsync(metadata, path);
            TimeSpan needed = Stopwatch.GetElapsedTime(begin);
            // exiftool is a Perl program and has to start first.
            Assert.True(needed < TimeSpan.FromSeconds(ExifTool.Suits(reading.Type) ? 15 : 2), $"{path} took {needed}");
            Assert.DoesNotContain(reading.Warnings, w => w.StartsWith("Reading the metadata stopped", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_JPEG_costs_about_a_millisecond()
    {
        byte[][] jpegs = [.. Corpus.Files().Where(f => f.GetProperty("mime").GetString() == "image/jpeg" && f.GetProperty("size").GetInt64() < 1_000_000)
            .Select(f => File.ReadAllBytes(Path.Combine(Corpus.Folder, f.GetProperty("path").GetString()!)))];
        using EmbeddedMetadata metadata = new();
        double best = double.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            foreach (byte[] jpeg in jpegs)
                await metadata.ReadAsync(new MemoryStream(jpeg, 0, jpeg.Length, false, true), MediaType.Sniff(jpeg, "a.jpg"), "/nowhere", TestContext.Current.CancellationToken);
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalMilliseconds / jpegs.Length);
        }
        output.WriteLine($"{best:0.000} ms a JPEG ({jpegs.Length} of them)");
        Assert.True(best < 3, $"{best} ms");
    }

    static async Task<EmbeddedReading> ReadAsync(EmbeddedMetadata metadata, string path)
    {
        string full = Path.Combine(Corpus.Folder, path);
        await using FileStream stream = File.OpenRead(full);
        return await metadata.ReadAsync(stream, Sniff(path), full, TestContext.Current.CancellationToken);
    }

    static MediaType Sniff(string path)
    {
        using FileStream stream = File.OpenRead(Path.Combine(Corpus.Folder, path));
        byte[] head = new byte[MediaType.HeadLength];
        return MediaType.Sniff(head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)), Path.GetFileName(path));
    }

    static IEnumerable<(string Field, string? Want, string? Got)> Pairs(JsonElement truth, Facts facts)
    {
        yield return ("width", Text(truth, "width"), Text(facts.Width));
        yield return ("height", Text(truth, "height"), Text(facts.Height));
        yield return ("orientation", Text(truth, "orientation"), Text(facts.Orientation));
        if (truth.GetProperty("taken") is { ValueKind: JsonValueKind.Object } taken)
        {
            string local = Text(taken, "local")!, got = facts.Taken?.Local ?? "";
            string? offset = CaptureTimes.Offset(Text(taken, "offset")), gotOffset = facts.Taken?.Offset;
            bool instants = offset is not null && gotOffset is not null && local.Length >= 19 && got.Length >= 19;
            yield return ("taken", instants ? Instant(local, offset!) : Head(local), instants ? Instant(got, gotOffset!) : Head(got));
            if (offset is not null && !instants) yield return ("taken.offset", offset, gotOffset);
            yield return ("taken.source", Text(taken, "source"), facts.Taken?.Source);
            if (local == Head(got)) yield return ("taken.subsec", Text(taken, "subsec"), got.Split('.') is [_, var fraction] ? fraction : null);
        }
        yield return ("gps.lat", Text(truth, "gps", "lat"), Text(facts.Gps?.Lat));
        yield return ("gps.lon", Text(truth, "gps", "lon"), Text(facts.Gps?.Lon));
        yield return ("gps.alt", Text(truth, "gps", "alt"), Text(facts.Gps?.Alt));
        yield return ("camera.make", Text(truth, "camera", "make"), facts.Camera?.Make);
        yield return ("camera.model", Text(truth, "camera", "model"), facts.Camera?.Model);
        yield return ("camera.lens", Text(truth, "camera", "lens"), facts.Camera?.Lens);
        yield return ("exposure.time", Text(truth, "exposure", "time"), Text(facts.Exposure?.Time));
        yield return ("exposure.f", Text(truth, "exposure", "f"), Text(facts.Exposure?.F));
        yield return ("exposure.iso", Text(truth, "exposure", "iso"), Text(facts.Exposure?.Iso));
        yield return ("exposure.focal", Text(truth, "exposure", "focal"), Text(facts.Exposure?.Focal));
        yield return ("rating", Text(truth, "rating"), Text(facts.Rating));
        yield return ("label", Text(truth, "label"), facts.Label);
        yield return ("title", Text(truth, "title"), facts.Title);
        yield return ("caption", Text(truth, "caption"), facts.Caption);
        yield return ("content_id", Text(truth, "content_id"), facts.ContentId);
        yield return ("duration", truth.GetProperty("kind").GetString() == "video" ? Text(truth, "video", "duration") : null, Text(facts.Duration));
        HashSet<string> said = [.. facts.Tags ?? [], .. (facts.Tags ?? []).SelectMany(t => t.Split('/'))];
        foreach (JsonElement keyword in truth.GetProperty("keywords").EnumerateArray())
            yield return ("keywords", keyword.GetString(), said.Contains(keyword.GetString()!) ? keyword.GetString() : string.Join('|', said));
        foreach (JsonElement region in truth.GetProperty("regions").EnumerateArray())
            if (Text(region, "name") is { } name && Text(region, "type") is null or "Face" or "MP")
                yield return ("people", name, facts.People?.Contains(name) == true ? name : string.Join('|', facts.People ?? []));
    }

    static string Instant(string local, string offset) =>
        DateTimeOffset.Parse(Head(local) + offset, CultureInfo.InvariantCulture).ToUniversalTime().ToString("s");

    static string Head(string local) => local[..Math.Min(19, local.Length)];

    static bool Same(string want, string? got)
    {
        if (got is null) return false;
        if (double.TryParse(want, CultureInfo.InvariantCulture, out double a) && double.TryParse(got, CultureInfo.InvariantCulture, out double b))
            return Math.Abs(a - b) <= Math.Max(1e-4, Math.Abs(a) * 0.005);
        return want.Trim() == got.Trim();
    }

    static string? Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture);

    static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        return element.ValueKind switch { JsonValueKind.Null or JsonValueKind.Undefined => null, _ => element.ToString() };
    }
}
