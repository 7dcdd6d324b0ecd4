using Albumen.Catalog;
using Albumen.Storage;

namespace Albumen.Organization;

/// <summary>What can be done to smart albums: queries under a name.</summary>
public sealed class SmartAlbums(TimeProvider clock)
{
    /// <exception cref="QueryException">The query cannot be understood.</exception>
    public Deed Create(string title, string query, string? description = null)
    {
        _ = Query.Parse(query);
        return (_, shelf) =>
        {
            Albums.CheckTitle(title);
            string id = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
            List<StatementChange> changes = [Stating(Arranged.Title, title), Stating(Arranged.Name, Free(shelf, title, null)), Stating(Arranged.Query, query)];
            if (description is { Length: > 0 }) changes.Add(Stating(Arranged.Description, description));
            return new(changes, id);

            StatementChange Stating(string field, string value) => new(id, field, StatementKind.Smart, null, Arranged.Json(value));
        };
    }

    /// <summary>Says something else of it; null leaves what is said, and an empty description is none.</summary>
    /// <exception cref="QueryException">The query cannot be understood.</exception>
    public static Deed Change(string smart, string? title = null, string? query = null, string? description = null)
    {
        if (query is not null) _ = Query.Parse(query);
        return (connection, shelf) =>
        {
            SmartAlbum known = Known(shelf, smart);
            List<StatementChange> changes = [];
            if (title is not null && title != known.Title)
            {
                Albums.CheckTitle(title);
                Say(Arranged.Title, title);
                Say(Arranged.Name, Free(shelf, title, known));
            }
            if (query is not null) Say(Arranged.Query, query);
            if (description is not null) Say(Arranged.Description, description.Length == 0 ? null : description);
            return new(changes, smart);

            void Say(string field, string? value)
            {
                string? before = Journal.Statement(connection, smart, StatementKind.Smart, field), after = value is null ? null : Arranged.Json(value);
                if (before != after) changes.Add(new(smart, field, StatementKind.Smart, before, after));
            }
        };
    }

    public static Deed Delete(string smart) => (connection, shelf) =>
    {
        _ = Known(shelf, smart);
        return new([.. Journal.Statements(connection, smart, StatementKind.Smart).Select(s => new StatementChange(smart, s.Key, StatementKind.Smart, s.Value, null))], smart);
    };

    /// <exception cref="ArrangeException">There is none.</exception>
    internal static SmartAlbum Known(Shelf shelf, string smart) =>
        shelf.Smart.FirstOrDefault(s => s.Id == smart) ?? throw new ArrangeException(ArrangeFault.Missing, $"There is no smart album {smart}.");

    static string Free(Shelf shelf, string title, SmartAlbum? but)
    {
        EntryName name = EntryName.From(title);
        return shelf.Smart.FirstOrDefault(s => s.Key == name.Key && s.Id != but?.Id) is { } there
            ? throw new ArrangeException(ArrangeFault.Taken, $"There is a smart album {there.Name} already.")
            : name.Name;
    }
}
