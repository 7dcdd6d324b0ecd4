using Albumen.Sql;
using Dapper;

namespace Albumen.Tree;

/// <summary>A write lock on a path (RFC 4918, 6).</summary>
/// <param name="Token">A URI, without brackets.</param>
/// <param name="Path">As it is shown.</param>
/// <param name="Key">As it is compared, see <see cref="TreePath.KeyOf"/>.</param>
/// <param name="IsDeep">With all that is below the path, now and later.</param>
/// <param name="Person">Who may use it.</param>
/// <param name="Owner">The owner element as the client sent it; empty when it sent none.</param>
public sealed record PathLock(string Token, string Path, string Key, bool IsExclusive, bool IsDeep, string Person, string Owner, TimeSpan Timeout, DateTimeOffset Expires);

/// <summary>
/// Who may write where for a while. All of it is in memory and in <c>auth.db</c>, so locks outlive the daemon; what has expired is as if it were
/// not there. No other code touches the <c>path_lock</c> table.
/// </summary>
public sealed class PathLocks
{
    /// <summary>Of all clients together; a client that needs more has forgotten to unlock.</summary>
    public const int Most = 10_000;

    static readonly TimeSpan Usual = TimeSpan.FromMinutes(10), Longest = TimeSpan.FromHours(1), Shortest = TimeSpan.FromSeconds(1);

    readonly Database _auth;
    readonly TimeProvider _clock;
    readonly Lock _lock = new();
    readonly Dictionary<string, PathLock> _byToken = [];
    readonly Dictionary<string, List<PathLock>> _byKey = [];

    public PathLocks(Database auth, TimeProvider clock)
    {
        (_auth, _clock) = (auth, clock);
        using Database.Reader reader = auth.Read();
        foreach (Row row in reader.Connection.Query<Row>("SELECT token, path, path_key, is_exclusive, is_deep, person, owner, timeout_s, expires FROM path_lock")) Add(row.ToLock());
    }

    /// <summary>So that most requests need ask nothing further.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock) return _byToken.Count == 0;
        }
    }

    /// <summary>The locks a path is under: its own, and deep ones of folders above.</summary>
    public IReadOnlyList<PathLock> On(string key)
    {
        if (IsEmpty) return [];
        List<PathLock> found = [];
        lock (_lock)
            for (string? at = key; at is not null; at = TreePath.FolderOf(at))
                if (_byKey.TryGetValue(at, out List<PathLock>? locks))
                    found.AddRange(locks.Where(l => IsAlive(l) && (l.IsDeep || l.Key == key)));
        return found;
    }

    /// <summary>The locks that something is under by a path as it was asked for, or by that which locks of it are on.</summary>
    public IReadOnlyList<PathLock> On(string path, string lockedAt) => IsEmpty ? [] : [.. KeysOf(path, lockedAt).SelectMany(On).Distinct()];

    /// <summary>The keys of both; one where they are the same.</summary>
    public static IEnumerable<string> KeysOf(string path, string lockedAt) => new[] { TreePath.KeyOf(path), TreePath.KeyOf(lockedAt) }.Distinct();

    /// <summary>The locks on paths below one.</summary>
    public IReadOnlyList<PathLock> Below(string key)
    {
        if (IsEmpty) return [];
        lock (_lock) return [.. _byToken.Values.Where(l => IsAlive(l) && TreePath.IsAbove(key, l.Key))];
    }

    public PathLock? Find(string token)
    {
        lock (_lock) return _byToken.TryGetValue(token, out PathLock? found) && IsAlive(found) ? found : null;
    }

    /// <summary>Takes a lock, unless others are in its way.</summary>
    /// <param name="timeout">As the client wishes; null when it does not say. At most an hour.</param>
    /// <returns>The lock, or those in its way: on the path or above it, or, for a deep lock, below it. Neither when there are too many.</returns>
    /// <exception cref="DatabaseException">It was not taken.</exception>
    public async Task<(PathLock? Lock, IReadOnlyList<PathLock> InTheWay)> TakeAsync(
        string path, bool isExclusive, bool isDeep, string person, string owner, TimeSpan? timeout)
    {
        TimeSpan granted = Clamp(timeout);
        PathLock wanted = new($"urn:uuid:{Guid.NewGuid()}", path, TreePath.KeyOf(path), isExclusive, isDeep, person, owner, granted, _clock.GetUtcNow() + granted);
        lock (_lock)
        {
            if (_byToken.Count >= Most) foreach (PathLock old in _byToken.Values.Where(l => !IsAlive(l)).ToArray()) Remove(old);
            IEnumerable<PathLock> others = isDeep ? On(wanted.Key).Concat(Below(wanted.Key)) : On(wanted.Key);
            PathLock[] inTheWay = [.. others.Where(l => isExclusive || l.IsExclusive)];
            if (inTheWay.Length > 0 || _byToken.Count >= Most) return (null, inTheWay);
            Add(wanted);
        }
        try
        {
            // Not given up half way, or nobody would know of it.
            await _auth.WriteAsync(connection =>
            {
                connection.Execute("DELETE FROM path_lock WHERE expires < @now", new { now = _clock.GetUtcNow().ToUnixTimeSeconds() });
                connection.Execute("""
                    INSERT INTO path_lock (token, path, path_key, is_exclusive, is_deep, person, owner, timeout_s, expires)
                    VALUES (@Token, @Path, @Key, @IsExclusive, @IsDeep, @Person, @Owner, @Timeout, @Expires)
                    """, new
                {
                    wanted.Token,
                    wanted.Path,
                    wanted.Key,
                    wanted.IsExclusive,
                    wanted.IsDeep,
                    wanted.Person,
                    wanted.Owner,
                    Timeout = (long)granted.TotalSeconds,
                    Expires = wanted.Expires.ToUnixTimeSeconds(),
                });
            }, CancellationToken.None);
        }
        catch
        {
            lock (_lock) Remove(wanted);
            throw;
        }
        return (wanted, []);
    }

    /// <summary>Begins its time anew.</summary>
    /// <returns>Null when it has ended.</returns>
    public async Task<PathLock?> RefreshAsync(string token, TimeSpan? timeout)
    {
        PathLock renewed;
        lock (_lock)
        {
            if (Find(token) is not { } old) return null;
            TimeSpan granted = timeout is null ? old.Timeout : Clamp(timeout);
            renewed = old with { Timeout = granted, Expires = _clock.GetUtcNow() + granted };
            Remove(old);
            Add(renewed);
        }
        await _auth.WriteAsync(connection => connection.Execute("UPDATE path_lock SET timeout_s = @timeout, expires = @expires WHERE token = @token",
            new { token, timeout = (long)renewed.Timeout.TotalSeconds, expires = renewed.Expires.ToUnixTimeSeconds() }), CancellationToken.None);
        return renewed;
    }

    public Task ReleaseAsync(PathLock held) => RemoveAsync([held]);

    /// <summary>The resource is gone from the path, with all below it: so are its locks.</summary>
    public Task ForgetAsync(string key)
    {
        if (IsEmpty) return Task.CompletedTask;
        PathLock[] gone;
        lock (_lock) gone = [.. _byToken.Values.Where(l => l.Key == key || TreePath.IsAbove(key, l.Key))];
        return gone.Length == 0 ? Task.CompletedTask : RemoveAsync(gone);
    }

    /// <summary>How long it still holds.</summary>
    public TimeSpan Left(PathLock held) => held.Expires - _clock.GetUtcNow();

    bool IsAlive(PathLock held) => held.Expires > _clock.GetUtcNow();

    static TimeSpan Clamp(TimeSpan? timeout) => timeout is not { } wished ? Usual : wished > Longest ? Longest : wished < Shortest ? Shortest : wished;

    Task RemoveAsync(PathLock[] gone)
    {
        lock (_lock)
            foreach (PathLock old in gone)
                if (_byToken.TryGetValue(old.Token, out PathLock? held)) Remove(held);
        return _auth.WriteAsync(connection => connection.Execute("DELETE FROM path_lock WHERE token = @Token", gone.Select(l => new { l.Token })), CancellationToken.None);
    }

    void Add(PathLock added)
    {
        _byToken.Add(added.Token, added);
        if (!_byKey.TryGetValue(added.Key, out List<PathLock>? locks)) _byKey.Add(added.Key, locks = []);
        locks.Add(added);
    }

    void Remove(PathLock removed)
    {
        _byToken.Remove(removed.Token);
        if (_byKey.TryGetValue(removed.Key, out List<PathLock>? locks) && locks.Remove(removed) && locks.Count == 0) _byKey.Remove(removed.Key);
    }

    sealed record Row(string Token, string Path, string PathKey, long IsExclusive, long IsDeep, string Person, string Owner, long TimeoutS, long Expires)
    {
        public PathLock ToLock() => new(Token, Path, PathKey, IsExclusive != 0, IsDeep != 0, Person, Owner, TimeSpan.FromSeconds(TimeoutS), DateTimeOffset.FromUnixTimeSeconds(Expires));
    }
}
