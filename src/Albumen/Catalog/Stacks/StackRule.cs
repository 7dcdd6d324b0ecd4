namespace Albumen.Catalog.Stacks;

/// <summary>
/// A reason for which photos and clips belong together. A newcomer says what such files have in common, so that they are found among a million, and which of
/// those that have it really belong together. The answer depends on nothing but the files.
/// </summary>
abstract class StackRule
{
    /// <summary>All there are; of two that join the same photos the first gets the credit.</summary>
    public static IReadOnlyList<StackRule> All { get; } = [new LivePhotoRule(), new RawJpegRule(), new EditedRule(), new BurstRule()];

    /// <summary>As in the configuration and in listings.</summary>
    public abstract string Name { get; }

    public abstract bool IsOn(StackSettings settings);

    /// <summary>What it may have in common with others.</summary>
    public abstract IEnumerable<string> Keys(StackCandidate candidate);

    /// <summary>Pairs that belong together. Those who belong to one of a pair belong to both.</summary>
    /// <param name="some">All that have anything in common with one another, in an order of their own.</param>
    public abstract IEnumerable<(StackCandidate One, StackCandidate Other)> Pairs(IReadOnlyList<StackCandidate> some, StackSettings settings);

    /// <summary>Those of one folder and one root.</summary>
    protected static IEnumerable<(string Family, List<StackCandidate> Members)> Families(IReadOnlyList<StackCandidate> some) =>
        some.SelectMany(c => c.Families.Select(family => (family, c))).GroupBy(f => f.family, f => f.c).Select(g => (g.Key, g.ToList())).Where(g => g.Item2.Count > 1).OrderBy(g => g.Key, StringComparer.Ordinal);
}
