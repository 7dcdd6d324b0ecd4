using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using Albumen.Catalog;
using Albumen.Sql;
using Dapper;

namespace Albumen.Sidecar;

/// <summary>
/// The layer as other programs and people like to read it: who is in which photos, what belongs together, what is undecided. All of it follows from the journal
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
        return [("people.json", Document(json => People(json, connection))), ("stacks.json", Document(json => Stacks(json, connection))), ("conflicts.json", Document(json => Conflicts(json, connection)))];
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
