using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Albumen.Sql;
using Albumen.Storage;
using Dapper;

namespace Albumen.Catalog.Stacks;

/// <summary>
/// Keeps which photos and clips belong together. Asks the catalogue "what changed since revision N?", looks at those that have anything in common with what changed, and
/// decides over them anew; so it can stop anywhere and goes on, and comes to the same whatever the order. No other code writes <c>stack_key</c>,
/// <c>stack_member</c> and <c>stack_change</c>.
/// </summary>
public sealed class StackIndex(Database catalog, Volumes volumes, StackSettings settings)
{
    const string Cursor = "stacks", RulesCursor = "stack rules";
    const int AssetsPerTransaction = 500;

    // Raise it whenever the rules would decide otherwise: then all is decided anew.
    const int Version = 1;

    /// <summary>What so many have in common says nothing of any two.</summary>
    internal const int MostInCommon = 500;

    bool _isChecked;

    public StackSettings Settings => settings;

    /// <summary>Decides over what changed since the last time; over all of it when the rules did.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (!_isChecked)
        {
            await catalog.WriteAsync(CheckRules, cancellationToken);
            _isChecked = true;
        }
        while (await catalog.WriteAsync(CatchUp, cancellationToken)) { }
    }

    /// <summary>Fills the tables of a <see cref="StackRehearsal"/>, in their own database, as these rules would.</summary>
    internal static void Rehearse(DbConnection connection, Volumes volumes, StackSettings settings, CancellationToken cancellationToken)
    {
        long after = 0;
        while (connection.Query<long>("SELECT id FROM asset WHERE id > @after ORDER BY id LIMIT @most", new { after, most = AssetsPerTransaction }).AsList() is { Count: > 0 } some)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Follow(connection, some, settings, IsLeftOut(volumes));
            after = some[^1];
        }
    }

    /// <returns>True when there may be more.</returns>
    bool CatchUp(DbConnection connection)
    {
        long since = connection.ExecuteScalar<long?>("SELECT position FROM cursor WHERE name = @Cursor", new { Cursor }) ?? 0;
        List<(long Id, long Revision)> changed = connection.Query<(long, long)>("SELECT id, revision FROM asset WHERE revision > @since ORDER BY revision LIMIT @most", new { since, most = AssetsPerTransaction }).AsList();
        List<(long Content, long? Asset)> moved = connection.Query<(long, long?)>("""
            SELECT s.content_id, c.asset_id FROM stack_change s LEFT JOIN content c ON c.id = s.content_id ORDER BY s.content_id LIMIT @most
            """, new { most = AssetsPerTransaction }).AsList();
        if (changed.Count + moved.Count == 0) return false;
        Follow(connection, [.. changed.Select(c => c.Id).Concat(moved.Select(m => m.Asset).OfType<long>()).Distinct()], settings, IsLeftOut(volumes));
        if (moved.Count > 0) connection.Execute($"DELETE FROM stack_change WHERE content_id IN (SELECT value FROM {Dialect.JsonItems("@contents")})", new { contents = Dialect.JsonArray(moved.Select(m => m.Content)) });
        if (changed.Count > 0) SetCursor(connection, Cursor, changed[^1].Revision);
        return changed.Count == AssetsPerTransaction || moved.Count == AssetsPerTransaction;
    }

    void CheckRules(DbConnection connection)
    {
        string[] leftOut = [.. volumes.All.Where(v => !v.Settings.Stacks).Select(v => v.Name).Order(StringComparer.Ordinal)];
        long now = Hash($"{Version} {settings} {string.Join('/', leftOut)}");
        if (connection.ExecuteScalar<long?>("SELECT position FROM cursor WHERE name = @RulesCursor", new { RulesCursor }) == now) return;
        SetCursor(connection, RulesCursor, now);
        SetCursor(connection, Cursor, 0);
    }

    static void SetCursor(DbConnection connection, string name, long position) =>
        connection.Execute("INSERT INTO cursor (name, position) VALUES (@name, @position) ON CONFLICT (name) DO UPDATE SET position = @position", new { name, position });

    static Func<long, bool> IsLeftOut(Volumes volumes)
    {
        HashSet<long> leftOut = [.. volumes.All.Where(v => !v.Settings.Stacks).Select(v => v.Id)];
        return leftOut.Contains;
    }

    /// <summary>Decides over these and all that have, or had, anything in common with them. A fixed number of queries for each step away from them; seldom more than two.</summary>
    static void Follow(DbConnection connection, IReadOnlyCollection<long> changed, StackSettings settings, Func<long, bool> isLeftOut)
    {
        Dictionary<long, StackCandidate> known = Load(connection, changed, isLeftOut).ToDictionary(c => c.Id);
        HashSet<(long Key, long Asset)> before = [.. connection.Query<(long, long)>(
            $"SELECT k.key, k.asset_id FROM {Dialect.JsonItems("@ids")} i CROSS JOIN stack_key k ON k.asset_id = i.value", new { ids = Dialect.JsonArray(changed) })];
        HashSet<(long Key, long Asset)> after = [.. known.Values.SelectMany(c => KeysOf(c, settings).Select(key => (Hash(key), c.Id)))];
        foreach ((long key, long asset) in before.Except(after)) connection.Execute("DELETE FROM stack_key WHERE key = @key AND asset_id = @asset", new { key, asset });
        string fresh = string.Join(',', after.Except(before).Select(k => $$"""{"key":{{k.Key}},"asset":{{k.Asset}}}"""));
        if (fresh.Length > 0)
            connection.Execute($"INSERT OR IGNORE INTO stack_key (key, asset_id) SELECT {Dialect.Json("value", "key")}, {Dialect.Json("value", "asset")} FROM {Dialect.JsonItems("@fresh")}", new { fresh = $"[{fresh}]" });

        Dictionary<long, List<long>> groups = [];
        HashSet<long> asked = [], worthless = [];
        List<long> ask = [.. before.Concat(after).Select(k => k.Key).Distinct()];
        while (ask.Count > 0)
        {
            asked.UnionWith(ask);
            List<long> met = [];
            foreach ((long key, long? member, long count) in connection.Query<(long, long?, long)>($"""
                WITH size (key, count) AS MATERIALIZED (
                  SELECT k.value, (SELECT count(*) FROM (SELECT 1 FROM stack_key o WHERE o.key = k.value LIMIT @most)) FROM {Dialect.JsonItems("@ask")} k)
                SELECT s.key, k.asset_id, s.count FROM size s LEFT JOIN stack_key k ON k.key = s.key AND (s.count < @most OR EXISTS (SELECT 1 FROM stack_member m WHERE m.asset_id = k.asset_id))
                """, new { ask = Dialect.JsonArray(ask), most = MostInCommon + 1 }))
            {
                if (count > MostInCommon) worthless.Add(key);
                if (member is not { } asset) continue;
                if (count <= MostInCommon)
                {
                    if (!groups.TryGetValue(key, out List<long>? group)) groups.Add(key, group = []);
                    group.Add(asset);
                }
                if (!known.ContainsKey(asset)) met.Add(asset);
            }
            ask = [];
            if (met.Count == 0) break;
            foreach (StackCandidate candidate in Load(connection, [.. met.Distinct()], isLeftOut)) known.Add(candidate.Id, candidate);
            ask.AddRange(connection.Query<long>(
                $"SELECT DISTINCT k.key FROM {Dialect.JsonItems("@met")} i CROSS JOIN stack_key k ON k.asset_id = i.value", new { met = Dialect.JsonArray(met.Distinct()) }).Where(key => !asked.Contains(key)));
        }
        if (worthless.Count > 0)
            foreach (StackCandidate candidate in known.Values) candidate.Worthless.UnionWith(KeysOf(candidate, settings).Where(key => worthless.Contains(Hash(key))));
        Write(connection, known.Keys, [.. Together(known, groups.Values).SelectMany(some => StackPlan.Decide(some, settings))]);
    }

    /// <summary>Those that have something in common, directly or by way of others; who has nothing with anybody is left out.</summary>
    static IEnumerable<List<StackCandidate>> Together(Dictionary<long, StackCandidate> known, IEnumerable<List<long>> groups)
    {
        Dictionary<long, List<StackCandidate>> of = [];
        foreach (List<long> group in groups.Where(g => g.Count > 1))
        {
            List<StackCandidate> together = [];
            foreach (long asset in group)
            {
                List<StackCandidate> others = of.GetValueOrDefault(asset) ?? [known[asset]];
                if (others == together) continue;
                together.AddRange(others);
                foreach (StackCandidate other in others) of[other.Id] = together;
            }
        }
        return of.Values.Distinct();
    }

    static void Write(DbConnection connection, IEnumerable<long> assets, IReadOnlyList<StackMembership> now)
    {
        string ids = Dialect.JsonArray(assets);
        HashSet<StackMembership> before = [.. connection.Query<StackMembership>(
            $"SELECT m.asset_id AS asset, m.stack, m.role, m.rule, m.cover_id AS cover FROM {Dialect.JsonItems("@ids")} i CROSS JOIN stack_member m ON m.asset_id = i.value", new { ids })];
        foreach (StackMembership gone in before.Except(now)) connection.Execute("DELETE FROM stack_member WHERE asset_id = @Asset", gone);
        foreach (StackMembership come in now.Except(before)) connection.Execute("INSERT INTO stack_member (asset_id, stack, role, rule, cover_id) VALUES (@Asset, @Stack, @Role, @Rule, @Cover)", come);
    }

    static IEnumerable<string> KeysOf(StackCandidate candidate, StackSettings settings)
    {
        if (candidate.Places.Count == 0) return [];
        IEnumerable<string> keys = candidate.Stated is { } stated ? [$"person {stated}"] : [];
        return StackRule.All.Where(rule => rule.IsOn(settings)).Aggregate(keys, (so, rule) => so.Concat(rule.Keys(candidate))).Distinct();
    }

    /// <summary>Where two have the same by chance, the rules look at them and find that they have nothing to do with each other.</summary>
    static long Hash(string key) => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    static IEnumerable<StackCandidate> Load(DbConnection connection, IReadOnlyCollection<long> assets, Func<long, bool> isLeftOut)
    {
        var these = new { ids = Dialect.JsonArray(assets) };
        ILookup<long, StackPlace> places = connection.Query<(long Asset, long Volume, long Folder, string Name)>($"""
            SELECT a.id, f.volume_id, f.id, l.entry_name FROM {Dialect.JsonItems("@ids")} i CROSS JOIN asset a ON a.id = i.value
            CROSS JOIN location l ON l.content_id = a.content_id CROSS JOIN folder f ON f.id = l.folder_id WHERE l.missing_since IS NULL
            """, these).Where(p => !isLeftOut(p.Volume)).ToLookup(p => p.Asset, p => new StackPlace(p.Volume, p.Folder, p.Name));
        foreach ((long id, string uid, string kind, string mime, long isTrashed, string? facts, string? stated, string? said, long stage) in
            connection.Query<(long, string, string, string, long, string?, string?, string?, long)>($"""
                SELECT a.id, a.uid, c.kind, c.mime, a.trashed IS NOT NULL, y.facts, {Dialect.Json("a.facts", "stack")}, s.value,
                  CASE WHEN s.value IS NULL THEN 0 ELSE (SELECT coalesce(max(h.operation), 0) FROM change h WHERE h.asset = a.uid AND h.field = 'stack' AND h.kind = 0) END
                FROM {Dialect.JsonItems("@ids")} i CROSS JOIN asset a ON a.id = i.value CROSS JOIN content c ON c.id = a.content_id
                LEFT JOIN layer y ON y.asset_id = a.id AND y.source = 'embedded' LEFT JOIN statement s ON s.asset = a.uid AND s.kind = 0 AND s.field = 'stack'
                """, these))
            yield return new(id, uid, kind, mime, isTrashed != 0, facts is null ? new() : JsonSerializer.Deserialize(facts, FactsJson.Default.Facts)!, stated, said is Field.Cleared, stage, [.. places[id]]);
    }
}
