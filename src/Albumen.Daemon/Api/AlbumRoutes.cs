using System.Globalization;
using Albumen.Client;
using Albumen.Organization;
using Albumen.Storage;
using Albumen.Tree;
using Album = Albumen.Client.Album;

namespace Albumen.Daemon.Api;

/// <summary>/albums: photos that people put together. An album is named by its path, <c>Trips/2024</c>, or its id.</summary>
static class AlbumRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/albums", (bool? trash, string? after, int? limit) => List(appliance, trash ?? false, after, Limit.Of(limit)))
            .WithSummary("The albums, by path; with trash, those in the trash.");

        api.MapGet("/album", (string album) => ToAlbums(appliance, [Find(appliance.Organizer.Shelf(), album)])[0])
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("One album, by its path (Trips/2024) or its id.");

        api.MapGet("/albums/entries", (string album, string? after, int? limit) =>
        {
            (IReadOnlyList<ListedEntry> entries, string? next) = appliance.AlbumReader.List(Find(appliance.Organizer.Shelf(), album), after, Limit.Of(limit));
            return new Page<AlbumEntry>([.. entries.Select(e => new AlbumEntry(e.Entry.Name, e.Entry.Asset, Time(e.Entry.Added), e.Taken, e.IsMissing))], next);
        }).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("The photos and clips in an album, in the album's order.");

        api.MapPost("/albums", (NewAlbum album, HttpContext context, CancellationToken cancellationToken) =>
            DoAsync(appliance, context, ["album", "create", album.Path], appliance.Albums.CreateAll(Names(album.Path), album.Description, album.Order), album.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Makes an album, and those above it that lack.");

        api.MapPost("/albums/change", (AlbumChange change, HttpContext context, CancellationToken cancellationToken) => ChangeAsync(appliance, change, context, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Renames, moves or describes an album, chooses its cover or its order; all of it as one operation.");

        api.MapPost("/albums/add", (AlbumPhotos photos, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (SelectionOf(photos) is { IsEmpty: false } selection && photos.Names is null)
                return DoAsync(appliance, context, ["album", "add", photos.Album, .. Words(photos)], appliance.Albums.Add(IdOf(appliance, photos.Album), appliance.Selector.Prepare(selection, Viewer.Admin)), photos.DryRun, cancellationToken);
            throw RefusedException.BadRequest("Say which photos: paths in the tree, beginnings of ids, or a query.");
        }).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Puts photos into an album; those that are in it already are skipped.");

        api.MapPost("/albums/remove", (AlbumPhotos photos, HttpContext context, CancellationToken cancellationToken) =>
        {
            Selection selection = SelectionOf(photos);
            if (selection.IsEmpty && photos.Names is not { Count: > 0 }) throw RefusedException.BadRequest("Say which photos: their names in the album, paths in the tree, beginnings of ids, or a query.");
            return DoAsync(appliance, context, ["album", "remove", photos.Album, .. Words(photos)],
                Albums.Remove(IdOf(appliance, photos.Album), photos.Names ?? [], selection.IsEmpty ? null : appliance.Selector.Prepare(selection, Viewer.Admin)), photos.DryRun, cancellationToken);
        }).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Takes photos out of an album. They stay in the library.");

        api.MapPost("/albums/rename-entry", (EntryRename rename, HttpContext context, CancellationToken cancellationToken) =>
            DoAsync(appliance, context, ["album", "rename", rename.Album, "--photo", rename.Name, rename.NewName], Albums.RenameEntry(IdOf(appliance, rename.Album), rename.Name, rename.NewName), rename.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Gives a photo another name in an album.");

        api.MapPost("/albums/delete", (AlbumChoice album, HttpContext context, CancellationToken cancellationToken) =>
            DoAsync(appliance, context, ["album", "delete", album.Album], appliance.Albums.Trash(IdOf(appliance, album.Album)), album.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Puts an album, with those in it, into the trash. The photos are untouched.");

        api.MapPost("/albums/restore", (AlbumChoice album, HttpContext context, CancellationToken cancellationToken) =>
            DoAsync(appliance, context, ["album", "restore", album.Album], Albums.Restore(FindInTrash(appliance.Organizer.Shelf(), album.Album).Id), album.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Takes an album out of the trash.");

        api.MapPost("/albums/freeze", (FreezeRequest request, HttpContext context, CancellationToken cancellationToken) => DoAsync(
            appliance, context, ["album", "freeze", request.Smart, request.Title],
            appliance.Albums.Freeze(SmartRoutes.Find(appliance, request.Smart).Id, request.Title, appliance.Blur.Of(context.Author().Who), request.Parent is null ? null : ParentOf(appliance, request.Parent)), request.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Makes an album of what a smart album finds now.");
    }

    /// <summary>Does it, or says what would be done.</summary>
    /// <param name="words">As they would be typed behind <c>albumen</c>.</param>
    public static async Task<ArrangeResult> DoAsync(Appliance appliance, HttpContext context, IEnumerable<string> words, Deed deed, bool isDryRun, CancellationToken cancellationToken)
    {
        Arrangement done = isDryRun ? appliance.Organizer.Rehearse(deed) : await appliance.Organizer.DoAsync(context.Author(), EditWords.Of(words), deed, cancellationToken);
        IReadOnlyList<Catalog.StatementChange> changes = done.Plan.Changes;
        return new(
            done.Operation?.Number, appliance.Organizer.Shelf().Album(done.Plan.Subject) is { } album ? ToAlbums(appliance, [album])[0] : null,
            changes.Select(c => c.Photo).OfType<string>().Distinct().Count(), done.Plan.Skipped, isDryRun ? OperationRoutes.Changes(appliance, [.. changes.Take(Limit.Max)]) : null);
    }

    static Task<ArrangeResult> ChangeAsync(Appliance appliance, AlbumChange change, HttpContext context, CancellationToken cancellationToken)
    {
        string id = IdOf(appliance, change.Album);
        List<string> words = [];
        List<Deed> deeds = [];
        if (change.Parent is { } parent)
        {
            deeds.Add(appliance.Albums.Move(id, ParentOf(appliance, parent), change.Title));
            words.AddRange(["move", change.Album, parent]);
        }
        else if (change.Title is { } title)
        {
            deeds.Add(Albums.Rename(id, title));
            words.AddRange(["rename", change.Album, title]);
        }
        if (change.Description is not null || change.Cover is not null || change.Order is not null)
        {
            deeds.Add(Albums.Describe(id, change.Description, change.Cover is { Length: > 0 } cover ? appliance.Selector.One(cover, Viewer.Admin) : change.Cover, change.Order));
            if (words.Count == 0) words.AddRange(change switch { { Description: { } description } => ["describe", change.Album, description], { Cover: { } chosen } => ["cover", change.Album, chosen], _ => ["order", change.Album, change.Order!] });
        }
        if (deeds.Count == 0) throw RefusedException.BadRequest("Say what to change: title, parent, description, cover or order.");
        return DoAsync(appliance, context, ["album", .. words], deeds.Aggregate(Organizer.Both), change.DryRun, cancellationToken);
    }

    static Page<Album> List(Appliance appliance, bool isTrash, string? after, int limit)
    {
        Organization.Album[] albums = [.. appliance.Organizer.Shelf().Albums.Where(a => isTrash ? a.Trashed is not null : !a.IsInTrash)
            .OrderBy(Mark, StringComparer.Ordinal).Where(a => string.CompareOrdinal(Mark(a), after ?? "") > 0).Take(limit)];
        return new(ToAlbums(appliance, albums), albums.Length < limit ? null : Mark(albums[^1]));

        static string Mark(Organization.Album album) => $"{album.Path} {album.Id}";
    }

    static IReadOnlyList<Album> ToAlbums(Appliance appliance, IReadOnlyList<Organization.Album> albums)
    {
        IReadOnlyDictionary<string, long> photos = appliance.AlbumReader.Count(albums);
        return [.. albums.Select(a => new Album(a.Id, a.Path, a.Title, a.Description, a.Cover, a.Order, photos[a.Id], a.Trashed is { } since ? Time(since) : null))];
    }

    static string? ParentOf(Appliance appliance, string parent) => parent.Trim('/') is "" or "Albums" ? null : IdOf(appliance, parent);

    static string IdOf(Appliance appliance, string album) => Find(appliance.Organizer.Shelf(), album).Id;

    static Organization.Album Find(Shelf shelf, string album) =>
        shelf.At(Names(album)) ?? (shelf.Album(album) is { IsInTrash: false } known ? known : null) ?? throw RefusedException.NotFound($"There is no album {album}.{Spelling.Meant(string.Join('/', Names(album)), shelf.Albums.Where(a => !a.IsInTrash).Select(a => a.Path))} 'albumen album list' shows them.");

    static Organization.Album FindInTrash(Shelf shelf, string album)
    {
        if (shelf.Album(album) is { } known) return known;
        string path = string.Join('/', Names(album).Select(EntryName.KeyOf));
        return shelf.Albums.Where(a => a.IsInTrash && string.Join('/', a.Path.Split('/').Select(EntryName.KeyOf)) == path).MaxBy(a => a.Trashed, StringComparer.Ordinal)
            ?? throw RefusedException.NotFound($"There is no album {album} in the trash.{Spelling.Meant(path, shelf.Albums.Where(a => a.IsInTrash).Select(a => a.Path))} 'albumen album list --trash' shows them.");
    }

    /// <summary>From the top, with or without what the tree has above them.</summary>
    static string[] Names(string path)
    {
        const string Top = "/Albums/";
        if (path.StartsWith(Top, StringComparison.OrdinalIgnoreCase)) path = path[Top.Length..];
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length > 0 ? names : throw RefusedException.BadRequest("An album is named by its path, such as Trips/2024.");
    }

    static Selection SelectionOf(AlbumPhotos photos) => new(photos.Query, photos.Paths ?? [], photos.Recursive, photos.Assets ?? []);

    static IEnumerable<string> Words(AlbumPhotos photos) => EditWords.Selected(photos.Query, [.. photos.Names ?? [], .. photos.Paths ?? [], .. photos.Assets ?? []], photos.Recursive);

    static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
