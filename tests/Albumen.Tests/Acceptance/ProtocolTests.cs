using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Acceptance;

/// <summary>What stands in the <c>.requests</c> files, each case in a folder of its own, as bytes on a socket of the real daemon.</summary>
public sealed class ProtocolTests(ProtocolLibrary library) : IClassFixture<ProtocolLibrary>
{
    public static TheoryData<string, string> Cases =>
        [.. from file in (string[])["disk.requests", "locks.requests", "names.requests", "albums.requests", "table.requests"] from name in RequestScript.Cases(file).Keys select (file, name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_request_is_answered_as_it_is_written(string file, string name)
    {
        string folder = $"{(file is "albums.requests" or "table.requests" ? "/Albums" : "/Inbox")}/{Guid.NewGuid():N}";
        RequestScript script = new(library.Daemon.Address, library.People, folder);
        await script.RunAsync([$"MKCOL . -> 201", .. RequestScript.Cases(file)[name], "DELETE . -> 204"]);
    }
}

/// <summary>A daemon with six photos of two days, a smart album and two people.</summary>
public sealed class ProtocolLibrary : IAsyncLifetime
{
    string _manifest = "";

    internal PrivateDaemon Daemon { get; private set; } = null!;

    /// <summary>What each sends as Authorization.</summary>
    public Dictionary<string, string> People { get; } = [];

    public Dictionary<string, string> Passwords { get; } = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("albumen-protocol-").FullName;

    public async ValueTask InitializeAsync()
    {
        string picture = Path.Combine(Folder, "black.jpg");
        using (Process vips = Process.Start("vips", ["black", picture, "8", "6"])) await vips.WaitForExitAsync();
        byte[] black = await File.ReadAllBytesAsync(picture);
        File.Delete(picture);
        foreach (string day in (string[])["2024-07-14", "2024-07-15"])
        {
            Directory.CreateDirectory(Path.Combine(Folder, day));
            for (int i = 1; i <= 3; i++) await File.WriteAllBytesAsync(Path.Combine(Folder, day, $"{day}_{i}.jpg"), [.. black, .. Encoding.ASCII.GetBytes($"{day} {i}")]);
        }
        await File.WriteAllTextAsync(Path.Combine(Folder, "notes.txt"), "notes");
        await File.WriteAllTextAsync(Path.Combine(Folder, "2024-07-14/2024-07-14_1.jpg.xmp"), "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>");
        _manifest = Manifest();
        Daemon = PrivateDaemon.Of(Folder, "sidecars: { placement: off }");
        await Daemon.StartAsync();
        await Daemon.ScanAsync();
        foreach (string name in (string[])["anna", "ben"])
        {
            (_, string password) = await Daemon.PersonAsync(name);
            Passwords.Add(name, password);
            People.Add(name, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
        }
        Answer smart = await Daemon.AlbumenAsync("smart", "create", "Day", "taken:2024-07-14");
        Assert.True(smart.Code == 0, smart.Error);
    }

    public async ValueTask DisposeAsync()
    {
        string manifest = Manifest();
        await Daemon.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        // Whatever was asked for, no original is another.
        Assert.Equal(_manifest, manifest);
    }

    string Manifest() => string.Join('\n', Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))} {File.GetLastWriteTimeUtc(file):O}"));
}
