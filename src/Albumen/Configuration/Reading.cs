namespace Albumen.Configuration;

/// <summary>What is collected while one file is read.</summary>
/// <param name="isRehearsal">Nothing is read; the point is only to learn which keys would be asked, those of list entries included.</param>
sealed class Reading(bool isRehearsal = false)
{
    /// <summary>Somebody who gets more than this has named the wrong file; the rest is not shown.</summary>
    public const int MostErrors = 50;

    public bool IsRehearsal { get; } = isRehearsal;

    public List<ConfigurationError> Errors { get; } = [];

    public List<Section> Sections { get; } = [];

    /// <summary>As <c>scan.every</c> and <c>volumes[].name</c>.</summary>
    public SortedSet<string> KnownKeys { get; } = new(StringComparer.Ordinal);
}
