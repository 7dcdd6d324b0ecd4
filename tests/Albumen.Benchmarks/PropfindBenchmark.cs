namespace Albumen.Benchmarks;

/// <summary>A folder of 10,000 photos listed by albumend, with a sign-in, and by Apache's mod_dav, without one, in turns.</summary>
static class PropfindBenchmark
{
    const int Entries = 10_000, Rounds = 7, WarmUps = 3;

    public static async Task RunAsync()
    {
        using Workplace work = new();
        string disk = work.Make("photos"), folder = work.Make("photos/ten-thousand");
        string seed = Path.Combine(work.Folder, "seed.jpg");
        Command.Run("vips", "black", seed, "16", "16", "--bands", "3");
        byte[] jpeg = File.ReadAllBytes(seed);
        for (int i = 1; i <= Entries; i++) File.WriteAllBytes(Path.Combine(folder, $"IMG_{i:D5}.JPG"), JpegComment.Numbered(jpeg, i));

        using RunningDaemon daemon = new(work.Make("root"), disk);
        daemon.Albumen("scan", "--wait");
        using HttpClient ours = daemon.SignedIn();
        using ApacheDav apache = await ApacheDav.StartAsync(disk);
        using HttpClient theirs = new() { BaseAddress = apache.Address };
        Samples our = new(), their = new(), first = new();
        for (int round = -WarmUps; round < Rounds; round++)
        {
            (TimeSpan time, TimeSpan firstByte) = await Propfind.ListAsync(ours, "/Folders/photos/ten-thousand/", Entries);
            (TimeSpan peer, _) = await Propfind.ListAsync(theirs, "/ten-thousand/", Entries);
            if (round < 0) continue;
            our.Add(time);
            first.Add(firstByte);
            their.Add(peer);
        }
        Verdict.Ratio("propfind-10000", our.Median, their.Median, "ms", 0.6, $"; first byte {first.Median:0.0} ms");
        await Task.Delay(TimeSpan.FromSeconds(5));
        Verdict.AtMost("propfind-10000, memory of the daemon after it", daemon.ResidentMegabytes(), "MiB", 150);
    }
}
