using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>What people are told when a disk of the server fails: to try again. Where things lie there is for the log.</summary>
public sealed class FailingDiskAnswerTests
{
    static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_photo_that_cannot_be_added_is_told_of_without_the_places_of_the_server()
    {
        Assert.SkipUnless(Clients.Has("strace"), "strace is not installed");
        string volume = Directory.CreateTempSubdirectory("albumen-failing-").FullName, photo = Path.Combine(volume, "old.jpg");
        try
        {
            Assert.Equal(0, (await Clients.RunAsync("vips", ["gaussnoise", photo, "60", "40"])).Code);
            await using PrivateDaemon daemon = PrivateDaemon.Of(volume);
            daemon.Configure($$"""
                volumes: [{ name: lib, path: {{volume}}, writable: on }]
                http: { listen: "127.0.0.1:0" }
                scan: { every: off, settle: 1ms }
                """);
            await daemon.StartAsync();
            await daemon.ScanAsync();
            Assert.Equal(0, (await daemon.AlbumenAsync("user", "add", "anna")).Code);
            Assert.Equal(0, (await daemon.AlbumenAsync("album", "create", "A")).Code);
            string password = JsonElement.Parse((await daemon.AlbumenAsync("app-password", "create", "anna", "--json")).Output).GetProperty("password").GetString()!;
            byte[] sent = [.. await File.ReadAllBytesAsync(photo, Now), .. "new"u8];

            using HttpClient client = new();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anna:{password}")));
            HttpResponseMessage failed;
            using (Process trace = Process.Start(new ProcessStartInfo("strace",
                ["-f", "-e", "trace=renameat2", "-e", "inject=renameat2:error=EIO", "-e", "signal=none", "-o", "/dev/null", "-p", $"{daemon.Process!.Id}"])
            { RedirectStandardError = true })!)
            {
                string? line = await trace.StandardError.ReadLineAsync(Now);
                Assert.SkipWhen(line?.Contains("attached", StringComparison.Ordinal) is not true, $"strace may not attach here: {line}");
                _ = trace.StandardError.ReadToEndAsync(CancellationToken.None);
                failed = await client.PutAsync(new Uri(daemon.Address, "/Albums/A/new.jpg"), new ByteArrayContent(sent), Now);
                Signal.Send(trace.Id, Signal.Terminate);
                await trace.WaitForExitAsync(CancellationToken.None);
            }
            string body = await failed.Content.ReadAsStringAsync(Now);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
            Assert.NotNull(failed.Headers.RetryAfter);
            Assert.Contains("try again later", body, StringComparison.Ordinal);
            foreach (string place in (string[])[volume, daemon.State, "/tmp", "/var"]) Assert.DoesNotContain(place, body, StringComparison.Ordinal);
            Assert.Contains($"Cannot add {volume}/", daemon.Log, StringComparison.Ordinal);
            using HttpResponseMessage retried = await client.PutAsync(new Uri(daemon.Address, "/Albums/A/new.jpg"), new ByteArrayContent(sent), Now);
            Assert.Equal(HttpStatusCode.Created, retried.StatusCode);
        }
        finally
        {
            Directory.Delete(volume, recursive: true);
        }
    }
}
