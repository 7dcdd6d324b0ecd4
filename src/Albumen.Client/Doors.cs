namespace Albumen.Client;

/// <summary>Where the archive can be mounted, the best address first.</summary>
public sealed record Doors(IReadOnlyList<Door> Addresses);

/// <summary>An address at which WebDAV, and the API, are served.</summary>
/// <param name="Url"><c>https://nas.local:1851/</c>.</param>
/// <param name="Secure">What passes through it is encrypted.</param>
/// <param name="Reach"><c>this machine</c> or <c>the network</c>.</param>
public sealed record Door(string Url, bool Secure, string Reach);
