namespace Albumen.Tree;

/// <summary>Where a photo or clip stands in the tree, and what is wrong with it. All are absolute paths.</summary>
/// <param name="Copies">As the volumes have it.</param>
/// <param name="Timeline">Null while it has no place there.</param>
/// <param name="Facets">The folders of Tags, People, Places and Ratings that it is in.</param>
/// <param name="Albums">Itself, in each album.</param>
/// <param name="Problems">Sentences.</param>
public sealed record Whereabouts(IReadOnlyList<string> Copies, string? Timeline, IReadOnlyList<string> Facets, IReadOnlyList<string> Albums, IReadOnlyList<string> Problems)
{
    public static Whereabouts Nowhere { get; } = new([], null, [], [], []);
}

/// <summary>What somebody said of a folder.</summary>
/// <param name="Title">As people call it; its name may have been made legal.</param>
/// <param name="Query">Of a smart album.</param>
public sealed record FolderWords(string Title, string? Description, string? Query);
