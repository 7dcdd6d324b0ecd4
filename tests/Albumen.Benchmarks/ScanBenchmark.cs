using System.Globalization;

namespace Albumen.Benchmarks;

/// <summary>
/// A library of tiny files in folders of a thousand: the first walk, the first index, and looking through it when nothing changed, against
/// <c>find -printf</c> in turns. At several sizes it shows that the cost of a file does not depend on how many there are.
/// </summary>
static class ScanBenchmark
{
    const int Rounds = 5, WarmUps = 2, FilesPerFolder = 1000;

    public static async Task RunAsync(int files)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"scan-{files}");
        using Workplace work = new();
        string library = work.Make("photos");
        SmallFiles.Make(library, files, files / FilesPerFolder);
        using RunningDaemon daemon = new(work.Make("root"), library);
        using MemoryWatch memory = new(daemon);
        (_, TimeSpan indexing) = daemon.Albumen("scan", "--wait");
        double firstWalk = daemon.FirstScan();
        Verdict.Note($"{name}, first walk", PerFile(firstWalk, files));
        Verdict.Note($"{name}, first index with its walk", PerFile(indexing.TotalSeconds, files));
        Verdict.AtMost($"{name}, memory of the daemon until then", memory.Most, "MiB", 300);

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
        // Below a second the start of the command line counts for more than the walk.
        if (files >= 1_000_000) Verdict.Ratio($"{name}, rescan", ours.Median, peer.Median, "ms", 2, $"; the walk alone {own.Median:0} ms");
        else Verdict.Ratio($"{name}, rescan, the walk alone", own.Median, peer.Median, "ms", 2, $"; with the command line {ours.Median:0} ms");
        Verdict.AtMost($"{name}, memory of the daemon while it rescans", memory.Most, "MiB", 300);

        if (files == SmallFiles.Usual)
        {
            (_, TimeSpan listing) = daemon.Albumen("ls", "-r", "--json", "/Folders/photos");
            Verdict.Note($"{name}, ls -r --json", PerFile(listing.TotalSeconds, files));
        }
        await Task.Delay(TimeSpan.FromSeconds(5));
        Verdict.AtMost($"{name}, memory of the daemon after it", daemon.ResidentMegabytes(), "MiB", 150);
    }

    static string PerFile(double seconds, int files) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s, {seconds / files * 1e6:0.0} us a file");

    /// <summary>Asks every so often how much memory the daemon has.</summary>
    sealed class MemoryWatch : IDisposable
    {
        readonly Timer _timer;

        public MemoryWatch(RunningDaemon daemon) => _timer = new(_ => Most = Math.Max(Most, daemon.ResidentMegabytes()), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));

        public double Most { get; private set; }

        public void Dispose() => _timer.Dispose();
    }
}
