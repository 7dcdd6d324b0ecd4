using System.Globalization;

namespace Albumen.Benchmarks;

/// <summary>Looking through 100,000 files in 1,000 folders of which none changed: 'albumen scan --wait' against 'find -printf', in turns.</summary>
static class RescanBenchmark
{
    const int Rounds = 9, WarmUps = 3;

    public static async Task RunAsync()
    {
        using Workplace work = new();
        string library = work.Make("photos");
        SmallFiles.Make(library, folders: 1000);
        using RunningDaemon daemon = new(work.Make("root"), library);
        (_, TimeSpan indexing) = daemon.Albumen("scan", "--wait");
        Verdict.Note("rescan, first index before it", string.Create(CultureInfo.InvariantCulture, $"{indexing.TotalSeconds:0.0} s for {SmallFiles.Count:N0} tiny files"));

        Samples ours = new(), own = new(), peer = new();
        for (int round = -WarmUps; round < Rounds; round++)
        {
            (_, TimeSpan find) = Command.Bash("find \"$1\" -printf '%s %T@ %p\\n' > /dev/null", library);
            (_, TimeSpan scan) = daemon.Albumen("scan", "--wait");
            if (round < 0) continue;
            ours.Add(scan);
            own.Add(TimeSpan.FromSeconds(daemon.LastScan()));
            peer.Add(find);
        }
        Verdict.Ratio("rescan", ours.Median, peer.Median, "ms", 3, $"; the walk alone {own.Median:0} ms");

        (_, TimeSpan listing) = daemon.Albumen("ls", "-r", "--json", "/Folders/photos");
        Verdict.Note("ls -r --json of 100,000 entries", string.Create(CultureInfo.InvariantCulture, $"{listing.TotalSeconds:0.00} s"));
        await Task.Delay(TimeSpan.FromSeconds(5));
        Verdict.AtMost("rescan, memory of the daemon after it", daemon.ResidentMegabytes(), "MiB", 150);
    }
}
