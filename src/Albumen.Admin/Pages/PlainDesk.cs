using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>The console line by line, for screen readers, braille lines and terminals that can only print: the same pages and the same words, nothing is ever drawn over.</summary>
sealed class PlainDesk : Desk, IDisposable
{
    const int PartLength = 20;

    readonly CancellationTokenSource _ending = new();
    readonly CommandLine _commands;
    readonly TextReader _in;
    readonly TextWriter _out;
    Page _page;
    string? _said;
    bool _isNew = true;

    public PlainDesk(AlbumenClient daemon, CommandLine commands, Func<Desk, IReadOnlyList<Page>> pages, TextReader input, TextWriter output) : base(daemon)
    {
        (_commands, _in, _out) = (commands, input, output);
        Pages = pages(this);
        _page = Pages[0];
    }

    public override CancellationToken Ending => _ending.Token;

    /// <summary>Answers line by line until the person leaves or the input ends.</summary>
    public void Run(CancellationToken cancellationToken) => Loop.Run(() => RunAsync(cancellationToken));

    async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration stop = cancellationToken.Register(_ending.Cancel);
        Print("Albumen. Type a page's name, a number to choose a row, a word or key of the page, or ? for help.");
        while (!_ending.IsCancellationRequested)
        {
            if (_isNew) await DoAsync(ShowAsync);
            // What was said instead of hearing on comes first.
            if ((_said ?? await LineAsync("> ")) is not { } line) return;
            _said = null;
            await DoAsync(() => TakeAsync(line.Trim()));
        }
    }

    async Task ShowAsync()
    {
        _isNew = false;
        await LookAsync(_ending.Token);
        if (AwaySince is not null)
        {
            Print("The daemon cannot be reached. Return tries again.");
            return;
        }
        await _page.LoadAsync(_ending.Token);
        Print(_page.Title);
        await PrintAsync([.. _page.Lines()]);
    }

    async Task TakeAsync(string line)
    {
        if (line.Length == 0)
        {
            await LookAsync(_ending.Token);
            if (AwaySince is null) await _page.ReloadAsync(_ending.Token);
            await ShowAsync();
            return;
        }
        if (line is "q" or "quit" or "leave")
        {
            _ending.Cancel();
            return;
        }
        if (line is "?" or "help") await PrintAsync(Help());
        else if (line is "pages" or "m") await PrintAsync([.. Pages.Select(p => p.Name)]);
        else if (line.StartsWith(':'))
        {
            (IReadOnlyList<string> lines, int code) = await _commands.RunAsync(line[1..], 200, _ending.Token);
            await PrintAsync([.. lines, code == 0 ? "Done." : $"It ended with {code}."]);
        }
        else if (line.StartsWith('/') && _page.Filter is not null)
        {
            _page.Filter = line[1..];
            await ShowAsync();
        }
        else if (line is "mark")
        {
            if (_page.Press(new("Space"))) await PrintAsync([.. _page.Lines()]);
            else Print("There is nothing to mark here.");
        }
        else if (line is "unmark")
        {
            if (_page.Press(new("Esc"))) await PrintAsync([.. _page.Lines()]);
            else Print("Nothing is marked here.");
        }
        else if (int.TryParse(line, out int number))
        {
            if (_page.Choose(number) is { } said) await PrintAsync([.. said]);
            else Print($"There is no row {number}.");
        }
        else if (Pages.FirstOrDefault(p => p.Name.Equals(line, StringComparison.OrdinalIgnoreCase)) is { } page) await OpenAsync(page);
        else if (_page.Bindings.FirstOrDefault(b => b.IsOf(new(line)) || b.Does.Equals(line, StringComparison.OrdinalIgnoreCase)) is { } binding)
        {
            await binding.Act();
            await ShowAsync();
        }
        else if (Pages.FirstOrDefault(p => p.Name.StartsWith(line, StringComparison.OrdinalIgnoreCase)) is { } begun) await OpenAsync(begun);
        else Print($"'{line}' is no page, row or word here. Type ? for help.");
    }

    async Task OpenAsync(Page page)
    {
        _page = page;
        await ShowAsync();
    }

    List<string> Help() =>
    [
        _page.About, $"Pages: {string.Join(", ", Pages.Select(p => p.Name))}.", .. _page.Bindings.Count == 0 ? (string[])[] : ["On this page, by key or by words:"],
        .. _page.Bindings.Select(b => $"{b.Key}: {b.Does}"),
        "A number chooses that row and says what there is to say of it.", .. _page.Filter is null ? (string[])[] : ["mark: marks the row, to do something with many, or unmarks it. unmark: all.", "/words: only rows with that in them. / alone: all."],
        ":verb words: any verb of albumen, as on its command line.", "Return: the page again. q: leave.",
    ];

    public override void Say(string message, bool isBad = false) => Print(isBad ? $"Error: {message}" : message);

    public override void GoTo(Page page) => (_page, _isNew) = (page, true);

    public override async Task<bool> ConfirmAsync(string title, IReadOnlyList<string> plan, string does)
    {
        Print(title);
        await PrintAsync(plan);
        return (await LineAsync($"{does}? y or n: "))?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    public override async Task<string?> AskAsync(string title, string label, string initial = "", Func<string, Task<IReadOnlyList<string>>>? suggest = null)
    {
        Print($"{title}. {label}");
        if (suggest is not null && await suggest(initial) is { Count: > 0 } known) Print($"Such as: {string.Join(", ", known.Take(PartLength))}");
        string? text = await LineAsync($"({(initial.Length > 0 ? $"now: {initial}; " : "")}\"\" is nothing, return leaves it) ");
        return text is "\"\"" ? "" : text is { Length: > 0 } ? text : null;
    }

    public override async Task<int?> ChooseAsync(string title, IReadOnlyList<string> choices, bool isQuick = false)
    {
        Print(title);
        if (isQuick)
        {
            await PrintAsync(choices);
            return await LineAsync("How it begins: ") is { Length: > 0 } begin && choices.ToList().FindIndex(c => c.StartsWith(begin, StringComparison.OrdinalIgnoreCase)) is >= 0 and var found ? found : null;
        }
        await PrintAsync([.. choices.Select((c, i) => $"{i + 1}. {c}")]);
        return int.TryParse(await LineAsync("Number: "), out int number) && number >= 1 && number <= choices.Count ? number - 1 : null;
    }

    public override async Task ReadAsync(string title, IReadOnlyList<string> lines)
    {
        Print(title);
        await PrintAsync(lines);
    }

    /// <summary>A part at a time.</summary>
    async Task PrintAsync(IReadOnlyList<string> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0 && i % PartLength == 0 && await LineAsync($"({lines.Count - i} more; return goes on, n stops) ") is not "" and var said)
            {
                if (said is not (null or "n")) _said = said;
                return;
            }
            Print(lines[i]);
        }
    }

    void Print(string line) => _out.WriteLine(Printable.Show(line));

    async Task<string?> LineAsync(string prompt)
    {
        _out.Write(Printable.Show(prompt));
        await _out.FlushAsync(_ending.Token);
        // The standard input's own way of waiting cannot be interrupted.
        string? line = await Task.Run(_in.ReadLine).WaitAsync(_ending.Token);
        if (line is null) _ending.Cancel();
        return line;
    }

    public void Dispose() => _ending.Dispose();
}
