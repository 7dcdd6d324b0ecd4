using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Albumen.Benchmarks;

/// <summary>A file of 5 MiB read by eight connections at once, from albumend with a sign-in and from nginx without one, in turns.</summary>
static class GetBenchmark
{
    const int SizeInBytes = 5 << 20, Connections = 8, Rounds = 5, WarmUps = 1;

    static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);

    public static async Task RunAsync()
    {
        using Workplace work = new();
        string disk = work.Make("photos");
        byte[] bytes = new byte[SizeInBytes];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(Path.Combine(disk, "large.bin"), bytes);
        using RunningDaemon daemon = new(work.Make("root"), disk);
        daemon.Albumen("scan", "--wait");
        using HttpClient signedIn = daemon.SignedIn();
        using Peer nginx = await Peer.NginxAsync(disk);
        string ours = $"GET /Folders/photos/large.bin HTTP/1.1\r\nHost: {daemon.Address.Authority}\r\nAuthorization: {signedIn.DefaultRequestHeaders.Authorization}\r\n\r\n";
        string theirs = $"GET /large.bin HTTP/1.1\r\nHost: {nginx.Address.Authority}\r\n\r\n";
        List<double> our = [], their = [];
        for (int round = -WarmUps; round < Rounds; round++)
        {
            double mine = Read(daemon.Address, ours), peer = Read(nginx.Address, theirs);
            if (round < 0) continue;
            our.Add(mine);
            their.Add(peer);
        }
        Verdict.Rate("get, 5 MiB by 8 connections", our.Order().ElementAt(Rounds / 2), their.Order().ElementAt(Rounds / 2), "MB/s", 0.6);
    }

    /// <returns>MB a second. Read by plain sockets, because both cores are needed on the other side.</returns>
    static double Read(Uri address, string request)
    {
        long total = 0, started = Stopwatch.GetTimestamp();
        Thread[] readers = [.. Enumerable.Range(0, Connections).Select(_ => new Thread(() => Interlocked.Add(ref total, ReadAlone(address, request, started))))];
        foreach (Thread reader in readers) reader.Start();
        foreach (Thread reader in readers) reader.Join();
        return total / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e6;
    }

    static long ReadAlone(Uri address, string request, long started)
    {
        byte[] asked = Encoding.ASCII.GetBytes(request), buffer = new byte[256 * 1024];
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(address.Host, address.Port);
        long total = 0;
        while (Stopwatch.GetElapsedTime(started) < Turn)
        {
            socket.Send(asked);
            int length = socket.Receive(buffer), head;
            while ((head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0) length += socket.Receive(buffer.AsSpan(length));
            if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8)) throw new BenchmarkException($"{address} answered {Encoding.ASCII.GetString(buffer, 0, head)}");
            int left = SizeInBytes - (length - head - 4);
            while (left > 0)
            {
                int read = socket.Receive(buffer);
                if (read == 0) throw new BenchmarkException($"{address} hung up.");
                left -= read;
            }
            total += SizeInBytes;
        }
        return total;
    }
}
