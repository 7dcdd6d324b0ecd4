using Albumen.Derivatives;

namespace Albumen.Daemon.Api;

/// <summary>How many files a second were read, over the last twenty seconds.</summary>
sealed class Pace(Indexer indexer, TimeProvider clock)
{
    const int Samples = 11;
    static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    readonly Lock _lock = new();
    readonly Queue<(long At, long Done)> _samples = new();

    public double PerSecond
    {
        get
        {
            lock (_lock)
            {
                if (!_samples.TryPeek(out (long At, long Done) first)) return 0;
                double seconds = clock.GetElapsedTime(first.At).TotalSeconds;
                return seconds < 0.2 ? 0 : Math.Round((indexer.Done - first.Done) / seconds, 1);
            }
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                _samples.Enqueue((clock.GetTimestamp(), indexer.Done));
                if (_samples.Count > Samples) _samples.Dequeue();
            }
            await Task.Delay(Every, clock, cancellationToken);
        }
    }
}
