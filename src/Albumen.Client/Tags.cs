namespace Albumen.Client;

/// <summary>A tag that is in use, or was made to be.</summary>
/// <param name="Assets">Photos and clips that have it; 0 of one that no photo has yet.</param>
public sealed record Tag(string Name, long Assets);

/// <summary>A tag that is made, or goes with those below it.</summary>
public sealed record TagChoice
{
    /// <summary>Levels have slashes between: <c>Animals/Dog</c>.</summary>
    public required string Tag { get; init; }

    /// <summary>Only say what would be done.</summary>
    public bool DryRun { get; init; }
}
