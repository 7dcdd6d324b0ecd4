namespace Albumen.Configuration;

/// <summary>The configuration cannot be used. The message holds one line (or more) per error and is meant for the admin as it is.</summary>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationError> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>All that was found, in the order of files and lines; at least one.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}

/// <summary>One thing to mend in the configuration.</summary>
/// <param name="File">The file as the admin would open it.</param>
/// <param name="Line">From 1; 0 when the whole file is meant.</param>
/// <param name="Column">From 1; 0 when the whole file is meant.</param>
/// <param name="Message">What is wrong and what to write instead.</param>
public sealed record ConfigurationError(string File, int Line, int Column, string Message)
{
    /// <summary><c>/etc/albumen/albumen.yaml:7:3: unknown key 'volmes'; did you mean 'volumes'?</c>, which editors can jump to.</summary>
    public override string ToString() => Line > 0 ? $"{File}:{Line}:{Column}: {Message}" : $"{File}: {Message}";
}
