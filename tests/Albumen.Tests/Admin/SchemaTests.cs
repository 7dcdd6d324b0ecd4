using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Albumen.Admin;
using Albumen.Admin.Verbs;
using Albumen.Tests.Daemon;

namespace Albumen.Tests.Admin;

/// <summary>What scripts rely on in the output of <c>--json</c>. The daemon is this class's own.</summary>
public sealed partial class SchemaTests(RunningDaemon daemon) : IClassFixture<RunningDaemon>
{
    const string Night = "/Folders/photos/night.jpg", Beach = "/Folders/photos/2024/Sommer am See/IMG_0001.jpg";

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Lines for each verb, in an order in which one has what those before it made. <c>{layer}</c> is a folder, <c>{digest}</c> and <c>{group}</c> were in the answer before.
    /// </summary>
    static readonly string[] Lines =
    [
        "scan --dry-run", "scan photos", "scan --wait photos", "status", "volume list", "ls /", "ls -r /Folders", "search is:photo", $"show {Night}", "show '/Folders/photos/2024/Sommer am See/IMG_0001.jpg'", "show /Folders", "jobs", "problems",
        $"set rating=4 title=Night {Night} --dry-run", $"set rating=4 title=Night gps=48.2,16.37 people+=Anna {Night}", $"date set 1978-06 {Night}", $"date shift -1h '{Beach}'", $"date zone Europe/Berlin '{Beach}'",
        $"tag add Animals/Dog {Night}", $"tag remove Animals/Dog '{Beach}'", "tag list", "tag rename Animals/Dog Dogs", "tag merge Dogs holiday --into Both", "tag create Cats", "tag delete Cats",
        "album create Trips/2024 --description x", $"album add Trips/2024 {Night} '{Beach}' --dry-run", $"album add Trips/2024 {Night} '{Beach}'", "album list", "album show Trips/2024", "album rename Trips/2024 Sylt", "album move Trips/Sylt /",
        "album describe Sylt 'by the sea'", $"album cover Sylt {Night}", "album order Sylt name", $"album remove Sylt {Night}", "album delete Sylt", "album list --trash", "album restore Sylt",
        "smart create Best rating:>=4", "smart list", "smart show Best", "smart change Best --title Better", "album freeze Better 'Best of {year}'", "smart delete Better",
        $"stack {Night} '{Beach}'", "stacks", "stacks --dry-run --with bursts=off", $"unstack {Night}", "duplicates", "duplicates --near", "derivatives", "derivatives --make proxy --dry-run",
        "quality", "quality --threshold 500", $"quality analyse {Night}", "quality analyse --all --dry-run", "missing", "doctor", "log", "log 1", "undo --dry-run", "undo", "conflicts", "conflicts resolve --all --take ours",
        "jobs pause --for 1h", "jobs resume", "jobs retry --all", "jobs priority high 1", "problems retry --all", "mount", "messages", "config show", "config check", "config apply {yaml} --yes",
        $"trash {Night}", "trash list", "purge --all --dry-run", $"restore --all", "export --to {layer}", "import-layer {layer} --dry-run",
        "backup now --wait", "backup", "verify --dry-run", "verify --wait photos", "verify --status", "verify --stop", "sidecar relocate photos --to mirror --dry-run", "sidecar sync",
        "user add anna", "user list", "app-password create anna --dry-run", "app-password create anna", "app-password list anna", "app-password revoke anna {group} --dry-run", "app-password revoke anna {group}", "user remove anna --yes",
    ];

    /// <summary>Nothing of this library makes them say anything, or say yes; their shape is that of the approved file alone.</summary>
    static readonly Dictionary<string, string> Silent = new()
    {
        ["jobs"] = "nothing waits",
        ["missing"] = "nothing is missing",
        ["certificate"] = "https is off",
        ["conflicts"] = "there is none",
        ["duplicates"] = "nothing lies twice",
        ["volume confirm"] = "no volume is suspect",
        ["volume reject"] = "no volume is suspect",
        ["config revert"] = "nothing was applied",
    };

    static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_those_that_were_agreed()
    {
        string schemas = Schema.All(VerbTree.Create()).ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
        string approved = Path.Combine(AppContext.BaseDirectory, "Admin/schemas.approved.json"), received = Path.ChangeExtension(approved, "received.json");
        Directory.CreateDirectory(Path.GetDirectoryName(received)!);
        await File.WriteAllTextAsync(received, schemas, Now);

        Assert.True(File.Exists(approved) && await File.ReadAllTextAsync(approved, Now) == schemas,
            $"What --json prints changed its shape. If that is meant, copy {received} over tests/Albumen.Tests/Admin/schemas.approved.json, and say so in packaging/changes.");
    }

    [Fact]
    public async Task Every_line_of_every_verb_is_of_its_shape()
    {
        string layer = Path.Combine(daemon.Root, "layer"), last = "";
        HashSet<string> tried = [], spoke = [];
        List<string> wrong = [];
        foreach (string template in Lines)
        {
            string line = template.Replace("{layer}", layer, StringComparison.Ordinal).Replace("{yaml}", Path.Combine(daemon.Root, "etc/albumen/albumen.yaml"), StringComparison.Ordinal).Replace("{group}", Group().Match(last) is { Success: true } group ? group.Groups[1].Value : "{group}", StringComparison.Ordinal);
            string[] words = VerbTreeTests.Split(line);
            Verb verb = (Verb)VerbTree.Create().Parse(words).CommandResult.Command;
            tried.Add(VerbTreeTests.Name(verb));
            JsonObject schema = LineSchema.Of(verb);

            Answer answer = await daemon.AlbumenAsync([.. words, "--json"]);

            if (answer.Code is not (0 or 3)) wrong.Add($"{line}: exit {answer.Code}: {answer.Error}");
            if (answer.Output.Length > 0) spoke.Add(VerbTreeTests.Name(verb));
            foreach (string json in answer.Lines)
                if (Trouble(JsonNode.Parse(json), schema, schema, "$") is { } trouble) wrong.Add($"{line}: {trouble}: {json}");
            if (Group().IsMatch(answer.Output)) last = answer.Output;
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        string[] all = [.. VerbTreeTests.All().Where(verb => verb.HasJson).Select(VerbTreeTests.Name)];
        Assert.Equal([], all.Except(tried).Except(Silent.Keys));
        Assert.Equal([], all.Except(spoke).Except(Silent.Keys));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", """{"a":1}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", """{"a":1.5}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", "{}", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", """{"a":1,"b":2}""", false)]
    [InlineData("""{"type":"array","items":{"type":["string","null"]}}""", """["x",null]""", true)]
    [InlineData("""{"type":"array","items":{"type":["string","null"]}}""", """["x",1]""", false)]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"number"}]}""", "1.5", true)]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"number"}]}""", "true", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"$ref":"#/properties/a"}}}}}""", """{"a":{"b":{"b":{}}}}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","properties":{"b":{"$ref":"#/properties/a"}}}}}""", """{"a":{"b":{"c":{}}}}""", false)]
    public void The_validator_tells_right_from_wrong(string schema, string value, bool isRight) =>
        Assert.Equal(isRight, Trouble(JsonNode.Parse(value), JsonNode.Parse(schema)!, JsonNode.Parse(schema)!, "$") is null);

    [Fact]
    public async Task A_schema_is_printed_of_one_verb_or_of_all()
    {
        Answer one = await CommandLine.RunAsync("schema", "album", "list"), all = await CommandLine.RunAsync("schema"), none = await CommandLine.RunAsync("schema", "album", "lst");

        JsonNode album = JsonNode.Parse(one.Output)!;
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", album["$schema"]!.GetValue<string>());
        Assert.Equal("A folder of photos that somebody put together.", album["description"]!.GetValue<string>());
        Assert.Equal("The names of folders from the top: Trips/2024. It is /Albums/Trips/2024 in the tree.", album["properties"]!["path"]!["description"]!.GetValue<string>());
        Assert.Equal(["id", "path", "title", "order", "photos"], album["required"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.True(JsonNode.DeepEquals(album, JsonNode.Parse(all.Output)!["album list"]));
        Assert.Equal(2, none.Code);
        Assert.Contains("Did you mean 'album list'?", none.Error, StringComparison.Ordinal);
    }

    /// <summary>As much of JSON Schema as the schemas use; stricter than it in that no property may come that is not described.</summary>
    static string? Trouble(JsonNode? value, JsonNode schema, JsonNode root, string at)
    {
        if (schema is JsonValue anything) return anything.GetValue<bool>() ? null : $"{at}: nothing may be here";
        foreach ((string key, JsonNode? _) in schema.AsObject())
            if (key is not ("$schema" or "title" or "description" or "type" or "properties" or "required" or "items" or "additionalProperties" or "anyOf" or "$ref" or "format" or "pattern" or "enum"))
                return $"{at}: the validator does not know '{key}'";
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            JsonNode target = reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(root, (node, step) => node is JsonArray array ? array[int.Parse(step)]! : node[step]!);
            return Trouble(value, target, root, at);
        }
        if (schema["anyOf"] is JsonArray alternatives)
        {
            string?[] troubles = [.. alternatives.Select(alternative => Trouble(value, alternative!, root, at))];
            return troubles.Contains(null) ? null : string.Join("; or ", troubles);
        }
        string kind = value switch
        {
            null => "null",
            JsonObject => "object",
            JsonArray => "array",
            _ when value.GetValueKind() == JsonValueKind.String => "string",
            _ when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => value.ToJsonString().IndexOfAny(['.', 'e', 'E']) < 0 ? "integer" : "number",
        };
        string[] types = schema["type"] switch { JsonArray several => [.. several.Select(t => t!.GetValue<string>())], JsonValue one => [one.GetValue<string>()], _ => [] };
        if (types.Length > 0 && !types.Contains(kind) && !(kind == "integer" && types.Contains("number"))) return $"{at}: {kind} instead of {string.Join(" or ", types)}";
        if (schema["enum"] is JsonArray values && !values.Any(v => JsonNode.DeepEquals(v, value))) return $"{at}: {value} is none of {values.ToJsonString()}";
        if (value is JsonArray items && schema["items"] is { } item) return items.Select((node, i) => Trouble(node, item, root, $"{at}[{i}]")).FirstOrDefault(t => t is not null);
        if (value is not JsonObject members || (types.Length == 0 && schema["properties"] is null)) return null;
        if (schema["required"] is JsonArray required && required.FirstOrDefault(name => !members.ContainsKey(name!.GetValue<string>())) is { } lacking) return $"{at}: {lacking} is missing";
        foreach ((string name, JsonNode? member) in members)
        {
            JsonNode? described = schema["properties"]?[name] ?? schema["additionalProperties"];
            if (described is null) return $"{at}: {name} is not described";
            if (Trouble(member, described, root, $"{at}.{name}") is { } trouble) return trouble;
        }
        return null;
    }

    [GeneratedRegex("""
        "password":"([0-9a-z]{4})-
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Group();
}
