namespace Albumen.Client;

/// <summary>A tag that is in use.</summary>
/// <param name="Assets">Photos and clips that have it.</param>
public sealed record Tag(string Name, long Assets);
