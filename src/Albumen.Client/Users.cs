namespace Albumen.Client;

/// <summary>Somebody who may sign in.</summary>
/// <param name="Admin">May use the API over the network.</param>
/// <param name="Used">When the user last came in with any app password, to the hour; absent: never.</param>
public sealed record User(string Name, bool Admin, DateTimeOffset Created, DateTimeOffset? Used = null);

public sealed record NewUser(string Name, bool Admin = false);

/// <summary>A password of one app or device; what it is cannot be read back.</summary>
/// <param name="Selector">Its first group.</param>
/// <param name="Label">What it is for.</param>
/// <param name="Used">When somebody last came in with it, to the hour; absent: never.</param>
public sealed record AppPassword(string Selector, string Label, DateTimeOffset Created, DateTimeOffset? Used = null);

public sealed record NewAppPassword(string? Label = null);

/// <summary>A new app password, shown this once.</summary>
public sealed record CreatedAppPassword(string User, string Password);
