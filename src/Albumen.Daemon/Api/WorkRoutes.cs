using Albumen.Client;
using Albumen.Storage;
using Albumen.Tree;

namespace Albumen.Daemon.Api;

/// <summary>/jobs and /problems.</summary>
static class WorkRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/jobs", (int? limit) => Jobs(appliance, Limit.Of(limit))).WithSummary("Work that waits or runs, in order.");
        api.MapGet("/problems", (string? after, int? limit) => Problems(appliance, after, Limit.Of(limit))).WithSummary("What a person should look at.");
    }

    static Page<Job> Jobs(Appliance appliance, int limit)
    {
        IReadOnlyList<Processing.Job> jobs = appliance.Jobs.List(limit);
        (Processing.Job Job, long Folder, byte[] Name)[] reads =
            [.. jobs.Where(j => j.Kind == LocationIndex.ReadJob).Select(j => (j, LocationIndex.FromSubject(j.Subject).Folder, LocationIndex.FromSubject(j.Subject).Name))];
        IReadOnlyDictionary<long, string> folders = appliance.Assets.FolderPaths(reads.Select(r => r.Folder), Viewer.Admin);
        Dictionary<long, string> subjects = reads.Where(r => folders.ContainsKey(r.Folder))
            .ToDictionary(r => r.Job.Id, r => $"{folders[r.Folder]}/{RelativePath.Show(r.Name)}");
        return new(
            [.. jobs.Select(j => new Job(j.Id, j.Kind, subjects.GetValueOrDefault(j.Id, j.Subject), (int)j.Priority, (int)j.Attempts,
                j.NotBefore > 0 ? DateTimeOffset.FromUnixTimeSeconds(j.NotBefore) : null, j.Error))],
            Total: appliance.Jobs.Count());
    }

    static Page<Problem> Problems(Appliance appliance, string? after, int limit)
    {
        int skip = 0;
        if (after is not null && (!int.TryParse(after, out skip) || skip < 0)) throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
        IReadOnlyList<Catalog.Problem> problems = appliance.Problems.List(limit, skip);
        return new([.. problems.Select(ToProblem)], problems.Count < limit ? null : $"{skip + limit}", appliance.Problems.Count());
    }

    public static Problem ToProblem(Catalog.Problem problem) => new(
        problem.Kind, problem.Path.Length == 0 ? $"/Folders/{problem.Volume}" : $"/Folders/{problem.Volume}/{problem.Path}", problem.Volume, problem.Message,
        DateTimeOffset.FromUnixTimeSeconds(problem.FirstSeen), DateTimeOffset.FromUnixTimeSeconds(problem.LastSeen));
}
