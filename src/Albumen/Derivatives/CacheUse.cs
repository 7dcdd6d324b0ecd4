using System.Collections.Concurrent;

namespace Albumen.Derivatives;

/// <summary>Which small versions people looked at lately. It is kept in memory and written down now and then, for each at most once a day: looking costs no write.</summary>
public sealed class CacheUse(TimeProvider clock)
{
    /// <summary>More are written down early.</summary>
    const int MostNoted = 100_000;

    /// <summary>What was looked at within this time is not dropped: it may be on its way, or being made for who asked.</summary>
    static readonly TimeSpan Safe = TimeSpan.FromMinutes(10);

    readonly ConcurrentDictionary<(long Content, string Kind), long> _looked = new();
    readonly HashSet<(long, string)> _written = [];
    long _day;

    /// <summary>Days since 1970.</summary>
    long Today => clock.GetUtcNow().ToUnixTimeSeconds() / 86_400;

    /// <summary>Somebody looks at it, or asks for it to be made again.</summary>
    public void Note(long content, string kind) => _looked[(content, kind)] = clock.GetTimestamp();

    /// <summary>What must not be dropped now.</summary>
    internal bool IsSafe(long content, string kind) => _looked.TryGetValue((content, kind), out long at) && clock.GetElapsedTime(at) < Safe;

    /// <summary>What is to be written down: looked at today, and not written down today. One caller at a time.</summary>
    internal (long Day, IReadOnlyList<(long Content, string Kind)> Looked) Take()
    {
        long today = Today;
        if (today != _day || _written.Count > MostNoted)
        {
            _written.Clear();
            _day = today;
        }
        List<(long, string)> looked = [];
        foreach (((long, string) what, long at) in _looked)
        {
            if (_written.Add(what)) looked.Add(what);
            if (clock.GetElapsedTime(at) >= Safe) _looked.TryRemove(new(what, at));
        }
        return (today, looked);
    }
}
