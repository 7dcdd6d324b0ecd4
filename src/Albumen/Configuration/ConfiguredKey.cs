namespace Albumen.Configuration;

/// <summary>A key, what holds for it, and where that was said.</summary>
/// <param name="Key"><c>scan.every</c>, <c>volumes.photos.path</c>.</param>
/// <param name="Value">As it would be written; null: it is not set, and has no default.</param>
/// <param name="Default">What holds when no file sets it.</param>
/// <param name="File">The file that sets it; null: none does.</param>
/// <param name="Line">Of that file, from 1.</param>
public sealed record ConfiguredKey(string Key, string? Value, string? Default, string? File = null, int Line = 0);

/// <summary>A key that has another value, or is not there any more, or was not there before.</summary>
public sealed record KeyChange(string Key, string? Before, string? After)
{
    /// <summary>In the order of the later configuration; what is gone comes last.</summary>
    public static IReadOnlyList<KeyChange> Between(IReadOnlyList<ConfiguredKey> before, IReadOnlyList<ConfiguredKey> after)
    {
        Dictionary<string, ConfiguredKey> earlier = before.ToDictionary(key => key.Key);
        List<KeyChange> changes = [];
        foreach (ConfiguredKey now in after)
            if (earlier.Remove(now.Key, out ConfiguredKey? then) ? then.Value != now.Value : now.Value is not null)
                changes.Add(new(now.Key, then?.Value, now.Value));
        changes.AddRange(before.Where(key => earlier.ContainsKey(key.Key) && key.Value is not null).Select(key => new KeyChange(key.Key, key.Value, null)));
        return changes;
    }
}

/// <summary>The keys that the reader asks for, with what it was told of each. Asking is what makes a key known here.</summary>
sealed class ConfiguredKeys
{
    readonly List<string> _order = [];
    readonly Dictionary<string, ConfiguredKey> _keys = [];

    public IReadOnlyList<ConfiguredKey> All => [.. _order.Select(key => _keys[key])];

    /// <summary>What the first who asks says before any file counts is the default.</summary>
    public void Ask(string key, string? value)
    {
        if (_keys.TryAdd(key, new(key, value, value))) _order.Add(key);
    }

    public void Set(string key, string? value, Place place) => _keys[key] = _keys[key] with { Value = value, File = place.File, Line = place.Line };

    /// <summary>What was said of the keys below this one counts no more.</summary>
    public void Forget(string key)
    {
        foreach (string below in _order.Where(known => known.StartsWith($"{key}.", StringComparison.Ordinal)))
            _keys[below] = new(below, _keys[below].Default, _keys[below].Default);
    }
}
