using Albumen.Daemon.Bus;

namespace Albumen.Tests.Daemon.Bus;

public sealed class AnnouncedDoorTests
{
    [Theory]
    [InlineData("http://[::]:1850", "_webdav._tcp", 1850, -1)]
    [InlineData("https://[::]:1851", "_webdavs._tcp", 1851, -1)]
    [InlineData("http://0.0.0.0:80", "_webdav._tcp", 80, 0)]
    [InlineData("https://192.168.1.5:443", "_webdavs._tcp", 443, 0)]
    [InlineData("https://[fd00::5]:1851", "_webdavs._tcp", 1851, 1)]
    public void A_door_for_others_is_announced_with_its_port_and_by_the_protocol_it_is_reached_by(string url, string type, int port, int protocol) =>
        Assert.Equal(new AnnouncedDoor(type, (ushort)port, protocol), Assert.Single(AnnouncedDoor.Of([url])));

    [Theory]
    [InlineData("http://127.0.0.1:1850")]
    [InlineData("http://127.1.2.3:1850")]
    [InlineData("https://[::1]:1851")]
    [InlineData("http://localhost:1850")]
    [InlineData("http://unix:/run/albumen/albumend.sock")]
    public void A_door_for_this_machine_is_not(string url) => Assert.Empty(AnnouncedDoor.Of([url]));
}
