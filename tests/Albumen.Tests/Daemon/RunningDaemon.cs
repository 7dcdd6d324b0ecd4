using System.Diagnostics;
using System.Text.RegularExpressions;
using Albumen.Client;

namespace Albumen.Tests.Daemon;

/// <summary>The real albumend in a process of its own, on a root and a port of its own, over a small library made with vips.</summary>
public sealed partial class RunningDaemon : IAsyncLifetime
{
    /// <summary>A name that would colour the terminal, if it were printed as it is.</summary>
    public const string HostileName = "a\u001B[31mred\n.jpg";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<string> _log = [];
    Process? _daemon;

    public string Root { get; } = Directory.CreateTempSubdirectory("albumen-daemon-").FullName;

    public string Library => Path.Combine(Root, "library");

    public string Socket => Path.Combine(Root, "run/albumen/albumend.sock");

    public Uri Address => _address.Task.Result;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Root, "etc/albumen"));
        Directory.CreateDirectory(Path.Combine(Library, "2024/Sommer am See"));
        await File.WriteAllTextAsync(Path.Combine(Root, "etc/albumen/albumen.yaml"), $$"""
            volumes:
              - { name: photos, path: {{Library}} }
              - { name: unplugged, path: {{Root}}/not/there }
            http: { listen: "127.0.0.1:0" }
            scan: { every: off, settle: 1ms }
            sign_in: { failures: 3, pause: 1s }
            """);
        string beach = Path.Combine(Library, "2024/Sommer am See/IMG_0001.jpg");
        await VipsAsync("gaussnoise", beach, "640", "480");
        await RunAsync("exiftool", "-q", "-overwrite_original", "-DateTimeOriginal=2024:07:14 15:30:12", "-OffsetTimeOriginal=+02:00",
            "-Make=Canon", "-Model=EOS R6", "-XPTitle=", "-Title=Sunset over the beach", "-Subject=holiday", beach);
        await VipsAsync("black", Path.Combine(Library, "night.jpg"), "300", "200");
        await VipsAsync("black", Path.Combine(Library, HostileName), "100", "100");
        await File.WriteAllTextAsync(Path.Combine(Library, "broken.jpg"), "this is no picture");

        ProcessStartInfo start = new(Programs.Albumend, ["--root", Root, "run"]) { RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment.Remove("NOTIFY_SOCKET");
        start.Environment.Remove("JOURNAL_STREAM");
        _daemon = Process.Start(start)!;
        _daemon.ErrorDataReceived += (_, line) => Read(line.Data);
        _daemon.BeginErrorReadLine();
        try
        {
            await _address.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"albumend does not listen. It said:\n{string.Join('\n', _log)}");
        }
    }

    public AlbumenClient Client() => AlbumenClient.OverSocket(Socket);

    /// <summary>Runs the command line against this daemon.</summary>
    public Task<Answer> AlbumenAsync(params string[] words) => CommandLine.RunAsync(["--root", Root, .. words]);

    /// <summary>Adds a person with a random name and gives one app password.</summary>
    public async Task<(string Name, string Password)> PersonAsync(bool isAdmin)
    {
        string name = $"person-{Guid.NewGuid():N}";
        using AlbumenClient client = Client();
        await client.AddUserAsync(new(name, isAdmin), isDryRun: false, TestContext.Current.CancellationToken);
        return (name, (await client.CreateAppPasswordAsync(name, new("test"), TestContext.Current.CancellationToken)).Password);
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            using (Process? stop = Process.Start("kill", ["-TERM", $"{_daemon.Id}"])) await stop!.WaitForExitAsync();
            using CancellationTokenSource patience = new(Patience);
            try
            {
                await _daemon.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _daemon.Kill();
            }
            _daemon.Dispose();
        }
        Directory.Delete(Root, recursive: true);
    }

    void Read(string? line)
    {
        if (line is null) return;
        lock (_log) _log.Add(line);
        if (Listening().Match(line) is { Success: true } match) _address.TrySetResult(new(match.Value));
    }

    static Task VipsAsync(string operation, string file, params string[] sizes) => RunAsync("vips", [operation, $"{file}[Q=80]", .. sizes]);

    static async Task RunAsync(string program, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true })!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', words)}: {errors}");
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();
}

/// <summary>One daemon serves all of these tests, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DaemonTests : ICollectionFixture<RunningDaemon>
{
    public const string Name = "albumend";
}
