using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sql;
using Dapper;

namespace Albumen.Organization;

/// <summary>Says which photos and clips belong together. Each has the same text in <see cref="Field.Stack"/>; the first has its own id there, where it had none.</summary>
public static class Stacking
{
    /// <summary>Makes a photo another version of one; where it has a stack already it stays in that.</summary>
    public static Deed Join(string older, string newer) => (connection, shelf) =>
    {
        List<(long Id, string Uid, string? Stack)> photos = connection.Query<(long, string, string?)>(
            $"SELECT id, uid, {Dialect.Json("facts", "stack")} FROM asset WHERE uid IN (@older, @newer)", new { older, newer }).AsList();
        if (photos.Count < 2 || photos.Any(p => p.Uid == newer && p.Stack is not null)) return new([], newer);
        string stack = photos.First(p => p.Uid == older).Stack ?? older;
        _ = Editor.Plan(connection, [.. photos.Select(p => (p.Id, p.Uid))], [Edit.Set(Field.Stack, JsonSerializer.Serialize(stack, FactsJson.Default.String))], out List<StatementChange> changes);
        return new(changes, newer);
    };
}
