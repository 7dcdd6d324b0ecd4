using System.Text.Json;
using System.Text.RegularExpressions;

namespace Albumen.Catalog;

/// <summary>
/// An operation that comes from elsewhere: a line of a journal that anybody may have written. Whatever could not have been said here is refused, and values are
/// written as we write them.
/// </summary>
public static partial class ForeignOperation
{
    /// <exception cref="FormatException">It is no operation; the message says why.</exception>
    public static Operation Read(ReadOnlyMemory<byte> line)
    {
        Operation operation = Operation.FromLine(line);
        Require(IsId(operation.Id) && (operation.Undoes is null || IsId(operation.Undoes)), "its id has not 32 hexadecimal digits");
        HashSet<(string, StatementKind, string)> seen = [];
        List<StatementChange> changes = [];
        // What was removed elsewhere was not removed here.
        foreach (StatementChange change in operation.Changes.Where(c => c.Kind is not StatementKind.Purged))
        {
            Require(seen.Add((change.Asset, change.Kind, change.Field)), $"it changes {change.Field} of {change.Asset} twice");
            changes.Add(change with { Before = Value(change, change.Before), After = Value(change, change.After) });
        }
        return operation with { Changes = changes };
    }

    static string? Value(StatementChange change, string? value)
    {
        switch (change.Kind)
        {
            case StatementKind.Content:
                _ = ContentHash.Parse(change.Field);
                Require(value is null or "true", $"{value} is said of a content, and only true can be");
                return value;
            case StatementKind.Name:
                Require(change.Field == AssetIndex.Name, $"there is no field '{change.Field}' of names");
                return value is null ? null : NameOf(value);
            case StatementKind.Conflict:
                Require(Field.Find(change.Field) is not null, $"there is no field '{change.Field}'");
                return value is null ? null : ConflictOf(value).ToJson();
            case StatementKind.Album or StatementKind.Entry or StatementKind.Smart or StatementKind.TagFolder:
                return value is null ? null : Arranged.Read(change.Kind, change.Field, value);
            default:
                if (value is null or Field.Cleared) return value;
                return Stated(Field.Find(change.Field)!, value);
        }
    }

    static string NameOf(string value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, FactsJson.Default.String) is { } name ? JsonSerializer.Serialize(name, FactsJson.Default.String) : throw new FormatException($"{value} is no name");
        }
        catch (JsonException error)
        {
            throw new FormatException($"{value} is no name: {error.Message}", error);
        }
    }

    static string Stated(Field field, string value)
    {
        Facts facts;
        try
        {
            facts = field.Write(new(), value);
        }
        catch (JsonException error)
        {
            throw new FormatException($"{value} is no value of {field}: {error.Message}", error);
        }
        if (facts.Taken is { } taken) Require(IsTime(taken), $"'{taken.Local}' is no capture time");
        return field.Read(facts) ?? throw new FormatException($"{value} is no value of {field}");
    }

    static Conflict ConflictOf(string value)
    {
        try
        {
            return Conflict.FromJson(value) is { File: not null } conflict ? conflict : throw new FormatException($"{value} is no conflict");
        }
        catch (JsonException error)
        {
            throw new FormatException($"{value} is no conflict: {error.Message}", error);
        }
    }

    static bool IsTime(CaptureTime taken) =>
        taken.Local is not null && Local().IsMatch(taken.Local) && (taken.Offset is null || Offset().IsMatch(taken.Offset)) && taken.Precision is "exact" or "day" or "month" or "year" or "decade";

    static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new FormatException($"not an operation: {otherwise}");
    }

    [GeneratedRegex(@"^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?)?)?\z")]
    private static partial Regex Local();

    [GeneratedRegex(@"^[+-][0-9]{2}:[0-9]{2}\z")]
    private static partial Regex Offset();
}
