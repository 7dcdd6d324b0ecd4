using System.Diagnostics;
using System.Text.RegularExpressions;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>A terminal that is looked at and typed into: tmux with a server of its own and nobody's configuration.</summary>
sealed partial class Tmux : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly string _folder = Directory.CreateTempSubdirectory("albumen-tmux-").FullName;

    Tmux()
    {
    }

    /// <summary>For the command's own files.</summary>
    public string Folder => _folder;

    /// <param name="command">For the shell; with <c>$T</c> as <see cref="Folder"/>.</param>
    public static async Task<Tmux> StartAsync(int columns, int lines, string command, string term = "tmux-256color")
    {
        Assert.SkipUnless(Clients.Has("tmux"), "tmux is not installed");
        Tmux tmux = new();
        await tmux.DoAsync("new-session", "-d", "-x", $"{columns}", "-y", $"{lines}", $"exec env -u NO_COLOR -u COLORTERM -u ALBUMEN_ROOT TERM={term} TZ=UTC LANG=C.UTF-8 T={tmux._folder} {command}",
            ";", "set-option", "-g", "window-size", "manual", ";", "set-option", "-g", "remain-on-exit", "on", ";", "set-option", "-g", "status", "off", ";", "resize-window", "-x", $"{columns}", "-y", $"{lines}");
        return tmux;
    }

    async Task<string> DoAsync(params string[] words)
    {
        (int code, string output) = await Clients.RunAsync("tmux", ["-u", "-f", "/dev/null", "-S", Path.Combine(_folder, "socket"), .. words]);
        Assert.True(code == 0, $"tmux {string.Join(' ', words)} ended with {code}");
        return output;
    }

    /// <param name="keys">By tmux's names, each its own word: <c>j</c>, <c>Enter</c>, <c>C-z</c>.</param>
    public Task KeysAsync(params string[] keys) => DoAsync(["send-keys", .. keys]);

    /// <summary>What stands on the screen, without blanks at the ends of lines.</summary>
    public Task<string> ScreenAsync() => DoAsync("capture-pane", "-p");

    /// <summary>With what was scrolled away.</summary>
    public Task<string> HistoryAsync() => DoAsync("capture-pane", "-p", "-J", "-S", "-500");

    /// <summary>The same, with the sequences that make the colours and weights.</summary>
    public Task<string> ColouredScreenAsync() => DoAsync("capture-pane", "-p", "-e");

    /// <summary>One of tmux's own variables, such as <c>alternate_on</c>.</summary>
    public async Task<string> FormatAsync(string format) => (await DoAsync("display-message", "-p", format)).TrimEnd('\n');

    public Task ResizeAsync(int columns, int lines) => DoAsync("resize-window", "-x", $"{columns}", "-y", $"{lines}");

    /// <summary>The program that the shell of the pane runs now.</summary>
    public async Task<int> ProgramAsync()
    {
        string shell = await FormatAsync("#{pane_pid}");
        return int.Parse((await File.ReadAllTextAsync($"/proc/{shell}/task/{shell}/children", TestContext.Current.CancellationToken)).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until the screen is as wanted.</summary>
    public async Task<string> UntilAsync(Func<string, bool> isWanted, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            string screen = await ScreenAsync();
            if (isWanted(screen)) return screen;
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"{what} never came:\n{screen}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public Task<string> UntilAsync(string text) => UntilAsync(screen => screen.Contains(text, StringComparison.Ordinal), $"'{text}'");

    public async ValueTask DisposeAsync()
    {
        await DoAsync("kill-server");
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Whether a captured screen has any colour in it (SGR 30 to 49 and 90 to 107).</summary>
    public static bool HasColour(string screen) => Colour().IsMatch(screen);

    [GeneratedRegex(@"\e\[([0-9;]*;)?(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]")]
    private static partial Regex Colour();
}
