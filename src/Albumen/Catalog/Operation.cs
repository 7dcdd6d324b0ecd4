using System.Globalization;
using System.Text.Json;

namespace Albumen.Catalog;

/// <summary>Whose statement it is. The numbers stand in the catalogue.</summary>
public enum StatementKind
{
    /// <summary>A person's value of a field.</summary>
    Person = 0,
    /// <summary>What the sidecars say by themselves of a field, noted where somebody changed it since they were first read.</summary>
    Sidecar = 1,
    /// <summary>A person and a sidecar disagree: <see cref="Conflict"/> as JSON.</summary>
    Conflict = 2,
    /// <summary>A content that an asset goes on with; the field is its SHA-256.</summary>
    Content = 3,
    /// <summary>The file name that an asset is known by where it has several and that is not the one at its first place.</summary>
    Name = 4,
    /// <summary>Something of an album, whose id stands in the place of the asset's; see <see cref="Arranged"/>.</summary>
    Album = 5,
    /// <summary>An <see cref="AlbumEntry"/> of an album; the field is its key.</summary>
    Entry = 6,
    /// <summary>Something of a smart album, whose id stands in the place of the asset's.</summary>
    Smart = 7,
    /// <summary>A tag that exists even without photos; <see cref="Arranged.Tags"/> stands in the place of the asset.</summary>
    TagFolder = 8,
    /// <summary>Since when its files are removed for good, by an admin; the field is <c>purged</c>. It cannot be taken back.</summary>
    Purged = 9,
}

/// <summary>One statement of one asset that became another. Its inverse is the same with <paramref name="Before"/> and <paramref name="After"/> exchanged.</summary>
/// <param name="Asset">Its uid; of <see cref="StatementKind.Album"/> to <see cref="StatementKind.TagFolder"/>, what the kind says.</param>
/// <param name="Field">The name of a <see cref="Catalog.Field"/>, a SHA-256, <c>name</c>, or what the kind says.</param>
/// <param name="Before">JSON; null: there was no statement.</param>
/// <param name="After">JSON; null: there is none any more.</param>
public sealed record StatementChange(string Asset, string Field, StatementKind Kind, string? Before, string? After)
{
    /// <summary>Whether what it says is said of an asset, so that what counts of it may change.</summary>
    public bool IsOfAsset => Kind is <= StatementKind.Name or StatementKind.Purged;

    /// <summary>The photo or clip that it concerns; null when there is none.</summary>
    public string? Photo => IsOfAsset ? Asset : Kind is StatementKind.Entry ? AlbumEntry.FromJson((After ?? Before)!).Asset : null;
}

/// <summary>Everything that was changed at once, by one person through one door. It is done whole or not at all, and can be taken back.</summary>
/// <param name="Number">From 1, in the order in which they were done.</param>
/// <param name="Id">The same in every copy of the journal.</param>
/// <param name="Door">Where it came in: <c>cli</c>, <c>api</c>, <c>webdav</c>, <c>sidecar</c>, <c>scan</c>, <c>import</c>.</param>
/// <param name="What">In words.</param>
/// <param name="Undoes">The id of the operation it takes back.</param>
public sealed record Operation(long Number, string Id, DateTimeOffset At, string Who, string Door, string What, string? Undoes, IReadOnlyList<StatementChange> Changes)
{
    /// <summary>How many photos and clips it concerns.</summary>
    public int Assets => Changes.Select(c => c.Photo).Where(photo => photo is not null).Distinct().Count();

    /// <summary>One line of JSON, as Sidecar/FORMAT.md describes it. Assets whose statement changed alike stand together.</summary>
    public byte[] ToLine()
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteNumber("number", Number);
            json.WriteString("id", Id);
            json.WriteString("at", At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("who", Who);
            json.WriteString("door", Door);
            json.WriteString("what", What);
            if (Undoes is not null) json.WriteString("undoes", Undoes);
            json.WriteStartArray("changes");
            foreach (IGrouping<(StatementKind, string, string?, string?), StatementChange> alike in Changes.GroupBy(c => (c.Kind, c.Field, c.Before, c.After)))
            {
                (StatementKind kind, string field, string? before, string? after) = alike.Key;
                json.WriteStartObject();
                json.WriteString("of", NameOf(kind));
                json.WriteString("field", field);
                Write("before", before);
                Write("after", after);
                json.WriteStartArray("assets");
                foreach (StatementChange change in alike) json.WriteStringValue(change.Asset);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();

            void Write(string name, string? value)
            {
                if (value is null) return;
                json.WritePropertyName(name);
                json.WriteRawValue(value);
            }
        }
        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    /// <exception cref="FormatException">It is no line of a journal; the message says why.</exception>
    public static Operation FromLine(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            List<StatementChange> changes = [];
            foreach (JsonElement alike in root.GetProperty("changes").EnumerateArray())
            {
                StatementKind kind = KindOf(alike.GetProperty("of").GetString());
                string field = Text(alike, "field");
                string? before = Value(alike, "before"), after = Value(alike, "after");
                if (kind is StatementKind.Person or StatementKind.Sidecar) Check(field, after);
                if (kind is StatementKind.Entry) Array.ForEach([before, after], value => _ = value is null ? null : AlbumEntry.FromJson(value));
                foreach (JsonElement asset in alike.GetProperty("assets").EnumerateArray()) changes.Add(new(kind is StatementKind.TagFolder ? Tags(asset) : Uid(asset), field, kind, before, after));
            }
            return new(root.GetProperty("number").GetInt64(), Text(root, "id"), root.GetProperty("at").GetDateTimeOffset(), Text(root, "who"), Text(root, "door"), Text(root, "what"),
                root.TryGetProperty("undoes", out JsonElement undoes) ? undoes.GetString() : null, changes);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"not a line of a journal: {error.Message}", error);
        }

        static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

        static string? Value(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : null;

        static string Uid(JsonElement asset) =>
            asset.GetString() is { Length: 32 } uid && uid.All(char.IsAsciiHexDigitLower) ? uid : throw new FormatException($"{asset.GetRawText()} is not the id of an asset");

        static string Tags(JsonElement asset) => asset.GetString() is Arranged.Tags ? Arranged.Tags : throw new FormatException($"{asset.GetRawText()} is not '{Arranged.Tags}'");

        static void Check(string name, string? value) =>
            _ = (Catalog.Field.Find(name) ?? throw new FormatException($"there is no field '{name}'")).Write(new(), value);
    }

    /// <summary>As it stands in the journal and in the API.</summary>
    public static string NameOf(StatementKind kind) => kind switch
    {
        StatementKind.Person => "person",
        StatementKind.Sidecar => "sidecar",
        StatementKind.Conflict => "conflict",
        StatementKind.Content => "content",
        StatementKind.Name => "name",
        StatementKind.Album => "album",
        StatementKind.Entry => "entry",
        StatementKind.Smart => "smart",
        StatementKind.Purged => "purged",
        _ => "tag_folder",
    };

    static StatementKind KindOf(string? name) => name switch
    {
        "person" => StatementKind.Person,
        "sidecar" => StatementKind.Sidecar,
        "conflict" => StatementKind.Conflict,
        "content" => StatementKind.Content,
        "name" => StatementKind.Name,
        "album" => StatementKind.Album,
        "entry" => StatementKind.Entry,
        "smart" => StatementKind.Smart,
        "tag_folder" => StatementKind.TagFolder,
        "purged" => StatementKind.Purged,
        _ => throw new FormatException($"'{name}' is not person, sidecar, conflict, content, name, album, entry, smart, tag_folder or purged"),
    };
}
