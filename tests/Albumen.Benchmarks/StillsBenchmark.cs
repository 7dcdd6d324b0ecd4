using System.Globalization;
using System.Text.RegularExpressions;

namespace Albumen.Benchmarks;

/// <summary>
/// What a photo costs the daemon and its workers, by processor time: hash, metadata, preview, thumbnail and analysis, against one run of vipsthumbnail that makes the
/// preview alone. And what memory they need for photos of 100 megapixels.
/// </summary>
static partial class StillsBenchmark
{
    const int Photos = 120, Large = 6;

    public static Task RunAsync()
    {
        using Workplace work = new();
        string[] libraries = PhotoLibrary.Make(work, Photos, 2);
        string root = work.Make("root");
        using RunningDaemon daemon = new(root, libraries[0]);
        daemon.Albumen("scan", "--wait");
        double before = daemon.ProcessorSeconds();
        Directory.Move(libraries[1], Path.Combine(libraries[0], "more"));
        daemon.Albumen("scan", "--wait");
        double ours = daemon.ProcessorSeconds() - before, peer = Peer(Path.Combine(libraries[0], "more"), work.Make("peer"));
        Verdict.Ratio("stills", ours * 2000 / Photos, peer * 2000 / Photos, "ms of processor time a photo of 12 megapixels", 1.25);
        return Task.CompletedTask;
    }

    public static async Task RunLargeAsync()
    {
        using Workplace work = new();
        string[] seeds = PhotoLibrary.Make(work, 4, 1);
        string library = work.Make("library"), root = work.Make("root");
        Command.Bash("""
            number=0
            for photo in $(find "$1" -name '*.jpg') $(find "$1" -name '*.jpg'); do
              [ "$number" -lt "$3" ] || break
              vips resize "$photo" "$2/$number.jpg[Q=$((85 + number))]" 2.9 --kernel linear
              number=$((number + 1))
            done
            """, seeds[0], library, Large.ToString(CultureInfo.InvariantCulture));
        using RunningDaemon daemon = new(root, library);
        double most = 0;
        Task waiting = Task.Run(() => daemon.Albumen("scan", "--wait"));
        while (!waiting.IsCompleted)
        {
            most = Math.Max(most, daemon.FamilyMegabytes());
            await Task.WhenAny(waiting, Task.Delay(50));
        }
        await waiting;
        Verdict.AtMost($"stills-100mp, memory of daemon and workers over {Large} photos of 100 megapixels", most, "MiB", 400);
    }

    /// <returns>Processor seconds.</returns>
    static double Peer(string photos, string previews)
    {
        (string output, _) = Command.Bash("""
            find "$1" -type f -print0 | xargs -0 -n 1 vipsthumbnail --size 2048 -o "$2/%s.jpg" > /dev/null
            times
            """, photos, previews);
        return Minutes().Matches(output.TrimEnd().Split('\n')[^1])
            .Sum(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) * 60 + double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("([0-9]+)m([0-9.]+)s")]
    private static partial Regex Minutes();
}
