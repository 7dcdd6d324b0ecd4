using Albumen.Client;
using Albumen.Organization;
using SmartAlbum = Albumen.Client.SmartAlbum;

namespace Albumen.Daemon.Api;

/// <summary>/smart: queries under a name.</summary>
static class SmartRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/smart", () => (IReadOnlyList<SmartAlbum>)[.. appliance.Organizer.Shelf().Smart.Select(a => new SmartAlbum(a.Id, a.Name, a.Title, a.Query, a.Description))])
            .WithSummary("The smart albums, by name.");

        api.MapPost("/smart", (NewSmartAlbum album, HttpContext context, CancellationToken cancellationToken) => AlbumRoutes.DoAsync(
            appliance, context, ["smart", "create", album.Title, album.Query], appliance.SmartAlbums.Create(album.Title, album.Query, album.Description), album.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Makes a smart album: a query under a name.");

        api.MapPost("/smart/change", (SmartAlbumChange change, HttpContext context, CancellationToken cancellationToken) => AlbumRoutes.DoAsync(
            appliance, context, ["smart", "change", change.Smart, .. Word("--title", change.Title), .. Word("--query", change.Query), .. Word("--description", change.Description)],
            SmartAlbums.Change(Find(appliance, change.Smart).Id, change.Title, change.Query, change.Description), change.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Gives a smart album another title, query or description.");

        api.MapPost("/smart/delete", (SmartAlbumChoice album, HttpContext context, CancellationToken cancellationToken) => AlbumRoutes.DoAsync(
            appliance, context, ["smart", "delete", album.Smart], SmartAlbums.Delete(Find(appliance, album.Smart).Id), album.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Deletes a smart album; what it found is untouched.");
    }

    /// <summary>By its name, perhaps as it is in the tree, or its id.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static Organization.SmartAlbum Find(Appliance appliance, string smart)
    {
        Shelf shelf = appliance.Organizer.Shelf();
        string name = smart.TrimStart('/').StartsWith("Smart/", StringComparison.OrdinalIgnoreCase) ? smart.TrimStart('/')["Smart/".Length..] : smart;
        return shelf.SmartAt(name.TrimEnd('/')) ?? shelf.SmartAt(smart) ?? throw RefusedException.NotFound($"There is no smart album {smart}.{Spelling.Meant(name, shelf.Smart.Select(s => s.Name))} 'albumen smart list' shows them.");
    }

    static IEnumerable<string> Word(string option, string? value) => value is null ? [] : [option, value];
}
