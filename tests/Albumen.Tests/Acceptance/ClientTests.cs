using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>The clients people have, against the real daemon, with an app password made on its command line.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class ClientTests(MixedLibrary library)
{
    [Fact]
    public async Task Rclone_cadaver_gio_and_curl_browse_and_fetch()
    {
        foreach (string program in (string[])["rclone", "cadaver", "gio", "dbus-run-session", "curl"])
            Assert.SkipUnless(Clients.Has(program), $"{program} is not installed");
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder);
        await daemon.StartAsync();
        await daemon.ScanAsync();
        (string name, string password) = await daemon.PersonAsync();
        string home = Directory.CreateDirectory(Path.Combine(daemon.Root, "home")).FullName;
        string original = Path.Combine(library.Folder, "2024/A/IMG_0003.jpg");
        byte[] bytes = await File.ReadAllBytesAsync(original, TestContext.Current.CancellationToken);

        string pass = (await Clients.RunAsync("rclone", ["obscure", password])).Output.Trim();
        string remote = $":webdav,url='{daemon.Address}',vendor=other,user={name},pass={pass}:Folders/lib";
        string[] common = ["--config", Path.Combine(home, "none"), "--retries", "1", "--filter", $"- /{MixedLibrary.Strange}/**"];
        (int code, string output) = await Clients.RunAsync("rclone", ["ls", remote, .. common], home: home);
        Assert.Equal(0, code);
        Assert.Equal(Directory.GetFiles(library.Folder, "*", SearchOption.AllDirectories).Count(f => !f.Contains($"/{MixedLibrary.Strange}/", StringComparison.Ordinal)),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(0, (await Clients.RunAsync("rclone", ["check", "--download", library.Folder, remote, .. common], home: home)).Code);
        string copy = Path.Combine(home, "copy");
        Assert.Equal(0, (await Clients.RunAsync("rclone", ["copy", remote, copy, .. common], home: home)).Code);
        Assert.Equal(0, (await Clients.RunAsync("diff", ["-r", "--exclude", MixedLibrary.Strange, library.Folder, copy])).Code);

        await File.WriteAllTextAsync(Path.Combine(home, ".netrc"), $"machine 127.0.0.1 login {name} password {password}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path.Combine(home, ".netrc"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string fetched = Path.Combine(home, "cadaver.jpg");
        await Clients.RunAsync("cadaver", [daemon.Address.AbsoluteUri], $"cd Folders/lib/2024/A\nls\nget IMG_0003.jpg {fetched}\nquit\n", home);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(fetched, TestContext.Current.CancellationToken));

        Assert.SkipUnless(File.Exists("/usr/libexec/gvfsd-dav"), "gvfs-backends is not installed");
        string url = $"dav://{name}@127.0.0.1:{daemon.Address.Port}/";
        fetched = Path.Combine(home, "gio.jpg");
        (code, output) = await Clients.RunAsync("dbus-run-session", ["--", "sh", "-c", $"""
            cd '{home}'
            printf '%s\n' '{password}' | gio mount '{url}' > mount.txt 2>&1
            gio list '{url}Folders/lib/2024/B'
            gio copy '{url}Folders/lib/2024/A/IMG_0003.jpg' '{fetched}'
            gio mount -u '{url}'
            """], home: home);
        Assert.True(code == 0, output);
        Assert.Contains("IMG_0005.jpg", output, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(fetched, TestContext.Current.CancellationToken));

        fetched = Path.Combine(home, "curl.jpg");
        (code, _) = await Clients.RunAsync("curl", ["-sf", "-u", $"{name}:{password}", "-r", "100-299", "-o", fetched, $"{daemon.Address}Folders/lib/2024/A/IMG_0003.jpg"]);
        Assert.Equal(0, code);
        Assert.Equal(bytes[100..300], await File.ReadAllBytesAsync(fetched, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_https_door_has_a_certificate_of_its_own_and_keeps_it()
    {
        Assert.SkipUnless(Clients.Has("rclone") && Clients.Has("curl"), "rclone or curl is not installed");
        await using PrivateDaemon daemon = PrivateDaemon.Of(library.Folder, """https: { listen: "127.0.0.1:0" }""");
        await daemon.StartAsync();
        await daemon.ScanAsync();
        (string name, string password) = await daemon.PersonAsync();
        string certificate = Path.Combine(daemon.State, "tls/albumen.crt");
        byte[] made = await File.ReadAllBytesAsync(certificate, TestContext.Current.CancellationToken);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(daemon.State, "tls/albumen.key")));

        string pass = (await Clients.RunAsync("rclone", ["obscure", password])).Output.Trim();
        (int code, string output) = await Clients.RunAsync("rclone", ["lsf", $":webdav,url='{Secure(daemon)}',vendor=other,user={name},pass={pass}:Folders/lib/2024",
            "--no-check-certificate", "--config", Path.Combine(daemon.Root, "none"), "--retries", "1"], home: daemon.Root);
        Assert.Equal(0, code);
        Assert.Equal("A/\nB/\n", output);

        // A client that was given the certificate needs no such permission, today and after the next start.
        for (int start = 0; start < 2; start++)
        {
            Assert.Equal(0, (await Clients.RunAsync("curl", ["-sf", "--cacert", certificate, "-u", $"{name}:{password}", "-o", "/dev/null", $"{Secure(daemon)}Folders/"])).Code);
            Assert.Equal(0, await daemon.StopAsync());
            await daemon.StartAsync();
        }
        Assert.Equal(made, await File.ReadAllBytesAsync(certificate, TestContext.Current.CancellationToken));
    }

    static string Secure(PrivateDaemon daemon) => System.Text.RegularExpressions.Regex.Match(daemon.Log, @"https://127\.0\.0\.1:\d+").Value + "/";
}
