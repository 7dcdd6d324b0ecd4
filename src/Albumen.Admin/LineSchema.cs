using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Albumen.Admin;

/// <summary>JSON Schema (draft 2020-12) of what one line of a verb's <c>--json</c> can be. What is not known is absent, never null; further properties may come with later versions.</summary>
static partial class LineSchema
{
    const string Draft = "https://json-schema.org/draft/2020-12/schema";

    static readonly Lazy<Dictionary<string, XElement>> Documentation = new(Read);

    public static JsonObject Of(Verb verb)
    {
        JsonObject schema = new() { ["$schema"] = Draft, ["title"] = $"A line of '{VerbTree.Typed(verb)} --json'" };
        if (verb.Lines is [var only])
        {
            foreach ((string key, JsonNode? value) in (JsonObject)Of(only)) schema[key] = value?.DeepClone();
            return schema;
        }
        schema["anyOf"] = new JsonArray([.. verb.Lines.Select((type, i) => Moved(Of(type), $"#/anyOf/{i}"))]);
        return schema;
    }

    static JsonNode Of(JsonTypeInfo type) => type.GetJsonSchemaAsNode(new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform });

    static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
            // true, which is anything; where it is said what, it has to be an object.
            return Said(context) is { } words ? new JsonObject { ["description"] = words } : node;
        schema.Remove("default");
        if (schema["type"] is JsonArray types)
        {
            string[] left = [.. types.Select(t => t!.GetValue<string>()).Where(t => t != "null")];
            schema["type"] = left is [var one] ? one : new JsonArray([.. left.Select(t => (JsonNode)t)]);
        }
        if (schema["properties"] is JsonObject && context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            string[] always = [.. context.TypeInfo.Properties.Where(p => p.Get is not null && !p.IsGetNullable && p.ShouldSerialize is null).Select(p => p.Name)];
            schema.Remove("required");
            if (always.Length > 0) schema["required"] = new JsonArray([.. always.Select(name => (JsonNode)name)]);
        }
        if (Said(context) is { } said) schema["description"] = said;
        return schema;
    }

    /// <summary>What the documentation says of a property, or else of its type.</summary>
    static string? Said(JsonSchemaExporterContext context)
    {
        if (context.PropertyInfo is not { } property) return Summary($"T:{Id(context.TypeInfo.Type)}");
        if (property.DeclaringType.GetProperties(BindingFlags.Public | BindingFlags.Instance).FirstOrDefault(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name) == property.Name) is not { } member) return null;
        string owner = Id(member.DeclaringType!);
        // Of a record's parameter it stands with the record.
        return (Documentation.Value.TryGetValue($"T:{owner}", out XElement? type) ? type.Elements("param").FirstOrDefault(p => p.Attribute("name")?.Value == member.Name) is { } parameter ? Text(parameter) : null : null)
            ?? Summary($"P:{owner}.{member.Name}") ?? Summary($"T:{Id(context.TypeInfo.Type)}");
    }

    static string Id(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    static string? Summary(string id)
    {
        if (!Documentation.Value.TryGetValue(id, out XElement? member)) return null;
        if (member.Element("inheritdoc")?.Attribute("cref")?.Value is { } other && other != id) return Summary(other);
        return member.Element("summary") is { } summary ? Text(summary) : null;
    }

    static string? Text(XElement element)
    {
        string text = Blanks().Replace(string.Concat(element.Nodes().Select(Word)), " ").Trim();
        return text.Length > 0 ? text : null;
    }

    static string Word(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "seealso" or "paramref" } reference => JsonNamingPolicy.SnakeCaseLower.ConvertName((reference.Attribute("cref") ?? reference.Attribute("name"))?.Value.Split('.', ':')[^1] ?? ""),
        XElement element => string.Concat(element.Nodes().Select(Word)),
        _ => "",
    };

    /// <summary>References within a schema, where it becomes part of another.</summary>
    static JsonNode Moved(JsonNode node, string below)
    {
        if (node is JsonObject schema)
            foreach ((string key, JsonNode? value) in schema.ToArray())
                if (key == "$ref" && value is JsonValue) schema[key] = below + value.GetValue<string>()[1..];
                else if (value is not null) Moved(value, below);
        if (node is JsonArray array)
            foreach (JsonNode item in array.OfType<JsonNode>()) Moved(item, below);
        return node;
    }

    // The compiler writes it next to the contract, and the build puts it into this program.
    static Dictionary<string, XElement> Read()
    {
        using Stream documentation = typeof(LineSchema).Assembly.GetManifestResourceStream("Albumen.Client.xml")!;
        return XDocument.Load(documentation).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
