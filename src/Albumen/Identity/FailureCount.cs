namespace Albumen.Identity;

/// <summary>
/// Counts wrong passwords in a row for each key (an address or a name) and says who must wait. Holds at most 10,000 keys:
/// a newcomer pushes out the one whose last failure is longest ago.
/// </summary>
sealed class FailureCount(SignInSettings settings, TimeProvider clock)
{
    public const int MaxKeys = 10_000;

    readonly Lock _lock = new();
    readonly Dictionary<string, LinkedListNode<Row>> _rows = [];
    readonly LinkedList<Row> _byLastFailure = [];

    public int Count
    {
        get { lock (_lock) return _rows.Count; }
    }

    /// <summary>How long this key must wait; zero when it need not.</summary>
    public TimeSpan Wait(string key)
    {
        lock (_lock)
        {
            return _rows.TryGetValue(key, out LinkedListNode<Row>? row) && row.Value.PausedUntil - clock.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero;
        }
    }

    /// <summary>Notes a failure; the last one allowed begins a pause, after which counting begins anew.</summary>
    public void Failed(string key)
    {
        lock (_lock)
        {
            if (_rows.TryGetValue(key, out LinkedListNode<Row>? row))
            {
                _byLastFailure.Remove(row);
            }
            else
            {
                if (_rows.Count >= MaxKeys)
                {
                    _rows.Remove(_byLastFailure.First!.Value.Key);
                    _byLastFailure.RemoveFirst();
                }
                _rows[key] = row = new(new(key));
            }
            _byLastFailure.AddLast(row);
            if (++row.Value.Failures < settings.Failures) return;
            row.Value.Failures = 0;
            row.Value.PausedUntil = clock.GetUtcNow() + settings.Pause;
        }
    }

    public void Succeeded(string key)
    {
        lock (_lock)
        {
            if (_rows.Remove(key, out LinkedListNode<Row>? row)) _byLastFailure.Remove(row);
        }
    }

    sealed class Row(string key)
    {
        public string Key => key;
        public int Failures { get; set; }
        public DateTimeOffset PausedUntil { get; set; }
    }
}
