namespace Albumen.Storage;

/// <summary>Files that are known to be on their disk, with their names, because somebody waited for it a moment ago; so that nobody waits twice.</summary>
public sealed class SyncedFiles
{
    const int Kept = 10_000;

    readonly Lock _lock = new();
    readonly HashSet<(long Volume, long Inode, long ChangedNs)> _known = [];

    public bool Has(Volume volume, in FileStat stat)
    {
        lock (_lock) return _known.Contains((volume.Id, stat.Inode, stat.ChangedNs));
    }

    public void Note(Volume volume, in FileStat stat)
    {
        lock (_lock)
        {
            if (_known.Count >= Kept) _known.Clear();
            _known.Add((volume.Id, stat.Inode, stat.ChangedNs));
        }
    }
}
