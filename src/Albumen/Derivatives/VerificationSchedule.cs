using System.Data.Common;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Albumen.Derivatives;

/// <summary>
/// Has every volume verified when the schedule says so. It remembers when it last looked at the clock: a machine that was off at the time makes
/// up for it, once. A clock that was put back does not silence it, and one that jumps about does not make it run again and again.
/// </summary>
public sealed class VerificationSchedule(Database catalog, Volumes volumes, Verification verification, VerifySettings settings, TimeProvider clock, ILogger<VerificationSchedule> logger)
{
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(30), Rest = TimeSpan.FromHours(12);

    long? _lastRun;
    TimeSpan _pause;

    /// <summary>Null when there is no schedule.</summary>
    public DateTimeOffset? Next => settings.Schedule?.Next(clock.GetUtcNow(), clock.LocalTimeZone);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (settings.Schedule is null) return;
        string? trouble = null;
        while (true)
        {
            try
            {
                await CheckAsync(cancellationToken);
                trouble = null;
            }
            catch (DbException error)
            {
                string reason = catalog.Explain(error).Message;
                if (trouble != reason) logger.Unscheduled(reason);
                trouble = reason;
            }
            await Task.Delay(Tick, clock, cancellationToken);
        }
    }

    /// <summary>Begins the verification when its time has come since the last look.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> CheckAsync(CancellationToken cancellationToken)
    {
        if (settings.Schedule is not { } schedule) return false;
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset? before = LastLook();
        // The first look of all, or the clock was put back: from here on.
        bool isDue = before is { } last && last <= now && schedule.Next(last, clock.LocalTimeZone) is { } time && time <= now;
        if (isDue && _lastRun is { } run && clock.GetElapsedTime(run) < _pause) isDue = false;
        if (isDue)
        {
            logger.Due(schedule.ToString());
            await verification.BeginAsync(volumes.All, bytesPerSecond: null, anew: false, cancellationToken);
            _lastRun = clock.GetTimestamp();
            // Measured without the wall clock: no two runs nearer than the schedule has them itself.
            _pause = schedule.Next(now, clock.LocalTimeZone) is { } next && (next - now) / 2 is var half && half < Rest ? half : Rest;
        }
        // Written seldom: an idle daemon lets the disk sleep.
        if (isDue || before is null || before > now || now - before >= TimeSpan.FromHours(1)) await LookedAsync(now, cancellationToken);
        return isDue;
    }

    DateTimeOffset? LastLook()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.QuerySingleOrDefault<long?>("SELECT position FROM cursor WHERE name = 'verification_schedule'") is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    Task LookedAsync(DateTimeOffset now, CancellationToken cancellationToken) => catalog.WriteAsync(connection => connection.Execute("""
        INSERT INTO cursor (name, position) VALUES ('verification_schedule', @now) ON CONFLICT (name) DO UPDATE SET position = excluded.position
        """, new { now = now.ToUnixTimeSeconds() }), cancellationToken);
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Verifying every volume, as scheduled ({Schedule})")]
    public static partial void Due(this ILogger logger, string schedule);

    [LoggerMessage(Level = LogLevel.Error, Message = "The schedule of the verification cannot be followed: {Reason} It is tried again")]
    public static partial void Unscheduled(this ILogger logger, string reason);
}
