using Albumen.Catalog;
using Albumen.Client;
using Albumen.Derivatives;
using Albumen.Tree;
using DuplicateGroup = Albumen.Client.DuplicateGroup;

namespace Albumen.Daemon.Api;

/// <summary>/duplicates: what lies in several places or looks alike, and what of it to keep.</summary>
static class DuplicateRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/duplicates", (string? keep, string[]? prefer, string? after, int? limit) => Plan(appliance, Rule(appliance, keep, prefer ?? []), after, Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Photos and clips whose bytes lie in several files, with a plan which to keep (oldest, best or preferred-path). Nothing is deleted.");

        api.MapGet("/duplicates/near", (int? distance, string? after, int? limit, CancellationToken cancellationToken) => NearAsync(appliance, distance ?? NearDuplicates.UsualDistance, after, Limit.Of(limit), cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithSummary("Photos that look alike and are not the same bytes, with a plan which to keep. Nothing is deleted.");
    }

    static async Task<NearDuplicatePlan> NearAsync(Appliance appliance, int distance, string? after, int limit, CancellationToken cancellationToken)
    {
        if (distance is < 0 or > NearDuplicates.MaxDistance) throw RefusedException.BadRequest($"A distance is from 0 to {NearDuplicates.MaxDistance} bits.");
        NearPage page = await appliance.NearDuplicates.ListAsync(distance, after, limit, cancellationToken) ?? throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
        return new(distance, [.. page.Groups.Where(group => group.Photos.Count > 1).Select(ToGroup)], page.Total, page.ReclaimableInBytes, page.LeftOut, page.Next);
    }

    static NearDuplicateGroup ToGroup(NearGroup group) => new(group.Count, group.ReclaimableInBytes, group.Reason,
        [.. group.Photos.Select((p, i) => new NearDuplicate(i == 0 ? "keep" : "spare", p.Uid, p.Path, p.Kind, p.Mime, p.SizeInBytes, p.Width, p.Height, p.Distance))]);

    static DuplicatePlan Plan(Appliance appliance, KeepRule rule, string? after, int limit)
    {
        DuplicatePage page = appliance.Duplicates.List(after, limit) ?? throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
        return new(rule.Name, [.. page.Groups.Select(group => ToGroup(group, rule))], page.Total, page.ReclaimableInBytes, page.Next);
    }

    static KeepRule Rule(Appliance appliance, string? keep, string[] prefer) => (keep, prefer) switch
    {
        (null or "best", []) => KeepRule.Best,
        ("oldest", []) => KeepRule.Oldest,
        (null or "preferred-path", [_, ..]) => KeepRule.Preferred([.. prefer.Select(path => Folder(appliance, path))]),
        ("preferred-path", []) => throw RefusedException.BadRequest("The rule preferred-path needs to know which: prefer=/Folders/photos/Albums."),
        ("best" or "oldest", _) => throw RefusedException.BadRequest($"A preferred path goes with the rule preferred-path, not with {keep}."),
        _ => throw RefusedException.BadRequest($"There is no rule '{keep}'; there are: oldest, best, preferred-path."),
    };

    static string Folder(Appliance appliance, string path) => appliance.Tree.Find(path, Viewer.Admin) switch
    {
        null => throw RefusedException.NotFound($"There is no {path}."),
        { IsFolder: true, Path: var found } when found.StartsWith("/Folders/", StringComparison.Ordinal) => found,
        _ => throw RefusedException.BadRequest($"'{path}' is no folder below /Folders."),
    };

    static DuplicateGroup ToGroup(Catalog.DuplicateGroup group, KeepRule rule)
    {
        (Copy keep, string reason) = rule.Choose(group.Copies);
        List<Copy> seen = [];
        List<DuplicatePlace> places = [];
        // Names of one file stand together, the file to keep first.
        foreach (Copy copy in group.Copies.OrderBy(copy => copy != keep).ThenBy(copy => !copy.IsSameFileAs(keep)))
        {
            Copy? same = seen.Find(copy.IsSameFileAs);
            places.Add(new(copy == keep ? "keep" : same is null ? "spare" : "hard-link", copy.Path, copy.Volume, copy.IsOnline,
                DateTimeOffset.FromUnixTimeMilliseconds(copy.ModifiedNs / 1_000_000), same?.Path));
            if (same is null) seen.Add(copy);
        }
        return new(group.AssetUid, group.Hash.ToString(), group.Kind, group.Mime, group.SizeInBytes, group.ReclaimableInBytes, reason, places);
    }
}
