namespace Albumen.Catalog.Stacks;

/// <summary>A photo or clip that may belong to others.</summary>
/// <param name="Said">What its file says of it; not what people say, so that setting a date right takes nothing apart.</param>
/// <param name="Stated">The text by which people stacked it; null: none.</param>
/// <param name="IsApart">A person said that it belongs to no other.</param>
/// <param name="Stage">The number of the operation that stacked it; 0: none.</param>
/// <param name="Places">Where copies of it lie.</param>
sealed record StackCandidate(
    long Id, string Uid, string Kind, string Mime, bool IsTrashed, Facts Said, string? Stated, bool IsApart, long Stage, IReadOnlyList<StackPlace> Places)
{
    public bool IsClip => Kind is "video";

    public bool IsRaw => Kind is "raw";

    public bool IsStill => Kind is "image";

    /// <summary>By its name somewhere it is the edited version of another.</summary>
    public bool IsEdited => Places.Any(p => p.Name.IsEdited);

    /// <summary>What a rule found in common with others, which are too many to say anything.</summary>
    public HashSet<string> Worthless { get; } = [];

    /// <summary>The folder and root of one of its names.</summary>
    public IEnumerable<string> Families => Places.Select(p => p.Family).Distinct();

    /// <summary>Its name in a folder.</summary>
    public StackName? NameIn(string family) => Places.FirstOrDefault(p => p.Family == family)?.Name;

    /// <summary>For an order that does not depend on when it was found.</summary>
    public string SortName => Places.Select(p => p.FileName).Min(StringComparer.Ordinal) ?? "";
}

/// <summary>A copy of it.</summary>
sealed record StackPlace(long Volume, long Folder, string FileName)
{
    public StackName Name { get; } = StackName.Of(FileName);

    /// <summary>What files have in common that may be of one shot by their names.</summary>
    public string Family => field ??= $"name {Folder} {Name.Root}";
}
