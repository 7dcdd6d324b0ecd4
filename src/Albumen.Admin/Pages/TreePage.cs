using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>One line of a folder, no more of it than is shown.</summary>
sealed record TreeRow(string Name, bool IsFolder, string? Asset, long? Size, DateTimeOffset? Modified, string? Taken, int? Rating, string? Kind);

/// <summary>A part of the tree as folders to walk through: a list or small pictures, with all that is known of the chosen one beside it.</summary>
abstract class TreePage : ListPage<TreeRow>
{
    // What is on the first screens comes at once; the rest of a large folder when somebody goes there.
    const int FirstRows = 1_000, MostRows = 250_000;
    const int TileColumns = 24, TileLines = 9, FewToRenew = 20;

    readonly PhotoPane _pane;
    readonly PhotoActions _actions;
    readonly string _root;
    bool _isGrid, _isLarge, _hasPhotos;
    int _tilesAcross = 1, _gridTop;

    protected TreePage(Desk desk, string root) : base(desk)
    {
        Path = _root = root;
        _pane = new(desk);
        _actions = new(desk, () => [.. Meant.Select(r => r.Asset).OfType<string>()], RenewAsync);
    }

    /// <summary>The folder that is shown.</summary>
    protected string Path { get; private set; }

    public override string Subject => Path;

    public override TimeSpan? Every => null;

    protected override string Nothing => "This folder is empty.";

    protected override bool HasDetail => _hasPhotos;

    /// <summary>What else can be done on this page.</summary>
    protected virtual IReadOnlyList<Binding> More => [];

    public override IReadOnlyList<Binding> Bindings =>
    [
        new("Enter", _isLarge ? "back" : Chosen?.Asset is null ? "open" : "large picture", OpenChosenAsync),
        new("Backspace", "up", UpAsync),
        Binding.Of("v", _isGrid ? "list" : "pictures", () => _isGrid = !_isGrid),
        .. More,
        .. _actions.Bindings,
        new("o", "open a path", AskPathAsync, false),
        new("s", "search", SearchAsync, false),
    ];

    protected override IReadOnlyList<Column<TreeRow>> Columns =>
    [
        new("Name", -1, r => r.IsFolder ? $"{r.Name}/" : r.Name, IsPath: true, Look: r => r.IsFolder ? Look.Accent : Look.Plain),
        new("Taken", 16, r => r.Taken ?? "", From: 50),
        new("Rating", 6, r => r.Rating switch { null or 0 => "", -1 => "reject", var stars => new string('*', stars.Value) }),
        new("Size", 8, r => r.Size is { } size ? Words.Size(size) : "", IsRight: true, From: 40),
    ];

    protected override string KeyOf(TreeRow item) => item.Name;

    protected override async Task<Page<TreeRow>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        string path = Path;
        // Away from the loop, which has keys to listen to.
        (List<TreeRow> rows, bool isAll) = await Task.Run(() => ReadAsync(path, after is null ? 0 : FirstRows, after is null ? FirstRows : MostRows, cancellationToken), cancellationToken);
        if (path == Path) _hasPhotos = rows.Exists(r => r.Asset is not null);
        return path == Path ? new(rows, isAll ? null : "rest") : new([]);
    }

    async Task<(List<TreeRow>, bool IsAll)> ReadAsync(string path, int skip, int most, CancellationToken cancellationToken)
    {
        List<TreeRow> rows = [];
        int seen = 0;
        await foreach (TreeEntry entry in Daemon.TreeAsync(path, false, cancellationToken))
        {
            if (seen++ < skip) continue;
            if (rows.Count == most) return (rows, false);
            Asset? asset = entry.Asset;
            rows.Add(new(entry.Path[(entry.Path.LastIndexOf('/') + 1)..], entry.Type == "folder", asset?.Id, entry.Size, entry.Modified, asset?.Taken is { } taken ? Words.Taken(taken) : null, asset?.Rating, asset?.Kind));
        }
        return (rows, true);
    }

    public override Task LoadAsync(CancellationToken cancellationToken) => OrAboveAsync(() => base.LoadAsync(cancellationToken));

    public override Task ReloadAsync(CancellationToken cancellationToken) => OrAboveAsync(() => base.ReloadAsync(cancellationToken));

    /// <summary>A folder that is gone, as an album that was renamed, is left for the one above.</summary>
    async Task OrAboveAsync(Func<Task> load)
    {
        string path = Path;
        try
        {
            await load();
        }
        catch (ApiException error) when (error.Status == 404 && path != _root && path != "/")
        {
            if (path == Path) await GoAsync(Above);
        }
    }

    /// <summary>Goes to a folder, or to the file in its folder. What lies outside of this page's part of the tree is shown where the whole of it is.</summary>
    public async Task OpenAsync(string path)
    {
        if (_root != "/" && path != _root && !path.StartsWith($"{_root}/", StringComparison.Ordinal))
        {
            Desk.GoTo(Desk.PageOf<Browse>());
            await Desk.PageOf<Browse>().OpenAsync(path);
            return;
        }
        TreeEntry entry = await Daemon.EntryAsync(path, Desk.Ending);
        string folder = entry.Type == "folder" ? entry.Path : Parent(entry.Path);
        await GoAsync(folder.Length == 0 ? "/" : folder);
        if (entry.Type != "folder") Choose(entry.Path[(entry.Path.LastIndexOf('/') + 1)..]);
    }

    async Task GoAsync(string path, string? choose = null)
    {
        Path = path;
        _isLarge = false;
        Filter = null;
        Empty();
        await ReloadAsync(Desk.Ending);
        if (choose is not null) Choose(choose);
        if (Chosen is { } item) OnChosen(item);
    }

    Task OpenChosenAsync() => Chosen switch
    {
        { IsFolder: true, Name: var name } => GoAsync(Path == "/" ? $"/{name}" : $"{Path}/{name}"),
        { Asset: not null } => Task.FromResult(_isLarge = !_isLarge),
        { } row => Desk.ReadAsync(row.Name, [$"A file that is no photo: {Words.Size(row.Size ?? 0)}{(row.Modified is { } at ? $", changed {Words.Time(at)}" : "")}."]),
        null => Task.CompletedTask,
    };

    string Above => Parent(Path) is { Length: > 0 } above ? above : "/";

    Task UpAsync() => Path == _root || Path == "/" ? Task.CompletedTask : GoAsync(Above, Path[(Path.LastIndexOf('/') + 1)..]);

    static string Parent(string path) => path[..path.LastIndexOf('/')];

    async Task AskPathAsync()
    {
        if (await Desk.AskAsync("Open", "A path in the tree, such as /Timeline/2024.", "", PathsAsync) is { Length: > 0 } path) await OpenAsync(path.TrimEnd('/') is { Length: > 0 } some ? some : "/");
    }

    async Task<IReadOnlyList<string>> PathsAsync(string begin)
    {
        string folder = begin.Contains('/') ? Parent(begin) : "";
        List<TreeRow> rows = await Task.Run(async () => (await ReadAsync(folder.Length == 0 ? "/" : folder, 0, FirstRows, Desk.Ending)).Item1, Desk.Ending);
        return [.. rows.Where(r => r.IsFolder).Select(r => $"{folder}/{r.Name}").Where(p => p.StartsWith(begin, StringComparison.OrdinalIgnoreCase)).Take(50)];
    }

    async Task SearchAsync()
    {
        if (await Desk.AskAsync("Search", "In the language of the search: rating:4.. tag:Holidays taken:2024-07", "") is not { Length: > 0 } query) return;
        Page<ListedAsset> found = await Daemon.SearchAsync(query, null, PartLength, Desk.Ending);
        if (found.Items.Count == 0) Desk.Say($"Nothing is found by '{query}'.");
        else if (await Desk.ChooseAsync($"{(found.Next is null ? $"{found.Items.Count}" : $"More than {found.Items.Count}")} found by '{query}'", [.. found.Items.Select(a => a.Path ?? a.Id)]) is { } number && found.Items[number].Path is { } path)
            await OpenAsync(path);
    }

    /// <summary>Something was done with the marked or chosen ones.</summary>
    async Task RenewAsync()
    {
        await _pane.RenewAsync();
        if (Meant is { Count: > FewToRenew })
        {
            Unmark();
            await ReloadAsync(Desk.Ending);
            return;
        }
        foreach (TreeRow row in Meant.Where(r => r.Asset is not null).ToList())
        {
            AssetDetail now = await Daemon.AssetAsync(row.Asset!, Desk.Ending);
            Replace(row with { Rating = now.Rating, Taken = now.Taken is { } taken ? Words.Taken(taken) : null });
        }
        Unmark();
    }

    protected override void OnChosen(TreeRow item) => _ = _pane.ShowAsync(item.Asset);

    protected override IReadOnlyList<(string Text, Style Look)> Detail(TreeRow item) =>
        _pane.Asset is { } asset && asset.Id == item.Asset ? [.. PhotoPane.Lines(asset)] : [];

    protected override void DrawDetail(Area area, TreeRow item)
    {
        area = area.Frame(item.Name, Look.Faint);
        if (item.Asset is { } asset) _pane.Draw(area.Part(1, 0, area.Width - 2, area.Height), asset);
        else area.WriteWords(1, 0, item.IsFolder ? "A folder; Enter opens it." : $"{Words.Size(item.Size ?? 0)}{(item.Modified is { } at ? $", changed {Words.Time(at)}" : "")}", Look.Faint);
    }

    public override void Draw(Area area)
    {
        if (_isLarge && Chosen is { Asset: { } asset } photo)
        {
            Desk.DrawPicture(area.Part(0, 0, area.Width, area.Height - 1), asset);
            area.Write(1, area.Height - 1, $"{photo.Name}{(photo.Taken is { } taken ? $" · {taken}" : "")}{(photo.Rating is > 0 and var stars ? $" · {new string('*', stars)}" : "")}", area.Width - 2, Look.Strong);
            return;
        }
        if (!_isGrid || Shown.Count == 0)
        {
            base.Draw(area);
            return;
        }
        _tilesAcross = Math.Max(1, area.Width / TileColumns);
        int linesOfTiles = Math.Max(1, (area.Height - 1) / TileLines), line = ChosenNumber / _tilesAcross;
        _gridTop = Math.Clamp(_gridTop, Math.Max(0, line - linesOfTiles + 1), line);
        for (int i = 0; i < linesOfTiles * _tilesAcross && _gridTop * _tilesAcross + i < Shown.Count; i++)
        {
            int number = _gridTop * _tilesAcross + i;
            DrawTile(area.Part(i % _tilesAcross * TileColumns, i / _tilesAcross * TileLines, TileColumns - 1, TileLines - 1), Shown[number], number == ChosenNumber);
        }
        area.WriteBefore(area.Width, area.Height - 1, $"{Words.Count(ChosenNumber + 1)} of {Words.Count(Shown.Count)}{(Total is null ? "+" : "")}", Look.Faint);
    }

    void DrawTile(Area tile, TreeRow row, bool isChosen)
    {
        if (row.Asset is { } asset) Desk.DrawPicture(tile.Part(0, 0, tile.Width, tile.Height - 1), asset);
        else tile.Write(1, tile.Height / 2, row.IsFolder ? "[folder]" : "[file]", Look.Faint);
        string name = $"{(IsMarked(row) ? "*" : "")}{row.Name}{(row.Rating is > 0 and var stars ? $" {new string('*', stars)}" : "")}";
        tile.Write(0, tile.Height - 1, TextWidth.CutMiddle(Printable.Show(name), tile.Width), isChosen ? Look.Chosen : row.IsFolder ? Look.Accent : Look.Plain);
    }

    public override void Click(int x, int y)
    {
        int number = (_gridTop + y / TileLines) * _tilesAcross + x / TileColumns;
        if (!_isLarge && !_isGrid) base.Click(x, y);
        else if (!_isLarge && x / TileColumns < _tilesAcross && number < Shown.Count) Move(number);
    }

    public override bool Press(Key key)
    {
        switch (key.Name)
        {
            case "Esc" when _isLarge: _isLarge = false; return true;
            case "Left" or "h" when _isLarge: Move(ChosenNumber - 1); return true;
            case "Right" or "l" when _isLarge: Move(ChosenNumber + 1); return true;
            case "Left" or "h" when _isGrid: Move(ChosenNumber - 1); return true;
            case "Right" or "l" when _isGrid: Move(ChosenNumber + 1); return true;
            case "Up" or "k" when _isGrid: Move(ChosenNumber - _tilesAcross); return true;
            case "Down" or "j" when _isGrid: Move(ChosenNumber + _tilesAcross); return true;
            case "Right" or "l" when Chosen is { IsFolder: true }: _ = Desk.TryAsync(OpenChosenAsync); return true;
            case "Left" or "h": _ = Desk.TryAsync(UpAsync); return true;
            default: return base.Press(key);
        }
    }
}

/// <summary>The whole tree, as those see it who mount it.</summary>
sealed class Browse(Desk desk) : TreePage(desk, "/")
{
    public override string Name => "Browse";

    public override string About => "The archive as folders, as those see it who mount it. What is known of the chosen photo stands beside it, each field with who said it and what others would say. Nothing here changes a file: what you say is noted beside it, and can be taken back.";
}

/// <summary>All photos by year, month and day.</summary>
sealed class Timeline(Desk desk) : TreePage(desk, "/Timeline")
{
    public override string Name => "Timeline";

    public override string About => "All photos and clips by the day on which they were taken. Of those that belong together one stands for all.";
}
