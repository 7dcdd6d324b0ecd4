using System.Globalization;
using Albumen.Catalog;
using Albumen.Client;
using Albumen.Organization;
using Albumen.Tree;
using Operation = Albumen.Client.Operation;
using StatementChange = Albumen.Client.StatementChange;

namespace Albumen.Daemon.Api;

/// <summary>/operations: the log of all changes, and taking them back.</summary>
static class OperationRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/operations", (string? photo, string? after, int? limit) => List(appliance, photo, after, Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("What was changed, the last operation first; with photo (a path or the beginning of an id), only what changed that one.");

        api.MapGet("/operations/{number:long}", (long number, string? after, int? limit) => Detail(appliance, number, Skip.Of(after), Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("One operation with a page of what it changed.");

        api.MapPost("/operations/undo", (bool? dry_run, HttpContext context, CancellationToken cancellationToken) => UndoAsync(appliance, null, dry_run ?? false, context.Author(), cancellationToken))
            .ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Takes back the last operation that a person did and that was not taken back.");

        api.MapPost("/operations/{number:long}/undo", (long number, bool? dry_run, HttpContext context, CancellationToken cancellationToken) => UndoAsync(appliance, number, dry_run ?? false, context.Author(), cancellationToken))
            .ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Takes an operation back, as an operation that can be taken back itself. What something changed since is left.");
    }

    static Page<Operation> List(Appliance appliance, string? photo, string? after, int limit)
    {
        long before = long.MaxValue;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out before)) throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
        IReadOnlyList<LoggedOperation> operations = appliance.Journal.List(before, limit, photo is null ? null : appliance.Selector.One(photo, Viewer.Admin));
        return new([.. operations.Select(ToOperation)], operations.Count < limit ? null : $"{operations[^1].Number}");
    }

    static OperationDetail Detail(Appliance appliance, long number, int skip, int limit)
    {
        LoggedOperation operation = number is > 0 and < long.MaxValue && appliance.Journal.List(number + 1, 1) is [var found] && found.Number == number
            ? found
            : throw RefusedException.NotFound($"There is no operation {number}; 'albumen log' lists them.");
        IReadOnlyList<StatementChange> changes = Changes(appliance, appliance.Journal.Changes(number, limit, skip));
        return new(ToOperation(operation), changes, changes.Count < limit ? null : $"{skip + changes.Count}");
    }

    static async Task<UndoResult> UndoAsync(Appliance appliance, long? number, bool isDryRun, Author author, CancellationToken cancellationToken)
    {
        if (isDryRun)
        {
            (long of, _, string what, IReadOnlyList<Catalog.StatementChange> changes, int kept) = appliance.Journal.PlanUndo(number);
            return new(null, what, changes.Select(c => c.Photo).OfType<string>().Distinct().Count(), kept, Changes(appliance, [.. changes.Take(Limit.Max)]), of);
        }
        (Catalog.Operation operation, int left) = await appliance.TreeWriter.AloneAsync(() => appliance.Journal.UndoAsync(author, number, cancellationToken), cancellationToken);
        return new(operation.Number, operation.What, operation.Assets, left);
    }

    public static IReadOnlyList<StatementChange> Changes(Appliance appliance, IReadOnlyList<Catalog.StatementChange> changes)
    {
        IReadOnlyDictionary<string, string> paths = appliance.Assets.Paths([.. changes.Where(c => c.IsOfAsset).Select(c => c.Asset).Distinct()], Viewer.Admin);
        Shelf shelf = appliance.Organizer.Shelf();
        return [.. changes.Select(c => new StatementChange(c.Asset, paths.GetValueOrDefault(c.Asset) ?? (shelf.Album(c.Asset) is { } album ? $"/Albums/{album.Path}" : null), Catalog.Operation.NameOf(c.Kind), c.Field)
        {
            Before = EditRoutes.Value(c.Before) ?? default,
            After = EditRoutes.Value(c.After) ?? default,
        })];
    }

    static Operation ToOperation(LoggedOperation operation) => new(
        operation.Number, DateTimeOffset.FromUnixTimeMilliseconds(operation.At), operation.Who, operation.Door, operation.What, operation.Assets, operation.Undoes, operation.UndoneBy);
}
