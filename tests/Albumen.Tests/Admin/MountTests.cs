using System.Diagnostics;
using System.Text.Json;
using Albumen.Admin;
using Albumen.Client;
using Albumen.Daemon.Api;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

[Collection(DaemonTests.Name)]
public sealed class MountTests(RunningDaemon daemon)
{
    [Fact]
    public async Task The_address_to_mount_is_the_one_that_is_served()
    {
        Answer json = await daemon.AlbumenAsync("mount", "--json"), plain = await daemon.AlbumenAsync("mount");

        Assert.Equal(new Client.Door(daemon.Address.ToString(), Secure: false, "this machine"), JsonSerializer.Deserialize(Assert.Single(json.Lines), ApiJson.Default.Door));
        Assert.Equal([$"{daemon.Address}\tno\tthis machine"], plain.Lines);
    }

    [Fact]
    public void Of_a_door_for_all_addresses_each_is_told_and_the_encrypted_ones_for_the_network_first()
    {
        Client.Door[] doors = [.. DoorRoutes.Of(["http://unix:/run/albumen/albumend.sock", "http://127.0.0.1:1850", "https://[::]:1851"])];

        Assert.Contains(new Client.Door("https://localhost:1851/", Secure: true, "this machine"), doors);
        Assert.Contains(new Client.Door("http://127.0.0.1:1850/", Secure: false, "this machine"), doors);
        Assert.DoesNotContain(doors, door => door.Url.Contains("unix", StringComparison.Ordinal));
        Assert.Equal(doors.OrderBy(door => door.Reach == "this machine").ThenBy(door => !door.Secure), doors);
        Assert.All(doors, door => Assert.True(Uri.TryCreate(door.Url, UriKind.Absolute, out _), door.Url));
        Assert.Equal([new("http://192.0.2.7:80/", Secure: false, "the network"), new Client.Door("http://[2001:db8::7]:80/", Secure: false, "the network")], DoorRoutes.Of(["http://192.0.2.7:80", "http://[2001:db8::7]:80"]));
    }

    [Theory]
    [InlineData("https://nas.local:1851/")]
    [InlineData("https://[2001:db8::1234:5678:9abc:def0]:1851/with/a/longer/path/that/makes/a/larger/code")]
    public async Task What_is_drawn_is_read_back_by_a_reader_of_codes(string url)
    {
        IReadOnlyList<string> lines = await QrCode.LinesAsync(url, TestContext.Current.CancellationToken);

        // A PGM of 6 pixels a module.
        const int Scale = 6;
        int width = lines[0].Length * Scale, height = lines.Count * 2 * Scale;
        string file = Path.Combine(daemon.Root, $"{Guid.NewGuid():N}.pgm");
        await using (StreamWriter image = new(file))
        {
            await image.WriteAsync($"P2\n{width} {height}\n255\n");
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    await image.WriteAsync(lines[y / Scale / 2][x / Scale] switch { '█' => true, '▀' => y / Scale % 2 == 0, '▄' => y / Scale % 2 == 1, _ => false } ? "255\n" : "0\n");
        }
        using Process reader = Process.Start(new ProcessStartInfo("zbarimg", ["--raw", "--quiet", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string read = await reader.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(url, read.TrimEnd('\n'));
        Assert.All(lines, line => Assert.Equal(lines[0].Length, line.Length));
    }

    [Fact]
    public async Task The_code_is_drawn_with_the_address_below_it()
    {
        Answer answer = await daemon.AlbumenAsync("mount", "--qr");

        Assert.Equal(0, answer.Code);
        Assert.Equal(daemon.Address.ToString(), answer.Lines[^1]);
        Assert.True(answer.Lines.Length > 10 && !answer.Output.Contains('\e'), answer.Output);
    }
}
