using System.Data.Common;
using Albumen.Catalog;
using Albumen.Sql;
using Microsoft.Extensions.Logging;

namespace Albumen.Backups;

/// <summary>
/// Has a backup made when the schedule says so since the last one: a machine that was off at the time makes up for it soon after its start. One that fails is a problem in the
/// list and is tried again. A clock that jumps about neither silences it nor makes it run again and again.
/// </summary>
public sealed class BackupSchedule(BackupMaker maker, Database catalog, BackupSettings settings, TimeProvider clock, ILogger<BackupSchedule> logger)
{
    /// <summary>The kind of the problem.</summary>
    public const string Problem = "backup";

    /// <summary>So that disks are left to those who use them meanwhile.</summary>
    const long BytesPerSecond = 50_000_000;

    static readonly TimeSpan Tick = TimeSpan.FromSeconds(30), AfterStart = TimeSpan.FromMinutes(2), AfterFailure = TimeSpan.FromHours(1), LongestRest = TimeSpan.FromHours(12);

    readonly long _started = clock.GetTimestamp();
    long? _lastTry;
    TimeSpan _rest;

    /// <summary>Null when there is no schedule.</summary>
    public DateTimeOffset? Next => settings.Schedule?.Next(clock.GetUtcNow(), clock.LocalTimeZone);

    /// <summary>Why the last one failed; null: it did not.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (settings.Schedule is null) return;
        while (true)
        {
            await Task.Delay(Tick, clock, cancellationToken);
            await CheckAsync(cancellationToken);
        }
    }

    /// <summary>Makes a backup when its time has come.</summary>
    /// <returns>Whether it was tried.</returns>
    public async Task<bool> CheckAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (settings.Schedule is not { } schedule || clock.GetElapsedTime(_started) < AfterStart || (_lastTry is { } last && clock.GetElapsedTime(last) < _rest)) return false;
        // The first of all is made at once, and so is the one after a clock that was wrong has made one in the future.
        Backup? newest = maker.Folder.List().FirstOrDefault(backup => backup.Fault is null && backup.Manifest!.Reason is not BackupReason.Migration);
        if (newest is not null && newest.Manifest!.Made <= now && !(schedule.Next(newest.Manifest.Made, clock.LocalTimeZone) <= now)) return false;
        await MakeAsync(BackupReason.Schedule, BytesPerSecond, cancellationToken);
        _lastTry = clock.GetTimestamp();
        // Measured without the wall clock: no two nearer than the schedule has them itself.
        _rest = Trouble is not null ? AfterFailure : schedule.Next(now, clock.LocalTimeZone) is { } next && (next - now) / 2 is var half && half < LongestRest ? half : LongestRest;
        return true;
    }

    /// <summary>Makes one and notes how it went.</summary>
    /// <returns>Null when it failed; <see cref="Trouble"/> says why.</returns>
    public async Task<Backup?> MakeAsync(BackupReason reason, long bytesPerSecond, CancellationToken cancellationToken)
    {
        Backup? made = null;
        string? trouble = null;
        try
        {
            made = await maker.MakeAsync(reason, bytesPerSecond, name: null, cancellationToken);
        }
        catch (BackupException error)
        {
            trouble = error.Message;
        }
        if (trouble is not null && trouble != Trouble) logger.Failed(trouble);
        Trouble = trouble;
        try
        {
            await catalog.WriteAsync(connection =>
            {
                if (trouble is null) Problems.Solve(connection, "", maker.Folder.Path, Problem);
                else Problems.Note(connection, new(Problem, "", maker.Folder.Path, trouble), clock.GetUtcNow().ToUnixTimeSeconds());
            }, cancellationToken);
        }
        catch (DbException)
        {
            // On a full disk it cannot be listed, and was said.
        }
        return made;
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason} It is tried again in an hour; the backups that are there are kept")]
    public static partial void Failed(this ILogger logger, string reason);
}
