using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen config check</c>: whether a configuration is good, and what it would change.</summary>
sealed class ConfigCheck : Verb
{
    readonly Argument<string?> _file = new("file") { CompletionSources = { Offer.Files }, Description = "What would be albumen.yaml; by default what is. - is standard input.", Arity = ArgumentArity.ZeroOrOne };

    public ConfigCheck() : base("check", "Says whether a configuration is good, and what it would change. Exits with 0 when it is, 1 when it is not, 3 when a volume or the like is not there now.")
    {
        Arguments.Add(_file);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("config check", "The one that stands there."),
        new("config check new.yaml", "What another one would change."),
    ];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.ConfigurationCheck];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        string? file = line.GetValue(_file);
        ConfigurationCheck check = await daemon.CheckConfigurationAsync(new(file is null ? null : ConfigurationFile.ReadGiven(file)), cancellationToken);
        if (line.GetValue(Json)) screen.Json(check, ApiJson.Default.ConfigurationCheck);
        else
        {
            Show(check, file, screen);
            if (check.Valid && screen.IsTerminal) screen.Line(check.Changes.Count == 0 ? "This is what albumend runs with." : "It counts when albumend is started again.");
        }
        return !check.Valid ? Exit.Failed : check.Findings.Count > 0 ? Exit.Partly : Exit.Done;
    }

    /// <summary>What is wrong goes to standard error, what would change to standard output.</summary>
    /// <param name="given">The file whose text was checked in the place of the configuration; null: that itself.</param>
    public static void Show(ConfigurationCheck check, string? given, Screen screen)
    {
        foreach (ConfigurationFault fault in check.Errors.Concat(check.Findings))
        {
            string file = given is not null && fault.File == check.File ? given : fault.File;
            screen.Error(fault.Line > 0 ? $"{file}:{fault.Line}:{fault.Column}: {fault.Message}" : $"{file}: {fault.Message}");
        }
        if (check.Valid)
            screen.Table(["Key", "Before", "After"], check.Changes.Select(c => (IReadOnlyList<string>)[c.Key, c.Before ?? "", c.After ?? ""]), "Nothing would change.");
    }
}
