using System.Globalization;
using Albumen.Catalog;
using Albumen.Client;
using Albumen.Processing;
using Albumen.Storage;
using Albumen.Tree;
using Job = Albumen.Client.Job;

namespace Albumen.Daemon.Api;

/// <summary>/jobs: the queue, and what a person may do with it.</summary>
static class JobRoutes
{
    static readonly string[] Kinds = [LocationIndex.ReadJob, LocationIndex.SidecarJob, Journal.WriteJob, LocationIndex.PlaceJob];

    static readonly Dictionary<string, int> Priorities = new() { ["low"] = JobQueue.Low, ["normal"] = JobQueue.Normal, ["high"] = JobQueue.High };

    public static void Map(RouteGroupBuilder api, Appliance appliance, Pace pace)
    {
        api.MapGet("/jobs", (string? kind, bool? failed, string? after, int? limit) => List(appliance, kind, failed ?? false, after, Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Work that waits or runs, in order; of one kind, or what failed.");

        api.MapGet("/jobs/summary", () => Summary(appliance, pace)).WithSummary("How much of each kind of work waits, failed and is put off.");

        api.MapPost("/jobs/retry", async (JobRetry request, CancellationToken cancellationToken) => await RetryAsync(appliance, request, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Has jobs tried at once that failed or are put off.");

        api.MapPost("/jobs/priority", async (JobPriority request, CancellationToken cancellationToken) => await PrioritiseAsync(appliance, request, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Has jobs done before or after the others of their kind: low, normal or high.");
    }

    static Page<Job> List(Appliance appliance, string? kind, bool failed, string? after, int limit)
    {
        IReadOnlyList<Processing.Job> jobs = appliance.Jobs.List(limit, Known(kind), failed, after is null ? null : Place(after));
        Dictionary<long, string> subjects = Subjects(appliance, jobs);
        return new(
            [.. jobs.Select(j => new Job(j.Id, j.Kind, subjects.GetValueOrDefault(j.Id, j.Subject), (int)j.Priority, (int)j.Attempts,
                j.NotBefore > 0 ? DateTimeOffset.FromUnixTimeSeconds(j.NotBefore) : null, j.Error))],
            jobs.Count < limit ? null : string.Create(CultureInfo.InvariantCulture, $"{jobs[^1].Kind}/{jobs[^1].Priority}/{jobs[^1].Id}"),
            appliance.Jobs.Count(kind, failed));
    }

    /// <summary>Paths in the tree, where the jobs tell of files and folders.</summary>
    static Dictionary<long, string> Subjects(Appliance appliance, IReadOnlyList<Processing.Job> jobs)
    {
        (long Id, long Folder, byte[]? Name)[] places =
        [
            .. from job in jobs
               where job.Kind is LocationIndex.ReadJob or LocationIndex.SidecarJob
               let place = LocationIndex.FromSubject(job.Subject)
               select (job.Id, place.Folder, place.Name),
            .. jobs.Where(job => job.Kind is LocationIndex.PlaceJob).Select(job => (job.Id, long.Parse(job.Subject, CultureInfo.InvariantCulture), (byte[]?)null)),
        ];
        IReadOnlyDictionary<long, string> folders = appliance.Assets.FolderPaths(places.Select(p => p.Folder), Viewer.Admin);
        return places.Where(p => folders.ContainsKey(p.Folder)).ToDictionary(p => p.Id, p => p.Name is { } name ? $"{folders[p.Folder]}/{RelativePath.Show(name)}" : folders[p.Folder]);
    }

    static JobSummary Summary(Appliance appliance, Pace pace)
    {
        Dictionary<string, JobCount> counts = appliance.Jobs.Summary().ToDictionary(count => count.Kind);
        return new([.. Kinds.Union(counts.Keys).Select(kind => (counts.GetValueOrDefault(kind) ?? new(kind, 0, 0, 0)) is var count && kind is LocationIndex.ReadJob
            ? new JobKindSummary(kind, count.Waiting, count.Failed, count.PutOff, appliance.Indexer.Done, count.Waiting == 0 ? 0 : pace.PerSecond)
            : new(kind, count.Waiting, count.Failed, count.PutOff, kind is Journal.WriteJob ? appliance.Sidecars.Writer.Written : null))]);
    }

    static async Task<RetriedJobs> RetryAsync(Appliance appliance, JobRetry request, CancellationToken cancellationToken)
    {
        if (request.Ids is null && request.Kind is null && !request.All) throw RefusedException.BadRequest("Say which jobs: ids, a kind, or all.");
        long[] away = [.. appliance.Volumes.All.Where(appliance.Volumes.IsAway).Select(v => v.Id)];
        string? kind = Known(request.Kind);
        IReadOnlyList<long>? ids = request.Ids is { } some ? Bounded(some) : null;
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (request.DryRun)
        {
            using Sql.Database.Reader reader = appliance.Catalog.Read();
            (long would, long stay) = LocationIndex.TryAgain(reader.Connection, ids, kind, away, now, isDryRun: true);
            return new(would, stay);
        }
        (long tried, long left) = await appliance.Catalog.WriteAsync(connection => LocationIndex.TryAgain(connection, ids, kind, away, now, isDryRun: false), cancellationToken);
        // Who asks wants it now; but what was paused was paused on purpose.
        if (tried > 0) appliance.Courtesy.LiftQuiet();
        appliance.Indexer.Wake();
        appliance.Sidecars.Wake();
        return new(tried, left);
    }

    static async Task<PrioritisedJobs> PrioritiseAsync(Appliance appliance, JobPriority request, CancellationToken cancellationToken)
    {
        if (!Priorities.TryGetValue(request.Priority, out int priority)) throw RefusedException.BadRequest($"A priority is low, normal or high; '{request.Priority}' is none.");
        long count = await appliance.Jobs.PrioritiseAsync(Bounded(request.Ids), priority, cancellationToken);
        appliance.Indexer.LookAgain();
        appliance.Sidecars.Wake();
        return new(count);
    }

    static IReadOnlyList<long> Bounded(IReadOnlyList<long> ids) =>
        ids.Count is > 0 and <= Limit.Max ? ids : throw RefusedException.BadRequest($"Give from 1 to {Limit.Max} ids; for more there are kinds, and all.");

    static string? Known(string? kind) => kind is null || Kinds.Contains(kind) ? kind
        : throw RefusedException.BadRequest($"There is no kind of job '{kind}'; there are: {string.Join(", ", Kinds)}.");

    static (string, long, long) Place(string after) =>
        after.Split('/') is [var kind, var first, var second] && long.TryParse(first, CultureInfo.InvariantCulture, out long priority) && long.TryParse(second, CultureInfo.InvariantCulture, out long id)
            ? (kind, priority, id)
            : throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
}
