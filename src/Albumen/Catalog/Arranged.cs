using System.Text.Json;
using System.Text.RegularExpressions;
using Albumen.Storage;

namespace Albumen.Catalog;

/// <summary>What the statements say with which people arrange their photos: albums and what is in them, smart albums, tags. Sidecar/FORMAT.md lists them.</summary>
public static partial class Arranged
{
    /// <summary>What stands in the place of an asset where a tag is stated.</summary>
    public const string Tags = "tags";

    /// <summary>Of an album or a smart album: what people call it.</summary>
    public const string Title = "title";
    /// <summary>Of both: what its folder is called.</summary>
    public const string Name = "name";
    /// <summary>Of both.</summary>
    public const string Description = "description";
    /// <summary>Of an album: the id of the one it lies in; absent at the top.</summary>
    public const string Parent = "parent";
    /// <summary>Of an album: the id of an asset.</summary>
    public const string Cover = "cover";
    /// <summary>Of an album: one of <see cref="Orders"/>.</summary>
    public const string Order = "order";
    /// <summary>Of an album: since when it lies in the trash.</summary>
    public const string Trashed = "trashed";
    /// <summary>Of a smart album: in the language of the search.</summary>
    public const string Query = "query";

    /// <summary>In which order an album is shown, the usual one first: by capture time, by when each was added, by name.</summary>
    public static readonly IReadOnlyList<string> Orders = ["taken", "added", "name"];

    /// <summary>A text as a value.</summary>
    public static string Json(string text) => JsonSerializer.Serialize(text, ArrangedJson.Default.String);

    /// <summary>The text of a value.</summary>
    public static string Text(string json) => JsonSerializer.Deserialize(json, ArrangedJson.Default.String) ?? "";

    /// <summary>Reads a value that anybody may have written, and gives it as we write it.</summary>
    /// <exception cref="FormatException">It could not have been said here.</exception>
    internal static string Read(StatementKind kind, string field, string json)
    {
        if (kind is StatementKind.TagFolder)
        {
            Require(json == "true" && Edit.Tag(field) == field, $"{json} is no value of the tag {field}");
            return json;
        }
        if (kind is StatementKind.Entry)
        {
            AlbumEntry entry = AlbumEntry.FromJson(json);
            Require(EntryName.From(entry.Name) == new EntryName(entry.Name, field) && Time().IsMatch(entry.Added), $"{json} is no entry with the key {field}");
            return entry.ToJson();
        }
        string text = TextOf(json) ?? throw new FormatException($"{json} is no value of {field}");
        bool isRight = (kind, field) switch
        {
            (_, Title or Description) => text.Length is > 0 and <= 16 * 1024,
            (_, Name) => EntryName.From(text).Name == text,
            (StatementKind.Album, Parent or Cover) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower),
            (StatementKind.Album, Order) => Orders.Contains(text),
            (StatementKind.Album, Trashed) => Time().IsMatch(text),
            (StatementKind.Smart, Query) => text.Length is > 0 and <= 4000,
            _ => false,
        };
        Require(isRight, $"{json} is no value of {field}");
        return Json(text);
    }

    static string? TextOf(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ArrangedJson.Default.String);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new FormatException(otherwise);
    }

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z\z")]
    private static partial Regex Time();
}
