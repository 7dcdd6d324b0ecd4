using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen schema</c>: what scripts can rely on in the output of <c>--json</c>.</summary>
sealed class Schema : Verb
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Argument<string[]> _verb = new("verb") { Description = "Such as 'album list'; by default all, by their names.", Arity = ArgumentArity.ZeroOrMore, CompletionSources = { Offer.Verbs } };

    public Schema() : base("schema", "Prints a JSON Schema of the lines that a verb prints with --json.") => Arguments.Add(_verb);

    public override IReadOnlyList<Example> Examples =>
    [
        new("schema album list", "What each line of 'albumen album list --json' has."),
        new("schema", "The same of all verbs, as one JSON object by their names."),
    ];

    public override bool NeedsDaemon => false;

    /// <summary>Those of all verbs.</summary>
    public static JsonObject All(Command tree)
    {
        JsonObject all = [];
        foreach (Verb verb in WithJson(tree)) all[Called(verb)] = LineSchema.Of(verb);
        return all;
    }

    protected override Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        Command tree = line.RootCommandResult.Command;
        string wanted = string.Join(' ', line.GetValue(_verb) ?? []);
        JsonObject schema = wanted.Length == 0 ? All(tree) : LineSchema.Of(Find(tree, wanted));
        screen.Line(schema.ToJsonString(Indented));
        return Task.FromResult(Exit.Done);
    }

    static Verb Find(Command tree, string wanted)
    {
        string[] names = [.. WithJson(tree).Select(Called)];
        return WithJson(tree).FirstOrDefault(verb => Called(verb) == wanted)
            ?? throw new UsageException($"There is no verb '{wanted}' with --json.{(Spelling.Nearest(wanted, names) is { } meant ? $" Did you mean '{meant}'?" : $" There are {string.Join(", ", names)}.")}");
    }

    static IEnumerable<Verb> WithJson(Command tree) => VerbTree.All(tree).OfType<Verb>().Where(verb => verb.HasJson);

    static string Called(Verb verb) => VerbTree.Typed(verb)["albumen ".Length..];
}
