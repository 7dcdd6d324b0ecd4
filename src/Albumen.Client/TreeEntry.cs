namespace Albumen.Client;

/// <summary>One line of a listing of the tree.</summary>
/// <param name="Path">Absolute: <c>/Folders/photos/2024/a.jpg</c>.</param>
/// <param name="Type"><c>file</c> or <c>folder</c>.</param>
/// <param name="Size">Bytes; absent for folders.</param>
/// <param name="Modified">Modification time, UTC.</param>
/// <param name="Sha256">Hexadecimal; absent for folders, small versions and files not read yet.</param>
/// <param name="Asset">Set for photos and clips.</param>
public sealed record TreeEntry(string Path, string Type, long? Size, DateTimeOffset? Modified, string? Sha256, Asset? Asset);
