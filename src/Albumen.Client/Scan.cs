namespace Albumen.Client;

/// <summary>Asks for a scan.</summary>
/// <param name="Volumes">Names; null is all.</param>
/// <param name="Wait">Answer with progress, line by line, until everything seen is indexed, its small versions made and the tree up to date.</param>
public sealed record ScanRequest(IReadOnlyList<string>? Volumes, bool Wait);

/// <summary>One line of progress of a scan that is waited for. The last has the state <c>done</c> or <c>stalled</c>.</summary>
/// <param name="State"><c>scanning</c>, <c>indexing</c>, <c>done</c>, or <c>stalled</c> when something must be put right before it can go on.</param>
/// <param name="Done">Files read since the request.</param>
/// <param name="Left">Files still to read.</param>
/// <param name="PerSecond">Files a second, lately.</param>
/// <param name="Volume">The volume that is walked now.</param>
/// <param name="Problems">On the last line: how many problems stand in the list.</param>
/// <param name="Reason">Why it is stalled.</param>
/// <param name="Unavailable">On the last line: the volumes that could not be scanned, or not to the end.</param>
public sealed record ScanProgress(
    string State, long Done, long Left, double PerSecond, string? Volume = null, long? Problems = null, string? Reason = null, IReadOnlyList<UnavailableVolume>? Unavailable = null)
{
    public bool IsLast => State is "done" or "stalled";
}

/// <param name="Reason">What is the matter, for a person.</param>
public sealed record UnavailableVolume(string Volume, string Reason);
