using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen config show</c>: what the daemon runs with, and where each value comes from.</summary>
sealed class ConfigShow : Verb
{
    readonly Argument<string?> _key = new("key") { Description = "Only this key, or those below it: scan, volumes.photos.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<bool> _changed = new("--changed") { Description = "Only what a file sets." };

    public ConfigShow() : base("show", "Shows every key of the configuration: its value, and where that was said.")
    {
        Arguments.Add(_key);
        Options.Add(_changed);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("config show --changed", "What the files set."),
        new("config show scan", "One part of it."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.Setting];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        Configuration configuration = await daemon.ConfigurationAsync(cancellationToken);
        string? key = line.GetValue(_key)?.TrimEnd('.');
        IReadOnlyList<Setting> meant = key is null ? configuration.Settings
            : [.. configuration.Settings.Where(s => s.Key == key || s.Key.StartsWith($"{key}.", StringComparison.Ordinal))];
        if (meant.Count == 0)
        {
            screen.Error($"There is no key '{key}'. 'albumen config show' lists those there are.");
            return Exit.Failed;
        }
        IEnumerable<Setting> shown = meant.Where(s => !line.GetValue(_changed) || s.Source is not "default");
        if (line.GetValue(Json))
            foreach (Setting setting in shown) screen.Json(setting, ApiJson.Default.Setting);
        else
            screen.Table(["Key", "Value", "From", "Default"],
                shown.Select(s => (IReadOnlyList<string>)[s.Key, s.Value ?? "", s.File is null ? s.Source : $"{s.File}:{s.Line}", s.Source is "default" ? "" : s.Default ?? ""]),
                "No file sets anything: all stands at its default.");
        return Exit.Done;
    }
}
