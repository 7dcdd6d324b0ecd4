using System.Collections.Concurrent;
using System.Diagnostics;
using Albumen.Client;
using Albumen.Daemon.WebDav;
using Albumen.Derivatives;
using Albumen.Processing;
using Albumen.Tree;
using Microsoft.Net.Http.Headers;

namespace Albumen.Daemon.Api;

/// <summary>/assets/{id}/pixels: a picture for those who can show pixels and decode nothing, such as a console on a terminal.</summary>
static class PixelRoutes
{
    /// <summary>What takes no longer is waited for.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), Tick = TimeSpan.FromMilliseconds(100);

    const int MostRemembered = 1000;

    static readonly Thumbnail Small = new();

    /// <summary>What was made again for this, once since the start: what cannot be decoded even then is not read over and over.</summary>
    static readonly ConcurrentDictionary<(long Content, string Kind), bool> Remade = new();

    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts) =>
        api.MapGet("/assets/{id}/pixels", (string id, int width, int height, HttpContext context) => SendAsync(appliance, parts, id, width, height, context))
            .Produces(StatusCodes.Status200OK, contentType: Pixels.MediaType).Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("The picture as a binary PPM, as large as fits into a box of at most 2048 by 2048 pixels, never enlarged. One that is missing is made ahead of all others: 503 with Retry-After until it is.");

    static async Task SendAsync(Appliance appliance, Parts parts, string id, int width, int height, HttpContext context)
    {
        if (Math.Min(width, height) < 1 || Math.Max(width, height) > Raster.LongestSideInPixels) throw RefusedException.BadRequest($"Width and height are from 1 to {Raster.LongestSideInPixels} pixels each.");
        FoundAsset asset = AssetRoutes.Find(appliance, id);
        StillKind kind = Math.Max(width, height) <= Small.LongestSideInPixels ? Small : asset.Kind is "video" ? new Poster() : new Preview();
        bool isAsked = false;
        long began = Stopwatch.GetTimestamp();
        do
        {
            if (DerivativeRoutes.Find(appliance, asset.Hash, kind.Name) is not var (content, _, recipe, _))
                throw RefusedException.NotFound("There is no picture of it: it was not read yet, or none can be made; its problems say why.");
            EntityTagHeaderValue tag = new($"\"{asset.Hash.ToString()[..32]}-{kind.Name}{recipe}-{width}x{height}\"");
            if (Preconditions.Judge(context.Request, tag, DateTimeOffset.UnixEpoch) is Verdict.NotModified)
            {
                Describe(context.Response, tag);
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
            if (await MakeAsync(appliance, new(asset.Hash.ToString(), kind.Name, width, height), context) is { Length: > 0 } picture)
            {
                appliance.Derivatives.Use.Note(content, kind.Name);
                Describe(context.Response, tag);
                context.Response.ContentType = Pixels.MediaType;
                context.Response.ContentLength = picture.Length;
                await context.Response.Body.WriteAsync(picture, context.RequestAborted);
                return;
            }
            if (!isAsked)
            {
                string file = appliance.Derivatives.PathOf(asset.Hash, kind.Name);
                if (Remade.Count > MostRemembered) Remade.Clear();
                if (File.Exists(file) && !Remade.TryAdd((content, kind.Name), true)) throw RefusedException.NotFound($"Its {kind.Name}, {file}, cannot be decoded.");
                await appliance.Catalog.WriteAsync(connection => DerivativeStore.Outdate(connection, [content]), parts.Stopping);
                await appliance.Indexer.RemakeAsync([content], JobQueue.Awaited, parts.Stopping);
                isAsked = true;
            }
            await Task.Delay(Tick, context.RequestAborted);
        }
        while (Stopwatch.GetElapsedTime(began) < Patience);
        throw NotNow(context, "Being made", $"The {kind.Name} is being made; try again in a moment.");
    }

    static async Task<byte[]> MakeAsync(Appliance appliance, RasterRequest request, HttpContext context)
    {
        try
        {
            return await appliance.Rasters.MakeAsync(request, context.RequestAborted) ?? throw NotNow(context, "Too many at once", "Too many pictures are asked for at once; try again in a moment.");
        }
        catch (WorkersUnavailableException error)
        {
            throw NotNow(context, "Not now", error.Message);
        }
    }

    static RefusedException NotNow(HttpContext context, string title, string detail)
    {
        context.Response.Headers.RetryAfter = "2";
        return new(StatusCodes.Status503ServiceUnavailable, title, detail);
    }

    static void Describe(HttpResponse response, EntityTagHeaderValue tag)
    {
        response.Headers.ETag = tag.ToString();
        response.Headers.CacheControl = "private, max-age=3600";
    }
}
