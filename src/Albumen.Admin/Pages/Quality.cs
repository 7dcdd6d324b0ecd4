using System.Globalization;
using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>How sharp the photos are, in four tabs, and what another threshold would move, while it is being moved.</summary>
sealed class Quality : ListPage<QualityPhoto>
{
    const string Bars = "▁▂▃▄▅▆▇█";
    const int Many = 10, PlanLines = 200, ChartLines = 9, BinColumns = 4;
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(120);
    static readonly string[] Tabs = ["all", "blurred", "clear", "unprocessed"], Orders = ["near", "blurriest", "sharpest"];
    static readonly string[] OrderWords = ["nearest to the threshold first", "blurriest first", "sharpest first"];

    readonly PhotoPane _pane;
    readonly PhotoActions _actions;
    Client.Quality? _quality;
    string? _user;
    double? _threshold;
    string _progress = "";
    int _tab, _order;
    long _queued;
    bool _isLarge, _isChartBeside;

    public Quality(Desk desk) : base(desk)
    {
        _pane = new(desk);
        _actions = new(desk, () => [.. Meant.Select(p => p.Asset)], RenewAsync);
    }

    public override string Name => "Quality";

    public override string Subject => $"{Tabs[_tab]}{(_tab == 3 ? "" : $", {OrderWords[_order]}")}{(_user is null ? "" : $", as {_user} has it")}";

    public override string About =>
        "How sharp the photos are: the variance of the Laplacian of the picture at 1024 pixels, of which more is sharper. Below the threshold a photo is blurred. + and - move the threshold, T sets it: the counts and the list "
        + "show what would be, and nothing is changed until s saves it for a user. For everybody it stands in the configuration.";

    public override IReadOnlyList<Binding> Bindings
    {
        get
        {
            Binding[] own =
            [
                new("+ =", "threshold up", () => StepAsync(1)),
                new("-", "down", () => StepAsync(-1)),
                new("s", "save it", SaveAsync),
                new("l Right", "next tab", () => TurnAsync(1)),
                new("h Left", "the tab before", () => TurnAsync(-1), false),
                new("T", "type a threshold", TypeAsync, false),
                new("z", "threshold as it was", () => MoveAsync(null), false),
                Binding.Of("Enter", _isLarge ? "list" : "large picture", () => _isLarge = !_isLarge, false),
                new("b", "other order", OrderAsync, false),
                new("w", "whose threshold", WhoseAsync, false),
                new("a", "analyse", AnalyseAsync),
                new("A", "analyse all unprocessed", AnalyseAllAsync, false),
            ];
            return [.. own, .. _actions.Bindings.Where(a => !own.Any(o => a.IsOf(new(o.Key)))).Select(a => a with { IsHinted = a.Key is "u" })];
        }
    }

    // Counting looks at every photo there is.
    public override TimeSpan? Every => _queued > 0 ? TimeSpan.FromSeconds(3) : null;

    protected override TimeSpan StaysFresh => TimeSpan.FromSeconds(_queued > 0 ? 2 : 30);

    protected override string Nothing => _tab switch
    {
        1 => "No photo is blurred.",
        2 => "No photo is clear.",
        3 => "Every photo was analysed.",
        _ => "There are no photos.",
    };

    protected override bool HasDetail => true;

    protected override IReadOnlyList<Column<QualityPhoto>> Columns { get; } =
    [
        new("Sharp", 7, p => p.Blur is { } blur ? Number(blur) : "", IsRight: true),
        new("State", 11, p => p.State, Look: p => p.State is "blurred" ? Look.Caution : p.State is "clear" ? Look.Good : Look.Faint),
        new("Photo", -1, p => p.Path ?? p.Asset[..12], IsPath: true),
    ];

    protected override IReadOnlyList<(string Text, Style Look)> Head
    {
        get
        {
            List<(string, Style)> lines = [(TabLine(_quality, _tab), Look.Strong), ($" {ThresholdLine(_quality, _threshold)}", _threshold is null ? Look.Plain : Look.Caution)];
            if (_progress.Length > 0 || _queued > 0) lines.Add(($" {(_progress.Length > 0 ? _progress : QueueLine())}", Look.Accent));
            else if (!_isChartBeside && _quality is { } quality) lines.Add(($" {ChartLine(quality.Histogram, _threshold ?? quality.Threshold.Value)}", Look.Faint));
            return lines;
        }
    }

    protected override string KeyOf(QualityPhoto item) => item.Asset;

    protected override IReadOnlyList<(string Text, Style Look)> Detail(QualityPhoto item) =>
        [($"{item.State}{(item.Blur is { } blur ? $", sharpness {Number(blur)}, {Distance(blur)}" : ", not analysed")}", Look.Plain), ($"asset {item.Asset}", Look.Plain)];

    string Distance(double blur) => (_threshold ?? _quality?.Threshold.Value) is { } line ? $"{Number(Math.Abs(blur - line))} {(blur < line ? "below" : "above")} {Number(line)}" : "";

    protected override void OnChosen(QualityPhoto item) => _ = _pane.ShowAsync(item.Asset);

    protected override async Task<Page<QualityPhoto>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        // Keys that come fast ask once.
        for (double? before = double.NaN; _threshold is not null && before != _threshold && after is null;)
        {
            before = _threshold;
            await Task.Delay(Moment, cancellationToken);
        }
        Task<Page<QualityPhoto>> photos = Daemon.QualityPhotosAsync(Tabs[_tab], Orders[_order], _threshold, _user, after, PartLength, cancellationToken);
        if (after is null)
        {
            (double? threshold, string? user) = (_threshold, _user);
            Client.Quality quality = await Daemon.QualityAsync(threshold, user, null, cancellationToken);
            if ((threshold, user) == (_threshold, _user)) _quality = quality;
            if (_queued > 0 && (quality.Unprocessed == 0 || Desk.Status?.Indexing.Left == 0)) _queued = 0;
        }
        long moved = Moved(_quality);
        return await photos with { Total = _tab switch { 0 => _quality?.Total, 1 => _quality?.Blurred + moved, 2 => _quality?.Clear - moved, _ => _quality?.Unprocessed } };
    }

    public override void Draw(Area area)
    {
        _isChartBeside = area.Width >= 96 && area.Height >= 24;
        if (!_isLarge || Chosen is not { } photo)
        {
            base.Draw(area);
            return;
        }
        Desk.DrawPicture(area.Part(0, 0, area.Width, area.Height - 2), photo.Asset);
        area.Write(1, area.Height - 2, TextWidth.CutMiddle(Printable.Show(photo.Path ?? photo.Asset), area.Width - 2), Look.Strong);
        area.Write(1, area.Height - 1, Detail(photo)[0].Text, area.Width - 2, photo.State is "blurred" ? Look.Caution : Look.Plain);
    }

    public override void Click(int x, int y)
    {
        if (!_isLarge) base.Click(x, y);
    }

    public override bool Press(Key key)
    {
        if (key.Name == "Esc" && _isLarge) _isLarge = false;
        else return base.Press(key);
        return true;
    }

    protected override void DrawDetail(Area area, QualityPhoto item)
    {
        Area inside = area.Frame(Detail(item)[0].Text, Look.Faint);
        inside = inside.Part(1, 0, inside.Width - 2, inside.Height);
        if (_isChartBeside && _quality is { } quality)
        {
            DrawChart(inside.From(inside.Height - ChartLines), quality.Histogram, _threshold ?? quality.Threshold.Value);
            inside = inside.Part(0, 0, inside.Width, inside.Height - ChartLines - 1);
        }
        _pane.Draw(inside, item.Asset);
    }

    /// <summary>As high bars, the threshold among them.</summary>
    static void DrawChart(Area area, IReadOnlyList<QualityBin> bins, double threshold)
    {
        long most = Math.Max(1, bins.Max(b => b.Count));
        int lines = area.Height - 2;
        for (int i = 0; i < bins.Count; i++)
        {
            bool isHere = Holds(bins[i], threshold);
            int eighths = bins[i].Count == 0 ? 0 : Math.Max(1, (int)(bins[i].Count * lines * 8 / most));
            for (int line = 0; line < lines; line++)
                if (eighths - 8 * line is > 0 and var left) area.Write(i * BinColumns, lines - line, new(Bars[Math.Min(8, left) - 1], BinColumns - 1), isHere ? Look.Marked : bins[i].To <= threshold ? Look.Caution : Look.Good);
            area.Write(i * BinColumns, lines + 1, Short(bins[i].From), isHere ? Look.Marked : Look.Faint);
            if (isHere) area.Write(i * BinColumns, 0, "▼", Look.Marked);
        }
    }

    static bool Holds(QualityBin bin, double threshold) => threshold >= bin.From && (bin.To is null || threshold < bin.To);

    static string Short(double bound) => bound >= 1000 ? $"{Number(bound / 1000)}k" : Number(bound);

    /// <summary>The same in one line: a bar behind each bound, and the threshold's in brackets.</summary>
    internal static string ChartLine(IReadOnlyList<QualityBin> bins, double threshold)
    {
        long most = Math.Max(1, bins.Max(b => b.Count));
        return string.Join(' ', bins.Select(b =>
        {
            string bar = $"{Short(b.From)}{(b.Count == 0 ? "·" : Bars[(int)Math.Min(Bars.Length - 1, b.Count * Bars.Length / most)].ToString())}";
            return Holds(b, threshold) ? $"[{bar}]" : bar;
        }));
    }

    /// <summary>The tabs with how many are in each, or would be; the chosen one in brackets.</summary>
    internal static string TabLine(Client.Quality? quality, int tab)
    {
        long moved = Moved(quality);
        (string Name, long? Count)[] tabs = [("All", quality?.Total), ("Blurred", quality?.Blurred + moved), ("Clear", quality?.Clear - moved), ("Unprocessed", quality?.Unprocessed)];
        return " " + string.Join("  ", tabs.Select((t, i) => (Words: t.Count is { } count ? $"{t.Name} {Words.Count(count)}" : t.Name, IsHere: i == tab)).Select(t => t.IsHere ? $"[{t.Words}]" : $" {t.Words} "));
    }

    /// <summary>By how many there would be more that are blurred.</summary>
    static long Moved(Client.Quality? quality) => quality?.Preview is { } preview ? preview.ToBlurred - preview.ToClear : 0;

    /// <summary>The threshold that counts, or what the one that is tried would move.</summary>
    internal static string ThresholdLine(Client.Quality? quality, double? tried)
    {
        if (quality is null) return "…";
        BlurThreshold threshold = quality.Threshold;
        if (tried is not { } value)
            return $"Threshold {Number(threshold.Value)}, {(threshold.Source is "user" ? $"chosen by {threshold.User}; configured is {Number(threshold.Default)}" : "as configured")}"
                + (threshold.Volumes is { } volumes ? $"; {string.Join(", ", volumes.Select(v => $"{v.Key} {Number(v.Value)}"))}" : "");
        string moves = quality.Preview is { } preview && preview.Threshold == value
            ? $"{Words.Photos(preview.ToBlurred)} would move to Blurred, {Words.Count(preview.ToClear)} to Clear" : "counting…";
        return $"Threshold {Number(value)} instead of {Number(threshold.Value)}: {moves}";
    }

    string QueueLine()
    {
        Indexing? indexing = Desk.Status?.Indexing;
        return $"Analysing: {Words.Count(_quality?.Unprocessed ?? _queued)} of {Words.Count(_queued)} photos left{(indexing is { PerSecond: > 0 } ? $", {indexing.PerSecond:0.#} files a second" : "")}{(indexing?.Waiting is { } waiting ? $"; gives way: {waiting}" : "")}";
    }

    static string Number(double value) => value.ToString(value switch { >= 100 => "0", >= 10 => "0.#", _ => "0.##" }, CultureInfo.InvariantCulture);

    async Task RenewAsync()
    {
        await _pane.RenewAsync();
        Unmark();
        await ReloadAsync(Desk.Ending);
    }

    async Task TurnAsync(int by)
    {
        _tab = (_tab + by + Tabs.Length) % Tabs.Length;
        Empty();
        await ReloadAsync(Desk.Ending);
    }

    async Task OrderAsync()
    {
        _order = (_order + 1) % Orders.Length;
        Empty();
        Desk.Say($"The {OrderWords[_order]}.");
        await ReloadAsync(Desk.Ending);
    }

    async Task StepAsync(int by)
    {
        if (_quality is { } quality) await MoveAsync(Step(_threshold ?? quality.Threshold.Value, by));
    }

    /// <summary>The next round number above or below.</summary>
    internal static double Step(double threshold, int by)
    {
        // Below a bound the steps are those of what lies below it.
        double at = by > 0 ? threshold : Math.BitDecrement(threshold);
        double step = at switch { < 20 => 1, < 100 => 5, < 500 => 10, < 2000 => 50, < 10_000 => 100, _ => 1000 };
        double next = by > 0 ? Math.Floor(threshold / step) * step + step : Math.Ceiling(threshold / step) * step - step;
        return Math.Clamp(next, 1, 1_000_000);
    }

    /// <param name="threshold">Null: the one that counts.</param>
    async Task MoveAsync(double? threshold)
    {
        _threshold = threshold is { } value && value != _quality?.Threshold.Value ? value : null;
        await ReloadAsync(Desk.Ending);
    }

    async Task TypeAsync()
    {
        if (await Desk.AskAsync("Threshold", "A number above 0: photos less sharp than that are blurred. Nothing is saved yet.", Number(_threshold ?? _quality?.Threshold.Value ?? 300)) is not { } text) return;
        if (!double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double threshold) || threshold is not (> 0 and <= 1_000_000)) throw new UsageException($"'{text}' is no threshold: those are numbers above 0 and at most 1,000,000.");
        await MoveAsync(threshold);
    }

    async Task WhoseAsync()
    {
        IReadOnlyList<User> users = await Daemon.UsersAsync(Desk.Ending);
        if (await Desk.ChooseAsync("Whose threshold", ["as configured, for all who did not choose", .. users.Select(u => u.Name)]) is not { } chosen) return;
        (_user, _threshold, _quality) = (chosen == 0 ? null : users[chosen - 1].Name, null, null);
        Empty();
        await ReloadAsync(Desk.Ending);
    }

    async Task SaveAsync()
    {
        if (_threshold is not { } threshold)
        {
            Desk.Say("There is nothing to save: + and - move the threshold, T sets it.");
            return;
        }
        IReadOnlyList<User> users = await Daemon.UsersAsync(Desk.Ending);
        string[] names = [.. users.Select(u => u.Name).OrderByDescending(n => n == _user)];
        if (await Desk.ChooseAsync($"For whom is {Number(threshold)}", [.. names, "everybody, by the configuration"]) is not { } chosen) return;
        if (chosen == names.Length)
        {
            await Desk.ReadAsync("For everybody", [$"Write 'quality: {{ threshold: {Number(threshold)} }}' into albumen.yaml, or below one of its volumes, and restart albumend.", "", "It counts for all who did not choose one of their own."]);
            return;
        }
        string name = names[chosen];
        Client.Quality plan = await Daemon.QualityAsync(threshold, name, null, Desk.Ending);
        await Daemon.ChooseThresholdAsync(new(name, threshold, DryRun: true), Desk.Ending);
        if (!await Desk.ConfirmAsync($"For {name}: {Number(threshold)} instead of {Number(plan.Threshold.Value)}",
            [.. Plan(plan), "", $"Only {name}'s folders and smart albums follow; no photo is changed."], $"save it for {name}")) return;
        await Daemon.ChooseThresholdAsync(new(name, threshold), Desk.Ending);
        Desk.Say($"{Number(threshold)} counts for {name} now. To take it back: :quality --user {name} {(plan.Threshold.Source is "user" ? $"--threshold {Number(plan.Threshold.Value)} --save" : "--reset")}");
        (_user, _threshold, _quality) = (name, null, null);
        await ReloadAsync(Desk.Ending);
    }

    /// <summary>What would move, and some of it by name.</summary>
    internal static IEnumerable<string> Plan(Client.Quality quality)
    {
        if (quality.Preview is not { } preview) yield break;
        yield return $"{Words.Photos(preview.ToBlurred)} would move to Blurred, {Words.Count(preview.ToClear)} to Clear.";
        foreach (QualityMove move in preview.Examples) yield return $"{move.Path ?? move.Asset[..12]}: {Number(move.Blur)}, to {move.To}";
        long more = preview.ToBlurred + preview.ToClear - preview.Examples.Count;
        if (more > 0) yield return $"and {Words.Count(more)} more";
    }

    async Task AnalyseAsync()
    {
        string[] assets = [.. Meant.Select(p => p.Asset)];
        if (assets.Length == 0) return;
        if (assets.Length > Many && !await Desk.ConfirmAsync($"Analyse {Words.Photos(assets.Length)}", [.. Meant.Take(PlanLines).Select(p => p.Path ?? p.Asset), "", "One after the other; the files are read, and stay as they are."], "analyse them")) return;
        List<AnalysedPicture> results = [];
        try
        {
            await foreach (AnalyseProgress progress in Daemon.AnalyseAsync(new() { Assets = assets, User = _user }, Desk.Ending))
            {
                if (progress.Result is { } result) results.Add(result);
                _progress = $"{Words.Count(progress.Done)} of {Words.Count(assets.Length)} analysed";
            }
        }
        finally
        {
            _progress = "";
        }
        Unmark();
        Desk.Say(Summary(results), results.Any(r => r.Trouble is not null));
        await ReloadAsync(Desk.Ending);
    }

    internal static string Summary(IReadOnlyList<AnalysedPicture> results) => results switch
    {
        [] => "The daemon stopped before anything was analysed.",
        [{ Trouble: { } trouble } one] => $"{NameOf(one)}: {trouble}",
        [var one] => $"{NameOf(one)}: {(one.Blur is { } blur ? $"sharpness {Number(blur)}, {one.Verdict ?? "a clip, neither blurred nor clear"}" : "no picture")}",
        _ => $"{Words.Photos(results.Count)} analysed: {Words.Count(results.Count(r => r.Verdict is "blurred"))} blurred, {Words.Count(results.Count(r => r.Verdict is "clear"))} clear"
            + (results.FirstOrDefault(r => r.Trouble is not null) is { } failed ? $"; {Words.Count(results.Count(r => r.Trouble is not null))} could not be, such as {NameOf(failed)}: {failed.Trouble}" : ""),
    };

    static string NameOf(AnalysedPicture picture) => picture.Path is { } path ? path[(path.LastIndexOf('/') + 1)..] : picture.Asset[..12];

    async Task AnalyseAllAsync()
    {
        long count = (await LastAsync(new() { Unprocessed = true, DryRun = true }))?.Left ?? 0;
        if (count == 0)
        {
            Desk.Say("Every photo was analysed.");
            return;
        }
        if (!await Desk.ConfirmAsync($"Analyse {Words.Photos(count)}", [$"All that were not analysed are read again, {Words.Count(count)} of them. The daemon does it behind what people wait for, also when the console is left.", "", "No file is changed. The page Jobs shows what waits."], "analyse them")) return;
        await LastAsync(new() { Unprocessed = true });
        _queued = count;
        Desk.Say($"{Words.Photos(count)} will be analysed.");
    }

    async Task<AnalyseProgress?> LastAsync(AnalyseRequest request)
    {
        AnalyseProgress? last = null;
        await foreach (AnalyseProgress progress in Daemon.AnalyseAsync(request, Desk.Ending)) last = progress;
        return last;
    }
}
