using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Albumen.Organization;

namespace Albumen.Tests.WebDav;

/// <summary>One archive with albums, tags and an inbox, for tests that leave it as it was. At its end no byte below the volume may be another.</summary>
public sealed class ArrangedLibrary : IAsyncLifetime
{
    public const string Day = "/Timeline/2024/2024-07-14";
    public const int Many = 200;

    byte[] _picture = [];
    string _manifest = "";

    internal ServedArchive Archive { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Archive = await ServedArchive.OfAsync(Fill, CancellationToken.None);
        _manifest = Manifest();
        await Archive.Organizer.DoAsync(new("anna", "cli"), "smart", new SmartAlbums(TimeProvider.System).Create("Day", "taken:2024-07-14"), CancellationToken.None);
        foreach (string path in (string[])["/Albums/A", "/Albums/A/Sub", "/Albums/B", "/Tags/T", "/Tags/U"]) await MakeAsync("MKCOL", path);
        await MakeAsync("COPY", $"{Day}/2024-07-14_1.jpg", "/Albums/A/one.jpg");
        await MakeAsync("COPY", $"{Day}/2024-07-14_2.jpg", "/Albums/A/two.jpg");
        await MakeAsync("COPY", $"{Day}/2024-07-14_1.jpg", "/Tags/T/2024-07-14_2024-07-14_1.jpg");
        await MakeAsync("PUT", "/Inbox/new.jpg", body: Photo("bytes nobody has"));
        await MakeAsync("PUT", "/Inbox/known.jpg", body: Photo("2024-07-15 3"));
    }

    public async ValueTask DisposeAsync()
    {
        string manifest = Manifest();
        await Archive.DisposeAsync();
        Assert.Equal(_manifest, manifest);
    }

    /// <summary>A picture that no other is.</summary>
    public byte[] Photo(string text) => [.. _picture, .. Encoding.UTF8.GetBytes(text)];

    internal async Task<HttpResponseMessage> SendAsync(string method, string path, string? to, byte[]? body, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(Archive.Address, path));
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (to is not null) request.Headers.TryAddWithoutValidation("Destination", new Uri(Archive.Address, to).AbsoluteUri);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Archive.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    async Task MakeAsync(string method, string path, string? to = null, byte[]? body = null)
    {
        using HttpResponseMessage response = await SendAsync(method, path, to, body);
        Assert.Equal(201, (int)response.StatusCode);
    }

    void Fill(ServedArchive archive)
    {
        string file = Path.Combine(archive.Disk, "black.jpg");
        using (Process vips = Process.Start("vips", ["black", file, "8", "8"])) vips.WaitForExit();
        _picture = File.ReadAllBytes(file);
        File.Delete(file);
        foreach (string day in (string[])["2024-07-14", "2024-07-15"])
            for (int i = 1; i <= 3; i++) archive.Write($"{day}/{day}_{i}.jpg", Photo($"{day} {i}"));
        for (int i = 0; i < Many; i++) archive.Write($"many/2023-01-01_{i:D3}.jpg", Photo($"many {i}"));
        archive.Write("notes.txt", "notes");
        archive.Write("2024-07-14/2024-07-14_1.jpg.xmp", "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>");
    }

    string Manifest()
    {
        StringBuilder manifest = new();
        foreach (string file in Directory.EnumerateFiles(Archive.Disk, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            manifest.AppendLine($"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))} {File.GetLastWriteTimeUtc(file):O}");
        return manifest.ToString();
    }
}
