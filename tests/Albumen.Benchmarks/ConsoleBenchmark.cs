using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Albumen.Tests.Acceptance;

namespace Albumen.Benchmarks;

/// <summary>What a person waits for at the console: its first frame, and what a key does.</summary>
static partial class ConsoleBenchmark
{
    const int Columns = 120, Lines = 40, Rounds = 15, Keys = 200;
    const string FrameEnds = "\e[?2026l";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>From the start of the program to the last byte of its first frame, against a start that does nothing.</summary>
    public static async Task RunFirstFrameAsync()
    {
        using Workplace work = new();
        using RunningDaemon daemon = new(work.Make("root"), work.Make("volume"));
        Samples frames = new(), starts = new();
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            starts.Add(daemon.Albumen("--help").Time);
            using Pty pty = daemon.Console(Columns, Lines);
            await pty.UntilAsync(FrameEnds, 0, Patience, CancellationToken.None);
            TimeSpan time = Stopwatch.GetElapsedTime(pty.Started, pty.ArrivalOf(pty.Output.IndexOf(FrameEnds, StringComparison.Ordinal)));
            frames.Add(time);
            best = Math.Min(best, time.TotalMilliseconds);
            pty.Send("q");
            await pty.Process.WaitForExitAsync();
        }
        Verdict.AtMost("console-first-frame, best", best, "ms", 300);
        Verdict.Ratio("console-first-frame, against albumen --help", frames.Median, starts.Median, "ms", 2.5);
    }

    /// <summary>From a key to the first byte of what it changes, in lists of a million photos.</summary>
    public static async Task RunKeyAsync()
    {
        using Workplace work = new();
        string root = work.Make("root"), away = Path.Combine(work.Folder, "not-there");
        await MillionPhotos.SeedAsync(work, root, away);
        using RunningDaemon daemon = new(root, away);
        using Pty pty = daemon.Console(Columns, Lines);
        await pty.UntilAsync("1,000,000", 0, Patience, CancellationToken.None);
        foreach (string page in (string[])["Browse", "Quality"])
        {
            await OpenAsync(pty, page);
            List<double> times = [];
            for (int key = 0; key < Keys; key++)
            {
                double time = await PressAsync(pty, key % 40 < 30 ? "j" : "k");
                if (time >= 0) times.Add(time);
            }
            times.Sort();
            if (times.Count < Keys / 2) throw new BenchmarkException($"Of {Keys} keys on the page {page}, {times.Count} changed something.");
            Verdict.Note($"console-key, {page}", string.Create(CultureInfo.InvariantCulture, $"half within {times[times.Count / 2]:0.0} ms, the slowest {times[^1]:0.0} ms"));
            Verdict.AtMost($"console-key, {page}, 95 of 100 within", times[times.Count * 95 / 100], "ms", 50);
        }
        string most = File.ReadLines($"/proc/{pty.Process.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        Verdict.AtMost("console-key, memory of the console, most", double.Parse(most[6..^2], CultureInfo.InvariantCulture) * 1024 / 1e6, "MB", 120);
        pty.Send("q");
        await pty.Process.WaitForExitAsync();
    }

    static async Task OpenAsync(Pty pty, string page)
    {
        long at = pty.Length;
        pty.Send("m");
        await pty.UntilAsync("Pages", at, Patience, CancellationToken.None);
        at = pty.Length;
        long started = Stopwatch.GetTimestamp();
        // The first of the menu that begins so.
        pty.Send($"{page[..1]}\r");
        await pty.UntilAsync(page, at, Patience, CancellationToken.None);
        while (!Row().IsMatch(pty.OutputFrom(at)))
        {
            if (Stopwatch.GetElapsedTime(started) > Patience) throw new BenchmarkException($"The page {page} lists nothing: {pty.OutputFrom(at).Replace('\e', '␛')}");
            await Task.Delay(2);
        }
        Verdict.Note($"console-key, {page} opened", string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms to its first rows"));
        // Past the albums, of which there are none, and into folders, to where the photos are.
        if (page is "Browse") pty.Send("j");
        for (int deep = 0; page is not "Quality" && deep < 5 && !pty.OutputFrom(at).Contains(".jpg", StringComparison.Ordinal); deep++)
        {
            pty.Send("\r");
            await Task.Delay(1500);
        }
    }

    /// <returns>Milliseconds; -1 when nothing changes, as at the end of a list.</returns>
    static async Task<double> PressAsync(Pty pty, string key)
    {
        // What it draws by itself, each second, is not taken for an answer.
        for (long length = -1; length != pty.Length; await Task.Delay(15)) length = pty.Length;
        long before = pty.Length, pressed = Stopwatch.GetTimestamp();
        pty.Send(key);
        while (pty.Length == before)
        {
            if (Stopwatch.GetElapsedTime(pressed).TotalMilliseconds > 900) return -1;
            Thread.Yield();
        }
        return Stopwatch.GetElapsedTime(pressed, pty.ArrivalOf(before)).TotalMilliseconds;
    }

    [GeneratedRegex(@"\d of [\d,]+|\.jpg")]
    private static partial Regex Row();
}
