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
        Client.Door[] doors = [.. DoorRoutes.Of(["http://unix:/run/albumen/albumend.sock", "http://127.0.0.1:1850", "https://[::]:1851"], isInsecure: true, certificate: null)];

        Assert.Contains(new Client.Door("https://localhost:1851/", Secure: true, "this machine"), doors);
        Assert.Contains(new Client.Door("http://127.0.0.1:1850/", Secure: false, "this machine"), doors);
        Assert.DoesNotContain(doors, door => door.Url.Contains("unix", StringComparison.Ordinal));
        Assert.Equal(doors.OrderBy(door => door.Reach == "this machine").ThenBy(door => !door.Secure), doors);
        Assert.All(doors, door => Assert.True(Uri.TryCreate(door.Url, UriKind.Absolute, out _), door.Url));
        Assert.Equal([new("http://192.0.2.7:80/", Secure: false, "the network"), new Client.Door("http://[2001:db8::7]:80/", Secure: false, "the network")], DoorRoutes.Of(["http://192.0.2.7:80", "http://[2001:db8::7]:80"], isInsecure: true, certificate: null));
    }

    [Fact]
    public void Plain_http_is_for_this_machine_unless_the_admin_said_otherwise() =>
        Assert.Equal([new("http://192.0.2.7:80/", Secure: false, "this machine"), new Client.Door("http://localhost:1850/", Secure: false, "this machine")],
            DoorRoutes.Of(["http://192.0.2.7:80", "http://[::]:1850"], isInsecure: false, certificate: null));

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task Each_machine_is_told_where_with_whose_name_and_with_no_password(string machine)
    {
        Answer told = await daemon.AlbumenAsync("mount", machine, "--user", "anna");

        Assert.Equal(0, told.Code);
        Assert.Contains($"{daemon.Address.Port}", told.Output);
        Assert.Contains("anna", told.Output);
        // Of what is not encrypted no certificate is spoken of; a line of a file is the one place where a password is written.
        Assert.DoesNotContain("albumen.crt", told.Output);
        Assert.InRange(told.Lines.Count(line => line.Contains("PASSWORD", StringComparison.Ordinal)), 0, machine == "linux" ? 1 : 0);
    }

    public static TheoryData<string> Machines => [.. MountGuide.Machines];

    [Fact]
    public void Of_an_own_certificate_each_machine_is_told_how_to_trust_it_and_of_a_known_one_none_is()
    {
        Client.Door door = new("https://[2001:db8::7]:1851/", Secure: true, "the network");
        Certificate known = new("CN=nas", "CN=Known", ["nas"], "AA", default, default, "/etc/albumen/tls.crt", null, "", null), own = known with { Authority = new("CN=Albumen on nas", "BB", default, "/x", "") };

        foreach (string machine in MountGuide.Machines)
        {
            Assert.Contains(new MountGuide(door, own, "anna").For(machine).Steps, step => step.Text.Contains("albumen.crt", StringComparison.Ordinal));
            Assert.DoesNotContain(new MountGuide(door, known, "anna").For(machine).Steps, step => step.Text.Contains("albumen.crt", StringComparison.Ordinal));
        }
        Assert.Contains(new Step(@"net use P: \\2001-db8--7.ipv6-literal.net@SSL@1851\DavWWWRoot /user:anna *", IsTyped: true), new MountGuide(door, known, "anna").For("windows").Steps);
        Assert.Contains(new MountGuide(door, known, "anna").For("linux").Steps, step => step.Text.Contains("webdavs://anna@[2001:db8::7]:1851/", StringComparison.Ordinal));
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
