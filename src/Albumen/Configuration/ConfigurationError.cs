namespace Albumen.Configuration;

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
