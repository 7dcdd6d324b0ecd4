using System.Globalization;
using Albumen.Benchmarks;

// make bench, or: Albumen.Benchmarks [--photos N] [NAME ...]
List<string> words = [.. args];
int photos = 2000;
if (words.IndexOf("--photos") is var at and >= 0)
{
    if (at + 1 == words.Count || !int.TryParse(words[at + 1], CultureInfo.InvariantCulture, out photos) || photos < 4)
    {
        Console.Error.WriteLine("--photos needs a number, at least 4.");
        return 2;
    }
    words.RemoveRange(at, 2);
}

// Without a name all run, in this order: the quick ones first.
(string Name, Func<Task> Run)[] benchmarks =
[
    ("propfind-10000", PropfindBenchmark.RunAsync),
    ("propfind-100000", LongListingBenchmark.RunAsync),
    ("get", GetBenchmark.RunAsync),
    ("put", PutBenchmark.RunAsync),
    ("album", AlbumBenchmark.RunAsync),
    ("album-100000", LongAlbumBenchmark.RunAsync),
    ("console-first-frame", ConsoleBenchmark.RunFirstFrameAsync),
    ("console-key", ConsoleBenchmark.RunKeyAsync),
    ("start", StartBenchmark.RunAsync),
    ("start-1000000", StartBenchmark.RunMillionAsync),
    ("near-1000000", NearBenchmark.RunAsync),
    ("stills", StillsBenchmark.RunAsync),
    ("stills-100mp", StillsBenchmark.RunLargeAsync),
    ("poster", PosterBenchmark.RunAsync),
    ("scan-10000", () => ScanBenchmark.RunAsync(10_000)),
    ("scan-100000", () => ScanBenchmark.RunAsync(100_000)),
    ("scan-1000000", () => ScanBenchmark.RunAsync(1_000_000)),
    ("first-index", () => FirstIndexBenchmark.RunAsync(photos)),
];

foreach (string name in words)
    if (!benchmarks.Any(b => b.Name == name))
    {
        Console.Error.WriteLine($"There is no benchmark '{name}'; there are: {string.Join(", ", benchmarks.Select(b => b.Name))}.");
        return 2;
    }
try
{
    foreach ((string name, Func<Task> run) in benchmarks)
        if (words.Count == 0 || words.Contains(name)) await run();
}
catch (BenchmarkException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
return Verdict.AllMet ? 0 : 1;
