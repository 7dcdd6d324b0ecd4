using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>Files that kill or hang a worker.</summary>
public sealed class WorkerTests
{
    [Fact]
    public async Task A_picture_that_asks_for_too_much_becomes_a_problem_and_the_scan_goes_on()
    {
        string folder = Directory.CreateTempSubdirectory("albumen-greedy-").FullName;
        try
        {
            // Interlaced: libvips must hold it whole, some 240 MB.
            Assert.Equal(0, (await Clients.RunAsync("vips", ["black", Path.Combine(folder, "a-greedy.png[interlace,compression=1]"), "9000", "9000", "--bands", "3"])).Code);
            Assert.Equal(0, (await Clients.RunAsync("vips", ["black", Path.Combine(folder, "b-modest.png"), "300", "200"])).Code);
            await using PrivateDaemon daemon = PrivateDaemon.Of(folder, "workers: { count: 1, memory_limit: 200MiB }");
            await daemon.StartAsync();
            await daemon.ScanAsync();

            string problem = Assert.Single((await daemon.AlbumenAsync("problems", "--json")).Lines);
            Assert.Contains("No preview could be made: it ended two workers: it needed more memory than the limit of 200 MiB.", problem, StringComparison.Ordinal);
            string[] files = (await daemon.AlbumenAsync("ls", "--json", "/Folders/lib")).Lines;
            Assert.Equal(2, files.Length);
            Assert.All(files, file => Assert.Contains("\"sha256\"", file, StringComparison.Ordinal));
            Assert.Contains("\"width\":9000", files[0], StringComparison.Ordinal);
            Assert.Contains("\"preview\"", files[1], StringComparison.Ordinal);
            Assert.Contains("A worker gave no answer: it needed more memory than the limit of 200 MiB; trying once more in a fresh one", daemon.Log, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_worker_that_hangs_is_ended_and_its_file_tried_once_more()
    {
        string folder = Directory.CreateTempSubdirectory("albumen-hang-").FullName;
        try
        {
            await using PrivateDaemon daemon = PrivateDaemon.Of(folder, "workers: { count: 1, time_limit: 3s }");
            await daemon.StartAsync();
            // The worker that was asked what it can decode waits for its first file.
            int worker = Assert.Single(daemon.Workers());
            Signal.Send(worker, Signal.Stop);
            Assert.Equal(0, (await Clients.RunAsync("vips", ["black", Path.Combine(folder, "a.png"), "300", "200"])).Code);
            await daemon.ScanAsync();

            Assert.Contains("A worker gave no answer: it took longer than the limit of 3 s; trying once more in a fresh one", daemon.Log, StringComparison.Ordinal);
            Assert.DoesNotContain(worker, daemon.Workers());
            Answer listing = await daemon.AlbumenAsync("ls", "--json", "/Folders/lib");
            Assert.Contains("\"preview\"", listing.Output, StringComparison.Ordinal);
            Assert.Empty((await daemon.AlbumenAsync("problems", "--json")).Lines);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
