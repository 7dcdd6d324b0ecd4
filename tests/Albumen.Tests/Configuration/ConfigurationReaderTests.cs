using Albumen.Configuration;
using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Sidecar;
using Albumen.Storage;
using Albumen.Tests.Catalog;
using Microsoft.Extensions.Logging;

namespace Albumen.Tests.Configuration;

public sealed class ConfigurationReaderTests
{
    [Fact]
    public void The_smallest_configuration_is_enough()
    {
        using Desk desk = new Desk().WithFolder("photos").With("""
            volumes:
              - name: photos
                path: ROOT/photos/
            """);

        Settings settings = desk.Read();

        var volume = Assert.Single(settings.Volumes);
        Assert.Equal(("photos", desk.Root + "/photos", null), (volume.Name, volume.Path, volume.Timezone));
        Assert.Empty(volume.Exclude);
        Assert.Empty(settings.Findings);
        Assert.Equal("127.0.0.1:1850", settings.Http?.Listen.ToString());
        Assert.Null(settings.Https);
    }

    [Fact]
    public void Every_value_is_read()
    {
        using Desk desk = new Desk().WithFolder("photos").With("""
            volumes: [{ name: Fotos 2024-a_b.c, path: ROOT/photos, sidecars: mirror, layer: on, writable: on }]
            scan: { every: off, settle: 500ms }
            workers: { count: 3, time_limit: 2m, memory_limit: 1GB, megapixel_limit: 50 }
            io: { nice: 19, class: best-effort, rate: 20MB, quiet_hours: "22:00-06:00, 12:00-13:00", pressure: 50 }
            derivatives: { preview_quality: 90, thumbnail_quality: 60, proxy: on, animation: off, contact: on_demand, motion: on }
            verify: { schedule: "@weekly", rate: 20MB/s }
            sidecars: { placement: off, name: a.xmp, conflicts: newest, delay: 1m }
            webdav: { overwrite: refuse }
            http: off
            https: { listen: "[::1]:0" }
            logging: { level: debug }
            sign_in: { failures: 3, pause: 1h }
            """);

        Settings settings = desk.Read();

        Assert.Equal("Fotos 2024-a_b.c", settings.Volumes[0].Name);
        Assert.Equal(new() { Every = TimeSpan.Zero, Settle = TimeSpan.FromMilliseconds(500) }, settings.Scan);
        Assert.Equal(new() { Count = 3, TimeLimit = TimeSpan.FromMinutes(2), MemoryLimitInBytes = 1_000_000_000, MegapixelLimit = 50 }, settings.Workers);
        Assert.Equal(new() { Nice = 19, Class = IoClass.BestEffort, BytesPerSecond = 20_000_000, QuietHours = QuietHours.Parse("22:00-06:00,12:00-13:00"), Pressure = 50 }, settings.Io);
        Assert.Equal(new() { PreviewQuality = 90, ThumbnailQuality = 60, Proxy = MakeWhen.Always, Animation = MakeWhen.Never, Contact = MakeWhen.OnDemand, Motion = MakeWhen.Always }, settings.Derivatives);
        Assert.Equal(new() { Schedule = CronExpression.Parse("@weekly"), BytesPerSecond = 20_000_000 }, settings.Verify);
        Assert.Equal((Placement.Mirror, true, true), (settings.Volumes[0].Sidecars, settings.Volumes[0].Layer, settings.Volumes[0].Writable));
        Assert.Equal(new() { Placement = Placement.Off, Name = SidecarName.Stem, Conflicts = ConflictRule.Newest, Delay = TimeSpan.FromMinutes(1) }, settings.Sidecars);
        Assert.False(settings.WebDav.MakesVersions);
        Assert.Null(settings.Http);
        Assert.Equal(new("::1", 0), settings.Https?.Listen);
        Assert.Equal(LogLevel.Debug, settings.Logging.Level);
        Assert.Equal(new() { Failures = 3, Pause = TimeSpan.FromHours(1) }, settings.SignIn);
    }

    [Theory]
    [InlineData("nice: 20", "a whole number from 0 to 19")]
    [InlineData("class: realtime", "idle, best-effort or none")]
    [InlineData("rate: 10", "a whole number and its unit")]
    [InlineData("quiet_hours: 22-6", "22:00-06:00")]
    [InlineData("quiet_hours: [\"22:00-06:00\"]", "takes one value")]
    [InlineData("pressure: 0", "from 1 to 100")]
    public void Manners_that_cannot_be_are_refused_with_what_to_write(string io, string help)
    {
        using Desk desk = new Desk().With($"io: {{ {io} }}");

        Assert.Contains(help, Assert.Throws<ConfigurationException>(() => desk.Read()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("placement: both", "write beside, mirror or off")]
    [InlineData("name: b.xmp", "write a.jpg.xmp or a.xmp")]
    [InlineData("conflicts: mine", "write newest, ours, theirs or ask")]
    [InlineData("delay: 2", "'delay' cannot be '2'")]
    public void Sidecars_that_cannot_be_are_refused_with_what_to_write(string line, string help)
    {
        using Desk desk = new Desk().With($"sidecars: {{ {line} }}");

        Assert.Contains(help, Assert.Throws<ConfigurationException>(desk.Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verifying_by_itself_and_its_limit_can_be_switched_off()
    {
        using Desk desk = new Desk().WithFolder("photos").With("""
            volumes: [{ name: photos, path: ROOT/photos }]
            verify: { schedule: off, rate: off }
            """);

        Assert.Equal(new() { Schedule = null, BytesPerSecond = 0 }, desk.Read().Verify);
    }

    [Theory]
    [InlineData("rate: 20MB", "20MB/s")]
    [InlineData("rate: fast", "20MB/s")]
    [InlineData("rate: 1kB/s", "write 100kB/s to 10GB/s, or off")]
    [InlineData("schedule: \"0 25 * * *\"", "hour '25'")]
    [InlineData("schedule: monthly", "five fields")]
    public void A_schedule_or_rate_that_makes_no_sense_is_refused(string line, string said)
    {
        using Desk desk = new Desk().WithFolder("photos").With($$"""
            volumes: [{ name: photos, path: ROOT/photos }]
            verify: { {{line}} }
            """);

        Assert.Contains(said, Assert.Throws<ConfigurationException>(desk.Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_reported_at_once_with_their_places()
    {
        using Desk desk = new Desk().WithFolder("a").With("""
            volmes: []
            volumes:
              - name: a/b
                path: ROOT/a
              - name: relative
                path: photos
              - path: ROOT/a
                exclude: "*.tmp"
              - just words
              - name: zone
                path: ROOT/a
                timezone: Europe/Viena
                nonsense: 1
            scan:
              every: 1 hour
              settle: 30
              evry: 1h
            workers:
              count: 0
              time_limit: [60s]
              memory_limit: 12MiB
              megapixel_limit:
            derivatives: 82
            http: { listen: "1850" }
            https: { listen: "::1:1851", certificate: ROOT/none.pem }
            logging: { level: Information }
            sign_in: { failures: 5, failures: 6, pause: 10d }
            """);

        Assert.Equal("""
            ROOT/etc/albumen/albumen.yaml:1:1: unknown key 'volmes'; did you mean 'volumes'?
            ROOT/etc/albumen/albumen.yaml:3:11: 'name' cannot be 'a/b': a name has letters, digits, spaces, '-', '_' and '.', but not '/'
            ROOT/etc/albumen/albumen.yaml:6:11: 'path' cannot be 'photos': write an absolute path; it begins with '/'
            ROOT/etc/albumen/albumen.yaml:7:5: 'name' is missing here
            ROOT/etc/albumen/albumen.yaml:8:14: 'exclude' is a list: begin each entry with '- '
            ROOT/etc/albumen/albumen.yaml:9:5: each entry of 'volumes' holds keys of its own, not 'just words'
            ROOT/etc/albumen/albumen.yaml:12:15: 'timezone' cannot be 'Europe/Viena': did you mean 'Europe/Vienna'?
            ROOT/etc/albumen/albumen.yaml:13:5: unknown key 'nonsense'; known here: name, path, timezone, exclude, marker, sidecars, layer, writable, stacks, quality
            ROOT/etc/albumen/albumen.yaml:15:10: 'every' cannot be '1 hour': write a whole number and its unit: 500ms, 30s, 5m, 1h or 2d
            ROOT/etc/albumen/albumen.yaml:16:11: 'settle' cannot be '30': write a whole number and its unit: 500ms, 30s, 5m, 1h or 2d
            ROOT/etc/albumen/albumen.yaml:17:3: unknown key 'evry'; did you mean 'every'?
            ROOT/etc/albumen/albumen.yaml:19:10: 'count' cannot be '0': write a whole number from 1 to 64
            ROOT/etc/albumen/albumen.yaml:20:15: 'time_limit' takes one value, not a list
            ROOT/etc/albumen/albumen.yaml:21:17: 'memory_limit' cannot be '12MiB': write 128MiB to 64GiB
            ROOT/etc/albumen/albumen.yaml:22:19: 'megapixel_limit' is empty; give it a value or remove it
            ROOT/etc/albumen/albumen.yaml:23:14: 'derivatives' holds keys of its own, not '82'
            ROOT/etc/albumen/albumen.yaml:24:17: 'listen' cannot be '1850': write ADDRESS:PORT, such as "127.0.0.1:1850" or "*:1851", with a port from 0 to 65535
            ROOT/etc/albumen/albumen.yaml:25:8: 'certificate' and 'key' belong together: write both, or neither and Albumen makes its own
            ROOT/etc/albumen/albumen.yaml:25:18: 'listen' cannot be '::1:1851': write an IPv6 address in brackets, such as "[::1]:1851"
            ROOT/etc/albumen/albumen.yaml:25:43: 'certificate' cannot be 'ROOT/none.pem': there is no such file
            ROOT/etc/albumen/albumen.yaml:26:19: 'level' cannot be 'Information': write debug, information, warning or error
            ROOT/etc/albumen/albumen.yaml:27:25: the key 'failures' stands here twice; it was first in line 27
            ROOT/etc/albumen/albumen.yaml:27:45: 'pause' cannot be '10d': write 1s to 1d
            """, desk.Errors());
    }

    [Fact]
    public void Further_files_replace_values_and_add_volumes()
    {
        using Desk desk = new Desk().WithFolder("a").WithFolder("b").WithFolder("c")
            .With("""
                volumes:
                  - { name: a, path: ROOT/a }
                scan: { every: 2h, settle: 5s }
                https: { listen: "*:4443" }
                """)
            .WithMore("20-b.yaml", """
                volumes:
                  - { name: b, path: ROOT/b }
                scan: { every: 3h }
                https:
                """)
            .WithMore("10-c.yaml", """
                volumes:
                  - { name: c, path: ROOT/c }
                scan: { every: 4h }
                http: off
                """)
            .WithMore(".20-b.yaml.swp", "[")
            .WithMore("30-old.yaml~", "[")
            .WithMore("30-late.yml", "http: on");

        Settings settings = desk.Read();

        Assert.Equal(["a", "c", "b"], settings.Volumes.Select(volume => volume.Name));
        Assert.Equal(new() { Every = TimeSpan.FromHours(3), Settle = TimeSpan.FromSeconds(5) }, settings.Scan);
        Assert.Null(settings.Http);
        Assert.Equal(4443, settings.Https?.Listen.Port);
        Assert.Equal("ROOT/etc/albumen/conf.d/30-late.yml: is not read; its name must end in .yaml", desk.Neutral(Assert.Single(settings.Findings).ToString()));
    }

    [Fact]
    public void A_volume_name_may_not_come_twice_whatever_its_case_or_file()
    {
        using Desk desk = new Desk().WithFolder("a").WithFolder("b")
            .With("volumes: [{ name: photos, path: ROOT/a }]")
            .WithMore("more.yaml", "volumes:\n  - name: Photos\n    path: ROOT/b\n");

        Assert.Equal("ROOT/etc/albumen/conf.d/more.yaml:2:11: a volume is called 'photos' already, in ROOT/etc/albumen/albumen.yaml:1", desk.Errors());
    }

    [Fact]
    public void Volumes_may_not_overlap_each_other_or_Albumens_own_folders()
    {
        using Desk desk = new Desk().WithFolder("a/b").With("""
            volumes:
              - { name: a, path: ROOT/a }
              - { name: link, path: ROOT/link/b }
              - { name: sibling, path: ROOT/ab }
              - { name: cache, path: ROOT/var/cache/albumen/x }
              - { name: all, path: / }
            """);
        Directory.CreateSymbolicLink(Path.Combine(desk.Root, "link"), "a");
        Directory.CreateDirectory(Path.Combine(desk.Root, "ab"));

        Assert.Equal("""
            ROOT/etc/albumen/albumen.yaml:3:25: ROOT/link/b and the volume 'a' (ROOT/a) overlap; every photo would count twice
            ROOT/etc/albumen/albumen.yaml:5:26: ROOT/var/cache/albumen/x overlaps Albumen's own cache folder ROOT/var/cache/albumen
            ROOT/etc/albumen/albumen.yaml:6:24: / and the volume 'a' (ROOT/a) overlap; every photo would count twice
            ROOT/etc/albumen/albumen.yaml:6:24: / and the volume 'link' (ROOT/link/b) overlap; every photo would count twice
            ROOT/etc/albumen/albumen.yaml:6:24: / and the volume 'sibling' (ROOT/ab) overlap; every photo would count twice
            ROOT/etc/albumen/albumen.yaml:6:24: / and the volume 'cache' (ROOT/var/cache/albumen/x) overlap; every photo would count twice
            ROOT/etc/albumen/albumen.yaml:6:24: / overlaps Albumen's own state folder ROOT/var/lib/albumen
            ROOT/etc/albumen/albumen.yaml:6:24: / overlaps Albumen's own cache folder ROOT/var/cache/albumen
            ROOT/etc/albumen/albumen.yaml:5:26: ROOT/var/cache/albumen/x does not exist (or Albumen may not see it), so the volume 'cache' is offline
            """, desk.Errors());
    }

    [Theory]
    [InlineData("ROOT/photos", "the volume 'photos' (ROOT/photos) overlap")]
    [InlineData("ROOT/photos/backups", "the volume 'photos' (ROOT/photos) overlap")]
    [InlineData("ROOT/link", "the volume 'photos' (ROOT/photos) overlap")]
    [InlineData("ROOT", "the volume 'photos' (ROOT/photos) overlap")]
    [InlineData("ROOT/var/cache/albumen/x", "overlaps Albumen's own cache folder ROOT/var/cache/albumen")]
    [InlineData("ROOT/run", "overlaps Albumen's own run folder ROOT/run/albumen")]
    [InlineData("ROOT/var/lib/albumen", "overlaps Albumen's own state folder ROOT/var/lib/albumen, in which backups lie in ROOT/var/lib/albumen/backups")]
    [InlineData("ROOT/var/lib/albumen/layer", "overlaps Albumen's own state folder ROOT/var/lib/albumen,")]
    public void Backups_lie_neither_among_originals_nor_among_what_is_Albumens_own(string folder, string expected)
    {
        using Desk desk = new Desk().WithFolder("photos").With("volumes: [{ name: photos, path: ROOT/photos }]").WithMore("backup.yaml", $"backup:\n  folder: {folder}\n");
        Directory.CreateSymbolicLink(Path.Combine(desk.Root, "link"), "photos");

        Assert.Contains(desk.Errors().Split('\n'), error => error.StartsWith($"ROOT/etc/albumen/conf.d/backup.yaml:2:11: {folder} ", StringComparison.Ordinal) && error.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ROOT/disk")]
    [InlineData("ROOT/var/lib/albumen/backups")]
    [InlineData("ROOT/var/lib/albumen/backups/disk")]
    [InlineData("ROOT/photos-backups")]
    public void Backups_may_lie_anywhere_else(string folder)
    {
        using Desk desk = new Desk().WithFolder("photos").With($"volumes: [{{ name: photos, path: ROOT/photos }}]\nbackup: {{ folder: {folder} }}");

        Assert.Equal("", desk.Errors());
    }

    [Fact]
    public void A_volume_that_is_not_there_is_a_finding_and_no_error()
    {
        using Desk desk = new Desk().With("""
            volumes:
              - { name: gone, path: ROOT/gone }
              - name: file
                path: ROOT/etc/albumen/albumen.yaml
            """);

        Settings settings = desk.Read();

        Assert.Equal(2, settings.Volumes.Count);
        Assert.Equal("""
            ROOT/etc/albumen/albumen.yaml:2:25: ROOT/gone does not exist (or Albumen may not see it), so the volume 'gone' is offline
            ROOT/etc/albumen/albumen.yaml:4:11: ROOT/etc/albumen/albumen.yaml is not a folder, so the volume 'file' is offline
            """, desk.Neutral(string.Join('\n', settings.Findings)));
    }

    [Theory]
    [InlineData("ROOT/gone", "ROOT/gone does not exist, or Albumen may not see it")]
    [InlineData("ROOT/etc/albumen/albumen.yaml", "ROOT/etc/albumen/albumen.yaml is no list of towns as GeoNames' cities500.txt: 19 columns with tabs between, the zone in the 18th")]
    [InlineData("ROOT/empty", "ROOT/empty is empty")]
    [InlineData("/dev/zero", "/dev/zero is empty")]
    public void A_file_of_places_that_cannot_be_used_is_a_finding_and_stops_nothing(string path, string fault)
    {
        using Desk desk = new Desk().WithFolder("photos").With($"""
            volumes: [ {"{ name: photos, path: ROOT/photos }"} ]
            time: {"{ places: "}{path}{" }"}
            """);
        File.WriteAllText(Path.Combine(desk.Root, "empty"), "");

        Settings settings = desk.Read();

        Assert.Equal($"ROOT/etc/albumen/albumen.yaml:2:17: {fault}; photos keep the zone of their volume", desk.Neutral(Assert.Single(settings.Findings).ToString()));
    }

    [Fact]
    public void A_file_of_places_is_read_or_switched_off_by_a_later_file()
    {
        using Desk desk = new Desk().WithFolder("photos").With("""
            volumes: [ { name: photos, path: ROOT/photos } ]
            time: { places: ROOT/towns.txt }
            """);
        Assert.Single(desk.Read().Findings);

        Towns.Write(Path.Combine(desk.Root, "towns.txt"));
        Settings settings = desk.Read();
        Assert.Equal((desk.Root + "/towns.txt", 0), (settings.Time.Places, settings.Findings.Count));

        File.Delete(Path.Combine(desk.Root, "towns.txt"));
        desk.WithMore("50.yaml", "time: { places: off }");
        settings = desk.Read();
        Assert.Equal((null, 0), (settings.Time.Places, settings.Findings.Count));
    }

    [Fact]
    public void A_missing_file_says_what_to_write()
    {
        using Desk desk = new();

        Assert.Equal("""
            ROOT/etc/albumen/albumen.yaml: does not exist; write it, with at least
            volumes:
              - name: photos
                path: /srv/photos
            """, desk.Errors());
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("end.")]
    [InlineData("' x'")]
    [InlineData("a:b")]
    [InlineData("a\\b")]
    [InlineData("nul")]
    [InlineData("Com1.x")]
    [InlineData("u\u0308")]
    [InlineData("''")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_volume_name_must_be_good_for_a_folder_everywhere(string name)
    {
        using Desk desk = new Desk().WithFolder("a").With($"volumes: [{{ path: ROOT/a, name: {name} }}]");

        Assert.Contains("'name' cannot be", desk.Errors(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024")]
    [InlineData("Fotos 2024")]
    [InlineData("Übung")]
    [InlineData("写真")]
    [InlineData("รูป")]
    public void A_volume_name_may_be_in_any_script(string name)
    {
        using Desk desk = new Desk().WithFolder("a").With($"volumes: [{{ path: ROOT/a, name: {name} }}]");

        Assert.Equal(name, desk.Read().Volumes[0].Name);
    }

    [Theory]
    [InlineData("*:1851", "*", 1851)]
    [InlineData("[::1]:1850", "::1", 1850)]
    [InlineData("localhost:1850", "localhost", 1850)]
    [InlineData("0.0.0.0:1850", "0.0.0.0", 1850)]
    [InlineData("127.0.0.1:0", "127.0.0.1", 0)]
    public void A_listen_address_is_written_back_as_it_was_read(string text, string host, int port)
    {
        ListenAddress address = ListenAddress.Parse(text);

        Assert.Equal((host, port, text), (address.Host, address.Port, address.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1850")]
    [InlineData(":1850")]
    [InlineData("127.1:1850")]
    [InlineData("127.0.0.256:1850")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:")]
    [InlineData("::1:1850")]
    [InlineData("[127.0.0.1]:1850")]
    [InlineData("example.org:1850")]
    [InlineData("http://127.0.0.1:1850")]
    public void Anything_else_is_no_listen_address(string text) => Assert.Throws<FormatException>(() => ListenAddress.Parse(text));

    [Fact]
    public void What_is_announced_can_be_called_otherwise_or_switched_off_by_a_later_file()
    {
        using Desk desk = new Desk().WithFolder("a").With("volumes: [{ name: a, path: ROOT/a }]");
        Assert.Equal("Albumen on {host}", desk.Read().Announce?.Name);

        desk.With("volumes: [{ name: a, path: ROOT/a }]\nannounce: { name: ' Ferien ' }");
        Assert.Equal("Ferien", desk.Read().Announce?.Name);

        desk.With("volumes: [{ name: a, path: ROOT/a }]\nannounce: off");
        Assert.Null(desk.Read().Announce);

        desk.With($"volumes: [{{ name: a, path: ROOT/a }}]\nannounce: {{ name: {new string('ä', 32)} }}");
        Assert.Contains("write a name of at most 63 bytes", desk.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void Http_and_https_need_addresses_of_their_own()
    {
        using Desk desk = new Desk().With("""
            http: { listen: "*:1850" }
            https: { listen: "*:1850" }
            """);

        Assert.Equal("ROOT/etc/albumen/albumen.yaml: http and https cannot both listen at *:1850", desk.Errors());
    }

    [Fact]
    public void Everything_lies_below_the_root()
    {
        Layout layout = Layout.Below("/tmp/x/../y/");

        Assert.Equal("/tmp/y/etc/albumen/albumen.yaml", layout.ConfigurationFile);
        Assert.Equal("/tmp/y/etc/albumen/conf.d", layout.ConfigurationFolder);
        Assert.Equal("/tmp/y/var/lib/albumen", layout.StateFolder);
        Assert.Equal("/tmp/y/var/cache/albumen", layout.CacheFolder);
        Assert.Equal("/tmp/y/run/albumen/albumend.sock", layout.Socket);
        Assert.Equal("/etc/albumen/albumen.yaml", Layout.Installed.ConfigurationFile);
        Assert.Equal(Layout.Installed, Layout.Below("/"));
    }
}
