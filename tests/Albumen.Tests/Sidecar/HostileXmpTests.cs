using System.Diagnostics;
using System.Text;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Sidecar;
using Albumen.Tests.Catalog.Metadata;

namespace Albumen.Tests.Sidecar;

/// <summary>What must never be read in part, never be written to, and never cost more than a moment.</summary>
public sealed class HostileXmpTests
{
    const string Begin = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description xmlns:dc=\"http://purl.org/dc/elements/1.1/\" dc:format=\"x\"><dc:title>Kept?</dc:title>";
    const string End = "</rdf:Description></rdf:RDF></x:xmpmeta>";

    static readonly Dictionary<string, Func<byte[]>> Files = new()
    {
        ["empty"] = () => [],
        ["text"] = () => "I am not XML"u8.ToArray(),
        ["html"] = () => "<html><body>404</body></html>"u8.ToArray(),
        ["truncated"] = () => Encoding.UTF8.GetBytes(Begin + "<dc:descr"),
        ["cut between elements"] = () => Encoding.UTF8.GetBytes(Begin),
        ["entities of the system"] = () => Encoding.UTF8.GetBytes("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + Begin + "&e;" + End),
        ["a billion laughs"] = () => Encoding.UTF8.GetBytes("<!DOCTYPE x [<!ENTITY a \"ha\">" + string.Concat(Enumerable.Range(0, 30).Select(i => $"<!ENTITY a{i} \"{(i == 0 ? "&a;&a;" : $"&a{i - 1};&a{i - 1};")}\">")) + "]>" + Begin + "&a29;" + End),
        ["an unknown entity"] = () => Encoding.UTF8.GetBytes(Begin + "&nbsp;" + End),
        ["50 MB"] = () => Encoding.UTF8.GetBytes(Begin + new string(' ', 50 << 20) + End),
        ["a deep tree"] = () => Encoding.UTF8.GetBytes(Begin + string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000)) + End),
        ["many elements"] = () => Encoding.UTF8.GetBytes(Begin + string.Concat(Enumerable.Repeat("<a/>", 1_000_000)) + End),
        ["many attributes"] = () => Encoding.UTF8.GetBytes(Begin + "<a " + string.Concat(Enumerable.Range(0, 300_000).Select(i => $"a{i}='' ")) + "/>" + End),
        ["Latin bytes in what says UTF-8"] = () => Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='utf-8'?>" + Begin + "Käse" + End),
        ["UTF-8 in what says UTF-16"] = () => Encoding.UTF8.GetBytes("<?xml version='1.0' encoding='utf-16'?>" + Begin + "Käse" + End),
        ["an encoding nobody knows"] = () => Encoding.UTF8.GetBytes("<?xml version='1.0' encoding='klingon'?>" + Begin + End),
        ["NUL bytes"] = () => Encoding.UTF8.GetBytes(Begin + "<dc:source>a\0\0b</dc:source>" + End),
        ["a hole of NULs"] = () => [.. Encoding.UTF8.GetBytes(Begin), .. new byte[4096], .. Encoding.UTF8.GetBytes(End)],
        ["half a character in UTF-8"] = () => [.. Encoding.UTF8.GetBytes(Begin), 0xED, 0xA0, 0x80, .. Encoding.UTF8.GetBytes(End)],
        ["half a character in UTF-16"] = () => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Begin), 0x00, 0xD8, .. Encoding.Unicode.GetBytes(End)],
        ["half a character by number"] = () => Encoding.UTF8.GetBytes(Begin + "<dc:source>&#xD800;</dc:source>" + End),
    };

    public static IEnumerable<TheoryDataRow<string>> Names => Files.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Damage_is_told_at_once_and_nothing_is_read_or_merged(string name)
    {
        byte[] bytes = Files[name]();
        long allocated = GC.GetAllocatedBytesForCurrentThread(), started = Stopwatch.GetTimestamp();

        List<string> warnings = [];
        Facts facts = SidecarMetadata.Read(bytes, null, warnings, out bool isDamaged);
        XmpDamagedException error = Assert.Throws<XmpDamagedException>(() => XmpMerge.Merge(bytes, new RandomValues(1).Next(all: true), null));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 100L << 20);
        Assert.True(isDamaged);
        Assert.Equal(new Facts(), facts);
        Assert.StartsWith("The sidecar is damaged: ", Assert.Single(warnings));
        Assert.StartsWith("The sidecar is damaged: ", error.Message);
    }

    [Fact]
    public void A_fault_in_the_XML_names_its_line() =>
        Assert.Contains("Line 3", Assert.Throws<XmpDamagedException>(() => XmpMerge.Merge("<a>\n<b>\n</c></a>"u8.ToArray(), new Dictionary<Field, string?>(), null)).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Whatever_bytes_are_flipped_it_is_merged_or_refused()
    {
        List<byte[]> originals = [XmpMerge.Merge(null, new RandomValues(3).Next(all: true), new(40, 30))];
        string folder = Path.Combine(Corpus.Folder, "sidecars");
        if (Directory.Exists(folder)) originals.AddRange(Directory.EnumerateFiles(folder, "*.xmp", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
        Random random = new(5);
        int merged = 0, refused = 0;
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = [.. originals[round % originals.Count]];
            for (int flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)"<>&\"'=/:"[random.Next(8)], _ => (byte)random.Next(32, 127) };
            Dictionary<Field, string?> values = new RandomValues(round).Next();
            _ = SidecarMetadata.Read(bytes, new(40, 30), [], out bool isDamaged);
            try
            {
                byte[] result = XmpMerge.Merge(bytes, values, new(40, 30));
                Assert.False(isDamaged);
                Same.AssertSaid(values, Same.Read(result, new(40, 30)), $"round {round}");
                merged++;
            }
            catch (XmpDamagedException)
            {
                refused++;
            }
        }
        Assert.True(merged > 300 && refused > 300, $"{merged} merged, {refused} refused");
    }
}
