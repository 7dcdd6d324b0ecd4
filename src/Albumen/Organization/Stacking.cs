using System.Data.Common;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Catalog.Stacks;
using Albumen.Sql;
using Dapper;

namespace Albumen.Organization;

/// <summary>
/// Says which photos and clips belong together, and which do not, whatever the rules find. Those that do have the same text in <see cref="Field.Stack"/>; one of which a
/// person said that it has none (<see cref="Field.Cleared"/>) belongs to no other; and where nothing is said the rules decide.
/// </summary>
public static class Stacking
{
    /// <summary>Makes a photo another version of one; where it has a stack already it stays in that. The first has its own id there, where it had no text.</summary>
    public static Deed Join(string older, string newer) => (connection, shelf) =>
    {
        List<(long Id, string Uid, string? Stack)> photos = connection.Query<(long, string, string?)>(
            $"SELECT id, uid, {Dialect.Json("facts", "stack")} FROM asset WHERE uid IN (@older, @newer)", new { older, newer }).AsList();
        if (photos.Count < 2 || photos.Any(p => p.Uid == newer && p.Stack is not null)) return new([], newer);
        return State(connection, photos.Select(p => (p.Id, p.Uid)), Edit.Set(Field.Stack, Json(photos.First(p => p.Uid == older).Stack ?? older)), newer);
    };

    /// <summary>Stacks photos and clips, whatever stacks they were in.</summary>
    /// <param name="cover">The id of the one that stands for all.</param>
    public static Deed Together(string cover, Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select) => (connection, _) =>
    {
        IReadOnlyList<(long Id, string Uid)> photos = select(connection);
        if (photos.Count < 2) throw new ArrangeException(ArrangeFault.Refused, "A stack has two photos or more: name all that belong together, the one to be shown first.");
        return State(connection, photos, Edit.Set(Field.Stack, Json(StackPlan.CoverMark + cover)), cover);
    };

    /// <summary>Takes photos and clips out of their stacks; the rules do not put them back.</summary>
    public static Deed Apart(Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select) => (connection, _) =>
    {
        IReadOnlyList<(long Id, string Uid)> photos = select(connection);
        HashSet<long> stacked = [.. connection.Query<long>($"SELECT m.asset_id FROM {Dialect.JsonItems("@ids")} i CROSS JOIN stack_member m ON m.asset_id = i.value", new { ids = Dialect.JsonArray(photos.Select(p => p.Id)) })];
        // An editor would find that there is no text already, and it is that there shall be none which is to be said.
        List<StatementChange> changes = [];
        foreach (string uid in photos.Where(p => stacked.Contains(p.Id)).Select(p => p.Uid))
            if (Journal.Statement(connection, uid, StatementKind.Person, Field.Stack.Name) is var said && said != Field.Cleared)
                changes.Add(new(uid, Field.Stack.Name, StatementKind.Person, said, Field.Cleared));
        return new(changes, "", photos.Count - changes.Count);
    };

    /// <summary>Takes back what people said, so that the rules decide.</summary>
    public static Deed Forget(Func<DbConnection, IReadOnlyList<(long Id, string Uid)>> select) => (connection, _) => State(connection, select(connection), Edit.Reset(Field.Stack), "");

    static Plan State(DbConnection connection, IEnumerable<(long Id, string Uid)> photos, Edit edit, string subject)
    {
        Edited plan = Editor.Plan(connection, [.. photos], [edit], out List<StatementChange> changes);
        return new(changes, subject, plan.Selected - changes.Count(c => c.Kind is StatementKind.Person));
    }

    static string Json(string text) => JsonSerializer.Serialize(text, FactsJson.Default.String);
}
