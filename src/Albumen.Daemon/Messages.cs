using Albumen.Client;

namespace Albumen.Daemon;

/// <summary>
/// The last lines of the daemon's log, in memory: at most 2,000, and at most half a megabyte of text. Numbers begin with the milliseconds of the start, so no two
/// runs give the same one, and whoever knows an old one gets all that came since.
/// </summary>
sealed class Messages(TimeProvider clock)
{
    const int Most = 2000, MostCharacters = 256 * 1024, LongestText = 2000;

    static readonly string[] Words = ["debug", "debug", "information", "warning", "error", "critical"];

    readonly Lock _lock = new();
    readonly Queue<(LogLevel Level, Message Message)> _held = new();
    long _last = clock.GetUtcNow().ToUnixTimeMilliseconds();
    int _characters;
    TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>As they are written and asked for.</summary>
    public static IReadOnlyList<string> Levels { get; } = [.. Words.Distinct()];

    public void Add(DateTimeOffset time, LogLevel level, string part, string text)
    {
        if (text.Length > LongestText) text = $"{text[..LongestText]}...";
        lock (_lock)
        {
            _held.Enqueue((level, new(++_last, time, Words[(int)level], part, text)));
            _characters += text.Length;
            while (_held.Count > Most || _characters > MostCharacters) _characters -= _held.Dequeue().Message.Text.Length;
            _came.SetResult();
            _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <param name="after">Behind this number; null is the last ones there are. One that was not given yet, as after the clock was set back, is behind none.</param>
    /// <param name="least">Of this level and graver.</param>
    /// <returns>The oldest first; the number to go on behind; and what ends when there is more.</returns>
    public (IReadOnlyList<Message> Messages, long Last, Task More) Read(long? after, LogLevel least, int most)
    {
        lock (_lock)
        {
            long behind = after > _last ? 0 : after ?? 0;
            IEnumerable<Message> fitting = _held.Where(held => held.Message.Number > behind && held.Level >= least).Select(held => held.Message);
            IReadOnlyList<Message> messages = after is null ? [.. fitting.TakeLast(most)] : [.. fitting.Take(most)];
            // What does not fit was looked at, too.
            return (messages, after is not null && messages.Count == most ? messages[^1].Number : _last, _came.Task);
        }
    }
}
