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
        await ListAsync("propfind-100000", daemon, client, "/Folders/photos/folder-0000/");
        await Task.Delay(TimeSpan.FromSeconds(5));
        Verdict.AtMost("propfind-100000, memory of the daemon after it", daemon.ResidentMegabytes(), "MiB", 150);
    }

    /// <summary>Lists a folder of so many entries again and again.</summary>
    public static async Task ListAsync(string name, RunningDaemon daemon, HttpClient client, string folder)
    {
        Samples all = new(), first = new();
        double before = 0, most = 0;
        for (int round = -WarmUps; round < Rounds; round++)
        {
            // What the first listings leave is code and caches; what the others add would be the entries.
            if (round == 0) before = daemon.ResidentMegabytes();
            (TimeSpan time, TimeSpan firstByte) = await Propfind.ListAsync(client, folder, SmallFiles.Usual);
            if (round < 0) continue;
            most = Math.Max(most, daemon.ResidentMegabytes());
            all.Add(time);
            first.Add(firstByte);
        }
        Verdict.Note(name, string.Create(CultureInfo.InvariantCulture, $"{all.Median:0} ms, daemon {most:0} MiB while it lists"));
        Verdict.AtMost($"{name}, first byte", first.Median, "ms", 20);
        Verdict.AtMost($"{name}, growth of the daemon's memory", most - before, "MiB", 16);
    }
}
