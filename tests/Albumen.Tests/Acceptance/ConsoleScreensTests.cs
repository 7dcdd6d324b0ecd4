using System.Text.RegularExpressions;

namespace Albumen.Tests.Acceptance;

/// <summary>
/// Every page of the console as it stands on a terminal, compared with approved files: at 80x24, at 120x40 and without colour. Which pages there are, the program says, so one without approved
/// files is a failure. What came is written beside the test program; the message says how to approve it.
/// </summary>
[Collection(AcceptanceTests.Name)]
public sealed partial class ConsoleScreensTests(ConsoleLibrary library) : IClassFixture<ConsoleLibrary>
{
    const string Approved = "Acceptance/Console";

    /// <summary>Shows what happens at this moment, or how this machine is: its frame is compared, and what is within it is only there.</summary>
    static readonly string[] Live = ["Health", "Log"];

    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, Approved);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(80, 24, false, "80x24")]
    [InlineData(120, 40, false, "120x40")]
    [InlineData(80, 24, true, "mono")]
    public async Task Every_page_is_as_approved(int columns, int lines, bool isMono, string name)
    {
        await using Tmux tmux = await OpenAsync(columns, lines, isMono);
        IReadOnlyList<string> pages = await PagesAsync(tmux);
        Directory.CreateDirectory(Folder);
        foreach (string old in Directory.GetFiles(Folder, $"*.{name}.received.txt")) File.Delete(old);
        List<string> wrong = [];
        for (int i = 0; i < pages.Count; i++)
        {
            string screen = await GoToAsync(tmux, pages, i);
            string coloured = await tmux.ColouredScreenAsync();
            Assert.Equal(!isMono, Tmux.HasColour(coloured));
            Assert.All(screen.Split('\n'), line => Assert.True(line.Length <= columns, line));
            string file = $"{FileOf(pages[i])}.{name}", approved = Path.Combine(Folder, $"{file}.approved.txt"), received = Path.Combine(Folder, $"{file}.received.txt");
            await File.WriteAllTextAsync(received, screen, Stop);
            if (!File.Exists(approved)) wrong.Add($"{file} was never approved:\n{screen}");
            else if (await File.ReadAllTextAsync(approved, Stop) is var agreed && agreed != screen) wrong.Add($"{file} is\n{screen}but was approved as\n{agreed}");
        }
        wrong.AddRange(Directory.GetFiles(Folder, $"*.{name}.approved.txt").Select(f => Path.GetFileName(f).Split('.')[0]).Except(pages.Select(FileOf)).Select(f => $"{f}.{name}.approved.txt is of no page"));
        Assert.True(wrong.Count == 0, $"""
            {string.Join('\n', wrong)}
            If that is meant: for f in {Folder}/*.received.txt; do cp "$f" "tests/Albumen.Tests/{Approved}/$(basename "$f" .received.txt).approved.txt"; done
            """);
    }

    [Fact]
    public async Task Every_page_has_help_and_can_be_left_and_is_there_again_after_any_size()
    {
        await using Tmux tmux = await OpenAsync(80, 24, isMono: false);
        IReadOnlyList<string> pages = await PagesAsync(tmux);
        for (int i = 0; i < pages.Count; i++)
        {
            string before = await GoToAsync(tmux, pages, i);
            await tmux.KeysAsync("?");
            string help = await tmux.UntilAsync($"Help: {pages[i]}");
            Assert.Contains("Esc closes", help, StringComparison.Ordinal);
            await tmux.KeysAsync("Escape");
            foreach ((int columns, int lines) in ((int, int)[])[(300, 100), (20, 5), (40, 10), (80, 24)])
            {
                await tmux.ResizeAsync(columns, lines);
                await tmux.UntilAsync(s => columns < 40 ? s.Contains("The window is too", StringComparison.Ordinal) : s.Split('\n') is var all && all.Length >= lines && all[0].Contains(pages[i], StringComparison.Ordinal) && all[lines - 1].Contains('?'), $"{pages[i]} at {columns} x {lines}");
            }
            string after = await SettledAsync(tmux, pages[i]);
            if (!Live.Contains(pages[i])) Assert.Equal(before, after);
        }
    }

    [Fact]
    public async Task Walking_through_all_pages_takes_little_memory()
    {
        await using Tmux tmux = await OpenAsync(300, 100, isMono: false);
        IReadOnlyList<string> pages = await PagesAsync(tmux);
        for (int i = 0; i < pages.Count; i++)
        {
            await GoToAsync(tmux, pages, i);
            await tmux.KeysAsync("j", "j", "j", "k", "C-d", "C-u", "G", "g");
            await SettledAsync(tmux, pages[i]);
        }
        string shell = await tmux.FormatAsync("#{pane_pid}");
        string most = File.ReadLines($"/proc/{shell}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine(most);
        Assert.InRange(int.Parse(most.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture), 1, 120_000);
    }

    async Task<Tmux> OpenAsync(int columns, int lines, bool isMono)
    {
        Tmux tmux = await Tmux.StartAsync(columns, lines, $"{(isMono ? "NO_COLOR=1 " : "")}{Programs.Albumen} --root {library.Daemon.Root} console --pictures blocks");
        await tmux.UntilAsync("Photos and clips");
        return tmux;
    }

    /// <summary>What the menu lists.</summary>
    static async Task<IReadOnlyList<string>> PagesAsync(Tmux tmux)
    {
        await tmux.KeysAsync("m");
        string menu = await tmux.UntilAsync(s => s.Contains("─ Pages ", StringComparison.Ordinal) && s.Contains("Enter chooses", StringComparison.Ordinal), "The menu");
        await tmux.KeysAsync("Escape");
        await tmux.UntilAsync(s => !s.Contains("─ Pages ", StringComparison.Ordinal), "The page");
        string[] lines = menu.Split('\n');
        int top = Array.FindIndex(lines, l => l.Contains("─ Pages ", StringComparison.Ordinal)), left = lines[top].IndexOf('┌', StringComparison.Ordinal);
        List<string> pages = [.. lines[(top + 1)..].Select(l => l[Math.Min(l.Length, left)..]).TakeWhile(l => l.StartsWith('│') && !l.Contains("Enter chooses", StringComparison.Ordinal))
            .Select(l => l.Split('│')[1].Trim(' ', '>')).Where(l => l.Length > 0)];
        Assert.Equal("Overview", pages[0]);
        return pages;
    }

    static async Task<string> GoToAsync(Tmux tmux, IReadOnlyList<string> pages, int number)
    {
        await tmux.KeysAsync("m");
        await tmux.UntilAsync("─ Pages ");
        await tmux.KeysAsync(["Home", .. Enumerable.Repeat("Down", number), "Enter"]);
        return await SettledAsync(tmux, pages[number]);
    }

    /// <summary>The page as soon as it is there, nothing is awaited, and it says the same five times in a row.</summary>
    static async Task<string> SettledAsync(Tmux tmux, string page)
    {
        string last = "";
        int same = 0;
        await tmux.UntilAsync(screen =>
        {
            string normal = ScreenText.Normal(screen);
            string[] lines = normal.Split('\n');
            bool isThere = lines[0].Contains($" Albumen  {page}", StringComparison.Ordinal) && !lines[0].Contains("connecting", StringComparison.Ordinal) && !screen.Contains("─ Pages ", StringComparison.Ordinal)
                && !lines.Any(l => Awaited().IsMatch(l)) && lines.Skip(2).SkipLast(2).Any(l => l.Trim().Length > 0);
            if (Live.Contains(page)) normal = Framed(lines);
            same = isThere && normal == last ? same + 1 : 0;
            last = normal;
            return same >= 5;
        }, $"The page {page} at rest");
        return last;
    }

    static string Framed(string[] lines) => string.Join('\n', [.. lines[..3], "(what happens now)", .. lines[^3..]]);

    static string FileOf(string page) => NoLetters().Replace(page, "-").Trim('-');

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NoLetters();

    // An ellipsis where a list, a picture or the daemon's answer will be.
    [GeneratedRegex(@"(^|[│ ]{2,})…\s*($|│)|Asking the daemon")]
    private static partial Regex Awaited();
}
