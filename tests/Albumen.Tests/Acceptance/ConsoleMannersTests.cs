using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Albumen.Tests.Daemon;
using Albumen.Tests.WebDav;

namespace Albumen.Tests.Acceptance;

/// <summary>What the console leaves of a terminal, whatever ends it, and what it asks of a poor one.</summary>
[Collection(AcceptanceTests.Name)]
public sealed class ConsoleMannersTests : IAsyncLifetime
{
    const string Settings = "#{alternate_on} #{cursor_flag} #{mouse_any_flag}", ForThePerson = "0 1 0", ForTheConsole = "1 0 1";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly string _library = Directory.CreateTempSubdirectory("albumen-console-").FullName;
    PrivateDaemon _daemon = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _daemon = PrivateDaemon.Of(_library);
        await _daemon.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        Directory.Delete(_library, recursive: true);
    }

    /// <summary>A shell that notes the terminal's settings before and after the console, and how that ended.</summary>
    static Task<Tmux> WatchedAsync(string root, string more = "") =>
        Tmux.StartAsync(80, 24, $$"""sh -c 'stty -a > $T/before; {{Programs.Albumen}} --root {{root}} console {{more}}; code=$?; stty -a > $T/after; echo "It ended with $code."; exec sleep 1000' """);

    static async Task<string> IsLeftInOrderAsync(Tmux tmux, string how)
    {
        string screen = await tmux.UntilAsync("It ended with ");
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(tmux.Folder, "before"), Stop), await File.ReadAllTextAsync(Path.Combine(tmux.Folder, "after"), Stop));
        Assert.Equal(ForThePerson, await tmux.FormatAsync(Settings));
        Assert.Matches(how, screen);
        return screen;
    }

    [Theory]
    [InlineData("q", 0)]
    [InlineData("C-c", 0)]
    [InlineData(null, Signal.Terminate)]
    [InlineData(null, 2)]
    [InlineData(null, 1)]
    [InlineData(null, 3)]
    public async Task The_terminal_is_as_it_was_after_any_end(string? key, int signal)
    {
        await using Tmux tmux = await WatchedAsync(_daemon.Root);
        await tmux.UntilAsync("Photos and clips");
        Assert.Equal(ForTheConsole, await tmux.FormatAsync(Settings));
        if (key is not null) await tmux.KeysAsync(key);
        else Signal.Send(await tmux.ProgramAsync(), signal);

        await IsLeftInOrderAsync(tmux, "It ended with 0");
    }

    [Fact]
    public async Task An_answer_of_the_terminal_is_not_typed_to_the_shell()
    {
        // Left at once, before the terminal has said what it can.
        await using Tmux tmux = await Tmux.StartAsync(80, 24, $$"""sh -c '{{Programs.Albumen}} --root {{_daemon.Root}} console; echo "It ended with $?."; exec cat -v' """);
        await tmux.KeysAsync("q");
        await tmux.UntilAsync("It ended with 0.");
        await tmux.KeysAsync("typed", "Enter");
        string screen = await tmux.UntilAsync(s => s.Split("typed\n").Length > 2, "What was typed");
        Assert.DoesNotContain("^[", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("[?", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_is_killed_is_waited_for()
    {
        await using Tmux tmux = await WatchedAsync(_daemon.Root);
        await tmux.UntilAsync("Photos and clips");
        await _daemon.KillAsync(withWorkers: true);
        await tmux.UntilAsync("reconnecting (0:0");
        // It takes keys meanwhile.
        await tmux.KeysAsync("?");
        await tmux.UntilAsync("Help: Overview");
        await tmux.KeysAsync("Escape");
        await _daemon.StartAsync();
        await tmux.UntilAsync("The daemon answers again.");
        await tmux.UntilAsync(s => !s.Contains("reconnecting", StringComparison.Ordinal), "The daemon's state");
        await tmux.KeysAsync("q");
        await IsLeftInOrderAsync(tmux, "It ended with 0");
    }

    [Fact]
    public async Task A_daemon_that_was_stopped_does_not_stop_the_console()
    {
        await using Tmux tmux = await WatchedAsync(_daemon.Root);
        await tmux.UntilAsync("Photos and clips");
        Signal.Send(_daemon.Process!.Id, Signal.Stop);
        try
        {
            await tmux.KeysAsync("?");
            await tmux.UntilAsync("Help: Overview");
            await tmux.KeysAsync("Escape");
            await tmux.UntilAsync("reconnecting");
        }
        finally
        {
            Signal.Send(_daemon.Process.Id, Signal.Continue);
        }
        await tmux.UntilAsync("The daemon answers again.");
        await tmux.KeysAsync("q");
        await IsLeftInOrderAsync(tmux, "It ended with 0");
    }

    [Fact]
    public async Task Control_z_gives_the_terminal_to_the_shell_and_fg_takes_it_again()
    {
        await using Tmux tmux = await Tmux.StartAsync(80, 24, "PS1='shell> ' bash --norc --noprofile -i");
        await tmux.UntilAsync("shell>");
        await tmux.KeysAsync("stty -a > $T/before", "Enter", $"{Programs.Albumen} --root {_daemon.Root} console", "Enter");
        for (int round = 0; round < 3; round++)
        {
            await tmux.UntilAsync("Photos and clips");
            Assert.Equal(ForTheConsole, await tmux.FormatAsync(Settings));
            int console = await tmux.ProgramAsync();
            await tmux.KeysAsync("C-z");
            await tmux.UntilAsync("Stopped");
            Assert.Equal(ForThePerson, await tmux.FormatAsync(Settings));
            await tmux.KeysAsync("clear; stty -a > $T/after; echo looked", "Enter");
            await tmux.UntilAsync(s => s.Contains("\nlooked", StringComparison.Ordinal) || s.StartsWith("looked", StringComparison.Ordinal), "The shell");
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(tmux.Folder, "before"), Stop), await File.ReadAllTextAsync(Path.Combine(tmux.Folder, "after"), Stop));
            // Another one stops it, who asks nobody.
            if (round == 1) Signal.Send(console, Signal.Stop);
            await tmux.KeysAsync("fg", "Enter");
        }
        await tmux.UntilAsync("Photos and clips");
        await tmux.KeysAsync("q");
        await tmux.UntilAsync(s => s.TrimEnd().EndsWith("shell>", StringComparison.Ordinal), "The shell");
        Assert.Equal(ForThePerson, await tmux.FormatAsync(Settings));
    }

    [Fact]
    public async Task One_that_somebody_else_stopped_has_its_terminal_again()
    {
        await using Tmux tmux = await Tmux.StartAsync(80, 24, "PS1='shell> ' bash --norc --noprofile -i");
        await tmux.UntilAsync("shell>");
        await tmux.KeysAsync($"{Programs.Albumen} --root {_daemon.Root} console", "Enter");
        await tmux.UntilAsync("Photos and clips");
        Signal.Send(await tmux.ProgramAsync(), Signal.Stop);
        await tmux.UntilAsync("Stopped");
        // The shell has the terminal now; whatever it does to it, the console makes it its own again.
        await tmux.KeysAsync("printf \"\\033[?1049l\\033[?25h\\033[?1000l\"; stty sane; clear; fg", "Enter");
        await tmux.UntilAsync("Photos and clips");
        Assert.Equal(ForTheConsole, await tmux.FormatAsync(Settings));
        await tmux.KeysAsync("?");
        await tmux.UntilAsync("Help: Overview");
        await tmux.KeysAsync("Escape");
        await tmux.UntilAsync(s => !s.Contains("Help: Overview", StringComparison.Ordinal), "The page");
        await tmux.KeysAsync("q");
        await tmux.UntilAsync(s => s.TrimEnd().EndsWith("shell>", StringComparison.Ordinal), "The shell");
        Assert.Equal(ForThePerson, await tmux.FormatAsync(Settings));
    }

    [Fact]
    public async Task Where_there_is_no_shell_control_z_does_nothing()
    {
        await using Tmux tmux = await Tmux.StartAsync(80, 24, $"{Programs.Albumen} --root {_daemon.Root} console");
        await tmux.UntilAsync("Photos and clips");
        await tmux.KeysAsync("C-z", "?");
        await tmux.UntilAsync("Help: Overview");
        Assert.Equal(ForTheConsole, await tmux.FormatAsync(Settings));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbabe", "reconnecting")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n{", "broke off")]
    [InlineData("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "its log says why")]
    [InlineData("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "403")]
    [InlineData("\u001b]0;no http at all\a\r\n\r\n", "reconnecting")]
    [InlineData("", "reconnecting")]
    public async Task An_answer_that_makes_no_sense_is_said(string answer, string said)
    {
        await _daemon.StopAsync();
        await using FakeDaemon fake = new(_daemon.Root, answer);
        await using Tmux tmux = await WatchedAsync(_daemon.Root);
        await tmux.UntilAsync(said);
        long before = fake.Requests;
        await tmux.UntilAsync(_ => fake.Requests > before + 2, "Another question");
        await tmux.KeysAsync("q");
        await IsLeftInOrderAsync(tmux, "It ended with 0");
    }

    [Fact]
    public async Task A_page_that_crashes_leaves_the_terminal_in_order_and_says_why()
    {
        await _daemon.StopAsync();
        // What no daemon answers: nothing of what is always there.
        await using FakeDaemon fake = new(_daemon.Root, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        await using Tmux tmux = await WatchedAsync(_daemon.Root);

        await IsLeftInOrderAsync(tmux, "It ended with (?!0)");

        Assert.Contains("Unhandled exception. System.", await tmux.HistoryAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_follows_the_size_of_the_window()
    {
        await using Tmux tmux = await WatchedAsync(_daemon.Root);
        await tmux.UntilAsync("Photos and clips");
        foreach ((int columns, int lines) in ((int, int)[])[(300, 100), (80, 24), (120, 40), (20, 5), (40, 10), (80, 24)])
        {
            await tmux.ResizeAsync(columns, lines);
            if (columns == 20) await tmux.UntilAsync("The window is too");
            else
            {
                string screen = await tmux.UntilAsync(s => s.Split('\n') is var all && all.Length >= lines && all[lines - 1].Contains("? help", StringComparison.Ordinal) && all[0].TrimEnd().Length == columns - 1
                    && s.Split("Overview").Length == 3, $"{columns} x {lines}");
                Assert.StartsWith(" Albumen", screen, StringComparison.Ordinal);
            }
        }
        await tmux.KeysAsync("q");
        await IsLeftInOrderAsync(tmux, "It ended with 0");
    }

    [Fact]
    public async Task A_flood_of_sizes_ends_with_the_last()
    {
        using Pty pty = Console();
        await pty.UntilAsync("Photos and clips", 0, Patience, Stop);
        for (int i = 0; i < 200; i++) pty.Resize(40 + i % 200, 10 + i % 60);
        long at = pty.Length;
        pty.Resize(91, 31);
        await pty.UntilAsync("\e[31;", at, Patience, Stop);
        pty.Send("q");
        await pty.Process.WaitForExitAsync(Stop).WaitAsync(Patience, Stop);
        Assert.Equal(0, pty.Process.ExitCode);
    }

    Pty Console(string term = "xterm-256color", params (string, string?)[] more) =>
        new(80, 24, new Dictionary<string, string?>(more.Select(m => KeyValuePair.Create(m.Item1, m.Item2))) { ["TERM"] = term, ["TZ"] = "UTC", ["LANG"] = "C.UTF-8" }, Programs.Albumen, "--root", _daemon.Root, "console");

    [Fact]
    public async Task A_page_at_rest_costs_next_to_nothing_and_a_key_a_part_of_the_screen()
    {
        using Pty pty = Console();
        await pty.UntilAsync("Photos and clips", 0, Patience, Stop);
        await Task.Delay(1500, Stop);
        long before = pty.Length;
        await Task.Delay(5000, Stop);
        long idle = (pty.Length - before) / 5;
        before = pty.Length;
        pty.Send("?");
        await pty.UntilAsync("Help: Overview", before, Patience, Stop);
        long opened = pty.Length - before;
        before = pty.Length;
        pty.Send("j");
        await Task.Delay(300, Stop);
        TestContext.Current.TestOutputHelper?.WriteLine($"first frame {pty.OutputFrom(0).IndexOf("\e[?2026l", StringComparison.Ordinal)} bytes, idle {idle} bytes a second, a dialog {opened} bytes, a key in it {pty.Length - before}");
        // 4 kB a second over SSH is what it may.
        Assert.InRange(idle, 0, 200);
        Assert.InRange(opened, 100, 4000);
        Assert.InRange(pty.Length - before, 0, 1500);
        // Nothing is drawn but in one piece.
        Assert.Equal(pty.Output.Split("\e[?2026h").Length, pty.Output.Split("\e[?2026l").Length);
    }

    [Fact]
    public async Task A_slow_terminal_loses_no_key_and_costs_no_memory()
    {
        using Pty pty = Console();
        await pty.UntilAsync("Photos and clips", 0, Patience, Stop);
        pty.BytesPerSecond = 1000;
        long before = Memory(pty.Process.Id);
        // Opened and closed again; the last opens it.
        for (int i = 0; i < 100; i++) pty.Send("?\u0003");
        pty.Send("?");
        await Task.Delay(3000, Stop);
        long grown = Memory(pty.Process.Id) - before;
        pty.BytesPerSecond = int.MaxValue;
        await Task.Delay(1000, Stop);
        long at = pty.Length;
        pty.Send("\f");
        await pty.UntilAsync("Help: Overview", at, Patience, Stop);
        pty.Send("qq");
        await pty.Process.WaitForExitAsync(Stop).WaitAsync(Patience, Stop);
        Assert.Equal(0, pty.Process.ExitCode);
        Assert.InRange(grown, -20_000, 10_000);
    }

    [Fact]
    public async Task A_terminal_that_takes_nothing_does_not_keep_the_console()
    {
        using Pty pty = Console();
        await pty.UntilAsync("Photos and clips", 0, Patience, Stop);
        string before = await SettingsAsync(pty);
        pty.BytesPerSecond = 0;
        for (int i = 0; i < 40; i++)
        {
            pty.Send("\f");
            await Task.Delay(20, Stop);
        }
        long started = Stopwatch.GetTimestamp();
        Signal.Send(pty.Process.Id, Signal.Terminate);
        await pty.Process.WaitForExitAsync(Stop).WaitAsync(Patience, Stop);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 6);
        Assert.Contains("-echo", before, StringComparison.Ordinal);
        Assert.DoesNotContain("-echo ", await SettingsAsync(pty), StringComparison.Ordinal);
        Assert.Contains(" icanon", await SettingsAsync(pty), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_that_goes_away_ends_the_console()
    {
        Pty pty = Console();
        Process console = Process.GetProcessById(pty.Process.Id);
        await pty.UntilAsync("Photos and clips", 0, Patience, Stop);
        pty.HangUp();
        await console.WaitForExitAsync(Stop).WaitAsync(Patience, Stop);
        pty.Dispose();
    }

    [Theory]
    [InlineData("vt100")]
    [InlineData("xterm-mono")]
    [InlineData("linux")]
    public async Task A_poor_terminal_gets_what_it_can_show(string term)
    {
        using Pty pty = Console(term);
        await pty.UntilAsync("Photos and clips", 0, Patience, Stop);
        Assert.Equal(term is "linux", Tmux.HasColour(pty.Output));
        Assert.Equal(term.Contains("xterm", StringComparison.Ordinal), pty.Output.Contains("\e[c", StringComparison.Ordinal));
        pty.Send("q");
        await pty.Process.WaitForExitAsync(Stop).WaitAsync(Patience, Stop);
        Assert.Equal(0, pty.Process.ExitCode);
    }

    [Fact]
    public async Task Colours_are_left_out_when_asked()
    {
        using Pty with = Console(), without = Console("xterm-256color", ("NO_COLOR", "1"));
        await with.UntilAsync("Photos and clips", 0, Patience, Stop);
        await without.UntilAsync("Photos and clips", 0, Patience, Stop);
        Assert.True(Tmux.HasColour(with.Output));
        Assert.False(Tmux.HasColour(without.Output));
    }

    [Theory]
    [InlineData("dumb")]
    [InlineData("")]
    public async Task A_terminal_that_can_only_print_is_told_what_to_type(string term)
    {
        using Pty pty = Console(term);
        await pty.Process.WaitForExitAsync(Stop).WaitAsync(Patience, Stop);
        await Task.Delay(100, Stop);
        Assert.Equal(2, pty.Process.ExitCode);
        Assert.Contains("albumen console --plain", pty.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", pty.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_it_says_what_to_type()
    {
        Answer answer = await _daemon.AlbumenAsync("console");
        Assert.Equal((2, ""), (answer.Code, answer.Output));
        Assert.Contains("albumen console --plain", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", answer.Error, StringComparison.Ordinal);
    }

    static async Task<string> SettingsAsync(Pty pty) => (await Clients.RunAsync("stty", ["-a", "-F", pty.Terminal])).Output.ReplaceLineEndings(" ");

    /// <summary>Resident, in kB (proc(5), status).</summary>
    static long Memory(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>Something on the daemon's socket that answers each request with the same bytes.</summary>
    sealed class FakeDaemon : IAsyncDisposable
    {
        readonly CancellationTokenSource _end = new();
        readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        readonly byte[] _answer;
        readonly Task _serving;
        long _requests;

        public FakeDaemon(string root, string answer)
        {
            _answer = Encoding.UTF8.GetBytes(answer);
            string path = Path.Combine(root, "run/albumen/albumend.sock");
            File.Delete(path);
            _socket.Bind(new UnixDomainSocketEndPoint(path));
            _socket.Listen();
            _serving = ServeAsync();
        }

        public long Requests => Interlocked.Read(ref _requests);

        async Task ServeAsync()
        {
            byte[] buffer = new byte[65536];
            while (!_end.IsCancellationRequested)
                try
                {
                    using Socket client = await _socket.AcceptAsync(_end.Token);
                    await client.ReceiveAsync(buffer, _end.Token);
                    Interlocked.Increment(ref _requests);
                    await client.SendAsync(_answer, _end.Token);
                    client.Shutdown(SocketShutdown.Both);
                }
                catch (Exception error) when (error is SocketException or OperationCanceledException)
                {
                    // The next, or the end.
                }
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _serving;
            _socket.Dispose();
            _end.Dispose();
        }
    }
}
