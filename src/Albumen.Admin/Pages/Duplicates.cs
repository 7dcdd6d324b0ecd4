using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>Copies of one photo, or photos that look alike, of which one is to be kept.</summary>
/// <param name="Key">The same when it is asked for again.</param>
/// <param name="Count">How many there are; more than the members when they are very many.</param>
/// <param name="Reason">What speaks for the first of them.</param>
sealed record DuplicateSet(string Key, IReadOnlyList<DuplicateMember> Members, int Count, long Reclaimable, string Reason, bool IsNear)
{
    public static DuplicateSet Of(DuplicateGroup group) => new(group.Asset,
        [.. group.Places.Select(p => new DuplicateMember(group.Asset, p.Path, group.Size, 0, 0, p.LinkOf is { } other ? $"another name of the same file as {other}; frees nothing" : "", p.Modified, p.Online))],
        group.Places.Count, group.Reclaimable, group.Reason, IsNear: false);

    public static DuplicateSet Of(NearDuplicateGroup group) => new(group.Photos[0].Asset,
        [.. group.Photos.Select((p, i) => new DuplicateMember(p.Asset, p.Path, p.Size, p.Width, p.Height, i == 0 ? "" : p.Distance == 0 ? "looks the same" : $"{p.Distance} of 64 bits differ", null, true))],
        group.Count, group.Reclaimable, group.Reason, IsNear: true);
}

/// <param name="Width">In pixels; 0 where it is not known.</param>
/// <param name="Note">How it differs from the one to keep.</param>
/// <param name="Modified">Of the file, for copies.</param>
sealed record DuplicateMember(string Asset, string? Path, long Size, int Width, int Height, string Note, DateTimeOffset? Modified, bool IsOnline)
{
    public string Name => Path is { } path ? path[(path.LastIndexOf('/') + 1)..] : Asset[..12];

    public string Folder => Path is { } path ? path[..path.LastIndexOf('/')] : "";
}

/// <summary>What lies in several places or looks alike, side by side, with a plan which to keep.</summary>
sealed class Duplicates : ListPage<DuplicateSet>
{
    const int NarrowestColumn = 24, MostKnown = 1_000, MostAsked = 60, PlanLines = 300, FurthestDistance = 7;
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(80);

    readonly Dictionary<string, string> _picks = [];
    readonly Dictionary<string, ListedAsset> _known = [];
    readonly List<string> _preferred = [];
    readonly PhotoActions _actions;
    string? _rule;
    (long Total, long Reclaimable, long LeftOut, string Rule) _sum;
    int _distance = 4, _member;
    bool _isNear, _isComparing;
    string? _key;

    public Duplicates(Desk desk) : base(desk) => _actions = new(desk, () => Member is { } one ? [one.Asset] : [], () => ReloadAsync(Desk.Ending));

    public override string Name => "Duplicates";

    public override string Subject => _isNear ? "photos that look alike" : "the same bytes in several places";

    public override string About =>
        "Photos and clips whose bytes lie in several files, and with n photos that look alike. One of each is planned to be kept; the reason stands beside it. "
        + "Copies are only listed: Albumen removes no file, and the trash knows photos, not places. 'albumen duplicates --json' gives the plan to your own tools. "
        + "Of photos that look alike, x puts all but the one to keep into the trash, after it has shown which; their files stay, and u takes it back.";

    public override IReadOnlyList<Binding> Bindings
    {
        get
        {
            // A copy cannot go to the trash: that knows photos, and all copies of one are it.
            Binding[] own =
            [
                .. _isNear ? (Binding[])[new("p", "keep this", PickAsync), new("x Delete", "trash others", TrashAsync)] : [new("p", "keep this place", PreferAsync), new("K", "rule", RuleAsync)],
                new("n", _isNear ? "copies" : "look alike", SwitchAsync),
                Binding.Of("Enter", _isComparing ? "list" : "compare", () => _isComparing = !_isComparing),
                .. _isNear ? (Binding[])[new("+ =", "more alike", () => MoveDistanceAsync(1), false), new("-", "fewer alike", () => MoveDistanceAsync(-1), false)] : [],
                Binding.Of("Right l", "next of the group", () => Step(1), false),
                Binding.Of("Left h", "the one before", () => Step(-1), false),
            ];
            return [.. own, .. _actions.Bindings.Where(a => !own.Any(o => a.IsOf(new(o.Key))) && (_isNear || !a.IsOf(new("x")))).Select(a => a with { IsHinted = a.Key is "u" })];
        }
    }

    public override TimeSpan? Every => null;

    public override void Click(int x, int y)
    {
        if (!_isComparing) base.Click(x, y);
    }

    protected override string Nothing => _isNear ? "No photos look alike." : "Every photo and clip lies in one place. n looks for photos that look alike.";

    protected override bool HasDetail => true;

    protected override IReadOnlyList<(string Text, Style Look)> Head =>
    [
        (_isNear
            ? $" {Words.Count(_sum.Total)} groups look alike, in up to {_distance} of 64 bits · {Words.Size(_sum.Reclaimable)} in those that could go{(_sum.LeftOut > 0 ? $" · {Words.Count(_sum.LeftOut)} without structure left out" : "")}"
            : $" {Words.Count(_sum.Total)} lie in several places · {Words.Size(_sum.Reclaimable)} would be free · kept: {RuleWords()}", Look.Faint),
    ];

    protected override IReadOnlyList<Column<DuplicateSet>> Columns =>
    [
        new("Keep", -3, s => Pick(s).Path ?? Pick(s).Asset[..12], IsPath: true),
        new("In all", 6, s => Words.Count(s.Count), IsRight: true),
        new("Others", 8, s => Words.Size(s.Reclaimable), IsRight: true),
        new("Because", -2, WhyOf, From: 56),
    ];

    protected override string KeyOf(DuplicateSet item) => item.Key;

    DuplicateMember? Member => Chosen is { } set ? set.Members[Math.Clamp(_member, 0, set.Members.Count - 1)] : null;

    DuplicateMember Pick(DuplicateSet set) => _picks.GetValueOrDefault(set.Key) is { } asset && set.Members.FirstOrDefault(m => m.Asset == asset) is { } picked ? picked : set.Members[0];

    string WhyOf(DuplicateSet set) => ReferenceEquals(Pick(set), set.Members[0]) ? set.Reason : "you chose it";

    string RuleWords() => _sum.Rule switch
    {
        "oldest" => "the oldest",
        "preferred-path" => $"what lies below {string.Join(", then ", _preferred)}",
        _ => "the best place",
    };

    protected override TimeSpan StaysFresh => TimeSpan.FromSeconds(10);

    protected override async Task<Page<DuplicateSet>> FetchAsync(string? after, CancellationToken cancellationToken)
    {
        if (_isNear)
        {
            NearDuplicatePlan near = await Daemon.NearDuplicatesAsync(_distance, after, PartLength, cancellationToken);
            _sum = (near.Total, near.Reclaimable, near.LeftOut, "");
            return new([.. near.Items.Select(DuplicateSet.Of)], near.Next, near.Total);
        }
        DuplicatePlan plan = await Daemon.DuplicatesAsync(_rule, _rule is null ? _preferred : [], after, PartLength, cancellationToken);
        _sum = (plan.Total, plan.Reclaimable, 0, plan.Keep);
        return new([.. plan.Items.Select(DuplicateSet.Of)], plan.Next, plan.Total);
    }

    protected override void OnChosen(DuplicateSet item)
    {
        if (item.Key != _key) (_key, _member) = (item.Key, 0);
        _ = LearnAsync(item);
    }

    /// <summary>What is known of the photos of a group is asked for with one question, unless the next group is wanted within a moment.</summary>
    async Task LearnAsync(DuplicateSet set)
    {
        try
        {
            await Task.Delay(Moment, Desk.Ending);
            string[] wanted = [.. set.Members.Select(m => m.Asset).Distinct().Where(a => !_known.ContainsKey(a)).Take(MostAsked)];
            if (set.Key != Chosen?.Key || wanted.Length == 0) return;
            Page<ListedAsset> found = await Daemon.SearchAsync(string.Join(" OR ", wanted.Select(a => $"id:{a}")), null, MostAsked, Desk.Ending);
            if (_known.Count > MostKnown) _known.Clear();
            foreach (ListedAsset asset in found.Items) _known[asset.Id] = asset;
        }
        catch (Exception error) when (error is ApiException or DaemonUnreachableException or OperationCanceledException)
        {
            // Path and size stand there; the rest comes when it is chosen again.
        }
    }

    void Step(int by)
    {
        if (Chosen is { } set) _member = Math.Clamp(_member + by, 0, set.Members.Count - 1);
    }

    public override bool Press(Key key)
    {
        if (key.Name != "Esc" || !_isComparing) return base.Press(key);
        _isComparing = false;
        return true;
    }

    public override void Draw(Area area)
    {
        if (_isComparing && Chosen is { } set) DrawDetail(area, set);
        else base.Draw(area);
    }

    protected override void DrawDetail(Area area, DuplicateSet item)
    {
        string where = item.Count > 1 ? $"{_member + 1} of {Words.Count(item.Count)}{(item.Members.Count > 1 ? ", h and l go on" : "")}" : "";
        Area inside = area.Frame(where, Look.Faint);
        inside = inside.Part(1, 0, inside.Width - 2, inside.Height);
        if (item.IsNear) DrawSideBySide(inside, item);
        else DrawPlaces(inside, item);
    }

    /// <summary>Different pictures: each with what tells it from the others.</summary>
    void DrawSideBySide(Area area, DuplicateSet set)
    {
        (int first, int count) = Window(_member, set.Members.Count, area.Width);
        int width = (area.Width - count + 1) / count, words = area.Height >= 14 ? 7 : 4;
        for (int i = 0; i < count; i++)
        {
            DuplicateMember member = set.Members[first + i];
            Area column = area.Part(i * (width + 1), 0, width, area.Height);
            Desk.DrawPicture(column.Part(0, 0, width, area.Height - words), member.Asset);
            Area text = column.From(area.Height - words);
            bool isKept = ReferenceEquals(member, Pick(set));
            string status = isKept ? "keep" : "could go", why = isKept ? WhyOf(set) : member.Note;
            text.Write(0, 0, TextWidth.Fit($"{(first + i == _member ? "> " : "  ")}{status}{(words > 4 || why.Length == 0 ? "" : $": {why}")}", width), first + i == _member ? Look.Chosen : isKept ? Look.Good : Look.Caution);
            int y = 1;
            if (words > 4) text.Write(0, y++, why, width, isKept ? Look.Good : Look.Faint);
            text.Write(0, y++, TextWidth.CutMiddle(Printable.Show(member.Name), width), Look.Strong);
            if (words > 4) text.Write(0, y++, TextWidth.CutMiddle(Printable.Show(member.Folder), width), Look.Faint);
            text.Write(0, y++, $"{(member.Width > 0 ? $"{member.Width} x {member.Height}, " : "")}{Words.Size(member.Size)}", width);
            text.Write(0, y++, TakenOf(member), width);
            if (words > 4 && _known.GetValueOrDefault(member.Asset) is { } asset) text.Write(0, y, string.Join(", ", Extras(asset)), width, Look.Faint);
        }
    }

    /// <summary>Which of the members have room, the chosen one among them.</summary>
    internal static (int First, int Count) Window(int chosen, int members, int width)
    {
        int count = Math.Clamp(width / NarrowestColumn, 1, members);
        return (Math.Clamp(chosen - count + 1, 0, members - count), count);
    }

    /// <summary>One picture, and the places of its files.</summary>
    void DrawPlaces(Area area, DuplicateSet set)
    {
        DuplicateMember one = set.Members[0];
        bool isWide = area.Width >= 70;
        int picture = isWide ? Math.Min(area.Width / 3, area.Height * 3) : area.Height / 3;
        Desk.DrawPicture(isWide ? area.Part(0, 0, picture, area.Height) : area.Part(0, 0, area.Width, picture), one.Asset);
        Area text = isWide ? area.Part(picture + 1, 0, area.Width, area.Height) : area.From(picture);
        ListedAsset? asset = _known.GetValueOrDefault(one.Asset);
        int y = text.WriteWords(0, 0, string.Join(", ", new[] { asset?.Width is { } width ? $"{width} x {asset.Height}" : "", $"{Words.Size(one.Size)} each", TakenOf(one) }.Where(t => t.Length > 0)), Look.Plain);
        const int LinesOfOne = 2;
        int room = Math.Max(1, (text.Height - y) / LinesOfOne), first = Math.Clamp(_member - room + 1, 0, Math.Max(0, set.Members.Count - room));
        for (int i = first; i < Math.Min(set.Members.Count, first + room); i++)
        {
            DuplicateMember member = set.Members[i];
            bool isKept = i == 0, isChosen = i == _member;
            string status = isKept ? $"keep: {set.Reason}" : member.Note.Length > 0 ? member.Note : "could go";
            if (isChosen) text.FillLine(y, Look.Chosen);
            text.Write(0, y++, TextWidth.CutMiddle(Printable.Show($"{(isChosen ? "> " : "  ")}{member.Path}"), text.Width), isChosen ? Look.Chosen : Look.Strong);
            text.Write(2, y++, $"{status}; of {Words.Time(member.Modified)}{(member.IsOnline ? "" : "; its volume is offline")}", text.Width - 2, isKept ? Look.Good : Look.Faint);
        }
    }

    string TakenOf(DuplicateMember member) => _known.GetValueOrDefault(member.Asset) is { } asset ? asset.Taken is { } taken ? Words.Taken(taken with { Offset = null }) : "no date" : "";

    /// <summary>What somebody would not want to lose.</summary>
    static IEnumerable<string> Extras(ListedAsset asset)
    {
        if (asset.Rating is { } rating and not 0) yield return rating < 0 ? "rejected" : new string('*', rating);
        if (asset.Favourite is true) yield return "favourite";
        if (asset.Title is { } title) yield return title;
        if (asset.Tags is { Count: > 0 } tags) yield return $"{tags.Count} tags";
        if (asset.Blur is { } blur) yield return $"sharpness {blur:0}";
        yield return asset.Mime;
    }

    protected override IReadOnlyList<(string Text, Style Look)> Detail(DuplicateSet item) =>
    [
        .. item.Members.Select((m, i) =>
            ($"{i + 1}: {(ReferenceEquals(m, Pick(item)) ? $"keep, {WhyOf(item)}" : "could go")}: {m.Path ?? m.Asset}, {(m.Width > 0 ? $"{m.Width} x {m.Height}, " : "")}{Words.Size(m.Size)}"
                + $"{(m.Modified is { } modified ? $", of {Words.Time(modified)}" : "")}{(m.Note.Length > 0 ? $", {m.Note}" : "")}{(m.IsOnline ? "" : ", its volume is offline")}", Look.Plain)),
        .. item.Count > item.Members.Count ? [($"and {Words.Count(item.Count - item.Members.Count)} more", Look.Plain)] : Array.Empty<(string, Style)>(),
    ];

    async Task SwitchAsync()
    {
        (_isNear, _isComparing, _key) = (!_isNear, false, null);
        Empty();
        _sum = default;
        await ReloadAsync(Desk.Ending);
    }

    async Task MoveDistanceAsync(int by)
    {
        int wanted = Math.Clamp(_distance + by, 0, FurthestDistance);
        if (wanted == _distance) return;
        _distance = wanted;
        Desk.Say($"Photos look alike when up to {_distance} of the 64 bits of their looks differ.");
        await ReloadAsync(Desk.Ending);
    }

    Task PickAsync()
    {
        if (Chosen is { } set && Member is { } member)
        {
            _picks[set.Key] = member.Asset;
            Desk.Say($"Keeps {member.Name}; x shows what would go to the trash.");
        }
        return Task.CompletedTask;
    }

    async Task PreferAsync()
    {
        if (Member is not { } member) return;
        _rule = null;
        _preferred.Remove(member.Folder);
        _preferred.Insert(0, member.Folder);
        Desk.Say($"Of all copies, those below {member.Folder} are kept; K chooses another rule.");
        await ReloadAsync(Desk.Ending);
    }

    async Task RuleAsync()
    {
        if (await Desk.ChooseAsync("Which copy is kept", ["best: the place a careful person would keep", "oldest: the file that was changed least lately", "folder: what lies below a folder"], isQuick: true) is not { } chosen) return;
        if (chosen == 2)
        {
            if (await Desk.AskAsync("Copies to keep", "A folder of the tree.", Member?.Folder ?? "/Folders/") is not { Length: > 0 } folder) return;
            _preferred.Remove(folder);
            _preferred.Insert(0, folder);
        }
        else _preferred.Clear();
        _rule = chosen switch { 0 => "best", 1 => "oldest", _ => null };
        await ReloadAsync(Desk.Ending);
    }

    async Task TrashAsync()
    {
        IReadOnlyList<DuplicateSet> sets = Meant;
        // As it is chosen now, whatever is pressed while the plan is asked for.
        Dictionary<DuplicateSet, DuplicateMember> kept = sets.ToDictionary(s => s, Pick);
        string[] spare = [.. Spare(sets, s => kept[s])];
        if (spare.Length == 0) return;
        ArrangeResult plan = await Daemon.PutIntoTrashAsync(new() { Assets = spare, DryRun = true }, Desk.Ending);
        List<string> lines = [];
        foreach (DuplicateSet set in sets)
        {
            lines.Add($"keep   {kept[set].Path ?? kept[set].Asset} ({WhyOf(set)})");
            lines.AddRange(set.Members.Where(m => m.Asset != kept[set].Asset).Select(m => $"trash  {m.Path ?? m.Asset} ({Words.Size(m.Size)})"));
            if (set.Count > set.Members.Count) lines.Add($"       {Words.Count(set.Count - set.Members.Count)} more of this group are not shown, and stay");
        }
        if (lines.Count > PlanLines) lines = [.. lines.Take(PlanLines), $"and {Words.Count(lines.Count - PlanLines)} lines more"];
        if (!await Desk.ConfirmAsync($"{Words.Photos(plan.Photos)} into the trash", [.. lines, "", "Their files stay where they are until somebody purges the trash."], "put into the trash")) return;
        ArrangeResult result = await Daemon.PutIntoTrashAsync(new() { Assets = spare }, Desk.Ending);
        Unmark();
        Desk.Say(result.Operation is { } number ? $"{Words.Photos(result.Photos)} put into the trash (operation {number}, u takes it back)." : "They lie in the trash already.");
        await ReloadAsync(Desk.Ending);
    }

    /// <summary>All but the one to keep of each group; what one group keeps is not thrown away for another.</summary>
    internal static IEnumerable<string> Spare(IReadOnlyList<DuplicateSet> sets, Func<DuplicateSet, DuplicateMember> pick)
    {
        HashSet<string> kept = [.. sets.Select(s => pick(s).Asset)];
        return sets.SelectMany(s => s.Members).Select(m => m.Asset).Distinct().Where(a => !kept.Contains(a));
    }
}
