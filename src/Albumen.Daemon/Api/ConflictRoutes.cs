using Albumen.Catalog;
using Albumen.Client;
using Albumen.Tree;
using Conflict = Albumen.Client.Conflict;

namespace Albumen.Daemon.Api;

/// <summary>/conflicts: where a person and another program disagree.</summary>
static class ConflictRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/conflicts", (string? after, int? limit) => List(appliance, after, Limit.Of(limit)))
            .WithSummary("Fields that a person and another program both changed. What the person said counts until somebody decides.");

        api.MapPost("/conflicts/resolve", (ConflictDecision decision, HttpContext context, CancellationToken cancellationToken) => ResolveAsync(appliance, decision, context.Author(), cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).WithSummary("Decides one conflict or all, as an operation that can be taken back.");
    }

    static Page<Conflict> List(Appliance appliance, string? after, int limit)
    {
        (string, string)? mark = after?.Split(':') switch
        {
            null => null,
            [var asset, var field] => (asset, field),
            _ => throw RefusedException.BadRequest($"'{after}' is not what 'next' said."),
        };
        IReadOnlyList<OpenConflict> conflicts = appliance.Conflicts.List(mark, limit);
        IReadOnlyDictionary<string, string> paths = appliance.Assets.Paths([.. conflicts.Select(c => c.Asset).Distinct()], Viewer.Admin);
        return new(
            [.. conflicts.Select(c => new Conflict(
                c.Asset, paths.GetValueOrDefault(c.Asset), c.Field.Name, c.Conflict.Base, EditRoutes.Value(c.Ours), c.Conflict.Theirs, c.Conflict.File, c.Conflict.Since))],
            conflicts.Count < limit ? null : $"{conflicts[^1].Asset}:{conflicts[^1].Field}", appliance.Conflicts.Count());
    }

    static async Task<DecidedConflicts> ResolveAsync(Appliance appliance, ConflictDecision wanted, Author author, CancellationToken cancellationToken)
    {
        if (wanted.All ? wanted.Photo is not null || wanted.Field is not null || wanted.Value is not null : wanted.Photo is null || wanted.Field is null)
            throw RefusedException.BadRequest("Say which: a photo and a field, or all; a value is for one.");
        (string, Field)? one = wanted.All ? null : (appliance.Selector.One(wanted.Photo!, Viewer.Admin), Field.Find(wanted.Field!) ?? throw new FormatException($"there is no field '{wanted.Field}'"));
        Decision decision = (wanted.Take, wanted.Value) switch
        {
            ("ours", null) => new Decision.Ours(),
            ("theirs", null) => new Decision.Theirs(),
            (null, { } value) => new Decision.Other(Edit.Parse($"{wanted.Field}={value}")),
            _ => throw RefusedException.BadRequest("Say which side to take, ours or theirs, or a value instead."),
        };
        (Catalog.Operation? operation, IReadOnlyList<OpenConflict> decided) = wanted.DryRun
            ? (null, appliance.Conflicts.Rehearse(one))
            : await appliance.Conflicts.ResolveAsync(author, What(wanted), one, decision, cancellationToken);
        if (decided.Count == 0 && !wanted.All) throw RefusedException.NotFound($"There is no conflict over the {wanted.Field} of {wanted.Photo}; 'albumen conflicts' lists those there are.");
        return new(operation?.Number, decided.Count);

        static string What(ConflictDecision wanted) => EditWords.Of(
        [
            "conflicts", "resolve", .. wanted.All ? (string[])["--all"] : [wanted.Photo!, wanted.Field!], .. wanted.Take is { } side ? (string[])["--take", side] : ["--value", wanted.Value!],
        ]);
    }
}
