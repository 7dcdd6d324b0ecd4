using System.Text.Json;
using Albumen.Client;
using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Tests.Daemon;
using Albumen.Tests.Derivatives;
using Microsoft.Extensions.Logging.Abstractions;

namespace Albumen.Tests.Native;

/// <summary>Promise 1 as the kernel keeps it: tried with a decoder that has turned on the originals.</summary>
[Collection(DaemonTests.Name)]
public sealed class LandlockTests(RunningDaemon daemon)
{
    // Each deed that succeeds is written down where even a restricted process may write.
    const string Decoder = """
        #!/bin/bash
        cd "$VICTIM" && echo started >> "$DEEDS"
        deed() { "$@" 2> /dev/null && echo "$*" >> "$DEEDS"; }
        deed dd if=/dev/zero of=original.mp4 bs=1 count=1 conv=notrunc
        deed truncate -s 1 original.mp4
        deed dd if=/dev/zero of=new.mp4 bs=1 count=1
        deed mkdir folder
        deed mkfifo fifo
        deed ln -s original.mp4 link
        deed ln original.mp4 hard
        deed mv other.mp4 moved.mp4
        deed mv -T inner outer
        deed rmdir empty
        deed rm original.mp4
        exit 1
        """;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_daemon_says_that_the_kernel_guards_the_originals()
    {
        using AlbumenClient client = daemon.Client();

        Assert.StartsWith("on", (await client.StatusAsync(Cancelled)).Guard);
    }

    [Fact]
    public async Task A_decoder_that_turns_on_the_originals_changes_none()
    {
        using Studio studio = new();
        Library(studio);

        await VisitAsync(studio);

        Assert.Equal("started", string.Join(' ', (await File.ReadAllLinesAsync(Deeds(studio), Cancelled)).Distinct()));
        Assert.Equal("empty inner original.mp4 other.mp4", Contents(studio));
    }

    [Fact]
    public void The_same_decoder_unguarded_would_have_done_all_of_it()
    {
        using Studio studio = new();
        Library(studio);

        Studio.Run("bash", "-c", $"VICTIM={studio["library"]} DEEDS={Deeds(studio)} {studio["bin/ffprobe"]} || true");

        Assert.Equal(12, File.ReadAllLines(Deeds(studio)).Length);
        Assert.DoesNotContain("original.mp4", Contents(studio));
    }

    static void Library(Studio studio)
    {
        foreach (string folder in (string[])["library/empty", "library/inner", "bin"]) Directory.CreateDirectory(studio[folder]);
        Studio.Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:64x64:d=1", studio["library/original.mp4"]);
        File.Copy(studio["library/original.mp4"], studio["library/other.mp4"]);
        foreach (string program in (string[])["bin/ffprobe", "bin/ffmpeg"])
        {
            File.WriteAllText(studio[program], Decoder);
            File.SetUnixFileMode(studio[program], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Has the real worker look at the clip, with the decoder in place of ffprobe and ffmpeg.</summary>
    static async Task VisitAsync(Studio studio)
    {
        WorkerCommand command = new(Programs.Albumend, ["worker", studio["cache"], "82", "78", "100"], new Dictionary<string, string>
        {
            ["PATH"] = $"{studio["bin"]}:{Environment.GetEnvironmentVariable("PATH")}",
            ["VICTIM"] = studio["library"],
            ["DEEDS"] = Deeds(studio),
        });
        using WorkerPool pool = new(command, new() { Count = 1 }, NullLogger<WorkerPool>.Instance);
        VisitRequest request = new(studio["library"], "original.mp4"u8.ToArray(), VisitDepth.Everything);
        byte[] answer = await pool.AskAsync(JsonSerializer.SerializeToUtf8Bytes(new VisitQuestion(request), VisitJson.Default.VisitQuestion), TimeSpan.Zero, Cancelled);
        Assert.Equal(VisitEnd.Read, JsonSerializer.Deserialize(answer, VisitJson.Default.VisitAnswer)!.End);
    }

    static string Deeds(Studio studio) => studio["cache/derivatives/deeds"];

    static string Contents(Studio studio) => string.Join(' ', Directory.GetFileSystemEntries(studio["library"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
}
