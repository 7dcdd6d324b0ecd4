using Albumen.Client;

namespace Albumen.Admin.Pages;

/// <summary>The albums as folders, and what can be done with them.</summary>
sealed class Albums(Desk desk) : TreePage(desk, Root)
{
    const string Root = "/Albums";
    const int PlanLines = 200;

    public override string Name => "Albums";

    public override string About => "Photos put together. An album is a folder of /Albums in the tree; a photo can lie in many, and its file stays where it is. Deleting an album puts it into the trash, and leaves the photos alone.";

    protected override string Nothing => Path == Root ? "There are no albums yet; n makes one." : "There is nothing in this album yet. On the pages Browse and Timeline, a puts photos into an album.";

    protected override IReadOnlyList<Binding> More =>
    [
        new("n", "new album", NewAsync),
        new("-", "take out", TakeOutAsync),
        new("R", "rename album", RenameAsync, false),
        new("d", "describe album", DescribeAsync, false),
        new("c", "make it the cover", CoverAsync, false),
        new("O", "order", OrderAsync, false),
        new("D", "delete album", DeleteAsync, false),
    ];

    /// <summary>The album that is open; null at the top.</summary>
    string? Open => Path.StartsWith($"{Root}/", StringComparison.Ordinal) ? Path[(Root.Length + 1)..] : null;

    /// <summary>The chosen folder, else the album that is open.</summary>
    string? Named => Chosen is { IsFolder: true, Name: var name } ? Open is { } open ? $"{open}/{name}" : name : Open;

    async Task NewAsync()
    {
        if (await Desk.AskAsync("A new album", Open is { } parent ? $"Its title; it is put into {parent}." : "Its title; Trips/2024 puts it into another.") is { Length: > 0 } title)
            await SayAsync(await Daemon.CreateAlbumAsync(new() { Path = Open is { } above ? $"{above}/{title}" : title }, Desk.Ending), $"Album '{title}' made");
    }

    async Task RenameAsync()
    {
        if (Album() is { } album && await Desk.AskAsync("Rename", "The title.", (await Daemon.AlbumAsync(album, Desk.Ending)).Title) is { Length: > 0 } title)
            await SayAsync(await Daemon.ChangeAlbumAsync(new() { Album = album, Title = title }, Desk.Ending), $"Album renamed to '{title}'");
    }

    async Task DescribeAsync()
    {
        if (Album() is { } album && await Desk.AskAsync("Describe", "What the album is about; empty for nothing.", (await Daemon.AlbumAsync(album, Desk.Ending)).Description ?? "") is { } text)
            await SayAsync(await Daemon.ChangeAlbumAsync(new() { Album = album, Description = text }, Desk.Ending), "Album described");
    }

    async Task CoverAsync()
    {
        if (Open is { } album && Chosen?.Asset is { } asset) await SayAsync(await Daemon.ChangeAlbumAsync(new() { Album = album, Cover = asset }, Desk.Ending), "It is the cover now");
        else Desk.Say("Open an album and choose a photo first.", isBad: true);
    }

    async Task OrderAsync()
    {
        string[] orders = ["taken", "added", "name"];
        if (Album() is { } album && await Desk.ChooseAsync($"Order of {album}", ["taken: by when it was taken", "added: by when it was put in", "name: by name"], isQuick: true) is { } number)
            await SayAsync(await Daemon.ChangeAlbumAsync(new() { Album = album, Order = orders[number] }, Desk.Ending), "Order changed");
    }

    async Task TakeOutAsync()
    {
        if (Open is not { } album || Meant.Where(r => !r.IsFolder).Select(r => r.Name).ToList() is not { Count: > 0 } names)
        {
            Desk.Say("Open an album and choose photos first.", isBad: true);
            return;
        }
        if (names.Count > 10 && !await Desk.ConfirmAsync($"{Words.Photos(names.Count)} out of {album}", [.. names.Take(PlanLines), "", "The photos stay where they are."], "take them out")) return;
        await SayAsync(await Daemon.RemoveFromAlbumAsync(new() { Album = album, Names = names }, Desk.Ending), $"{Words.Photos(names.Count)} taken out of {album}");
    }

    async Task DeleteAsync()
    {
        if (Album() is not { } album) return;
        ArrangeResult plan = await Daemon.DeleteAlbumAsync(new() { Album = album, DryRun = true }, Desk.Ending);
        if (await Desk.ConfirmAsync($"Delete the album {album}", [$"It goes into the trash with the albums in it. The {Words.Photos(plan.Photos)} in it stay where they are."], "delete it"))
            await SayAsync(await Daemon.DeleteAlbumAsync(new() { Album = album }, Desk.Ending), $"Album {album} put into the trash");
    }

    string? Album()
    {
        if (Named is { } album) return album;
        Desk.Say("Choose an album first.", isBad: true);
        return null;
    }

    async Task SayAsync(ArrangeResult result, string what)
    {
        Desk.Say(result.Operation is { } number ? $"{what}, operation {number}; u takes it back." : "Nothing was to be changed.");
        await ReloadAsync(Desk.Ending);
    }
}
