using Albumen.Client;

namespace Albumen.Daemon.Api;

/// <summary>/problems: what a person should look at, and trying it again.</summary>
static class ProblemRoutes
{
    const string Folders = "/Folders/";

    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts)
    {
        ProblemRetries retries = new(appliance, parts);
        api.MapGet("/problems", (string? kind, string? after, int? limit) => List(appliance, kind, after, Limit.Of(limit)))
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("What a person should look at.");

        api.MapGet("/problems/summary", () => Summary(appliance)).WithSummary("How many problems of each kind there are, and what helps.");

        api.MapPost("/problems/retry", async (ProblemRetry request, CancellationToken cancellationToken) => await RetryAsync(appliance, retries, request, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Has the files of problems read or made again. Says how many, and which cannot be tried again and why.");
    }

    static Page<Problem> List(Appliance appliance, string? kind, string? after, int limit)
    {
        int skip = 0;
        if (after is not null && (!int.TryParse(after, out skip) || skip < 0)) throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
        IReadOnlyList<Catalog.Problem> problems = appliance.Problems.List(limit, skip, kind);
        return new([.. problems.Select(ToProblem)], problems.Count < limit ? null : $"{skip + limit}", appliance.Problems.Count(kind));
    }

    static ProblemSummary Summary(Appliance appliance)
    {
        IReadOnlyList<Catalog.ProblemCount> counts = appliance.Problems.Summary();
        return new(counts.Sum(c => c.Count), [.. from count in counts let remedy = ProblemRetries.RemedyOf(count.Kind) select new ProblemKindSummary(count.Kind, count.Count, remedy.Retry, remedy.Otherwise)]);
    }

    static Task<RetriedProblems> RetryAsync(Appliance appliance, ProblemRetries retries, ProblemRetry request, CancellationToken cancellationToken)
    {
        if (request.Paths is null)
            return request.Kind is null && !request.All ? throw RefusedException.BadRequest("Say which problems: paths, a kind, or all.") : retries.RetryAsync(request.Kind, null, request.DryRun, cancellationToken);
        if (request.Paths.Count is 0 or > Limit.Max) throw RefusedException.BadRequest($"Give from 1 to {Limit.Max} paths; for more there are kinds, and all.");
        (string Volume, string Path)[] places = [.. request.Paths.Select(ToPlace)];
        HashSet<(string, string)> found = [.. appliance.Problems.Places(request.Kind, places, after: 0, int.MaxValue).Select(p => (p.Volume, p.Path))];
        if (places.Select((place, index) => (place, index)).FirstOrDefault(p => !found.Contains(p.place), (default, -1)) is (_, >= 0 and var missing))
            throw RefusedException.NotFound($"There is no {(request.Kind is { } kind ? $"problem '{kind}'" : "problem")} with {request.Paths[missing]}; 'albumen problems' lists those there are.");
        return retries.RetryAsync(request.Kind, places, request.DryRun, cancellationToken);
    }

    public static Problem ToProblem(Catalog.Problem problem) => new(
        // What lies on no volume is a file or folder of the daemon's machine.
        problem.Kind, problem.Volume.Length == 0 ? problem.Path : problem.Path.Length == 0 ? $"{Folders}{problem.Volume}" : $"{Folders}{problem.Volume}/{problem.Path}", problem.Volume, problem.Message,
        DateTimeOffset.FromUnixTimeSeconds(problem.FirstSeen), DateTimeOffset.FromUnixTimeSeconds(problem.LastSeen));

    /// <summary>The way back.</summary>
    static (string Volume, string Path) ToPlace(string path)
    {
        if (!path.StartsWith(Folders, StringComparison.Ordinal)) return path.StartsWith('/') ? ("", path) : throw RefusedException.BadRequest($"Problems lie below {Folders}; '{path}' does not.");
        string[] parts = path[Folders.Length..].TrimEnd('/').Split('/', 2);
        return (parts[0], parts.Length == 2 ? parts[1] : "");
    }
}
