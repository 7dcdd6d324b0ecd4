using Albumen.Client;

namespace Albumen.Daemon.Api;

/// <summary>/work: pausing what nobody waits for, and letting it go on.</summary>
static class WorkRoutes
{
    const double MostMinutes = 366 * 24 * 60;

    public static void Map(RouteGroupBuilder api, Appliance appliance, ILoggerFactory loggers)
    {
        ILogger logger = loggers.CreateLogger("Albumen.Daemon.Work");
        api.MapPost("/work/pause", async (PauseRequest request, HttpContext context) =>
            {
                if (request.Minutes is { } minutes && !(minutes > 0 && minutes <= MostMinutes)) throw RefusedException.BadRequest("A pause is longer than 0 minutes and at most a year.");
                await appliance.Courtesy.PauseAsync(request.Minutes is { } some ? TimeSpan.FromMinutes(some) : null, context.RequestAborted);
                logger.Paused(context.Author().Who, appliance.Courtesy.Reason ?? "paused");
                appliance.Maker.GiveWay();
                return State(appliance);
            })
            .ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Pauses what nobody waits for: reading the backlog, making, scheduled scans and verification. Holds across restarts of the daemon.");

        api.MapPost("/work/resume", async (HttpContext context) =>
            {
                bool wasPaused = appliance.Courtesy.Paused is not null;
                await appliance.Courtesy.ResumeAsync(context.RequestAborted);
                if (wasPaused) logger.Resumed(context.Author().Who);
                appliance.Indexer.Wake();
                appliance.Maker.Wake();
                return State(appliance);
            })
            .WithSummary("What was paused goes on.");
    }

    public static WorkState State(Appliance appliance) => appliance.Courtesy.Paused is { } paused ? new(true, paused.Since, paused.Until) : new(false);
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Who} has paused what nobody waits for: {Reason}")]
    public static partial void Paused(this ILogger logger, string who, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Who} has resumed what was paused")]
    public static partial void Resumed(this ILogger logger, string who);
}
