using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Albumen.Tests.Acceptance;

/// <summary>The console for those who hear it: line by line, through pipes.</summary>
[Collection(AcceptanceTests.Name)]
public sealed partial class PlainConsoleTests(ConsoleLibrary library) : IClassFixture<ConsoleLibrary>
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_and_every_action_is_reached_by_words()
    {
        using Talk talk = await Talk.BeginAsync(library.Daemon.Root);
        string[] pages = LinesOf(await talk.SayAsync("pages"));
        Assert.Equal("Overview", pages[0]);
        foreach (string page in pages)
        {
            Assert.StartsWith(page, await talk.SayAsync(page), StringComparison.OrdinalIgnoreCase);
            await talk.SayAsync("1");
            // Some of them make others of them.
            HashSet<string> said = [];
            while (ActionsOf(await talk.SayAsync("?")).FirstOrDefault(action => !said.Contains(action)) is { } action)
            {
                said.Add(action);
                string answer = await talk.SayAsync(action);
                Assert.DoesNotContain("is no page, row or word here", answer, StringComparison.Ordinal);
                Assert.NotEmpty(answer.Trim());
                // Where that went elsewhere, back.
                await talk.SayAsync(page);
            }
        }
        Assert.Equal(0, await talk.LeaveAsync());
        Assert.DoesNotContain(talk.Output, c => char.IsControl(c) && c != '\n');
        Assert.Empty(talk.Errors);
    }

    [Fact]
    public async Task What_is_no_word_is_said_and_a_verb_is_run()
    {
        using Talk talk = await Talk.BeginAsync(library.Daemon.Root);
        Assert.Contains("'nonsense' is no page, row or word here. Type ? for help.", await talk.SayAsync("nonsense"), StringComparison.Ordinal);
        Assert.Contains("There is no row 99999.", await talk.SayAsync("99999"), StringComparison.Ordinal);
        Assert.Contains("Done.", await talk.SayAsync(":ls /Folders/Fotos"), StringComparison.Ordinal);
        Assert.Contains("It ended with 2.", await talk.SayAsync(":nonsense"), StringComparison.Ordinal);
        Assert.Contains("evil _[31m_", await talk.SayAsync(":ls \"/Folders/Fotos/2024/Sommer am See\""), StringComparison.Ordinal);
        Assert.Equal(0, await talk.LeaveAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("q\n")]
    [InlineData("quit\nOverview\n")]
    [InlineData("Overview")]
    [InlineData("\n\n\n")]
    [InlineData("?\n")]
    [InlineData("\0\u001b[A\u009b\n")]
    public async Task It_ends_well_with_its_input(string input)
    {
        using Process process = Start(library.Daemon.Root);
        await process.StandardInput.WriteAsync(input.AsMemory(), Stop);
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop).WaitAsync(Patience, Stop);
        Assert.Equal(0, process.ExitCode);
        Assert.StartsWith("Albumen. Type a page's name", output, StringComparison.Ordinal);
        Assert.DoesNotContain(output, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public async Task It_ends_when_it_is_asked_to_while_it_waits()
    {
        using Talk talk = await Talk.BeginAsync(library.Daemon.Root);
        Assert.InRange(await talk.TerminateAsync(), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Without_a_daemon_it_says_so_and_tries_again()
    {
        string root = Directory.CreateTempSubdirectory("albumen-nobody-").FullName;
        try
        {
            using Talk talk = await Talk.BeginAsync(root);
            Assert.Contains("The daemon cannot be reached. Return tries again.", talk.Output, StringComparison.Ordinal);
            Assert.Contains("The daemon cannot be reached. Return tries again.", await talk.SayAsync(""), StringComparison.Ordinal);
            Assert.Equal(0, await talk.LeaveAsync());
        }
        finally
        {
            Directory.Delete(root);
        }
    }

    static IEnumerable<string> ActionsOf(string help) =>
        LinesOf(help).SkipWhile(l => !l.StartsWith("On this page", StringComparison.Ordinal)).Skip(1).TakeWhile(l => !l.StartsWith("A number chooses", StringComparison.Ordinal)).Select(l => l[(l.IndexOf(": ", StringComparison.Ordinal) + 2)..]);

    static string[] LinesOf(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static Process Start(string root)
    {
        ProcessStartInfo start = new(Programs.Albumen, ["--root", root, "console", "--plain"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("ALBUMEN_ROOT");
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["TZ"] = "UTC";
        return Process.Start(start)!;
    }

    /// <summary>Says a line when it is asked for one. What asks something else than a page gets an empty line, which leaves all as it is.</summary>
    sealed partial class Talk : IDisposable
    {
        readonly Process _process;
        readonly StringBuilder _output = new(), _errors = new();
        readonly char[] _buffer = new char[8192];

        Talk(Process process)
        {
            _process = process;
            process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
            process.BeginErrorReadLine();
        }

        public string Output => _output.ToString();

        public string Errors => _errors.ToString().Trim();

        public static async Task<Talk> BeginAsync(string root)
        {
            Talk talk = new(Start(root));
            await talk.AskedAsync();
            return talk;
        }

        /// <returns>What it said to that.</returns>
        public async Task<string> SayAsync(string line)
        {
            int from = _output.Length;
            await _process.StandardInput.WriteAsync($"{line}\n".AsMemory(), Stop);
            await _process.StandardInput.FlushAsync(Stop);
            await AskedAsync();
            return Output[from..^2];
        }

        async Task AskedAsync()
        {
            int from = _output.Length;
            while (true)
            {
                int count = await _process.StandardOutput.ReadAsync(_buffer, Stop).AsTask().WaitAsync(Patience, Stop);
                Assert.True(count > 0, $"It ended after\n{Output}\n{Errors}");
                _output.Append(_buffer, 0, count);
                string said = Output[from..];
                if (said == "> " || said.EndsWith("\n> ", StringComparison.Ordinal)) return;
                if (!Question().IsMatch(said)) continue;
                from = _output.Length;
                // More of a list is heard; anything else is left as it is.
                await _process.StandardInput.WriteAsync("\n".AsMemory(), Stop);
                await _process.StandardInput.FlushAsync(Stop);
            }
        }

        public async Task<int> LeaveAsync()
        {
            _process.StandardInput.Close();
            _output.Append(await _process.StandardOutput.ReadToEndAsync(Stop));
            await _process.WaitForExitAsync(Stop).WaitAsync(Patience, Stop);
            return _process.ExitCode;
        }

        public async Task<TimeSpan> TerminateAsync()
        {
            long started = Stopwatch.GetTimestamp();
            Signal.Send(_process.Id, Signal.Terminate);
            await _process.WaitForExitAsync(Stop).WaitAsync(Patience, Stop);
            return Stopwatch.GetElapsedTime(started);
        }

        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill();
            _process.Dispose();
        }

        [GeneratedRegex(@"(y or n: |Number: |How it begins: |return leaves it\) |n stops\) )$")]
        private static partial Regex Question();
    }
}
