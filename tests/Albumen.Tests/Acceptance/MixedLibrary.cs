using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Some sixty files as they lie on a real disk: same names on one day, copies, clips, cut and empty files, hard names, a FIFO, a link.</summary>
public sealed class MixedLibrary : IAsyncLifetime
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("albumen-library-").FullName;

    /// <summary>Holds what the tree shows otherwise: a FIFO, a link, a name that is not UTF-8, one that Windows could not show.</summary>
    public const string Strange = "strange";

    public async ValueTask InitializeAsync()
    {
        string script = """
            set -e
            cd "$1"
            mkdir -p 2024/A 2024/B 2023 copies clips broken strange 'Straße & Öl #1 100%'
            for i in 1 2 3 4 5 6 7 8; do vips gaussnoise "2024/A/IMG_000$i.jpg[Q=80]" $((300 + i * 60)) 400; done
            for i in 1 2 3 4 5; do vips gaussnoise "2024/B/IMG_000$i.jpg[Q=80]" $((320 + i * 60)) 300; done
            vips gaussnoise 2023/plain.png 400 300
            exiftool -q -overwrite_original -r -DateTimeOriginal='2024:07:14 15:30:12' -OffsetTimeOriginal=+02:00 -Make=Canon '-Model=EOS R6' 2024
            ffmpeg -v error -f lavfi -i testsrc=size=320x240:duration=2 -pix_fmt yuv420p -metadata creation_time=2024-07-14T13:00:00Z clips/a.mp4
            cp clips/a.mp4 clips/b.mp4
            for i in 1 2 3 4 5 6 7 8; do cp 2024/A/IMG_000$i.jpg copies/copy$i.jpg; done
            for i in 1 2 3 4 5 6 7 8 9; do (cat 2024/A/IMG_000$((i % 8 + 1)).jpg; echo "$i") > 2023/IMG_000$i.jpg; done
            for i in 1 2 3 4 5 6; do head -c $((150 * i)) 2024/A/IMG_0001.jpg > broken/cut$i.jpg; done
            : > broken/empty.jpg
            echo 'no picture' > broken/text.jpg
            echo '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' > broken/drawing.jpg
            echo notes > notes.txt
            for i in 1 2 3 4 5 6 7 8; do (cat 2023/plain.png; echo "$i") > "Straße & Öl #1 100%/é + [$i].png"; done
            cp 2023/plain.png 'strange/a ? * <b>.png'
            mkfifo strange/pipe.jpg
            ln -s /etc/hostname strange/link.jpg
            printf x > "strange/$(printf 'bad\377name').jpg"
            """;
        (int code, _) = await Clients.RunAsync("bash", ["-c", script, "bash", Folder]);
        Assert.Equal(0, code);
    }

    // The framework finds no file whose name is not UTF-8.
    public async ValueTask DisposeAsync() => await Clients.RunAsync("rm", ["-rf", Folder]);
}

/// <summary>One after the other: they measure time and start many processes.</summary>
[CollectionDefinition(Name)]
public sealed class AcceptanceTests : ICollectionFixture<MixedLibrary>
{
    public const string Name = "acceptance";
}

/// <summary>The other half, so that two run at a time: what is killed, lost, written out and made anew.</summary>
[CollectionDefinition(Name)]
public sealed class SurvivalTests : ICollectionFixture<MixedLibrary>
{
    public const string Name = "survival";
}
