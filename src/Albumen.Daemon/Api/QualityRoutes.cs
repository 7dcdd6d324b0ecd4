using System.Data.Common;
using System.Text.Json;
using Albumen.Client;
using Albumen.Derivatives;
using Albumen.Sql;
using Albumen.Storage;
using Albumen.Tree;
using Dapper;

namespace Albumen.Daemon.Api;

/// <summary>/quality: how sharp the photos are, for whom which are blurred, and having them analysed.</summary>
static class QualityRoutes
{
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts)
    {
        api.MapGet("/quality", (double? threshold, string? user, string? volume) => Report(appliance, threshold, user, volume))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("How many photos are blurred, clear and unprocessed; with threshold, what that one would move. Nothing is changed.");

        api.MapGet("/quality/photos", (string? state, string? order, double? threshold, string? user, string? volume, string? after, int? limit) =>
                List(appliance, OneOf<QualityState>("state", state), OneOf<QualityOrder>("order", order), threshold, user, volume, after, Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Photos with their sharpness. state: all, blurred, clear or unprocessed; order: near (to the threshold), blurriest or sharpest; with threshold, as it would be with that one.");

        api.MapPut("/quality/threshold", async (ThresholdChoice choice, CancellationToken cancellationToken) =>
        {
            if (choice.Threshold is { } threshold) BlurLines.Checked(threshold);
            string user = appliance.People.Known(choice.User).Name;
            if (!choice.DryRun) await appliance.Blur.ChooseAsync(user, choice.Threshold, cancellationToken);
            return ToThreshold(appliance, appliance.Blur.Of(user), user);
        }).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Below which sharpness photos are blurred for a user. Folders and smart albums follow at once.");

        api.MapPost("/quality/analyse", async (AnalyseRequest request, HttpContext context) =>
        {
            Func<DbConnection, IReadOnlyList<(long Id, string Uid)>>? select = Select(appliance, request);
            BlurLine line = Line(appliance, request.User);
            context.Response.ContentType = "application/x-ndjson";
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, parts.Stopping);
            try
            {
                if (select is not null && request is { Query: null, Recursive: false }) await AnalyseAsync(context, appliance, select, line, request.DryRun, end.Token);
                else await QueueAsync(context, appliance, select is null ? appliance.QualityReader.Contents(request.Unprocessed) : Contents(appliance, select), request, end.Token);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // Without a last line the other end knows that it was not done.
            }
        }).Produces<AnalyseProgress>(StatusCodes.Status200OK, "application/x-ndjson").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Has pictures analysed: named ones at once, with their score; many as work of the daemon, with wait line by line until all is done.");
    }

    static Client.Quality Report(Appliance appliance, double? threshold, string? user, string? volume)
    {
        if (threshold is { } asked) BlurLines.Checked(asked);
        if (user is not null) user = appliance.People.Known(user).Name;
        Volume? only = volume is null ? null : ScanRoutes.Choose(appliance, [volume])[0];
        BlurLine line = Line(appliance, user);
        QualityCounts counts = appliance.QualityReader.Count(line, only);
        return new(
            ToThreshold(appliance, line, user), counts.Total, counts.Blurred, counts.Clear, counts.Unprocessed,
            [.. counts.Histogram.Select((count, i) => new QualityBin(QualityReader.Bounds[i], i + 1 < QualityReader.Bounds.Count ? QualityReader.Bounds[i + 1] : null, count))],
            threshold is { } other ? Preview(appliance, line, other, only) : null);
    }

    static Page<QualityPhoto> List(Appliance appliance, QualityState state, QualityOrder order, double? threshold, string? user, string? volume, string? after, int limit)
    {
        BlurLine line = threshold is { } asked ? new(BlurLines.Checked(asked), []) : Line(appliance, user);
        GradedPage page = appliance.QualityList.Read(line, state, order, volume is null ? null : ScanRoutes.Choose(appliance, [volume])[0], after, limit)
            ?? throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
        IReadOnlyDictionary<string, string> paths = appliance.Assets.Paths([.. page.Photos.Select(p => p.Asset)], Viewer.Admin);
        return new([.. page.Photos.Select(p => new QualityPhoto(p.Asset, paths.GetValueOrDefault(p.Asset), p.Sharpness, p.Sharpness is null ? "unprocessed" : p.IsBlurred ? "blurred" : "clear"))], page.Next);
    }

    static T OneOf<T>(string name, string? word) where T : struct, Enum =>
        word is null ? default : Enum.TryParse(word, ignoreCase: true, out T meant) && Enum.IsDefined(meant) && !char.IsAsciiDigit(word[0]) ? meant
            : throw RefusedException.BadRequest($"There is no {name} '{word}'; there are: {string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()))}.");

    static QualityPreview Preview(Appliance appliance, BlurLine line, double threshold, Volume? volume)
    {
        QualityMoves moves = appliance.QualityReader.Preview(line, threshold, volume);
        IReadOnlyDictionary<string, string> paths = appliance.Assets.Paths([.. moves.Nearest.Select(m => m.Asset)], Viewer.Admin);
        return new(threshold, moves.ToBlurred, moves.ToClear, [.. moves.Nearest.Select(m => new QualityMove(m.Asset, paths.GetValueOrDefault(m.Asset), m.Sharpness, m.IsBlurred ? "blurred" : "clear"))]);
    }

    static BlurLine Line(Appliance appliance, string? user) => user is null ? appliance.Blur.Configured : appliance.Blur.Of(appliance.People.Known(user).Name);

    static BlurThreshold ToThreshold(Appliance appliance, BlurLine line, string? user) => new(
        line.Threshold, line.IsOwn ? "user" : "configuration", appliance.Blur.Configured.Threshold, user,
        line.Volumes.Count == 0 ? null : line.Volumes.ToDictionary(v => appliance.Volumes.All.First(known => known.Id == v.Volume).Name, v => v.Threshold));

    /// <returns>Null: the whole library is meant.</returns>
    static Func<DbConnection, IReadOnlyList<(long Id, string Uid)>>? Select(Appliance appliance, AnalyseRequest request)
    {
        Selection selection = new(request.Query, request.Paths ?? [], request.Recursive, request.Assets ?? []);
        bool isWhole = request.All || request.Unprocessed;
        if (isWhole && !selection.IsEmpty) throw RefusedException.BadRequest("All or unprocessed photos cannot be narrowed down; a query can say has:blur or -has:blur.");
        if (!isWhole && selection.IsEmpty) throw RefusedException.BadRequest("Say which photos: paths in the tree, beginnings of ids, a query, all, or unprocessed ones.");
        return isWhole ? null : appliance.Selector.Prepare(selection, request.User is { } user ? new(user) : Viewer.Admin);
    }

    static async Task AnalyseAsync(HttpContext context, Appliance appliance, Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select, BlurLine line, bool isDryRun, CancellationToken cancellationToken)
    {
        IReadOnlyList<(long Id, string Uid)> assets;
        using (Database.Reader reader = appliance.Catalog.Read()) assets = select(reader.Connection);
        if (isDryRun)
        {
            await WriteAsync(context, new("possible", 0, assets.Count), cancellationToken);
            return;
        }
        IReadOnlyDictionary<string, string> paths = appliance.Assets.Paths([.. assets.Select(a => a.Uid)], Viewer.Admin);
        for (int i = 0; i < assets.Count; i++)
        {
            Analysed one = await appliance.Analyst.AnalyseAsync(assets[i].Id, line, cancellationToken);
            string? verdict = one is { IsPhoto: true, Sharpness: { } sharpness } ? sharpness < one.Threshold ? "blurred" : "clear" : null;
            await WriteAsync(context, new("analysed", i + 1, assets.Count - i - 1,
                new(one.Asset, paths.GetValueOrDefault(one.Asset), one.Sharpness, one.Threshold, verdict, Math.Round(one.Time.TotalMilliseconds, 1), one.Trouble)), cancellationToken);
        }
        await WriteAsync(context, new("done", assets.Count, 0), cancellationToken);
    }

    static IReadOnlyList<long> Contents(Appliance appliance, Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select)
    {
        using Database.Reader reader = appliance.Catalog.Read();
        return reader.Connection.Query<long>($"SELECT a.content_id FROM {Dialect.JsonItems("@ids")} i CROSS JOIN asset a ON a.id = i.value ORDER BY a.content_id",
            new { ids = JsonSerializer.Serialize(select(reader.Connection).Select(a => a.Id)) }).AsList();
    }

    static async Task QueueAsync(HttpContext context, Appliance appliance, IReadOnlyList<long> contents, AnalyseRequest request, CancellationToken cancellationToken)
    {
        if (request.DryRun)
        {
            await WriteAsync(context, new("possible", 0, contents.Count), cancellationToken);
            return;
        }
        using IDisposable? waited = request.Wait ? appliance.Courtesy.Insist() : null;
        long before = appliance.Indexer.Done;
        await appliance.Indexer.RemakeAsync(contents, priority: 0, cancellationToken);
        AnalyseProgress? last = null;
        for (long left = contents.Count; request.Wait && (left = appliance.Indexer.Left()) > 0; await Task.Delay(Tick, cancellationToken))
        {
            AnalyseProgress progress = new(appliance.Indexer.Trouble is null ? "analysing" : "stalled", appliance.Indexer.Done - before, left, Reason: appliance.Indexer.Trouble);
            if (progress != last) await WriteAsync(context, last = progress, cancellationToken);
            if (progress.Reason is not null) return;
        }
        await WriteAsync(context, request.Wait ? new("done", appliance.Indexer.Done - before, 0) : new("queued", 0, contents.Count), cancellationToken);
    }

    static async Task WriteAsync(HttpContext context, AnalyseProgress progress, CancellationToken cancellationToken)
    {
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(progress, ApiJson.Default.AnalyseProgress);
        await context.Response.Body.WriteAsync((byte[])[.. line, (byte)'\n'], cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
