using System.Collections.Concurrent;

namespace Albumen.Storage;

/// <summary>
/// The room on the file systems below some paths, for whoever shows it. It is asked for in the background, and one that does not answer (a network mount whose
/// server is gone) keeps nobody waiting; what it said before is shown for a while, then nothing.
/// </summary>
public sealed class FreeSpace(TimeProvider clock)
{
    static readonly TimeSpan
        Fresh = TimeSpan.FromSeconds(5),
        Stale = TimeSpan.FromMinutes(1),
        // For the first answer, which is there in no time.
        FirstAnswer = TimeSpan.FromMilliseconds(100);

    readonly ConcurrentDictionary<string, Place> _places = new();

    /// <summary>As it was a moment ago; null where it is not known.</summary>
    public DiskSpace? Of(string path) => _places.GetOrAdd(path, static (path, clock) => new(path, clock), clock).Now();

    sealed class Place(string path, TimeProvider clock)
    {
        readonly Lock _lock = new();
        Task? _asking;
        DiskSpace? _space;
        long _at;

        public DiskSpace? Now()
        {
            Task? first = null;
            lock (_lock)
            {
                if (_asking is null && (_at == 0 || clock.GetElapsedTime(_at) > Fresh))
                {
                    // A thread of its own: it may hang for as long as the kernel likes.
                    _asking = Task.Factory.StartNew(Ask, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                    if (_at == 0) first = _asking;
                }
            }
            first?.Wait(FirstAnswer);
            lock (_lock) return _at != 0 && clock.GetElapsedTime(_at) < Stale ? _space : null;
        }

        void Ask()
        {
            DiskSpace? space = DiskSpace.Of(path);
            lock (_lock) (_space, _at, _asking) = (space, clock.GetTimestamp(), null);
        }
    }
}
