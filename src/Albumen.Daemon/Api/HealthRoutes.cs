using System.Data.Common;
using Albumen.Client;

namespace Albumen.Daemon.Api;

/// <summary>/health: for supervisors and monitors, without signing in.</summary>
static class HealthRoutes
{
    public static void Map(WebApplication app, Appliance appliance, Parts parts)
    {
        app.MapGet("/health", () => new Health("ok")).WithSummary("Answers while the daemon lives.");

        app.MapGet("/health/ready", () => Answer(Trouble(appliance, parts) is { } trouble ? new Health("failing", Reason: trouble) : new("ok")))
            .Produces<Health>().Produces<Health>(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Says 200 when everything works, 503 with the reason when something does not.");

        app.MapGet("/health/services", () =>
        {
            Dictionary<string, string> services = parts.States.ToDictionary(part => part.Name, part => part.State);
            return Answer(new Health(services.ContainsValue("failed") ? "failing" : "ok", services));
        }).Produces<Health>().Produces<Health>(StatusCodes.Status503ServiceUnavailable).WithSummary("The daemon's parts, each with its state.");
    }

    static IResult Answer(Health health) =>
        Results.Json(health, ApiJson.Default.Health, statusCode: health.Status == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    static string? Trouble(Appliance appliance, Parts parts)
    {
        if (parts.States.FirstOrDefault(part => part.State == "failed") is { Name: { } name }) return $"{name} failed.";
        try
        {
            appliance.Jobs.Count();
        }
        catch (DbException error)
        {
            return $"The catalogue does not answer: {error.Message}";
        }
        return appliance.Scanning.Progress().Trouble;
    }
}
