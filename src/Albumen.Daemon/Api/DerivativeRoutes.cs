using System.Net;
using Albumen.Client;
using Albumen.Daemon.WebDav;
using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Tree;
using Making = Albumen.Client.Making;

namespace Albumen.Daemon.Api;

/// <summary>/derivatives, and the small versions of one photo or clip.</summary>
static class DerivativeRoutes
{
    /// <summary>What takes no longer is waited for.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), Tick = TimeSpan.FromMilliseconds(100);

    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts, ILoggerFactory loggers)
    {
        FileAnswer files = new(appliance.Tree, content => RemakeAsync(appliance, content, parts.Stopping), loggers.CreateLogger<FileAnswer>());
        api.MapGet("/derivatives", () => new DerivativeStatus(Kinds(appliance), Making(appliance), appliance.Maker.Trouble))
            .WithSummary("How many small versions there are, by kind, and how many are missing.");

        api.MapPost("/derivatives", async (DerivativeOrder order, bool? dry_run, CancellationToken cancellationToken) =>
                new OrderedDerivatives(await appliance.Maker.OrderAsync([.. order.Kinds.Select(Later)], order.Remake, dry_run is true, cancellationToken)))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Has all that are missing of some kinds made, whatever is configured; with remake, also those that are there.");

        api.MapGet("/assets/{id}/derivatives/{kind}", (string id, string kind, HttpContext context) => SendAsync(appliance, files, id, kind, context))
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("A small version: preview, poster, thumbnail, proxy, animation, contact or motion. One that is missing is made ahead of all others: 503 with Retry-After until it is.");
    }

    public static Making? Making(Appliance appliance) =>
        appliance.Maker.Current is { } now ? new(now.Kind, $"/Folders/{now.Path}", now.Since, now.IsAwaited) : null;

    static async Task SendAsync(Appliance appliance, FileAnswer files, string id, string kind, HttpContext context)
    {
        if (DerivativeKind.All.All(k => k.Name != kind)) throw RefusedException.NotFound($"There is no kind '{kind}'; there are: {string.Join(", ", DerivativeKind.All.Select(k => k.Name))}.");
        FoundAsset asset = AssetRoutes.Find(appliance, id);
        string? state = null;
        for (TimeSpan waited = TimeSpan.Zero; waited < Patience; waited += Tick)
        {
            Node? file = appliance.Tree.Derivative(asset.Hash, kind);
            (long Content, string State, long, long)? known = Find(appliance, asset.Hash, kind);
            state = known is var (content, now, _, _) ? DerivativeKind.Named(kind) is LaterKind ? await appliance.Maker.AskAsync(content, kind, context.RequestAborted) : now : null;
            if (state is "needless") file = asset.Path is { } path ? appliance.Tree.Find(path, Viewer.Admin) : null;
            else if (state is not ("made" or "dropped")) file = null;
            if (file is not null)
            {
                await files.AnswerAsync(context, file, Viewer.Admin, "private, max-age=3600");
                return;
            }
            if (state is not "wanted") break;
            await Task.Delay(Tick, context.RequestAborted);
        }
        if (state is "failed") throw RefusedException.NotFound($"No {kind} could be made of it; its problems say why.");
        if (state is not "wanted") throw RefusedException.NotFound($"There is no {kind} of it.");
        context.Response.Headers.RetryAfter = "5";
        throw new RefusedException((int)HttpStatusCode.ServiceUnavailable, "Being made", $"The {kind} is being made; try again in a moment.");
    }

    public static (long Content, string State, long Recipe, long SizeInBytes)? Find(Appliance appliance, ContentHash hash, string kind)
    {
        using Sql.Database.Reader reader = appliance.Catalog.Read();
        return DerivativeStore.Find(reader.Connection, hash, kind);
    }

    static Task RemakeAsync(Appliance appliance, long content, CancellationToken cancellationToken) =>
        Task.WhenAll(appliance.Indexer.RemakeAsync([content], JobQueue.Awaited, cancellationToken), appliance.Maker.RestoreAsync(content, cancellationToken));

    static string Later(string kind) => LaterKind.Later.Any(k => k.Name == kind) ? kind
        : throw RefusedException.BadRequest($"There is no kind '{kind}' that is made by order; there are: {string.Join(", ", LaterKind.Later.Select(k => k.Name))}.");

    static IReadOnlyList<DerivativeKindStatus> Kinds(Appliance appliance)
    {
        ILookup<string, DerivativeCount> counts = appliance.Maker.Count().ToLookup(c => c.Kind);
        return [.. DerivativeKind.All.Select(kind => new DerivativeKindStatus(
            kind.Name, When(kind, appliance.Settings.Derivatives), Of(kind, "made"), counts[kind.Name].Where(c => c.State is "made").Sum(c => c.SizeInBytes),
            Of(kind, "wanted", "dropped"), Of(kind, "failed"), Of(kind, "needless")))];

        long Of(DerivativeKind kind, params IEnumerable<string> states) => counts[kind.Name].Where(c => states.Contains(c.State)).Sum(c => c.Count);
    }

    static string When(DerivativeKind kind, DerivativeSettings settings) => kind is not LaterKind later ? "at once" : later.When(settings) switch
    {
        MakeWhen.Always => "on",
        MakeWhen.Never => "off",
        _ => "on_demand",
    };
}
