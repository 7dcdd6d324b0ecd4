using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Acceptance;

/// <summary>A root of its own for albumend, started, stopped and killed at will; its log is kept. The folder goes with it.</summary>
sealed partial class PrivateDaemon : IAsyncDisposable
{
    // What this machine has on its own bus is no part of a test.
    const string NoBus = "unix:path=/nonexistent/bus";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly List<string> _log = [];
    TaskCompletionSource<Uri?> _doors = new();

    PrivateDaemon(string root) => Root = root;

    public string Root { get; }
    public string State => Path.Combine(Root, "var/lib/albumen");
    public string Cache => Path.Combine(Root, "var/cache/albumen");
    public Process? Process { get; private set; }

    /// <summary>Further variables for the daemon, by name.</summary>
    public Dictionary<string, string> Environment { get; } = new() { ["DBUS_SYSTEM_BUS_ADDRESS"] = NoBus };

    /// <summary>Words before the daemon's own, such as <c>unshare -m</c>.</summary>
    string[] Through { get; init; } = [];

    /// <summary>Words before whatever albumend is asked to do: see <see cref="OwnMounts.Within"/>.</summary>
    string[] Within { get; init; } = [];

    public Uri Address => _doors.Task.Result ?? throw new InvalidOperationException($"albumend does not listen:\n{Log}");

    public string Log
    {
        get
        {
            lock (_log) return string.Join('\n', _log);
        }
    }

    public static PrivateDaemon Of(string library, string more = "", string[]? through = null, string[]? within = null, string name = "lib", string settle = "1ms")
    {
        PrivateDaemon daemon = new(Directory.CreateTempSubdirectory("albumen-e2e-").FullName) { Through = through ?? [], Within = within ?? [] };
        daemon.Configure(library, name, more, settle);
        return daemon;
    }

    public void Configure(string library, string name, string more = "", string settle = "1ms") => Configure($$"""
        volumes:
          - { name: {{name}}, path: {{library}} }
        http: { listen: "127.0.0.1:0" }
        scan: { every: off, settle: {{settle}} }
        {{more}}
        """);

    public void Configure(string yaml)
    {
        Directory.CreateDirectory(Path.Combine(Root, "etc/albumen"));
        File.WriteAllText(Path.Combine(Root, "etc/albumen/albumen.yaml"), yaml);
    }

    /// <summary>Starts <c>albumend run</c> and does not wait for it.</summary>
    /// <param name="tracer">Further words before it.</param>
    public void Launch(params string[] tracer)
    {
        lock (_log) _log.Clear();
        TaskCompletionSource<Uri?> doors = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _doors = doors;
        string[] words = [.. Within, .. Through, .. tracer, Programs.Albumend, "--root", Root, "run"];
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string name in (string[])["NOTIFY_SOCKET", "WATCHDOG_USEC", "JOURNAL_STREAM", "ALBUMEN_ROOT"]) start.Environment.Remove(name);
        foreach ((string name, string value) in Environment) start.Environment[name] = value;
        Process?.Dispose();
        Process = Process.Start(start)!;
        Process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                doors.TrySetResult(null);
                return;
            }
            lock (_log) _log.Add(line.Data);
            if (Listening().Match(line.Data) is { Success: true } match) doors.TrySetResult(new(match.Value));
        };
        Process.BeginErrorReadLine();
    }

    /// <summary>Starts it and waits until its doors are open.</summary>
    public async Task StartAsync()
    {
        Launch();
        Assert.True(await _doors.Task.WaitAsync(Patience) is not null, $"albumend ended:\n{Log}");
    }

    /// <summary>Runs it until it ends by itself; what it said and its exit code.</summary>
    public async Task<Answer> FailAsync()
    {
        Launch();
        await Process!.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return new(Process.ExitCode, "", Log);
    }

    /// <summary>True when it ends by itself so soon.</summary>
    public async Task<bool> EndsAsync(TimeSpan within)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(within);
        try
        {
            await Process!.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signal.Send(Process!.Id, Signal.Terminate);
        await Process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
        return Process.ExitCode;
    }

    /// <summary>SIGKILL, to its workers too if wanted.</summary>
    public async Task KillAsync(bool withWorkers)
    {
        IReadOnlyList<int> workers = withWorkers ? Workers() : [];
        Process!.Kill();
        foreach (int worker in workers) Signal.Send(worker, Signal.Kill);
        await Process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
    }

    /// <summary>The worker processes of this root that are alive.</summary>
    public IReadOnlyList<int> Workers() =>
        [.. from folder in Directory.EnumerateDirectories("/proc")
            let name = Path.GetFileName(folder)
            where char.IsAsciiDigit(name[0]) && CommandLineOf(name) is var words && words.Contains("\0worker\0", StringComparison.Ordinal) && words.Contains(Cache, StringComparison.Ordinal)
            select int.Parse(name)];

    public async Task NoWorkerIsLeftAsync()
    {
        long started = Stopwatch.GetTimestamp();
        while (Workers().Count > 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "a worker outlives its daemon");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public Task<Answer> AlbumenAsync(params string[] words) => CommandLine.RunAsync(["--root", Root, .. words]);

    /// <summary>Runs another verb of albumend.</summary>
    public async Task<Answer> AlbumendAsync(params string[] verb)
    {
        string[] words = [.. Within, Programs.Albumend, "--root", Root, .. verb];
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("ALBUMEN_ROOT");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, await error);
    }

    public async Task ScanAsync()
    {
        Answer scan = await AlbumenAsync("scan", "--wait");
        Assert.True(scan.Code == 0, $"{scan.Error}\n{Log}");
    }

    /// <summary><c>albumen volume list --json</c> of the only volume.</summary>
    public async Task<JsonElement> VolumeAsync()
    {
        Answer list = await AlbumenAsync("volume", "list", "--json");
        Assert.True(list.Code == 0, $"{list.Error}\n{Log}");
        return JsonSerializer.Deserialize<JsonElement>(list.Lines[0]);
    }

    /// <summary>Files read since it started.</summary>
    public async Task<long> ReadsAsync() =>
        JsonSerializer.Deserialize<JsonElement>((await AlbumenAsync("status", "--json")).Output).GetProperty("indexing").GetProperty("done").GetInt64();

    /// <summary>Waits until the volume is in one of these states; <see cref="Empty"/> is online without a file.</summary>
    public async Task<JsonElement> IsAsync(TimeSpan within, params string[] states)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            JsonElement volume = await VolumeAsync();
            if (states.Contains(volume.GetProperty("state").GetString()) || (states.Contains(Empty) && volume.GetProperty("files").GetInt64() == 0)) return volume;
            Assert.True(Stopwatch.GetElapsedTime(started) < within, $"It is not {string.Join(" or ", states)} but {volume}\n{Log}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    public const string Empty = "empty";

    public async Task<string> DumpAsync()
    {
        Answer dump = await AlbumendAsync("dump");
        Assert.True(dump.Code == 0, dump.Error);
        return dump.Output;
    }

    /// <summary>A new person's name and app password.</summary>
    public async Task<(string Name, string Password)> PersonAsync(string name = "anna")
    {
        Assert.Equal(0, (await AlbumenAsync("user", "add", name)).Code);
        using JsonDocument made = JsonDocument.Parse((await AlbumenAsync("app-password", "create", name, "--json")).Output);
        return (name, made.RootElement.GetProperty("password").GetString()!);
    }

    /// <summary>Waits until the log has a text.</summary>
    public Task SaysAsync(string text) => SaysAsync(text, () => Task.CompletedTask);

    /// <param name="prompt">What is done each time, so that it has reason to.</param>
    /// <param name="times">How often the text has to be there.</param>
    public async Task SaysAsync(string text, Func<Task> prompt, int times = 1)
    {
        long started = Stopwatch.GetTimestamp();
        while (Regex.Count(Log, Regex.Escape(text)) < times)
        {
            await prompt();
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"It never said '{text}' but\n{Log}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is { HasExited: false }) await StopAsync();
        Process?.Dispose();
        // .NET cannot delete a name that is not UTF-8.
        using Process remove = Process.Start("rm", ["-rf", Root]);
        await remove.WaitForExitAsync(CancellationToken.None);
    }

    static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();
}
