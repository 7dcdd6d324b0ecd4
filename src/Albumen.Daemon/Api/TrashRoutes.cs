using System.Globalization;
using Albumen.Client;
using Albumen.Organization;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>/trash: photos and albums that nobody wants to see, for now. Their files stay where they are.</summary>
static class TrashRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/trash", (string? after, int? limit) => List(appliance, after, Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("The photos and clips in the trash, those that lie there longest first. Deleted albums are listed by /albums.");

        api.MapPost("/trash", (TrashRequest request, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (request.All) throw RefusedException.BadRequest("Everything at once is only restored; say which photos go into the trash.");
            return DoAsync(appliance, context, "trash", request, select => appliance.Trash.Put(select), album => appliance.Albums.Trash(album), cancellationToken);
        }).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Puts photos, clips and albums into the trash, as one operation that can be taken back. Their files stay where they are.");

        api.MapPost("/trash/restore", (TrashRequest request, HttpContext context, CancellationToken cancellationToken) =>
            DoAsync(appliance, context, "restore", request, Trash.Restore, Albums.Restore, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Takes photos, clips and albums out of the trash; they are back in all their albums and tags.");
    }

    public static TrashStatus Status(Appliance appliance)
    {
        (long photos, long size, long eligible, long eligibleSize) = appliance.TrashReader.Count();
        return new(photos, size, eligible, eligibleSize, appliance.Settings.Trash.Retention?.TotalSeconds, appliance.Settings.Trash.Purge);
    }

    static Page<TrashedPhoto> List(Appliance appliance, string? after, int limit)
    {
        (IReadOnlyList<InTrash> photos, string? next) = appliance.TrashReader.List(after, limit, Viewer.Admin) ?? throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
        IReadOnlyDictionary<string, string> originals = appliance.Assets.Paths([.. photos.Select(p => p.Uid)], Viewer.Admin);
        string? until = appliance.TrashReader.KeptUntil;
        return new([.. photos.Select(p => new TrashedPhoto(p.Uid, p.Path, originals.GetValueOrDefault(p.Uid), DateTimeOffset.Parse(p.Trashed, CultureInfo.InvariantCulture), p.SizeInBytes, IsDue(p.Trashed, until)))], next);
    }

    static bool IsDue(string trashed, string? until) => until is not null && string.CompareOrdinal(trashed, until) <= 0;

    static Task<ArrangeResult> DoAsync(
        Appliance appliance, HttpContext context, string verb, TrashRequest request, Func<Func<System.Data.Common.DbConnection, IReadOnlyList<(long, string)>>, Deed> photos, Func<string, Deed> album,
        CancellationToken cancellationToken)
    {
        List<string> paths = [];
        List<Deed> deeds = [];
        foreach (string path in request.Paths ?? [])
            if (!request.Recursive && path.StartsWith('/') && appliance.Tree.Find(path, Viewer.Admin)?.AlbumId is { } id) deeds.Add(album(id));
            else paths.Add(path);
        Selection selection = new(request.Query, paths, request.Recursive, request.Assets ?? [], request.Stacks ? StacksMeant.All : StacksMeant.Entries);
        if (!selection.IsEmpty) deeds.Add(photos(appliance.Selector.Prepare(selection, Viewer.Admin)));
        if (request.All)
        {
            deeds.Add(photos(Trash.All));
            deeds.AddRange(appliance.Organizer.Shelf().Albums.Where(a => a.Trashed is not null).Select(a => album(a.Id)));
        }
        if (deeds.Count == 0) throw RefusedException.BadRequest("Say which photos: paths in the tree, beginnings of ids, or a query.");
        IEnumerable<string> words = [verb, .. request.All ? (string[])["--all"] : [], .. EditWords.Selected(request.Query, [.. request.Paths ?? [], .. request.Assets ?? []], request.Recursive, request.Stacks)];
        // A purge removes photo by photo: what comes out of the trash is there.
        return appliance.TreeWriter.AloneAsync(() => AlbumRoutes.DoAsync(appliance, context, words, deeds.Aggregate(Organizer.Both), request.DryRun, cancellationToken), cancellationToken);
    }
}
