using System.Text.Json;
using System.Text.Json.Nodes;
using Albumen.Client;
using Albumen.Organization;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>/assets, /search and /missing.</summary>
static class AssetRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/assets", (string? after, int? limit) => ToPage(appliance.Assets.List(after, Limit.Of(limit), Viewer.Admin)))
            .WithSummary("Photos and clips, in the order of their ids.");

        api.MapGet("/assets/{id}", (string id) => Detail(appliance, id))
            .ProducesProblem(StatusCodes.Status404NotFound).WithSummary("All that is known of one; the beginning of its id is enough.");

        api.MapGet("/search", (string q, string? after, int? limit) =>
            ToPage(appliance.Assets.Search(Query.ForSearch(q), after, Limit.Of(limit), Viewer.Admin)))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Photos and clips that a query finds, newest first: words, and fields such as rating:>=4 or tag:Animals.");

        api.MapGet("/missing", (string? after, int? limit) => Missing(appliance, after, Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Photos and clips of which no copy is left, those that vanished last first.");
    }

    static Page<MissingAsset> Missing(Appliance appliance, string? after, int limit)
    {
        LostPage page = appliance.Assets.Missing(after, limit, Viewer.Admin) ?? throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
        return new([.. page.Assets.Select(ToMissing)], page.Next, page.Total);
    }

    static MissingAsset ToMissing(LostAsset lost)
    {
        JsonObject json = ToJson(lost.Asset);
        json["last_path"] = lost.LastPath;
        json["volume"] = lost.Volume;
        return json.Deserialize(ApiJson.Default.MissingAsset)!;
    }

    /// <exception cref="RefusedException">There is none, or several begin so.</exception>
    public static FoundAsset Find(Appliance appliance, string id)
    {
        if (id.Length > AssetReader.MaxUidLength || !id.All(char.IsAsciiHexDigit))
            throw RefusedException.BadRequest($"'{id}' is not the id of an asset: those have 32 hexadecimal digits, of which the first few are enough.");
        IReadOnlyList<FoundAsset> found = appliance.Assets.Find(id, Viewer.Admin);
        if (found.Count == 0) throw RefusedException.NotFound($"There is no asset {id}.");
        if (found.Count > 1) throw new RefusedException(StatusCodes.Status409Conflict, "Not unique", $"Several assets begin with {id}; give more digits.");

        return found[0];
    }

    static AssetDetail Detail(Appliance appliance, string id)
    {
        FoundAsset asset = Find(appliance, id);
        IReadOnlyList<AssetPlace> places = appliance.Assets.Places(asset, Viewer.Admin);
        JsonObject json = ToJson(asset);
        json["locations"] = JsonSerializer.SerializeToNode([.. places.Select(ToLocation)], ApiJson.Default.IReadOnlyListLocation);
        json["layers"] = JsonSerializer.SerializeToNode(
            [.. appliance.Assets.Layers(asset, Viewer.Admin).Select(l => new Layer(l.Source, JsonSerializer.Deserialize(l.FactsJson, ApiJson.Default.Facts)!, l.Cleared is [] ? null : l.Cleared))],
            ApiJson.Default.IReadOnlyListLayer);
        json["problems"] = JsonSerializer.SerializeToNode(
            [.. places.Where(p => p.MissingSince is null).SelectMany(p => appliance.Problems.Of(p.Volume, p.File.ToString())).Select(ProblemRoutes.ToProblem)],
            ApiJson.Default.IReadOnlyListProblem);
        json["history"] = JsonSerializer.SerializeToNode([.. appliance.Assets.History(asset, Viewer.Admin).Select(ToVersion)], ApiJson.Default.IReadOnlyListVersion);
        return json.Deserialize(ApiJson.Default.AssetDetail)!;
    }

    static Page<ListedAsset> ToPage(AssetPage page) =>
        new([.. page.Assets.Select(asset => ToJson(asset).Deserialize(ApiJson.Default.ListedAsset)!)], page.Next);

    /// <summary>The facts as the catalogue keeps them have the API's shape; what identifies the asset is added.</summary>
    static JsonObject ToJson(FoundAsset asset)
    {
        JsonObject json = JsonNode.Parse(asset.FactsJson)!.AsObject();
        json["id"] = asset.Uid;
        json["kind"] = asset.Kind;
        json["mime"] = asset.Mime;
        json["derivatives"] = new JsonArray([.. asset.Derivatives.Select(kind => (JsonNode)kind)]);
        if (asset.Stack is { } stack) json["stacked"] = new JsonObject { ["id"] = stack.Id, ["role"] = stack.Role, ["rule"] = stack.Rule, ["cover"] = stack.IsCover };
        if (asset.Sharpness is { } sharpness) json["blur"] = sharpness;
        json["sha256"] = asset.Hash.ToString();
        json["size"] = asset.SizeInBytes;
        if (asset.Path is not null) json["path"] = asset.Path;
        if (asset.MissingSince is { } since) json["missing_since"] = DateTimeOffset.FromUnixTimeSeconds(since);
        return json;
    }

    static Client.Version ToVersion(AssetVersion version) => new(
        version.Hash.ToString(), version.SizeInBytes, version.FirstSeen is { } seen ? DateTimeOffset.FromUnixTimeSeconds(seen) : null, version.IsCurrent);

    static Location ToLocation(AssetPlace place) => new(
        place.Path, place.Volume, place.File.ToString(), place.Hash.ToString(), DateTimeOffset.FromUnixTimeMilliseconds(place.ModifiedNs / 1_000_000),
        place.MissingSince is { } since ? DateTimeOffset.FromUnixTimeSeconds(since) : null);
}
