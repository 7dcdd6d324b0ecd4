namespace Albumen.Tree;

/// <summary>How people's programs may write to the tree.</summary>
public sealed record WebDavSettings
{
    /// <summary>Other bytes put over a photo in an album or a tag become another version of it, and stand there in its place; false: they are refused. Default true.</summary>
    public bool MakesVersions { get; init; } = true;

    /// <summary>Whether a photo that is deleted where it is only shown goes into the trash; false: that is refused. Default false.</summary>
    public bool DeletesIntoTrash { get; init; }
}
