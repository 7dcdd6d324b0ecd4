using System.Text.Json;
using System.Xml;
using Albumen.Catalog;
using Albumen.Sidecar;
using Albumen.Tests.Catalog.Metadata;
using Albumen.Tests.Derivatives;

namespace Albumen.Tests.Sidecar;

/// <summary>Sidecars that real programs wrote: merged, read back by us, by exiftool and by exiv2, and nothing foreign is different.</summary>
public sealed class XmpCorpusTests(ITestOutputHelper output) : IDisposable
{
    static readonly PixelSize Stored = new(4000, 3000);

    readonly string _folder = Directory.CreateTempSubdirectory("albumen-xmp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Random_values_are_read_back_and_nothing_foreign_changes()
    {
        int merges = 0;
        foreach ((string path, byte[] bytes) in Sidecars())
            for (int seed = 0; seed < 12; seed++)
            {
                string what = $"{path}, seed {seed}";
                RandomValues random = new(seed);
                string foreign = Canonical.Foreign(bytes);
                byte[] merged = bytes;
                for (int round = 0; round < 3; round++, merges++)
                {
                    Dictionary<Field, string?> values = random.Next();
                    merged = XmpMerge.Merge(merged, values, Stored);
                    Same.AssertSaid(values, Same.Read(merged, Stored), what);
                    Assert.Equal(foreign, Canonical.Foreign(merged));
                    Assert.True(merged.AsSpan().SequenceEqual(XmpMerge.Merge(merged, values, Stored)), $"{what}: merging again changes it");
                }
            }
        output.WriteLine($"{merges} merges");
    }

    [Fact]
    public void Merging_what_a_sidecar_says_already_keeps_its_foreign_parts_and_its_meaning()
    {
        foreach ((string path, byte[] bytes) in Sidecars())
        {
            Facts facts = Same.Read(bytes, Stored);
            Dictionary<Field, string?> values = Field.All.Where(field => field.Read(facts) is not null).ToDictionary(field => field, field => field.Read(facts));

            byte[] merged = XmpMerge.Merge(bytes, values, Stored);

            Same.AssertSaid(values, Same.Read(merged, Stored), path);
            Assert.Equal(Canonical.Foreign(bytes), Canonical.Foreign(merged));
        }
    }

    [Fact]
    public void Exiftool_and_exiv2_read_what_was_merged()
    {
        List<(string File, string Path, Facts Facts)> merged = [];
        foreach ((string path, byte[] bytes) in Sidecars())
        {
            Facts facts = new RandomValues(merged.Count).Facts();
            string file = Path.Combine(_folder, $"{merged.Count}.xmp");
            File.WriteAllBytes(file, XmpMerge.Merge(bytes, Field.All.ToDictionary(field => field, field => field.Read(facts)), Stored));
            merged.Add((file, path, facts));
        }
        using JsonDocument said = JsonDocument.Parse(Studio.Run("exiftool", ["-j", "-struct", "-n", "-G1", "-api", "MissingTagValue", .. merged.Select(m => m.File)]));
        foreach ((string file, string path, Facts facts) in merged)
            OtherReaders.AssertExifTool(said.RootElement.EnumerateArray().Single(e => e.GetProperty("SourceFile").GetString() == file), facts, path);
        // Some of exiftool's own say more than exiv2 understands.
        foreach ((string file, string path, Facts facts) in merged)
            if (OtherReaders.Exiv2(Path.Combine(Corpus.Folder, "sidecars", path)).Count > 0) OtherReaders.AssertExiv2(file, facts, path);
    }

    static List<(string Path, byte[] Bytes)> Sidecars()
    {
        string folder = Path.Combine(Corpus.Folder, "sidecars");
        Assert.SkipUnless(Directory.Exists(folder), $"There is no corpus at {Corpus.Folder}; ALBUMEN_CORPUS can name another place.");
        return [.. Directory.EnumerateFiles(folder, "*.xmp", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(folder, file), File.ReadAllBytes(file))).Where(sidecar => IsXml(sidecar.Item2))];
    }

    /// <summary>One of exiftool's is none, on purpose.</summary>
    static bool IsXml(byte[] bytes)
    {
        try
        {
            _ = Canonical.Foreign(bytes);
            return true;
        }
        catch (XmlException)
        {
            Assert.Throws<XmpDamagedException>(() => XmpMerge.Merge(bytes, new RandomValues(0).Next(), null));
            return false;
        }
    }
}
