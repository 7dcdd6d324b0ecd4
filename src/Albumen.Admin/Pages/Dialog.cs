using Albumen.Admin.Terminal;

namespace Albumen.Admin.Pages;

/// <summary>A question or a text over the page, until it is answered. Its keys come before the page's.</summary>
abstract class Dialog
{
    public abstract void Draw(Area screen);

    public abstract void Press(Key key);

    public virtual void Type(string text)
    {
    }

    /// <summary>It is over: the desk takes it away.</summary>
    public bool IsOver { get; protected set; }

    /// <summary>The person leaves it unanswered, or the console ends.</summary>
    public abstract void Leave();

    protected static Area Window(Area screen, int columns, int lines)
    {
        columns = Math.Min(columns, screen.Width);
        lines = Math.Min(lines, screen.Height);
        return screen.Part((screen.Width - columns) / 2, (screen.Height - lines) / 2, columns, lines);
    }

    protected static void Hint(Area inside, string text) => inside.Write(0, inside.Height - 1, text, inside.Width, Look.Faint);
}

/// <summary>Text to read: help, a plan with a question, what a verb printed.</summary>
/// <param name="does">What <c>y</c> does; null when there is nothing to decide.</param>
sealed class ReadingDialog(string title, IReadOnlyList<string> lines, string? does = null) : Dialog
{
    readonly TaskCompletionSource<bool> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IReadOnlyList<string> _wrapped = [];
    int _top, _height = 1, _length, _columns, _wrappedFor = -1;

    public Task<bool> Answer => _answer.Task;

    public override void Draw(Area screen)
    {
        // Once for each width: there may be many lines.
        if (_wrappedFor != screen.Width)
        {
            _columns = Math.Clamp(lines.Select(TextWidth.Of).DefaultIfEmpty(0).Max() + 4, Math.Min(60, screen.Width), screen.Width);
            _wrapped = [.. lines.SelectMany(l => TextWidth.Wrap(Printable.Show(l), _columns - 4))];
            _wrappedFor = screen.Width;
        }
        Area inside = Window(screen, _columns, _wrapped.Count + 4).Frame(title, Look.Accent);
        (_height, _length) = (Math.Max(1, inside.Height - 2), _wrapped.Count);
        _top = Math.Clamp(_top, 0, Math.Max(0, _length - _height));
        for (int y = 0; y < _height && _top + y < _length; y++) inside.Write(1, y, _wrapped[_top + y]);
        string more = _length > _height ? $"  ({_top + 1}-{Math.Min(_length, _top + _height)} of {_length}; arrows scroll)" : "";
        Hint(inside.Part(1, 0, inside.Width - 1, inside.Height), (does is null ? "Esc closes" : $"y: {does}   n: leave all as it is") + more);
    }

    public override void Press(Key key)
    {
        switch (key.Name)
        {
            case "Down" or "j": _top++; break;
            case "Up" or "k": _top--; break;
            case "PageDown" or "Space" or "C-f" or "C-d": _top += _height; break;
            case "PageUp" or "C-b" or "C-u": _top -= _height; break;
            case "Home" or "g": _top = 0; break;
            case "End" or "G": _top = _length; break;
            case "y" or "Y" when does is not null: End(true); break;
            case "n" or "N" or "Esc" or "q" or "C-c": End(false); break;
            case "Enter" or "?" when does is null: End(false); break;
        }
    }

    public override void Leave() => End(false);

    void End(bool answer)
    {
        IsOver = true;
        _answer.TrySetResult(answer);
    }
}

/// <summary>A list to choose from, by arrows or by the first letters.</summary>
/// <param name="isQuick">The first letter chooses at once.</param>
/// <param name="first">The number of the one that is chosen at the begin.</param>
sealed class ChoiceDialog(string title, IReadOnlyList<string> choices, bool isQuick = false, int first = 0) : Dialog
{
    readonly TaskCompletionSource<int?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _chosen = Math.Max(0, first), _height = 1;

    public Task<int?> Answer => _answer.Task;

    public override void Draw(Area screen)
    {
        int columns = Math.Clamp(choices.Select(TextWidth.Of).DefaultIfEmpty(0).Max() + 8, 40, Math.Max(40, screen.Width));
        Area inside = Window(screen, columns, choices.Count + 4).Frame(title, Look.Accent);
        _height = Math.Max(1, inside.Height - 2);
        int top = Math.Clamp(_chosen - _height + 1, 0, Math.Max(0, choices.Count - _height));
        for (int y = 0; y < _height && top + y < choices.Count; y++)
            inside.Write(0, y, TextWidth.Fit($"{(top + y == _chosen ? "> " : "  ")}{choices[top + y]}", inside.Width), top + y == _chosen ? Look.Chosen : Look.Plain);
        Hint(inside.Part(1, 0, inside.Width - 1, inside.Height), "Enter chooses   Esc leaves");
    }

    public override void Press(Key key)
    {
        switch (key.Name)
        {
            case "Down" or "C-n" or "Tab": _chosen = Math.Min(choices.Count - 1, _chosen + 1); break;
            case "Up" or "C-p" or "BackTab": _chosen = Math.Max(0, _chosen - 1); break;
            case "PageDown": _chosen = Math.Min(choices.Count - 1, _chosen + _height); break;
            case "PageUp": _chosen = Math.Max(0, _chosen - _height); break;
            case "End": _chosen = choices.Count - 1; break;
            case "Home": _chosen = 0; break;
            case "Enter" when choices.Count > 0: End(_chosen); break;
            case "Esc" or "C-c": End(null); break;
            default:
                // The next one that begins so; j and k go on as in vi where nothing does.
                int next = key.Text is { } letter ? Enumerable.Range(1, choices.Count).Select(i => (_chosen + i) % choices.Count).FirstOrDefault(i => choices[i].StartsWith(letter, StringComparison.OrdinalIgnoreCase), -1) : -1;
                if (next >= 0 && isQuick) End(next);
                else if (next >= 0) _chosen = next;
                else if (key.Name is "j") Press(new("Down"));
                else if (key.Name is "k") Press(new("Up"));
                break;
        }
    }

    public override void Leave() => End(null);

    void End(int? answer)
    {
        IsOver = true;
        _answer.TrySetResult(answer);
    }
}

/// <summary>A line to write, with what may be meant below it.</summary>
/// <param name="history">Lines that were written before, the newest last.</param>
sealed class LineDialog(string title, string label, string initial, Func<string, Task<IReadOnlyList<string>>>? suggest, IReadOnlyList<string>? history = null) : Dialog
{
    const int Suggested = 8, Longest = 4_000;

    readonly TaskCompletionSource<string?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IReadOnlyList<string> _suggestions = [];
    string _text = initial;
    int _at = initial.Length, _chosen = -1, _back;
    string? _asked;

    public Task<string?> Answer => _answer.Task;

    public override void Draw(Area screen)
    {
        _ = SuggestAsync();
        int columns = Math.Min(screen.Width, 76), y = TextWidth.Wrap(Printable.Show(label), columns - 4).Count();
        Area inside = Window(screen, columns, 4 + y + (suggest is null ? 0 : Suggested)).Frame(title, Look.Accent);
        inside = inside.Part(1, 0, inside.Width - 2, inside.Height);
        inside.WriteWords(0, 0, label);
        // The end of a long line is what is written at.
        int room = inside.Width - 3, from = _at;
        while (from > 0 && TextWidth.Of(_text[(from - Step(-1, from))..(_at)]) <= room) from -= Step(-1, from);
        inside.Write(0, y, "> ", Look.Accent);
        inside.Write(2, y, _text[from..Math.Min(_text.Length, from + 2 * room)], Look.Strong);
        inside.Cursor(2 + TextWidth.Of(_text[from.._at]), y);
        for (int i = 0; i < Math.Min(Suggested, _suggestions.Count); i++)
            inside.Write(2, y + 1 + i, TextWidth.Cut(_suggestions[i], inside.Width - 2), i == _chosen ? Look.Chosen : Look.Faint);
        Hint(inside, suggest is null ? "Enter: done   Esc: leave" : "Enter: done   Tab: take what is suggested   Esc: leave");
    }

    async Task SuggestAsync()
    {
        if (suggest is null || _asked == _text) return;
        string text = _asked = _text;
        IReadOnlyList<string> found;
        try
        {
            found = await suggest(text);
        }
        catch (Exception error) when (error is Client.ApiException or Client.DaemonUnreachableException or OperationCanceledException)
        {
            found = [];
        }
        if (text != _text) return;
        (_suggestions, _chosen) = (found, -1);
    }

    public override void Press(Key key)
    {
        switch (key.Name)
        {
            case "Enter": End(_chosen >= 0 ? _suggestions[_chosen] : _text); break;
            case "Esc" or "C-c": End(null); break;
            case "Tab" when _suggestions.Count > 0: Set(_suggestions[Math.Max(0, _chosen)]); break;
            case "Down" or "C-n" when _suggestions.Count > 0: _chosen = Math.Min(Math.Min(Suggested, _suggestions.Count) - 1, _chosen + 1); break;
            case "Up" or "C-p" when _chosen >= 0: _chosen--; break;
            case "Up" or "C-p" when history is { } lines && _back < lines.Count: Set(lines[^++_back]); break;
            case "Down" or "C-n" when history is { } lines && _back > 0: Set(--_back == 0 ? "" : lines[^_back]); break;
            case "Left" or "C-b": _at = Math.Max(0, _at - Step(-1)); break;
            case "Right" or "C-f": _at = Math.Min(_text.Length, _at + Step(1)); break;
            case "Home" or "C-a": _at = 0; break;
            case "End" or "C-e": _at = _text.Length; break;
            case "Backspace" when _at > 0: Cut(_at - Step(-1), _at); break;
            case "Delete" when _at < _text.Length: Cut(_at, _at + Step(1)); break;
            case "C-u": Cut(0, _at); break;
            case "C-k": Cut(_at, _text.Length); break;
            case "C-w": Cut(_text.AsSpan(0, _at).TrimEnd(' ').LastIndexOf(' ') + 1, _at); break;
            default:
                if (key.Text is { } text) Type(text);
                break;
        }
    }

    public override void Type(string text)
    {
        text = string.Concat(text.Where(c => !char.IsControl(c)).Take(Longest - _text.Length));
        _text = _text.Insert(_at, text);
        _at += text.Length;
    }

    void Set(string text) => (_text, _at, _chosen) = (text, text.Length, -1);

    void Cut(int from, int to)
    {
        _text = _text.Remove(from, to - from);
        _at = from;
    }

    int Step(int direction) => Step(direction, _at);

    int Step(int direction, int at) => direction > 0
        ? at + 1 < _text.Length && char.IsSurrogatePair(_text, at) ? 2 : 1
        : at > 1 && char.IsSurrogatePair(_text, at - 2) ? 2 : 1;

    public override void Leave() => End(null);

    void End(string? answer)
    {
        IsOver = true;
        _answer.TrySetResult(answer);
    }
}
