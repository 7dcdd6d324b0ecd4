using System.Net.Sockets;
using System.Text;
using Albumen.Native;

namespace Albumen.Tests.Native;

public class SystemdTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Systemd_hears_what_it_is_told(bool isAbstract)
    {
        string folder = Directory.CreateTempSubdirectory("albumen-notify-").FullName, path = Path.Combine(folder, "socket");
        using Socket systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + path : path));
        string? before = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        try
        {
            Environment.SetEnvironmentVariable("NOTIFY_SOCKET", isAbstract ? "@" + path : path);
            Systemd.Notify("READY=1\nSTATUS=Über allem");
        }
        finally
        {
            Environment.SetEnvironmentVariable("NOTIFY_SOCKET", before);
        }

        byte[] heard = new byte[100];
        int length = await systemd.ReceiveAsync(heard, TestContext.Current.CancellationToken);
        Assert.Equal("READY=1\nSTATUS=Über allem", Encoding.UTF8.GetString(heard, 0, length));
        Directory.Delete(folder, recursive: true);
    }
}
