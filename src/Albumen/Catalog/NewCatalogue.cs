using System.Data.Common;
using Albumen.Sql;
using Dapper;

namespace Albumen.Catalog;

/// <summary>
/// Remembers that a catalogue is being made and has not seen every file yet. Until then what comes first means nothing: photos are known by the name at
/// their first place; and where there was a catalogue before, nothing gets a place in the timeline that may belong to what is found later.
/// </summary>
public static class NewCatalogue
{
    const string Cursor = "new catalogue";
    const long First = 1, Again = 2;

    /// <summary>Notes that it is new if it is, in the caller's transaction.</summary>
    /// <param name="isAgain">There was one before: files of it lie in the layer folder.</param>
    public static void Begin(DbConnection connection, bool isAgain) => connection.Execute("""
        INSERT INTO cursor (name, position) SELECT @Cursor, @position WHERE NOT EXISTS (SELECT 1 FROM folder) ON CONFLICT (name) DO NOTHING
        """, new { Cursor, position = isAgain ? Again : First });

    public static bool IsNew(DbConnection connection) => Position(connection) is not null;

    /// <summary>Whether it is new and another was thrown away.</summary>
    public static bool IsMadeAgain(DbConnection connection) => Position(connection) is Again;

    /// <inheritdoc cref="IsMadeAgain(DbConnection)"/>
    public static bool IsMadeAgain(Database catalog)
    {
        using Database.Reader reader = catalog.Read();
        return IsMadeAgain(reader.Connection);
    }

    /// <summary>Every file was found and read.</summary>
    public static void End(DbConnection connection) => connection.Execute("DELETE FROM cursor WHERE name = @Cursor", new { Cursor });

    static long? Position(DbConnection connection) => connection.ExecuteScalar<long?>("SELECT position FROM cursor WHERE name = @Cursor", new { Cursor });
}
