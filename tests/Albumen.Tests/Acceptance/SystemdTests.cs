using System.Diagnostics;
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

    [Fact]
    public async Task A_reload_keeps_the_configuration_it_has_where_the_new_one_is_wrong_and_says_why_and_starts_anew_with_a_right_one()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        string address = Path.Combine(daemon.Root, "notify");
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(address));
        daemon.Environment["NOTIFY_SOCKET"] = address;
        List<string> heard = [];
        await daemon.StartAsync();
        await HearAsync(socket, heard, "READY=1");

        daemon.Configure("volumes: [{ name: lib, path: /nowhere, colour: red }]");
        Signal.Send(daemon.Process!.Id, Signal.HangUp);
        await HearAsync(socket, heard, "RELOADING=1");
        await HearAsync(socket, heard, $"STATUS=The configuration was not applied: {daemon.Root}/etc/albumen/albumen.yaml:1:");
        await daemon.SaysAsync("unknown key 'colour'");
        using HttpClient client = new() { BaseAddress = daemon.Address };
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode);

        // Another address than the one that is open, which somebody else has.
        using TcpListener taken = new(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        daemon.Configure($$"""
            volumes: [{ name: lib, path: {{library.Folder}} }]
            http: { listen: "127.0.0.1:{{((System.Net.IPEndPoint)taken.LocalEndpoint).Port}}" }
            """);
        heard.Clear();
        Signal.Send(daemon.Process!.Id, Signal.HangUp);
        await HearAsync(socket, heard, "STATUS=The configuration was not applied: http: or https: cannot listen there");

        daemon.Configure(library.Folder, "lib");
        Signal.Send(daemon.Process!.Id, Signal.HangUp);
        await daemon.Process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(75, daemon.Process.ExitCode);
    }

    [Fact]
    public async Task A_door_that_systemd_has_not_opened_is_given_to_it_to_keep_and_cannot_move_under_its_hand()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        string address = Path.Combine(daemon.Root, "notify");
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(address));
        daemon.Environment["NOTIFY_SOCKET"] = address;
        int port;
        using (TcpListener free = new(System.Net.IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((System.Net.IPEndPoint)free.LocalEndpoint).Port;
        }
        List<string> heard = [];
        daemon.Configure($$"""
            volumes: [{ name: lib, path: {{library.Folder}} }]
            http: { listen: "127.0.0.1:{{port}}" }
            """);
        await daemon.StartAsync();
        await HearAsync(socket, heard, $"FDNAME=door-{port}");
        Assert.Contains("FDSTORE=1", heard);
        using HttpClient client = new() { BaseAddress = daemon.Address };
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode);

        daemon.Configure($$"""
            volumes: [{ name: lib, path: {{library.Folder}} }]
            http: { listen: "*:{{port}}" }
            """);
        Signal.Send(daemon.Process!.Id, Signal.HangUp);
        await HearAsync(socket, heard, $"STATUS=The configuration was not applied: *:{port}: systemd keeps port {port} open at another address.");
    }

    [Fact]
    public async Task A_daemon_as_it_was_just_installed_serves_nothing_and_answers()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        daemon.Configure("""
            volumes:
            http: { listen: "127.0.0.1:0" }
            """);
        await daemon.StartAsync();

        foreach (string verb in (string[])["status", "doctor", "volume list", "problems", "jobs", "search anything", "album list", "stacks", "duplicates", "quality", "ls /"])
        {
            Albumen.Tests.Daemon.Answer answer = await Albumen.Tests.Daemon.CommandLine.RunAsync(["--root", daemon.Root, .. verb.Split(' '), "--json"]);
            Assert.True(answer.Code is 0 or 3 || verb is "doctor", $"{verb}: {answer.Error}");
            Assert.DoesNotContain("its log says why", answer.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Units_are_told_what_the_configuration_says_of_volumes_and_doors()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of("/srv/kept");
        daemon.Configure($$"""
            volumes:
              - { name: kept, path: /srv/kept, sidecars: mirror }
              - { name: brought, path: "/srv/100% ours", writable: on }
              - { name: lived, path: /home/anna/Pictures, sidecars: mirror }
            http: { listen: "127.0.0.1:1850" }
            https: { listen: "*:1851", certificate: "{{daemon.Root}}/100% ours.crt", key: "{{daemon.Root}}/100% ours.key" }
            backup: { folder: /root/backups }
            """);
        foreach (string name in (string[])["100% ours.crt", "100% ours.key"]) File.WriteAllText(Path.Combine(daemon.Root, name), "");
        string folder = Path.Combine(daemon.Root, "units");

        using Process units = Process.Start(Programs.Albumend, ["--root", daemon.Root, "units", folder]);
        await units.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, units.ExitCode);
        string service = File.ReadAllText(Path.Combine(folder, "albumen.service.d/50-configuration.conf")), socket = File.ReadAllText(Path.Combine(folder, "albumen.socket.d/50-configuration.conf"));
        Assert.Contains($"SourcePath={daemon.Root}/etc/albumen/albumen.yaml", service, StringComparison.Ordinal);
        Assert.Contains("ReadWritePaths=-\"/srv/100%% ours\"\n", service, StringComparison.Ordinal);
        Assert.Contains("ProtectHome=tmpfs\nBindReadOnlyPaths=-\"/home/anna/Pictures\"\n", service, StringComparison.Ordinal);
        Assert.Contains("BindPaths=-\"/root/backups\"\n", service, StringComparison.Ordinal);
        Assert.Contains($"LoadCredential=tls.key:{daemon.Root}/100%% ours.key\n", service, StringComparison.Ordinal);
        Assert.DoesNotContain("Paths=-\"/srv/kept", service, StringComparison.Ordinal);
        // systemd has an opinion, too.
        foreach (string unit in (string[])["albumen.service", "albumen.socket"]) File.Copy(Path.Combine(PackageTests.Source, "debian", unit), Path.Combine(folder, unit));
        using Process verify = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", Path.Combine(folder, "albumen.service")]) { RedirectStandardError = true })!;
        string said = await verify.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(folder, said.Replace("is not executable", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(["ListenStream=127.0.0.1:1850", "ListenStream=1851"], socket.Split('\n').Where(line => line.StartsWith("ListenStream", StringComparison.Ordinal)));
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
