using System.Data.Common;
using Albumen.Catalog;
using Albumen.Sql;
using Dapper;

namespace Albumen.Organization;

/// <summary>Decides what is to be changed of albums, smart albums and tags, from how they are now.</summary>
/// <exception cref="ArrangeException">It cannot be done.</exception>
public delegate Plan Deed(DbConnection connection, Shelf shelf);

/// <summary>What a <see cref="Deed"/> changes.</summary>
/// <param name="Subject">The id of the album or smart album; of tags, the tag.</param>
/// <param name="Skipped">How many photos were meant and need nothing.</param>
public sealed record Plan(IReadOnlyList<StatementChange> Changes, string Subject, int Skipped = 0);

/// <summary>What was done.</summary>
/// <param name="Operation">Null when there was nothing to change, and in a rehearsal.</param>
public sealed record Arrangement(Operation? Operation, Plan Plan);

/// <summary>Does what <see cref="Albums"/>, <see cref="SmartAlbums"/> and <see cref="TagFolders"/> decide, each deed as one operation of the <see cref="Journal"/>.</summary>
public sealed class Organizer(Database catalog, Journal journal)
{
    public Shelves Shelves { get; } = new(journal);

    /// <exception cref="ArrangeException">It cannot be done; nothing was changed.</exception>
    /// <exception cref="IOException">The disk is full or failing; nothing was changed.</exception>
    public async Task<Arrangement> DoAsync(Author author, string what, Deed deed, CancellationToken cancellationToken)
    {
        Plan plan = null!;
        Operation? operation = await journal.CommitAsync(author, what, connection =>
        {
            plan = deed(connection, Shelves.Now(connection));
            return plan.Changes;
        }, cancellationToken);
        return new(operation, plan);
    }

    /// <summary>Says what <see cref="DoAsync"/> would do.</summary>
    /// <exception cref="ArrangeException">It cannot be done.</exception>
    public Arrangement Rehearse(Deed deed)
    {
        using Database.Reader reader = catalog.Read();
        return new(null, deed(reader.Connection, Shelves.Now(reader.Connection)));
    }

    /// <summary>Albums, smart albums and tags as they are now.</summary>
    public Shelf Shelf()
    {
        using Database.Reader reader = catalog.Read();
        return Shelves.Now(reader.Connection);
    }

    /// <summary>States something of one photo.</summary>
    public static Deed Say(string asset, IReadOnlyList<Edit> edits) => (connection, _) =>
    {
        Editor.Plan(connection, connection.Query<(long, string)>("SELECT id, uid FROM asset WHERE uid = @asset", new { asset }).AsList(), edits, out List<StatementChange> changes);
        return new(changes, asset);
    };

    /// <summary>Several deeds as one; each sees the albums as they were before all.</summary>
    public static Deed Both(Deed first, Deed second) => (connection, shelf) =>
    {
        Plan one = first(connection, shelf), other = second(connection, shelf);
        return new([.. one.Changes, .. other.Changes], other.Subject, one.Skipped + other.Skipped);
    };
}

/// <summary>Why something cannot be arranged so.</summary>
public enum ArrangeFault
{
    /// <summary>There is no such album, smart album, tag or entry.</summary>
    Missing,
    /// <summary>The name belongs to another.</summary>
    Taken,
    /// <summary>It makes no sense.</summary>
    Refused,
}

/// <summary>Albums or tags cannot be arranged so; the message says why and what to do.</summary>
public sealed class ArrangeException(ArrangeFault fault, string message) : Exception(message)
{
    public ArrangeFault Fault => fault;
}
