using System.Diagnostics;
using System.Globalization;

namespace Albumen.Benchmarks;

/// <summary>Ten thousand photos put into an album: one by one with COPY, as a file manager does it, and at once with the command line.</summary>
static class AlbumBenchmark
{
    const int Photos = 10_000;

    public static async Task RunAsync()
    {
        using Workplace work = new();
        string disk = work.Make("photos");
        TinyPhotos.Make(disk, Photos, perFolder: 1000);
        using RunningDaemon daemon = new(work.Make("root"), disk);
        daemon.Albumen("scan", "--wait");
        using HttpClient client = daemon.SignedIn();

        daemon.Albumen("album", "create", "one-by-one");
        long started = Stopwatch.GetTimestamp();
        foreach (string path in TinyPhotos.Paths(Photos, perFolder: 1000))
        {
            using HttpRequestMessage copy = new(new HttpMethod("COPY"), $"/Folders/photos/{path}");
            copy.Headers.Add("Destination", new Uri(daemon.Address, $"/Albums/one-by-one/{Path.GetFileName(path)}").AbsoluteUri);
            using HttpResponseMessage response = await client.SendAsync(copy);
            if (!response.IsSuccessStatusCode) throw new BenchmarkException($"COPY of {path} was answered with {(int)response.StatusCode}.");
        }
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Verdict.Note("album, 10,000 by COPY one by one", string.Create(CultureInfo.InvariantCulture, $"{seconds / Photos * 1000:0.00} ms each"));
        Verdict.AtMost("album, 10,000 by COPY one by one", seconds, "s", 30);

        daemon.Albumen("album", "create", "at-once");
        (_, TimeSpan atOnce) = daemon.Albumen("album", "add", "at-once", "-r", "/Folders/photos");
        Verdict.AtMost("album, 10,000 at once, with the start of the command line", atOnce.TotalSeconds, "s", 1);
        (TimeSpan listing, TimeSpan first) = await Propfind.ListAsync(client, "/Albums/at-once/", Photos);
        Verdict.Note("album of 10,000, first listing", string.Create(CultureInfo.InvariantCulture, $"{listing.TotalMilliseconds:0} ms, first byte {first.TotalMilliseconds:0.0} ms"));
    }
}
