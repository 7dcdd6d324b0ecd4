using System.Collections.Concurrent;

namespace Albumen.Daemon.Diagnosis;

/// <summary>
/// Asks those who may never answer, because the kernel holds a thread for as long as a network mount is away. It waits so long, and asks nobody
/// again who has not answered yet, so at most one thread is lost to each.
/// </summary>
sealed class Patience
{
    readonly ConcurrentDictionary<string, Task> _waiting = new();

    /// <exception cref="TimeoutException">There is no answer yet, to this question or an earlier one.</exception>
    public async Task<T> AskAsync<T>(string whom, Func<Task<T>> question, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_waiting.TryGetValue(whom, out Task? earlier) && !earlier.IsCompleted)
            // Only when it has an answer is it asked again; what the earlier one was does not matter.
            await Task.WhenAny(earlier).WaitAsync(limit, cancellationToken);
        Task<T> answer = Task.Run(question, cancellationToken);
        _waiting[whom] = answer;
        return await answer.WaitAsync(limit, cancellationToken);
    }

    /// <inheritdoc cref="AskAsync{T}(string, Func{Task{T}}, TimeSpan, CancellationToken)"/>
    public Task<T> AskAsync<T>(string whom, Func<T> question, TimeSpan limit, CancellationToken cancellationToken) =>
        AskAsync(whom, () => Task.FromResult(question()), limit, cancellationToken);
}

/// <summary>An answer that costs something, and is good for a while. Whoever asks meanwhile gets the same.</summary>
sealed class Remembered<T>(TimeSpan goodFor)
{
    readonly Lock _lock = new();
    Task<T>? _last;
    long _askedAt;

    /// <param name="ask">Ends by itself in a reasonable time.</param>
    /// <param name="isFresh">The last answer does not do.</param>
    public Task<T> GetAsync(Func<CancellationToken, Task<T>> ask, bool isFresh, CancellationToken cancellationToken)
    {
        if (isFresh) return ask(cancellationToken);
        lock (_lock)
        {
            if (_last is null or { IsCompleted: true, IsCompletedSuccessfully: false } || (_last.IsCompleted && TimeProvider.System.GetElapsedTime(_askedAt) >= goodFor))
            {
                _askedAt = TimeProvider.System.GetTimestamp();
                // For all who ask: not to be cancelled by one of them.
                _last = Task.Run(() => ask(CancellationToken.None), CancellationToken.None);
            }
            return _last.WaitAsync(cancellationToken);
        }
    }
}
