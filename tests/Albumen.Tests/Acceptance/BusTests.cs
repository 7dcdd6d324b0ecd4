using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Albumen.Client;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>albumend on a system bus with Debian's own services, as far as they run here, and without any.</summary>
public sealed class BusTests : IAsyncLifetime
{
    const string Photo = "/Folders/lib/a.jpg", Logind = "/usr/lib/systemd/systemd-logind", Udisksd = "/usr/libexec/udisks2/udisksd";
    const string ForNetwork = "http: { listen: \"0.0.0.0:1850\", insecure: on }\nhttps: { listen: \"*:1851\" }", ForUsAlone = "http: { listen: \"127.0.0.1:0\" }";

    /// <summary>What is announced, one line each: interface, protocol, name, type, domain, host, address, port and text.</summary>
    const string Browse = "avahi-browse -a -rptk | grep '^=.*_webdav'";

    /// <summary>A bus that was away for long is looked for once a minute.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), TwoLooks = TimeSpan.FromMinutes(2);

    readonly string _library = Directory.CreateTempSubdirectory("albumen-bus-library-").FullName;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string Sidecar => Path.Combine(_library, "a.jpg.xmp");

    public async ValueTask InitializeAsync() => Assert.Equal(0, (await Clients.RunAsync("vips", ["gaussnoise", Path.Combine(_library, "a.jpg"), "300", "200"])).Code);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_library, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Doors_for_the_network_are_announced_and_again_when_Avahi_or_the_name_of_the_machine_changes()
    {
        await using PrivateBus bus = await PrivateBus.OpenAsync("avahi-daemon", "avahi-browse");
        await bus.StartAsync();
        await bus.StartAvahiAsync();
        await using PrivateDaemon daemon = Of(bus, ForNetwork);
        await ServeAsync(daemon);

        await bus.UntilAsync(Browse, output => IsAnnounced(output, "_webdav._tcp", "Albumen on nas", 1850) && IsAnnounced(output, "_webdavs._tcp", "Albumen on nas", 1851));
        string found = await bus.DoAsync(Browse);
        Assert.All(found.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith("\"path=/\"", line));
        // The one listens for IPv4 alone.
        Assert.DoesNotContain(found.Split('\n'), line => line.Contains("IPv6", StringComparison.Ordinal) && line.Contains("_webdav._tcp", StringComparison.Ordinal));
        await daemon.SaysAsync("Announced in the network as 'Albumen on nas': _webdav._tcp port 1850, _webdavs._tcp port 1851");

        await bus.DoAsync("avahi-set-host-name attic");
        await bus.UntilAsync(Browse, output => IsAnnounced(output, "_webdavs._tcp", "Albumen on attic", 1851) && !output.Contains("nas", StringComparison.Ordinal));

        await bus.StopAsync("avahi");
        await daemon.SaysAsync("Avahi is gone from the system bus");
        await bus.StartAvahiAsync();
        await bus.UntilAsync(Browse, output => IsAnnounced(output, "_webdavs._tcp", "Albumen on nas", 1851));

        Assert.Equal(0, await daemon.StopAsync());
        await bus.UntilAsync(Browse, output => output == "");
        AssertCalm(daemon);
    }

    [Fact]
    public async Task A_name_that_somebody_has_is_left_to_him()
    {
        await using PrivateBus bus = await PrivateBus.OpenAsync("avahi-daemon", "avahi-browse", "avahi-publish");
        await bus.StartAsync();
        await bus.StartAvahiAsync();
        await bus.UntilAsync("avahi-resolve -4 -n nas.local", output => output.Contains("10.55.0.1", StringComparison.Ordinal));
        await bus.StartAsync("other", "exec avahi-publish -s Holiday _webdavs._tcp 9");
        await bus.SaysAsync("other", "Established");
        await using PrivateDaemon daemon = Of(bus, $"{ForNetwork}\nannounce: {{ name: Holiday }}");
        await ServeAsync(daemon);

        await bus.UntilAsync(Browse, output => IsAnnounced(output, "_webdavs._tcp", "Holiday #2", 1851) && IsAnnounced(output, "_webdavs._tcp", "Holiday", 9));
        await daemon.SaysAsync("Announced in the network as 'Holiday #2'");
        Assert.Contains("Holiday #2", (await DoctorAsync(daemon)).Single(s => s.What == "avahi").Finding);
        AssertCalm(daemon);
    }

    [Theory]
    [InlineData(ForUsAlone, "only this machine may use the doors")]
    [InlineData("http: { listen: \"0.0.0.0:1850\" }", "only this machine may use the doors")]
    [InlineData(ForNetwork + "\nannounce: off", "'announce' is off")]
    public async Task What_only_this_machine_reaches_and_what_is_not_to_be_is_not_announced(string doors, string why)
    {
        await using PrivateBus bus = await PrivateBus.OpenAsync("avahi-daemon", "avahi-browse");
        await bus.StartAsync();
        await bus.StartAvahiAsync();
        await bus.UntilAsync("avahi-resolve -4 -n nas.local", output => output.Contains("10.55.0.1", StringComparison.Ordinal));
        await using PrivateDaemon daemon = Of(bus, doors);
        await ServeAsync(daemon);
        await daemon.SaysAsync("On the system bus; there: Avahi");

        // Twice as long as announcing takes.
        await Task.Delay(TimeSpan.FromSeconds(4), Stop);
        Assert.Equal("", await bus.DoAsync(Browse));
        Assert.Contains(why, (await DoctorAsync(daemon)).Single(s => s.What == "avahi").Finding);
    }

    [Fact]
    public async Task The_machine_is_not_switched_off_before_the_sidecars_are_written()
    {
        await using PrivateBus bus = await PrivateBus.OpenAsync(Logind, "systemd-inhibit", StandIn.Python, StandIn.Module, StandIn.Loop);
        await bus.StartAsync();
        await bus.StandInAsync(StandIn.Systemd);
        // It waits for five seconds otherwise, in which a busy machine may write nothing.
        await bus.DoAsync("mkdir /run/systemd/logind.conf.d && printf '[Login]\\nInhibitDelayMaxSec=60\\n' > /run/systemd/logind.conf.d/patient.conf");
        await bus.StartAsync("login", $"exec {Logind}");
        await using PrivateDaemon daemon = Of(bus, $"{ForUsAlone}\nsidecars: {{ delay: 1m }}");
        await ServeAsync(daemon);
        await daemon.ScanAsync();
        await daemon.SaysAsync("On the system bus; there: login1");
        Assert.DoesNotContain("Albumen", await InhibitorsAsync(bus), StringComparison.Ordinal);

        Assert.Equal(0, (await daemon.AlbumenAsync("set", "rating=4", Photo)).Code);
        await bus.UntilAsync(Inhibitors, output => output.Contains("\"Albumen\"", StringComparison.Ordinal));
        Assert.Matches("\"(shutdown|sleep)\"\\s+string \"Albumen\"\\s+string \"Sidecars of edited photos are being written\"\\s+string \"delay\"", await InhibitorsAsync(bus));
        Assert.False(File.Exists(Sidecar));

        await bus.DoAsync("dbus-send --system --print-reply --dest=org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager.PowerOff boolean:false");
        await bus.SaysAsync("standin", "start poweroff.target");
        Assert.Contains("xmp:Rating", await File.ReadAllTextAsync(Sidecar, Stop), StringComparison.Ordinal);
        Assert.DoesNotContain("Albumen", await InhibitorsAsync(bus), StringComparison.Ordinal);
        AssertCalm(daemon);
    }

    [Fact]
    public async Task A_sidecar_that_cannot_be_written_holds_up_nothing()
    {
        await using PrivateBus bus = await StoodInAsync(StandIn.Login);
        await File.WriteAllTextAsync(Sidecar, "<x:xmpmeta this is no XMP", Stop);
        await using PrivateDaemon daemon = Of(bus, $"{ForUsAlone}\nsidecars: {{ delay: 1s }}");
        await ServeAsync(daemon);
        await daemon.ScanAsync();

        Assert.Equal(0, (await daemon.AlbumenAsync("set", "rating=4", Photo)).Code);
        await bus.SaysAsync("standin", "held shutdown Albumen delay");
        await bus.SaysAsync("standin", "released");
        Assert.Contains("a.jpg.xmp", (await daemon.AlbumenAsync("problems")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_a_sleep_sidecars_are_written_at_once_and_after_it_all_is_as_before()
    {
        await using PrivateBus bus = await StoodInAsync(StandIn.Login);
        await using PrivateDaemon daemon = Of(bus, $"{ForUsAlone}\nsidecars: {{ delay: 1m }}");
        await ServeAsync(daemon);
        await daemon.ScanAsync();

        for (int sleep = 1; sleep <= 2; sleep++)
        {
            Assert.Equal(0, (await daemon.AlbumenAsync("set", $"rating={sleep}", Photo)).Code);
            // One for switching off, one for sleeping.
            await bus.SaysAsync("standin", "held", 2 * sleep);
            Assert.DoesNotContain($"<xmp:Rating>{sleep}", File.Exists(Sidecar) ? await File.ReadAllTextAsync(Sidecar, Stop) : "", StringComparison.Ordinal);
            await bus.OrderAsync("sleep on");
            await bus.SaysAsync("standin", "released", 2 * sleep);
            Assert.Matches($"Rating(>|=\"){sleep}", await File.ReadAllTextAsync(Sidecar, Stop));
            await bus.OrderAsync("sleep off");
        }
    }

    [Fact]
    public async Task A_disk_that_comes_or_goes_is_looked_at_at_once()
    {
        await using PrivateBus bus = await StoodInAsync(StandIn.Disks);
        await using PrivateDaemon daemon = Of(bus, $"{ForUsAlone}\nscan: {{ every: off, watch: off, poll: off, settle: 1ms }}");
        await ServeAsync(daemon);
        await daemon.ScanAsync();
        await daemon.SaysAsync("On the system bus; there: UDisks2");

        string away = $"{_library}-away";
        Directory.Move(_library, away);
        try
        {
            // Nobody else tells of it.
            await Task.Delay(TimeSpan.FromSeconds(2), Stop);
            Assert.Equal("online", (await daemon.VolumeAsync()).GetProperty("state").GetString());
            await bus.OrderAsync("removed /org/freedesktop/UDisks2/jobs/7");
            await Task.Delay(TimeSpan.FromSeconds(1), Stop);
            Assert.Equal("online", (await daemon.VolumeAsync()).GetProperty("state").GetString());
            await bus.OrderAsync("removed /org/freedesktop/UDisks2/block_devices/sdb1");
            await daemon.IsAsync(TimeSpan.FromSeconds(5), "offline");
        }
        finally
        {
            Directory.Move(away, _library);
        }
        // Sooner than by the regular look, which is every ten seconds.
        await bus.OrderAsync("mounted /org/freedesktop/UDisks2/block_devices/sdb1");
        await daemon.IsAsync(TimeSpan.FromSeconds(5), "online");
        Assert.Equal(0, (await daemon.VolumeAsync()).GetProperty("missing").GetInt64());
    }

    [Fact]
    public async Task A_mounted_disk_whose_device_is_gone_is_walked()
    {
        await using PrivateBus bus = await StoodInAsync(StandIn.Disks);
        string image = Path.Combine(bus.Folder, "disk"), mount = Path.Combine(bus.Folder, "lib");
        string device = (await bus.DoAsync($"truncate -s 48M {image} && mkfs.ext4 -q -F {image} && mkdir {mount} && mount -o loop {image} {mount} && cp {_library}/a.jpg {mount} && findmnt -no SOURCE {mount}")).Trim();
        Assert.SkipUnless(device.StartsWith("/dev/loop", StringComparison.Ordinal), "No disk can be mounted here.");
        try
        {
            await using PrivateDaemon daemon = Of(bus, $"{ForUsAlone}\nscan: {{ every: off, watch: off, poll: off, settle: 1ms }}", mount);
            await ServeAsync(daemon);
            await daemon.ScanAsync();

            await bus.DoAsync($"cp {mount}/a.jpg {mount}/b.jpg");
            await bus.OrderAsync("removed /org/freedesktop/UDisks2/block_devices/other");
            await Task.Delay(TimeSpan.FromSeconds(1), Stop);
            Assert.Equal(1, (await daemon.VolumeAsync()).GetProperty("files").GetInt64());
            await bus.OrderAsync($"removed /org/freedesktop/UDisks2/block_devices/{Path.GetFileName(device)}");
            for (long started = Stopwatch.GetTimestamp(); (await daemon.VolumeAsync()).GetProperty("files").GetInt64() != 2; await Task.Delay(100, Stop))
                Assert.True(Stopwatch.GetElapsedTime(started) < Patience, daemon.Log);

            // A daemon at rest keeps no disk busy.
            Assert.Equal("", await bus.DoAsync($"umount {mount} 2>&1"));
            await daemon.IsAsync(TimeSpan.FromSeconds(5), "offline", "suspect");
        }
        finally
        {
            await bus.DoAsync($"umount -l {mount} 2> /dev/null");
        }
    }

    [Fact]
    public async Task How_systemd_sees_the_daemon_is_shown_everywhere()
    {
        await using PrivateBus bus = await StoodInAsync(StandIn.Systemd);
        await using PrivateDaemon daemon = Of(bus, ForUsAlone);
        await ServeAsync(daemon);
        await bus.SaysAsync("standin", "patterns photos*.socket photos*.timer photos.socket");

        using AlbumenClient client = AlbumenClient.OverSocket(Path.Combine(daemon.Root, "run/albumen/albumend.sock"));
        IReadOnlyList<Unit> units = await UntilAsync(client, found => found.Count == 3);
        Assert.Equal(new Unit("photos.service", "active", "running", DateTimeOffset.FromUnixTimeSeconds(1750000000), false, 0, 123_000_000), units[0]);
        Assert.Equal(["photos.service", "photos.socket", "photos-verify.timer"], units.Select(unit => unit.Name));
        Assert.Equal((null, DateTimeOffset.FromUnixTimeSeconds(4102444800)), (units[1].Next, units[2].Next));
        Assert.Contains(await StatusAsync(daemon), line => line.Contains("photos.service, active (running)", StringComparison.Ordinal));
        Assert.Equal("ok", (await DoctorAsync(daemon)).Single(s => s.What == "photos.service").State);

        await bus.OrderAsync("changed");
        await UntilAsync(client, found => found[0] is { NeedsReload: true, Restarts: 2 });
        Symptom changed = (await DoctorAsync(daemon)).Single(s => s.What == "photos.service");
        Assert.Equal(("warning", "sudo systemctl daemon-reload"), (changed.State, changed.Type));
        AssertCalm(daemon);
    }

    [Fact]
    public async Task A_bus_that_comes_and_goes_is_two_lines_in_the_log_and_nothing_else()
    {
        await using PrivateBus bus = await PrivateBus.OpenAsync(Udisksd, Logind);
        await using PrivateDaemon daemon = Of(bus, ForUsAlone);
        await ServeAsync(daemon);
        await daemon.ScanAsync();
        await daemon.SaysAsync("Without a system bus");
        Symptom none = Assert.Single(await DoctorAsync(daemon), s => s.What == "bus");
        Assert.Equal(("note", "sudo apt-get install dbus"), (none.State, none.Type));
        // Looked for three times in vain.
        await Task.Delay(TimeSpan.FromSeconds(4), Stop);

        await bus.StartAsync();
        for (long started = Stopwatch.GetTimestamp(); !daemon.Log.Contains("On the system bus", StringComparison.Ordinal); await Task.Delay(100, Stop))
            Assert.True(Stopwatch.GetElapsedTime(started) < TwoLooks, daemon.Log);
        await daemon.SaysAsync("On the system bus; there: nobody; not there: Avahi, login1, UDisks2, systemd");
        await bus.StartAsync("login", $"exec {Logind}");
        await bus.StartAsync("disks", $"exec {Udisksd}");
        await daemon.SaysAsync("login1 is on the system bus");
        await daemon.SaysAsync("UDisks2 is on the system bus");
        IReadOnlyList<Symptom> symptoms = await DoctorAsync(daemon);
        Assert.Equal("ok", symptoms.Single(s => s.What == "udisks2").State);
        Assert.Equal(("note", "sudo apt-get install avahi-daemon"), symptoms.Where(s => s.What == "avahi").Select(s => (s.State, s.Type!)).Single());
        await bus.StopAsync("login");
        await daemon.SaysAsync("login1 is gone from the system bus");

        await bus.StopAsync("dbus");
        await daemon.SaysAsync("The system bus is gone");
        Assert.Equal(0, (await daemon.AlbumenAsync("set", "rating=4", Photo)).Code);
        await bus.StartAsync();
        for (long started = Stopwatch.GetTimestamp(); daemon.Log.Split("On the system bus; there:").Length < 3; await Task.Delay(100, Stop))
            Assert.True(Stopwatch.GetElapsedTime(started) < TwoLooks, daemon.Log);

        Assert.Single(Regex.Matches(daemon.Log, "Without a system bus"));
        Assert.Single(Regex.Matches(daemon.Log, "The system bus is gone"));
        AssertCalm(daemon);
        Assert.Equal(0, await daemon.StopAsync());
    }

    [Fact]
    public async Task Without_libsystemd_everything_else_works()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can hide a library.");
        string library = (await Clients.RunAsync("bash", ["-c", "readlink -f $(ldconfig -p | sed -n 's/.*libsystemd.so.0 .*=> //p' | head -n 1)"])).Output.Trim();
        Assert.SkipUnless(File.Exists(library), "libsystemd is not installed.");
        await using PrivateDaemon daemon = PrivateDaemon.Of(_library, through: ["unshare", "-m", "--propagation", "private", "sh", "-c", $"mount --bind /dev/null {library} && exec \"$@\"", "sh"]);
        await daemon.StartAsync();
        await daemon.ScanAsync();

        await daemon.SaysAsync("Without a system bus (libsystemd is not installed)");
        Assert.Equal(0, (await daemon.AlbumenAsync("set", "rating=4", Photo)).Code);
        Assert.Equal("note", (await DoctorAsync(daemon)).Single(s => s.What == "bus").State);
        AssertCalm(daemon);
        Assert.Equal(0, await daemon.StopAsync());
    }

    const string Inhibitors = "dbus-send --system --print-reply --dest=org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager.ListInhibitors";

    static Task<string> InhibitorsAsync(PrivateBus bus) => bus.DoAsync(Inhibitors);

    static async Task<PrivateBus> StoodInAsync(string name)
    {
        PrivateBus bus = await PrivateBus.OpenAsync(StandIn.Python, StandIn.Module, StandIn.Loop);
        await bus.StartAsync();
        await bus.StandInAsync(name);
        return bus;
    }

    PrivateDaemon Of(PrivateBus bus, string configuration, string? library = null)
    {
        PrivateDaemon daemon = PrivateDaemon.Of(_library, within: bus.Within);
        daemon.Environment["DBUS_SYSTEM_BUS_ADDRESS"] = bus.Address;
        daemon.Configure($"volumes: [{{ name: lib, path: {library ?? _library} }}]\n{configuration}{(configuration.Contains("scan:", StringComparison.Ordinal) ? "" : "\nscan: { every: off, settle: 1ms }")}");
        return daemon;
    }

    static async Task ServeAsync(PrivateDaemon daemon)
    {
        daemon.Launch();
        await daemon.SaysAsync("serves");
    }

    static bool IsAnnounced(string output, string type, string name, int port) => output.Split('\n').Any(line => line.Split(';') is [_, _, _, var its, var kind, _, _, _, var at, ..]
        && kind == type && Regex.Replace(its, @"\\(\d{3})", code => ((char)int.Parse(code.Groups[1].Value, CultureInfo.InvariantCulture)).ToString()) == name && at == $"{port}");

    static async Task<IReadOnlyList<Symptom>> DoctorAsync(PrivateDaemon daemon) =>
        [.. (await daemon.AlbumenAsync("doctor", "--json")).Lines.Select(line => JsonSerializer.Deserialize(line, ApiJson.Default.Symptom)!)];

    static async Task<IReadOnlyList<string>> StatusAsync(PrivateDaemon daemon) => (await daemon.AlbumenAsync("status")).Lines;

    static async Task<IReadOnlyList<Unit>> UntilAsync(AlbumenClient client, Func<IReadOnlyList<Unit>, bool> isRight)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            IReadOnlyList<Unit> units = await client.UnitsAsync(Stop);
            if (isRight(units)) return units;
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, string.Join('\n', units));
            await Task.Delay(200, Stop);
        }
    }

    /// <summary>Nothing that alarms anybody, and no stack trace.</summary>
    static void AssertCalm(PrivateDaemon daemon) => Assert.All(daemon.Log.Split('\n'), line => Assert.Matches(@"^\d\d:\d\d:\d\d INFO |^\s*$", line));
}
