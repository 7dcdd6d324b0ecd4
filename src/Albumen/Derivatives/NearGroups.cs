namespace Albumen.Derivatives;

/// <summary>
/// Groups of pictures that look alike, each around its best one: whoever is in a group looks like that one, not only like another that does. So no chain of small
/// differences leads from one picture to quite another.
/// </summary>
static class NearGroups
{
    /// <summary>Pictures that look like any other, in the order in which they were added.</summary>
    public static List<int> Candidates(Lookalikes pictures, LookIndex index, CancellationToken cancellationToken)
    {
        List<int> found = [];
        // Of two that were found to be alike neither need be looked for again.
        bool[] isCandidate = new bool[pictures.Count];
        for (int picture = 0; picture < pictures.Count; picture++)
        {
            if (isCandidate[picture]) continue;
            if ((picture & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            index.Find(picture, found, static _ => true, most: 1);
            if (found.Count == 0) continue;
            isCandidate[picture] = isCandidate[found[0]] = true;
        }
        List<int> candidates = [];
        for (int picture = 0; picture < isCandidate.Length; picture++)
            if (isCandidate[picture]) candidates.Add(picture);
        return candidates;
    }

    /// <summary>The groups, of each its best picture first.</summary>
    /// <param name="bestFirst">The candidates, the best of all first.</param>
    public static IEnumerable<IReadOnlyList<int>> Around(Lookalikes pictures, LookIndex index, IReadOnlyList<int> bestFirst, CancellationToken cancellationToken)
    {
        bool[] isTaken = new bool[pictures.Count];
        List<int> found = [];
        foreach (int best in bestFirst)
        {
            if (isTaken[best]) continue;
            cancellationToken.ThrowIfCancellationRequested();
            index.Find(best, found, picture => !isTaken[picture]);
            if (found.Count == 0) continue;
            isTaken[best] = true;
            foreach (int picture in found) isTaken[picture] = true;
            yield return [best, .. found];
        }
    }
}
