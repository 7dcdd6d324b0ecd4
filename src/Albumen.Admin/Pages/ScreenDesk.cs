using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>
/// The console on a terminal: one loop takes keys and answers one by one and draws after each, so that no page needs a lock and nothing waits for the daemon.
/// </summary>
sealed class ScreenDesk : Desk, IDisposable
{
    const int Narrowest = 40, Lowest = 10, Wide = 100, MostMessage = 4;
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1), MostForAnswer = TimeSpan.FromMilliseconds(300), MessageStays = TimeSpan.FromSeconds(8);

    readonly Loop _loop = new();
    readonly ManualResetEventSlim _answered = new();
    readonly CancellationTokenSource _ending = new();
    readonly List<Dialog> _dialogs = [];
    readonly HashSet<Page> _loading = [];
    readonly List<string> _written = [];
    readonly Tty _tty;
    readonly PictureShelf _shelf;
    readonly CommandLine _commands;
    readonly bool _isPictureChosen, _canAnswer;
    Painter _painter;
    Page _page = null!;
    (string Text, bool IsBad, long Since)? _message;
    long _loaded;

    /// <param name="pictures">Null: what the terminal says it can.</param>
    /// <exception cref="UsageException">There is no terminal, or it can do nothing but print.</exception>
    public ScreenDesk(AlbumenClient daemon, CommandLine commands, Func<Desk, IReadOnlyList<Page>> pages, PictureMode? pictures) : base(daemon)
    {
        string kind = Environment.GetEnvironmentVariable("TERM") ?? "";
        if (kind is "" or "dumb") throw new UsageException($"The terminal ('{kind}') can only print. 'albumen console --plain' works line by line.");
        _tty = new();
        _commands = commands;
        _shelf = new(daemon, _ending.Token) { Mode = pictures ?? PictureMode.Blocks, Depth = DepthOf(kind) };
        _isPictureChosen = pictures is not null;
        // These print what they do not understand.
        _canAnswer = kind is not "linux" && !kind.StartsWith("vt", StringComparison.Ordinal);
        _painter = new(_shelf.Depth, _shelf.Mode);
        Pages = pages(this);
    }

    public override CancellationToken Ending => _ending.Token;

    /// <summary>https://no-color.org, and what terminals say of themselves.</summary>
    static ColourDepth DepthOf(string kind) => kind switch
    {
        _ when Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } => ColourDepth.None,
        _ when kind.EndsWith("-m", StringComparison.Ordinal) || kind.EndsWith("-mono", StringComparison.Ordinal) || kind.StartsWith("vt", StringComparison.Ordinal) => ColourDepth.None,
        _ when Environment.GetEnvironmentVariable("COLORTERM") is "truecolor" or "24bit" => ColourDepth.True,
        _ when kind.EndsWith("-direct", StringComparison.Ordinal) || kind.Contains("kitty") || kind.Contains("ghostty") => ColourDepth.True,
        _ when kind.Contains("256color") => ColourDepth.Palette,
        _ => ColourDepth.Sixteen,
    };

    /// <summary>Runs until the person leaves, or a signal ends it.</summary>
    public void Run()
    {
        SynchronizationContext.SetSynchronizationContext(_loop);
        _tty.Ending += () => Post(_ending.Cancel);
        _tty.Changed += () => Post(() => _painter.Forget());
        _tty.TurnOn();
        try
        {
            GoTo(Pages[0]);
            Draw();
            // What it can show, the size of a cell, and its attributes: the answers come as keys do.
            if (!_isPictureChosen && _canAnswer) _tty.Ask("\e_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\e\\\e[16t\e[c");
            new Thread(Listen) { IsBackground = true, Name = "keys" }.Start();
            _ = GuardAsync(WatchAsync);
            while (!_ending.IsCancellationRequested)
            {
                if (_loop.Take(Second) is not { } next) continue;
                do next();
                while (!_ending.IsCancellationRequested && (next = _loop.Take(TimeSpan.Zero)) is not null);
                Draw();
            }
        }
        finally
        {
            _ending.Cancel();
            foreach (Dialog dialog in _dialogs) dialog.Leave();
            // What the terminal still has to answer would be typed to the shell.
            if (!_isPictureChosen && _canAnswer) _answered.Wait(MostForAnswer);
            _tty.TurnOff();
        }
    }

    void Post(Action action) => _loop.Post(action);

    /// <summary>Runs what nobody awaits. A fault of ours ends the console, with its terminal in order.</summary>
    async Task GuardAsync(Func<Task> run)
    {
        try
        {
            await DoAsync(run);
        }
        catch (Exception error)
        {
            ExceptionDispatchInfo fault = ExceptionDispatchInfo.Capture(error);
            Post(fault.Throw);
        }
    }

    public override Task TryAsync(Func<Task> act) => GuardAsync(act);

    void Listen()
    {
        InputReader reader = new();
        byte[] buffer = new byte[4096];
        while (!_ending.IsCancellationRequested)
        {
            int count = Tty.Read(buffer, reader.Patience);
            if (count < 0)
            {
                _answered.Set();
                Post(_ending.Cancel);
                return;
            }
            foreach (Input input in reader.Take(buffer.AsSpan(0, count), isEnd: count == 0))
            {
                if (input is Reply { Kind: "attributes" }) _answered.Set();
                Post(() => Take(input));
            }
        }
    }

    /// <summary>Asks how the daemon is, each second, and what the page shows, as often as the page wants.</summary>
    async Task WatchAsync()
    {
        while (true)
        {
            bool wasAway = AwaySince is not null;
            // What it answers now may be an error; it is asked again all the same.
            await DoAsync(() => LookAsync(_ending.Token));
            if (wasAway && AwaySince is null)
            {
                Say("The daemon answers again.");
                _ = GuardAsync(LoadPageAsync);
            }
            else if (AwaySince is null && _page.Every is { } every && Stopwatch.GetElapsedTime(_loaded) >= every) _ = GuardAsync(LoadPageAsync);
            await Task.Delay(Second, _ending.Token);
        }
    }

    async Task LoadPageAsync()
    {
        Page page = _page;
        if (!_loading.Add(page)) return;
        _loaded = Stopwatch.GetTimestamp();
        try
        {
            await page.LoadAsync(_ending.Token);
        }
        catch (DaemonUnreachableException)
        {
            // The head of the screen says so, and it is asked for again when the daemon is back.
        }
        finally
        {
            _loading.Remove(page);
        }
    }

    public override void GoTo(Page page)
    {
        // What was said was of the other one.
        if (page != _page) _message = null;
        _page = page;
        _ = GuardAsync(LoadPageAsync);
    }

    public override void Say(string message, bool isBad = false) => _message = (message, isBad, Stopwatch.GetTimestamp());

    public override void DrawPicture(Area area, string asset) => _shelf.Draw(area, asset);

    public override Task<bool> ConfirmAsync(string title, IReadOnlyList<string> plan, string does)
    {
        ReadingDialog dialog = new(title, plan, does);
        _dialogs.Add(dialog);
        return dialog.Answer;
    }

    public override Task<string?> AskAsync(string title, string label, string initial = "", Func<string, Task<IReadOnlyList<string>>>? suggest = null) => AskAsync(title, label, initial, suggest, null);

    Task<string?> AskAsync(string title, string label, string initial, Func<string, Task<IReadOnlyList<string>>>? suggest, IReadOnlyList<string>? history)
    {
        LineDialog dialog = new(title, label, initial, suggest, history);
        _dialogs.Add(dialog);
        return dialog.Answer;
    }

    public override Task<int?> ChooseAsync(string title, IReadOnlyList<string> choices, bool isQuick = false) => AskAsync(new ChoiceDialog(title, choices, isQuick));

    Task<int?> ChooseAsync(string title, IReadOnlyList<string> choices, int first) => AskAsync(new ChoiceDialog(title, choices, isQuick: false, first));

    Task<int?> AskAsync(ChoiceDialog dialog)
    {
        _dialogs.Add(dialog);
        return dialog.Answer;
    }

    public override async Task ReadAsync(string title, IReadOnlyList<string> lines)
    {
        ReadingDialog dialog = new(title, lines);
        _dialogs.Add(dialog);
        await dialog.Answer;
    }

    void Take(Input input)
    {
        switch (input)
        {
            case Reply reply:
                Learn(reply);
                return;
            case Key { Name: "C-z" }:
                _tty.Stop();
                return;
            case Key { Name: "C-l" }:
                _painter.Forget();
                return;
        }
        if (_dialogs is [.., var dialog])
        {
            if (input is Key key) dialog.Press(key);
            else if (input is Pasted pasted) dialog.Type(pasted.Text);
            else if (input is Mouse { Wheel: not 0 and var wheel }) dialog.Press(new(wheel > 0 ? "Down" : "Up"));
            _dialogs.RemoveAll(d => d.IsOver);
            return;
        }
        if (input is Mouse mouse) Point(mouse);
        else if (input is Key pressed) Press(pressed);
    }

    void Point(Mouse mouse)
    {
        if (mouse.Wheel != 0)
            for (int i = 0; i < 3; i++) _page.Press(new(mouse.Wheel > 0 ? "Down" : "Up"));
        else if (mouse.Y == 1 && TabAt(mouse.X) is { } page) GoTo(page);
        else _page.Click(mouse.X, mouse.Y - 2);
    }

    void Press(Key key)
    {
        // What went wrong stays to be read until something else is done.
        if (_message is { IsBad: true }) _message = null;
        Binding? binding = _page.Bindings.FirstOrDefault(b => b.IsOf(key));
        if (binding is not null)
        {
            _ = GuardAsync(async () =>
            {
                await binding.Act();
                await LoadPageAsync();
            });
            return;
        }
        if (_page.Press(key)) return;
        int at = Pages.ToList().IndexOf(_page);
        switch (key.Name)
        {
            case "q" or "C-c": _ending.Cancel(); break;
            case "?" or "F1": _ = ReadAsync($"Help: {_page.Name}", HelpOf(_page)); break;
            case ":": _ = GuardAsync(CommandAsync); break;
            case "/" when _page.Filter is not null: _ = GuardAsync(FilterAsync); break;
            case "Tab" or "]": GoTo(Pages[(at + 1) % Pages.Count]); break;
            case "BackTab" or "[": GoTo(Pages[(at + Pages.Count - 1) % Pages.Count]); break;
            case "m" or "F2": _ = GuardAsync(MenuAsync); break;
            case "C-r" or "F5": _ = GuardAsync(() => _page.ReloadAsync(_ending.Token)); break;
            case [var digit and >= '0' and <= '9'] when (digit - '0' + 9) % 10 < Pages.Count: GoTo(Pages[(digit - '0' + 9) % 10]); break;
        }
    }

    async Task MenuAsync()
    {
        if (await ChooseAsync("Pages", [.. Pages.Select(p => p.Name)], Pages.ToList().IndexOf(_page)) is { } number) GoTo(Pages[number]);
    }

    async Task FilterAsync()
    {
        if (await AskAsync("Filter", "Only rows with this in them; empty shows all.", _page.Filter ?? "") is { } text) _page.Filter = text.Trim();
    }

    async Task CommandAsync()
    {
        if (await AskAsync("Command", "A verb of 'albumen' with its words, such as: search rating:5", "", line => _commands.SuggestAsync(line, _ending.Token), _written) is not { } line || line.Trim().Length == 0) return;
        _written.Add(line);
        Say($"albumen {line} …");
        (IReadOnlyList<string> lines, int code) = await RunAsync(line.Trim());
        // It may have changed what is shown.
        _ = GuardAsync(() => _page.ReloadAsync(_ending.Token));
        Say(code == 0 ? $"albumen {line}: done." : $"albumen {line} ended with {code}.", code != 0);
        await ReadAsync($"albumen {line}", lines.Count > 0 ? lines : ["It printed nothing."]);
    }

    /// <summary>What takes long can be stopped; also what would never end by itself.</summary>
    async Task<(IReadOnlyList<string> Lines, int Code)> RunAsync(string line)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        Task<(IReadOnlyList<string>, int)> running = _commands.RunAsync(line, _tty.Size.Columns - 4, stop.Token);
        if (await Task.WhenAny(running, Task.Delay(Second, _ending.Token)) == running) return await running;
        ReadingDialog dialog = new($"albumen {line}", ["It runs. What it prints is shown when it is done, or closed here."]);
        _dialogs.Add(dialog);
        if (await Task.WhenAny(running, dialog.Answer) != running) await stop.CancelAsync();
        dialog.Leave();
        _dialogs.Remove(dialog);
        return await running;
    }

    static List<string> HelpOf(Page page) =>
    [
        page.About, "", .. page.Bindings.Select(b => $"{b.Keys.Replace(" ", " or ", StringComparison.Ordinal),-16} {b.Does}"), "",
        "arrows or hjkl   move; g, G first and last; C-d, C-u half a page", .. page.Filter is null ? (string[])[] : ["Space            mark, to do something with many; Esc unmarks", "/                only rows with something in them"],
        "Tab, 1 to 9, m   other pages (m lists them)", ":                any verb of 'albumen'; Tab takes what is suggested", "C-r              ask again    C-l draw anew    C-z to the shell, 'fg' comes back",
        "q                leave; nothing is lost, the daemon goes on",
    ];

    /// <summary>What the terminal says of itself decides how pictures are shown.</summary>
    void Learn(Reply reply)
    {
        if (reply is { Kind: "size", Numbers: [6, > 0 and <= 200 and var height, > 0 and <= 200 and var width] }) _shelf.CellSize = (width, height);
        PictureMode mode = reply switch
        {
            { Kind: "kitty" } => PictureMode.Kitty,
            { Kind: "attributes", Numbers: var numbers } when numbers.Contains(4) && _shelf.Mode is PictureMode.Blocks => PictureMode.Sixel,
            _ => _shelf.Mode,
        };
        if (mode == _shelf.Mode || _isPictureChosen) return;
        _shelf.Mode = mode;
        _painter = new(_shelf.Depth, mode);
    }

    void Draw()
    {
        (int columns, int lines, int width, int height) = _tty.Size;
        if (width > 0 && height > 0 && _shelf.CellSize == (8, 16)) _shelf.CellSize = (Math.Clamp(width / columns, 1, 200), Math.Clamp(height / lines, 1, 200));
        Canvas canvas = new(Math.Clamp(columns, 1, 500), Math.Clamp(lines, 1, 300));
        Area screen = canvas.Whole;
        if (columns < Narrowest || lines < Lowest) screen.WriteWords(0, 0, $"The window is too small: {Narrowest} x {Lowest} at least.");
        else
        {
            DrawHead(screen);
            _page.Draw(screen.Part(0, 2, screen.Width, screen.Height - 4));
            DrawFoot(screen);
            if (_dialogs.Count > 0) canvas.Pictures.Clear();
            foreach (Dialog dialog in _dialogs) dialog.Draw(screen.Part(0, 1, screen.Width, screen.Height - 2));
        }
        _tty.Show(_painter.Frame(canvas));
    }

    void DrawHead(Area screen)
    {
        string state = StateOfDaemon(out Style look);
        int x = screen.Write(0, 0, " Albumen ", Look.Chosen) + 1;
        screen.WriteBefore(screen.Width, 0, state, look);
        int room = screen.Width - TextWidth.Of(state) - x - 2;
        if (room > 8) screen.Write(x, 0, TitleIn(room), Look.Strong);
        foreach ((Page page, int left) in Tabs(screen.Width)) screen.Write(left, 1, page.Name, page == _page ? Look.Heading.With(Weight.Underline) : Look.Faint);
    }

    /// <summary>The page's name is left whole as long as there is room for anything.</summary>
    string TitleIn(int columns)
    {
        string title = Printable.Show(_page.Title);
        int name = _page.Name.Length + 2, most = columns - name;
        return TextWidth.Of(title) <= columns || _page.Subject.Length == 0 ? TextWidth.Cut(title, columns) : most < 8 ? TextWidth.Cut(_page.Name, columns) : title[..name] + TextWidth.CutMiddle(title[name..], most);
    }

    string StateOfDaemon(out Style look)
    {
        look = Look.Good;
        if (AwaySince is { } since)
        {
            look = Look.Bad;
            return $"reconnecting ({Words.Duration(DateTimeOffset.UtcNow - since)}) ";
        }
        if (Status is not { } status)
        {
            look = Look.Faint;
            return "connecting ";
        }
        if (status.Indexing is { Trouble: not null })
        {
            look = Look.Bad;
            return "stalled ";
        }
        if (status.Counts.Problems > 0 || status.Volumes.Any(v => v.State is not ("online" or "new"))) look = Look.Caution;
        return (status.Indexing.Left > 0 ? $"{Words.Many(status.Indexing.Left, "file")} left, {status.Indexing.PerSecond:0.#}/s " : $"{status.State} ")
            + (status.Counts.Problems > 0 ? $"· {Words.Many(status.Counts.Problems, "problem")} " : "");
    }

    /// <summary>As many of the pages' names as there is room for, the current one among them.</summary>
    IEnumerable<(Page Page, int Left)> Tabs(int columns)
    {
        int at = Pages.ToList().IndexOf(_page), first = 0;
        int Needed(int from) => Pages.Skip(from).Take(at - from + 2).Sum(p => p.Name.Length + 2);
        while (first < at && Needed(first) > columns) first++;
        for (int left = 1; first < Pages.Count && left + Pages[first].Name.Length <= columns; first++)
        {
            yield return (Pages[first], left);
            left += Pages[first].Name.Length + 2;
        }
    }

    Page? TabAt(int x) => Tabs(_tty.Size.Columns).Where(t => x >= t.Left && x < t.Left + t.Page.Name.Length).Select(t => t.Page).FirstOrDefault();

    void DrawFoot(Area screen)
    {
        if (_message is { } message)
        {
            if (Stopwatch.GetElapsedTime(message.Since) > MessageStays && !message.IsBad) _message = null;
            else
            {
                // What is longer than a line covers a part of the page: it says what to type.
                List<string> words = [.. TextWidth.Wrap(Printable.Show(message.Text), screen.Width - 2).Take(MostMessage)];
                for (int i = 0; i < words.Count; i++)
                {
                    int y = screen.Height - 1 - words.Count + i;
                    screen.FillLine(y, Look.Plain);
                    screen.Write(1, y, words[i], message.IsBad ? Look.Bad : Look.Good);
                }
            }
        }
        // What is the same everywhere stands at the right, and always; where there is little room, only what says the rest.
        int room = screen.Width < Wide ? Hint(screen, screen.Width - 15, screen.Width, [("?", "help"), ("q", "leave")])
            : Hint(screen, screen.Width - 36, screen.Width, [("?", "help"), (":", "command"), ("m", "pages"), ("q", "leave")]);
        Hint(screen, 1, room - 2, _page.Bindings.Where(b => b.IsHinted).Select(b => (b.Key, b.Does)));
    }

    /// <returns>The column it began at.</returns>
    static int Hint(Area screen, int x, int end, IEnumerable<(string Key, string Does)> hints)
    {
        int begin = x;
        foreach ((string key, string does) in hints)
        {
            if (x + key.Length + does.Length + 1 > end) break;
            x = screen.Write(x, screen.Height - 1, key, Look.KeyName);
            x = screen.Write(x, screen.Height - 1, $" {does}", Look.Faint) + 2;
        }
        return begin;
    }

    public void Dispose()
    {
        _tty.Dispose();
        _ending.Dispose();
        _answered.Dispose();
    }
}
