using System.Data.Common;
using System.Text.Json;
using Albumen.Sql;
using Dapper;

namespace Albumen.Catalog;

/// <summary>What an edit does to one field of one photo. Values: JSON; null is none.</summary>
/// <param name="Before">What counted.</param>
/// <param name="After">What counts then.</param>
public sealed record Drafted(long AssetId, string Asset, Field Field, string? Before, string? After);

/// <summary>What an edit makes no sense for.</summary>
public sealed record Refused(string Asset, string Reason);

/// <summary>What was done, or in a rehearsal what would be.</summary>
/// <param name="Operation">Null when nothing was to be changed, and in a rehearsal.</param>
/// <param name="Selected">How many photos were meant; those that say so already are among them.</param>
public sealed record Edited(Operation? Operation, int Selected, IReadOnlyList<Drafted> Changes, IReadOnlyList<Refused> Refused);

/// <summary>Changes what counts of photos and clips, one or 100,000, as one operation of the <see cref="Journal"/>.</summary>
public sealed class Editor(Database catalog, Journal journal)
{
    const int AssetsPerQuery = 500;

    /// <param name="select">The assets that are meant: id and uid.</param>
    /// <param name="also">What else is changed by the same operation.</param>
    /// <exception cref="IOException">The disk is full or failing; nothing was changed.</exception>
    public async Task<Edited> ApplyAsync(
        Author author, string what, Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select, IReadOnlyList<Edit> edits, CancellationToken cancellationToken,
        Func<DbConnection, IEnumerable<StatementChange>>? also = null)
    {
        Edited plan = null!;
        Operation? operation = await journal.CommitAsync(author, what, connection =>
        {
            plan = Plan(connection, select(connection), edits, out List<StatementChange> changes);
            if (also is not null) changes.AddRange(also(connection));
            return changes;
        }, cancellationToken);
        return plan with { Operation = operation };
    }

    /// <summary>Says what <see cref="ApplyAsync"/> would do.</summary>
    public Edited Rehearse(Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select, IReadOnlyList<Edit> edits)
    {
        using Database.Reader reader = catalog.Read();
        return Plan(reader.Connection, select(reader.Connection), edits, out _);
    }

    internal static Edited Plan(DbConnection connection, IReadOnlyList<(long Id, string Uid)> assets, IReadOnlyList<Edit> edits, out List<StatementChange> changes)
    {
        changes = [];
        List<Drafted> drafted = [];
        List<Refused> refused = [];
        foreach (Asset asset in Read(connection, assets))
            try
            {
                Draft(asset, edits, drafted, changes);
            }
            catch (FormatException error)
            {
                refused.Add(new(asset.Uid, error.Message));
            }
        return new(null, assets.Count, drafted, refused);
    }

    static void Draft(Asset asset, IReadOnlyList<Edit> edits, List<Drafted> drafted, List<StatementChange> changes)
    {
        // The last of several edits of one field counts, on what those before it made of it.
        Facts after = asset.Facts;
        Dictionary<Field, string?> stated = [];
        foreach (Edit edit in edits)
        {
            stated[edit.Field] = edit.Change(after);
            after = edit.Field.Write(after, stated[edit.Field] ?? edit.Field.Read(asset.Without(edit.Field)));
        }
        foreach ((Field field, string? value) in stated)
        {
            string? counts = field.Read(asset.Facts), said = asset.Said(StatementKind.Person, field);
            if (value == said || (value is not null && value == (counts ?? Field.Cleared))) continue;
            changes.Add(new(asset.Uid, field.Name, StatementKind.Person, said, value));
            drafted.Add(new(asset.Id, asset.Uid, field, counts, field.Read(after)));
            // What the sidecar said before we write over it must not be forgotten: it counts again when the edit is taken back.
            if (asset.Sidecar is { } sidecar && field.Read(sidecar) is { } says && asset.Said(StatementKind.Sidecar, field) is null)
                changes.Add(new(asset.Uid, field.Name, StatementKind.Sidecar, null, says));
        }
    }

    static IEnumerable<Asset> Read(DbConnection connection, IReadOnlyList<(long Id, string Uid)> assets)
    {
        foreach ((long Id, string Uid)[] some in assets.Chunk(AssetsPerQuery))
        {
            var these = new { ids = some.Select(a => a.Id).ToArray(), uids = some.Select(a => a.Uid).ToArray(), Layers.Sidecar };
            Dictionary<long, Facts> facts = ById("SELECT id, facts FROM asset WHERE id IN @ids"), sidecars = ById("SELECT asset_id, facts FROM layer WHERE asset_id IN @ids AND source = @Sidecar");
            ILookup<string, (string Asset, long Kind, string Field, string Value)> statements =
                connection.Query<(string Asset, long Kind, string Field, string Value)>("SELECT asset, kind, field, value FROM statement WHERE asset IN @uids AND kind IN (0, 1)", these).ToLookup(s => s.Asset);
            foreach ((long id, string uid) in some)
                yield return new(connection, id, uid, facts[id], sidecars.GetValueOrDefault(id), statements[uid].ToDictionary(s => ((StatementKind)s.Kind, s.Field), s => s.Value));

            Dictionary<long, Facts> ById(string sql) =>
                connection.Query<(long Id, string Facts)>(sql, these).ToDictionary(row => row.Id, row => JsonSerializer.Deserialize(row.Facts, FactsJson.Default.Facts)!);
        }
    }

    /// <summary>What is known of an asset that is edited.</summary>
    sealed record Asset(DbConnection Connection, long Id, string Uid, Facts Facts, Facts? Sidecar, IReadOnlyDictionary<(StatementKind, string), string> Statements)
    {
        public string? Said(StatementKind kind, Field field) => Statements.GetValueOrDefault((kind, field.Name));

        /// <summary>What counts when nobody states anything of a field.</summary>
        public Facts Without(Field field) => Layers.Effective(
            Connection.Query<(string Source, string Facts)>("SELECT source, facts FROM layer WHERE asset_id = @Id", new { Id })
                .Select(layer => new Layer(layer.Source, JsonSerializer.Deserialize(layer.Facts, FactsJson.Default.Facts)!)),
            Statements.Where(s => s.Key.Item1 is StatementKind.Person && s.Key.Item2 != field.Name).ToDictionary(s => s.Key.Item2, s => s.Value));
    }
}
