using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>
/// A daemon with something for every page of the console, the same each time: names that are hard to show, copies, blurred and broken pictures, a clip, albums, tags, people,
/// a conflict, a photo in the trash, and a volume that is away.
/// </summary>
public sealed class ConsoleLibrary : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("albumen-screens-").FullName;

    internal PrivateDaemon Daemon { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await ShellAsync("""
            mkdir -p lib/2023/Küche lib/2024/北京 "lib/2024/Sommer am See" lib/Backup lib/kaputt away/Alt
            for i in 1 2 3; do vips gaussnoise lib/2023/Küche/IMG_000$i.png 360 240 --sigma 40 --seed $i; done
            vips gaussnoise lib/2024/北京/天安門.png 240 320 --sigma 40 --seed 4
            vips gaussnoise soft.v 900 600 --sigma 40 --seed 5
            vips gaussblur soft.v "lib/2024/Sommer am See/verwackelt.png" 6
            vips gaussnoise "lib/2024/Sommer am See/IMG_1234.png" 400 300 --sigma 40 --seed 6
            vips gaussnoise "lib/2024/Sommer am See/Ein sehr langer Name, wie ihn nur jemand schreibt, der alles genau sagen will, und noch etwas mehr.png" 300 200 --sigma 40 --seed 7
            vips gaussnoise "lib/2024/Sommer am See/$(printf 'evil \033[31m\033]0;gotcha\007').png" 300 200 --sigma 40 --seed 8
            vips gaussnoise away/Alt/dia.png 300 200 --sigma 40 --seed 9
            vips gaussnoise "lib/2024/Sommer am See/weg.png" 300 200 --sigma 40 --seed 10
            exiftool -q -overwrite_original -r -ext png -DateTimeOriginal='2023:05:01 10:00:00' '-Make=Canon' '-Model=EOS R6' lib/2023
            exiftool -q -overwrite_original -r -ext png -DateTimeOriginal='2024:07:14 15:30:12' '-Make=Canon' '-Model=EOS R6' lib/2024 away
            cp "lib/2024/Sommer am See/IMG_1234.png" lib/Backup/
            ffmpeg -v error -threads 1 -f lavfi -i testsrc=size=320x240:duration=2 -fflags +bitexact -flags:v +bitexact -pix_fmt yuv420p -metadata creation_time=2024-07-14T13:00:00Z "lib/2024/Sommer am See/clip.mp4"
            head -c 500 lib/2023/Küche/IMG_0001.png > lib/kaputt/halb.png
            echo 'no picture' > lib/kaputt/text.jpg
            echo notes > lib/notes.txt
            find lib away -exec touch -h -d '2024-08-01 12:00:00 UTC' {} +
            """);
        Daemon = PrivateDaemon.Of(Path.Combine(_folder, "lib"));
        Daemon.Environment["TZ"] = "UTC";
        Configure(delay: "10ms");
        await Daemon.StartAsync();
        await Daemon.ScanAsync();
        const string Kitchen = "/Folders/Fotos/2023/Küche", Lake = "/Folders/Fotos/2024/Sommer am See";
        await DoAsync("user", "add", "anna");
        await DoAsync("user", "add", "ben");
        await DoAsync("app-password", "create", "anna");
        await DoAsync("set", "rating=4", "title=Am Herd", $"{Kitchen}/IMG_0001.png");
        await DoAsync("set", "rating=5", $"{Lake}/IMG_1234.png");
        await DoAsync("tag", "add", "Orte/See", $"{Lake}/IMG_1234.png", $"{Lake}/verwackelt.png");
        await DoAsync("tag", "add", "Tiere", $"{Lake}/clip.mp4");
        await DoAsync("album", "create", "Sommer");
        await DoAsync("album", "add", "Sommer", $"{Lake}/IMG_1234.png", $"{Lake}/clip.mp4");
        await DoAsync("album", "create", "北京 2024");
        await DoAsync("smart", "create", "Beste", "rating:4..");
        await DoAsync("trash", $"{Lake}/weg.png");
        await Daemon.ScanAsync();
        // Another program says otherwise, before what is said here was written.
        Assert.Equal(0, await Daemon.StopAsync());
        Configure(delay: "5m");
        await Daemon.StartAsync();
        await DoAsync("set", "rating=3", $"{Kitchen}/IMG_0001.png");
        await File.WriteAllTextAsync(Path.Combine(_folder, "lib/2023/Küche/IMG_0001.png.xmp"), """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="1"/>
            </rdf:RDF></x:xmpmeta>
            """);
        await Daemon.ScanAsync();
        await ShellAsync("mv away gone");
        Assert.Equal(0, await Daemon.StopAsync());
        await Daemon.StartAsync();
        // The one that is away cannot be scanned.
        Assert.Equal(3, (await Daemon.AlbumenAsync("scan", "--wait")).Code);
    }

    void Configure(string delay) => Daemon.Configure($$"""
        volumes:
          - { name: Fotos, path: {{_folder}}/lib }
          - { name: Archiv, path: {{_folder}}/away }
        http: { listen: "127.0.0.1:0" }
        https: off
        scan: { every: off, settle: 1ms }
        sidecars: { delay: {{delay}} }
        """);

    async Task DoAsync(params string[] words)
    {
        Answer answer = await Daemon.AlbumenAsync(words);
        Assert.True(answer.Code == 0, $"albumen {string.Join(' ', words)}: {answer.Error}");
    }

    async Task ShellAsync(string script) => Assert.Equal(0, (await Clients.RunAsync("bash", ["-euc", $"cd \"$0\"\n{script}", _folder])).Code);

    public async ValueTask DisposeAsync()
    {
        if (Daemon is not null) await Daemon.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
