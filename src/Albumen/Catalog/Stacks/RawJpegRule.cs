namespace Albumen.Catalog.Stacks;

/// <summary>
/// <c>IMG_1.CR2</c> and <c>IMG_1.JPG</c> in one folder, and <c>IMG_1.CR2.jpg</c>, which is developed from the former. Two cameras that count alike are told
/// apart by their times.
/// </summary>
sealed class RawJpegRule : StackRule
{
    static readonly TimeSpan Apart = TimeSpan.FromSeconds(2);

    public override string Name => "raw_jpeg";

    public override bool IsOn(StackSettings settings) => settings.RawJpeg;

    public override IEnumerable<string> Keys(StackCandidate candidate) => candidate.IsRaw || IsRendition(candidate) ? candidate.Families : [];

    public override IEnumerable<(StackCandidate One, StackCandidate Other)> Pairs(IReadOnlyList<StackCandidate> some, StackSettings settings) =>
        from family in Families(some)
        from raw in family.Members
        where raw.IsRaw
        from rendition in family.Members
        where IsRendition(rendition) && (rendition.NameIn(family.Family) is { IsEdited: false } || Develops(rendition, family.Family)) && !ShotGap.Contradicts(raw.Said, rendition.Said, Apart)
        select (raw, rendition);

    static bool IsRendition(StackCandidate candidate) => candidate.Mime is "image/jpeg" or "image/heic" or "image/heif" or "image/avif" or "image/jxl";

    /// <summary>Its name has that of a RAW in it; other edited versions are for another rule.</summary>
    static bool Develops(StackCandidate rendition, string family) => rendition.Places.Any(p => p.Family == family && p.Name is { IsEdited: true, IsSure: true } && p.FileName.Count('.') > 1);
}
