using System.Diagnostics;

namespace Albumen.Tree;

/// <summary>
/// What was found a moment ago. A request looks where it leads before it waits for its turn, and again when it has it: as long as nothing was written in
/// between, the catalogue is asked once.
/// </summary>
sealed class RecentSpots(ArchiveTree tree)
{
    const int Kept = 16;

    /// <summary>Some of what is found depends on the clock: queries that count from today, names that pass.</summary>
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    readonly Lock _lock = new();
    readonly (string Path, string Person, (long, long, long) Stamp, long At, Spot Spot)[] _spots = new (string, string, (long, long, long), long, Spot)[Kept];
    uint _next;

    /// <param name="find">Finds it. The inbox is not remembered: its disk is asked each time.</param>
    public Spot Find(string path, Viewer viewer, Func<Spot> find)
    {
        // Taken before: what is written while it is looked for makes it old.
        (long, long, long) stamp = tree.Stamp;
        lock (_lock)
            foreach (var known in _spots)
                if (known.Path == path && known.Person == viewer.Name && known.Stamp == stamp && Stopwatch.GetElapsedTime(known.At) < Fresh) return known.Spot;
        long now = Stopwatch.GetTimestamp();
        Spot spot = find();
        if (spot.Kind is not FolderKind.Inbox && spot.OwnKind is not FolderKind.Inbox)
            lock (_lock) _spots[_next++ % Kept] = (path, viewer.Name, stamp, now, spot);
        return spot;
    }
}
