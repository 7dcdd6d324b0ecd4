namespace Albumen.Tree;

/// <summary>How people's programs may write to the tree.</summary>
public sealed record WebDavSettings
{
    /// <summary>Other bytes put over a photo in an album or a tag become another version of it, and stand there in its place; false: they are refused. Default true.</summary>
    public bool MakesVersions { get; init; } = true;
}
