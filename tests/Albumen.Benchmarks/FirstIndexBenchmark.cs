using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Albumen.Benchmarks;

/// <summary>
/// The first index of generated photos, from the start of the daemon until every small version is made, against the tools one would use
/// without it. In four parts, so that either side begins as often and a machine that is busy for a while is busy for both.
/// </summary>
static partial class FirstIndexBenchmark
{
    const int Parts = 4;

    /// <summary>The last line of 'times' has what the children took.</summary>
    const string Peer = """
        each() { find "$1" -type f -print0 | xargs -0 -P2 -n 25 "${@:2}" > /dev/null; }
        each "$1" sha256sum
        each "$1" exiftool -fast -j 2> /dev/null
        each "$1" vipsthumbnail --size 320 -o "$2/%s-320.webp"
        each "$1" vipsthumbnail --size 2048 -o "$2/%s-2048.jpg"
        times
        """;

    public static async Task RunAsync(int photos)
    {
        using Workplace work = new();
        string[] libraries = PhotoLibrary.Make(work, photos, Parts);
        double ours = 0, ourProcessor = 0, peer = 0, peerProcessor = 0, memory = 0, idle = 0;
        for (int part = 0; part < Parts; part++)
        {
            if (part % 2 == 0) await OursAsync();
            PeerTakes();
            if (part % 2 == 1) await OursAsync();

            async Task OursAsync()
            {
                string root = work.Make("root");
                long started = Stopwatch.GetTimestamp();
                using (RunningDaemon daemon = new(root, libraries[part]))
                {
                    Task waiting = Task.Run(() => daemon.Albumen("scan", "--wait"));
                    while (!waiting.IsCompleted)
                    {
                        memory = Math.Max(memory, daemon.FamilyMegabytes());
                        await Task.WhenAny(waiting, Task.Delay(500));
                    }
                    await waiting;
                    ours += Stopwatch.GetElapsedTime(started).TotalSeconds;
                    ourProcessor += daemon.ProcessorSeconds();
                    await Task.Delay(TimeSpan.FromSeconds(5));
                    idle = Math.Max(idle, daemon.ResidentMegabytes());
                }
                Directory.Delete(root, recursive: true);
            }

            void PeerTakes()
            {
                string small = work.Make("peer");
                (string output, TimeSpan time) = Command.Bash(Peer, libraries[part], small);
                peer += time.TotalSeconds;
                foreach (Match match in Minutes().Matches(output.TrimEnd().Split('\n')[^1]))
                    peerProcessor += double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * 60 + double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
                Directory.Delete(small, recursive: true);
            }
        }
        Verdict.Ratio("first-index", ours, peer, "s", 0.8, string.Create(CultureInfo.InvariantCulture, $"; CPU {ourProcessor / peerProcessor:0.00}; {photos:N0} photos"));
        Verdict.AtMost("first-index, memory of daemon and workers", memory, "MiB", 400);
        Verdict.AtMost("first-index, memory of the daemon after it", idle, "MiB", 150);
    }

    [GeneratedRegex("([0-9]+)m([0-9.]+)s")]
    private static partial Regex Minutes();
}
