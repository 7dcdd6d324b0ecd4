using System.Buffers.Binary;
using System.Diagnostics;

namespace Albumen.Benchmarks;

/// <summary>A thousand files of 3 MB put into the inbox, and into a folder that rclone serves, in turns; by one connection and by four.</summary>
static class PutBenchmark
{
    const int Files = 1000, PerTurn = 100, SizeInBytes = 3_000_000;

    public static async Task RunAsync()
    {
        using Workplace work = new();
        string served = work.Make("served");
        using RunningDaemon daemon = new(work.Make("root"), work.Make("photos"));
        using HttpClient ours = daemon.SignedIn();
        using Peer rclone = await Peer.RcloneAsync(served);
        using HttpClient theirs = new() { BaseAddress = rclone.Address, Timeout = TimeSpan.FromMinutes(2) };
        byte[] bytes = new byte[SizeInBytes];
        new Random(1).NextBytes(bytes);
        foreach (int connections in (int[])[1, 4])
        {
            TimeSpan our = TimeSpan.Zero, their = TimeSpan.Zero;
            await PutAsync(ours, "/Inbox/warm-", 4, connections, bytes);
            await PutAsync(theirs, "/warm-", 4, connections, bytes);
            for (int turn = 0; turn < Files / PerTurn; turn++)
            {
                our += await PutAsync(ours, $"/Inbox/{connections}-{turn}-", PerTurn, connections, bytes);
                their += await PutAsync(theirs, $"/{connections}-{turn}-", PerTurn, connections, bytes);
                // So that neither fills the disk's cache for the other.
                Command.Run("sync");
            }
            const double Megabytes = (double)Files * SizeInBytes / 1e6;
            Verdict.Rate($"put, 1,000 of 3 MB, {(connections == 1 ? "1 connection" : $"{connections} connections")}", Megabytes / our.TotalSeconds, Megabytes / their.TotalSeconds, "MB/s", 0.7);
        }
    }

    static async Task<TimeSpan> PutAsync(HttpClient client, string path, int files, int connections, byte[] bytes)
    {
        long started = Stopwatch.GetTimestamp();
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            byte[] own = [.. bytes];
            for (int number; (number = Interlocked.Increment(ref next)) <= files;)
            {
                BinaryPrimitives.WriteInt32BigEndian(own, number);
                using HttpResponseMessage response = await client.PutAsync($"{path}{number}.bin", new ByteArrayContent(own));
                if (!response.IsSuccessStatusCode) throw new BenchmarkException($"{client.BaseAddress} answered a PUT with {(int)response.StatusCode}.");
            }
        })));
        return Stopwatch.GetElapsedTime(started);
    }
}
