using System.Diagnostics;
using System.Text.Json;
using Albumen.Derivatives;
using Albumen.Tests.Catalog.Metadata;
using Albumen.Tests.Daemon;
using Albumen.Tests.Derivatives;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Real media from many cameras and many fuzzers, through the real daemon.</summary>
public sealed class CorpusTests
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

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
        await HoldAgainstAnotherDecoderAsync(new(daemon.Cache));
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

    /// <summary>
    /// Every preview of a still that ffmpeg decodes too shows what ffmpeg shows, upright and in its colours; of JPEGs one in six is asked. Each picture is shrunk to
    /// 16 x 16 pixels, and their samples may differ by 8 of 255 on average.
    /// </summary>
    static async Task HoldAgainstAnotherDecoderAsync(DerivativeStore store)
    {
        const int Side = 16, Samples = Side * Side * 3, MayDiffer = 8, OneJpegIn = 6;
        List<string> wrong = [];
        int number = 0, compared = 0;
        foreach (JsonElement truth in Corpus.Files())
        {
            string path = truth.GetProperty("path").GetString()!, mime = truth.GetProperty("mime").GetString() ?? "";
            if (path.StartsWith("malformed/", StringComparison.Ordinal) || !(mime is "image/webp" or "image/tiff" or "image/avif" or "image/jxl" || (mime == "image/jpeg" && number++ % OneJpegIn == 0))) continue;
            // ffmpeg follows the EXIF of JPEGs alone.
            if (mime != "image/jpeg" && truth.TryGetProperty("orientation", out JsonElement turned) && turned.ValueKind == JsonValueKind.Number && turned.GetInt32() != 1) continue;
            // What is behind transparency is nobody's picture.
            if (mime != "image/jpeg" && Studio.Shape(Path.Combine(Corpus.Folder, path)).EndsWith('4')) continue;
            if (await SamplesAsync(Path.Combine(Corpus.Folder, path)) is not { Length: Samples } theirs) continue;
            if (await SamplesAsync(store.PathOf(ContentHash.Parse(truth.GetProperty("sha256").GetString()!), "preview")) is not { Length: Samples } ours)
            {
                wrong.Add($"{path} has no preview");
                continue;
            }
            compared++;
            double difference = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Average();
            if (difference > MayDiffer) wrong.Add($"{path} differs by {difference:0.0}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(compared, 40, int.MaxValue);

        static async Task<byte[]> SamplesAsync(string file)
        {
            ProcessStartInfo start = new("ffmpeg", ["-v", "quiet", "-nostdin", "-i", file, "-frames:v", "1", "-vf", $"scale={Side}:{Side}:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]) { RedirectStandardOutput = true };
            using Process ffmpeg = Process.Start(start)!;
            using MemoryStream samples = new();
            await ffmpeg.StandardOutput.BaseStream.CopyToAsync(samples, TestContext.Current.CancellationToken);
            await ffmpeg.WaitForExitAsync(TestContext.Current.CancellationToken);
            return samples.ToArray();
        }
    }

    static long ResidentPeakInBytes(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim()) << 10;
}
