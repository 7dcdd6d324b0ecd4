namespace Albumen.Tree;

/// <summary>Why something lies in a folder without being a photo in it. The numbers are stored.</summary>
enum ShadowKind
{
    /// <summary>Bytes under a passing name.</summary>
    Passing = 0,
    /// <summary>A name without bytes yet: they come next, or never.</summary>
    Empty = 1,
    /// <summary>A photo was put under this name, and is called otherwise here.</summary>
    Photo = 2,
    /// <summary>A photo of this folder got a passing name, mostly because another file shall have its own.</summary>
    Aside = 3,
}

/// <summary>What one person's programs see at a path of albums and tags although no photo is there.</summary>
/// <param name="Folder">The key of the folder, see <see cref="TreePath.KeyOf"/>.</param>
/// <param name="Key">By which it is found there.</param>
/// <param name="File">Of its bytes on the disk of <see cref="Shadows"/>; null where it has none of its own.</param>
/// <param name="IsDated">A client has said when it was modified.</param>
/// <param name="Hashes">Set with <paramref name="File"/>.</param>
/// <param name="Asset">The photo that is meant; null where there is none.</param>
/// <param name="WasKey">Under which key that photo stood before; null where it came with this.</param>
/// <param name="Expires">Unix seconds.</param>
sealed record Shadow(
    string Person, string Folder, string Key, string Name, ShadowKind Kind, string? File, long SizeInBytes, long ModifiedNs, bool IsDated, FileHashes? Hashes, string? Asset, string? WasKey, long Expires)
{
    /// <summary>Of the path that locks of it are on, see <see cref="Node.LockedAt"/>.</summary>
    public string LockKey => $"{Folder}/{Storage.EntryName.From(Name).Key}";
}
