using System.Data.Common;
using System.Text.Json;
using Albumen.Sql;
using Dapper;

namespace Albumen.Catalog;

/// <summary>A conflict that waits for a decision.</summary>
/// <param name="Asset">Its uid.</param>
/// <param name="Ours">What a person says, as JSON; null when nobody says anything any more.</param>
public sealed record OpenConflict(string Asset, Field Field, Conflict Conflict, string? Ours);

/// <summary>How conflicts are decided. Each way is an edit as <see cref="Edit.Parse"/> has it, or the word of one of both sides.</summary>
public abstract record Decision
{
    /// <summary>What people said here stands; the sidecar is written again.</summary>
    public sealed record Ours : Decision;

    /// <summary>What the other program wrote counts; the person's statement is withdrawn.</summary>
    public sealed record Theirs : Decision;

    /// <summary>Neither: something else.</summary>
    public sealed record Other(Edit Edit) : Decision;
}

/// <summary>The fields in which a person and another program disagree, until somebody decides. They are statements of the <see cref="Journal"/>.</summary>
public sealed class Conflicts(Database catalog, Journal journal)
{
    /// <summary>A page of them, by photo and field.</summary>
    /// <param name="after">The last asset and field of the page before; null for the first.</param>
    public IReadOnlyList<OpenConflict> List((string Asset, string Field)? after, int most)
    {
        using Database.Reader reader = catalog.Read();
        return [.. Query(reader.Connection, "(c.asset, c.field) > (@asset, @field)", new { asset = after?.Asset ?? "", field = after?.Field ?? "", most })];
    }

    public long Count()
    {
        using Database.Reader reader = catalog.Read();
        return reader.Connection.ExecuteScalar<long>("SELECT count(*) FROM statement WHERE kind = 2");
    }

    /// <summary>Decides one conflict, or all there are, as one operation that can be taken back.</summary>
    /// <param name="one">Null for all.</param>
    /// <returns>The operation, and what was decided; no operation when there is no such conflict.</returns>
    /// <exception cref="FormatException">The value makes no sense for this photo.</exception>
    public async Task<(Operation? Operation, IReadOnlyList<OpenConflict> Decided)> ResolveAsync(
        Author author, string what, (string Asset, Field Field)? one, Decision decision, CancellationToken cancellationToken)
    {
        IReadOnlyList<OpenConflict> decided = [];
        Operation? operation = await journal.CommitAsync(author, what, connection =>
        {
            decided = Find(connection, one);
            return [.. decided.SelectMany(conflict => Changes(connection, conflict, decision))];
        }, cancellationToken);
        return (operation, decided);
    }

    /// <summary>Says which conflicts <see cref="ResolveAsync"/> would decide.</summary>
    public IReadOnlyList<OpenConflict> Rehearse((string Asset, Field Field)? one)
    {
        using Database.Reader reader = catalog.Read();
        return Find(reader.Connection, one);
    }

    static IReadOnlyList<OpenConflict> Find(DbConnection connection, (string Asset, Field Field)? one) => one is var (asset, field)
        ? [.. Query(connection, "c.asset = @asset AND c.field = @Name", new { asset, field.Name, most = 1 })]
        : [.. Query(connection, "true", new { most = -1 })];

    static IEnumerable<StatementChange> Changes(DbConnection connection, OpenConflict open, Decision decision)
    {
        yield return new(open.Asset, open.Field.Name, StatementKind.Conflict, Journal.Statement(connection, open.Asset, StatementKind.Conflict, open.Field.Name), null);
        string? said = open.Ours, says = decision switch
        {
            Decision.Theirs => null,
            Decision.Other { Edit: var edit } => edit.Change(Counts(connection, open.Asset)),
            _ => said,
        };
        if (said != says) yield return new(open.Asset, open.Field.Name, StatementKind.Person, said, says);
    }

    static Facts Counts(DbConnection connection, string asset) =>
        connection.QueryFirstOrDefault<string?>("SELECT facts FROM asset WHERE uid = @asset", new { asset }) is { } json ? JsonSerializer.Deserialize(json, FactsJson.Default.Facts)! : new();

    static IEnumerable<OpenConflict> Query(DbConnection connection, string condition, object parameters) =>
        connection.Query<(string Asset, string Field, string Value, string? Ours)>($"""
            SELECT c.asset, c.field, c.value, p.value FROM statement c LEFT JOIN statement p ON p.asset = c.asset AND p.kind = 0 AND p.field = c.field
            WHERE c.kind = 2 AND {condition} ORDER BY c.asset, c.field LIMIT @most
            """, parameters).Select(row => new OpenConflict(row.Asset, Field.Find(row.Field)!, Conflict.FromJson(row.Value), row.Ours));
}
