using System.Globalization;
using Albumen.Client;
using Albumen.Tree;
using PurgeFile = Albumen.Client.PurgeFile;
using PurgePlan = Albumen.Client.PurgePlan;
using PurgeSidecar = Albumen.Client.PurgeSidecar;

namespace Albumen.Daemon.Api;

/// <summary>/purge: the one way in which originals are ever removed. First a plan, then exactly that.</summary>
static class PurgeRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/purge", (bool? all) => ToPlan(appliance, appliance.Purge.Plan(all ?? false)))
            .WithSummary("Which files of photos in the trash a purge would remove for good, and which it would not, and why. With all, also those that are to be kept longer.");

        api.MapPost("/purge", (PurgeRequest request, HttpContext context, CancellationToken cancellationToken) => RunAsync(appliance, request, context, cancellationToken))
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Removes the files of a plan for good. It cannot be taken back; what is known of the photos is kept.");
    }

    static async Task<PurgeResult> RunAsync(Appliance appliance, PurgeRequest request, HttpContext context, CancellationToken cancellationToken)
    {
        if (!appliance.Purge.IsAllowed)
            throw new RefusedException(StatusCodes.Status403Forbidden, "Not allowed", "Nothing is purged unless the configuration allows it: write 'purge: on' below 'trash:' in albumen.yaml and restart albumend.");
        Purged done = await appliance.Purge.RunAsync(context.Author(), request.All, request.Plan, cancellationToken)
            ?? throw new RefusedException(StatusCodes.Status409Conflict, "Changed", "What would be removed is not what the plan showed any more. Nothing was removed; look at the plan again.");
        return new(done.Photos, done.Removed, done.SizeInBytes, [.. done.Failed.Select(ToFile)], done.Operations, done.Sidecars);
    }

    static PurgePlan ToPlan(Appliance appliance, Tree.PurgePlan plan) => new(
        plan.Digest, appliance.Purge.IsAllowed, plan.Goes.Select(f => f.Asset).Distinct().Count(), plan.Goes.Sum(f => f.Stat.SizeInBytes), [.. plan.Goes.Select(ToFile)], [.. plan.Stays.Select(ToFile)], plan.HasMore);

    static PurgeFile ToFile(Tree.PurgeFile file) => new(file.Asset, file.FullPath, file.Stat.SizeInBytes, file.Hash?.ToString() ?? "", DateTimeOffset.Parse(file.Trashed, CultureInfo.InvariantCulture), file.Why,
        file.Sidecars.Count == 0 ? null : [.. file.Sidecars.Select(s => new PurgeSidecar(s.FullPath, s.Stat.SizeInBytes, s.Hash.ToString()))]);

    static PurgeFile ToFile(PurgeFailure failure) => failure.Sidecar is { } sidecar
        ? ToFile(failure.File) with { Path = sidecar.FullPath, Size = sidecar.Stat.SizeInBytes, Sha256 = sidecar.Hash.ToString(), Sidecars = null, Reason = failure.Why }
        : ToFile(failure.File) with { Sidecars = null, Reason = failure.Why };
}
