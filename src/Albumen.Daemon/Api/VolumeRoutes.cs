using Albumen.Client;
using Albumen.Storage;

namespace Albumen.Daemon.Api;

/// <summary>/volumes: how they are, and what somebody says of one that looks wrong.</summary>
static class VolumeRoutes
{
    public static void Map(RouteGroupBuilder api, Appliance appliance, Parts parts)
    {
        api.MapGet("/volumes", () => List(appliance)).WithSummary("The configured volumes, how they are and their counts.");
        api.MapPost("/volumes/{name}/confirm", (string name, bool? dry_run) => ConfirmAsync(appliance, parts, Find(appliance, name), dry_run ?? false))
            .WithSummary("The volume is right as it is: what it lacks is missing. Answers when a scan has seen to that.");
        api.MapPost("/volumes/{name}/reject", (string name, bool? dry_run) => RejectAsync(appliance, Find(appliance, name), dry_run ?? false))
            .WithSummary("The volume is not right as it is: nothing is asked any more until it looks as it did.");
    }

    public static IReadOnlyList<VolumeStatus> List(Appliance appliance) => [.. appliance.Volumes.States().Select(state => ToStatus(appliance, state))];

    static VolumeStatus ToStatus(Appliance appliance, VolumeState state)
    {
        VolumeKeeper keeper = appliance.Scanning.KeeperOf(state.Volume);
        DiskSpace? space = appliance.Volumes.IsAway(state.Volume) ? null : appliance.FreeSpace.Of(state.Volume.Settings.Path);
        return new(
            state.Volume.Name, state.Volume.Settings.Path, Word(state.Trust), state.Detail,
            state.Scanned is { } scanned ? DateTimeOffset.FromUnixTimeSeconds(scanned) : null,
            state.Files, state.SizeInBytes, state.Pending, state.Missing, state.Held,
            state.Identity?.Kind.ToString().ToLowerInvariant(), state.Identity?.IsReadOnly ?? false, state.Identity?.ToString(),
            keeper.Changes, keeper.Interval == TimeSpan.Zero ? null : keeper.Interval.TotalSeconds, space?.Available, space?.Total);
    }

    static async Task<VolumeDecision> ConfirmAsync(Appliance appliance, Parts parts, Volume volume, bool isDryRun)
    {
        VolumeState state = StateOf(appliance, volume);
        string plan = state.Trust switch
        {
            Trust.Suspect or Trust.Rejected when state.Held > 0 => $"{state.Held} files of '{volume.Name}' that are not there any more are missing from now on; their photos keep everything that is known of them.",
            Trust.Suspect or Trust.Rejected => $"What lies at {volume.Settings.Path} now is the volume '{volume.Name}' from now on; files it lacks are missing, and their photos keep everything that is known of them.",
            _ => throw RefusedException.BadRequest($"There is nothing to confirm: the volume '{volume.Name}' is {Word(state.Trust)}."),
        };
        if (isDryRun) return new(ToStatus(appliance, state), plan);
        await Task.Run(() => appliance.Scanning.KeeperOf(volume).ConfirmAsync(parts.Stopping), parts.Stopping);
        return new(ToStatus(appliance, StateOf(appliance, volume)), plan);
    }

    static async Task<VolumeDecision> RejectAsync(Appliance appliance, Volume volume, bool isDryRun)
    {
        VolumeState state = StateOf(appliance, volume);
        if (state.Trust is not Trust.Suspect) throw RefusedException.BadRequest($"There is nothing to reject: the volume '{volume.Name}' is {Word(state.Trust)}.");
        string plan = $"Nothing of '{volume.Name}' is forgotten, and nothing is asked any more. When it looks as it did, it is online again by itself.";
        if (isDryRun) return new(ToStatus(appliance, state), plan);
        await appliance.Volumes.RejectAsync(volume, CancellationToken.None);
        return new(ToStatus(appliance, StateOf(appliance, volume)), plan);
    }

    static VolumeState StateOf(Appliance appliance, Volume volume) => appliance.Volumes.States().First(state => state.Volume == volume);

    /// <exception cref="RefusedException">There is none of that name.</exception>
    public static Volume Find(Appliance appliance, string name) => appliance.Volumes.Find(name) ?? throw RefusedException.NotFound(
        $"There is no volume '{name}'.{Spelling.Meant(name, appliance.Volumes.All.Select(v => v.Name))} Those configured: {string.Join(", ", appliance.Volumes.All.Select(v => v.Name))}.");

    static string Word(Trust trust) => trust.ToString().ToLowerInvariant();
}
