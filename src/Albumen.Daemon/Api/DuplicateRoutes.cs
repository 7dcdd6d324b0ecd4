using Albumen.Catalog;
using Albumen.Client;
using Albumen.Tree;
using DuplicateGroup = Albumen.Client.DuplicateGroup;

namespace Albumen.Daemon.Api;

/// <summary>/duplicates: what lies in several places, and which place to keep.</summary>
static class DuplicateRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance) =>
        api.MapGet("/duplicates", (string? keep, string[]? prefer, string? after, int? limit) => Plan(appliance, Rule(appliance, keep, prefer ?? []), after, Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Photos and clips whose bytes lie in several files, with a plan which to keep (oldest, best or preferred-path). Nothing is deleted.");

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
