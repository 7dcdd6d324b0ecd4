using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Organization;
using Albumen.Sql;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>
/// The layer as other programs and people like to read it: who is in which photos, what belongs together, what is undecided, which albums there are. All of it follows from the journal
/// and the files, so it is written and never read. FORMAT.md describes it.
/// </summary>
public static class LayerDocuments
{
    const int MostPhotosOfOne = 1000, MostConflicts = 10_000;

    static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Make(Database catalog)
    {
        using Database.Reader reader = catalog.Read();
        DbConnection connection = reader.Connection;
        Shelf shelf = Shelf.Read(connection);
        return
        [
            ("people.json", Document(json => People(json, connection))), ("stacks.json", Document(json => Stacks(json, connection))), ("conflicts.json", Document(json => Conflicts(json, connection))),
            ("albums.json", Document(json => Albums(json, connection, shelf))), ("smart.json", Document(json => Smart(json, shelf))),
        ];
    }

    static void People(Utf8JsonWriter json, DbConnection connection)
    {
        Dictionary<string, List<string>> marked = [];
        foreach ((string name, string asset) in connection.Query<(string, string)>($"""
            SELECT DISTINCT {Dialect.Json("r.value", "name")}, a.uid FROM asset a, {Dialect.JsonItems("a.facts", "regions")} r
            WHERE {Dialect.Json("r.value", "type")} = 'Face' AND {Dialect.Json("r.value", "name")} IS NOT NULL ORDER BY a.uid
            """, buffered: false))
        {
            if (!marked.TryGetValue(name, out List<string>? assets)) marked.Add(name, assets = []);
            // One more tells that there are more.
            if (assets.Count <= MostPhotosOfOne) assets.Add(asset);
        }
        json.WriteStartArray("people");
        foreach ((string name, long photos) in connection.Query<(string, long)>($"SELECT p.value, count(*) FROM asset a, {Dialect.JsonItems("a.facts", "people")} p GROUP BY p.value ORDER BY p.value"))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("photos", photos);
            Ids(json, "marked_in", marked.GetValueOrDefault(name) ?? [], MostPhotosOfOne);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void Stacks(Utf8JsonWriter json, DbConnection connection)
    {
        json.WriteStartArray("stacks");
        string? open = null;
        foreach ((string stack, string asset) in connection.Query<(string, string)>($"""
            SELECT {Dialect.Json("facts", "stack")} AS stack, uid FROM asset WHERE {Dialect.Json("facts", "stack")} IS NOT NULL ORDER BY stack, uid
            """, buffered: false))
        {
            if (stack != open)
            {
                End();
                json.WriteStartObject();
                json.WriteString("stack", open = stack);
                json.WriteStartArray("assets");
            }
            json.WriteStringValue(asset);
        }
        End();
        json.WriteEndArray();

        void End()
        {
            if (open is null) return;
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    static void Conflicts(Utf8JsonWriter json, DbConnection connection)
    {
        List<(string Asset, string Field, string Value, string? Ours)> open = connection.Query<(string, string, string, string?)>("""
            SELECT c.asset, c.field, c.value, p.value FROM statement c LEFT JOIN statement p ON p.asset = c.asset AND p.kind = 0 AND p.field = c.field
            WHERE c.kind = 2 ORDER BY c.asset, c.field LIMIT @most
            """, new { most = MostConflicts + 1 }).AsList();
        json.WriteStartArray("conflicts");
        foreach ((string asset, string field, string value, string? ours) in open.Take(MostConflicts))
        {
            Conflict conflict = Conflict.FromJson(value);
            json.WriteStartObject();
            json.WriteString("asset", asset);
            json.WriteString("field", field);
            Value("ours", ours);
            Value("theirs", conflict.Theirs?.GetRawText());
            Value("base", conflict.Base?.GetRawText());
            json.WriteString("file", conflict.File);
            json.WriteString("since", conflict.Since);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (open.Count > MostConflicts) json.WriteBoolean("more", true);

        void Value(string name, string? raw)
        {
            if (raw is null) return;
            json.WritePropertyName(name);
            json.WriteRawValue(raw);
        }
    }

    static void Albums(Utf8JsonWriter json, DbConnection connection, Shelf shelf)
    {
        ILookup<string, string> entries = connection.Query<(string Album, string Entry)>("SELECT asset, value FROM statement WHERE asset IN (SELECT asset FROM statement WHERE kind = 5 AND field = 'name') AND kind = 6 ORDER BY asset, field")
            .ToLookup(e => e.Album, e => e.Entry);
        json.WriteStartArray("albums");
        foreach (Album album in shelf.Albums.OrderBy(a => a.Path, StringComparer.Ordinal).ThenBy(a => a.Id, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("id", album.Id);
            json.WriteString("path", album.Path);
            json.WriteString("title", album.Title);
            Text(json, "parent", album.Parent?.Id);
            Text(json, "description", album.Description);
            Text(json, "cover", album.Cover);
            json.WriteString("order", album.Order);
            Text(json, "trashed", album.Trashed);
            json.WriteStartArray("entries");
            // One a line, as they are in the journal.
            foreach (string entry in entries[album.Id]) json.WriteRawValue(entry);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void Smart(Utf8JsonWriter json, Shelf shelf)
    {
        json.WriteStartArray("smart");
        foreach (SmartAlbum album in shelf.Smart)
        {
            json.WriteStartObject();
            json.WriteString("id", album.Id);
            json.WriteString("name", album.Name);
            json.WriteString("title", album.Title);
            json.WriteString("query", album.Query);
            Text(json, "description", album.Description);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null) json.WriteString(name, text);
    }

    static void Ids(Utf8JsonWriter json, string name, List<string> ids, int most)
    {
        json.WriteStartArray(name);
        foreach (string id in ids.Take(most)) json.WriteStringValue(id);
        json.WriteEndArray();
        if (ids.Count > most) json.WriteBoolean("more", true);
    }

    static byte[] Document(Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("format", 1);
            write(json);
            json.WriteEndObject();
        }
        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }
}
