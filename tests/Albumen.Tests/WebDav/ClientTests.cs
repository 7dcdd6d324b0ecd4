namespace Albumen.Tests.WebDav;

/// <summary>The clients people use, on the real thing.</summary>
[Collection(SmallLibraryTests.Name)]
public sealed class ClientTests(SmallLibrary library) : IDisposable
{
    readonly ServedArchive _archive = library.Archive;
    readonly string _home = Directory.CreateTempSubdirectory("albumen-client-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Rclone_lists_and_copies_everything()
    {
        Assert.SkipUnless(Clients.Has("rclone"), "rclone is not installed");
        string pass = (await Clients.RunAsync("rclone", ["obscure", _archive.Password])).Output.Trim();
        string remote = $":webdav,url='{_archive.Address}',vendor=other,user={ServedArchive.User},pass={pass}:";
        string[] common = ["--config", Path.Combine(_home, "none"), "--retries", "1"];

        (int code, string list) = await Clients.RunAsync("rclone", ["ls", remote + "Folders/photos/names", .. common], home: _home);
        Assert.Equal(0, code);
        Assert.Equal(SmallLibrary.HardNames.Order(StringComparer.Ordinal), list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimStart()[(l.TrimStart().IndexOf(' ') + 1)..]).Order(StringComparer.Ordinal));

        string copy = Path.Combine(_home, "copy");
        (code, _) = await Clients.RunAsync("rclone", ["copy", remote + "Folders/photos/2024", copy, .. common], home: _home);
        Assert.Equal(0, code);
        foreach (string file in Directory.GetFiles(Path.Combine(_archive.Disk, "2024")))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(copy, Path.GetFileName(file))));

        (code, _) = await Clients.RunAsync("rclone", ["copy", copy, remote + "Folders/photos/2025", .. common], home: _home);
        Assert.NotEqual(0, code);
    }

    [Fact]
    public async Task Curl_fetches_a_file_in_two_parts()
    {
        Assert.SkipUnless(Clients.Has("curl"), "curl is not installed");
        string target = Path.Combine(_home, "bytes.bin"), url = new Uri(_archive.Address, "/Folders/photos/bytes.bin").AbsoluteUri, user = $"{ServedArchive.User}:{_archive.Password}";

        await Clients.RunAsync("curl", ["-sf", "-u", user, "-r", "0-599", "-o", target, url]);
        Assert.Equal(600, new FileInfo(target).Length);
        (int code, _) = await Clients.RunAsync("curl", ["-sf", "-u", user, "-C", "-", "-o", target, url]);

        Assert.Equal(0, code);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_archive.Disk, "bytes.bin")), File.ReadAllBytes(target));
    }

    [Fact]
    public async Task Cadaver_walks_and_fetches()
    {
        Assert.SkipUnless(Clients.Has("cadaver"), "cadaver is not installed");
        await File.WriteAllTextAsync(Path.Combine(_home, ".netrc"), $"machine 127.0.0.1 login {ServedArchive.User} password {_archive.Password}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path.Combine(_home, ".netrc"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string target = Path.Combine(_home, "garden.jpg");

        (_, string output) = await Clients.RunAsync("cadaver", [_archive.Address.AbsoluteUri], $"ls\ncd Folders/photos/2024\nls\nget 2024-07-14_garden.jpg {target}\nrm notes.txt\nquit\n", _home);

        Assert.Contains("Coll:   Folders", output, StringComparison.Ordinal);
        Assert.Contains("notes.txt", output, StringComparison.Ordinal);
        Assert.Contains("403 Forbidden", output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_archive.Disk, "2024", "2024-07-14_garden.jpg")), File.ReadAllBytes(target));
    }

    [Fact]
    public async Task Gio_mounts_lists_and_copies()
    {
        Assert.SkipUnless(Clients.Has("gio") && Clients.Has("dbus-run-session"), "gio or dbus-run-session is not installed");
        Assert.SkipUnless(File.Exists("/usr/libexec/gvfsd-dav"), "gvfs-backends is not installed");
        string url = $"dav://{ServedArchive.User}@{_archive.Address.Host}:{_archive.Address.Port}/", target = Path.Combine(_home, "garden.jpg");
        string script = $"""
            printf '%s\n' '{_archive.Password}' | gio mount '{url}' > mount.txt 2>&1
            gio list '{url}Folders/photos/names'
            gio copy '{url}Timeline/2024/2024-07-14/2024-07-14_garden.jpg' '{target}'
            gio mount -u '{url}'
            """;

        (int code, string output) = await Clients.RunAsync("dbus-run-session", ["--", "sh", "-c", $"cd '{_home}' && " + script], home: _home);

        Assert.True(code == 0, output);
        Assert.Equal(SmallLibrary.HardNames.Where(n => n[0] != '.').Order(StringComparer.Ordinal), output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(_archive.Disk, "2024", "2024-07-14_garden.jpg")), File.ReadAllBytes(target));
    }
}
