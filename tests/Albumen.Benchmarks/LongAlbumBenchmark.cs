namespace Albumen.Benchmarks;

/// <summary>An album of 100,000 photos: how soon its listing begins, and what it leaves in memory.</summary>
static class LongAlbumBenchmark
{
    public static async Task RunAsync()
    {
        using Workplace work = new();
        string disk = work.Make("photos"), root = work.Make("root");
        TinyPhotos.Make(disk, SmallFiles.Usual, perFolder: 1000);
        using RunningDaemon daemon = new(root, disk);
        daemon.Albumen("scan", "--wait");
        using HttpClient client = daemon.SignedIn();
        daemon.Albumen("album", "create", "long");
        (_, TimeSpan added) = daemon.Albumen("album", "add", "long", "/Folders/photos");
        Verdict.Note("album-100000, added at once", $"{added.TotalSeconds:0.0} s");
        await LongListingBenchmark.ListAsync("album-100000", daemon, client, "/Albums/long/");
    }
}
