using System.Data.Common;
using Albumen.Sql;
using Dapper;

namespace Albumen.Processing;

/// <summary>An admin has paused the work that nobody waits for.</summary>
/// <param name="Until">Null: until somebody resumes it.</param>
public sealed record PausedWork(DateTimeOffset Since, DateTimeOffset? Until);

/// <summary>Whether work is paused; outlives the daemon and the catalogue. No other code touches the <c>pause</c> table.</summary>
public sealed class Pause(Database auth, TimeProvider clock)
{
    volatile PausedWork? _paused = Load(auth);

    /// <summary>Null when nothing is paused.</summary>
    public PausedWork? Now => _paused is { } paused && !(paused.Until <= clock.GetUtcNow()) ? paused : null;

    /// <summary>Pauses, whatever was said before.</summary>
    /// <param name="duration">Null: until somebody resumes.</param>
    public async Task<PausedWork> BeginAsync(TimeSpan? duration, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        PausedWork paused = new(now, now + duration);
        await SayAsync(paused, connection => connection.Execute("""
            INSERT INTO pause (id, since, until) VALUES (1, @since, @until) ON CONFLICT (id) DO UPDATE SET since = excluded.since, until = excluded.until
            """, new { since = now.ToUnixTimeMilliseconds(), until = paused.Until?.ToUnixTimeMilliseconds() }), cancellationToken);
        return paused;
    }

    public Task EndAsync(CancellationToken cancellationToken) => SayAsync(null, connection => connection.Execute("DELETE FROM pause"), cancellationToken);

    async Task SayAsync(PausedWork? paused, Action<DbConnection> note, CancellationToken cancellationToken)
    {
        try
        {
            await auth.WriteAsync(connection =>
            {
                note(connection);
                // Where one at a time is, so that what is said last is what is remembered.
                _paused = paused;
            }, cancellationToken, durable: true);
        }
        catch
        {
            _paused = Load(auth);
            throw;
        }
    }

    static PausedWork? Load(Database auth)
    {
        using Database.Reader reader = auth.Read();
        return reader.Connection.QuerySingleOrDefault<(long Since, long? Until)?>("SELECT since, until FROM pause") is var (since, until)
            ? new(DateTimeOffset.FromUnixTimeMilliseconds(since), until is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end) : null)
            : null;
    }
}
