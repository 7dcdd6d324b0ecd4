namespace Albumen.Client;

/// <summary>The small versions of photos and clips.</summary>
/// <param name="Kinds">Each kind and how many there are.</param>
/// <param name="Making">The one that is made now; absent when none is.</param>
/// <param name="Trouble">Why none is made, when it is stalled.</param>
public sealed record DerivativeStatus(IReadOnlyList<DerivativeKindStatus> Kinds, Making? Making = null, string? Trouble = null);

/// <param name="Kind"><c>preview</c>, <c>poster</c>, <c>thumbnail</c>, <c>proxy</c>, <c>animation</c>, <c>contact</c> or <c>motion</c>.</param>
/// <param name="When"><c>at once</c> (when the file is read), <c>on</c>, <c>on_demand</c> or <c>off</c>, as configured.</param>
/// <param name="Made">In the cache.</param>
/// <param name="SizeInBytes">Of those together.</param>
/// <param name="Missing">To be made, or when somebody asks.</param>
/// <param name="Failed">They cannot be made; <c>/api/v1/problems</c> says why.</param>
/// <param name="Needless">Of clips that are played as they are.</param>
public sealed record DerivativeKindStatus(string Kind, string When, long Made, long SizeInBytes, long Missing, long Failed, long Needless);

/// <summary>What is made now.</summary>
/// <param name="Path">Of the original: <c>/Folders/photos/2024/a.mov</c>.</param>
/// <param name="Awaited">Somebody waits for it.</param>
public sealed record Making(string Kind, string Path, DateTimeOffset Since, bool Awaited);

/// <param name="Kinds">Kinds that are made after files were read.</param>
/// <param name="Remake">Also those that are there.</param>
public sealed record DerivativeOrder(IReadOnlyList<string> Kinds, bool Remake = false);

/// <param name="Count">How many there are to make.</param>
public sealed record OrderedDerivatives(long Count);
