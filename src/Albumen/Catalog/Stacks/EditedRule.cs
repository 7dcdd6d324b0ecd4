namespace Albumen.Catalog.Stacks;

/// <summary>
/// <c>IMG_E1234.JPG</c> beside <c>IMG_1234.JPG</c> as iPhones write it, <c>name-edited.jpg</c> of Google Photos, <c>PXL_…~2.jpg</c>, and the two results of one shot of a
/// Pixel. Edited versions keep the time of the original.
/// </summary>
sealed class EditedRule : StackRule
{
    static readonly TimeSpan Apart = TimeSpan.FromSeconds(2);

    public override string Name => "edited";

    public override bool IsOn(StackSettings settings) => settings.Edited;

    public override IEnumerable<string> Keys(StackCandidate candidate) => candidate.IsClip ? [] : candidate.Families;

    public override IEnumerable<(StackCandidate One, StackCandidate Other)> Pairs(IReadOnlyList<StackCandidate> some, StackSettings settings) =>
        from family in Families(some)
        from edited in family.Members
        where edited.IsStill && edited.NameIn(family.Family) is { IsEdited: true }
        from original in family.Members
        where !original.IsClip && original.NameIn(family.Family) is { IsEdited: false } && Agree(original, edited, edited.NameIn(family.Family)!)
        select (original, edited);

    static bool Agree(StackCandidate original, StackCandidate edited, StackName name) =>
        ShotGap.Between(original.Said, edited.Said) is { } gap ? gap <= Apart : name.IsSure;
}
