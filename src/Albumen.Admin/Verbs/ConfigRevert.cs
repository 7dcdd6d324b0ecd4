using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Albumen.Client;

namespace Albumen.Admin.Verbs;

/// <summary><c>albumen config revert</c>: the configuration that was there before the last apply is back, and the one that was there now is kept. It works without the daemon.</summary>
sealed class ConfigRevert : Verb
{
    public ConfigRevert() : base("revert", "Puts back the configuration that was there before 'config apply', and keeps the present one; a second time takes that back.")
    {
        Options.Add(DryRun);
        Options.Add(Yes);
        Options.Add(Json);
    }

    public override IReadOnlyList<Example> Examples => [new("config revert", "Take the last one back.")];

    public override IReadOnlyList<JsonTypeInfo> Lines => [ApiJson.Default.ConfigurationCheck];

    protected override async Task<int> RunAsync(ParseResult line, AlbumenClient daemon, Screen screen, CancellationToken cancellationToken)
    {
        ConfigurationFile target = ConfigurationFile.Of(line);
        if (target.Previous is not { } text)
        {
            screen.Error($"There is no {target.Path}.previous: nothing was applied here.");
            return Exit.Failed;
        }
        bool asJson = line.GetValue(Json);
        try
        {
            ConfigurationCheck check = await daemon.CheckConfigurationAsync(new(text), cancellationToken);
            if (asJson) screen.Json(check, ApiJson.Default.ConfigurationCheck);
            else ConfigCheck.Show(check, $"{target.Path}.previous", screen);
            // What was good then need not be good now.
            if (!check.Valid) return Exit.Failed;
        }
        catch (DaemonUnreachableException)
        {
            // That it does not start may be why somebody types this.
            screen.Error("albumend does not run, so what this changes is not shown; 'albumend check' says afterwards whether it is good.");
        }
        if (line.GetValue(DryRun)) return Exit.Done;
        if (!Agrees(line, screen, $"replaces {target.Path} by {target.Path}.previous")) return Exit.Failed;
        return target.Replace(text, asJson, screen);
    }
}
