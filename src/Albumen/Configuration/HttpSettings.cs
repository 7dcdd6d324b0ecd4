namespace Albumen.Configuration;

/// <summary>The door without encryption, meant for this machine or a proxy on it.</summary>
public sealed record HttpSettings
{
    /// <summary>Default <c>127.0.0.1:1850</c>.</summary>
    public ListenAddress Listen { get; init; } = new("127.0.0.1", 1850);
}
