using System.Globalization;

namespace Albumen.Benchmarks;

/// <summary>One folder of 100,000 files: how soon the listing begins, and what it leaves in memory.</summary>
static class LongListingBenchmark
{
    const int Rounds = 5, WarmUps = 2;

    public static async Task RunAsync()
    {
        using Workplace work = new();
        string library = work.Make("photos");
        SmallFiles.Make(library, SmallFiles.Usual, folders: 1);
        using RunningDaemon daemon = new(work.Make("root"), library);
        daemon.Albumen("scan", "--wait");
        using HttpClient client = daemon.SignedIn();
        Samples all = new(), first = new();
        double most = 0;
        for (int round = -WarmUps; round < Rounds; round++)
        {
            (TimeSpan time, TimeSpan firstByte) = await Propfind.ListAsync(client, "/Folders/photos/folder-0000/", SmallFiles.Usual);
            most = Math.Max(most, daemon.ResidentMegabytes());
            if (round < 0) continue;
            all.Add(time);
            first.Add(firstByte);
        }
        Verdict.Note("propfind-100000", string.Create(CultureInfo.InvariantCulture, $"{all.Median:0} ms, first byte {first.Median:0.0} ms, daemon {most:0} MiB while it lists"));
        await Task.Delay(TimeSpan.FromSeconds(5));
        Verdict.AtMost("propfind-100000, memory of the daemon after it", daemon.ResidentMegabytes(), "MiB", 150);
    }
}
