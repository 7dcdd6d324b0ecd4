using System.Diagnostics;
using System.Text.Json;
using Albumen.Tests.Catalog.Metadata;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Real media from many cameras and many fuzzers, through the real daemon.</summary>
public sealed class CorpusTests
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Every_file_is_an_asset_or_a_problem_and_nothing_is_left_over()
    {
        Assert.SkipUnless(Directory.Exists(Corpus.Folder), $"There is no corpus at {Corpus.Folder}; ALBUMEN_CORPUS can name another place.");
        await using PrivateDaemon daemon = PrivateDaemon.Of(Corpus.Folder);
        long started = Stopwatch.GetTimestamp();
        await daemon.StartAsync();
        await daemon.ScanAsync();
        Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"It took {Stopwatch.GetElapsedTime(started)}.");

        Answer listing = await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders/lib");
        Dictionary<string, JsonElement> files = listing.Lines.Select(line => JsonDocument.Parse(line).RootElement)
            .Where(entry => entry.GetProperty("type").GetString() == "file").ToDictionary(entry => entry.GetProperty("path").GetString()!);
        HashSet<string> problems = [.. (await daemon.AlbumenAsync("problems", "--json")).Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("path").GetString()!)];
        foreach (JsonElement truth in Corpus.Files())
        {
            string path = truth.GetProperty("path").GetString()!;
            Assert.True(files.TryGetValue($"/Folders/lib/{path}", out JsonElement file), $"{path} is not listed");
            Assert.Equal(truth.GetProperty("sha256").GetString(), file.GetProperty("sha256").GetString());
            if (path.StartsWith("malformed/", StringComparison.Ordinal))
                Assert.True(file.TryGetProperty("asset", out _) || problems.Any(p => p.EndsWith(path, StringComparison.Ordinal)), $"{path} is neither an asset nor a problem");
        }
        // No worker died over them: the decoders' own refusals suffice.
        Assert.DoesNotContain("A worker gave no answer", daemon.Log, StringComparison.Ordinal);

        int open = Directory.GetFiles($"/proc/{daemon.Process!.Id}/fd").Length;
        await daemon.ScanAsync();
        await daemon.AlbumenAsync("ls", "-r", "--json", "/Timeline");
        Assert.InRange(Directory.GetFiles($"/proc/{daemon.Process.Id}/fd").Length, 0, open + 5);
        Assert.InRange(ResidentPeakInBytes(daemon.Process.Id), 0, 250L << 20);
        Assert.Empty(Directory.EnumerateFiles(daemon.Root, "*.partial", SearchOption.AllDirectories));

        Assert.Equal(0, await daemon.StopAsync());
        await daemon.NoWorkerIsLeftAsync();
        await HoldAgainstTruthAsync(daemon.Root, listing.Output);
    }

    /// <summary>The same judgement as an outsider's: 98 % of the fields, every decodable still with a preview.</summary>
    static async Task HoldAgainstTruthAsync(string root, string listing)
    {
        string script = Path.Combine(Corpus.Folder, "../tools/check-truth.py"), file = Path.Combine(root, "listing.jsonl");
        if (!File.Exists(script)) return;
        await File.WriteAllTextAsync(file, listing, TestContext.Current.CancellationToken);
        (int code, string output) = await Clients.RunAsync("sh", ["-c", "python3 \"$0\" \"$1\" /Folders/lib < \"$2\"", script, Path.Combine(Corpus.Folder, "truth.json"), file]);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(code == 0, output);
    }

    static long ResidentPeakInBytes(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim()) << 10;
}
