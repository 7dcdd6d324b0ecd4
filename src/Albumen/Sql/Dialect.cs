using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Albumen.Sql;

/// <summary>What queries say in SQLite's own words: full text and JSON. Another database needs another one of these.</summary>
static class Dialect
{
    /// <summary>The ids of rows in whose full text something is found.</summary>
    /// <param name="parameter">Its value is made of <see cref="Phrase"/>.</param>
    public static string FullText(string table, string parameter) => $"(SELECT rowid FROM {table} WHERE {table} MATCH {parameter})";

    /// <summary>Words that follow one another, as full text wants to be asked: quoted, so that no operator of its language is meant.</summary>
    /// <param name="column">Null: in any.</param>
    /// <param name="isBeginning">The last word may go on.</param>
    public static string Phrase(string? column, string words, bool isBeginning) =>
        $"{(column is null ? "" : column + " : ")}\"{words.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("\0", " ", StringComparison.Ordinal)}\"{(isBeginning ? " *" : "")}";

    /// <summary>All of these <see cref="Phrase"/>s.</summary>
    public static string All(IEnumerable<string> phrases) => string.Join(" AND ", phrases);

    /// <summary>Whether full text finds such words wherever they occur; in other scripts its idea of a letter may differ from ours.</summary>
    public static bool IsSureOf(string words)
    {
        // The end of Cyrillic.
        const char Last = '\u052F';
        return words.All(c => c <= Last) && words.EnumerateRunes().Any(Rune.IsLetterOrDigit);
    }

    /// <param name="path"><c>exposure.iso</c>, <c>tags[0]</c>.</param>
    public static string Json(string column, string path) => $"json_extract({column}, '$.{path}')";

    /// <summary>The text that a JSON value is.</summary>
    public static string Text(string column) => $"json_extract({column}, '$')";

    /// <summary>A flag that is set; false when it is unset, null when it is absent.</summary>
    public static string JsonFlag(string column, string path) => $"{Json(column, path)} = 1";

    /// <summary>A list as a table with the one column <c>value</c>.</summary>
    public static string JsonItems(string column, string path) => $"json_each({column}, '$.{path}')";

    /// <summary>A JSON array as a table with the one column <c>value</c>.</summary>
    public static string JsonItems(string array) => $"json_each({array})";

    /// <summary>Such an array, to be given as a parameter: however many they are, it is one.</summary>
    public static string JsonArray<T>(IEnumerable<T> items) => JsonSerializer.Serialize(items);

    /// <summary>See <see cref="Folding.Fold"/>.</summary>
    public static string Fold(string text) => $"albumen_fold({text})";

    /// <summary>See <see cref="Folding.Words"/>.</summary>
    public static string Words(string text) => $"albumen_words({text})";

    /// <summary>Teaches a connection the functions that are ours.</summary>
    public static void Teach(SqliteConnection connection)
    {
        connection.CreateFunction<object?, string?>("albumen_fold", static value => ToText(value) is { } text ? Folding.Fold(text) : null, isDeterministic: true);
        connection.CreateFunction<object?, string?>("albumen_words", static value => ToText(value) is { } text ? Folding.Words(text) : null, isDeterministic: true);
    }

    static string? ToText(object? value) => value is null or DBNull ? null : value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture);
}
