using System.Diagnostics;
using System.Text;
using Albumen.Catalog;
using Albumen.Organization;
using Albumen.Storage;
using Dapper;

namespace Albumen.Tests.WebDav;

/// <summary>A few pictures of several shapes, a clip, names that would be markup, what cannot be shown; and an album of thousands.</summary>
public sealed class GalleryLibrary : IAsyncLifetime
{
    public const string Day = "/Timeline/2024/2024-07-14", Album = "/Albums/Many", Shapes = "/Folders/photos/shapes";

    public const int Many = 2100;

    /// <summary>As they stand on disk; in the tree their characters that Windows forbids are others.</summary>
    public static readonly string[] Hostile = ["<script>alert(1)<script>.jpg", "\" onerror=\"alert(1).jpg", "&lt;b&gt;'.jpg", "תמונה של חתול.jpg", $"{new string('W', 200)}.jpg"];

    internal ServedArchive Archive { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Archive = await ServedArchive.OfAsync(Fill, CancellationToken.None);
        foreach (string path in (string[])["/Albums/Many", "/Albums/Empty", "/Albums/Outer", "/Albums/Outer/Inner"])
        {
            using HttpRequestMessage request = new(new("MKCOL"), new Uri(Archive.Address, path));
            using HttpResponseMessage response = await Archive.Client.SendAsync(request, CancellationToken.None);
            Assert.Equal(201, (int)response.StatusCode);
        }
        string album = await Archive.Catalog.WriteAsync(connection =>
        {
            string asset = connection.QuerySingle<string>("SELECT uid FROM asset WHERE name = 'wide.jpg'");
            string album = connection.QuerySingle<string>("SELECT asset FROM statement WHERE kind = 5 AND field = 'name' AND value = '\"Many\"'");
            for (int i = 0; i < Many; i++)
            {
                AlbumEntry entry = new($"IMG_{i:D4}.jpg", asset, "2024-07-14T13:30:12.250Z");
                connection.Execute("INSERT INTO statement (asset, kind, field, value) VALUES (@album, 6, @key, @value)", new { album, key = EntryName.KeyOf(entry.Name), value = entry.ToJson() });
            }
            return album;
        }, CancellationToken.None);
        await Archive.Organizer.DoAsync(new("anna", "cli"), "smart", new SmartAlbums(TimeProvider.System).Create("Day", "taken:2024-07-14"), CancellationToken.None);
        await Archive.Organizer.DoAsync(new("anna", "cli"), "describe", Albums.Describe(album, "All <b>of</b> them"), CancellationToken.None);
    }

    public ValueTask DisposeAsync() => Archive.DisposeAsync();

    static void Fill(ServedArchive archive)
    {
        Directory.CreateDirectory(Path.Combine(archive.Disk, "shapes"));
        foreach ((string name, int width, int height) in ((string, int, int)[])[("a_square", 400, 400), ("b_tall", 300, 900), ("c_wide", 900, 300), ("d_photo", 1200, 800), ("e_photo", 800, 1200)])
            Run("vips", "gaussnoise", Path.Combine(archive.Disk, "shapes", name + ".jpg"), $"{width}", $"{height}");
        Run("vips", "gaussnoise", Path.Combine(archive.Disk, "wide.jpg"), "600", "400");
        Directory.CreateDirectory(Path.Combine(archive.Disk, "day"));
        Run("vips", "gaussnoise", Path.Combine(archive.Disk, "day", "2024-07-14_a.jpg"), "900", "600");
        Run("vips", "gaussnoise", Path.Combine(archive.Disk, "day", "2024-07-14_c.jpg"), "640", "480");
        Run("exiftool", "-q", "-overwrite_original", "-DateTimeOriginal=2024:07:14 15:30:12", "-OffsetTimeOriginal=+02:00", "-Make=Canon", "-Model=Canon EOS R6", "-LensModel=RF 35mm F1.8",
            "-ExposureTime=1/250", "-FNumber=2.8", "-ISO=400", "-FocalLength=35", "-GPSLatitude=48.137", "-GPSLatitudeRef=N", "-GPSLongitude=11.575", "-GPSLongitudeRef=E",
            "-XMP-dc:Subject=Animals", "-XMP-xmp:Rating=4", "-XMP-dc:Description=A <b>caption</b>", Path.Combine(archive.Disk, "day", "2024-07-14_a.jpg"));
        Run("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=duration=3:size=320x240:rate=10", "-pix_fmt", "yuv420p", "-movflags", "faststart", Path.Combine(archive.Disk, "day", "2024-07-14_b.mp4"));
        byte[] picture = File.ReadAllBytes(Path.Combine(archive.Disk, "wide.jpg"));
        foreach (string name in Hostile) archive.Write($"names/{name}", [.. picture, .. Encoding.UTF8.GetBytes(name)]);
        archive.Write("broken/cut.jpg", picture[..300]);
        archive.Write("broken/notes.txt", "notes");
    }

    static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
