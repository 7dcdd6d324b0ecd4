using Microsoft.Extensions.Logging;

namespace Albumen.Configuration;

public sealed record LoggingSettings
{
    /// <summary>The least important message that is still written: debug, information, warning or error. Default information.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}
