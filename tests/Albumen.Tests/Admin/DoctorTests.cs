using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Albumen.Client;
using Albumen.Daemon.Diagnosis;
using Albumen.Tests.Acceptance;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

/// <summary><c>albumen doctor</c>, with a daemon and without one.</summary>
public sealed class DoctorTests : IAsyncLifetime
{
    const int Failed = 1, Warned = 3, Unreachable = 4;

    readonly string _library = Directory.CreateTempSubdirectory("albumen-doctor-").FullName;
    PrivateDaemon _daemon = null!;

    string Configuration => Path.Combine(_daemon.Root, "etc/albumen/albumen.yaml");

    public ValueTask InitializeAsync()
    {
        File.WriteAllText(Path.Combine(_library, "readme.txt"), "one file");
        _daemon = PrivateDaemon.Of(_library);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        Directory.Delete(_library, recursive: true);
    }

    [Fact]
    public async Task Of_a_daemon_that_is_well_everything_is_looked_at_and_nothing_is_wrong()
    {
        await _daemon.StartAsync();
        await _daemon.ScanAsync();

        (int code, List<Symptom> symptoms) = await LookAsync();

        Assert.True(code == 0, string.Join('\n', symptoms));
        Assert.All(symptoms, symptom => Assert.True(symptom.State is "ok" or "note", $"{symptom}"));
        Assert.All(symptoms, symptom => Assert.True(symptom.Group.Length > 0 && symptom.Finding.Length > 0, $"{symptom}"));
        // Each check that is in the list says something.
        Assert.Equal(["albumend", "auth.db", "backups", "bus", "catalog.db", "certificate", "clients", "clock", "configuration", "dcraw_emu", "exiftool", "ffmpeg", "ffprobe", "formats", "free space", "guard", "memory", "permissions",
            "ports", "reach", "sidecars", "units", "volume lib", "watching", "work", "workers"], symptoms.Select(s => s.What).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(20, HealthCheck.All.Count);
        Assert.Contains("answers as a client expects it", symptoms.First(s => s.What == "reach").Finding);
        Assert.Contains("JPEG", symptoms.First(s => s.What == "formats" && s.State == "ok").Finding);

        (_, List<Symptom> deep) = await LookAsync("--deep");
        Assert.Contains("every page and reference", deep.Single(s => s.What == "catalog.db").Finding);
        Answer quiet = await _daemon.AlbumenAsync("doctor", "--quiet"), plain = await _daemon.AlbumenAsync("doctor");
        Assert.DoesNotContain(quiet.Lines, line => line.StartsWith("ok\t", StringComparison.Ordinal));
        Assert.Contains(plain.Lines, line => line.StartsWith("ok\tdoors\tports\talbumend listens at http://127.0.0.1:", StringComparison.Ordinal));
        Assert.All(plain.Lines, line => Assert.Equal(5, line.Split('\t').Length));
    }

    [Fact]
    public async Task A_configuration_that_does_not_run_yet_or_could_not_is_told_with_its_place()
    {
        await _daemon.StartAsync();
        string before = await File.ReadAllTextAsync(Configuration, Stop);

        await File.WriteAllTextAsync(Configuration, before + "\nio: { nice: 19 }\n", Stop);
        (int code, List<Symptom> symptoms) = await LookAsync("--quiet");
        Assert.Equal(Warned, code);
        Symptom changed = symptoms.Single(s => s.What == "configuration");
        Assert.Equal(("warning", true, true), (changed.State, changed.Finding.Contains("io.nice 10 -> 19", StringComparison.Ordinal), changed.Type!.Contains($"albumend --root {_daemon.Root} run", StringComparison.Ordinal)));

        await File.WriteAllTextAsync(Configuration, before + "\nio: { nice: 20 }\n", Stop);
        (code, symptoms) = await LookAsync("--quiet");
        Assert.Equal(Failed, code);
        Symptom broken = symptoms.Single(s => s.What == "configuration");
        Assert.StartsWith($"{Configuration}:", broken.Finding);
        Assert.Contains("'nice' cannot be '20'", broken.Finding);
        Assert.Equal($"sudoedit {Configuration}", broken.Type);
    }

    [Fact]
    public async Task Doors_that_others_can_open_and_a_volume_that_is_gone_are_told_with_what_to_type()
    {
        string gone = $"{_library}-gone";
        _daemon.Configure($"volumes: [{{ name: 'my photos', path: '{gone}' }}]\nhttp: {{ listen: \"127.0.0.1:0\" }}\nhttps: {{ listen: \"127.0.0.1:0\" }}");
        await _daemon.StartAsync();
        await _daemon.AlbumenAsync("scan", "--wait");
        string key = Path.Combine(_daemon.State, "tls/albumen.key");
        File.SetUnixFileMode(_daemon.State, File.GetUnixFileMode(_daemon.State) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(key, File.GetUnixFileMode(key) | UnixFileMode.OtherRead);

        (int code, List<Symptom> symptoms) = await LookAsync("--quiet");

        Assert.Equal(Failed, code);
        Assert.Equal(("warning", $"sudo chmod o= {_daemon.State}"), Of(symptoms, "permissions", _daemon.State));
        Assert.Equal(("failed", $"sudo chmod g-w,o= {key}"), Of(symptoms, "certificate", "read the private key"));
        Assert.Equal(("warning", $"findmnt -T {gone}"), Of(symptoms, "volume my photos", "It is offline"));
    }

    [Fact]
    public async Task A_writable_volume_that_is_mounted_read_only_is_told_with_how_to_mount_it()
    {
        await using OwnMounts mounts = await OwnMounts.OpenAsync(disks: 1);
        await mounts.DoAsync("mkdir photos; mount \"$1\" photos; touch photos/a.txt; mount -o remount,ro photos", mounts.Disks[0]);
        string path = Path.Combine(mounts.Folder, "photos");
        await using PrivateDaemon daemon = PrivateDaemon.Of(path, within: mounts.Within);
        daemon.Configure($"volumes: [{{ name: disk, path: {path}, writable: on }}]\nhttp: {{ listen: \"127.0.0.1:0\" }}");
        await daemon.StartAsync();

        Answer answer = await daemon.AlbumenAsync("doctor", "--quiet");

        Assert.Equal(Failed, answer.Code);
        Assert.Contains(answer.Lines, line => line.StartsWith("failed\tvolumes\tvolume disk\t", StringComparison.Ordinal) && line.EndsWith($"\tsudo mount -o remount,rw {path}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_socket_that_somebody_removed_is_an_unreachable_daemon_that_still_holds_its_port()
    {
        int port = FreePort();
        _daemon.Configure($"volumes: [{{ name: lib, path: {_library} }}]\nhttp: {{ listen: \"127.0.0.1:{port}\" }}");
        await _daemon.StartAsync();
        File.Delete(Path.Combine(_daemon.Root, "run/albumen/albumend.sock"));

        (int code, List<Symptom> symptoms) = await LookAsync();

        Assert.Equal(Unreachable, code);
        Assert.Equal("failed", symptoms.Single(s => s.What == "albumend").State);
        Assert.Contains(symptoms, s => s.What == "ports" && s.State == "ok" && s.Finding == $"albumend listens at 127.0.0.1:{port}.");
    }

    [Fact]
    public async Task Without_a_daemon_it_looks_from_outside()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        _daemon.Configure($"volumes: [{{ name: lib, path: {_library} }}]\nhttp: {{ listen: \"127.0.0.1:{port}\" }}\nscan: {{ evry: 1h }}");
        Assert.Equal(2, (await _daemon.FailAsync()).Code);

        (int code, List<Symptom> symptoms) = await LookAsync();
        Assert.Equal(Unreachable, code);
        Assert.Equal($"albumend --root {_daemon.Root} run", symptoms.Single(s => s.What == "albumend").Type);
        Assert.Contains("did you mean 'every'?", symptoms.Single(s => s.What == "configuration").Finding);

        _daemon.Configure($"volumes: [{{ name: lib, path: {_library} }}]\nhttp: {{ listen: \"127.0.0.1:{port}\" }}");
        Assert.Equal(1, (await _daemon.FailAsync()).Code);
        (code, symptoms) = await LookAsync();
        Assert.Equal(Unreachable, code);
        Assert.Equal("ok", symptoms.Single(s => s.What == "configuration").State);
        Assert.Equal(("failed", $"sudo ss -tlnp 'sport = :{port}'"), Of(symptoms, "ports", "Another program listens"));
    }

    [Fact]
    public async Task A_damaged_database_is_found_while_the_daemon_is_stopped()
    {
        await _daemon.StartAsync();
        await _daemon.StopAsync();
        string file = Path.Combine(_daemon.State, "auth.db");
        await using (FileStream database = new(file, FileMode.Open))
        {
            database.Position = 4096;
            database.Write(Enumerable.Repeat((byte)0xA5, 4096).ToArray());
        }

        Answer answer = await _daemon.AlbumendAsync("doctor", "--json");

        Assert.Equal(1, answer.Code);
        List<Symptom> symptoms = [.. answer.Lines.Select(line => JsonSerializer.Deserialize(line, ApiJson.Default.Symptom)!)];
        Assert.Equal("failed", symptoms.Single(s => s.What == "auth.db").State);
        Assert.Equal("ok", symptoms.Single(s => s.What == "catalog.db").State);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_is_told_by_what_was_written()
    {
        await _daemon.StartAsync();
        await _daemon.StopAsync();
        File.SetLastWriteTimeUtc(Path.Combine(_daemon.State, "catalog.db"), DateTime.UtcNow.AddDays(2));

        Answer answer = await _daemon.AlbumendAsync("doctor");

        Assert.Equal(1, answer.Code);
        Assert.Contains(answer.Lines, line => line.StartsWith("failed: clock:", StringComparison.Ordinal) && line.EndsWith("Type: timedatectl", StringComparison.Ordinal));
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    async Task<(int Code, List<Symptom> Symptoms)> LookAsync(params string[] words)
    {
        Answer answer = await _daemon.AlbumenAsync(["doctor", "--json", .. words]);
        return (answer.Code, [.. answer.Lines.Select(line => JsonSerializer.Deserialize(line, ApiJson.Default.Symptom)!)]);
    }

    static (string State, string? Type) Of(List<Symptom> symptoms, string what, string finding)
    {
        Symptom found = Assert.Single(symptoms, s => s.What == what && s.Finding.Contains(finding, StringComparison.Ordinal));
        return (found.State, found.Type);
    }

    static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
