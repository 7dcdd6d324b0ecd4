namespace Albumen.Catalog.Stacks;

/// <summary>
/// Shots that a camera took as one burst: by the identifier that Apple's and Google's cameras write, by the names of Google's and Samsung's, and of a Sony, which counts the
/// shots of each burst, by that count and the number in the name. They follow one another within seconds; copies of one file that bear its identifier do not.
/// </summary>
sealed class BurstRule : StackRule
{
    const string ByName = "burst named ";

    static readonly TimeSpan Next = TimeSpan.FromSeconds(3);

    public override string Name => "bursts";

    public override bool IsOn(StackSettings settings) => settings.Bursts;

    public override IEnumerable<string> Keys(StackCandidate candidate)
    {
        if (candidate.IsClip) return [];
        IEnumerable<string> keys = candidate.Places.Select(p => p.Name.Burst is { } burst ? $"{ByName}{p.Folder} {burst}" : null).OfType<string>();
        if (candidate.Said.Burst is { Id: { } id }) keys = keys.Concat(candidate.Places.Select(p => $"burst id {p.Volume} {id}"));
        else if (candidate.Said.Burst is { Number: { } number })
            keys = keys.Concat(candidate.Places.Where(p => p.Name.Number is not null).Select(p => $"burst of {p.Folder} {candidate.Said.Camera?.Model} {p.Name.Number - number}"));
        return keys.Distinct();
    }

    public override IEnumerable<(StackCandidate One, StackCandidate Other)> Pairs(IReadOnlyList<StackCandidate> some, StackSettings settings)
    {
        foreach (var burst in some.SelectMany(c => Keys(c).Where(key => !c.Worthless.Contains(key)).Select(key => (key, c))).GroupBy(k => k.key, k => k.c).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            StackCandidate[] shots = [.. burst.OrderBy(s => s.Said.Taken?.Local, StringComparer.Ordinal).ThenBy(s => s.SortName, StringComparer.Ordinal).ThenBy(s => s.Uid, StringComparer.Ordinal)];
            for (int i = 1; i < shots.Length; i++)
                // A name alone makes no burst: scans are numbered like that too.
                if (ShotGap.Between(shots[i - 1].Said, shots[i].Said) is { } gap ? gap <= Next : !burst.Key.StartsWith(ByName, StringComparison.Ordinal)) yield return (shots[i - 1], shots[i]);
        }
    }
}
