namespace Albumen.Organization;

/// <summary>Photos that lie together somewhere, on their way into an album or a tag.</summary>
/// <param name="Name">What the album or tag shall be called.</param>
/// <param name="Photos">Their ids, and what each is called there.</param>
/// <param name="Folders">Those that lie in it.</param>
public sealed record PhotoFolder(string Name, IReadOnlyList<(string Asset, string Name)> Photos, IReadOnlyList<PhotoFolder> Folders)
{
    public bool IsEmpty => Photos.Count == 0 && Folders.Count == 0;
}
