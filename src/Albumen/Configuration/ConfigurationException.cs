namespace Albumen.Configuration;

/// <summary>The configuration cannot be used. The message holds one line (or more) per error and is meant for the admin as it is.</summary>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationError> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>All that was found, in the order of files and lines; at least one.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
