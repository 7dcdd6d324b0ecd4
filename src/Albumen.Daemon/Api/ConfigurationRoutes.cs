using Albumen.Client;
using Albumen.Configuration;

namespace Albumen.Daemon.Api;

/// <summary>/config: what the daemon runs with, and what another configuration would change. Nothing is written: /etc is out of the daemon's reach.</summary>
static class ConfigurationRoutes
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static void Map(RouteGroupBuilder api, Appliance appliance)
    {
        api.MapGet("/config", () => new Client.Configuration(appliance.Layout.ConfigurationFile, [.. appliance.Settings.Keys.Select(ToSetting)]))
            .WithSummary("Every key of the configuration, with what holds for it and where that was said.");
        // It looks at the volumes, and one of them may not answer.
        Diagnosis.Patience patience = new();
        api.MapPost("/config/check", async (ConfigurationRequest request, CancellationToken cancellationToken) =>
        {
            try
            {
                return await patience.AskAsync("configuration", () => Check(appliance, request.Yaml), Limit, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw new RefusedException(StatusCodes.Status503ServiceUnavailable, "Not now", "A volume of the configuration does not answer, so it cannot be looked at: findmnt --real");
            }
        }).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("Whether a configuration is good, and what it would change. Nothing is changed.");
    }

    static ConfigurationCheck Check(Appliance appliance, string? yaml)
    {
        string file = appliance.Layout.ConfigurationFile;
        try
        {
            Settings read = ConfigurationReader.Read(appliance.Layout, yaml);
            // Everything is read once, at the start.
            return new(file, Valid: true, [], [.. read.Findings.Select(ToFault)],
                [.. KeyChange.Between(appliance.Settings.Keys, read.Keys).Select(change => new SettingChange(change.Key, change.Before, change.After, Restart: true))]);
        }
        catch (ConfigurationException error)
        {
            return new(file, Valid: false, [.. error.Errors.Select(ToFault)], [], []);
        }
    }

    static Setting ToSetting(ConfiguredKey key) => key.File is null
        ? new(key.Key, key.Value, "default", Default: key.Default)
        : new(key.Key, key.Value, "file", key.File, key.Line, key.Default);

    static ConfigurationFault ToFault(ConfigurationError error) => new(error.File, error.Line, error.Column, error.Message);
}
