namespace Albumen.Client;

/// <summary>Photos and clips that belong together.</summary>
/// <param name="Members">The one that stands for all in computed views first.</param>
public sealed record Stack(string Id, IReadOnlyList<StackMember> Members);

/// <param name="Asset">Its id.</param>
/// <param name="Path">Where its first copy lies in the tree.</param>
/// <param name="Role"><inheritdoc cref="InStack" path="/param[@name='Role']"/></param>
/// <param name="Rule"><inheritdoc cref="InStack" path="/param[@name='Rule']"/></param>
/// <param name="Cover"><inheritdoc cref="InStack" path="/param[@name='Cover']"/></param>
public sealed record StackMember(string Asset, string? Path, string Role, string Rule, bool Cover);

/// <summary>What a configuration might say of stacks.</summary>
/// <param name="Yaml">As in <c>albumen.yaml</c>; only its section <c>stacks</c> counts, and what it leaves out stays as it is configured.</param>
/// <param name="Name">Of the file, for messages.</param>
public sealed record StackRules(string Yaml, string? Name = null);

/// <summary>What such rules would change.</summary>
/// <param name="Stacks">How many stacks there would be.</param>
/// <param name="Stacked">How many photos and clips would be in a stack and are in none, or with others than now.</param>
/// <param name="Unstacked">How many are in a stack and would be in none.</param>
/// <param name="Kept">How many would stay together with whom they are.</param>
/// <param name="Come">The first 1000 of those stacked.</param>
/// <param name="Go">The first 1000 of those unstacked.</param>
public sealed record StackRehearsalResult(long Stacks, long Stacked, long Unstacked, long Kept, IReadOnlyList<StackedPhoto> Come, IReadOnlyList<StackedPhoto> Go);

/// <param name="Asset">Its id.</param>
/// <param name="Path">Where its first copy lies in the tree.</param>
public sealed record StackedPhoto(string Asset, string? Path);

/// <summary>Photos and clips to be stacked, the first to stand for all, or to be taken out of their stacks.</summary>
public sealed record StackRequest
{
    /// <inheritdoc cref="EditRequest.Query"/>
    public string? Query { get; init; }

    /// <summary>In the tree. What is shown first is the first of them.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <inheritdoc cref="EditRequest.Recursive"/>
    public bool Recursive { get; init; }

    /// <inheritdoc cref="EditRequest.Assets"/>
    public IReadOnlyList<string>? Assets { get; init; }

    /// <summary>Taking apart: all members of their stacks, not these alone.</summary>
    public bool Whole { get; init; }

    /// <summary>Taking apart: not to say that they belong to no other, but to forget what people said, so that the rules decide.</summary>
    public bool Forget { get; init; }

    /// <inheritdoc cref="NewAlbum.DryRun"/>
    public bool DryRun { get; init; }
}
