using System.Text.Json;
using Albumen.Client;
using Albumen.Storage;

namespace Albumen.Daemon.Api;

/// <summary>/scan: look for new and changed files, and tell how far it is.</summary>
static class ScanRoutes
{
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts, Pace pace) =>
        api.MapPost("/scan", async (ScanRequest request, HttpContext context) =>
        {
            IReadOnlyList<Volume> which = Choose(appliance, request.Volumes);
            // What a person asks for is done in quiet hours, too.
            using IDisposable? waited = request.Wait ? appliance.Courtesy.Insist() : null;
            if (!request.Wait) appliance.Courtesy.LiftQuiet();
            appliance.Indexer.Wake();
            // The walk goes on when whoever asked for it goes away.
            Task<IReadOnlyList<Volume>> Walk() => Task.Run(() => appliance.Scanning.ScanAsync(which, parts.Stopping), parts.Stopping);
            if (request.Wait)
            {
                context.Response.ContentType = "application/x-ndjson";
                await FollowAsync(context, Walk, appliance, pace, parts.Stopping);
            }
            else
            {
                _ = Walk();
                context.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        }).Produces<ScanProgress>(StatusCodes.Status200OK, "application/x-ndjson").Produces(StatusCodes.Status202Accepted)
            .WithSummary("Scans volumes; with wait, answers line by line until all is indexed.");

    /// <summary>Volumes by their names; null is all.</summary>
    /// <exception cref="RefusedException">There is none of a name.</exception>
    public static IReadOnlyList<Volume> Choose(Appliance appliance, IReadOnlyList<string>? names) => names is null
        ? appliance.Volumes.All
        : [.. names.Distinct().Select(name => appliance.Volumes.Find(name) ?? throw RefusedException.NotFound(
            $"There is no volume '{name}'.{Spelling.Meant(name, appliance.Volumes.All.Select(v => v.Name))} Those configured: {string.Join(", ", appliance.Volumes.All.Select(v => v.Name))}."))];

    /// <summary>Writes a line when something moved, until the walk is over, every file is read, the tree shows it, and sidecars and catalogue say the same.</summary>
    static async Task FollowAsync(HttpContext context, Func<Task<IReadOnlyList<Volume>>> startWalk, Appliance appliance, Pace pace, CancellationToken stopping)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        long before = appliance.Indexer.Done, written = appliance.Sidecars.Writer.Written;
        Task<IReadOnlyList<Volume>> walk = startWalk();
        ScanProgress? last = null;
        try
        {
            while (true)
            {
                bool isWalked = walk.IsCompleted;
                Progress progress = appliance.Scanning.Progress();
                long done = progress.Done - before;
                long Left() => progress.Left + appliance.Sidecars.Left();
                if (progress.Trouble is { } trouble)
                {
                    await WriteAsync(context, new("stalled", done, Left(), 0, Reason: trouble), end.Token);
                    return;
                }
                if (isWalked && Left() == 0 && !appliance.IsNew)
                {
                    long now = appliance.Sidecars.Writer.Written;
                    if (now == written) break;
                    // Our own sidecars are files of the volume too.
                    (written, walk) = (now, startWalk());
                    continue;
                }

                ScanProgress progressed = new(isWalked ? "indexing" : "scanning", done, Left(), pace.PerSecond, isWalked ? null : progress.Volume);
                if (progressed != last) await WriteAsync(context, last = progressed, end.Token);
                // A walk that is over soon is not waited for longer than it takes.
                await Task.WhenAny(isWalked ? Task.Delay(Tick, end.Token) : Task.WhenAny(walk, Task.Delay(Tick, end.Token)));
                end.Token.ThrowIfCancellationRequested();
            }
            IReadOnlyList<Volume> offline = await walk;
            await appliance.FollowAsync(end.Token);
            await WriteAsync(context, new("done", appliance.Indexer.Done - before, 0, 0,
                Problems: appliance.Problems.Count(), Unavailable: Unavailable(appliance, offline)), end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Without a last line the other end knows that it was not done.
        }
    }

    static IReadOnlyList<UnavailableVolume> Unavailable(Appliance appliance, IReadOnlyList<Volume> offline)
    {
        Dictionary<string, string?> reasons = appliance.Volumes.States().ToDictionary(state => state.Volume.Name, state => state.Detail);
        return [.. offline.Select(volume => new UnavailableVolume(volume.Name, reasons.GetValueOrDefault(volume.Name) ?? "It could not be read."))];
    }

    static async Task WriteAsync(HttpContext context, ScanProgress progress, CancellationToken cancellationToken)
    {
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(progress, ApiJson.Default.ScanProgress);
        await context.Response.Body.WriteAsync((byte[])[.. line, (byte)'\n'], cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
