namespace Albumen.Daemon.Diagnosis;

/// <summary>
/// Asks those who may never answer, because the kernel holds a thread for as long as a network mount is away. It waits so long, and asks nobody
/// again who has not answered yet, so at most one thread is lost to each.
/// </summary>
sealed class Patience
{
    readonly Lock _lock = new();
    readonly Dictionary<string, Task> _waiting = [];

    /// <exception cref="TimeoutException">There is no answer yet, to this question or an earlier one.</exception>
    public async Task<T> AskAsync<T>(string whom, Func<Task<T>> question, TimeSpan limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task earlier;
            lock (_lock)
                if (!_waiting.TryGetValue(whom, out earlier!) || earlier.IsCompleted)
                {
                    Task<T> answer = Task.Run(question, cancellationToken);
                    _waiting[whom] = earlier = answer;
                }
                else earlier = Task.WhenAny(earlier);
            await earlier.WaitAsync(limit, cancellationToken);
            // What an earlier one was answered does not matter; now it is asked again.
            if (earlier is Task<T> own) return await own;
        }
    }

    /// <inheritdoc cref="AskAsync{T}(string, Func{Task{T}}, TimeSpan, CancellationToken)"/>
    public Task<T> AskAsync<T>(string whom, Func<T> question, TimeSpan limit, CancellationToken cancellationToken) =>
        AskAsync(whom, () => Task.FromResult(question()), limit, cancellationToken);
}

/// <summary>An answer that costs something, and is good for a while. Whoever asks meanwhile gets the same.</summary>
/// <param name="isGood">False: what it tells of may have been mended a moment later, so it is asked again.</param>
sealed class Remembered<T>(TimeSpan goodFor, Func<T, bool> isGood)
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
            if (_last is null or { IsCompleted: true, IsCompletedSuccessfully: false } || (_last.IsCompleted && (TimeProvider.System.GetElapsedTime(_askedAt) >= goodFor || !isGood(_last.Result))))
            {
                _askedAt = TimeProvider.System.GetTimestamp();
                // For all who ask: not to be cancelled by one of them.
                _last = Task.Run(() => ask(CancellationToken.None), CancellationToken.None);
            }
            return _last.WaitAsync(cancellationToken);
        }
    }
}
