using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Albumen.Client;
using Albumen.Tests.Daemon;
using Albumen.Tests.Daemon.Tls;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>The https door of the real daemon: what it shows, to whom, and what happens when that changes.</summary>
[Collection(AcceptanceTests.Name)]
public sealed partial class HttpsTests(MixedLibrary library) : IDisposable
{
    // How often the daemon looks at its files, and some more.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    readonly OfficeAuthority _office = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _office.Dispose();

    [Theory]
    [InlineData("-tls1", false)]
    [InlineData("-tls1_1", false)]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_3", true)]
    public async Task Only_what_is_safe_today_is_spoken_and_the_own_certificate_is_trusted_by_its_authority(string version, bool isSpoken)
    {
        Assert.SkipUnless(Clients.Has("openssl"), "openssl is not installed");
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, """https: { listen: "127.0.0.1:0" }""");
        await daemon.StartAsync();

        // The lowest level of security, so that it is the server that refuses.
        (int code, string output) = await Clients.RunAsync("sh", ["-c", $"openssl s_client -connect 127.0.0.1:{Secure(daemon).Port} {version} -cipher ALL:@SECLEVEL=0 -CAfile {daemon.State}/tls/authority.crt -verify_return_error -verify_ip 127.0.0.1 -alpn h2 < /dev/null 2>&1"]);

        Assert.True(isSpoken == (code == 0), output);
        if (isSpoken) Assert.True(output.Contains("Verify return code: 0 (ok)", StringComparison.Ordinal) && output.Contains("ALPN protocol: h2", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task A_renewed_certificate_counts_from_the_next_connection_on_and_no_request_fails()
    {
        await using PrivateDaemon daemon = Configured(_office.Issue("first.test"));
        await daemon.StartAsync();
        (string name, string password) = await daemon.PersonAsync();
        Assert.Equal("CN=first.test", (await ShownAsync(daemon))[0].Subject);
        using HttpClient old = Trusting(), fresh = Trusting();
        old.DefaultRequestHeaders.Authorization = fresh.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{name}:{password}")));
        fresh.DefaultRequestHeaders.ConnectionClose = true;

        List<HttpStatusCode> answers = [];
        for (int i = 0; i < 100; i++)
        {
            // As certbot does: other files, and links that are moved to them one after the other.
            if (i == 20) Put(daemon, "fullchain", _office.Issue("second.test").Chain, "2");
            if (i == 40) Link(daemon, _office.Issue("third.test"), "3");
            using HttpResponseMessage first = await old.GetAsync(new Uri(Secure(daemon), "/Folders/"), Stop), second = await fresh.GetAsync(new Uri(Secure(daemon), "/Folders/"), Stop);
            answers.AddRange([first.StatusCode, second.StatusCode]);
            await Task.Delay(60, Stop);
        }

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        IReadOnlyList<X509Certificate2> shown = await ShownAsync(daemon);
        Assert.Equal(["CN=third.test", "CN=Office authority"], shown.Select(certificate => certificate.Subject));
        Assert.Contains("was renewed, and is shown from now on", daemon.Log);
        // The pair whose key came too late was never shown, and told of at most once.
        Assert.InRange(Regex.Count(daemon.Log, "The one before is shown until they are right"), 0, 1);
    }

    [Fact]
    public async Task A_pair_that_does_not_fit_changes_nothing_and_is_told_once_and_to_the_doctor()
    {
        (string chain, string key) = _office.Issue("good.test");
        await using PrivateDaemon daemon = Configured((chain, key));
        await daemon.StartAsync();

        string file = Path.Combine(daemon.Root, "live/fullchain.pem");
        foreach (string broken in (string[])[_office.Issue("other.test").Chain, chain[..300], ""])
        {
            await File.WriteAllTextAsync(file, broken, Stop);
            await daemon.SaysAsync("The one before is shown until they are right", async () => await ShownAsync(daemon));
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal("CN=good.test", (await ShownAsync(daemon))[0].Subject);
                await Task.Delay(TimeSpan.FromSeconds(1), Stop);
            }
        }
        Assert.InRange(Regex.Count(daemon.Log, "The one before is shown until they are right"), 1, 3);
        Answer doctor = await daemon.AlbumenAsync("doctor", "--json");
        Symptom found = doctor.Lines.Select(line => JsonSerializer.Deserialize(line, ApiJson.Default.Symptom)!).First(symptom => symptom.What == "certificate");
        Assert.Equal("failed", found.State);
        Assert.Contains("The one that was read before is shown", found.Finding);
        Assert.NotNull(JsonSerializer.Deserialize((await daemon.AlbumenAsync("certificate", "--json")).Output, ApiJson.Default.Certificate)!.Fault);

        await File.WriteAllTextAsync(file, chain, Stop);
        await Task.Delay(TimeSpan.FromSeconds(2.5), Stop);
        await ShownAsync(daemon);
        Assert.DoesNotContain((await daemon.AlbumenAsync("doctor", "--quiet")).Lines, line => line.Contains("\tcertificate\t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_daemon_cannot_see_is_taken_from_systemds_hand_until_it_can()
    {
        await using PrivateDaemon daemon = Configured(_office.Issue("given.test"));
        Directory.Move(Path.Combine(daemon.Root, "live"), Path.Combine(daemon.Root, "handed"));
        File.Move(Path.Combine(daemon.Root, "handed/fullchain.pem"), Path.Combine(daemon.Root, "handed/tls.crt"));
        File.Move(Path.Combine(daemon.Root, "handed/privkey.pem"), Path.Combine(daemon.Root, "handed/tls.key"));
        Assert.Contains("there is no such file", (await daemon.FailAsync()).Error);
        daemon.Environment["CREDENTIALS_DIRECTORY"] = Path.Combine(daemon.Root, "handed");

        await daemon.StartAsync();

        Assert.Equal("CN=given.test", (await ShownAsync(daemon))[0].Subject);
        Assert.Contains((await daemon.AlbumenAsync("doctor")).Lines, line => line.Contains("as systemd handed it over", StringComparison.Ordinal));
        Link(daemon, _office.Issue("seen.test"), "later");
        await UntilShownAsync(daemon, "CN=seen.test");
    }

    [Fact]
    public async Task A_certificate_that_goes_away_while_the_daemon_runs_is_made_anew()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, """https: { listen: "127.0.0.1:0" }""");
        await daemon.StartAsync();
        Assert.Contains("clients must be told to trust", daemon.Log);
        IReadOnlyList<X509Certificate2> before = await ShownAsync(daemon);
        File.Delete(Path.Combine(daemon.State, "tls/albumen.crt"));

        await daemon.SaysAsync("there was none", async () => await ShownAsync(daemon), times: 2);

        Assert.Equal(before[0].GetPublicKey(), (await ShownAsync(daemon))[0].GetPublicKey());
        Assert.NotEqual(before[0].Thumbprint, (await ShownAsync(daemon))[0].Thumbprint);
    }

    [Fact]
    public async Task The_command_line_shows_the_certificate_and_every_door_gives_what_is_to_be_trusted()
    {
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, """https: { listen: "127.0.0.1:0" }""");
        await daemon.StartAsync();
        string authority = await File.ReadAllTextAsync(Path.Combine(daemon.State, "tls/authority.crt"), Stop);

        Certificate told = JsonSerializer.Deserialize((await daemon.AlbumenAsync("certificate", "--json")).Output, ApiJson.Default.Certificate)!;
        Answer pem = await daemon.AlbumenAsync("certificate", "--pem"), plain = await daemon.AlbumenAsync("certificate");

        IReadOnlyList<X509Certificate2> shown = await ShownAsync(daemon);
        Assert.Equal(Convert.ToHexString(shown[0].GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256)), told.Fingerprint.Replace(":", "", StringComparison.Ordinal));
        Assert.Contains("127.0.0.1", told.Names);
        Assert.Equal(authority, pem.Output);
        Assert.Equal(authority, told.Authority!.Pem);
        Assert.Contains($"SHA-256\t{told.Fingerprint}", plain.Lines);
        using HttpClient stranger = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) } });
        foreach (Uri door in (Uri[])[daemon.Address, Secure(daemon)])
        {
            using HttpResponseMessage given = await stranger.GetAsync(new Uri(door, "/albumen.crt"), Stop);
            Assert.Equal((authority, "application/x-x509-ca-cert"), (await given.Content.ReadAsStringAsync(Stop), given.Content.Headers.ContentType?.MediaType));
        }

        await using PrivateDaemon without = PrivateDaemon.Of(library.Folder);
        await without.StartAsync();
        Answer off = await without.AlbumenAsync("certificate");
        Assert.Equal((1, true), (off.Code, off.Error.Contains("https is off", StringComparison.Ordinal)));
        using HttpResponseMessage none = await stranger.GetAsync(new Uri(without.Address, "/albumen.crt"), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
    }

    [Fact]
    public async Task Rclone_cadaver_and_gio_come_in_as_albumen_mount_says()
    {
        foreach (string program in (string[])["rclone", "cadaver", "gio", "dbus-run-session", "script"]) Assert.SkipUnless(Clients.Has(program), $"{program} is not installed");
        Assert.SkipUnless(File.Exists("/usr/libexec/gvfsd-dav"), "gvfs-backends is not installed");
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, """https: { listen: "127.0.0.1:0" }""");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        (string name, string password) = await daemon.PersonAsync();
        Uri door = Secure(daemon);
        string home = Directory.CreateDirectory(Path.Combine(daemon.Root, "home")).FullName, authority = Path.Combine(daemon.State, "tls/authority.crt");

        // Each line as it is told, typed into a terminal that answers its questions.
        string[] told = [.. (await daemon.AlbumenAsync("mount", "rclone", "--user", name)).Lines.Where(line => line.StartsWith("      ", StringComparison.Ordinal)).Select(line => line.Trim().Replace("albumen.crt", authority, StringComparison.Ordinal))];
        string create = Assert.Single(told, line => line.Contains("config create", StringComparison.Ordinal)).Replace(daemon.Address.ToString(), door.ToString(), StringComparison.Ordinal);
        await Clients.RunAsync("script", ["-qec", create, "/dev/null"], $"y\n{password}\n{password}\n\n\n\n", home);
        (int code, string output) = await Clients.RunAsync("sh", ["-c", Assert.Single(told, line => line.Contains("lsd", StringComparison.Ordinal))], home: home);
        Assert.True(code == 0 && output.Contains("Folders", StringComparison.Ordinal), output);
        // Who was not told to trust it does not.
        Assert.NotEqual(0, (await Clients.RunAsync("rclone", ["lsd", "photos:", "--retries", "1", "--low-level-retries", "1"], home: home)).Code);

        await File.WriteAllTextAsync(Path.Combine(home, ".netrc"), $"machine 127.0.0.1 login {name} password {password}\n", Stop);
        File.SetUnixFileMode(Path.Combine(home, ".netrc"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.SkipUnless(Environment.UserName == "root", "Only root can have a program trust another authority than the machine does.");
        string gio = $"davs://{name}@127.0.0.1:{door.Port}/";
        (code, output) = await Clients.RunAsync("unshare", ["-m", "sh", "-c", $"""
            {Trust(authority, home)}
            printf 'ls\nquit\n' | cadaver '{door}'
            dbus-run-session -- sh -c "cd '{home}'; printf '%s\n' '{password}' | gio mount '{gio}' 2>&1 && gio list '{gio}Folders/lib/2024/B'; gio mount -u '{gio}'"
            """], home: home);
        Assert.SkipWhen(code == 99, "Mounting is refused here.");
        Assert.Contains("Coll:   Folders", output, StringComparison.Ordinal);
        Assert.Contains("IMG_0005.jpg", output, StringComparison.Ordinal);
        // Whoever does not trust it is asked, and can.
        (_, output) = await Clients.RunAsync("dbus-run-session", ["--", "sh", "-c", $"printf '1\n%s\n' '{password}' | gio mount '{gio}' 2>&1; gio list '{gio}'"], home: home);
        Assert.Contains("The signing certificate authority is not known", output, StringComparison.Ordinal);
        Assert.Contains("Folders\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Davfs2_mounts_it_as_a_folder_as_albumen_mount_says()
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/sbin/mount.davfs") && File.Exists("/dev/fuse"), "Only root can mount, and davfs2 and FUSE have to be there.");
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, """https: { listen: "127.0.0.1:0" }""");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        (string name, string password) = await daemon.PersonAsync();
        string home = Directory.CreateDirectory(Path.Combine(daemon.Root, "home")).FullName, door = Secure(daemon).ToString();
        // The secrets, and what albumen mount has written elsewhere, in a file of its own; buf_size as newer kernels need it.
        await File.WriteAllTextAsync(Path.Combine(home, "secrets"), $"{home}/photos {name} {password}\n", Stop);
        await File.WriteAllTextAsync(Path.Combine(home, "davfs2.conf"), $"secrets {home}/secrets\nbuf_size 256\n", Stop);
        foreach (string file in (string[])["secrets", "davfs2.conf"]) File.SetUnixFileMode(Path.Combine(home, file), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        (int code, string output) = await Clients.RunAsync("unshare", ["-m", "sh", "-c", $"""
            {Trust($"{daemon.State}/tls/authority.crt", home)}
            mkdir -p '{home}/photos'
            mount -t davfs -o conf='{home}/davfs2.conf',uid=$(id -u),gid=$(id -g) '{door}' '{home}/photos' < /dev/null 2>&1 || exit 98
            ls '{home}/photos/Folders/lib/2024/B'; sha256sum < '{home}/photos/Folders/lib/2024/A/IMG_0003.jpg'
            umount '{home}/photos'
            """], home: home);

        Assert.SkipWhen(code == 99, "Mounting is refused here.");
        Assert.Contains("IMG_0005.jpg", output, StringComparison.Ordinal);
        byte[] original = await File.ReadAllBytesAsync(Path.Combine(library.Folder, "2024/A/IMG_0003.jpg"), Stop);
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(original)), output, StringComparison.Ordinal);
    }

    /// <summary>What update-ca-certificates would come to, for the programs of one namespace alone.</summary>
    static string Trust(string authority, string home) => $"""
        mkdir '{home}/certs'; for name in ca-certificates.crt albumen.pem; do install -m 644 '{authority}' "{home}/certs/$name"; done; chmod 755 '{home}/certs'
        openssl rehash '{home}/certs'; mount --bind '{home}/certs' /etc/ssl/certs || exit 99
        """;

    /// <summary>A daemon with a certificate of the office, behind links as certbot makes them.</summary>
    PrivateDaemon Configured((string Chain, string Key) pair)
    {
        PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        daemon.Configure(library.Folder, "lib", $$"""https: { listen: "127.0.0.1:0", certificate: {{daemon.Root}}/live/fullchain.pem, key: {{daemon.Root}}/live/privkey.pem }""");
        Link(daemon, pair, "1");
        return daemon;
    }

    static void Link(PrivateDaemon daemon, (string Chain, string Key) pair, string version)
    {
        Put(daemon, "fullchain", pair.Chain, version);
        Put(daemon, "privkey", pair.Key, version);
    }

    static void Put(PrivateDaemon daemon, string name, string pem, string version)
    {
        foreach (string folder in (string[])["live", "archive"]) Directory.CreateDirectory(Path.Combine(daemon.Root, folder));
        string file = Path.Combine(daemon.Root, $"archive/{name}{version}.pem"), link = Path.Combine(daemon.Root, $"live/{name}.pem");
        File.WriteAllText(file, pem);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Delete(link);
        File.CreateSymbolicLink(link, file);
    }

    HttpClient Trusting() => new(new SocketsHttpHandler
    {
        SslOptions =
        {
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509Certificate2.CreateFromPem(_office.Root) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    });

    /// <summary>What a new connection is shown: the certificate, and what the server sent behind it.</summary>
    internal static async Task<IReadOnlyList<X509Certificate2>> ShownAsync(PrivateDaemon daemon)
    {
        List<X509Certificate2> shown = [];
        using TcpClient connection = new();
        await connection.ConnectAsync(IPAddress.Loopback, Secure(daemon).Port, Stop);
        await using SslStream stream = new(connection.GetStream(), leaveInnerStreamOpen: false, (_, certificate, chain, _) =>
        {
            shown.Add(X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData()));
            shown.AddRange(chain!.ChainPolicy.ExtraStore.Where(other => other.Thumbprint != shown[0].Thumbprint).Select(other => X509CertificateLoader.LoadCertificate(other.RawData)));
            return true;
        });
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.None }, Stop);
        return shown;
    }

    static async Task UntilShownAsync(PrivateDaemon daemon, string subject)
    {
        long started = TimeProvider.System.GetTimestamp();
        while ((await ShownAsync(daemon))[0].Subject != subject)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"{subject} is not shown.\n{daemon.Log}");
            await Task.Delay(200, Stop);
        }
    }

    static Uri Secure(PrivateDaemon daemon) => new(Address().Match(daemon.Log).Value);

    [GeneratedRegex(@"https://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
