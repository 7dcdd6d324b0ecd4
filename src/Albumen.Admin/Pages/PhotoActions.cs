using System.Text.Json;
using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>What can be done with photos, the same on every page that shows some: rate, tag, file into albums, throw away, look up, take back.</summary>
/// <param name="meant">Ids of those that are marked, else of the chosen one.</param>
/// <param name="changed">Has the page show what it is like now.</param>
sealed class PhotoActions(Desk desk, Func<IReadOnlyList<string>> meant, Func<Task> changed)
{
    const int Many = 10, PlanLines = 200, Suggested = 50;

    public IReadOnlyList<Binding> Bindings =>
    [
        new("r", "rate", RateAsync),
        new("t", "tag", () => TagAsync("tags+", "Give a tag", "A tag; levels have slashes between: Animals/Dog.")),
        new("a", "to album", ToAlbumAsync),
        new("u", "undo", UndoAsync),
        new("i", "all about it", AboutAsync),
        new("T", "take a tag away", () => TagAsync("tags-", "Take a tag away", "The tag."), false),
        new("f", "favourite or not", FavouriteAsync, false),
        new("e", "edit a field", EditAsync, false),
        new("x Delete", "to the trash", TrashAsync, false),
    ];

    async Task RateAsync()
    {
        if (Meant() is not { } assets) return;
        if (await desk.ChooseAsync($"Rating of {Words.Photos(assets.Count)}", ["0 none", "1 ★", "2 ★★", "3 ★★★", "4 ★★★★", "5 ★★★★★", "- rejected", "= as the file says"], isQuick: true) is { } rating)
            await SetAsync(assets, rating switch { 6 => "rating=-1", 7 => "rating!", _ => $"rating={rating}" });
    }

    async Task TagAsync(string change, string title, string label)
    {
        if (Meant() is not { } assets) return;
        if (await desk.AskAsync(title, label, "", TagsAsync) is { Length: > 0 } tag) await SetAsync(assets, $"{change}={tag}");
    }

    async Task<IReadOnlyList<string>> TagsAsync(string begin) =>
        [.. (await desk.Daemon.TagsAsync(null, 1000, desk.Ending)).Items.Select(t => t.Name).Where(t => t.Contains(begin, StringComparison.OrdinalIgnoreCase)).Take(Suggested)];

    async Task FavouriteAsync()
    {
        if (Meant() is not { } assets) return;
        AssetDetail first = await desk.Daemon.AssetAsync(assets[0], desk.Ending);
        await SetAsync(assets, first.Favourite is true ? "favourite=no" : "favourite=yes");
    }

    async Task EditAsync()
    {
        if (Meant() is not { } assets) return;
        string[] examples = ["title=", "caption=", "taken=", "place=", "people+=", "label=", "gps=", "hidden=yes", "archived=yes"];
        if (await desk.AskAsync("Edit", "A field and its value: title=Am See, taken=1978-06, people+=Anna, gps=48.2,16.37, caption= (none), title! (as the file says).", "",
            text => Task.FromResult<IReadOnlyList<string>>([.. examples.Where(e => e.StartsWith(text, StringComparison.Ordinal))])) is { Length: > 0 } change)
            await SetAsync(assets, change);
    }

    async Task SetAsync(IReadOnlyList<string> assets, string change)
    {
        EditRequest request = new() { Assets = assets, Set = [change] };
        if (assets.Count > Many)
        {
            EditResult plan = await desk.Daemon.EditAsync(request with { DryRun = true }, desk.Ending);
            if (!await desk.ConfirmAsync($"{change}: {Words.Photos(plan.Changed)} of {Words.Count(plan.Selected)} would change",
                [.. plan.Changes.Take(PlanLines).Select(c => $"{c.Path ?? c.Asset[..12]}: {c.Field} {Words.Value(c.Before)} → {Words.Value(c.After)}"), .. plan.Refused.Take(PlanLines).Select(r => $"left as it is: {r.Path ?? r.Asset}: {r.Reason}")], "change them")) return;
        }
        EditResult result = await desk.Daemon.EditAsync(request, desk.Ending);
        foreach (RefusedEdit refused in result.Refused.Take(1)) desk.Say($"{refused.Path ?? refused.Asset}: {refused.Reason}", isBad: true);
        if (result.Refused.Count == 0)
            desk.Say(result.Operation is { } number ? $"{change}: {Words.Photos(result.Changed)} changed, operation {number}; u takes it back." : "It says so already; nothing was changed.");
        await changed();
    }

    async Task ToAlbumAsync()
    {
        if (Meant() is not { } assets) return;
        if (await desk.AskAsync("Into an album", "The album's path, such as Trips/2024. One that is not there is made.", "", AlbumsAsync) is not { Length: > 0 } path) return;
        path = path.Trim('/');
        if (!await IsAlbumAsync(path))
        {
            if (!await desk.ConfirmAsync("A new album", [$"There is no album '{path}'. It is made, and {Words.Photos(assets.Count)} put into it."], "make it")) return;
            await desk.Daemon.CreateAlbumAsync(new() { Path = path }, desk.Ending);
        }
        ArrangeResult result = await desk.Daemon.AddToAlbumAsync(new() { Album = path, Assets = assets }, desk.Ending);
        desk.Say(result.Operation is { } number
            ? $"{Words.Photos(result.Photos)} put into {path}{(result.Skipped > 0 ? $", {Words.Count(result.Skipped)} were in it" : "")}, operation {number}; u takes it back." : $"All were in {path} already.");
        await changed();
    }

    async Task<bool> IsAlbumAsync(string path)
    {
        try
        {
            return await desk.Daemon.AlbumAsync(path, desk.Ending) is not null;
        }
        catch (ApiException error) when (error.Status == 404)
        {
            return false;
        }
    }

    async Task<IReadOnlyList<string>> AlbumsAsync(string begin) =>
        [.. (await desk.Daemon.AlbumsAsync(false, null, 1000, desk.Ending)).Items.Select(a => a.Path).Where(a => a.Contains(begin, StringComparison.OrdinalIgnoreCase)).Take(Suggested)];

    async Task TrashAsync()
    {
        if (Meant() is not { } assets) return;
        ArrangeResult plan = await desk.Daemon.PutIntoTrashAsync(new() { Assets = assets, DryRun = true }, desk.Ending);
        if (!await desk.ConfirmAsync($"{Words.Photos(plan.Photos)} into the trash", [.. (plan.Changes ?? []).Take(PlanLines).Select(c => c.Path ?? c.Asset), "", "The files stay where they are until somebody purges the trash."], "put into the trash")) return;
        ArrangeResult result = await desk.Daemon.PutIntoTrashAsync(new() { Assets = assets }, desk.Ending);
        desk.Say(result.Operation is { } number ? $"{Words.Photos(result.Photos)} put into the trash, operation {number}; u takes it back." : "They lie in the trash already.");
        await changed();
    }

    async Task UndoAsync()
    {
        UndoResult plan = await desk.Daemon.UndoAsync(null, true, desk.Ending);
        List<string> lines = [.. (plan.Changes ?? []).Take(PlanLines).Select(c => $"{c.Path ?? c.Asset}: {(c.Of is "entry" ? "photo" : c.Field)} {Said(c, c.Before)} → {Said(c, c.After)}")];
        if (plan.Left > 0) lines.Add($"{Words.Count(plan.Left)} changes stay as they are, because something changed them since.");
        if (!await desk.ConfirmAsync($"{char.ToUpperInvariant(plan.What[0])}{plan.What[1..]}; {Words.Photos(plan.Changed)}", lines, "take it back")) return;
        // The one that was shown, whoever did something meanwhile.
        UndoResult result = await desk.Daemon.UndoAsync(plan.Of, false, desk.Ending);
        desk.Say($"Operation {result.Operation}: {result.What}; {Words.Photos(result.Changed)} changed.");
        await changed();
    }

    /// <summary>Where no person says anything, the file has its say.</summary>
    static string Said(StatementChange change, JsonElement value) => value.ValueKind is not JsonValueKind.Undefined ? Words.Value(value) : change.Of is "person" ? "(as the file says)" : "(none)";

    async Task AboutAsync()
    {
        if (Meant() is not { } assets) return;
        AssetDetail asset = await desk.Daemon.AssetAsync(assets[0], desk.Ending);
        await desk.ReadAsync(asset.Path ?? asset.Id, [.. PhotoPane.Lines(asset).Select(l => l.Text)]);
    }

    IReadOnlyList<string>? Meant()
    {
        if (meant().Distinct().ToList() is { Count: > 0 } assets) return assets;
        desk.Say("Choose a photo or clip first.", isBad: true);
        return null;
    }
}
