using System.Globalization;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Catalog.Metadata;
using Albumen.Client;
using Albumen.Organization;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>/edits and /tags: what people change, and the tags they gave.</summary>
static class EditRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapPost("/edits", (EditRequest request, HttpContext context, CancellationToken cancellationToken) => EditAsync(appliance, request, context.Author(), cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Changes titles, tags, ratings, dates and the like of one photo or of many, as one operation that can be taken back. Originals are never touched.");

        api.MapGet("/tags", (string? after, int? limit) =>
        {
            int most = Limit.Of(limit);
            IReadOnlyList<(string Tag, long Assets)> used = appliance.Tags.List(after, most);
            Tag[] tags = [.. used.Select(t => new Tag(t.Tag, t.Assets))
                .Concat(appliance.Organizer.Shelf().Tags.Where(tag => string.CompareOrdinal(tag, after ?? "") > 0).Select(tag => new Tag(tag, 0)))
                .DistinctBy(t => t.Name).OrderBy(t => t.Name, StringComparer.Ordinal).Take(most)];
            return new Page<Tag>(tags, tags.Length < most ? null : tags[^1].Name);
        }).WithSummary("The tags there are, with how many photos and clips have each.");

        api.MapPost("/tags", (TagChoice tag, HttpContext context, CancellationToken cancellationToken) =>
            AlbumRoutes.DoAsync(appliance, context, ["tag", "create", tag.Tag], TagFolders.Create(tag.Tag), tag.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Makes a tag that no photo has yet.");

        api.MapPost("/tags/delete", (TagChoice tag, HttpContext context, CancellationToken cancellationToken) =>
            AlbumRoutes.DoAsync(appliance, context, ["tag", "delete", tag.Tag], TagFolders.Delete(tag.Tag), tag.DryRun, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Takes a tag, and those below it, off all photos.");
    }

    static async Task<EditResult> EditAsync(Appliance appliance, EditRequest request, Author author, CancellationToken cancellationToken)
    {
        IReadOnlyList<Edit> edits = Edits(request);
        Selection selection = new(request.Query, request.Paths ?? [], request.Recursive, request.Assets ?? [], request.Stacks ? StacksMeant.All : StacksMeant.None);
        bool isWholeLibrary = selection.IsEmpty && request.RenameTags is not null && edits.Count == 1;
        if (selection.IsEmpty && !isWholeLibrary) throw RefusedException.BadRequest("Say which photos: paths in the tree, beginnings of ids, or a query.");

        var select = isWholeLibrary
            ? connection => Tags.Having(connection, [.. request.RenameTags!.From.Select(Edit.Tag)])
            : appliance.Selector.Prepare(selection, Viewer.Admin);
        int skip = Skip.Of(request.After);
        Edited edited = request.DryRun
            ? appliance.Editor.Rehearse(select, edits)
            : await appliance.Editor.ApplyAsync(author, EditWords.Of(request), select, edits, cancellationToken,
                also: isWholeLibrary ? connection => TagFolders.Renamed(appliance.Organizer.Shelves.Now(connection), [.. request.RenameTags!.From.Select(Edit.Tag)], Edit.Tag(request.RenameTags.To)) : null);

        Drafted[] page = [.. edited.Changes.Skip(skip).Take(Limit.Max)];
        IReadOnlyDictionary<string, string> paths = appliance.Assets.Paths(
            [.. page.Select(c => c.Asset).Concat(edited.Refused.Take(Limit.Max).Select(r => r.Asset)).Distinct()], Viewer.Admin);
        return new(
            edited.Operation?.Number, edited.Selected, edited.Changes.Select(c => c.AssetId).Distinct().Count(),
            [.. edited.Refused.Select(r => new RefusedEdit(r.Asset, paths.GetValueOrDefault(r.Asset), r.Reason))],
            [.. page.Select(c => new EditChange(c.Asset, paths.GetValueOrDefault(c.Asset), c.Field.Name, Value(c.Before), Value(c.After)))],
            request.DryRun && skip + page.Length < edited.Changes.Count ? $"{skip + page.Length}" : null);
    }

    static IReadOnlyList<Edit> Edits(EditRequest request)
    {
        List<Edit> edits = [.. (request.Set ?? []).Select(Edit.Parse)];
        if (request.Shift is { } shift) edits.Add(Edit.Shift(CaptureTimes.ReadShift(shift)));
        if (request.Zone is { } zone)
            edits.Add(Edit.Zone(TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? found) ? found : throw new FormatException($"there is no time zone '{zone}'; they are written like Europe/Berlin")));
        if (request.RenameTags is { } rename)
        {
            if (rename.From.Count == 0) throw new FormatException("say which tags get another name");
            edits.Add(Edit.RenameTags([.. rename.From.Select(Edit.Tag)], Edit.Tag(rename.To)));
        }
        return edits.Count > 0 ? edits : throw new FormatException("say what to change, such as rating=4 or tags+=Holidays");
    }

    public static JsonElement? Value(string? json) => json is null ? null : JsonElement.Parse(json);
}

/// <summary>A page that begins behind so many.</summary>
static class Skip
{
    /// <exception cref="RefusedException">It is no number.</exception>
    public static int Of(string? after) => after is null ? 0
        : int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out int skip) ? skip : throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
}
