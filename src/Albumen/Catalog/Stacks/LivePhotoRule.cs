namespace Albumen.Catalog.Stacks;

/// <summary>
/// The still and the clip of a live photo. Apple's identifier ties them, wherever on a volume they lie; but copies, edited versions and what programs made of them carry
/// the same one, so it counts beyond one name only while it is that of one still and one clip. Without it, a short clip beside a photo of the same name is its clip when
/// both were taken at once, or, where one of them does not know when, when they have the same shape.
/// </summary>
sealed class LivePhotoRule : StackRule
{
    // The clip begins before the still, and some programs note its end.
    static readonly TimeSpan Together = TimeSpan.FromSeconds(10), SameMoment = TimeSpan.FromSeconds(3);

    const double SameShape = 0.04;

    public override string Name => "live_photos";

    public override bool IsOn(StackSettings settings) => settings.LivePhotos;

    public override IEnumerable<string> Keys(StackCandidate candidate) => candidate.Families.Concat(Identifiers(candidate));

    public override IEnumerable<(StackCandidate One, StackCandidate Other)> Pairs(IReadOnlyList<StackCandidate> some, StackSettings settings)
    {
        List<StackCandidate> clips = [.. some.Where(c => c.IsClip)], stills = [.. some.Where(c => !c.IsClip)];
        HashSet<StackCandidate> taken = [];
        // The surer first: a still has one clip, in one or several forms of the same identifier.
        foreach (Func<StackCandidate, StackCandidate, bool> belongs in (Func<StackCandidate, StackCandidate, bool>[])
            [
                (still, clip) => ShareName(still, clip) && ShareIdentifier(still, clip) && !ShotGap.Contradicts(still.Said, clip.Said, Together),
                (still, clip) => IsOnlyPair(still, clip, some),
                (still, clip) => ShareName(still, clip) && !Differ(still, clip) && IsShort(clip, settings) && ShotGap.Between(still.Said, clip.Said) <= Together,
                (still, clip) => ShareName(still, clip) && !Differ(still, clip) && IsShort(clip, settings) && IsOnlyOfName(still, clip, some) && HaveSameShape(still, clip),
            ])
            foreach (StackCandidate clip in clips)
            {
                if (taken.Contains(clip)) continue;
                StackCandidate? best = stills.Where(still => (!taken.Contains(still) || ShareIdentifier(still, clip)) && belongs(still, clip))
                    .OrderBy(s => s.IsEdited).ThenBy(s => s.IsRaw).ThenBy(s => s.Mime != "image/heic").ThenBy(s => s.SortName, StringComparer.Ordinal).ThenBy(s => s.Uid, StringComparer.Ordinal).FirstOrDefault();
                if (best is null) continue;
                taken.Add(clip);
                taken.Add(best);
                yield return (best, clip);
            }
    }

    static IEnumerable<string> Identifiers(StackCandidate candidate) =>
        candidate.Said.ContentId is { } id ? candidate.Places.Select(p => $"live {p.Volume} {id.ToUpperInvariant()}").Distinct() : [];

    static bool ShareName(StackCandidate still, StackCandidate clip) => still.Families.Intersect(clip.Families).Any();

    static bool ShareIdentifier(StackCandidate still, StackCandidate clip) => still.Said.ContentId is { } id && id.Equals(clip.Said.ContentId, StringComparison.OrdinalIgnoreCase);

    static bool Differ(StackCandidate still, StackCandidate clip) => still.Said.ContentId is not null && clip.Said.ContentId is not null && !ShareIdentifier(still, clip);

    /// <summary>The identifier is that of no other photo or clip of the volume, whatever their names; edited versions of the one stand beside it.</summary>
    static bool IsOnlyPair(StackCandidate still, StackCandidate clip, IReadOnlyList<StackCandidate> some) =>
        ShareIdentifier(still, clip) && Identifiers(still).Intersect(Identifiers(clip)).Any(key => !still.Worthless.Contains(key) && !clip.Worthless.Contains(key)
            && some.Where(c => !c.IsClip && Identifiers(c).Contains(key)).All(c => c == still || c.Families.Intersect(still.Families).Any())
            && some.Where(c => c.IsClip && Identifiers(c).Contains(key)).All(c => c == clip))
        && !ShotGap.Contradicts(still.Said, clip.Said, SameMoment);

    static bool IsShort(StackCandidate clip, StackSettings settings) => clip.Said.Duration is { } seconds && seconds <= settings.LongestClip.TotalSeconds;

    /// <summary>Nothing else is called so, and one of them does not say when it was taken.</summary>
    static bool IsOnlyOfName(StackCandidate still, StackCandidate clip, IReadOnlyList<StackCandidate> some) =>
        still.IsStill && ShotGap.Between(still.Said, clip.Said) is null && some.Count(c => c.Families.Intersect(still.Families).Any()) == 2;

    static bool HaveSameShape(StackCandidate still, StackCandidate clip) =>
        Shape(still.Said) is { } one && Shape(clip.Said) is { } other && Math.Abs((one / other) - 1) <= SameShape;

    /// <summary>Width over height as it is shown.</summary>
    static double? Shape(Facts facts) => facts is { Width: > 0 and var width, Height: > 0 and var height } ? facts.Orientation >= 5 ? (double)height / width : (double)width / height : null;
}
