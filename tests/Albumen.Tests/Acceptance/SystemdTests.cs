using System.Net.Sockets;
using System.Text;

namespace Albumen.Tests.Acceptance;

/// <summary>What systemd hears (sd_notify(3)), with this test in its place.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class SystemdTests(MixedLibrary library)
{
    [Fact]
    public async Task Systemd_hears_that_it_is_ready_what_it_does_that_it_lives_and_that_it_stops()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        string address = Path.Combine(daemon.Root, "notify");
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(address));
        daemon.Environment["NOTIFY_SOCKET"] = address;
        daemon.Environment["WATCHDOG_USEC"] = "1000000";
        List<string> heard = [];

        await daemon.StartAsync();
        await HearAsync(socket, heard, "READY=1");
        Assert.Contains($"MAINPID={daemon.Process!.Id}", heard);
        await HearAsync(socket, heard, "STATUS=Indexing");
        await daemon.ScanAsync();
        await HearAsync(socket, heard, "STATUS=Ready");
        heard.Clear();
        await HearAsync(socket, heard, "WATCHDOG=1");
        Assert.Equal(0, await daemon.StopAsync());
        await HearAsync(socket, heard, "STOPPING=1");
    }

    static async Task HearAsync(Socket socket, List<string> heard, string text)
    {
        byte[] datagram = new byte[4096];
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!heard.Any(line => line.StartsWith(text, StringComparison.Ordinal)))
            heard.AddRange(Encoding.UTF8.GetString(datagram, 0, await socket.ReceiveAsync(datagram, patience.Token)).Split('\n'));
    }
}
