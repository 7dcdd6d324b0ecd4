using Albumen.Sql;
using Dapper;

namespace Albumen.Identity;

/// <summary>What somebody prefers.</summary>
/// <param name="Value">Null where it was taken back.</param>
public sealed record Preference(string? Value, DateTimeOffset Changed);

/// <summary>What people prefer, each preference under its name; it goes with the person. No other code touches the <c>preference</c> table.</summary>
public sealed class Preferences(Database auth, People people, TimeProvider clock)
{
    /// <summary>Goes up with every change, and when somebody is removed.</summary>
    internal long Revision => Interlocked.Read(ref _changes) + people.Revision;

    long _changes;

    /// <summary>Who prefers what of this name, by the key of the person's name.</summary>
    internal IReadOnlyDictionary<string, Preference> Of(string name)
    {
        using Database.Reader reader = auth.Read();
        return reader.Connection.Query<(string Key, string? Value, long Changed)>(
            "SELECT p.name_key, f.value, f.changed FROM preference f JOIN person p ON p.id = f.person_id WHERE f.name = @name", new { name })
            .ToDictionary(row => row.Key, row => new Preference(row.Value, DateTimeOffset.FromUnixTimeMilliseconds(row.Changed)));
    }

    /// <param name="value">Null takes it back.</param>
    /// <exception cref="IdentityException">Nobody is called so.</exception>
    internal async Task SetAsync(string person, string name, string? value, CancellationToken cancellationToken)
    {
        Person known = people.Known(person);
        await auth.WriteAsync(connection => connection.Execute("""
            INSERT INTO preference (person_id, name, value, changed) VALUES (@Id, @name, @value, @now)
            ON CONFLICT (person_id, name) DO UPDATE SET value = excluded.value, changed = excluded.changed
            """, new { known.Id, name, value, now = clock.GetUtcNow().ToUnixTimeMilliseconds() }), cancellationToken, durable: true);
        Interlocked.Increment(ref _changes);
    }
}
