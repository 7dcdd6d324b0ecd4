namespace Albumen.Storage;

/// <summary>
/// What is going on in one volume, held back until there is quiet for a moment, so that a copy of a thousand files is looked at a few times
/// and not a thousand. Times are milliseconds of any one clock.
/// </summary>
sealed class Flurry
{
    public const long QuietMs = 100, LongestMs = 500;

    /// <summary>The other half of a rename follows at once. One that has not come by then went to where nobody watches.</summary>
    public const long HalfMs = 250;

    public const int MostFolders = 10_000;

    readonly Dictionary<uint, Half> _halves = [];
    HashSet<long> _folders = [], _subtrees = [];
    long _first, _last, _lastHalf;

    /// <summary>Half of a rename: something left a folder.</summary>
    /// <param name="OpenSince">Set when it is a file that is being written.</param>
    public readonly record struct Half(OpenFile? OpenSince);

    /// <summary>More than is worth being told one by one.</summary>
    public bool IsTooMuch => _folders.Count + _subtrees.Count > MostFolders || _halves.Count > MostFolders;

    /// <summary>When it is time to tell; null when there is nothing.</summary>
    public long? Due => _folders.Count + _subtrees.Count == 0 ? null
        : Math.Min(_first + LongestMs + HalfMs, Math.Max(Math.Min(_last + QuietMs, _first + LongestMs), _halves.Count > 0 ? _lastHalf + HalfMs : 0));

    public void Folder(long folder, long now)
    {
        Note(now);
        _folders.Add(folder);
    }

    public void Subtree(long folder, long now)
    {
        Note(now);
        _subtrees.Add(folder);
    }

    public void Leaves(long folder, uint cookie, Half half, long now)
    {
        Folder(folder, now);
        _halves[cookie] = half;
        _lastHalf = now;
    }

    /// <summary>True when this is the half that left here.</summary>
    public bool Arrives(uint cookie, out Half half) => _halves.Remove(cookie, out half);

    public FoldersChanged Take(long volume)
    {
        FoldersChanged changed = new(volume, _folders, _subtrees);
        Clear();
        return changed;
    }

    public void Clear()
    {
        (_folders, _subtrees) = ([], []);
        _halves.Clear();
    }

    void Note(long now)
    {
        if (_folders.Count + _subtrees.Count == 0) _first = now;
        _last = now;
    }
}
