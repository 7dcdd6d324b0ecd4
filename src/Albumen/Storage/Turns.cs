using System.Collections.Concurrent;

namespace Albumen.Storage;

/// <summary>
/// Who writes down what lies on a volume: its walk, or somebody who has just added a file. A walk gives way between two folders, because it compares what it
/// has listed with what it finds in the catalogue; nobody waits for its end.
/// </summary>
sealed class Turns
{
    readonly ConcurrentDictionary<long, Turn> _byVolume = new();

    /// <summary>Waits until it is the caller's turn, which lasts until the answer is disposed of.</summary>
    public async Task<Turn> TakeAsync(long volume, CancellationToken cancellationToken)
    {
        Turn turn = _byVolume.GetOrAdd(volume, static _ => new());
        await turn.EnterAsync(cancellationToken);
        return turn;
    }

    public sealed class Turn : IDisposable
    {
        // Never disposed of: it lives as long as the process and holds no handle of the kernel's.
        readonly SemaphoreSlim _one = new(1, 1);
        int _waiting;

        /// <summary>Whether somebody waits for the turn to end.</summary>
        public bool IsWanted => Volatile.Read(ref _waiting) > 0;

        public async Task EnterAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                await _one.WaitAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        public void Dispose() => _one.Release();
    }
}
