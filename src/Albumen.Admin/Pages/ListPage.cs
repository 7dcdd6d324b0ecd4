using System.Diagnostics;
using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>A column of a list.</summary>
/// <param name="Width">In characters; negative: that many shares of what the others leave.</param>
/// <param name="From">It is left out where the list is narrower.</param>
sealed record Column<T>(string Header, int Width, Func<T, string> Text, bool IsRight = false, bool IsPath = false, int From = 0, Func<T, Style>? Look = null);

/// <summary>
/// A page that is a list: it can be walked through with arrows and vi's keys, filtered and marked, and grows by what the daemon gives at a time while somebody
/// looks at its end. What is chosen and marked is known by its key, so it stays when the list is asked for again.
/// </summary>
abstract class ListPage<T>(Desk desk) : Page(desk) where T : class
{
    protected const int PartLength = 200;
    const int MostRows = 20_000, WideEnough = 96, HighEnough = 14;

    readonly HashSet<string> _marked = [];
    readonly List<T> _items = [];
    IReadOnlyList<T>? _shown;
    T? _told;
    string? _next, _filter;
    Task _loading = Task.CompletedTask;
    bool _isLoaded, _isDeep;
    int _chosen, _top, _height = 1, _turn;
    long _loaded;

    protected abstract IReadOnlyList<Column<T>> Columns { get; }

    /// <summary>What tells one from the others, as long as it exists.</summary>
    protected abstract string KeyOf(T item);

    /// <summary>A part of the list.</summary>
    /// <param name="after">What <see cref="Page{T}.Next"/> of the part before said; null for the first.</param>
    protected abstract Task<Page<T>> FetchAsync(string? after, CancellationToken cancellationToken);

    /// <summary>What to say when there is nothing.</summary>
    protected abstract string Nothing { get; }

    /// <summary>Lines above the list; null when there are none.</summary>
    protected virtual IReadOnlyList<(string Text, Style Look)> Head => [];

    /// <summary>What there is to say of one, beside or below the list; empty when the row says it all.</summary>
    protected virtual IReadOnlyList<(string Text, Style Look)> Detail(T item) => [];

    protected virtual bool HasDetail => false;

    /// <summary>It grows at its end, and who looks at the end goes on to.</summary>
    protected virtual bool IsFollowed => false;

    /// <summary>Another one was chosen.</summary>
    protected virtual void OnChosen(T item)
    {
    }

    /// <summary>For so long it is not asked for again, unless somebody wants that: of what costs the daemon much.</summary>
    protected virtual TimeSpan StaysFresh => TimeSpan.Zero;

    protected bool IsMarked(T item) => _marked.Contains(KeyOf(item));

    protected long? Total { get; private set; }

    protected IReadOnlyList<T> Items => _items;

    protected T? Chosen => Shown.Count == 0 ? null : Shown[Math.Clamp(_chosen, 0, Shown.Count - 1)];

    /// <summary>Those that are marked, else the chosen one.</summary>
    protected IReadOnlyList<T> Meant => _items.Where(i => _marked.Contains(KeyOf(i))).ToList() is { Count: > 0 } marked ? marked : Chosen is { } one ? [one] : [];

    public override string? Filter
    {
        get => _filter ?? "";
        set
        {
            string? key = Chosen is { } item ? KeyOf(item) : null;
            _filter = value is { Length: > 0 } ? value : null;
            Renew(key);
        }
    }

    protected IReadOnlyList<T> Shown => _shown ??= _filter is null ? _items : [.. _items.Where(i => Columns.Any(c => c.Text(i).Contains(_filter, StringComparison.OrdinalIgnoreCase)))];

    public override async Task LoadAsync(CancellationToken cancellationToken)
    {
        // A list somebody is deep in, or looks for something in, is not begun anew under their eyes.
        if (!(_isDeep && (_chosen >= PartLength || _filter is not null || _marked.Count > 0)) && (!_isLoaded || Stopwatch.GetElapsedTime(_loaded) >= StaysFresh)) await LoadPartAsync(null, cancellationToken);
    }

    public override Task ReloadAsync(CancellationToken cancellationToken)
    {
        _turn++;
        return LoadPartAsync(null, cancellationToken);
    }

    /// <summary>Puts what is known now in the place of what was.</summary>
    protected void Replace(T item)
    {
        int at = _items.FindIndex(i => KeyOf(i) == KeyOf(item));
        if (at < 0) return;
        string? key = Chosen is { } chosen ? KeyOf(chosen) : null;
        _items[at] = item;
        Renew(key);
    }

    /// <summary>Forgets what was there: the list is of something else now.</summary>
    protected void Empty()
    {
        _turn++;
        _items.Clear();
        _marked.Clear();
        (_next, _shown, _chosen, _top, _isLoaded, _isDeep, Total) = (null, null, 0, 0, false, false, null);
    }

    protected void Unmark() => _marked.Clear();

    /// <summary>Of two at once the second gets what the first one brings: that begins anew when something else is wanted meanwhile.</summary>
    Task LoadPartAsync(string? after, CancellationToken cancellationToken)
    {
        if (_loading.IsCompleted) _loading = ReadPartAsync(after, cancellationToken);
        return _loading;
    }

    async Task ReadPartAsync(string? after, CancellationToken cancellationToken)
    {
        // So that it is under way before anything is asked for.
        await Task.Yield();
        List<T> items = [];
        Page<T>? part = null;
        int turn = _turn, reached = 0;
        while (part is null)
        {
            if (turn != _turn) (turn, after) = (_turn, null);
            (reached, _loaded) = (after is null ? _chosen : 0, Stopwatch.GetTimestamp());
            try
            {
                items.Clear();
                string? from = after;
                do
                {
                    part = await FetchAsync(from, cancellationToken);
                    items.AddRange(part.Items);
                    from = part.Next;
                }
                // As far as somebody has walked.
                while (turn == _turn && from is not null && items.Count <= reached && items.Count < MostRows);
            }
            catch (Exception error) when (turn != _turn && error is ApiException)
            {
                // What was wanted before is not there any more, and of no use.
            }
            if (turn != _turn) part = null;
        }
        string? key = Chosen is { } item && !(IsFollowed && _chosen == Shown.Count - 1) ? KeyOf(item) : null;
        if (after is null) _items.Clear();
        _items.AddRange(items);
        (_next, _isLoaded, _isDeep) = (part.Next, true, after is not null || items.Count > part.Items.Count);
        Total = part.Total ?? (part.Next is null ? _items.Count : null);
        int marked = _marked.Count;
        _marked.IntersectWith(_items.Select(KeyOf));
        if (marked > 0 && _marked.Count == 0) Desk.Say("What was marked is not in the list any more.", isBad: true);
        Renew(key);
        if (IsFollowed && key is null) Move(int.MaxValue);
    }

    void Renew(string? key)
    {
        _shown = null;
        int at = key is null ? -1 : Shown.ToList().FindIndex(i => KeyOf(i) == key);
        Move(at >= 0 ? at : _chosen);
    }

    /// <summary>Chooses the one with this key, if it is there.</summary>
    protected void Choose(string key) => Renew(key);

    protected int ChosenNumber => _chosen;

    protected void Move(int to)
    {
        _chosen = Math.Clamp(to, 0, Math.Max(0, Shown.Count - 1));
        if (Chosen is { } now && !ReferenceEquals(_told, now)) OnChosen(_told = now);
        if (IsWanting) _ = MoreAsync();
    }

    /// <summary>The end is near, and there is more of the list; with a filter, perhaps much more until something is shown.</summary>
    bool IsWanting => _next is not null && _loading.IsCompleted && _chosen > Shown.Count - 50 && _items.Count < MostRows;

    async Task MoreAsync()
    {
        try
        {
            while (IsWanting) await LoadPartAsync(_next, Desk.Ending);
        }
        catch (Exception error) when (error is ApiException or DaemonUnreachableException or OperationCanceledException)
        {
            // It is asked for again at the next step.
        }
    }

    public override bool Press(Key key)
    {
        switch (key.Name)
        {
            case "Down" or "j": Move(_chosen + 1); break;
            case "Up" or "k": Move(_chosen - 1); break;
            case "PageDown" or "C-f": Move(_chosen + _height); break;
            case "PageUp" or "C-b": Move(_chosen - _height); break;
            case "C-d": Move(_chosen + _height / 2); break;
            case "C-u": Move(_chosen - _height / 2); break;
            case "Home" or "g": Move(0); break;
            case "End" or "G": Move(int.MaxValue); break;
            case "Space" when Chosen is { } item:
                if (!_marked.Remove(KeyOf(item))) _marked.Add(KeyOf(item));
                Move(_chosen + 1);
                break;
            case "Esc" when _marked.Count > 0: _marked.Clear(); break;
            case "Esc" when _filter is not null: Filter = null; break;
            default: return false;
        }
        return true;
    }

    public override void Click(int x, int y)
    {
        if (y >= _listTop && y < _listTop + _height && x < _listWidth) Move(_top + y - _listTop);
    }

    int _listTop, _listWidth;

    public override void Draw(Area area)
    {
        int y = 0;
        foreach ((string text, Style look) in Head) area.Write(0, y++, text, area.Width, look);
        area = area.From(y);
        Area? detail = null;
        if (HasDetail && Shown.Count > 0)
        {
            if (area.Width >= WideEnough)
            {
                detail = area.Part(area.Width * 55 / 100 + 1, 0, area.Width, area.Height);
                area = area.Part(0, 0, area.Width * 55 / 100, area.Height);
            }
            else if (area.Height >= HighEnough)
            {
                detail = area.From(area.Height * 5 / 10);
                area = area.Part(0, 0, area.Width, area.Height * 5 / 10);
            }
        }
        (_listTop, _listWidth, _height) = (y + 1, area.Width, Math.Max(1, area.Height - 2));
        DrawList(area);
        if (detail is { } pane && Chosen is { } chosen) DrawDetail(pane, chosen);
    }

    void DrawList(Area area)
    {
        if (Shown.Count == 0)
        {
            area.WriteWords(0, 1, _isLoaded ? _filter is null ? Nothing : $"Nothing here has '{_filter}' in it." : "…", Look.Faint);
            return;
        }
        (Column<T> Column, int Width)[] columns = Layout(area.Width - 2);
        Row(area, 0, columns, c => c.Header, _ => Look.Heading, "  ");
        _top = Math.Clamp(_top, Math.Max(0, _chosen - _height + 1), _chosen);
        _top = Math.Max(0, Math.Min(_top, Shown.Count - _height));
        for (int line = 0; line < _height && _top + line < Shown.Count; line++)
        {
            T item = Shown[_top + line];
            bool isChosen = _top + line == _chosen, isMarked = _marked.Contains(KeyOf(item));
            if (isChosen) area.FillLine(line + 1, Look.Chosen);
            Row(area, line + 1, columns, c => c.Text(item), c => isChosen ? Look.Chosen : isMarked ? Look.Marked : c.Look?.Invoke(item) ?? Look.Plain, isMarked ? "* " : isChosen ? "> " : "  ");
        }
        string count = $"{Words.Count(_chosen + 1)} of {(_filter is not null ? Words.Count(Shown.Count) : Total is { } total ? Words.Count(total) : $"{Words.Count(_items.Count)}+")}"
            + (_filter is not null ? $" with '{_filter}'" : "") + (_marked.Count > 0 ? $", {Words.Count(_marked.Count)} marked" : "") + (_items.Count >= MostRows ? "; use a filter or a search" : "");
        area.WriteBefore(area.Width, area.Height - 1, count, Look.Faint);
    }

    static void Row(Area area, int y, (Column<T> Column, int Width)[] columns, Func<Column<T>, string> text, Func<Column<T>, Style> look, string mark)
    {
        int x = area.Write(0, y, mark, look(columns[0].Column));
        foreach ((Column<T> column, int width) in columns)
        {
            string shown = Printable.Show(text(column));
            shown = column.IsPath ? TextWidth.CutMiddle(shown, width) : TextWidth.Cut(shown, width);
            area.Write(column.IsRight ? x + width - TextWidth.Of(shown) : x, y, shown, look(column));
            x += width + 1;
        }
    }

    (Column<T>, int)[] Layout(int room)
    {
        Column<T>[] columns = [.. Columns.Where(c => room + 2 >= c.From)];
        int rest = Math.Max(0, room - columns.Length + 1 - columns.Where(c => c.Width > 0).Sum(c => c.Width)), shares = Math.Max(1, columns.Where(c => c.Width < 0).Sum(c => -c.Width));
        return [.. columns.Select(c => (c, c.Width > 0 ? c.Width : rest * -c.Width / shares))];
    }

    protected virtual void DrawDetail(Area area, T item)
    {
        area = area.Frame("", Look.Faint).Part(1, 0, area.Width - 4, area.Height);
        int y = 0;
        foreach ((string text, Style look) in Detail(item)) y = area.WriteWords(0, y, text, look);
    }

    public override IEnumerable<string> Lines()
    {
        foreach ((string text, _) in Head) yield return text;
        if (Shown.Count == 0) yield return _isLoaded ? Nothing : "Nothing is known yet.";
        for (int i = 0; i < Math.Min(Shown.Count, PartLength); i++)
        {
            T item = Shown[i];
            yield return $"{i + 1}. {(_marked.Contains(KeyOf(item)) ? "marked, " : "")}{string.Join(", ", Columns.Select(c => (c.Header, Text: c.Text(item))).Where(c => c.Text.Length > 0).Select(c => c.Header.Length == 0 ? c.Text : $"{c.Header}: {c.Text}"))}";
        }
        if (Shown.Count > PartLength || _next is not null) yield return $"And more, of {(Total is { } total ? Words.Count(total) : "many")}; a filter finds what is meant.";
    }

    public override IEnumerable<string>? Choose(int number)
    {
        if (number < 1 || number > Shown.Count) return null;
        Move(number - 1);
        return [string.Join(", ", Columns.Select(c => c.Text(Chosen!)).Where(t => t.Length > 0)), .. Detail(Chosen!).Select(d => d.Text)];
    }
}
