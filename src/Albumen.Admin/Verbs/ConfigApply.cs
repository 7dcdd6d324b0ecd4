using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen config apply</c>: puts another configuration in place, when it is good and somebody has seen what it changes.</summary>
sealed class ConfigApply : Verb
{
    readonly Argument<string> _file = new("file") { CompletionSources = { Offer.Files }, Description = "What is to be albumen.yaml." };

    public ConfigApply() : base("apply", "Checks a configuration, shows what it changes, and puts it in place; the one before is kept as albumen.yaml.previous.")
    {
        Arguments.Add(_file);
        Options.Add(DryRun);
        Options.Add(Yes);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("config apply new.yaml --dry-run", "What it would change."),
        new("config apply new.yaml", "Put it in place, after a question."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.ConfigurationCheck];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        ConfigurationFile target = ConfigurationFile.Of(line);
        string file = line.GetRequiredValue(_file), text = ConfigurationFile.ReadGiven(file);
        bool asJson = line.GetValue(Json);
        ConfigurationCheck check = await daemon.CheckConfigurationAsync(new(text), cancellationToken);
        if (asJson) screen.Json(check, ApiJson.Default.ConfigurationCheck);
        else ConfigCheck.Show(check, file, screen);
        if (!check.Valid) return Exit.Failed;
        if (target.Text == text)
        {
            if (!asJson) screen.Say($"{target.Path} says that already.");
            return Exit.Done;
        }
        if (line.GetValue(DryRun)) return Exit.Done;
        if (!Agrees(line, screen, $"replaces {target.Path}")) return Exit.Failed;
        return target.Replace(text, asJson, screen);
    }
}
