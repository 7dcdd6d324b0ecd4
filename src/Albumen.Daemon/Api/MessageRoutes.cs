using System.Globalization;
using Albumen.Client;

namespace Albumen.Daemon.Api;

/// <summary>/messages: the daemon's own log, as it comes.</summary>
static class MessageRoutes
{
    const int LongestWaitInSeconds = 30;

    /// <param name="stopping">When the doors close: whoever waits keeps them open.</param>
    public static void Map(RouteGroupBuilder api, Messages messages, CancellationToken stopping) =>
        api.MapGet("/messages", (string? after, int? limit, string? level, int? wait, CancellationToken cancellationToken) => ReadAsync(messages, after, Limit.Of(limit), level, wait ?? 0, stopping, cancellationToken))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .WithSummary("The last lines of the daemon's own log, the oldest first. 'next' is always there: given as after, it asks for what came since; with wait, for so many seconds at most, until something does.");

    static async Task<Page<Message>> ReadAsync(Messages messages, string? after, int limit, string? level, int wait, CancellationToken stopping, CancellationToken cancellationToken)
    {
        if (wait is < 0 or > LongestWaitInSeconds) throw RefusedException.BadRequest($"A wait is from 0 to {LongestWaitInSeconds} seconds.");
        long? behind = after is null ? null : long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw RefusedException.BadRequest($"'{after}' is not what 'next' said.");
        LogLevel least = level is null ? LogLevel.Trace : Level(level);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        end.CancelAfter(TimeSpan.FromSeconds(wait));
        while (true)
        {
            (IReadOnlyList<Message> found, long last, Task more) = messages.Read(behind, least, limit);
            if (found.Count == 0 && wait > 0 && !end.IsCancellationRequested)
            {
                // From here on, not what was there before.
                behind = last;
                await Task.WhenAny(more, Task.Delay(Timeout.Infinite, end.Token));
                cancellationToken.ThrowIfCancellationRequested();
                if (more.IsCompleted) continue;
            }
            return new(found, last.ToString(CultureInfo.InvariantCulture));
        }
    }

    static LogLevel Level(string word) => Messages.Levels.Contains(word) ? Enum.Parse<LogLevel>(word, ignoreCase: true)
        : throw RefusedException.BadRequest($"There is no level '{word}'; there are: {string.Join(", ", Messages.Levels)}.");
}
