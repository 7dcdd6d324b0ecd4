using System.Diagnostics;
using System.Text.Json;
using Albumen.Tests.Catalog.Metadata;

namespace Albumen.Tests.Catalog.Stacks;

/// <summary>
/// Holds the stacks of a made-up library, with copies and photos that bear one another's identifiers, against what its maker says of it. <c>ALBUMEN_LIBRARY</c> can name a larger
/// one, with a manifest of the same name and <c>.json</c>.
/// </summary>
public sealed class GeneratedPairsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task All_pairs_are_found_and_no_false_one()
    {
        using StackShelf shelf = new();
        string manifest = Make(shelf);
        JsonElement[] files = [.. JsonDocument.Parse(await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken)).RootElement.GetProperty("list").EnumerateArray()];
        Dictionary<string, string> kinds = files.Where(f => f.TryGetProperty("pair", out _)).GroupBy(f => f.GetProperty("pair").GetString()!)
            .ToDictionary(pair => string.Join(' ', pair.Select(f => f.GetProperty("sha256").GetString()!).Order(StringComparer.Ordinal)), pair => pair.Key.Split('-')[0]);
        Dictionary<string, string> paths = files.GroupBy(f => f.GetProperty("sha256").GetString()!).ToDictionary(f => f.Key, f => string.Join(", ", f.Select(p => p.GetProperty("path").GetString())));

        long begun = Stopwatch.GetTimestamp();
        await shelf.IndexAsync();
        output.WriteLine($"{files.Length} files in {Stopwatch.GetElapsedTime(begun)}, of which stacking took {shelf.Stacking}");

        HashSet<string> found = shelf.Groups();
        foreach (string kind in kinds.Values.Distinct()) output.WriteLine($"{kind}: {kinds.Count(k => k.Value == kind && found.Contains(k.Key))} of {kinds.Count(k => k.Value == kind)}");
        Assert.Equal([], found.Except(kinds.Keys).Select(Shown));
        Assert.Equal([], kinds.Keys.Except(found).Select(Shown));

        string Shown(string stack) => string.Join(" + ", stack.Split(' ').Select(hash => paths.GetValueOrDefault(hash, hash)));
    }

    static string Make(StackShelf shelf)
    {
        if (Environment.GetEnvironmentVariable("ALBUMEN_LIBRARY") is { Length: > 0 } library)
        {
            shelf.Shelf.Shell($"cp -al '{library}/.' . || cp -a '{library}/.' .");
            return library + ".json";
        }
        string maker = Path.Combine(Corpus.Folder, "make-library.py"), manifest = Path.Combine(shelf.Shelf.Root, "manifest.json");
        Assert.SkipUnless(File.Exists(maker), $"There is no {maker}; ALBUMEN_CORPUS can name another place.");
        shelf.Shelf.Shell($"python3 '{maker}' '{Corpus.Folder}' . --count 600 --live 0.1 --raw 0.1 --dup 0.1 --max-seed 900000 --exclude 'malformed|fuzz|takeout|duplicates|unicode|corrupt|trunc|broken|invalid|no-tz' --manifest '{manifest}'");
        return manifest;
    }
}
