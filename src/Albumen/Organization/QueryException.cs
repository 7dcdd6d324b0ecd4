namespace Albumen.Organization;

/// <summary>A query that says nothing we understand; the message says what, at which column, and what to write instead.</summary>
/// <param name="column">From 1.</param>
public sealed class QueryException(string what, int column) : Exception($"{what} (column {column})")
{
    public int Column => column;
}
