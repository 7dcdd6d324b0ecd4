using System.Diagnostics;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Promise 1: whatever happens, the library is as it was.</summary>
[Collection(SurvivalTests.Name)]
public sealed class OriginalsTests(MixedLibrary library)
{
    [Fact]
    public async Task Indexing_reading_refused_writing_and_killing_leave_every_original_as_it_was()
    {
        Assert.SkipUnless(Clients.Has("inotifywait"), "inotify-tools is not installed");
        string before = await ManifestAsync(library.Folder);
        using Process watch = Process.Start(new ProcessStartInfo("inotifywait",
            ["-mr", "-e", "modify,attrib,close_write,move,create,delete,delete_self", library.Folder])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (await watch.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("established", StringComparison.Ordinal)) { }
        Task<string> seen = watch.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        await using (PrivateDaemon daemon = PrivateDaemon.Of(library.Folder))
        {
            foreach (bool withWorkers in (bool[])[false, true])
            {
                await daemon.StartAsync();
                await Task.Delay(700, TestContext.Current.CancellationToken);
                await daemon.KillAsync(withWorkers);
            }
            await daemon.StartAsync();
            await daemon.ScanAsync();
            (string name, string password) = await daemon.PersonAsync();
            string folder = $"{daemon.Address}Folders/lib/2024/A/", user = $"{name}:{password}";
            foreach (string[] words in (string[][])
                [
                    ["-sf", "-r", "10-99", folder + "IMG_0001.jpg"],
                    ["-sf", "-X", "PROPFIND", "-H", "Depth: 1", folder],
                    ["-s", "-T", "/etc/hostname", folder + "IMG_0001.jpg"],
                    ["-s", "-T", "/etc/hostname", folder + "new.jpg"],
                    ["-s", "-X", "DELETE", folder + "IMG_0002.jpg"],
                    ["-s", "-X", "MOVE", "-H", $"Destination: {folder}moved.jpg", folder + "IMG_0002.jpg"],
                    ["-s", "-X", "MKCOL", folder + "new"],
                    ["-s", "-X", "PROPPATCH", folder + "IMG_0002.jpg"],
                ])
                Assert.Equal(0, (await Clients.RunAsync("curl", ["-u", user, "-o", "/dev/null", .. words])).Code);
            foreach (string[] words in (string[][])[["status"], ["problems"], ["jobs"], ["show", "/Folders/lib/2024/A/IMG_0001.jpg"]])
                Assert.Equal((0, ""), await daemon.AlbumenAsync(words) is var said ? (said.Code, said.Error) : default);
            Assert.Equal(0, await daemon.StopAsync());
            Assert.Equal(0, (await daemon.AlbumendAsync("rebuild")).Code);
        }

        Signal.Send(watch.Id, Signal.Terminate);
        Assert.Equal("", await seen);
        Assert.Equal(before, await ManifestAsync(library.Folder));
    }

    /// <summary>Every name with type, size, times in nanoseconds, mode, owner and hash. Extended attributes are in it by the change time, which they move.</summary>
    static async Task<string> ManifestAsync(string folder)
    {
        (int code, string list) = await Clients.RunAsync("sh", ["-c",
            """cd "$0" && find . -printf '%P %y %s %T@ %C@ %m %U:%G %n %l\n' | LC_ALL=C sort && find . -type f -exec sha256sum {} + | LC_ALL=C sort""", folder]);
        Assert.Equal(0, code);
        return list;
    }
}
