using Albumen.Catalog.Stacks;
using Albumen.Client;
using Albumen.Configuration;
using Albumen.Organization;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>/stacks: photos and clips that belong together.</summary>
static class StackRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/stacks", (string? rule, string? after, int? limit) => List(appliance, rule, after, Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Photos and clips that belong together, by the rules (raw_jpeg, live_photos, edited, bursts) or because a person said so.");

        api.MapPost("/stacks/rehearse", (StackRules rules, CancellationToken cancellationToken) => Rehearse(appliance, rules, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("What would be stacked and unstacked if the configuration said so. Nothing is changed.");

        api.MapPost("/stacks", (StackRequest request, HttpContext context, CancellationToken cancellationToken) =>
        {
            string cover = appliance.Selector.One(Named(request).FirstOrDefault() ?? throw RefusedException.BadRequest("Say which photos: paths in the tree or beginnings of ids, the one to be shown first."), Viewer.Admin);
            return DoAsync(appliance, context, "stack", request, StacksMeant.None, select => Stacking.Together(cover, select), cancellationToken);
        }).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Stacks photos and clips, the first of them to stand for all, as one operation that can be taken back.");

        api.MapPost("/stacks/apart", (StackRequest request, HttpContext context, CancellationToken cancellationToken) =>
            DoAsync(appliance, context, "unstack", request, request.Whole ? StacksMeant.All : StacksMeant.None, request.Forget ? Stacking.Forget : Stacking.Apart, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Takes photos and clips out of their stacks, so that no rule puts them back; or forgets what people said, so that the rules decide.");
    }

    static Page<Client.Stack> List(Appliance appliance, string? rule, string? after, int limit)
    {
        if (rule is not (null or StackPlan.Person) && !StackRule.All.Any(r => r.Name == rule))
            throw RefusedException.BadRequest($"There is no rule '{rule}'; there are: {string.Join(", ", StackRule.All.Select(r => r.Name).Append(StackPlan.Person))}.");
        (IReadOnlyList<ListedStack> stacks, string? next) = appliance.StackReader.List(rule, after, limit);
        IReadOnlyDictionary<string, string> paths = appliance.Assets.Paths([.. stacks.SelectMany(s => s.Members).Select(m => m.Asset)], Viewer.Admin);
        return new([.. stacks.Select(s => new Client.Stack(s.Id, [.. s.Members.Select(m => new StackMember(m.Asset, paths.GetValueOrDefault(m.Asset), m.Role, m.Rule, m.IsCover))]))], next, appliance.StackReader.Count());
    }

    static StackRehearsalResult Rehearse(Appliance appliance, StackRules rules, CancellationToken cancellationToken)
    {
        StackSettings settings;
        try
        {
            settings = ConfigurationReader.ReadStacks(rules.Name ?? "rules", rules.Yaml, appliance.Stacks.Settings);
        }
        catch (ConfigurationException error)
        {
            throw RefusedException.BadRequest(error.Message);
        }
        StackChanges changes = appliance.StackRehearsal.Of(settings, cancellationToken);
        string[] stacked = [.. changes.Stacked.Take(Limit.Max)], unstacked = [.. changes.Unstacked.Take(Limit.Max)];
        IReadOnlyDictionary<string, string> paths = appliance.Assets.Paths([.. stacked, .. unstacked], Viewer.Admin);
        return new(changes.Stacks, changes.Stacked.Count, changes.Unstacked.Count, changes.Kept, [.. stacked.Select(Photo)], [.. unstacked.Select(Photo)]);

        StackedPhoto Photo(string asset) => new(asset, paths.GetValueOrDefault(asset));
    }

    static IEnumerable<string> Named(StackRequest request) => [.. request.Paths ?? [], .. request.Assets ?? []];

    static Task<ArrangeResult> DoAsync(
        Appliance appliance, HttpContext context, string verb, StackRequest request, StacksMeant stacks,
        Func<Func<System.Data.Common.DbConnection, IReadOnlyList<(long, string)>>, Deed> deed, CancellationToken cancellationToken)
    {
        Selection selection = new(request.Query, request.Paths ?? [], request.Recursive, request.Assets ?? [], stacks);
        if (selection.IsEmpty) throw RefusedException.BadRequest("Say which photos: paths in the tree, beginnings of ids, or a query.");
        string[] options = [.. request.Whole ? (string[])["--whole"] : [], .. request.Forget ? (string[])["--forget"] : []];
        return AlbumRoutes.DoAsync(appliance, context, [verb, .. options, .. EditWords.Selected(request.Query, [.. Named(request)], request.Recursive)], deed(appliance.Selector.Prepare(selection, Viewer.Admin)), request.DryRun, cancellationToken);
    }
}
