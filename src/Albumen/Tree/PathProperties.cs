using System.Data.Common;
using System.Text;
using System.Text.Json;
using Albumen.Sql;
using Dapper;

namespace Albumen.Tree;

/// <summary>A property that a client set and that means nothing to us (RFC 4918, 4.2: dead).</summary>
/// <param name="Element">The whole element, with its namespaces: it can stand in any document.</param>
public sealed record PathProperty(string Namespace, string Name, string Element);

/// <summary>The properties that clients keep at paths. They go where the path's resource goes. No other code touches the <c>path_property</c> table.</summary>
/// <remarks>Paths are keys, see <see cref="TreePath.KeyOf"/>.</remarks>
public sealed class PathProperties(Database auth)
{
    /// <summary>Of the properties at one path, with their names.</summary>
    public const int MostBytes = 64 * 1024;

    // 0 follows the slash: everything below a folder sorts between the two.
    const string Below = "path_key > @key || '/' AND path_key < @key || '0'";

    /// <summary>Sets and removes in order, all or nothing.</summary>
    /// <param name="changes">The name, and the element or null to remove it.</param>
    public Task SetAsync(string key, IReadOnlyList<(string Namespace, string Name, string? Element)> changes, CancellationToken cancellationToken) =>
        changes.Count == 0 ? Task.CompletedTask : auth.WriteAsync(connection =>
        {
            foreach ((string space, string name, string? element) in changes)
                connection.Execute(element is null
                    ? "DELETE FROM path_property WHERE path_key = @key AND namespace = @space AND name = @name"
                    : """
                      INSERT INTO path_property (path_key, namespace, name, element) VALUES (@key, @space, @name, @element)
                      ON CONFLICT (path_key, namespace, name) DO UPDATE SET element = excluded.element
                      """, new { key, space, name, element });
        }, cancellationToken);

    /// <summary>Whether a path can have these too. What only removes some always can.</summary>
    /// <param name="changes">As for <see cref="SetAsync"/>.</param>
    public bool HasRoom(string key, IReadOnlyList<(string Namespace, string Name, string? Element)> changes)
    {
        if (changes.All(c => c.Element is null)) return true;
        Dictionary<(string, string), string> all = Of([key]).Values.SelectMany(p => p).ToDictionary(p => (p.Namespace, p.Name), p => p.Element);
        foreach ((string space, string name, string? element) in changes)
            if (element is null) all.Remove((space, name));
            else all[(space, name)] = element;
        return all.Sum(p => Encoding.UTF8.GetByteCount(p.Key.Item1) + Encoding.UTF8.GetByteCount(p.Key.Item2) + Encoding.UTF8.GetByteCount(p.Value)) <= MostBytes;
    }

    /// <summary>Whether a path or one directly or deeper below it has any.</summary>
    public bool HasAny(string key)
    {
        using Database.Reader reader = auth.Read();
        return reader.Connection.ExecuteScalar<bool>($"SELECT EXISTS (SELECT 1 FROM path_property WHERE path_key = @key OR ({Below}))", new { key = key == "/" ? "" : key });
    }

    /// <summary>The properties of these paths. One query.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PathProperty>> Of(IEnumerable<string> keys)
    {
        using Database.Reader reader = auth.Read();
        return reader.Connection.Query<(string Key, string Namespace, string Name, string Element)>("""
            SELECT path_key, namespace, name, element FROM path_property WHERE path_key IN (SELECT value FROM json_each(@keys)) ORDER BY path_key, namespace, name
            """, new { keys = JsonSerializer.Serialize(keys) })
            .GroupBy(row => row.Key).ToDictionary(g => g.Key, IReadOnlyList<PathProperty> (g) => [.. g.Select(row => new PathProperty(row.Namespace, row.Name, row.Element))]);
    }

    /// <summary>The resource is gone, with all below it.</summary>
    public Task ForgetAsync(string key, CancellationToken cancellationToken) => WhereAnyAsync(key, connection => Forget(connection, key), cancellationToken);

    /// <summary>The resource goes elsewhere, with all below it.</summary>
    public Task MoveAsync(string from, string to, CancellationToken cancellationToken) => WhereAnyAsync(from, connection =>
    {
        Forget(connection, to);
        connection.Execute($"UPDATE path_property SET path_key = @to || substr(path_key, length(@key) + 1) WHERE path_key = @key OR ({Below})", new { key = from, to });
    }, cancellationToken);

    /// <param name="isDeep">With all below it.</param>
    public Task CopyAsync(string from, string to, bool isDeep, CancellationToken cancellationToken) => WhereAnyAsync(from, connection =>
        connection.Execute($"""
            INSERT OR REPLACE INTO path_property (path_key, namespace, name, element)
            SELECT @to || substr(path_key, length(@key) + 1), namespace, name, element FROM path_property WHERE path_key = @key {(isDeep ? $"OR ({Below})" : "")}
            """, new { key = from, to }), cancellationToken);

    /// <summary>Most resources have none, and reading costs less than writing nothing.</summary>
    Task WhereAnyAsync(string key, Action<DbConnection> change, CancellationToken cancellationToken) =>
        HasAny(key) ? auth.WriteAsync(change, cancellationToken) : Task.CompletedTask;

    static void Forget(DbConnection connection, string key) => connection.Execute($"DELETE FROM path_property WHERE path_key = @key OR ({Below})", new { key });
}
