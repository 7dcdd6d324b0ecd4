using System.Diagnostics;
using System.Text;
using Albumen.Native;

namespace Albumen.Tests.WebDav;

/// <summary>One archive for the tests that only read: a few real pictures and a clip, and files whose names are hard to say in a URL.</summary>
public sealed class SmallLibrary : IAsyncLifetime
{
    /// <summary>As they stand on disk; each file holds its own name.</summary>
    public static readonly string[] HardNames =
    [
        "100%41.jpg", "a#b.jpg", "a%2Fb.jpg", "it's & that.jpg", "plus+semi;colon.jpg", "(brackets) [square] {curly}.jpg", "🐕 Hund.jpg", "Straße.jpg",
        "日本.jpg", "equals=at@comma,.jpg", "tilde~caret^`.jpg", "%2e%2e.jpg", "-dash.jpg", ".hidden.jpg",
    ];

    internal ServedArchive Archive { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Archive = await ServedArchive.OfAsync(Fill, CancellationToken.None);

    public ValueTask DisposeAsync() => Archive.DisposeAsync();

    static void Fill(ServedArchive archive)
    {
        archive.Write("bytes.bin", [.. Enumerable.Range(0, 1000).Select(i => (byte)i)]);
        archive.Write("empty.bin", "");
        archive.Write("script.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><circle r=\"9\"/><script>document.documentElement.setAttribute('id', 'r' + 'an')</script></svg>");
        archive.Write("2024/notes.txt", "notes");
        foreach (string name in HardNames) archive.Write("names/" + name, name);
        archive.Write("odd/what?.jpg", "what");
        archive.Write("odd/back\\slash.jpg", "back");
        archive.Write("odd/dots...", "dots");
        archive.Write("odd/con.jpg", "con");
        archive.Write("odd/Cafe\u0301.jpg", "decomposed");
        WriteBytesName(Path.Combine(archive.Disk, "odd"), [.. "caf"u8, 0xE9, .. ".jpg"u8]);
        for (int i = 0; i < 450; i++) archive.Write($"many/{i:D4}.txt", $"{i}");

        // Sky over meadow, in a size that a preview shrinks.
        Run("vips", "grey", Path.Combine(archive.Disk, "grey.v"), "2400", "1600", "--uchar");
        Run("vips", "falsecolour", Path.Combine(archive.Disk, "grey.v"), Path.Combine(archive.Disk, "2024", "2024-07-14_garden.jpg"));
        Run("vips", "rot", Path.Combine(archive.Disk, "2024", "2024-07-14_garden.jpg"), Path.Combine(archive.Disk, "2024", "2024-07-14_tower.png"), "d90");
        File.Delete(Path.Combine(archive.Disk, "grey.v"));
        Run("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=duration=1:size=320x240:rate=10", "-pix_fmt", "yuv420p", Path.Combine(archive.Disk, "2024", "2024-07-14_clip.mp4"));
    }

    /// <summary>.NET cannot name such a file.</summary>
    static void WriteBytesName(string folder, byte[] name)
    {
        byte[] path = [.. Encoding.UTF8.GetBytes(folder), (byte)'/', .. name];
        int file = Libc.OpenAt(Libc.AtFdCwd, path, Libc.OWrOnly | Libc.OCreat, 0x1A4);
        Assert.True(file >= 0);
        _ = Libc.WriteAll(file, "latin"u8);
        _ = Libc.Close(file);
    }

    static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}

[CollectionDefinition(Name)]
public sealed class SmallLibraryTests : ICollectionFixture<SmallLibrary>
{
    public const string Name = "WebDAV";
}
