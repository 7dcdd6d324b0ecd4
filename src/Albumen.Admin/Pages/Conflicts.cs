using System.Text.Json;
using Albumen.Admin.Terminal;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>Where somebody here and another program said different things of a photo: what both had, what we say and what they say, side by side, to be decided.</summary>
sealed class Conflicts : ListPage<Conflict>
{
    const int PlanLines = 200, NarrowestColumn = 15, NarrowestPicture = 14, LowestPicture = 5;

    readonly PhotoActions _actions;

    public Conflicts(Desk desk) : base(desk) => _actions = new(desk, () => Chosen is { } one ? [one.Asset] : [], () => ReloadAsync(Desk.Ending));

    public override string Name => "Conflicts";

    public override string About =>
        "Fields that somebody changed here and another program changed in the sidecar. 'Both had' is what both started from. Ours counts until you decide: take ours (the sidecar is written anew), take theirs, or say something else. "
        + "Each decision is an operation, and u takes it back.";

    public override IReadOnlyList<Binding> Bindings =>
    [
        new("o", "take ours", () => TakeAsync("ours")),
        new("t", "take theirs", () => TakeAsync("theirs")),
        new("e", "another value", AnotherAsync),
        new("A", "all of them", AllAsync),
        new("Enter", "read all of it", ReadAsync, IsHinted: false),
        .. _actions.Bindings.Where(b => b.Key is "u" or "i"),
    ];

    public override TimeSpan? Every => TimeSpan.FromSeconds(5);

    protected override string Nothing => "No conflicts: nobody here and no other program changed the same field.";

    protected override bool HasDetail => true;

    protected override IReadOnlyList<Column<Conflict>> Columns { get; } =
    [
        new("Photo", -4, c => c.Path ?? c.Asset[..12], IsPath: true),
        new("Field", 10, c => c.Field),
        new("Ours", -2, c => Said(c.Ours)),
        new("Theirs", -2, c => Said(c.Theirs)),
        new("Since", 10, c => Words.Time(c.Since)[..10], From: 90),
    ];

    protected override string KeyOf(Conflict item) => $"{item.Asset}:{item.Field}";

    protected override Task<Page<Conflict>> FetchAsync(string? after, CancellationToken cancellationToken) => Daemon.ConflictsAsync(after, PartLength, cancellationToken);

    protected override IReadOnlyList<(string Text, Style Look)> Detail(Conflict item) =>
    [
        ($"Photo: {item.Path ?? item.Asset}", Look.Plain), ($"Field: {item.Field}", Look.Plain), ("", Look.Plain),
        .. Sides(item).Select(s => ($"{s.Name}: {s.Value}", s.Look)),
        ("", Look.Plain), ($"Sidecar: {item.File}, since {Words.Time(item.Since)}", Look.Plain),
    ];

    /// <summary>What is not said is told apart from what shall be empty.</summary>
    static string Said(JsonElement? value) => value is null or { ValueKind: JsonValueKind.Undefined } ? "(nothing said)" : Words.Value(value);

    static (string Name, string Value, Style Look)[] Sides(Conflict item) =>
    [
        ("Both had", Said(item.Base), Look.Plain), ("Ours (counts)", Said(item.Ours), Look.Good), ("Theirs", Said(item.Theirs), Look.Caution),
    ];

    protected override void DrawDetail(Area area, Conflict item)
    {
        Area inside = area.Frame(TextWidth.CutMiddle(Printable.Show($"{item.Field} of {item.Path ?? item.Asset}"), area.Width - 6), Look.Faint);
        inside = inside.Part(1, 0, inside.Width - 2, inside.Height);
        (string Name, string Value, Style Look)[] sides = Sides(item);
        int beside = PictureBeside(inside.Width, inside.Height - 2, [.. sides.Select(s => s.Value)]);
        if (beside > 0)
        {
            Desk.DrawPicture(inside.Part(inside.Width - beside, 0, beside, inside.Height), item.Asset);
            inside = inside.Part(0, 0, inside.Width - beside - 1, inside.Height);
        }
        int width = (inside.Width - 2) / 3, most = 0;
        for (int i = 0; i < sides.Length; i++)
        {
            Area column = inside.Part(i * (width + 1), 0, width, inside.Height - 1);
            column.Write(0, 0, sides[i].Name, width, Look.Heading);
            int end = column.WriteWords(0, 1, sides[i].Value, sides[i].Look);
            most = Math.Max(most, end);
            if (end >= column.Height && Lines(sides[i].Value, width) > column.Height - 1) column.Part(0, column.Height - 1, width, 1).Write(0, 0, TextWidth.Fit("… Enter reads on", width), Look.Faint);
        }
        string sidecar = $"Sidecar {item.File}, since {Words.Time(item.Since)}";
        int below = inside.Height - most - 2;
        if (beside > 0 || below < LowestPicture)
        {
            inside.Write(0, inside.Height - 1, TextWidth.CutMiddle(Printable.Show(sidecar), inside.Width), Look.Faint);
            return;
        }
        inside.Write(0, most, TextWidth.CutMiddle(Printable.Show(sidecar), inside.Width), Look.Faint);
        Desk.DrawPicture(inside.From(most + 2), item.Asset);
    }

    /// <summary>How many columns a picture beside the three values may have, so that they can still be read whole.</summary>
    /// <returns>0: none; there is room below them, or they need all there is.</returns>
    internal static int PictureBeside(int width, int lines, IReadOnlyList<string> values)
    {
        // A character is twice as high as it is wide.
        int picture = Math.Min(width / 3, 3 * lines), column = (width - picture - 3) / 3;
        return lines >= LowestPicture && picture >= NarrowestPicture && column >= NarrowestColumn && lines < 20 && values.All(v => Lines(v, column) <= lines) ? picture : 0;
    }

    static int Lines(string value, int width) => TextWidth.Wrap(Printable.Show(value), width).Count();

    async Task ReadAsync()
    {
        if (Chosen is { } one) await Desk.ReadAsync($"{one.Field} of {one.Path ?? one.Asset}", [.. Detail(one).Select(l => l.Text)]);
    }

    async Task TakeAsync(string side)
    {
        IReadOnlyList<Conflict> meant = Meant;
        if (meant.Count == 0) return;
        if (meant.Count > 1 && !await Desk.ConfirmAsync($"Take {side} in {Words.Count(meant.Count)} conflicts", [.. Plan(meant, side).Take(PlanLines), "", "Each is an operation of its own."], $"take {side}")) return;
        int done = 0;
        DecidedConflicts? last = null;
        try
        {
            foreach (Conflict one in meant)
            {
                last = await Daemon.ResolveAsync(new() { Photo = one.Asset, Field = one.Field, Take = side }, Desk.Ending);
                done++;
            }
        }
        finally
        {
            if (last is not null)
                Desk.Say(meant is [var only]
                    ? $"Took {side} (operation {last.Operation}, u takes it back): {only.Field} of {NameOf(only)}, {Said(side is "ours" ? only.Ours : only.Theirs)}"
                    : $"Took {side} in {Words.Count(done)} of {Words.Count(meant.Count)} conflicts (the last is operation {last.Operation}; u takes one after the other back).");
        }
        Unmark();
        await ReloadAsync(Desk.Ending);
    }

    async Task AnotherAsync()
    {
        if (Chosen is not { } one) return;
        string ours = one.Ours is { ValueKind: JsonValueKind.String or JsonValueKind.Number } value ? Words.Value(value) : "";
        if (await Desk.AskAsync($"{one.Field} of {NameOf(one)}", "Neither ours nor theirs, but this; empty: there shall be none.", ours) is not { } text) return;
        DecidedConflicts decided = await Daemon.ResolveAsync(new() { Photo = one.Asset, Field = one.Field, Value = text.Trim() }, Desk.Ending);
        Desk.Say($"Decided (operation {decided.Operation}, u takes it back): {one.Field} of {NameOf(one)} is {(text.Trim().Length > 0 ? text.Trim() : "none")}");
        await ReloadAsync(Desk.Ending);
    }

    async Task AllAsync()
    {
        if (Items.Count == 0) return;
        if (await Desk.ChooseAsync("All conflicts", ["ours: what was said here", "theirs: what the sidecars say"], isQuick: true) is not { } chosen) return;
        string side = chosen == 0 ? "ours" : "theirs";
        DecidedConflicts plan = await Daemon.ResolveAsync(new() { All = true, Take = side, DryRun = true }, Desk.Ending);
        List<string> lines = [.. Plan(Items, side).Take(PlanLines)];
        if (plan.Resolved > lines.Count) lines.Add($"and {Words.Count(plan.Resolved - lines.Count)} more");
        if (!await Desk.ConfirmAsync($"Take {side} in all {Words.Count(plan.Resolved)} conflicts", [.. lines, "", "It is one operation; u takes it back."], $"take {side} everywhere")) return;
        DecidedConflicts decided = await Daemon.ResolveAsync(new() { All = true, Take = side }, Desk.Ending);
        Unmark();
        Desk.Say($"Took {side} in {Words.Count(decided.Resolved)} conflicts (operation {decided.Operation}, u takes it back).");
        await ReloadAsync(Desk.Ending);
    }

    /// <summary>What would count, and what would not any more.</summary>
    internal static IEnumerable<string> Plan(IEnumerable<Conflict> conflicts, string side) => conflicts.Select(c => side is "ours"
        ? $"{NameOf(c)}: {c.Field} stays {Said(c.Ours)}, not {Said(c.Theirs)}"
        : $"{NameOf(c)}: {c.Field} {Said(c.Ours)} → {Said(c.Theirs)}");

    static string NameOf(Conflict conflict) => conflict.Path is { } path ? path[(path.LastIndexOf('/') + 1)..] : conflict.Asset[..12];
}
