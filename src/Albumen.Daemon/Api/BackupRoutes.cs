using Albumen.Backups;
using Albumen.Client;

namespace Albumen.Daemon.Api;

/// <summary>/backups: those that there are, and making one.</summary>
static class BackupRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts)
    {
        api.MapGet("/backups", () => Status(appliance)).WithSummary("The backups of databases, layer and configuration, and when the next one is made.");

        api.MapPost("/backups", async (BackupRequest request, HttpContext context) =>
        {
            // It goes on when whoever asked for it has gone.
            Task<Backup?> making = appliance.BackupSchedule.MakeAsync(BackupReason.Asked, bytesPerSecond: 0, parts.Stopping);
            if (!request.Wait) return Results.Accepted();
            return await making.WaitAsync(context.RequestAborted) is { } made ? TypedResults.Ok(ToListed(made))
                : throw new RefusedException(StatusCodes.Status503ServiceUnavailable, "Not now", appliance.BackupSchedule.Trouble!);
        }).Produces<ListedBackup>().Produces(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Makes a backup now, or waits for the one that is being made; with wait, answers when it is whole and on the disk.");
    }

    static BackupStatus Status(Appliance appliance)
    {
        (long needed, long? available) = appliance.Backups.Room();
        return new(appliance.Backups.Folder.Path, appliance.Settings.Backup.Schedule?.ToString(), appliance.BackupSchedule.Next, appliance.BackupSchedule.Trouble, needed, available, appliance.Backups.Progress?.Copied,
            [.. Recovery.Backups(appliance.Layout, appliance.Settings).Select(ToListed)]);
    }

    static ListedBackup ToListed(Backup backup) => new(backup.Name, backup.Path, backup.Manifest?.Made, backup.Manifest?.Reason switch
    {
        null => null,
        BackupReason.Schedule => "schedule",
        BackupReason.Asked => "asked",
        _ => "migration",
    }, backup.Manifest?.Albumen, backup.Manifest?.SizeInBytes, backup.Fault);
}
