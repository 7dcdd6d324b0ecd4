using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Albumen.Tests.WebDav;

/// <summary>One page of a real Chromium, led by its DevTools protocol; what it complains about is kept. It ends with the test.</summary>
sealed partial class Browser : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("albumen-chromium-");
    readonly ClientWebSocket _socket = new();
    readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = [];
    readonly ConcurrentQueue<string> _complaints = [], _requests = [];
    readonly Uri _origin;
    Process? _process;
    Task _listening = Task.CompletedTask;
    int _last;
    volatile int _loads;

    Browser(Uri origin) => _origin = origin;

    /// <summary>Errors in the console: scripts that failed, what the policy refused, what was not found.</summary>
    public IReadOnlyList<string> Complaints => [.. _complaints];

    /// <summary>Addresses that were asked for, as paths with their queries.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<Browser> AtAsync(Uri address, string user, string password)
    {
        Assert.SkipUnless(Clients.Has("chromium"), "chromium is not installed");
        Browser browser = new(new UriBuilder(address) { UserName = user, Password = password }.Uri);
        try
        {
            await browser.StartAsync();
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
        return browser;
    }

    /// <summary>Goes to a page and waits until all of it that is near is loaded.</summary>
    public async Task OpenAsync(string target)
    {
        int before = _loads;
        await SendAsync("Page.navigate", new() { ["url"] = new Uri(_origin, target).AbsoluteUri });
        await UntilAsync(() => Task.FromResult(_loads > before), $"{target} did not load");
    }

    /// <summary>A window with touch where it is a phone's.</summary>
    public async Task ResizeAsync(int width, int height, bool isPhone = false)
    {
        await SendAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = isPhone });
        await SendAsync("Emulation.setTouchEmulationEnabled", new() { ["enabled"] = isPhone });
    }

    public Task SchemeAsync(string name) =>
        SendAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = name }) });

    /// <summary>Without scripts from the next page on.</summary>
    public Task WithoutScriptAsync() => SendAsync("Emulation.setScriptExecutionDisabled", new() { ["value"] = true });

    public async Task PressAsync(params string[] keys)
    {
        foreach (string key in keys)
        {
            JsonObject down = new() { ["type"] = "keyDown", ["key"] = key, ["windowsVirtualKeyCode"] = key switch { "Enter" => 13, "Tab" => 9, "Escape" => 27, _ => 0 } };
            if (key is "Enter") down["text"] = "\r";
            else if (key.Length == 1) down["text"] = key;
            await SendAsync("Input.dispatchKeyEvent", down);
            await SendAsync("Input.dispatchKeyEvent", new() { ["type"] = "keyUp", ["key"] = key });
        }
    }

    /// <summary>A finger that goes across the page.</summary>
    public async Task SwipeAsync(int from, int to, int y)
    {
        await SendAsync("Input.dispatchTouchEvent", new() { ["type"] = "touchStart", ["touchPoints"] = Points(from) });
        await SendAsync("Input.dispatchTouchEvent", new() { ["type"] = "touchMove", ["touchPoints"] = Points(to) });
        await SendAsync("Input.dispatchTouchEvent", new() { ["type"] = "touchEnd", ["touchPoints"] = new JsonArray() });

        JsonArray Points(int x) => [new JsonObject { ["x"] = x, ["y"] = y }];
    }

    /// <summary>What an expression gives.</summary>
    public async Task<T> AskAsync<T>(string expression)
    {
        JsonElement answer = await SendAsync("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.False(answer.TryGetProperty("exceptionDetails", out JsonElement thrown), $"{expression}: {thrown}");
        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value.Deserialize<T>()! : default!;
    }

    /// <summary>Waits until an expression is true.</summary>
    public Task UntilAsync(string expression) => UntilAsync(async () =>
    {
        JsonElement answer = await SendAsync("Runtime.evaluate", new() { ["expression"] = $"Boolean({expression})", ["returnByValue"] = true });
        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.True;
    }, $"It never was so: {expression}");

    public async Task ShootAsync(string file)
    {
        JsonElement shot = await SendAsync("Page.captureScreenshot", new() { ["format"] = "png" });
        await File.WriteAllBytesAsync(file, shot.GetProperty("data").GetBytesFromBase64(), Stop);
    }

    public async Task<JsonElement> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = Interlocked.Increment(ref _last);
        TaskCompletionSource<JsonElement> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] });
        await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, Stop);
        return await answer.Task.WaitAsync(Patience, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _listening;
        _socket.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }
        // Its children let go of their files a little later.
        for (int tries = 0; _profile.Exists && tries < 20; tries++)
            try
            {
                _profile.Delete(recursive: true);
                _profile.Refresh();
            }
            catch (IOException)
            {
                await Task.Delay(100, CancellationToken.None);
            }
    }

    async Task StartAsync()
    {
        ProcessStartInfo start = new("chromium",
            ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--autoplay-policy=no-user-gesture-required", "--remote-debugging-port=0", $"--user-data-dir={_profile.FullName}", "about:blank"])
        { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        TaskCompletionSource<int> port = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null && Listening().Match(line.Data) is { Success: true } match) port.TrySetResult(int.Parse(match.Groups[1].Value));
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        using HttpClient client = new();
        string targets = await client.GetStringAsync(new Uri($"http://127.0.0.1:{await port.Task.WaitAsync(Patience, Stop)}/json"), Stop);
        JsonElement page = JsonSerializer.Deserialize<JsonElement>(targets).EnumerateArray().First(t => t.GetProperty("type").GetString() == "page");
        await _socket.ConnectAsync(new Uri(page.GetProperty("webSocketDebuggerUrl").GetString()!), Stop);
        _listening = ListenAsync();
        foreach (string domain in (string[])["Page", "Log", "Runtime", "Network"]) await SendAsync($"{domain}.enable");
    }

    async Task ListenAsync()
    {
        byte[] part = new byte[256 * 1024];
        using MemoryStream message = new();
        try
        {
            while (true)
            {
                message.SetLength(0);
                ValueWebSocketReceiveResult received;
                do
                {
                    received = await _socket.ReceiveAsync(part.AsMemory(), CancellationToken.None);
                    message.Write(part, 0, received.Count);
                }
                while (!received.EndOfMessage);
                if (received.MessageType == WebSocketMessageType.Close) return;
                Take(JsonSerializer.Deserialize<JsonElement>(message.GetBuffer().AsSpan(0, (int)message.Length)));
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It was left.
        }
    }

    void Take(JsonElement message)
    {
        if (message.TryGetProperty("id", out JsonElement id))
        {
            if (_waiting.TryRemove(id.GetInt32(), out TaskCompletionSource<JsonElement>? answer))
                answer.TrySetResult(message.TryGetProperty("result", out JsonElement result) ? result : default);
            return;
        }
        JsonElement parameters = message.GetProperty("params");
        switch (message.GetProperty("method").GetString())
        {
            case "Page.loadEventFired":
                Interlocked.Increment(ref _loads);
                break;
            case "Log.entryAdded" when parameters.GetProperty("entry").GetProperty("level").GetString() is "error" or "warning":
            case "Runtime.exceptionThrown":
            case "Runtime.consoleAPICalled":
                _complaints.Enqueue(parameters.ToString());
                break;
            case "Network.requestWillBeSent":
                string address = parameters.GetProperty("request").GetProperty("url").GetString()!;
                _requests.Enqueue(Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Authority == _origin.Authority ? uri.PathAndQuery : address);
                break;
        }
    }

    static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, otherwise);
            await Task.Delay(20, Stop);
        }
    }

    [GeneratedRegex(@"ws://127\.0\.0\.1:(\d+)/")]
    private static partial Regex Listening();
}
