namespace Albumen.Configuration;

/// <summary>The door for the network.</summary>
public sealed record HttpsSettings
{
    /// <summary>Default, once https is switched on: <c>*:1851</c>.</summary>
    public ListenAddress Listen { get; init; } = new(ListenAddress.AnyHost, 1851);

    /// <summary>Absolute path of a PEM file with the certificate and its chain; null: Albumen makes its own.</summary>
    public string? Certificate { get; init; }

    /// <summary>Absolute path of a PEM file with the private key; set exactly when <see cref="Certificate"/> is.</summary>
    public string? Key { get; init; }
}
