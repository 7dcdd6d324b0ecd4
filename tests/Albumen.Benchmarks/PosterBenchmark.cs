using System.Globalization;
using System.Text.RegularExpressions;

namespace Albumen.Benchmarks;

/// <summary>
/// What a phone's clip costs a warm worker and all it starts, by processor time: hash, metadata, poster, thumbnail and analysis, against ffmpeg alone taking one frame of the
/// same clip, at the same place or at its first key frame.
/// </summary>
static partial class PosterBenchmark
{
    const int Copies = 10;

    static readonly (string Name, string Film)[] Clips =
    [
        ("1080p-h264.mp4", "-t 4 -s 1920x1080 -c:v libx264 -preset ultrafast -g 30 -b:v 17M -pix_fmt yuv420p"),
        ("4k-h264.mp4", "-t 2 -s 3840x2160 -c:v libx264 -preset ultrafast -g 30 -b:v 45M -pix_fmt yuv420p"),
        ("1080p-hevc.mov", "-t 4 -s 1920x1080 -c:v libx265 -preset ultrafast -x265-params log-level=none -g 30 -b:v 8M -pix_fmt yuv420p -tag:v hvc1"),
        ("4k-hevc.mov", "-t 2 -s 3840x2160 -c:v libx265 -preset ultrafast -x265-params log-level=none -g 30 -b:v 24M -pix_fmt yuv420p -tag:v hvc1"),
    ];

    public static Task RunAsync()
    {
        using Workplace work = new();
        string seeds = work.Make("seeds"), library = work.Make("library"), root = work.Make("root");
        foreach ((string name, string film) in Clips)
            Command.Run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=30,noise=alls=12:allf=t+u", "-f", "lavfi", "-i", "sine=440", .. film.Split(' '), "-c:a", "aac", Path.Combine(seeds, name)]);

        foreach ((string name, _) in Clips) Copy(name, 0);
        using RunningDaemon daemon = new(root, library);
        daemon.Albumen("scan", "--wait");
        foreach ((string name, string film) in Clips)
        {
            string seed = Path.Combine(seeds, name);
            double start = film.StartsWith("-t 4", StringComparison.Ordinal) ? 0.4 : 0.2;
            double peer = Peer(seed, start, Copies / 2), first = Peer(seed, 0, Copies);
            for (int copy = 1; copy <= Copies; copy++) Copy(name, copy);
            double before = daemon.WorkerSeconds();
            daemon.Albumen("scan", "--wait");
            double ours = (daemon.WorkerSeconds() - before) / Copies;
            peer = (peer + Peer(seed, start, Copies / 2)) / 2;
            Verdict.Ratio($"poster {name}", ours * 1000, peer * 1000, "ms of processor time a clip", 1.2, string.Create(CultureInfo.InvariantCulture, $"; {ours / first:0.00} x the first key frame"));
        }
        return Task.CompletedTask;

        // A box that is to be ignored makes it another file (ISO/IEC 14496-12, 8.1.2).
        void Copy(string name, int number) =>
            File.WriteAllBytes(Path.Combine(library, $"{number:D3}-{name}"), [.. File.ReadAllBytes(Path.Combine(seeds, name)), 0, 0, 0, 12, .. "free"u8, 0, 0, 0, (byte)number]);
    }

    /// <returns>Processor seconds of one frame.</returns>
    static double Peer(string clip, double start, int times)
    {
        (string output, _) = Command.Bash("""
            for ((i = 0; i < $3; i++)); do ffmpeg -nostdin -v error -y -ss "$2" -i "$1" -frames:v 1 "$1.jpg"; done
            times
            """, clip, start.ToString(CultureInfo.InvariantCulture), $"{times}");
        return Minutes().Matches(output.TrimEnd().Split('\n')[^1])
            .Sum(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) * 60 + double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture)) / times;
    }

    [GeneratedRegex("([0-9]+)m([0-9.]+)s")]
    private static partial Regex Minutes();
}
