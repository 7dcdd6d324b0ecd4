using System.Text.Json;
using Albumen.Tests.Catalog.Metadata;

namespace Albumen.Tests.Acceptance;

/// <summary>Files of every format, cut short and with bits turned over: the daemon goes on, and each is an asset or a problem.</summary>
public sealed class FuzzTests
{
    const int LargestInBytes = 100_000;

    [Fact]
    public async Task What_is_left_of_files_that_were_damaged_is_an_asset_or_a_problem_and_the_daemon_goes_on()
    {
        string library = Directory.CreateTempSubdirectory("albumen-fuzz-").FullName;
        await using PrivateDaemon daemon = PrivateDaemon.Of(library);
        try
        {
            Damage(library, Thorough.Times(200));
            await daemon.StartAsync();
            int process = daemon.Process!.Id;
            await daemon.ScanAsync();

            Assert.Equal((process, false), (daemon.Process.Id, daemon.Process.HasExited));
            HashSet<string> problems = [.. (await daemon.AlbumenAsync("problems", "--json")).Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("path").GetString()!)];
            string[] neither = [.. from line in (await daemon.AlbumenAsync("ls", "-r", "--json", "/Folders/lib")).Lines
                let file = JsonDocument.Parse(line).RootElement
                where file.GetProperty("type").GetString() == "file" && !file.TryGetProperty("asset", out _)
                let path = file.GetProperty("path").GetString()!
                where !problems.Contains(path)
                select path];
            Assert.Empty(neither);
            Assert.Equal(0, await daemon.StopAsync());
            await daemon.NoWorkerIsLeftAsync();
        }
        finally
        {
            Directory.Delete(library, recursive: true);
        }
    }

    /// <summary>Each format in turn; the same files every time.</summary>
    static void Damage(string library, int count)
    {
        string[] media = ["image", "raw", "video"];
        JsonElement[][] formats = [.. Corpus.Files()
            .Where(f => media.Contains(f.GetProperty("kind").GetString()) && f.GetProperty("size").GetInt64() is > 0 and <= LargestInBytes)
            .GroupBy(f => f.GetProperty("mime").GetString()).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.ToArray())];
        Random random = new(1850);
        for (int i = 0; i < count; i++)
        {
            JsonElement[] format = formats[i % formats.Length];
            string path = format[random.Next(format.Length)].GetProperty("path").GetString()!;
            byte[] bytes = File.ReadAllBytes(Path.Combine(Corpus.Folder, path));
            if (random.Next(3) == 0) bytes = bytes[..random.Next(1, bytes.Length + 1)];
            int flips = random.Next(4) == 0 ? 0 : 1 << random.Next(8);
            // Half of them where the headers are.
            for (int n = 0; n < flips; n++) bytes[random.Next(n % 2 == 0 ? bytes.Length : Math.Min(bytes.Length, 4096))] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Path.Combine(library, $"{i:D5}{Path.GetExtension(path)}"), bytes);
        }
    }
}
