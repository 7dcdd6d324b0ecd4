using System.Text.Json;
using Albumen.Catalog;
using Albumen.Client;
using Albumen.Configuration;
using Albumen.Derivatives;
using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>/verify: have originals read again, and say what became of them.</summary>
static class VerifyRoutes
{
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts)
    {
        api.MapGet("/verify", () => Status(appliance)).WithSummary("How the verification of the volumes is, and when it begins by itself.");

        api.MapPost("/verify", async (VerifyRequest request, HttpContext context) =>
        {
            IReadOnlyList<Volume> which = ScanRoutes.Choose(appliance, request.Volumes);
            using IDisposable? waited = request.Wait ? appliance.Courtesy.Insist() : null;
            if (!request.Wait) appliance.Courtesy.LiftQuiet();
            await appliance.Verification.BeginAsync(which, RateOf(request.Rate), request.Anew, context.RequestAborted);
            if (request.Wait)
            {
                context.Response.ContentType = "application/x-ndjson";
                await FollowAsync(context, which, appliance, parts.Stopping);
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        }).Produces<VerifyProgress>(StatusCodes.Status200OK, "application/x-ndjson").Produces(StatusCodes.Status202Accepted)
            .WithSummary("Reads originals again and holds them against their hashes; with wait, answers line by line until all is read.");

        api.MapPost("/verify/stop", async (StopRequest request, CancellationToken cancellationToken) =>
                new StoppedVerifications(await appliance.Verification.StopAsync(ScanRoutes.Choose(appliance, request.Volumes), cancellationToken)))
            .WithSummary("Stops verifying; asked for again it goes on from there.");

        api.MapPost("/verify/accept", async (AcceptRequest request, bool? dry_run, CancellationToken cancellationToken) =>
            {
                await AcceptAsync(appliance, request.Path, dry_run is true, cancellationToken);
                return TypedResults.Accepted((string?)null);
            })
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Takes a rotted file as it is: it is indexed again as if it had been edited.");
    }

    static long? RateOf(string? rate)
    {
        try
        {
            return rate is null ? null : ConfigurationReader.VerifyRate(rate);
        }
        catch (FormatException error)
        {
            throw RefusedException.BadRequest($"The rate cannot be '{rate}': {error.Message}.");
        }
    }

    static async Task AcceptAsync(Appliance appliance, string path, bool isDryRun, CancellationToken cancellationToken)
    {
        Node node = appliance.Tree.Find(path, Viewer.Admin) ?? throw RefusedException.NotFound($"There is no {path}.");
        if (node.Source is not DiskFile file) throw RefusedException.BadRequest($"{path} is not a file on a volume; give its path below /Folders.");
        bool isRotted = isDryRun
            ? appliance.Problems.Of(file.Volume.Name, file.Path.ToString()).Any(problem => problem.Kind == Rot.Kind)
            : await appliance.Verification.AcceptAsync(file.Volume, file.Path, cancellationToken);
        if (!isRotted) throw new RefusedException(StatusCodes.Status409Conflict, "Not rotted", $"{node.Path} is not listed as rotted, so there is nothing to accept.");
    }

    static VerifyStatus Status(Appliance appliance) => new(
        appliance.Settings.Verify.Schedule?.ToString(), appliance.VerificationSchedule.Next, appliance.Settings.Verify.BytesPerSecond,
        appliance.Verification.Trouble, States(appliance, appliance.Volumes.All));

    static IReadOnlyList<VerifiedVolume> States(Appliance appliance, IReadOnlyList<Volume> which) =>
        [.. appliance.Verification.States().Where(state => which.Contains(state.Volume)).Select(ToVolume)];

    static VerifiedVolume ToVolume(VerificationState state)
    {
        VolumeVerification? last = state.Last;
        VerificationCounts counts = last?.Counts ?? default;
        return new(
            state.Volume.Name, state.State, state.Detail, last is null ? null : DateTimeOffset.FromUnixTimeSeconds(last.Started),
            last?.Finished is { } finished ? DateTimeOffset.FromUnixTimeSeconds(finished) : null,
            counts.Files, counts.SizeInBytes, counts.Rotted, counts.Edited, counts.Unreadable,
            state.Total?.Files, state.Total?.SizeInBytes, state.Total is null ? null : Math.Round(state.BytesPerSecond));
    }

    /// <summary>Writes a line when something moved, until none of the volumes is being read or waits for it.</summary>
    static async Task FollowAsync(HttpContext context, IReadOnlyList<Volume> which, Appliance appliance, CancellationToken stopping)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        byte[] last = [];
        try
        {
            while (true)
            {
                IReadOnlyList<VerifiedVolume> states = States(appliance, which);
                string? trouble = appliance.Verification.Trouble;
                VerifyProgress now = new(trouble is not null ? "stalled" : states.Any(s => s.State is "running" or "waiting") ? "verifying" : "done", states, trouble);
                byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(now, ApiJson.Default.VerifyProgress), (byte)'\n'];
                if (!line.AsSpan().SequenceEqual(last))
                {
                    await context.Response.Body.WriteAsync(last = line, end.Token);
                    await context.Response.Body.FlushAsync(end.Token);
                }
                if (now.IsLast) return;
                await Task.Delay(Tick, end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Without a last line the other end knows that it was not done.
        }
    }
}
